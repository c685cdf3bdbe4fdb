"""The greeter's parts: a child-sized humanoid of 22 joints in white, sky blue and coral.

Frames: x forward, y left, z up; the trunk's origin lies midway between the hip joint centres.
The left side is written down, the right side is its mirror image. Servo masses and sizes are the
makers' (e-manual of the XM430 and XM540: 82 g, 28.5 × 46.5 × 34 mm; 165 g, 33.5 × 58.5 × 44 mm).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from urdf.greeter import looks
from urdf.parts import Collision, Joint, Link, Part, Robot, Triple, pair, solid
from urdf.shapes import box, cylinder

HIP_Y, THIGH, SHANK, ANKLE = 0.065, 0.23, 0.23, 0.05
SOLE = (0.21, 0.12, 0.02)
SOLE_X = 0.015
NECK_Z, HEAD_Z = 0.37, 0.13
SHOULDER = (0.0, 0.13, 0.32)
LIDAR = (0.07, 0.0, 0.40)

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
LEG, HIP_YAW, ARM, NECK = (17.8, 6.9), (8.9, 6.9), (4.8, 6.0), (3.0, 8.0)
MOTORS = {"hip_yaw": HIP_YAW, "hip": LEG, "knee": LEG, "ankle": LEG, "head": NECK}
"""Torque [N·m] and speed [rad/s] by the first part of a joint's name that fits; else an arm's."""
LEG_ROTOR: Triple = (0.012, 0.012, 0.012)
ARM_ROTOR: Triple = (0.002, 0.002, 0.002)


def small_servo(name: str, at: Triple, rpy: Triple = (0.0, 0.0, 0.0)) -> Part:
    """Return the body of an XM430."""
    return solid(name, box((0.0285, 0.034, 0.0465)).moved(at, rpy), mass=0.082)


def large_servo(name: str, at: Triple, rpy: Triple = (0.0, 0.0, 0.0)) -> Part:
    """Return the body of an XM540."""
    return solid(name, box((0.0335, 0.044, 0.0585)).moved(at, rpy), mass=0.165)


def drive(name: str, at: Triple, apart: Triple) -> tuple[Part, Part]:
    """Return the two XM540 that share one leg joint, ``apart`` [m] to either side of ``at``."""
    first, second = np.asarray(at) + apart, np.asarray(at) - apart
    return (
        large_servo(f"{name} 1", tuple(first.tolist())),
        large_servo(f"{name} 2", tuple(second.tolist())),
    )


def revolute(
    name: str, ends: tuple[str, str], at: Triple, *, axis: Triple, stops: tuple[float, float]
) -> Joint:
    """Return a driven joint between parent and child, with the motor of its class."""
    motor = next((m for part, m in MOTORS.items() if part in name), ARM)
    return Joint(
        name,
        "revolute",
        *ends,
        at,
        axis=axis,
        lower=stops[0],
        upper=stops[1],
        effort=motor[0],
        velocity=motor[1],
    )


def greeter() -> Robot:
    """Return the whole robot."""
    links = [_trunk(), _neck(), _head()]
    joints = [
        revolute("head_yaw", ("trunk", "neck"), (0, 0, NECK_Z), axis=Z, stops=(-1.6, 1.6)),
        revolute("head_pitch", ("neck", "head"), (0, 0, HEAD_Z), axis=Y, stops=(-0.7, 0.7)),
    ]
    for limb in (_arm, _leg):
        left_links, left_joints = limb()
        links += left_links + [_mirrored_link(link) for link in left_links]
        joints += left_joints + [_mirrored_joint(joint) for joint in left_joints]
    for link, parent, at in _frames():
        links.append(link)
        joints.append(Joint(link.name, "fixed", parent, link.name, at))
    return Robot("greeter", looks.PALETTE, tuple(links), tuple(joints))


def _trunk() -> Link:
    inside = [
        solid("battery 4S 10 Ah", box((0.07, 0.14, 0.07)).moved((0.0, 0.0, 0.12)), mass=0.90),
        solid("computer", box((0.05, 0.12, 0.11)).moved((-0.03, 0.0, 0.23)), mass=0.60),
        solid("power board", box((0.02, 0.12, 0.08)).moved((0.035, 0.0, 0.21)), mass=0.25),
        solid(
            "loudspeaker", cylinder(0.03, 0.03).moved((0.05, 0.0, 0.26), (0, 1.5708, 0)), mass=0.15
        ),
        solid("spine", box((0.05, 0.08, 0.30)).moved((-0.01, 0.0, 0.19)), mass=0.90),
        solid("shoulder beam", box((0.03, 0.20, 0.03)).moved((0.0, 0.0, 0.32)), mass=0.25),
        solid("pelvis", box((0.10, 0.17, 0.02)).moved((-0.02, 0.0, 0.055)), mass=0.40),
        small_servo("head yaw servo", (0.0, 0.0, 0.34)),
        *pair([small_servo("shoulder pitch servo", (0.0, 0.085, 0.32))]),
        *pair([large_servo("hip yaw servo", (-0.02, HIP_Y, 0.06))]),
    ]
    chest = Collision("box", (0.15, 0.20, 0.28), (0.0, 0.0, 0.22))
    return Link("trunk", (*inside, *looks.trunk()), (chest,))


def _neck() -> Link:
    servo = small_servo("head pitch servo", (0.0, 0.0, 0.10))
    post = solid("neck post", cylinder(0.024, 0.11).moved((0, 0, 0.055)), mass=0.08, colour="grey")
    throat = Collision("cylinder", (0.024, 0.03), (0.0, 0.0, 0.017))
    return Link("neck", (servo, post), (throat,), ARM_ROTOR)


def _head() -> Link:
    inside = [
        solid("face display", box((0.012, 0.13, 0.09)).moved((0.055, 0.0, 0.0)), mass=0.13),
        solid("head frame", box((0.05, 0.10, 0.03)).moved((-0.02, 0.0, 0.04)), mass=0.10),
        solid("microphones", box((0.03, 0.16, 0.01)).moved((0.0, 0.0, 0.055)), mass=0.04),
    ]
    skull = Collision("sphere", (0.098,), (0.0, 0.0, 0.0))
    return Link("head", (*inside, *looks.head()), (skull,), ARM_ROTOR)


def _arm() -> tuple[list[Link], list[Joint]]:
    links = [
        Link(
            "left_shoulder",
            (small_servo("shoulder roll servo", (0.0, 0.03, 0.0)), *looks.shoulder()),
            (),
            ARM_ROTOR,
        ),
        Link(
            "left_upper_arm_mount",
            (small_servo("shoulder yaw servo", (0.0, 0.0, -0.02)), *looks.upper_arm_mount()),
            (),
            ARM_ROTOR,
        ),
        Link(
            "left_upper_arm",
            (small_servo("elbow servo", (0.0, 0.0, -0.12)), *looks.upper_arm()),
            (Collision("box", (0.06, 0.06, 0.13), (0.0, 0.0, -0.09)),),
            ARM_ROTOR,
        ),
        Link(
            "left_forearm",
            looks.forearm(),
            (
                Collision("box", (0.05, 0.05, 0.11), (0.0, 0.0, -0.085)),
                Collision("sphere", (0.035,), (0.0, 0.0, -0.185)),
            ),
            ARM_ROTOR,
        ),
    ]
    shoulder, mount, upper, fore = (link.name for link in links)
    joints = [
        revolute("left_shoulder_pitch", ("trunk", shoulder), SHOULDER, axis=Y, stops=(-3.1, 3.1)),
        revolute("left_shoulder_roll", (shoulder, mount), (0, 0.035, 0), axis=X, stops=(-0.2, 2.6)),
        revolute("left_shoulder_yaw", (mount, upper), (0, 0, -0.04), axis=Z, stops=(-1.6, 1.6)),
        revolute("left_elbow", (upper, fore), (0, 0, -0.15), axis=Y, stops=(-2.3, 0.0)),
    ]
    return links, joints


def _leg() -> tuple[list[Link], list[Joint]]:
    links = [
        Link(
            "left_hip",
            (*drive("hip roll servo", (-0.065, 0.0, 0.0), (0.018, 0, 0)), *looks.hip()),
            (),
            LEG_ROTOR,
        ),
        Link("left_hip_cross", looks.hip_cross(), (), LEG_ROTOR),
        Link(
            "left_thigh",
            (
                *drive("hip pitch servo", (0.0, 0.0, -0.035), (0.0, 0.022, 0.0)),
                *drive("knee servo", (0.0, 0.0, -0.165), (0.0, 0.022, 0.0)),
                *looks.thigh(),
            ),
            (Collision("box", (0.085, 0.08, 0.16), (0.0, 0.0, -0.11)),),
            LEG_ROTOR,
        ),
        Link(
            "left_shank",
            (*drive("ankle pitch servo", (0.0, 0.0, -0.155), (0.0, 0.022, 0.0)), *looks.shank()),
            (Collision("box", (0.08, 0.07, 0.16), (0.0, 0.0, -0.11)),),
            LEG_ROTOR,
        ),
        Link("left_ankle_cross", looks.ankle_cross(), (), LEG_ROTOR),
        Link(
            "left_foot",
            (*drive("ankle roll servo", (-0.035, 0.0, -0.012), (0, 0.02, 0)), *looks.foot()),
            (Collision("box", SOLE, (SOLE_X, 0.0, SOLE[2] / 2 - ANKLE)),),
            LEG_ROTOR,
            1.0,
        ),
    ]
    hip, cross, thigh, shank, ankle, foot = (link.name for link in links)
    here = (0.0, 0.0, 0.0)
    joints = [
        revolute("left_hip_yaw", ("trunk", hip), (0, HIP_Y, 0), axis=Z, stops=(-0.9, 0.9)),
        revolute("left_hip_roll", (hip, cross), here, axis=X, stops=(-0.7, 0.7)),
        revolute("left_hip_pitch", (cross, thigh), here, axis=Y, stops=(-1.9, 1.0)),
        revolute("left_knee", (thigh, shank), (0, 0, -THIGH), axis=Y, stops=(-0.02, 2.35)),
        revolute("left_ankle_pitch", (shank, ankle), (0, 0, -SHANK), axis=Y, stops=(-1.2, 1.2)),
        revolute("left_ankle_roll", (ankle, foot), here, axis=X, stops=(-0.7, 0.7)),
    ]
    return links, joints


def _frames() -> list[tuple[Link, str, Triple]]:
    """Return the fixed links: what they weigh, their parent and where they sit on it."""
    board = solid("IMU board", box((0.03, 0.02, 0.006)), mass=0.015)
    found = [
        (Link("imu", (board,)), "trunk", (0.0, 0.0, 0.16)),
        (Link("lidar", looks.lidar()), "trunk", LIDAR),
        (Link("camera", looks.camera()), "head", (0.085, 0.0, 0.055)),
    ]
    for link, parent, at in (
        (Link("left_sole", looks.sole()), "left_foot", (0.0, 0.0, -ANKLE)),
        (Link("left_hand", looks.hand()), "left_forearm", (0.0, 0.0, -0.185)),
    ):
        found.append((link, parent, at))
        found.append((_mirrored_link(link), _other(parent), at))
    return found


def _other(name: str) -> str:
    return name.replace("left_", "right_")


def _mirrored_link(link: Link) -> Link:
    parts = tuple(part.mirrored() for part in link.parts)
    shapes = tuple(replace(c, at=(c.at[0], -c.at[1], c.at[2])) for c in link.collisions)
    return replace(link, name=_other(link.name), parts=parts, collisions=shapes)


def _mirrored_joint(joint: Joint) -> Joint:
    """Return the right side's joint: same axis, so that roll and yaw change their sign."""
    lower, upper = joint.lower, joint.upper
    if joint.axis != Y:
        lower, upper = -upper, -lower
    return replace(
        joint,
        name=_other(joint.name),
        parent=_other(joint.parent),
        child=_other(joint.child),
        at=(joint.at[0], -joint.at[1], joint.at[2]),
        lower=lower,
        upper=upper,
    )
