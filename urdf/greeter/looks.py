"""The greeter's outside: shells, face, scarf, hands and shoes, each with its mass."""

from __future__ import annotations

import numpy as np

from urdf.parts import Part, cast, pair, skin, solid
from urdf.shapes import Array, Mesh, blob, box, cylinder, ring, tube

PALETTE = {
    "white": (0.96, 0.96, 0.94, 1.0),
    "blue": (0.45, 0.74, 0.93, 1.0),
    "coral": (0.98, 0.46, 0.40, 1.0),
    "grey": (0.62, 0.66, 0.70, 1.0),
    "navy": (0.10, 0.15, 0.24, 1.0),
    "glow": (0.62, 0.95, 1.0, 1.0),
    "blush": (1.0, 0.66, 0.66, 1.0),
}
ABS = 2.6
"""2.5 mm of ABS plastic [kg/m²]."""
NYLON = 1050.0
"""Printed nylon, solid [kg/m³]."""
HEAD = np.array([0.090, 0.104, 0.090])


def on_head(y: Array, z: Array, lift: float) -> Array:
    """Return points on the front of the head, ``lift`` [m] above its surface, shape (k, 3)."""
    inside = np.clip(1.0 - (y / HEAD[1]) ** 2 - (z / HEAD[2]) ** 2, 0.0, 1.0)
    point = np.stack([HEAD[0] * np.sqrt(inside), y, z], axis=-1)
    normal = point / HEAD**2
    return np.asarray(point + lift * normal / np.linalg.norm(normal, axis=-1, keepdims=True))


def trunk() -> tuple[Part, ...]:
    """Return chest shell, belly light, scarf and backpack."""
    chest = blob((0.080, 0.108, 0.150), square=(0.55, 0.6), taper=0.10).moved((0, 0, 0.215))
    hips = blob((0.070, 0.100, 0.050), square=(0.6, 0.6)).moved((-0.005, 0, 0.055))
    heart = blob((0.012, 0.034, 0.034)).moved((0.074, 0, 0.235))
    pack = blob((0.030, 0.075, 0.090), square=(0.5, 0.5)).moved((-0.080, 0, 0.22))
    scarf = ring(0.052, 0.017).scaled((0.95, 1.1, 0.8)).moved((0, 0, 0.368))
    return (
        skin("chest shell", chest, areal=ABS, colour="white"),
        skin("hip shell", hips, areal=ABS, colour="blue"),
        skin("belly light", heart, areal=ABS, colour="glow"),
        skin("backpack", pack, areal=ABS, colour="blue"),
        solid("scarf", scarf, mass=0.06, colour="coral"),
    )


def head() -> tuple[Part, ...]:
    """Return the round head with its face."""
    skull = blob(tuple(HEAD), detail=16)
    ear = cylinder(0.032, 0.022, edge=0.006).moved((0, 0.104, 0.0), (np.pi / 2, 0, 0))
    eye = blob((0.008, 0.017, 0.024)).moved(on_head(np.array(0.040), np.array(0.012), 0.0))
    bend = np.linspace(-1.0, 1.0, 13)
    smile = tube(on_head(0.030 * bend, -0.046 + 0.014 * bend**2, 0.001), 0.0035)
    return (
        skin("skull", skull, areal=1.6, colour="white"),
        *pair([solid("ear", ear, mass=0.03, colour="blue")]),
        *pair([solid("eye", eye, mass=0.004, colour="navy")]),
        solid("smile", smile, mass=0.003, colour="navy"),
    )


def shoulder() -> tuple[Part, ...]:
    """Return the shoulder's round cap."""
    return (
        skin(
            "shoulder cap",
            blob((0.036, 0.034, 0.036)).moved((0, 0.03, 0.004)),
            areal=ABS,
            colour="blue",
        ),
    )


def upper_arm_mount() -> tuple[Part, ...]:
    """Return the bracket between shoulder roll and yaw."""
    return (solid("bracket", cylinder(0.022, 0.04).moved((0, 0, -0.02)), mass=0.03, colour="grey"),)


def upper_arm() -> tuple[Part, ...]:
    """Return the sleeve."""
    sleeve = blob((0.032, 0.032, 0.075), square=(0.7, 1.0)).moved((0, 0, -0.075))
    return (
        skin("sleeve", sleeve, areal=ABS, colour="white"),
        solid("upper arm beam", box((0.02, 0.04, 0.13)).moved((0, 0, -0.075)), mass=0.06),
    )


