"""Readings that cannot be: an IMU that says the same again and again, a drive that does not turn.

Devices that fail in these ways answer, in time, without an error. Only what they say shows it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from robotics.core.arrays import Array

FROZEN_AFTER = 0.05
"""Noise of a tenth of its least count or more lets no IMU repeat all six values for so long [s]."""
BLOCKED_AFTER = 0.4
"""A drive that gives all it may for so long and does not move is blocked [s]."""
FULL = 0.9
"""Part of its torque limit from which a drive gives all it may."""
STUCK_AFTER, LOOKED_BACK = 0.04, 0.1
"""A joint that is told to go, but stands for so long, is stuck [s]; what it was told is looked at
for so long back [s]."""
MANY = 3
"""So many joints do not jam in the same moment: their line is late, or somebody holds the robot."""
BEHIND, TOLD, STANDS, FREED = 0.08, 0.06, 0.06, 0.03
"""Stuck are those farther behind than this [rad], told to go at least so far [rad], and slower than
that [rad/s]. One that has moved by more than the last [rad] since is free again."""


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


class StuckJoints:
    """Notices joints that are told to go and do not, before the torque is full for long.

    In a walk that is well, joints are up to 0.14 rad behind what they are told, because that holds
    the torque that carries the robot; but never so far for more than 15 ms without moving.
    """

    def __init__(self, names: Sequence[str], period: float) -> None:
        """Begin; they are looked at every ``period`` [s]."""
        self._names = tuple(names)
        self._most = round(STUCK_AFTER / period)
        self._told: deque[Array] = deque(maxlen=round(LOOKED_BACK / period))
        self._standing = np.zeros(len(names), dtype=np.int64)
        self._stuck_at = np.full(len(names), np.nan)

    def look(self, told: Array, position: Array, velocity: Array) -> tuple[str, ...]:
        """Return a fault for each joint that is stuck now.

        Args:
            told: Where each was told to go last, shape (n,) [rad].
            position: Where each is, shape (n,) [rad].
            velocity: Its speed, shape (n,) [rad/s].
        """
        self._told.append(np.array(told))
        way = np.ptp(np.array(self._told), axis=0)
        stands = (np.abs(told - position) > BEHIND) & (np.abs(velocity) < STANDS)
        self._standing = np.where(stands, self._standing + 1, 0)
        stuck = (self._standing >= self._most) & (way > TOLD)
        if stuck.sum() >= MANY:
            stuck[:] = False
        moved = np.abs(position - self._stuck_at) > FREED
        held = np.where(np.isnan(self._stuck_at) & stuck, position, self._stuck_at)
        self._stuck_at = np.where(moved, np.nan, held)
        found = np.flatnonzero(~np.isnan(self._stuck_at))
        return tuple(f"{self._names[at]} blocked" for at in found)
