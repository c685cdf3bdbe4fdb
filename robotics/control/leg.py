"""A six-joint leg in closed form: hip yaw-roll-pitch in one point, knee, ankle pitch-roll.

The three hip axes meet in one point and so do the two ankle axes, so the leg splits into a planar
two-bar linkage and a wrist, solved from the sole upwards (Kajita, "Introduction to Humanoid
Robotics", section 2.5.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.model import Model
from robotics.core.rotation import matrix_x, matrix_y, matrix_z

JOINTS = ("hip_yaw", "hip_roll", "hip_pitch", "knee", "ankle_pitch", "ankle_roll")
"""Joints of a leg, hip to sole, without the side."""
_SPARE = 1e-4
"""How much shorter than straight the leg is kept where a sole is out of reach [m]."""


@dataclass(frozen=True, slots=True)
class LegGeometry:
    """Lengths of one leg [m]."""

    hip_in_base: Array
    """Where the hip axes meet, shape (3,)."""
    thigh: float
    """Hip to knee."""
    shank: float
    """Knee to ankle."""
    sole_drop: float
    """Ankle down to the ground."""


class LegAngles(NamedTuple):
    """Answer of the inverse kinematics."""

    position: tuple[float, float, float, float, float, float]
    """Angles in the order of ``JOINTS`` [rad]."""
    reachable: bool
    """False where the sole was out of reach and the leg was pointed at it as far as it goes."""


def leg_geometry(model: Model, side: str) -> LegGeometry:
    """Measure a leg of ``model``; ``side`` is "left" or "right"."""
    poses = model.poses_in_base(np.zeros(len(model.joints)))
    child = {a.name: a.child for a in model.attachments}
    hip, knee, ankle = (
        poses[child[f"{side}_{joint}"]][0] for joint in ("hip_pitch", "knee", "ankle_roll")
    )
    sole = poses[f"{side}_sole"][0]
    return LegGeometry(hip, float(hip[2] - knee[2]), float(knee[2] - ankle[2]), ankle[2] - sole[2])


def inverse(leg: LegGeometry, position_sole_in_base: Array, rotation_sole: Array) -> LegAngles:
    """Return the joint angles that put the sole at a pose in the base frame.

    Of the two solutions, the one with the knee bent forward.

    Args:
        leg: Its lengths.
        position_sole_in_base: Shape (3,) [m].
        rotation_sole: Rotation of the sole in the base, shape (3, 3).
    """
    ankle = position_sole_in_base + rotation_sole[:, 2] * leg.sole_drop
    x, y, z = (rotation_sole.T @ (leg.hip_in_base - ankle)).tolist()  # the hip, seen from the sole
    distance = math.sqrt(x * x + y * y + z * z)
    longest = leg.thigh + leg.shank - _SPARE
    shortest = abs(leg.thigh - leg.shank) + _SPARE
    reachable = shortest <= distance <= longest
    if not reachable:
        distance = min(max(distance, shortest), longest)
    cosine = (leg.thigh**2 + leg.shank**2 - distance**2) / (2.0 * leg.thigh * leg.shank)
    knee = math.pi - math.acos(min(1.0, max(-1.0, cosine)))
    roll = math.atan2(y, z)
    if abs(roll) > math.pi / 2.0:  # the hip below the sole: turn the other way
        roll -= math.copysign(math.pi, roll)
    # angle at the ankle between the shank and the line to the hip
    lean = math.atan2(leg.thigh * math.sin(knee), leg.shank + leg.thigh * math.cos(knee))
    pitch = -math.atan2(x, math.copysign(math.hypot(y, z), z)) - lean
    hip = rotation_sole @ matrix_x(-roll) @ matrix_y(-pitch - knee)  # = Rz(yaw) Rx(roll) Ry(pitch)
    (_, xy, _), (_, yy, _), (zx, zy, zz) = hip.tolist()
    hip_yaw = math.atan2(-xy, yy)
    c, s = math.cos(hip_yaw), math.sin(hip_yaw)
    hip_roll = math.atan2(zy, yy * c - xy * s)
    hip_pitch = math.atan2(-zx, zz)
    return LegAngles((hip_yaw, hip_roll, hip_pitch, knee, pitch, roll), reachable)


def forward(leg: LegGeometry, position: Array) -> tuple[Array, Array]:
    """Return position (3,) [m] and rotation (3, 3) of the sole in the base: the way back.

    Args:
        leg: Its lengths.
        position: Six angles in the order of ``JOINTS`` [rad].
    """
    yaw, roll, pitch, knee, ankle_pitch, ankle_roll = position
    thigh = matrix_z(yaw) @ matrix_x(roll) @ matrix_y(pitch)
    shank = thigh @ matrix_y(knee)
    sole = shank @ matrix_y(ankle_pitch) @ matrix_x(ankle_roll)
    place = leg.hip_in_base - thigh[:, 2] * leg.thigh - shank[:, 2] * leg.shank
    return place - sole[:, 2] * leg.sole_drop, sole
