"""What moves: the door from a simulated body to whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from robotics.core.arrays import Array
from robotics.core.rotation import cross
from sim.sensors import LidarSpec
from sim.servo import Drive


@dataclass(frozen=True, slots=True)
class BaseMotion:
    """True motion of the base link's frame."""

    position: Array
    """Of its origin in the map, shape (3,) [m]."""
    rotation: Array
    """Base to map, shape (3, 3)."""
    velocity: Array
    """Of its origin in the map, shape (3,) [m/s]."""
    angular_velocity: Array
    """In the map, shape (3,) [rad/s]."""

    def velocity_of(self, point_in_base: Array) -> Array:
        """Return the velocity in the map of a point of the base, shape (3,) [m/s]."""
        return self.velocity + cross(self.angular_velocity, self.rotation @ point_in_base)


class Mechanism(Protocol):
    """What moves."""

    position: Array
    """Joint angles at the last ``read``, shape (n,) [rad]."""
    velocity: Array
    """[rad/s]."""
    torque: Array
    """Torques of the motors at the last ``drive``, shape (n,) [N·m]."""

    def restart(self) -> None:
        """Go back to the start."""

    def read(self) -> None:
        """Look at the joints."""

    def drive(self, drive: Drive) -> None:
        """Let the motors act for one step."""

    def motion(self) -> BaseMotion:
        """Return the true motion of the base."""

    def distances(self, spec: LidarSpec) -> Array:
        """Return the true distance along each beam, infinite where nothing is, shape (m,) [m]."""

    def foot_force(self) -> Array:
        """Return the true forces on the corners of the soles, shape (2, 4) [N]."""

    def pressed(self) -> tuple[str, ...]:
        """Return the names of the bumpers that touch something."""

    def contacts_with(self) -> list[tuple[str, float]]:
        """Return (what, force [N]) of every touch beyond standing on the ground."""

    def remove(self) -> None:
        """Leave the place. May be called twice."""


def quaternion_from_matrix(rotation: Array) -> Array:
    """Return the unit quaternion (x, y, z, w), w >= 0, of a rotation (3, 3).

    Divides by the largest component (Shepperd 1978), so it holds for every angle.
    """
    m = rotation
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    largest = int(np.argmax([m[0, 0], m[1, 1], m[2, 2], trace]))
    if largest == 3:
        parts = [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 1.0 + trace]
    else:
        i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
        parts = [0.0, 0.0, 0.0, m[k, j] - m[j, k]]
        parts[i] = 1.0 + 2.0 * m[i, i] - trace
        parts[j] = m[j, i] + m[i, j]
        parts[k] = m[k, i] + m[i, k]
    unit = np.array(parts) / np.linalg.norm(parts)
    return np.asarray(unit if unit[3] >= 0.0 else -unit)
