"""Instants as an author counts them."""

from __future__ import annotations

from bisect import bisect_right

from robotics.behaviour.compiled import Grid


def beat_of(grid: Grid, time: float) -> float | None:
    """Return the beat at ``time`` [s], to a quarter of a beat; None where there are none."""
    beats = grid.beats
    if len(beats) < 2:
        return None
    place = min(max(bisect_right(beats, time) - 1, 0), len(beats) - 2)
    span = beats[place + 1] - beats[place]
    exact = place + (time - beats[place]) / span
    return round(4.0 * exact) / 4.0
