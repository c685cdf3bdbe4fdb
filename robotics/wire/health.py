"""Who answers and who does not: the last good reading of each device, its age, and whom to ask how.

A reading that is lost is bridged with the last good one for ``COAST`` cycles, and on a line that
damages bytes for as long as a command may be old: there the missing are not silent. A device
that is silent for longer is lost: it is no longer asked with the others, whom its silence would
delay, but every now and then behind them, to see whether it has come back. One that is suspected of
having silenced others is asked last from the next cycle on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, BoolArray, IntArray, frozen
from robotics.wire.cycle import Answers, ByteArray, Group
from robotics.wire.instructions import ALERT
from robotics.wire.table import Field

COAST = 3
"""Cycles without a reading that are bridged (Pollen's microduck: 60 ms at 50 Hz; here 15 ms at
200 Hz and 60 ms at 50 Hz)."""
NOISE_LASTS = 25
"""For so many cycles after bytes were damaged, what is missing counts as lost on the line."""
_PROBE = 20
"""A lost device is asked every so many cycles."""


@dataclass(frozen=True, slots=True)
class StepBound:
    """How far a register can go in one cycle: what jumps farther was damaged on the way."""

    field: Field
    most: Array
    """For each device, shape (n,) [counts]; infinite where nothing is known."""

    def counts(self, rows: ByteArray, group: Group) -> IntArray:
        """Return the register of each device, shape (n,), out of what was read."""
        at, size = self.field.address - group.read.first, self.field.size
        kind = f"<{'i' if self.field.signed else 'u'}{size}"
        column = np.ascontiguousarray(rows[:, at : at + size]).view(kind)[:, 0]
        return np.asarray(column, dtype=np.int64)


class Health:
    """Keeps account of a group.

    Attributes:
        rows: Last good reading of each device, shape (n, length).
        misses: Cycles since that, shape (n,).
        implausible: Readings that were refused, so far.
        is_well: Whether all devices answered in the last cycle, none of them with an error.
    """

    def __init__(
        self, group: Group, bound: StepBound | None = None, *, bridged: int = COAST
    ) -> None:
        """Begin with nobody seen yet.

        Args:
            group: The devices.
            bound: What readings are believed.
            bridged: Cycles without a reading that are bridged on a line that damages bytes.
        """
        count = len(group.ids)
        self.rows: ByteArray = np.zeros((count, group.read.length), dtype=np.uint8)
        self.misses = np.zeros(count, dtype=np.int64)
        self.implausible = 0
        self.is_well = False
        self._group, self._bound = group, bound
        self._most: Array = frozen(np.zeros(count) if bound is None else bound.most)
        self._counts: IntArray = np.zeros(count, dtype=np.int64)
        self._well_at = -np.inf
        self._everybody = frozen(np.ones(count), dtype=np.bool_)
        self._nobody = frozen(np.zeros(count), dtype=np.bool_)
        self._no_age: Array = frozen(np.zeros(count))
        self._seen_at = np.full(count, -np.inf)
        self._alert: ByteArray = np.zeros(count, dtype=np.uint8)
        self._blamed: list[int] = []
        self._cycles = 0
        self._bridged, self._noise_until = max(COAST, bridged), 0

    @property
    def coast(self) -> int:
        """Cycles without a reading that are bridged now.

        Bytes that come damaged are a sign of life: then a reading may be as old as commands may.
        """
        return self._bridged if self._cycles < self._noise_until else COAST

    def to_ask(self) -> tuple[tuple[int, ...] | None, tuple[int, ...]]:
        """Return who is to be asked first (None: all), and who behind them."""
        self._cycles += 1
        if self.is_well:
            return None, ()
        lost = np.flatnonzero(self.misses > self.coast).tolist()
        if len(lost) == len(self.misses):
            first = tuple(place for place in lost if place not in self._blamed)
            return first, tuple(self._blamed)
        behind = [place for place in self._blamed if self.misses[place] <= self.coast]
        if lost and self._cycles % _PROBE == 0:
            behind.append(lost[self._cycles // _PROBE % len(lost)])
        out = {*lost, *behind}
        return tuple(place for place in range(len(self.misses)) if place not in out), tuple(behind)

    def take(self, answers: Answers, now: float) -> None:
        """Take note of what came at ``now`` [s]."""
        fresh = answers.fresh
        if answers.is_damaged:
            self._noise_until = self._cycles + NOISE_LASTS
        counts = None if self._bound is None else self._bound.counts(answers.rows, self._group)
        is_kept = counts is None or self._keeps(counts)
        is_whole = answers.is_whole or bool(fresh.all() and not answers.errors.any())
        if is_whole and is_kept is True:
            self.rows, self._alert = answers.rows, answers.errors
            self._counts = self._counts if counts is None else counts
            if not self.is_well:
                self.misses.fill(0)
                self._blamed.clear()
                self.is_well = True
            self._well_at = now
            return
        if self.is_well:
            self._seen_at.fill(self._well_at)
            self.is_well = False
        if is_kept is not True:
            self.implausible += int(np.count_nonzero(fresh & ~is_kept))
            fresh = fresh & is_kept
        blamed = dict.fromkeys((*self._blamed, *answers.blamed))
        self._blamed = [place for place in blamed if not fresh[place]]
        self.rows = np.where(fresh[:, None], answers.rows, self.rows)
        self._counts = self._counts if counts is None else np.where(fresh, counts, self._counts)
        self._alert = np.where(fresh, answers.errors, self._alert)
        self._seen_at = np.where(fresh, now, self._seen_at)
        self.misses = np.where(fresh, 0, np.minimum(self.misses + 1, 10 * self._bridged))

    def _keeps(self, counts: IntArray) -> BoolArray | bool:
        """Return whose reading can be believed, shape (n,); True for everybody's."""
        most = self._most if self.is_well else self._most * (self.misses + 1)
        kept = np.abs(counts - self._counts) <= most
        if not self.is_well:
            kept |= np.isinf(self._seen_at)
        return bool(kept.all()) or np.asarray(kept)

    @property
    def fresh(self) -> BoolArray:
        """Whose reading is of the last cycle, shape (n,)."""
        return self._everybody if self.is_well else np.asarray(self.misses == 0) & self._seen

    @property
    def valid(self) -> BoolArray:
        """Whose last reading may still be used, shape (n,)."""
        return (
            self._everybody if self.is_well else np.asarray(self.misses <= self.coast) & self._seen
        )

    @property
    def alert(self) -> BoolArray:
        """Who reports a hardware error, shape (n,)."""
        return self._nobody if self.is_well else np.asarray(self._alert & ALERT != 0)

    def age(self, now: float) -> Array:
        """Return the age of each reading, shape (n,) [s]; infinite where there never was one."""
        if self.is_well:
            return self._no_age if now == self._well_at else self._no_age + (now - self._well_at)
        return np.asarray(now - self._seen_at)

    @property
    def _seen(self) -> BoolArray:
        return np.asarray(self._seen_at > -np.inf)
