"""Planar poses ``(x, y, yaw)`` and angles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array


def wrap(angle: float) -> float:
    """Return ``angle`` [rad] brought into (-π, π]."""
    wrapped = math.remainder(angle, 2.0 * math.pi)
    return math.pi if wrapped == -math.pi else wrapped


def wrap_array(angle: ArrayLike) -> Array:
    """Return angles of any shape [rad] brought into [-π, π)."""
    return np.asarray((np.asarray(angle, dtype=np.float64) + np.pi) % (2.0 * np.pi) - np.pi)


def rotation2(yaw: float) -> Array:
    """Return the matrix (2, 2) that turns a vector by ``yaw`` [rad]."""
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([[c, -s], [s, c]])


def compose(pose_b_in_a: ArrayLike, pose_c_in_b: ArrayLike) -> Array:
    """Return ``pose_c_in_a`` (3,) from two poses (3,)."""
    ax, ay, ayaw = np.asarray(pose_b_in_a, dtype=np.float64).tolist()
    bx, by, byaw = np.asarray(pose_c_in_b, dtype=np.float64).tolist()
    c, s = math.cos(ayaw), math.sin(ayaw)
    return np.array([ax + c * bx - s * by, ay + s * bx + c * by, wrap(ayaw + byaw)])


def inverse(pose_b_in_a: ArrayLike) -> Array:
    """Return ``pose_a_in_b`` (3,)."""
    x, y, yaw = np.asarray(pose_b_in_a, dtype=np.float64).tolist()
    c, s = math.cos(yaw), math.sin(yaw)
    return np.array([-c * x - s * y, s * x - c * y, wrap(-yaw)])


def relative(pose_b_in_a: ArrayLike, pose_c_in_a: ArrayLike) -> Array:
    """Return ``pose_c_in_b`` (3,): where c is, seen from b."""
    return compose(inverse(pose_b_in_a), pose_c_in_a)


def transform(pose_b_in_a: ArrayLike, points_in_b: ArrayLike) -> Array:
    """Return points (k, 2) given in frame b, in frame a."""
    x, y, yaw = np.asarray(pose_b_in_a, dtype=np.float64).tolist()
    points = np.asarray(points_in_b, dtype=np.float64).reshape(-1, 2)
    return np.asarray(points @ rotation2(yaw).T + (x, y))


def integrate(pose_base_in_map: ArrayLike, twist: ArrayLike, duration: float) -> Array:
    """Return the pose after ``duration`` [s] at a constant body ``twist`` (vx, vy, wz).

    Exact on the circle (the exponential map of SE(2)).
    """
    vx, vy, wz = np.asarray(twist, dtype=np.float64).tolist()
    angle = wz * duration
    if abs(angle) < 1e-9:
        step = np.array([vx * duration, vy * duration, angle])
    else:
        s, c = math.sin(angle) / wz, (1.0 - math.cos(angle)) / wz
        step = np.array([s * vx - c * vy, c * vx + s * vy, angle])
    return compose(pose_base_in_map, step)
