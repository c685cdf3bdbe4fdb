"""Feet on the beat: when the next footfall is due."""

from __future__ import annotations

import pytest

from robotics.behaviour.compiled import Stretch
from robotics.control.cadence import (
    OWN,
    PREPARED,
    SHORTEST,
    Beat,
    beat_at,
    first_beat,
    footfall_time,
)

SLOW = Stretch(2.0, 8.0, (0.0, 0.0, 0.0), 0.8)


def test_footfalls_are_a_step_apart_from_the_start_on() -> None:
    """One step after the start, then every step, until the end."""
    assert beat_at([SLOW], 1.9) is None
    assert beat_at([SLOW], 2.0) == Beat(0.8, 0.8, 6.0)
    assert beat_at([SLOW], 3.0) == Beat(0.8, pytest.approx(0.6), 5.0)
    assert beat_at([SLOW], 8.0) is None
    dues = [
        time + beat.until
        for time in (2.01, 2.5, 3.7, 5.1)
        if (beat := beat_at([SLOW], time)) is not None
    ]
    assert [(due - 2.0) / 0.8 for due in dues] == pytest.approx([1, 1, 3, 4])


def test_a_quick_beat_is_stepped_every_second_time_and_prepared() -> None:
    """No step is quicker than the legs; the weight moves before the stretch begins."""
    quick = Stretch(2.0, 8.0, (0.1, 0.0, 0.0), 0.3)
    assert footfall_time(quick) == 0.6 >= SHORTEST
    early = beat_at([quick], 2.0 - (PREPARED - 0.6) + 1e-6)
    assert early is not None
    assert early.until == pytest.approx(PREPARED, abs=1e-4)
    assert footfall_time(Stretch(0.0, 1.0)) == OWN


def test_the_foremost_clip_with_feet_counts() -> None:
    """Another one without a stretch now is passed over."""
    assert first_beat([((), 0.0), ((SLOW,), 1.0)], 3.5) == Beat(0.8, pytest.approx(0.3), 5.5)
    assert first_beat([((SLOW,), 9.0)], 3.5) is None
