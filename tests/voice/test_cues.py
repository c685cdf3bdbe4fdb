"""What sounds when in a run, and what is told where nothing can."""

from __future__ import annotations

from typing import Any

import numpy as np

from robotics.core.errors import MissingProgram
from robotics.core.messages import Goal, Music, Utterance
from robotics.record.codec import to_plain
from robotics.voice.cues import Band, Cue, Notebook
from robotics.voice.score import Note, Song, Stroke
from robotics.voice.sound import RATE, Sound
from robotics.voice.tempo import TempoMap

HELLO = Utterance("你好", "hello", 1.0, 2.0, "greet")
SONG = Song(
    "tune",
    ("曲", "Tune"),
    "ours",
    TempoMap((0.0,), (60.0,)),
    8.0,
    notes=(Note(0.0, 1.0, 69.0, "hao3", "好"),),
    strokes=tuple(Stroke("pluck", float(beat), 1.0, 60.0, 1.0) for beat in range(8)),
)


class Beep:
    """A voice that beeps; remembers what it was asked."""

    name, version = "beep", "1"

    def __init__(self) -> None:
        self.asked: list[tuple[str, float | None]] = []

    def say(self, text: str, duration: float | None = None) -> Sound:
        """See ``Voice``."""
        self.asked.append((text, duration))
        return Sound(np.full(round((duration or 1.0) * RATE), 0.5))


class Mute:
    """A voice whose program is missing."""

    name, version = "mute", "1"

    def say(self, text: str, duration: float | None = None) -> Sound:
        """See ``Voice``."""
        raise MissingProgram("espeak-ng", "speaking", "run: sudo apt install espeak-ng")


def _noted(*goals: tuple[float, Goal]) -> list[Cue]:
    notebook = Notebook.new()
    for time, goal in goals:
        notebook.note("greeter", time, to_plain(goal))
    return notebook.cues()


def _ticks(start: float, end: float, **goal: Any) -> list[tuple[float, Goal]]:
    return [(float(t), Goal(**goal)) for t in np.arange(start, end, 0.02)]


def test_a_sentence_is_one_cue_from_its_start_to_its_end() -> None:
    """However many ticks it was said in."""
    (cue,) = _noted(*_ticks(1.0, 3.0, voice=HELLO))
    assert (cue.start, cue.until, cue.length) == (1.0, 3.0, 2.0)
    assert cue.text == "你好"


def test_what_is_broken_off_ends_there() -> None:
    """As the robot falls silent, so does its sound."""
    (cue,) = _noted(*_ticks(1.0, 2.0, voice=HELLO), *_ticks(2.0, 3.0))
    assert 1.9 < cue.until < 2.01
    band = Band({"": Beep()}, None)
    _, samples = band.sound(cue, [cue])
    assert abs(len(samples) / RATE - (cue.until - 1.0) - 0.08) < 0.01
    assert samples[-1] == 0.0


def test_the_language_that_is_said_aloud_is_said() -> None:
    """A goal tells it; a song is no speech."""
    english = Utterance("你好", "hello", 1.0, 2.0, "greet", language="en")
    assert _noted((1.0, Goal(voice=english)))[0].text == "hello"
    song = _noted((1.0, Goal(voice=Utterance("曲", "Tune", 1.0, 8.0, "sing", song="tune"))))[0]
    assert song.song == "tune"
    assert song.text


def test_a_sentence_is_fitted_to_the_time_it_had() -> None:
    """The voice is asked for the length that the robot counted with."""
    voice = Beep()
    cue = _noted(*_ticks(1.0, 3.0, voice=HELLO))[0]
    Band({"": voice}, None).sound(cue, [cue])
    assert voice.asked == [("你好", 2.0)]


def test_music_plays_from_its_start_and_softer_under_words() -> None:
    """And it ends when the dance is broken off."""
    music = Cue("greeter", 10.0, 8.0, 14.0, song="tune")
    words = Cue("greeter", 12.0, 1.0, 13.0, text="你好")
    band = Band({"": Beep()}, None, song=lambda name: SONG)
    start, alone = band.sound(music, [music])
    _, under = band.sound(music, [music, words])
    assert start == 10.0
    assert len(alone) / RATE < 4.1
    beat = slice(round(2.3 * RATE), round(2.7 * RATE))
    assert np.abs(under[beat]).max() < 0.5 * np.abs(alone[beat]).max()
    assert np.array_equal(under[:RATE], alone[:RATE])


def test_a_missing_program_is_told_and_the_music_goes_on() -> None:
    """Nothing is raised; the reason is kept once, with its cure."""
    band = Band({"": Mute()}, None, song=lambda name: SONG, counts={})
    words, music = Cue("greeter", 0.0, 1.0, 1.0, text="你"), Cue("greeter", 0, 8, 8, song="tune")
    assert len(band.sound(words, [])[1]) == 0
    assert band.sound(music, [music])[1].any()
    assert "sudo apt install espeak-ng" in band.why
    assert band.counts == {"pieces": 1}


def test_a_song_without_a_voice_still_plays() -> None:
    """Its instruments are heard."""
    cue = Cue("greeter", 0.0, 8.0, 8.0, text=" ", song="tune")
    _, samples = Band({"": Mute()}, None, song=lambda name: SONG).sound(cue, [cue])
    assert samples.any()


def test_music_that_starts_twice_is_two_cues() -> None:
    """By its start, as with sentences."""
    first, second = (Goal(music=Music("tune", t, 8.0)) for t in (1.0, 20.0))
    assert [cue.start for cue in _noted((1.0, first), (2.0, first), (20.0, second))] == [1.0, 20.0]
