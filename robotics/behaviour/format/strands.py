"""Movements of one joint (or axis of the trunk) one after the other, made one curve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from robotics.behaviour.clips import Curve, curve
from robotics.core.config import Location

SAME = 1e-9
"""Angles [rad] and times [s] nearer than this are one."""


@dataclass(frozen=True, slots=True)
class Strand:
    """A stretch of movement of one joint."""

    joint: str
    curve: Curve
    source: str
    """Where it comes from, to be told to the author: a track, or a gesture."""
    at: Location

    @property
    def start(self) -> float:
        """[s]."""
        return self.curve.times[0]

    @property
    def end(self) -> float:
        """[s]."""
        return self.curve.times[-1]

    @property
    def angles(self) -> tuple[float, float]:
        """At the start and at the end [rad]."""
        return self.curve.angle(self.start), self.curve.angle(self.end)

    def later(self, seconds: float, source: str, at: Location) -> Strand:
        """Return it as it is when it comes in elsewhere, ``seconds`` later."""
        return Strand(self.joint, moved(self.curve, seconds), source, at)


def moved(one: Curve, seconds: float) -> Curve:
    """Return a curve that happens ``seconds`` later."""
    return Curve(tuple(time + seconds for time in one.times), one.pieces)


def by_joint(strands: Iterable[Strand]) -> dict[str, list[Strand]]:
    """Return the strands of each joint in order of time; joints in order of appearance."""
    found: dict[str, list[Strand]] = {}
    for one in strands:
        found.setdefault(one.joint, []).append(one)
    return {joint: sorted(some, key=lambda one: one.start) for joint, some in found.items()}


def overlaps(strands: list[Strand]) -> Iterable[tuple[Strand, Strand]]:
    """Yield every pair of strands of one joint, in order of time, that move it at once."""
    for place, first in enumerate(strands):
        for second in strands[place + 1 :]:
            touching = second.start < first.end - SAME
            jump = abs(second.start - first.end) <= SAME and not _meet(first, second)
            if touching or jump:
                yield first, second


def joined(strands: list[Strand]) -> Curve:
    """Return strands that do not overlap as one curve, held or moved smoothly in between."""
    times, pieces = list(strands[0].curve.times), list(strands[0].curve.pieces)
    for before, after in pairwise(strands):
        if after.start > before.end + SAME:
            between = curve((before.end, after.start), (before.angles[1], after.angles[0]))
            pieces += between.pieces
            times.append(after.start)
        pieces += after.curve.pieces
        times += after.curve.times[1:]
    return Curve(tuple(times), tuple(pieces))


def _meet(first: Strand, second: Strand) -> bool:
    return abs(first.angles[1] - second.angles[0]) <= SAME
