"""Beats to seconds and back, through every change of tempo."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Beats per minute, each from a beat on."""

    beats: tuple[float, ...]
    """Growing; the first is 0."""
    bpm: tuple[float, ...]
    """[1/min], as many."""
    offset: float = 0.0
    """When beat 0 sounds [s]."""

    def seconds(self, beat: float) -> float:
        """Return when a beat sounds [s]; before beat 0 the first tempo counts."""
        time, place = self.offset, 0
        while place + 1 < len(self.beats) and beat > self.beats[place + 1]:
            time += (self.beats[place + 1] - self.beats[place]) * 60.0 / self.bpm[place]
            place += 1
        return time + (beat - self.beats[place]) * 60.0 / self.bpm[place]

    def beat(self, seconds: float) -> float:
        """Return which beat it is at ``seconds``."""
        starts = [self.seconds(one) for one in self.beats]
        place = max(0, bisect_right(starts, seconds) - 1)
        return self.beats[place] + (seconds - starts[place]) * self.bpm[place] / 60.0
