"""The sweeper's parts: a white snail of 1.1 m sweeping width on two driven wheels.

Frame: x forward, y left, z up; the origin lies on the ground midway between the driven wheels.
Tank and bin are half full, which is how the robot spends its day.
"""

from __future__ import annotations

import numpy as np

from urdf.parts import Collision, Joint, Link, Part, Robot, Triple, pair, solid
from urdf.shapes import box, cylinder
from urdf.sweeper import looks

WHEEL_RADIUS, TRACK, WHEEL_WIDTH = 0.15, 0.64, 0.06
BRUSH = (0.50, 0.36, 0.035)
BRUSH_RADIUS = 0.20
ROLLER = (0.10, 0.0, 0.105)
LIDAR = (0.10, 0.0, 0.60)
KERB_LIDAR, KERB_TILT = (0.62, 0.0, 0.50), np.radians(35.0)
CASTER_RADIUS, FRONT_CLEARANCE = 0.05, 0.004
CASTERS = {
    "caster_front_left": (0.30, 0.12, CASTER_RADIUS + FRONT_CLEARANCE),
    "caster_front_right": (0.30, -0.12, CASTER_RADIUS + FRONT_CLEARANCE),
    "caster_rear_left": (-0.40, 0.22, CASTER_RADIUS),
    "caster_rear_right": (-0.40, -0.22, CASTER_RADIUS),
}
WHEEL_ROTOR: Triple = (0.09, 0.09, 0.09)
BRUSH_ROTOR: Triple = (0.01, 0.01, 0.01)
Y, UP, DOWN = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0)
LYING: Triple = (np.pi / 2, 0.0, 0.0)


def sweeper() -> Robot:
    """Return the whole robot."""
    half = TRACK / 2
    x, y, z = BRUSH
    wheel, side, roller = (60.0, 10.0), (8.0, 14.0), (15.0, 45.0)
    tools = [
        ("wheel_left", (0, half, WHEEL_RADIUS), Y, wheel),
        ("wheel_right", (0, -half, WHEEL_RADIUS), Y, wheel),
        ("brush_left", (x, y, z), DOWN, side),
        ("brush_right", (x, -y, z), UP, side),
        ("brush_roller", ROLLER, Y, roller),
    ]
    joints = [
        Joint(name, "continuous", "base", f"{name}_link", at, axis=axis, effort=m[0], velocity=m[1])
        for name, at, axis, m in tools
    ]
    links = [_base(), _wheel("wheel_left"), _wheel("wheel_right")]
    links += [
        Link("brush_left_link", looks.side_brush(), (), BRUSH_ROTOR),
        Link("brush_right_link", tuple(p.mirrored() for p in looks.side_brush()), (), BRUSH_ROTOR),
        Link("brush_roller_link", looks.roller(), (), BRUSH_ROTOR),
    ]
    for link, at, rpy in _frames():
        links.append(link)
        joints.append(Joint(link.name, "fixed", "base", link.name, at, rpy))
    return Robot("sweeper", looks.PALETTE, tuple(links), tuple(joints))


def _base() -> Link:
    inside: list[Part] = [
        solid("steel frame", box((0.95, 0.50, 0.05)).moved((0.03, 0, 0.14)), mass=24.0),
        *pair(
            [
                solid(
                    "battery 24 V 100 Ah",
                    box((0.33, 0.20, 0.17)).moved((-0.31, 0.13, 0.25)),
                    mass=21.0,
                )
            ]
        ),
        *pair(
            [
                solid(
                    "wheel motor and gear",
                    cylinder(0.055, 0.16).moved((0, 0.20, 0.15), LYING),
                    mass=7.0,
                )
            ]
        ),
        solid("water tank, half full", box((0.20, 0.46, 0.16)).moved((0.22, 0, 0.28)), mass=15.0),
        solid("bin, half full", box((0.26, 0.40, 0.10)).moved((-0.18, 0, 0.40)), mass=12.0),
        solid("vacuum fan", cylinder(0.07, 0.12).moved((-0.37, 0, 0.40), LYING), mass=6.0),
        solid("roller motor", cylinder(0.035, 0.14).moved((0.10, 0.0, 0.23), LYING), mass=3.0),
        *pair(
            [solid("side brush motor", cylinder(0.04, 0.10).moved((0.44, 0.28, 0.19)), mass=2.2)]
        ),
        solid(
            "spray bar", cylinder(0.012, 0.66, columns=12).moved((0.585, 0, 0.10), LYING), mass=0.8
        ),
        solid("control cabinet", box((0.20, 0.30, 0.10)).moved((-0.02, 0, 0.40)), mass=6.0),
    ]
    hulls = (
        Collision("box", (1.08, 0.76, 0.18), (0.06, 0.0, 0.21)),
        Collision("box", (0.46, 0.60, 0.14), (0.34, 0.0, 0.37)),
        Collision("box", (0.36, 0.42, 0.23), (-0.20, 0.0, 0.415)),
    )
    return Link("base", (*inside, *looks.body()), hulls)


def _wheel(name: str) -> Link:
    tread = Collision("cylinder", (WHEEL_RADIUS, WHEEL_WIDTH), rpy=LYING)
    return Link(f"{name}_link", looks.wheel(), (tread,), WHEEL_ROTOR, 1.0)


def _frames() -> list[tuple[Link, Triple, Triple]]:
    """Return the fixed links with their place and direction on the base."""
    level: Triple = (0.0, 0.0, 0.0)
    board = solid("IMU board", box((0.05, 0.04, 0.015)), mass=0.05)
    found: list[tuple[Link, Triple, Triple]] = [
        (Link("imu", (board,)), (0.0, 0.0, 0.30), level),
        (Link("lidar", looks.lidar()), LIDAR, level),
        (Link("kerb_lidar", looks.kerb_lidar()), KERB_LIDAR, (0.0, float(KERB_TILT), 0.0)),
    ]
    for name, x, yaw in (("bumper_front", 0.61, 0.0), ("bumper_rear", -0.50, np.pi)):
        strip = Collision("box", (0.02, 0.60, 0.06))
        found.append((Link(name, looks.bumper(), (strip,)), (x, 0.0, 0.19), (0.0, 0.0, float(yaw))))
    ball = Collision("sphere", (CASTER_RADIUS,))
    for name, at in CASTERS.items():
        found.append((Link(name, looks.caster(), (ball,), friction=0.03), at, level))
    return found