def forearm() -> tuple[Part, ...]:
    """Return the forearm and its cuff."""
    sleeve = blob((0.030, 0.030, 0.080), square=(0.7, 1.0), taper=-0.05).moved((0, 0, -0.075))
    return (
        skin("sleeve", sleeve, areal=ABS, colour="white"),
        solid("cuff", ring(0.024, 0.009).moved((0, 0, -0.145)), mass=0.01, colour="coral"),
        solid("forearm beam", cylinder(0.012, 0.14).moved((0, 0, -0.07)), mass=0.07),
    )


def hand() -> tuple[Part, ...]:
    """Return a round mitten with a thumb; its frame is the middle of the palm."""
    thumb = tube(np.array([[0.010, 0, 0.012], [0.026, 0, 0.004], [0.036, 0, -0.012]]), 0.009)
    return (
        cast("mitten", blob((0.026, 0.020, 0.034)), density=700.0, colour="blue"),
        cast("thumb", thumb, density=700.0, colour="blue"),
    )


def hip() -> tuple[Part, ...]:
    """Return the bracket that carries the hip roll servos."""
    return (
        solid(
            "hip bracket", box((0.09, 0.05, 0.03)).moved((-0.03, 0, 0)), mass=0.06, colour="grey"
        ),
    )


def hip_cross() -> tuple[Part, ...]:
    """Return the cross between hip roll and pitch."""
    return (solid("hip cross", blob((0.03, 0.03, 0.03)), mass=0.12, colour="grey"),)


def thigh() -> tuple[Part, ...]:
    """Return the thigh's shell and beam."""
    shell = blob((0.050, 0.050, 0.115), square=(0.7, 0.8), taper=0.08).moved((0, 0, -0.105))
    return (
        skin("thigh shell", shell, areal=ABS, colour="white"),
        solid("thigh beam", box((0.03, 0.05, 0.20)).moved((0, 0, -0.11)), mass=0.26),
    )


def shank() -> tuple[Part, ...]:
    """Return the shank's shell and knee cap."""
    shell = blob((0.044, 0.046, 0.110), square=(0.7, 0.8), taper=0.08).moved((0, 0, -0.115))
    return (
        skin("shank shell", shell, areal=ABS, colour="white"),
        skin(
            "knee cap",
            blob((0.036, 0.040, 0.036)).moved((0.014, 0, -0.005)),
            areal=ABS,
            colour="blue",
        ),
        solid("shank beam", box((0.03, 0.04, 0.18)).moved((0, 0, -0.11)), mass=0.22),
    )


def ankle_cross() -> tuple[Part, ...]:
    """Return the cross between ankle pitch and roll."""
    return (solid("ankle cross", blob((0.022, 0.03, 0.022)), mass=0.10, colour="grey"),)


def foot() -> tuple[Part, ...]:
    """Return a shoe on a flat sole of 0.21 × 0.12 m."""
    shoe = blob((0.098, 0.055, 0.040), square=(0.8, 0.6)).moved((0.015, 0, -0.022))
    plate = box((0.21, 0.12, 0.016)).moved((0.015, 0, -0.040))
    return (
        skin("shoe", shoe, areal=2.0, colour="blue"),
        solid("sole plate", plate, mass=0.16, colour="white"),
    )


def sole() -> tuple[Part, ...]:
    """Return four force cells; their frame is the ground point under the ankle axis."""
    cells: list[Mesh] = [
        cylinder(0.008, 0.006, columns=12).moved((0.015 + 0.09 * x, 0.05 * y, 0.006))
        for x in (-1, 1)
        for y in (-1, 1)
    ]
    return tuple(solid(f"force cell {k}", cell, mass=0.01) for k, cell in enumerate(cells))


def lidar() -> tuple[Part, ...]:
    """Return the bow tie, with the scanner as its knot."""
    knot = cylinder(0.018, 0.032, edge=0.005)
    wing = blob((0.010, 0.026, 0.020), square=(0.9, 0.5)).moved((-0.004, 0.036, 0))
    return (
        solid("scanner", knot, mass=0.13, colour="navy"),
        *pair([solid("bow", wing, mass=0.006, colour="coral")]),
    )


def camera() -> tuple[Part, ...]:
    """Return the camera above the face."""
    return (
        solid(
            "camera",
            cylinder(0.008, 0.01, columns=16).moved((0, 0, 0), (0, np.pi / 2, 0)),
            mass=0.02,
            colour="navy",
        ),
    )
