"""How far a walker came since the last tick: a foot on the ground does not move.

Seen from the base, a planted foot moves backwards by what the base moves forwards. The heading
comes from the gyro: a loaded sole turns a little underfoot, a gyro without bias does not lie.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.rotation import cross, matrix_x, matrix_y
from robotics.estimation.odometry import Increment

Soles = Callable[[Array], Array]
"""Forward kinematics: joint angles (n,) [rad] to both sole centres in the base, (2, 3) [m]."""


@dataclass(slots=True)
class LegOdometry:
    """Dead reckoning of a biped.

    Attributes:
        soles: Forward kinematics of the feet.
        smoothing: Time constant of ``velocity`` [s].
        slip: One sigma of an increment, as a share of its length.
        gyro_sigma: One sigma of the gyro's remaining bias [rad/s].
        velocity: (vx, vy) of the base in the base, low-passed, shape (2,) [m/s].
        turn: Its yaw rate, low-passed [rad/s].
        agility: Time constant of the velocity behind ``acceleration`` [s].
        acceleration: Of the base in the base, shape (3,) [m/s²]: for what integrates it.
    """

    soles: Soles
    smoothing: float = 0.12
    slip: float = 0.03
    gyro_sigma: float = 0.003
    velocity: Array = field(default_factory=lambda: np.zeros(2))
    turn: float = 0.0
    agility: float = 0.03
    acceleration: Array = field(default_factory=lambda: np.zeros(3))
    _brisk: Array = field(default_factory=lambda: np.zeros(3))
    _feet: Array = field(default_factory=lambda: np.zeros((2, 3)))
    _last: Array | None = None
    _shares: Array = field(default_factory=lambda: np.zeros(2))

    def update(
        self,
        position: Array,
        shares: Array,
        *,
        tilt: Array,
        angular_velocity: Array,
        duration: float,
    ) -> Increment:
        """Return the step of the base since the last call.

        Args:
            position: Joint angles, shape (n,) [rad].
            shares: How much of the load each foot carries, shape (2,), see ``FootContact``.
            tilt: (roll, pitch) of the base, shape (2,) [rad].
            angular_velocity: Bias-free gyro, shape (3,) [rad/s].
            duration: Time since the last call [s].
        """
        roll, pitch = (float(angle) for angle in tilt)
        level = matrix_y(pitch) @ matrix_x(roll)
        in_base = self.soles(position)
        feet = (in_base @ level.T)[:, :2]
        last, self._last = self._last, feet
        # a foot that carried at both ends of the tick is the one that stood still
        weights = np.minimum(shares, self._shares)
        self._shares = np.array(shares)
        rate = (level @ angular_velocity)[2]
        dyaw = float(rate) * duration
        if last is None or duration <= 0.0:
            self._feet = in_base
            return Increment()
        total = float(weights.sum())
        if total > 0.0:
            self._accelerate(in_base, weights / total, angular_velocity, duration)
        else:
            self._feet, self.acceleration = in_base, np.zeros(3)
        if total > 0.0:
            c, s = math.cos(dyaw), math.sin(dyaw)
            turned = feet @ np.array([[c, s], [-s, c]])
            step = weights @ (last - turned) / total
        else:
            step = self.velocity * duration  # in the air: go on
        share = duration / (self.smoothing + duration)
        self.velocity = self.velocity + share * (step / duration - self.velocity)
        self.turn += share * (dyaw / duration - self.turn)
        spread = self.slip * float(np.linalg.norm(step)) + 1e-4 * math.sqrt(duration)
        return Increment(
            dx=float(step[0]),
            dy=float(step[1]),
            dyaw=dyaw,
            var_x=spread**2,
            var_y=spread**2,
            var_yaw=(self.gyro_sigma * duration) ** 2 + 1e-8 * duration,
        )

    def _accelerate(self, feet: Array, weights: Array, turning: Array, duration: float) -> None:
        """Follow the base's velocity over its feet (2, 3); its change is the acceleration.

        The tilt is not used: what is learned from the acceleration would come back by it.
        """
        before, self._feet = self._feet, feet
        pivot = weights @ feet
        moved = (pivot - weights @ before) / duration + cross(turning, pivot)
        share = duration / (self.agility + duration)
        change = share * (-moved - self._brisk)
        self._brisk = self._brisk + change
        self.acceleration = change / duration + cross(turning, self._brisk)
