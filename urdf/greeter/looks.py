"""The greeter's outside: shells, face, scarf, hands and shoes, each with its mass."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from urdf.parts import Part, cast, pair, skin, solid
from urdf.shapes import Array, Mesh, blob, box, cylinder, lathe, loft, prism, ring, tube

PALETTE = {
    "white": (0.97, 0.97, 0.96),
    "blue": (0.45, 0.76, 0.95),
    "coral": (1.0, 0.50, 0.43),
    "grey": (0.64, 0.68, 0.73),
    "face": (0.09, 0.15, 0.27),
    "glow": (0.66, 0.97, 1.0),
    "blush": (1.0, 0.62, 0.62),
    "sun": (1.0, 0.83, 0.38),
}
ABS = 2.6
"""Areal density of 2.5 mm of ABS plastic [kg/m²]."""
THIN = 1.5
"""Areal density of 1.5 mm of ABS plastic [kg/m²]."""
RUBBER = 700.0
"""Foamed silicone rubber [kg/m³]."""
HEAD = (0.098, 0.116, 0.098)
"""Half lengths of the head [m]; its centre is the pitch axis, so nodding sweeps no new space."""
FORWARD = (0.0, np.pi / 2, 0.0)
SIDEWAYS = (np.pi / 2, 0.0, 0.0)


def on_head(y: ArrayLike, z: ArrayLike, lift: float = 0.0) -> Array:
    """Return points on the front of the head, ``lift`` [m] above its surface, shape (…, 3)."""
    half = np.asarray(HEAD)
    across, up = np.broadcast_arrays(np.asarray(y, np.float64), np.asarray(z, np.float64))
    inside = np.clip(1.0 - (across / half[1]) ** 2 - (up / half[2]) ** 2, 0.0, 1.0)
    point = np.stack([half[0] * np.sqrt(inside), across, up], axis=-1)
    normal = point / half**2
    return np.asarray(point + lift * normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def trunk() -> tuple[Part, ...]:
    """Return chest, hips, heart, backpack, shoulder roots and scarf."""
    chest = blob((0.082, 0.106, 0.152), square=(0.6, 0.65), taper=0.08, detail=14)
    hips = blob((0.080, 0.104, 0.056), square=(0.6, 0.65)).moved((-0.008, 0, 0.062))
    heart = prism(_heart(0.024), 0.010).moved((0.083, 0, 0.225), (np.pi / 2, 0, np.pi / 2))
    pack = blob((0.030, 0.078, 0.092), square=(0.55, 0.55)).moved((-0.082, 0, 0.22))
    root = cylinder(0.030, 0.05, edge=0.004).moved((0, 0.112, 0.32), SIDEWAYS)
    scarf = (
        ring(0.054, 0.019, columns=36, sides=16)
        .scaled((0.95, 1.15, 0.75))
        .moved((0, 0, 0.366), (0, 0.06, 0))
    )
    tail = blob((0.009, 0.017, 0.040), square=(0.6, 0.4), taper=-0.25)
    tail = tail.moved((0.083, 0.024, 0.318), (0.42, 0.12, 0))
    return (
        skin("chest shell", chest.moved((0, 0, 0.215)), areal=ABS, colour="white"),
        skin("hip shell", hips, areal=ABS, colour="blue"),
        solid("heart light", heart, mass=0.02, colour="coral"),
        skin("backpack", pack, areal=THIN, colour="blue"),
        *pair([solid("shoulder root", root, mass=0.05, colour="grey")]),
        solid("scarf", scarf, mass=0.05, colour="coral"),
        *pair([solid("scarf's tail", tail, mass=0.006, colour="coral")]),
    )


def _heart(size: float) -> Array:
    """Return the outline of a heart of half width ``size`` [m], shape (40, 2)."""
    turn = np.arange(40) * (2 * np.pi / 40)
    y = 13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)
    return np.column_stack([16 * np.sin(turn) ** 3, y]) * (size / 16)


def head() -> tuple[Part, ...]:
    """Return the round head: a face on a screen, a cap with a brim, ears."""
    turn = np.linspace(0.42, np.pi / 2, 9)
    cap = lathe(np.column_stack([np.cos(turn), np.sin(turn)]) * 1.03, columns=32)
    ear = cylinder(0.036, 0.026, edge=0.008).moved((0, 0.112, 0.0), SIDEWAYS)
    dot = cylinder(0.018, 0.030, edge=0.004).moved((0, 0.113, 0.0), SIDEWAYS)
    return (
        skin("skull", blob(HEAD, detail=16), areal=THIN, colour="white"),
        skin("cap", cap.scaled(HEAD).moved(rpy=(0, -0.22, 0)), areal=THIN, colour="blue"),
        *pair([solid("ear", ear, mass=0.025, colour="blue")]),
        *pair([solid("ear's dot", dot, mass=0.006, colour="coral")]),
        *_face(),
    )


def patch(
    centre: tuple[float, float], half: tuple[float, float], lift: float, *, square: float = 1.0
) -> Mesh:
    """Return a plate that hugs the front of the head.

    Args:
        centre: Where, y and z on the head [m].
        half: Half width and half height [m].
        lift: How far its face stands above the skull [m]; its back is 4 mm inside.
        square: 1 is an ellipse, less has squarer corners.
    """
    turn = np.arange(32) * (2 * np.pi / 32)
    round_ = np.column_stack([np.cos(turn), np.sin(turn)])
    edge = np.sign(round_) * np.abs(round_) ** square * half
    rings = []
    for scale, above in ((1.0, -0.004), (1.0, lift), (0.75, lift), (0.5, lift), (0.25, lift)):
        y, z = (centre + scale * edge).T
        rings.append(on_head(y, z, above))
    return loft(np.stack(rings), on_head(*centre, -0.004), on_head(*centre, lift))


def _face() -> tuple[Part, ...]:
    """Return the screen with eyes, smile and cheeks, each a little above what it lies on."""
    screen = patch((0.0, -0.005), (0.082, 0.053), 0.002, square=0.8)
    bend = np.linspace(-1.0, 1.0, 13)
    smile = tube(on_head(0.018 * bend, -0.037 + 0.009 * bend**2, 0.003), 0.003)
    parts = [
        solid("eye", patch((0.036, 0.004), (0.0165, 0.0225), 0.004), mass=0.003, colour="glow"),
        solid("pupil", patch((0.035, 0.003), (0.0105, 0.0155), 0.006), mass=0.001, colour="face"),
        solid("sparkle", patch((0.039, 0.011), (0.004, 0.005), 0.008), mass=0.001, colour="white"),
        solid("cheek", patch((0.057, -0.030), (0.010, 0.006), 0.004), mass=0.001, colour="blush"),
    ]
    return (
        solid("face window", screen, mass=0.03, colour="face"),
        *pair(parts),
        solid("smile", smile, mass=0.002, colour="glow"),
    )


def shoulder() -> tuple[Part, ...]:
    """Return the shoulder's round cap."""
    cap = blob((0.038, 0.036, 0.038)).moved((0, 0.032, 0.004))
    return (skin("shoulder cap", cap, areal=ABS, colour="blue"),)


