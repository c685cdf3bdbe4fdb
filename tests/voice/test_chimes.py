"""The robot's own sounds: as long and as loud as they should be, and at the pitch they name."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.core.errors import UnknownName
from robotics.core.messages import Chime, Goal
from robotics.core.signals import LENGTHS, Ring
from robotics.record.codec import to_plain
from robotics.voice.chimes import BELLS, ring
from robotics.voice.cues import Band, Notebook
from robotics.voice.score import hertz
from robotics.voice.sound import RATE


@pytest.mark.parametrize("name", list(Ring))
def test_a_chime_sounds_as_long_as_its_law_says(name: Ring) -> None:
    """It begins at once, ends in silence, and does not clip."""
    sound = ring(name)
    assert len(sound) == round(LENGTHS[name] * RATE)
    assert 0.2 < float(np.abs(sound).max()) < 1.0
    assert float(np.abs(sound[: round(0.03 * RATE)]).max()) > 0.05
    assert abs(float(sound[-1])) < 1e-3


def test_two_bells_fall_by_a_third() -> None:
    """The strongest tone before and after the second stroke is that of each bell."""
    sound = ring("ding_dong")
    (_, _, high), (second, _, low) = BELLS[Ring.DING_DONG]
    cut = round(second * RATE)
    for part, pitch in ((sound[:cut], high), (sound[cut : 2 * cut], low)):
        spectrum = np.abs(np.fft.rfft(part, 8 * len(part)))
        loudest = float(np.argmax(spectrum)) * RATE / (8 * len(part))
        assert abs(12.0 * np.log2(loudest / hertz(pitch))) < 0.3


def test_nobody_rings_what_is_not_there() -> None:
    """The error names what there is."""
    with pytest.raises(UnknownName, match="ding_dong"):
        ring("gong")


def test_a_chime_of_a_run_is_heard_where_it_rang() -> None:
    """From goal to sound: its own start, its own length, counted."""
    notebook = Notebook.new()
    for k in range(40):
        time = 3.0 + 0.05 * k
        chime = Chime("ding", 3.1, 1.2) if 3.1 <= time < 4.3 else None
        notebook.note("sweeper", time, to_plain(Goal(chime=chime)))
    (cue,) = notebook.cues()
    band = Band({}, None, counts={})
    start, samples = band.sound(cue, [cue])
    assert start == 3.1
    assert np.array_equal(samples, ring("ding"))
    assert band.counts == {"chimes": 1}
