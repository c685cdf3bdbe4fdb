"""Roll and pitch of a body that shakes, and its gyro's bias.

The explicit complementary filter of Mahony, Hamel and Pflimlin (IEEE TAC 2008), for the direction
of gravity only: heading is left to odometry and the map. The gains begin high, because a robot is
switched on while it stands, and fall to what walking's accelerations allow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.rotation import cross

GRAVITY = 9.81
"""[m/s²]."""


@dataclass(frozen=True, slots=True)
class AttitudeGains:
    """How much the accelerometer is believed."""

    correction: float = 0.3
    """Rate at which a tilt error is taken out in the long run [1/s]."""
    correction_at_start: float = 1.0
    """The same when switched on."""
    settling: float = 2.0
    """Time constant from the start's gain to the other [s]."""
    correction_motionless: float = 2.0
    """The same while nothing moves: what the accelerometer feels then is gravity, and a fall's
    shocks have left an error of some degrees."""
    motionless_rate: float = 0.10
    """Turning less than this [rad/s] …"""
    motionless_force: float = 0.5
    """… and feeling gravity to within this [m/s²] …"""
    motionless_after: float = 0.3
    """… for so long is lying or standing still [s]."""
    bias: float = 0.02
    """Rate at which a lasting error becomes a bias [1/s²]."""
    load_band: float = 5.0
    """Of gravity: readings whose strength differs by more are no part of a gait."""
    rest_memory: float = 5.0
    """Time over which the mean turn of a robot that stands becomes the bias [s]."""
    rest_prior: float = 0.5
    """How much rest the first guess, no bias, is worth [s]."""


@dataclass(slots=True)
class Attitude:
    """The filter.

    Attributes:
        gains: How much the accelerometer is believed.
        bias: Estimate of the gyro's bias, shape (3,) [rad/s].
        up: Unit vector against gravity in the base frame, shape (3,).
    """

    gains: AttitudeGains = field(default_factory=AttitudeGains)
    bias: Array = field(default_factory=lambda: np.zeros(3))
    up: Array = field(default_factory=lambda: np.array([0.0, 0.0, 1.0]))
    _time: float = 0.0
    _rested: float = 0.0
    _started: bool = False
    _motionless: float = 0.0

    def update(
        self,
        angular_velocity: Array,
        force: Array,
        *,
        duration: float,
        still: bool = False,
        shaken: bool = False,
    ) -> Array:
        """Return (roll, pitch) [rad], nose down positive pitch.

        Args:
            angular_velocity: Gyro, shape (3,) [rad/s].
            force: Specific force, shape (3,) [m/s²].
            duration: Time since the last call [s].
            still: Whether the robot stands on its feet, so that it does not turn on average.
            shaken: Whether it has fallen lately: as long as nothing moves, gravity is believed at
                once. (Not in a gait: there the slow sway of the body is no error.)
        """
        strength = math.sqrt(force.dot(force))
        usable = abs(strength - GRAVITY) < self.gains.load_band * GRAVITY
        if usable and not self._started:
            self.up, self._started = force / strength, True
        # not divided by its strength: over a step, shocks then cancel as the motion that they end
        error = cross(force / GRAVITY, self.up) if usable else np.zeros(3)
        share = math.exp(-self._time / self.gains.settling)
        gains = self.gains
        correction = gains.correction + share * (gains.correction_at_start - gains.correction)
        learning = gains.bias
        if self._is_motionless(angular_velocity, strength, duration) and shaken:
            correction = max(correction, gains.correction_motionless)
            learning = gains.bias * (correction / gains.correction) ** 2  # as well damped
        self.bias = self.bias - duration * learning * error
        if still:
            self._rested = min(self._rested + duration, self.gains.rest_memory)
            learned = duration / (self._rested + self.gains.rest_prior)
            self.bias = self.bias + learned * (angular_velocity - self.bias)
        rate = angular_velocity - self.bias + correction * error
        self.up = self.up - duration * cross(rate, self.up)
        self.up = self.up / math.sqrt(self.up.dot(self.up))
        self._time += duration
        return self.tilt

    def _is_motionless(self, angular_velocity: Array, strength: float, duration: float) -> bool:
        """Return whether nothing has moved for a while."""
        gains = self.gains
        turn = angular_velocity - self.bias
        quiet = turn.dot(turn) < gains.motionless_rate**2
        quiet = quiet and abs(strength - GRAVITY) < gains.motionless_force
        self._motionless = self._motionless + duration if quiet else 0.0
        return self._motionless > gains.motionless_after

    @property
    def tilt(self) -> Array:
        """(roll, pitch) [rad], shape (2,)."""
        x, y, z = self.up.tolist()
        return np.array([math.atan2(y, z), math.atan2(-x, math.hypot(y, z))])
