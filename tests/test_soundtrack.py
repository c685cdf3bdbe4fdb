"""The sound of a recording: in time, through whole chunks, and honest about what is missing."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robotics.core.messages import Goal, Music, Utterance
from robotics.record.codec import to_plain
from robotics.record.writer import Recorder
from robotics.soundtrack import read_cues, write_soundtrack
from robotics.voice.sound import RATE

pytest.importorskip("pyworld")
pytest.importorskip("pypinyin")


def _record(path: Path, *goals: tuple[str, float, float, Goal], end: float = 6.0) -> Path:
    """Write a recording in which each goal holds from one time to another [s]."""
    recorder = Recorder(path, {"site": "yard"}, None)
    for time in np.arange(0.0, end + 1e-6, 0.1):
        for robot in ("greeter", "sweeper"):
            now = [g for who, start, stop, g in goals if who == robot and start <= time < stop]
            recorder.value(f"/{robot}/goal", float(time), to_plain(now[0] if now else Goal()))
    recorder.close()
    return path


def _heard(path: Path) -> Any:
    with wave.open(str(path), "rb") as file:
        assert file.getframerate() == RATE
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767


def _loud(samples: Any, start: float, end: float) -> float:
    return float(np.sqrt(np.mean(samples[round(start * RATE) : round(end * RATE)] ** 2)))


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing")
def test_everybody_is_heard_when_they_speak(tmp_path: Path) -> None:
    """Silence before, between and after; the file is as long as the run."""
    hello = Goal(voice=Utterance("你好", "hello", 1.0, 0.8))
    thanks = Goal(voice=Utterance("谢谢[wave]", "thank you", 3.0, 0.8))
    record = _record(
        tmp_path / "run.mcap", ("greeter", 1.0, 1.8, hello), ("sweeper", 3.0, 3.8, thanks)
    )
    told = write_soundtrack(record, tmp_path / "run.wav", folder=tmp_path)
    assert told.counts == {"sentences": 2}
    assert told.line() == "sound: 2 sentences"
    assert told.path is not None
    samples = _heard(told.path)
    assert abs(len(samples) / RATE - 6.0) < 0.01
    for start, end, loud in ((0.0, 0.99, False), (1.2, 1.7, True), (1.9, 2.99, False)):
        assert (_loud(samples, start, end) > 0.01) == loud
    assert _loud(samples, 3.2, 3.7) > 0.01
    assert _loud(samples, 4.0, 6.0) == 0.0
    assert [cue.title for cue in told.cues][1] == "谢谢 / thank you"


def test_music_goes_on_through_chunks_and_ends_with_its_dance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the sound is cut for memory, it is the same."""
    dance = Goal(music=Music("sea_breeze", 0.5, 5.0))
    record = _record(tmp_path / "run.mcap", ("greeter", 0.5, 4.0, dance))
    write_soundtrack(record, tmp_path / "whole.wav", folder=tmp_path)
    monkeypatch.setattr("robotics.soundtrack.CHUNK", 0.7)
    told = write_soundtrack(record, tmp_path / "cut.wav", folder=tmp_path)
    whole, cut = _heard(tmp_path / "whole.wav"), _heard(tmp_path / "cut.wav")
    assert np.max(np.abs(whole[: len(cut)] - cut[: len(whole)])) < 1e-4
    assert told.counts == {"pieces": 1}
    assert _loud(cut, 0.6, 3.9) > 0.02
    assert _loud(cut, 4.2, 6.0) == 0.0


def test_a_run_without_espeak_is_silent_and_says_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is raised, no file is left."""
    monkeypatch.setattr("shutil.which", lambda program: None)
    hello = Goal(voice=Utterance("你好", "hello", 1.0, 0.8))
    record = _record(tmp_path / "run.mcap", ("greeter", 1.0, 1.8, hello))
    told = write_soundtrack(record, tmp_path / "run.wav", folder=tmp_path)
    assert told.path is None
    assert not (tmp_path / "run.wav").exists()
    assert "sudo apt install espeak-ng" in told.line()


def test_a_run_in_which_nobody_speaks_says_so(tmp_path: Path) -> None:
    """No sound, and no reproach."""
    record = _record(tmp_path / "run.mcap")
    assert read_cues(record)[0] == []
    told = write_soundtrack(record, tmp_path / "run.wav", folder=tmp_path)
    assert told.line() == "no sound: nothing was said or played"