def upper_arm_mount() -> tuple[Part, ...]:
    """Return the bracket between shoulder roll and yaw."""
    bracket = cylinder(0.024, 0.05, edge=0.004).moved((0, 0, -0.022))
    return (solid("bracket", bracket, mass=0.03, colour="grey"),)


def upper_arm() -> tuple[Part, ...]:
    """Return the sleeve and the beam in it."""
    sleeve = blob((0.031, 0.031, 0.075), square=(0.65, 1.0)).moved((0, 0, -0.068))
    elbow = cylinder(0.026, 0.052, edge=0.006).moved((0, 0, -0.15), SIDEWAYS)
    return (
        skin("sleeve", sleeve, areal=ABS, colour="white"),
        solid("elbow hub", elbow, mass=0.03, colour="grey"),
        solid("upper arm beam", box((0.02, 0.04, 0.12)).moved((0, 0, -0.07)), mass=0.04),
    )


def forearm() -> tuple[Part, ...]:
    """Return the forearm, a little wider at the wrist, and its cuff."""
    sleeve = blob((0.031, 0.031, 0.078), square=(0.65, 1.0), taper=-0.1).moved((0, 0, -0.080))
    cuff = ring(0.026, 0.010).scaled((1, 1, 0.8)).moved((0, 0, -0.148))
    return (
        skin("sleeve", sleeve, areal=ABS, colour="white"),
        solid("cuff", cuff, mass=0.015, colour="coral"),
        solid("forearm beam", cylinder(0.012, 0.14).moved((0, 0, -0.07)), mass=0.07),
    )


def hand() -> tuple[Part, ...]:
    """Return a round mitten with a thumb; its frame is the middle of the palm."""
    palm = blob((0.032, 0.024, 0.038), square=(0.9, 0.9))
    thumb = blob((0.012, 0.011, 0.022)).moved((0.033, 0, 0.004), (0, -0.55, 0))
    return (
        cast("mitten", palm, density=RUBBER, colour="blue"),
        cast("thumb", thumb, density=RUBBER, colour="blue"),
    )


