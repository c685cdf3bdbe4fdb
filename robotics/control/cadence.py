"""Feet on the beat: when a clip wants which foot down."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

SHORTEST = 0.45
"""Least time between two footfalls: a step and a moment on both feet; a quicker beat is stepped
every second time [s]."""
OWN = 0.6
"""Between two footfalls, where a clip leaves that open [s]."""
PREPARED = 0.75
"""So long before the first footfall the weight begins to move [s]."""


class Stretch(Protocol):
    """A while in which the feet step."""

    @property
    def start(self) -> float:
        """[s]."""

    @property
    def end(self) -> float:
        """[s]."""

    @property
    def twist(self) -> tuple[float, float, float]:
        """(vx, vy, wz); zeros step on the spot."""

    @property
    def step_time(self) -> float:
        """Between two footfalls [s]; 0 for the gait's own."""


@dataclass(frozen=True, slots=True)
class Beat:
    """When the feet should come down."""

    every: float
    """Between two footfalls [s]."""
    until: float
    """To the next one [s], more than 0."""
    left: float
    """To the end of the stretch [s]."""


def shift_time(beat: Beat, least: float, step: float) -> float:
    """Return how long the weight shifts so that the foot lands on the beat [s]; infinite if never.

    Args:
        beat: When feet should come down.
        least: The shift takes at least so long [s].
        step: From lift-off to landing [s].
    """
    land = beat.until
    while land < least + step:
        land += beat.every
    return land - step if land < beat.left + 0.05 else math.inf


def beat_at(feet: Iterable[Stretch], time: float) -> Beat | None:
    """Return the beat of a clip's feet ``time`` [s] after its start; None where they stand.

    The first footfall is one step after the start of a stretch, the last at its end at the latest.
    """
    for one in feet:
        every = footfall_time(one)
        if one.start + min(every - PREPARED, 0.0) <= time < one.end:
            since = time - one.start
            until = every - since if since < 0.0 else every - since % every
            return Beat(every, until, one.end - time)
    return None


def footfall_time(stretch: Stretch) -> float:
    """Return the time between two footfalls of a stretch [s]."""
    step = stretch.step_time or OWN
    every = step
    while every < SHORTEST:
        every += step
    return every


def first_beat(sources: Sequence[tuple[Sequence[Stretch], float]], time: float) -> Beat | None:
    """Return the beat of the foremost clip whose feet step now.

    Args:
        sources: Stretches and start [s] of each clip, the foremost first.
        time: Now [s].
    """
    found = (beat_at(feet, time - start) for feet, start in sources)
    return next((beat for beat in found if beat is not None), None)
