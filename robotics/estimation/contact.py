"""Which feet are on the ground: foot force with hysteresis, and since when."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, BoolArray


@dataclass(slots=True)
class FootContact:
    """Two switches with a dead zone, so that a foot that just brushes the ground does not flicker.

    Attributes:
        weight: Of the robot [N].
        on: Share of the weight above which a foot counts as loaded.
        off: Share below which it no longer does.
        loaded: Which feet carry, (left, right).
        planted: For how long both have carried without a break [s].
        shares: Of the load on each loaded foot, shape (2,); they add up to 1, or are zero.
    """

    weight: float
    on: float = 0.12
    off: float = 0.05
    loaded: BoolArray = field(default_factory=lambda: np.zeros(2, dtype=np.bool_))
    planted: float = 0.0
    shares: Array = field(default_factory=lambda: np.zeros(2))

    def update(self, foot_force: Array, *, duration: float) -> BoolArray:
        """Return which feet carry.

        Args:
            foot_force: On the corners of the (left, right) sole, shape (2, 4) [N].
            duration: Time since the last call [s].
        """
        force = foot_force.sum(axis=1)
        threshold = np.where(self.loaded, self.off, self.on) * self.weight
        self.loaded = force > threshold
        self.planted = self.planted + duration if self.loaded.all() else 0.0
        carried = np.where(self.loaded, force, 0.0)
        total = float(carried.sum())
        self.shares = carried / total if total > 0.0 else np.zeros(2)
        return self.loaded
