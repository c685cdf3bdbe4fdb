"""The voice in songs, heard by Praat; instruments in tune and on the beat."""

from __future__ import annotations

import shutil
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from robotics.voice.instruments import play, tone
from robotics.voice.plugin import child
from robotics.voice.score import Note, Song, Stroke, hertz
from robotics.voice.singing import curve, places, plan, sing
from robotics.voice.sound import RATE
from robotics.voice.tempo import TempoMap
from robotics.voice.units import Unit, Units

pytest.importorskip("pyworld")
has_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing")
TUNE = (
    Note(1.0, 1.0, 69.0, "hao3", "好"),
    Note(2.0, 0.5, 71.0, "hua1", "花"),
    Note(2.5, 0.5, 74.0),
    Note(3.0, 1.0, 66.0, "zhi1", "枝"),
    Note(4.0, 2.0, 62.0, "ya1", "桠"),
)


def _song(*notes: Note, strokes: tuple[Stroke, ...] = ()) -> Song:
    tempo = TempoMap((0.0,), (84.0,))
    return Song("tune", ("曲", "Tune"), "ours", tempo, 7.0, notes=notes, strokes=strokes)


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Units:
    """Syllables, kept for this module."""
    return child(tmp_path_factory.mktemp("syllables")).units


def _track(samples: Any) -> tuple[Any, Any]:
    praat = pytest.importorskip("parselmouth")
    pitch = praat.Sound(samples, RATE).to_pitch_ac(0.002, 150.0, pitch_ceiling=900.0)
    return pitch.xs(), pitch.selected_array["frequency"]


@has_espeak
def test_notes_are_in_tune_and_vowels_on_the_beat(units: Units) -> None:
    """Median of each note within 5 cents; the voice sets in within 20 ms of the beat."""
    row = plan(_song(*TUNE))
    times, pitch = _track(sing(_song(*TUNE), units).samples)
    for one in row:
        for start, end, number in one.segments:
            inside = (times > start + 0.06) & (times < end - 0.06) & (pitch > 0.0)
            cents = 1200.0 * np.log2(pitch[inside] / hertz(number))
            assert abs(float(np.median(cents))) < 5.0
            assert (np.abs(cents) < 25.0).mean() > 0.95
    for one in row[:3]:
        place = int(np.searchsorted(times, one.start + 0.1))
        while pitch[place - 1] > 0.0:
            place -= 1
        assert abs(times[place] - one.start) < 0.02


@has_espeak
def test_a_song_lasts_as_long_as_its_score(units: Units) -> None:
    """And sounds the same again."""
    song = _song(*TUNE)
    sound = sing(song, units)
    assert abs(sound.duration - song.duration - 0.3) < 0.01
    assert sound.samples.tobytes() == sing(song, units).samples.tobytes()
    assert sound.lips.opening(song.tempo.seconds(1.0) + 0.1) > 0.3


def test_notes_without_a_syllable_go_on_with_the_one_before() -> None:
    """A melisma is one syllable with several pitches."""
    row = plan(_song(*TUNE))
    assert [one.pinyin for one in row] == ["hao3", "hua1", "zhi1", "ya1"]
    assert [len(one.segments) for one in row] == [1, 2, 1, 1]
    assert row[1].end == row[2].start


def test_the_pitch_curve_is_the_score_with_glides_and_a_small_vibrato() -> None:
    """On the note when the beat comes; never more than the vibrato away; no jumps."""
    row = plan(_song(*TUNE))
    line = curve(row, 1000)
    for one in row:
        for start, _, number in one.segments:
            assert abs(line[int(np.ceil(start / 0.005))] - number) < 1e-9
    held = line[int(3.0 / 0.005) : int(4.1 / 0.005)]
    assert np.max(np.abs(held - 62.0)) <= 0.2 + 1e-9
    assert np.ptp(held) > 0.2
    assert np.max(np.abs(np.diff(line[170:]))) < 1.6


def test_consonants_come_before_the_beat_and_never_meet() -> None:
    """Every syllable ends before the next begins."""
    row = plan(_song(*TUNE))
    flat = Unit(None, 0.0, 0.2, 0.6, 0.2)  # type: ignore[arg-type]
    placed = [place for _, place in places(row, [flat] * len(row))]
    for one, place in zip(row, placed, strict=True):
        assert place.start < place.vowel == one.start < place.end
    for place, after in pairwise(placed):
        assert place.end <= after.start + 1e-9


def test_a_song_without_a_voice_is_silent_but_whole() -> None:
    """Nobody sings, nothing fails."""
    assert plan(_song()) == []


@pytest.mark.parametrize("instrument", ["pluck", "bass", "pad", "flute"])
@pytest.mark.parametrize("number", [45.0, 57.0, 69.0, 76.0])
def test_instruments_are_in_tune(instrument: Any, number: float) -> None:
    """By Praat, within 2 cents."""
    praat = pytest.importorskip("parselmouth")
    samples = tone(Stroke(instrument, 0.0, 1.0, number, 1.0), 0.8)
    pitch = praat.Sound(samples, RATE).to_pitch_ac(0.01, 60.0, pitch_ceiling=1200.0)
    found = pitch.selected_array["frequency"]
    cents = 1200.0 * np.log2(np.median(found[found > 0.0]) / hertz(number))
    assert abs(float(cents)) < 2.0


@pytest.mark.parametrize("instrument", ["pluck", "bass", "wood", "bell"])
def test_a_stroke_sounds_on_its_beat(instrument: Any) -> None:
    """The first sample of a note is that of its beat; before it there is silence."""
    strokes = (Stroke(instrument, 3.0, 1.0, 60.0, 1.0),)
    samples = play(_song(strokes=strokes))
    first = round(3.0 * 60.0 / 84.0 * RATE)
    assert not samples[:first].any()
    assert np.max(np.abs(samples[first : first + 220])) > 0.02
    assert np.max(np.abs(samples)) < 1.0
    assert samples.tobytes() == play(_song(strokes=strokes)).tobytes()