def hip() -> tuple[Part, ...]:
    """Return the cover of the hip roll servos."""
    cover = blob((0.052, 0.032, 0.040), square=(0.6, 0.6)).moved((-0.055, 0, 0.0))
    return (skin("hip cover", cover, areal=ABS, colour="blue"),)


def hip_cross() -> tuple[Part, ...]:
    """Return the cross between hip roll and pitch."""
    return (solid("hip cross", blob((0.034, 0.034, 0.034)), mass=0.12, colour="grey"),)


def thigh() -> tuple[Part, ...]:
    """Return the thigh with the leg of its shorts, and the beam in it."""
    shell = blob((0.048, 0.047, 0.115), square=(0.65, 0.8), taper=0.06).moved((0, 0, -0.108))
    shorts = blob((0.056, 0.055, 0.066), square=(0.6, 0.8)).moved((0, 0, -0.052))
    return (
        skin("thigh shell", shell, areal=THIN, colour="white"),
        skin("leg of the shorts", shorts, areal=THIN, colour="blue"),
        solid("thigh beam", box((0.03, 0.05, 0.20)).moved((0, 0, -0.11)), mass=0.25),
    )


def shank() -> tuple[Part, ...]:
    """Return the shank, its knee cap and the beam in it."""
    shell = blob((0.043, 0.044, 0.112), square=(0.65, 0.8), taper=0.08).moved((0, 0, -0.112))
    cap = blob((0.030, 0.034, 0.034)).moved((0.022, 0, -0.004))
    return (
        skin("shank shell", shell, areal=ABS, colour="white"),
        skin("knee cap", cap, areal=ABS, colour="blue"),
        solid("shank beam", box((0.03, 0.04, 0.18)).moved((0, 0, -0.11)), mass=0.20),
    )


def ankle_cross() -> tuple[Part, ...]:
    """Return the cross between ankle pitch and roll."""
    return (solid("ankle cross", blob((0.024, 0.03, 0.024)), mass=0.10, colour="grey"),)


def foot() -> tuple[Part, ...]:
    """Return a shoe with a white toe on a flat sole of 0.21 × 0.12 m."""
    shoe = blob((0.100, 0.056, 0.036), square=(0.7, 0.65), detail=14).moved((0.015, 0, -0.013))
    toe = blob((0.046, 0.051, 0.024), square=(0.8, 0.75)).moved((0.073, 0, -0.022))
    plate = blob((0.105, 0.060, 0.009), square=(0.25, 0.4)).moved((0.015, 0, -0.041))
    sock = ring(0.036, 0.011).moved((-0.008, 0, 0.020))
    return (
        skin("shoe", shoe, areal=THIN, colour="coral"),
        skin("toe", toe, areal=THIN, colour="white"),
        solid("sock", sock, mass=0.01, colour="white"),
        solid("sole plate", plate, mass=0.15, colour="white"),
    )


def sole() -> tuple[Part, ...]:
    """Return four force cells; their frame is the ground point under the ankle axis."""
    cells = [
        cylinder(0.008, 0.006, columns=12).moved((0.015 + 0.09 * x, 0.05 * y, 0.006))
        for x in (-1, 1)
        for y in (-1, 1)
    ]
    return tuple(solid(f"force cell {k}", cell, mass=0.01) for k, cell in enumerate(cells))


def lidar() -> tuple[Part, ...]:
    """Return the bow tie, with the scanner as its knot: the bows stay below the scan plane."""
    knot = cylinder(0.020, 0.054, edge=0.005).moved((0, 0, -0.017))
    window = cylinder(0.0205, 0.010)
    wing = blob((0.012, 0.023, 0.030), square=(0.8, 0.7), taper=0.4)
    wing = wing.moved((-0.002, 0.042, -0.034), (-np.pi / 2, 0, 0))
    return (
        solid("scanner", knot, mass=0.13, colour="face"),
        solid("window", window, mass=0.004, colour="glow"),
        *pair([solid("bow", wing, mass=0.006, colour="sun")]),
    )


def camera() -> tuple[Part, ...]:
    """Return the camera in the rim of the cap."""
    rim = cylinder(0.011, 0.012, columns=16, edge=0.002).moved(rpy=FORWARD)
    lens = cylinder(0.007, 0.016, columns=16, edge=0.002).moved(rpy=FORWARD)
    return (
        solid("camera", rim, mass=0.015, colour="grey"),
        solid("lens", lens, mass=0.005, colour="face"),
    )
