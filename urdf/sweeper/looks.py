"""The sweeper's outside: snail body, spiral shell, eyes, beacon, brushes, each with its mass."""

from __future__ import annotations

import numpy as np

from urdf.parts import Part, pair, skin, solid
from urdf.shapes import Mesh, blob, box, cylinder, join, ring, tube

PALETTE = {
    "white": (0.96, 0.96, 0.93, 1.0),
    "green": (0.42, 0.75, 0.42, 1.0),
    "cream": (0.95, 0.86, 0.68, 1.0),
    "orange": (1.0, 0.56, 0.10, 1.0),
    "black": (0.13, 0.14, 0.16, 1.0),
    "grey": (0.58, 0.61, 0.64, 1.0),
    "bristle": (0.20, 0.48, 0.30, 1.0),
}
GLASS_FIBRE = 5.1
"""3 mm of glass-fibre laminate [kg/m²]."""


def body() -> tuple[Part, ...]:
    """Return the hull, the snail's shell on its back, eyes on stalks, smile and mast."""
    hull = blob((0.545, 0.40, 0.18), square=(0.45, 0.45), detail=16).moved((0.06, 0, 0.27))
    skirt = blob((0.552, 0.405, 0.035), square=(0.4, 0.45)).moved((0.06, 0, 0.15))
    shell = blob((0.20, 0.19, 0.20), detail=14).moved((-0.20, 0, 0.36))
    turn = np.linspace(0.0, 4.5 * np.pi, 60)
    reach = 0.18 - 0.155 * turn / turn[-1]
    spiral = np.stack(
        [reach * np.cos(turn), np.sqrt(1 - (reach / 0.2) ** 2) * 0.19, reach * np.sin(turn)],
        axis=-1,
    )
    groove = tube(spiral, 0.010, sides=6).moved((-0.20, 0, 0.36))
    stalk = tube(np.array([[0.44, 0.10, 0.40], [0.46, 0.115, 0.46], [0.49, 0.13, 0.51]]), 0.018)
    eye = blob((0.040, 0.040, 0.040)).moved((0.495, 0.133, 0.53))
    pupil = blob((0.014, 0.021, 0.023)).moved((0.526, 0.137, 0.533))
    bend = np.linspace(-1, 1, 15)
    smile = tube(
        np.stack([0.603 - 0.02 * bend**2, 0.13 * bend, 0.28 + 0.035 * bend**2], axis=-1), 0.007
    )
    mast = cylinder(0.022, 0.14).moved((0.10, 0, 0.51))
    return (
        skin("hull", hull, areal=GLASS_FIBRE, colour="white"),
        skin("skirt", skirt, areal=2.0, colour="green"),
        skin("hopper shell", shell, areal=GLASS_FIBRE, colour="cream"),
        *pair([solid("spiral", groove, mass=0.2, colour="orange")]),
        *pair([solid("eye stalk", stalk, mass=0.08, colour="white")]),
        *pair([solid("eye", eye, mass=0.12, colour="white")]),
        *pair([solid("pupil", pupil, mass=0.02, colour="black")]),
        solid("smile", smile, mass=0.03, colour="black"),
        solid("mast", mast, mass=0.5, colour="grey"),
    )


def wheel() -> tuple[Part, ...]:
    """Return tyre and rim."""
    lying = (np.pi / 2, 0.0, 0.0)
    tyre = cylinder(0.15, 0.06, columns=32, edge=0.008).moved(rpy=lying)
    rim = cylinder(0.09, 0.064, edge=0.01).moved(rpy=lying)
    return (
        solid("tyre", tyre, mass=3.0, colour="black"),
        solid("rim", rim, mass=2.0, colour="grey"),
    )


def side_brush() -> tuple[Part, ...]:
    """Return a disc with three dozen bristles that reach 0.20 m and end above the ground."""
    return (
        solid(
            "disc", cylinder(0.08, 0.02, edge=0.005).moved((0, 0, 0.03)), mass=0.9, colour="green"
        ),
        solid("bristles", _bristles(36, 0.07, 0.20), mass=0.6, colour="bristle"),
    )


def _bristles(count: int, inner: float, outer: float) -> Mesh:
    found = []
    for k in range(count):
        lag = 0.25
        path = np.array(
            [
                [inner, 0, 0.02],
                [(inner + outer) / 2, 0.02, 0.0],
                [outer * np.cos(lag), outer * np.sin(lag), -0.03],
            ]
        )
        found.append(
            tube(path, np.array([0.006, 0.005, 0.003]), sides=4).moved(
                rpy=(0, 0, k * 2 * np.pi / count)
            )
        )
    return join(found)


def roller() -> tuple[Part, ...]:
    """Return the roller brush: a core with eight rows of bristles."""
    lying = (np.pi / 2, 0.0, 0.0)
    rows = [
        box((0.012, 0.68, 0.035)).moved((0, 0, 0.08)).moved(rpy=(0, k * np.pi / 4, 0))
        for k in range(8)
    ]
    return (
        solid("core", cylinder(0.065, 0.70).moved(rpy=lying), mass=3.5, colour="grey"),
        solid("bristles", join(rows), mass=1.5, colour="bristle"),
    )


def lidar() -> tuple[Part, ...]:
    """Return the scanner with the beacon on its head, out of the beams."""
    return (
        solid("scanner", cylinder(0.045, 0.05, edge=0.006), mass=0.8, colour="black"),
        solid("beacon", blob((0.038, 0.038, 0.04)).moved((0, 0, 0.055)), mass=0.3, colour="orange"),
    )


def kerb_lidar() -> tuple[Part, ...]:
    """Return the down-tilted scanner on its bracket."""
    arm = box((0.16, 0.03, 0.02)).moved((-0.09, 0, -0.01))
    return (
        solid("scanner", cylinder(0.03, 0.045, edge=0.005), mass=0.3, colour="black"),
        solid("bracket", arm, mass=0.2, colour="white"),
    )


def bumper() -> tuple[Part, ...]:
    """Return a rubber strip."""
    return (
        solid(
            "rubber strip", blob((0.012, 0.35, 0.045), square=(0.5, 0.4)), mass=1.5, colour="black"
        ),
    )


def caster() -> tuple[Part, ...]:
    """Return a free caster, drawn as the ball that replaces it."""
    return (solid("caster", blob((0.05, 0.05, 0.05)), mass=1.2, colour="grey"),)
