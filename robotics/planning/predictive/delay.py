"""Where the robot will be when what is decided now begins to act."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.planning.predictive.config import PERIOD, Limits
from robotics.planning.predictive.nominal import drive


@dataclass(slots=True)
class Sent:
    """The twists that were sent but have not acted yet.

    What is sensed at a time t is answered by what the base does from t + ``delay`` on; until then
    it does what was sent before.

    Attributes:
        delay: Sensing and actuation together [s].
        limits: Of the base.
    """

    delay: float
    limits: Limits
    _twists: deque[tuple[float, Array]] = field(default_factory=deque)

    def note(self, time: float, twist: Array) -> None:
        """Remember what was sent at ``time`` [s]."""
        self._twists.append((time, np.array(twist, dtype=np.float64)))
        while len(self._twists) > 1 and self._twists[1][0] <= time - self.delay - PERIOD:
            self._twists.popleft()

    def forget(self) -> None:
        """Begin anew: nothing is on its way."""
        self._twists.clear()

    def predict(self, time: float, pose: Array, twist: Array) -> Array:
        """Return pose and twist (6,) after the delay, from those at ``time`` [s], (3,) each."""
        pose, twist = np.array(pose, dtype=np.float64), np.array(twist, dtype=np.float64)
        if self.delay > 0.0:
            edges = [sent + self.delay for sent, _ in self._twists]
            wanted = [one for _, one in self._twists]
            now = time
            for k, (edge, one) in enumerate(zip(edges, wanted, strict=True)):
                until = min(edges[k + 1] if k + 1 < len(edges) else np.inf, time + self.delay)
                if until > max(now, edge) + 1e-9:
                    drive(pose, twist, one, self.limits, until - max(now, edge))
                    now = until
        return np.concatenate((pose, twist))
