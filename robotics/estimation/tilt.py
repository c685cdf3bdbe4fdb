"""Roll and pitch of a wheeled base from gyro and accelerometer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array

GRAVITY = 9.81
"""[m/s²]."""


@dataclass(slots=True)
class TiltFilter:
    """Complementary filter: the gyro tells fast changes, gravity the slow truth."""

    time_constant: float = 2.0
    """[s]."""
    roll: float = 0.0
    """[rad]."""
    pitch: float = 0.0
    """Positive with the nose down [rad]."""
    _started: bool = False

    def update(self, rate: Array, force: Array, *, duration: float) -> Array:
        """Return (roll, pitch) [rad].

        Args:
            rate: Angular velocity in the base, free of bias, shape (3,) [rad/s].
            force: Specific force in the base less what the base's own acceleration adds,
                shape (3,) [m/s²].
            duration: Since the last call [s].
        """
        wx, wy, wz = (float(value) for value in rate)
        c, s = math.cos(self.roll), math.sin(self.roll)
        turn_pitch = c * wy - s * wz
        turn_roll = wx + (s * wy + c * wz) * math.tan(self.pitch)
        self.roll += turn_roll * duration
        self.pitch += turn_pitch * duration
        ax, ay, az = (float(value) for value in force)
        strength = math.sqrt(ax * ax + ay * ay + az * az)
        if abs(strength - GRAVITY) < 0.2 * GRAVITY:
            share = 1.0 - math.exp(-duration / self.time_constant) if self._started else 1.0
            self._started = True
            self.roll += share * (math.atan2(ay, az) - self.roll)
            self.pitch += share * (math.atan2(-ax, math.hypot(ay, az)) - self.pitch)
        self.roll = min(1.5, max(-1.5, self.roll))
        self.pitch = min(1.5, max(-1.5, self.pitch))
        return np.array([self.roll, self.pitch])
