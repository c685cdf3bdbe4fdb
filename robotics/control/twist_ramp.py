"""From a wished twist to one that a body can follow: limited, smoothed, ramped."""

from __future__ import annotations

import numpy as np

from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped


class TwistRamp:
    """Follows a twist.

    Args:
        walk: Limits and time constant.
        period: Time of a tick [s].

    Attributes:
        value: (vx, vy, wz) followed, shape (3,) [m/s, m/s, rad/s].
    """

    def __init__(self, walk: WalkParameters, period: float) -> None:
        self._high = np.array(walk.largest_twist)
        self._low = -self._high
        self._low[0] = -walk.fastest_back
        self._step = np.array(walk.acceleration) * period
        self._share = period / (walk.smoothing + period)
        self._smoothed = np.zeros(3)
        self.value = np.zeros(3)

    def advance(self, twist: Array) -> Array:
        """Return what is followed at this tick, for a wish (3,).

        Limits hold for one direction at a time: the fastest walk ahead leaves nothing for a turn.
        """
        wanted = clamped(twist, self._low, self._high)
        top = np.where(wanted < 0.0, -self._low, self._high)
        wanted = wanted / max(1.0, float(np.linalg.norm(wanted / top)))
        self._smoothed = self._smoothed + self._share * (wanted - self._smoothed)
        change = clamped(self._smoothed - self.value, -self._step, self._step)
        self.value = self.value + change
        return self.value

    @property
    def is_moving(self) -> bool:
        """Whether it is more than next to nothing."""
        return float(np.linalg.norm(self.value)) > 0.02
