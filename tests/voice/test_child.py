"""The embedded voice, listened to by Praat: pitch, tones, length, and the same every time."""

from __future__ import annotations

import shutil
import socket
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robotics.core.errors import MissingDependency, MissingProgram
from robotics.voice.cache import CachedVoice, UnitCache
from robotics.voice.child import MIDDLE, ChildVoice, breaths
from robotics.voice.espeak import Espeak
from robotics.voice.plugin import child
from robotics.voice.sound import RATE, Sound
from robotics.voice.speech import duration
from robotics.voice.timing import lay

pytest.importorskip("pypinyin")
pytest.importorskip("pyworld")
has_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing")
TEXT = "大家好，我是优友！"


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> ChildVoice:
    """A voice that keeps its syllables for this module."""
    return child(tmp_path_factory.mktemp("syllables"))


def _pitch(sound: Sound) -> Any:
    praat = pytest.importorskip("parselmouth")
    return praat.Sound(sound.samples, RATE).to_pitch(0.005, 100.0, 900.0)


@has_espeak
@pytest.mark.parametrize("text", [TEXT, "Hello, my name is Youyou!", "看 PLC 灯", "？！"])
def test_the_sound_is_as_long_as_the_law_says(voice: ChildVoice, text: str) -> None:
    """To a sample, in every language, with a finite, bounded sound."""
    said = voice.say(text)
    assert len(said.samples) == round(duration(text) * RATE)
    assert np.all(np.abs(said.samples) <= 1.0)


@has_espeak
def test_the_voice_is_a_childs(voice: ChildVoice) -> None:
    """Its middle is that of a child of six, in both languages."""
    for text in ("大家好，欢迎来到青岛栈桥！", "Hello everybody, welcome to the old pier!"):
        pitch = _pitch(voice.say(text)).selected_array["frequency"]
        assert 0.8 * MIDDLE < float(np.median(pitch[pitch > 0.0])) < 1.2 * MIDDLE


@has_espeak
@pytest.mark.parametrize("sound", ["ma", "hua"])
def test_the_four_tones_differ_as_they_should(voice: ChildVoice, sound: str) -> None:
    """Level and high, rising, low, falling."""
    characters = {"ma": "妈麻马骂", "hua": "花华华化"}[sound]
    curves = []
    for tone, character in enumerate(characters, start=1):
        text = f"[{character}:{sound}{tone}]"
        pitch = _pitch(voice.say(text, 0.5))
        times = np.linspace(0.18, 0.42, 9)
        values = np.array([pitch.get_value_at_time(time) for time in times])
        curves.append(12.0 * np.log2(values[np.isfinite(values)] / MIDDLE))
    level, rising, low, falling = curves
    assert np.ptp(level) < 1.5
    assert level.mean() > 2.0
    assert rising[-1] - rising[0] > 2.0
    assert low.min() < -3.0
    assert falling[0] - falling[-1] > 4.0


@has_espeak
def test_it_says_the_same_twice_and_from_the_cache(voice: ChildVoice, tmp_path: Path) -> None:
    """Bit for bit: made again, made by another process's voice, read from disk."""
    kept = CachedVoice(voice, tmp_path)
    first = kept.say(TEXT)
    assert len(list(tmp_path.glob("*.wav"))) == 1
    again = CachedVoice(voice, tmp_path).say(TEXT)
    other = CachedVoice(child(tmp_path / "units"), tmp_path / "elsewhere").say(TEXT)
    assert first.samples.tobytes() == again.samples.tobytes() == other.samples.tobytes()
    assert first.lips == again.lips == other.lips


@has_espeak
def test_a_torn_file_is_made_again(voice: ChildVoice, tmp_path: Path) -> None:
    """Half a WAV, half a JSON, half a unit: nothing is lost but time."""
    kept = CachedVoice(voice, tmp_path)
    first = kept.say(TEXT)
    for path in tmp_path.glob("*"):
        path.write_bytes(path.read_bytes()[:40])
    assert kept.say(TEXT).samples.tobytes() == first.samples.tobytes()
    espeak = Espeak()
    cache = UnitCache(tmp_path / "u", espeak.version)
    made = voice.units.unit("hao")
    cache("hao", lambda: made)
    path = next((tmp_path / "u").glob("*.npz"))
    path.write_bytes(path.read_bytes()[:100])
    assert cache("hao", lambda: made) is made
    kept_unit = cache("hao", lambda: pytest.fail("it was not kept"))
    assert np.array_equal(kept_unit.frames.spectrum, made.frames.spectrum)
    assert (kept_unit.start, kept_unit.vowel) == (made.start, made.vowel)


@has_espeak
def test_the_phrase_is_kept_by_what_was_asked_for(voice: ChildVoice, tmp_path: Path) -> None:
    """Another text or another length is another phrase."""
    kept = CachedVoice(voice, tmp_path)
    for text, length in ((TEXT, None), (TEXT, 3.0), ("你好", None)):
        kept.say(text, length)
    assert len(list(tmp_path.glob("*.wav"))) == 3


@has_espeak
def test_nothing_is_asked_of_a_network(voice: ChildVoice, monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket is opened."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    voice.say("青岛")


@has_espeak
def test_the_lips_follow_the_vowels(voice: ChildVoice) -> None:
    """Shut before a sound of the lips, open in a wide vowel, shut in a pause and after the end."""
    said = voice.say("爸，啊")
    first, last = lay("爸，啊").pieces
    lips = said.lips
    assert lips.opening(first.start) == 0.0
    assert max(lips.opening(time) for time in np.linspace(first.start, first.end, 50)) > 0.9
    assert lips.opening((first.end + last.start) / 2 + 0.02) < 0.2
    assert lips.opening(said.duration + 1.0) == 0.0
    assert all(0.0 <= one <= 1.0 for one in lips.openings)
    assert list(lips.times) == sorted(lips.times)


def test_a_missing_program_is_named_with_its_cure() -> None:
    """One line that can be copied."""
    with pytest.raises(MissingProgram, match="sudo apt install espeak-ng"):
        Espeak("espeak-that-nobody-has").version()


@has_espeak
def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyworld is asked for when a sound is made, and only then."""
    monkeypatch.setitem(__import__("sys").modules, "pyworld", None)
    with pytest.raises(MissingDependency, match=r"scenic-robots\[voice\]"):
        child().say("好")


@has_espeak
def test_a_long_story_is_said_breath_by_breath(voice: ChildVoice) -> None:
    """In parts that are cut at pauses; together as long as the law says, without a gap lost."""
    text = "从前有座桥，桥上有只鸟。" * 6
    line = lay(text)
    parts = list(breaths(line))
    assert len(parts) > 1
    assert parts[0][0] == 0.0
    assert parts[-1][1] == line.duration
    assert all(end - start < 14.0 for start, end, _ in parts)
    assert all(one[1] == after[0] for one, after in pairwise(parts))
    assert sum(len(part.pieces) for _, _, part in parts) == len(line.pieces)
    said = voice.say(text)
    assert len(said.samples) == round(duration(text) * RATE)
    for piece in line.pieces:
        middle = slice(round(piece.start * RATE), round(piece.end * RATE))
        assert np.abs(said.samples[middle]).max() > 0.02


@has_espeak
@pytest.mark.parametrize("text", ["😀", "[", "こんにちは", "12:30、", "a" * 60, "……", "-5", "\n\t"])
def test_any_text_is_said_or_passed_over(voice: ChildVoice, text: str) -> None:
    """Signs that nobody can read are no error."""
    said = voice.say(text)
    assert np.isfinite(said.samples).all()
    assert len(said.samples) == round(duration(text) * RATE)
