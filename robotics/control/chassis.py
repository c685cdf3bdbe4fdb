"""Two driven wheels: from the velocity of the base to wheel speeds, and back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.messages import Twist2


@dataclass(frozen=True, slots=True)
class DifferentialChassis:
    """Geometry and limits of a differential drive.

    Its law: v = r (ω_right + ω_left) / 2 and wz = r (ω_right - ω_left) / track.
    """

    wheel_radius: float
    """[m]."""
    track: float
    """Distance between the wheels [m]."""
    wheel_speed: float
    """Largest speed of a wheel [rad/s]."""
    acceleration: float
    """Largest change of the forward speed [m/s²]."""
    angular_acceleration: float
    """Largest change of the turn rate [rad/s²]."""

    def wheels(self, twist: Twist2) -> Array:
        """Return (left, right) wheel speeds for a twist, shape (2,) [rad/s].

        Where one wheel would be too fast, both are slowed alike, which keeps the curvature.
        """
        half = 0.5 * self.track * twist.wz
        speeds = np.array([twist.vx - half, twist.vx + half]) / self.wheel_radius
        most = float(np.abs(speeds).max())
        return np.asarray(speeds if most <= self.wheel_speed else speeds * self.wheel_speed / most)

    def twist(self, wheels: ArrayLike) -> Twist2:
        """Return the twist that (left, right) wheel speeds (2,) [rad/s] mean without slip."""
        left, right = (float(speed) * self.wheel_radius for speed in np.asarray(wheels))
        return Twist2(0.5 * (left + right), 0.0, (right - left) / self.track)

    def towards(self, now: Twist2, wanted: Twist2, duration: float) -> Twist2:
        """Return the twist ``duration`` [s] after ``now`` on the way to ``wanted``."""
        linear, angular = self.acceleration * duration, self.angular_acceleration * duration
        vx = now.vx + min(max(wanted.vx - now.vx, -linear), linear)
        wz = now.wz + min(max(wanted.wz - now.wz, -angular), angular)
        return Twist2(vx, 0.0, wz)
