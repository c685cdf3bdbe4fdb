"""Readings that cannot be: an IMU that says the same again and again, a drive that does not turn.

Devices that fail in these ways answer, in time, without an error. Only what they say shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from robotics.core.arrays import Array

FROZEN_AFTER = 0.05
"""Noise of a tenth of its least count or more lets no IMU repeat all six values for so long [s]."""
BLOCKED_AFTER = 0.4
"""A drive that gives all it may for so long and does not move is blocked [s]."""
FULL = 0.9
"""Part of its torque limit from which a drive gives all it may."""


class FrozenImu:
    """Notices an IMU whose six values stay the same."""

    def __init__(self, period: float) -> None:
        """Begin; it is looked at every ``period`` [s]."""
        self._most = max(5, round(FROZEN_AFTER / period))
        self._last, self._sample = b"", -1
        self._same = 0

    def look(self, values: bytes, sample: int) -> tuple[str, ...]:
        """Return the fault, if there is one, after another reading of all six values.

        Args:
            values: As they were read.
            sample: The board's count of readings; the same count is the same reading, bridged.
        """
        if sample != self._sample:
            self._same = self._same + 1 if values == self._last else 0
        self._last, self._sample = values, sample
        return ("imu frozen",) if self._same >= self._most else ()


class BlockedDrives:
    """Notices drives that stand, with all the torque that they may give, where they should not."""

    def __init__(self, names: Sequence[str], period: float) -> None:
        """Begin; they are looked at every ``period`` [s]."""
        self._names = tuple(names)
        self._period = period
        self._since = np.zeros(len(names))

    def look(self, behind: Array, effort: Array, limit: Array) -> tuple[str, ...]:
        """Return a fault for each drive that is blocked.

        Args:
            behind: Whether each is far from what it was told and does not move, shape (n,).
            effort: Torques, shape (n,) [N·m].
            limit: Largest torques that they may give, shape (n,) [N·m].
        """
        full = (np.abs(effort) >= FULL * limit) & (limit > 0.0) & (behind > 0.0)
        self._since = np.where(full, self._since + self._period, 0.0)
        return tuple(
            f"{self._names[at]} blocked" for at in np.flatnonzero(self._since > BLOCKED_AFTER)
        )
