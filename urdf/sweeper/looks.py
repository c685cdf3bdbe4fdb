"""The sweeper's outside: a snail with a spiral shell, eyes on stalks, a beacon, brushes."""

from __future__ import annotations

import numpy as np

from urdf.parts import Part, pair, skin, solid
from urdf.shapes import Array, Mesh, blob, box, cylinder, join, ring, tube

PALETTE = {
    "white": (0.97, 0.97, 0.95),
    "green": (0.45, 0.78, 0.45),
    "cream": (0.99, 0.89, 0.70),
    "caramel": (0.93, 0.66, 0.36),
    "orange": (1.0, 0.55, 0.08),
    "black": (0.12, 0.14, 0.18),
    "grey": (0.60, 0.63, 0.67),
    "bristle": (0.22, 0.52, 0.34),
    "blush": (1.0, 0.66, 0.64),
    "lamp": (1.0, 0.97, 0.80),
}
GLASS_FIBRE = 5.1
"""Areal density of 3 mm of glass-fibre laminate [kg/m²]."""
LYING = (np.pi / 2, 0.0, 0.0)
SHELL, SHELL_AT = np.array([0.225, 0.27, 0.225]), (-0.20, 0.0, 0.335)
HEAD, HEAD_AT = np.array([0.255, 0.33, 0.165]), (0.335, 0.0, 0.285)
BLUNT = (0.6, 0.6)
"""How square the head is, from the side and from above."""


def body() -> tuple[Part, ...]:
    """Return foot, head and shell of the snail, its face and what stands on it."""
    sole = blob((0.545, 0.40, 0.105), square=(0.5, 0.4), detail=16).moved((0.055, 0, 0.215))
    skirt = blob((0.552, 0.405, 0.030), square=(0.4, 0.4), detail=14).moved((0.057, 0, 0.135))
    mast = cylinder(0.022, 0.24).moved((0.10, 0, 0.455))
    collar = ring(0.026, 0.008).moved((0.10, 0, 0.435))
    arm = tube(
        np.array([[0.50, 0, 0.40], [0.55, 0, 0.45], [0.59, 0, 0.487], [0.615, 0, 0.496]]), 0.014
    )
    hub = tube(np.array([[0.42, 0.26, 0.15], [0.46, 0.31, 0.145], [0.50, 0.36, 0.125]]), 0.035)
    housing = cylinder(0.050, 0.05, edge=0.008).moved((0.50, 0.36, 0.105))
    return (
        skin("foot of the snail", sole, areal=GLASS_FIBRE, colour="white"),
        skin("skirt", skirt, areal=2.0, colour="green"),
        skin(
            "head of the snail",
            blob(HEAD, square=BLUNT, detail=16).moved(HEAD_AT),
            areal=GLASS_FIBRE,
            colour="white",
        ),
        *_shell(),
        *_face(),
        solid("mast", mast, mass=0.6, colour="grey"),
        solid("mast collar", collar, mass=0.05, colour="green"),
        solid("kerb lidar arm", arm, mass=0.25, colour="white"),
        *pair(
            [
                solid("brush arm", hub, mass=0.6, colour="grey"),
                solid("brush gear", housing, mass=0.5, colour="grey"),
            ]
        ),
    )


def _shell() -> tuple[Part, ...]:
    """Return the hopper's shell: a spiral on each side and growth rings over the back."""
    turn = np.linspace(-0.10 * np.pi, 4.8 * np.pi, 84)
    reach = 0.214 * np.exp(-0.15 * (turn - turn[0]))
    flat = np.stack([-reach * np.cos(turn), reach * np.sin(turn)])
    side = SHELL[1] * np.sqrt(1 - (reach / SHELL[0]) ** 2)
    spiral = tube(np.stack([flat[0], side, flat[1]], axis=-1), 0.006 + 0.012 * reach / 0.2, sides=8)
    return (
        skin(
            "hopper shell",
            blob(SHELL, detail=16).moved(SHELL_AT),
            areal=GLASS_FIBRE,
            colour="cream",
        ),
        *pair([solid("spiral", spiral.moved(SHELL_AT), mass=0.25, colour="caramel")]),
    )


def on_head(y: Array, z: Array, lift: float) -> Array:
    """Return points on the front of the snail's head, ``lift`` [m] ahead of it, shape (k, 3)."""
    a, b = BLUNT
    ring_ = (1 - np.abs((z - HEAD_AT[2]) / HEAD[2]) ** (2 / a)) ** (a / 2)
    x = ring_ * (1 - np.abs(y / (HEAD[1] * ring_)) ** (2 / b)) ** (b / 2)
    return np.stack([HEAD_AT[0] + HEAD[0] * x + lift, y + 0 * x, z + 0 * x], axis=-1)


