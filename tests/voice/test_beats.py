"""Beats proposed from a recording: songs of ours, whose beats are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import FileError, MissingDependency
from robotics.voice.beats import Proposal, as_song, propose, smoothed, snapped, tempi
from robotics.voice.instruments import play
from robotics.voice.score import Song, Stroke, read_song
from robotics.voice.sound import Sound, write_wav
from robotics.voice.tempo import TempoMap


def _dance(tempo: TempoMap) -> Song:
    strokes = [Stroke("wood", float(beat), 1.0, 79.0, 0.6) for beat in range(40)]
    strokes += [Stroke("pluck", float(beat), 1.0, 48.0, 0.6) for beat in range(0, 40, 2)]
    return Song("dance", ("舞", "Dance"), "ours", tempo, 40.0, strokes=tuple(strokes))


@pytest.mark.slow
def test_the_beats_of_a_dance_are_found(tmp_path: Path) -> None:
    """Within 10 ms of those that it was played with; its tempo to half a percent."""
    pytest.importorskip("librosa")
    song = _dance(TempoMap((0.0,), (96.0,), 0.4))
    write_wav(tmp_path / "dance.wav", Sound(play(song)))
    found = propose(tmp_path / "dance.wav")
    known = np.array([song.tempo.seconds(beat) for beat in range(40)])
    near = np.array([found.beats[np.argmin(np.abs(found.beats - time))] for time in known[2:-2]])
    assert np.percentile(np.abs(near - known[2:-2]), 95) < 0.010
    ((_, bpm),) = tempi(found.beats)
    assert abs(bpm - 96.0) < 0.5


def test_a_change_of_tempo_is_written_down() -> None:
    """Where it is, and so that the beats stay where they were."""
    tempo = TempoMap((0.0, 24.0), (92.0, 108.0))
    beats = np.array([tempo.seconds(beat) for beat in range(60)])
    found = tempi(beats)
    assert abs(found[0][1] - 92.0) < 0.1
    assert abs(found[-1][1] - 108.0) < 0.1
    again = TempoMap(tuple(float(b) for b, _ in found), tuple(v for _, v in found), beats[0])
    assert max(abs(again.seconds(beat) - beats[beat]) for beat in range(60)) < 0.08


def test_the_proposal_is_a_song_file_that_can_be_read(tmp_path: Path) -> None:
    """As it is written, before anybody has corrected it."""
    write_wav(tmp_path / "tune.wav", Sound(np.zeros(22050 * 20)))
    text = as_song(Proposal(np.arange(0.5, 19.0, 0.6), 20.0), tmp_path / "tune.wav", "tune")
    path = tmp_path / "tune.yaml"
    path.write_text(text, encoding="utf-8")
    song = read_song(path)
    assert song.tempo.offset == 0.5
    assert abs(song.tempo.bpm[0] - 100.0) < 0.01
    assert song.audio == tmp_path / "tune.wav"


def test_beats_are_snapped_and_smoothed() -> None:
    """To the rise near by; a single one that is off is put back on the line."""
    times = np.arange(0.0, 10.0, 0.003)
    rises = np.zeros(len(times))
    for beat in np.arange(1.0, 9.0, 0.5):
        rises[np.argmin(np.abs(times - beat))] = 1.0
    rough = np.arange(1.0, 9.0, 0.5) + 0.03
    near = snapped(rough, rises, times)
    assert np.max(np.abs(near - (rough - 0.03))) < 0.003
    near[7] += 0.05
    assert np.max(np.abs(smoothed(near) - (rough - 0.03))) < 0.004


def test_what_cannot_be_analysed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence, a file that is none, a missing library."""
    write_wav(tmp_path / "quiet.wav", Sound(np.zeros(22050 * 8)))
    with pytest.raises(FileError, match="silence"):
        propose(tmp_path / "quiet.wav")
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    with pytest.raises(FileError, match="ffmpeg"):
        propose(tmp_path / "text.wav")
    write_wav(tmp_path / "loud.wav", Sound(np.sin(np.arange(22050 * 8))))
    monkeypatch.setitem(__import__("sys").modules, "librosa", None)
    with pytest.raises(MissingDependency, match=r"scenic-robots\[music\]"):
        propose(tmp_path / "loud.wav")
