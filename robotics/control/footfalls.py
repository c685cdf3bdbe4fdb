"""Where and when feet really come down, learned from step to step.

A foot on a servo's soft spring lands beside its target, and sooner or later than planned, by much
the same at each step; aiming off by that much brings it where it belongs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, clamped

_SHARE = 0.2
"""Of what one step teaches."""
_FARTHEST, _EARLIEST = 0.04, 0.06
"""Largest miss [m] and lead [s] that are believed."""


@dataclass(slots=True)
class Footfalls:
    """What was learned.

    Attributes:
        missed: Landing beyond its target, (ahead, towards the swing side), shape (2,) [m].
        early: Landing before its time [s].
    """

    missed: Array = field(default_factory=lambda: np.array([0.0, -0.012]))
    early: float = 0.0

    def landed(self, missed: Array, early: float) -> None:
        """Take in one step: see the attributes."""
        learned = self.missed + _SHARE * (missed - self.missed)
        self.missed = clamped(learned, -_FARTHEST, _FARTHEST)
        self.early += _SHARE * (early - self.early)
        self.early = min(max(self.early, -_EARLIEST), _EARLIEST)