def _face() -> tuple[Part, ...]:
    """Return eyes on stalks, smile, cheeks and lamps."""
    stalk = tube(np.array([[0.43, 0.12, 0.39], [0.44, 0.130, 0.45], [0.47, 0.145, 0.51]]), 0.022)
    bend = np.linspace(-1.0, 1.0, 17)
    smile = tube(on_head(0.085 * bend, 0.300 + 0.030 * bend**2, 0.0), 0.008)
    eye, look = np.array([0.475, 0.150, 0.522]), np.array([0.97, -0.12, 0.0])
    cheek = on_head(np.array([0.15]), np.array([0.315]), 0.0)[0]
    lamp = (0.583, 0.265, 0.235)
    parts = [
        solid("eye stalk", stalk, mass=0.10, colour="white"),
        solid("eye", blob((0.047, 0.047, 0.047), detail=14).moved(eye), mass=0.15, colour="white"),
        solid(
            "pupil",
            blob((0.014, 0.027, 0.031)).moved(eye + 0.037 * look),
            mass=0.02,
            colour="black",
        ),
        solid(
            "sparkle",
            blob((0.006, 0.009, 0.010)).moved(eye + np.array([0.0475, -0.015, 0.014])),
            mass=0.005,
            colour="white",
        ),
        solid(
            "cheek",
            blob((0.010, 0.030, 0.020)).moved(cheek, (0, 0, 0.15)),
            mass=0.02,
            colour="blush",
        ),
        solid(
            "lamp", blob((0.020, 0.042, 0.030)).moved(lamp, (0, 0, 0.35)), mass=0.15, colour="lamp"
        ),
    ]
    return (*pair(parts), solid("smile", smile, mass=0.03, colour="black"))


def wheel() -> tuple[Part, ...]:
    """Return tyre and rim."""
    tyre = cylinder(0.15, 0.06, columns=32, edge=0.008).moved(rpy=LYING)
    rim = cylinder(0.09, 0.066, edge=0.01).moved(rpy=LYING)
    nuts = join(
        [
            cylinder(0.010, 0.072, columns=10).moved((0.055, 0, 0), LYING).moved(rpy=(0, turn, 0))
            for turn in np.arange(5) * (2 * np.pi / 5)
        ]
    )
    return (
        solid("tyre", tyre, mass=3.0, colour="black"),
        solid("rim", rim, mass=1.9, colour="grey"),
        solid("nuts", nuts, mass=0.1, colour="white"),
    )


def side_brush() -> tuple[Part, ...]:
    """Return a disc with bristles that reach 0.20 m and end 5 mm above the ground."""
    disc = cylinder(0.08, 0.022, edge=0.006).moved((0, 0, 0.030))
    dots = join(
        [
            cylinder(0.010, 0.006, columns=10).moved((0.055, 0, 0.042)).moved(rpy=(0, 0, turn))
            for turn in np.arange(4) * (np.pi / 2)
        ]
    )
    return (
        solid("disc", disc, mass=0.85, colour="green"),
        solid("screws", dots, mass=0.05, colour="white"),
        solid("bristles", _bristles(40), mass=0.6, colour="bristle"),
    )


def _bristles(count: int) -> Mesh:
    """Return ``count`` tufts around a disc, lagging behind its turn."""
    path = np.array([[0.070, 0, 0.024], [0.145, 0.020, 0.004], [0.192, 0.050, -0.028]])
    tuft = tube(path, np.array([0.007, 0.006, 0.0025]), sides=4)
    return join([tuft.moved(rpy=(0, 0, turn)) for turn in np.arange(count) * (2 * np.pi / count)])


def roller() -> tuple[Part, ...]:
    """Return the roller brush: a core with nine rows of bristles."""
    row = box((0.014, 0.69, 0.036)).moved((0, 0, 0.080))
    rows = [row.moved(rpy=(0, turn, 0)) for turn in np.arange(9) * (2 * np.pi / 9)]
    return (
        solid("core", cylinder(0.065, 0.70).moved(rpy=LYING), mass=3.5, colour="grey"),
        solid("bristles", join(rows), mass=1.5, colour="bristle"),
    )


def lidar() -> tuple[Part, ...]:
    """Return the scanner with the beacon on its head, out of the beams."""
    lens = cylinder(0.046, 0.012).moved((0, 0, 0))
    lamp = blob((0.038, 0.038, 0.048), square=(0.7, 1.0)).moved((0, 0, 0.068))
    return (
        solid("scanner", cylinder(0.045, 0.056, edge=0.006), mass=0.8, colour="black"),
        solid("window", lens, mass=0.02, colour="grey"),
        solid("beacon", lamp, mass=0.3, colour="orange"),
    )


def kerb_lidar() -> tuple[Part, ...]:
    """Return the down-tilted scanner; its frame looks along the scan plane."""
    return (
        solid("scanner", cylinder(0.028, 0.040, edge=0.006), mass=0.3, colour="black"),
        solid("window", cylinder(0.029, 0.009), mass=0.02, colour="green"),
    )


def bumper() -> tuple[Part, ...]:
    """Return a front rubber strip that follows the body; the rear one is turned about."""
    y = np.linspace(-0.33, 0.33, 23)
    bow = 0.545 * (1 - np.abs(y / 0.4) ** 5) ** 0.2 - 0.555
    strip = tube(np.stack([bow, y, 0 * y], axis=-1), 0.020, sides=12).scaled((1, 1, 1.5))
    return (solid("rubber strip", strip, mass=1.5, colour="grey"),)


def caster() -> tuple[Part, ...]:
    """Return a free caster: a wheel in a fork, upright under its own swivel."""
    cheeks = join([box((0.03, 0.006, 0.085)).moved((0, y, 0.03)) for y in (-0.024, 0.024)])
    return (
        solid(
            "wheel", cylinder(0.05, 0.036, edge=0.008).moved(rpy=LYING), mass=0.7, colour="black"
        ),
        solid("fork", cheeks, mass=0.3, colour="grey"),
        solid("swivel", cylinder(0.03, 0.02).moved((0, 0, 0.075)), mass=0.2, colour="grey"),
    )
