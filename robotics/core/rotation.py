"""Rotations in space: quaternions ``(x, y, z, w)``, matrices, roll-pitch-yaw.

Small scalar functions for the loop; where speed does not matter, use
``scipy.spatial.transform.Rotation``, which orders quaternions the same way.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array


def cross(a: Array, b: Array) -> Array:
    """Return a × b (3,); numpy's own costs ten times as much for two short vectors."""
    ax, ay, az = a.tolist()
    bx, by, bz = b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def matrix_x(angle: float) -> Array:
    """Return the rotation (3, 3) about x by ``angle`` [rad]."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])


def matrix_y(angle: float) -> Array:
    """Return the rotation (3, 3) about y by ``angle`` [rad]: positive turns the nose down."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])


def matrix_z(angle: float) -> Array:
    """Return the rotation (3, 3) about z by ``angle`` [rad]."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def matrix_from_rpy(roll: float, pitch: float, yaw: float) -> Array:
    """Return ``Rz(yaw) Ry(pitch) Rx(roll)`` (3, 3): the URDF convention."""
    return matrix_z(yaw) @ matrix_y(pitch) @ matrix_x(roll)


def rpy_from_matrix(rotation: Array) -> tuple[float, float, float]:
    """Return (roll, pitch, yaw) [rad] of a rotation (3, 3), pitch in [-π/2, π/2]."""
    (xx, _, _), (yx, _, _), (zx, zy, zz) = rotation.tolist()
    pitch = -math.asin(min(1.0, max(-1.0, zx)))
    return math.atan2(zy, zz), pitch, math.atan2(yx, xx)


def matrix_from_quaternion(quaternion: ArrayLike) -> Array:
    """Return the rotation (3, 3) of a unit quaternion (x, y, z, w)."""
    x, y, z, w = np.asarray(quaternion, dtype=np.float64).tolist()
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def matrix_about(axis: ArrayLike, angle: float) -> Array:
    """Return the rotation (3, 3) about a unit ``axis`` (3,) by ``angle`` [rad] (Rodrigues)."""
    x, y, z = np.asarray(axis, dtype=np.float64).tolist()
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + math.sin(angle) * k + (1.0 - math.cos(angle)) * (k @ k))
