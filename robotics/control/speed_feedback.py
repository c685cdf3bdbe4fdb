"""The mean speed of the last steps beside what was wanted: the next ones lean against it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.control.com_observer import Seen
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2, wrap


@dataclass(slots=True)
class _Footfall:
    """One memory: where the body was when a foot landed."""

    time: float
    com: Array
    heading: float
    yaw: float


@dataclass(slots=True)
class SpeedFeedback:
    """Learns what to add to the twist that the steps are made for.

    Attributes:
        walk: Gains.
        correction: (vx, vy, wz), shape (3,) [m/s, m/s, rad/s].
    """

    walk: WalkParameters
    correction: Array = field(default_factory=lambda: np.zeros(3))
    _footfalls: list[_Footfall] = field(default_factory=list)

    def fade(self) -> None:
        """Forget, where there is nothing to correct; called at every tick of that."""
        self.correction = 0.98 * self.correction
        self._footfalls.clear()

    def landed(self, time: float, seen: Seen, heading: float, *, wanted: Array) -> None:
        """Compare the mean motion over two steps with the twist wanted (3,).

        Args:
            time: Of this landing [s].
            seen: Where the centre of mass is.
            heading: Mean of the two feet [rad].
            wanted: In the base frame, shape (3,).
        """
        fall = _Footfall(time, seen.com, heading, seen.yaw)
        self._footfalls = [*self._footfalls[-2:], fall]
        if len(self._footfalls) < 3:
            return
        first = self._footfalls[0]
        passed = fall.time - first.time
        mean_heading = first.heading + 0.5 * wrap(fall.heading - first.heading)
        travelled = rotation2(mean_heading).T @ (fall.com - first.com)
        mean = np.array([*travelled, wrap(fall.yaw - first.yaw)]) / passed
        gain, top = np.array(self.walk.speed_feedback), np.array(self.walk.speed_correction)
        self.correction = clamped(self.correction + gain * (wanted - mean), -top, top)
