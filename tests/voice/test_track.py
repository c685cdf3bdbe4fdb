"""The sound of one behaviour, for its preview."""

from __future__ import annotations

import shutil
import types
from pathlib import Path

import numpy as np
import pytest

from robotics.voice.sound import RATE, read_wav
from robotics.voice.track import cues_of, render

pytest.importorskip("pyworld")
pytest.importorskip("pypinyin")


def _words(start: float, text: str = "", song: str = "") -> types.SimpleNamespace:
    return types.SimpleNamespace(start=start, zh=(text,) if text else (), song=song)


def _behaviour(*words: types.SimpleNamespace, music: str = "") -> types.SimpleNamespace:
    return types.SimpleNamespace(duration=6.0, words=words, music=music, tools=())


def test_music_words_and_songs_are_cues() -> None:
    """Music from the start on, words at their time, a song until the behaviour ends."""
    found = cues_of(
        _behaviour(_words(1.0, "你好"), _words(2.0, song="jasmine"), music="jasmine"), "greeter"
    )
    assert [(one.start, one.until, one.song) for one in found] == [
        (0.0, 6.0, "jasmine"),
        (1.0, found[1].until, ""),
        (2.0, 6.0, "jasmine"),
    ]
    assert found[2].text


def test_a_silent_behaviour_has_no_file(tmp_path: Path) -> None:
    """Nor has one whose voice is missing."""
    assert render(_behaviour(), "greeter", tmp_path / "x.wav", tmp_path) is None
    assert not (tmp_path / "x.wav").exists()


def test_music_alone_needs_no_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dance sounds where espeak-ng is missing."""
    monkeypatch.setattr("shutil.which", lambda program: None)
    path = render(_behaviour(music="sea_breeze"), "greeter", tmp_path / "x.wav", tmp_path)
    assert path is not None
    samples = read_wav(path).samples
    assert np.abs(samples[: 5 * RATE]).max() > 0.05
    assert not samples[round(6.2 * RATE) :].any()


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing")
def test_who_sings_to_the_music_joins_in_where_it_is(tmp_path: Path) -> None:
    """Joining late, the voice sings what belongs there: the same as if it had sung all along."""
    early = _behaviour(_words(0.0, song="jasmine"), music="jasmine")
    late = _behaviour(_words(4.0, song="jasmine"), music="jasmine")
    whole, joined = (
        read_wav(found).samples
        for one, name in ((early, "early"), (late, "late"))
        if (found := render(one, "greeter", tmp_path / f"{name}.wav", tmp_path)) is not None
    )
    inside = slice(round(4.3 * RATE), round(5.8 * RATE))
    assert np.max(np.abs(whole[inside] - joined[inside])) < 1e-3
    before = slice(round(2.9 * RATE), round(3.7 * RATE))
    assert np.max(np.abs(whole[before] - joined[before])) > 0.02
