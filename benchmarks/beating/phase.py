"""How late a movement is as a whole: its phase against the one that was authored."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.behaviour.clips import Curve
from robotics.core.arrays import Array

LENGTH, STEP = 6.0, 3.0
"""Stretches that are looked at, and how far they are apart [s]: some four swings each."""
MOST = 0.3
"""A larger shift is not looked for [s]."""
FINE = 0.0025
"""Shifts are tried so far apart [s]; the best is found between them by a parabola."""
CLEAR = 0.8
"""With less correlation the movement is not that of the dance, and has no phase."""
WHOLE = 0.75
"""Part of a stretch in which the feet have to stand."""
BEGIN = 1.0
"""The first second, while the trunk is taken over, does not count [s]."""


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of one axis."""

    axis: str
    start: float
    """[s]."""
    lag: float
    """How late the true movement is [s]; negative: early."""
    correlation: float
    """At that lag, -1 to 1."""

    @property
    def is_clear(self) -> bool:
        """Whether the movement is that of the dance at all, and the best shift inside."""
        return self.correlation >= CLEAR and abs(self.lag) < MOST - FINE


def phases(
    curve: Curve, time: Array, true: Array, least: float, seconds: float, *, axis: str
) -> list[Phase]:
    """Return the phase of each stretch in which the authored movement is larger than ``least``.

    The lag is where the normalised cross-correlation of both is largest (Knapp and Carter, "The
    generalized correlation method for estimation of time delay", 1976); offset and gain of the true
    movement do not count.

    Args:
        curve: Authored.
        time: Shape (n,), evenly spaced [s].
        true: The movement, shape (n,); NaN where it does not count.
        least: Smaller movements are left out.
        seconds: How long the dance was.
        axis: For the record.
    """
    shifts = np.arange(-MOST, MOST + FINE / 2, FINE)
    found = []
    for start in np.arange(BEGIN, min(seconds, curve.times[-1]) - LENGTH, STEP):
        inside = (time >= start) & (time < start + LENGTH) & ~np.isnan(true)
        when, moved = time[inside], true[inside]
        full = LENGTH / max(float(np.median(np.diff(time))), 1e-6)
        if len(when) < WHOLE * full:
            continue
        wanted = np.array([curve.angle(one) for one in when])
        if np.ptp(wanted) < least:
            continue
        grid = np.arange(start - MOST - FINE, start + LENGTH + MOST + FINE, FINE)
        known = np.array([curve.angle(one) for one in grid])
        scores = np.array([_alike(np.interp(when - one, grid, known), moved) for one in shifts])
        found.append(Phase(axis, float(start), *_peak(shifts, scores)))
    return found


def _alike(first: Array, second: Array) -> float:
    """Return the correlation of two movements; 0 where one of them rests."""
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first @ first) * (second @ second)))
    return float(first @ second) / scale if scale > 1e-12 else 0.0


def _peak(shifts: Array, scores: Array) -> tuple[float, float]:
    place = int(np.argmax(scores))
    if not 0 < place < len(scores) - 1:
        return float(shifts[place]), float(scores[place])
    before, here, after = scores[place - 1 : place + 2]
    bend = before - 2.0 * here + after
    off = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return float(shifts[place] + FINE * off), float(here)
