"""Beats proposed from a recording (librosa); the author of a song file corrects them.

librosa's tracker alone lags the beat by 35 to 45 ms with its usual hop of 23 ms (measured on songs
with known beats); here the envelope has a hop of 5.8 ms, every beat is snapped to the steepest rise
of the spectrum near it, and neighbours are smoothed by a straight line through nine beats.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import FileError, MissingDependency
from robotics.voice.sound import RATE, read_wav, resampled

HOP: Final = 128
"""Of the tracker [samples]."""
FINE: Final = 64
"""Of the rises that beats are snapped to [samples]."""
WINDOW: Final = 512
"""That they are looked for in [samples]."""
NEAR: Final = 0.06
"""So far a beat is moved at most [s]."""
AROUND: Final = 4
"""Beats on each side that one is smoothed with."""
STEP: Final = 0.02
"""A tempo that differs by more from the one before is written down [1]."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Beats that were heard."""

    beats: Array
    """Times, shape (n,), growing [s]."""
    duration: float
    """Of the recording [s]."""


def propose(path: Path) -> Proposal:
    """Return the beats of a recording.

    Raises:
        FileError: It cannot be read, is silent, or has no beat.
        MissingDependency: librosa is not installed.
    """
    sound = read_wav(path)
    samples = resampled(sound.samples, sound.rate)
    duration = len(samples) / RATE
    if duration < 5.0 or float(np.max(np.abs(samples), initial=0.0)) < 1e-3:
        problem = f"{duration:.1f} s of sound, or silence"
        raise FileError(path, "", problem, "give at least 5 s of music")
    librosa = _librosa()
    envelope = librosa.onset.onset_strength(
        y=samples, sr=RATE, hop_length=HOP, aggregate=np.median, fmax=8000.0
    )
    _, rough = librosa.beat.beat_track(
        onset_envelope=envelope, sr=RATE, hop_length=HOP, units="time", tightness=100, trim=False
    )
    if len(rough) < 8:
        raise FileError(path, "", f"{len(rough)} beats found", "write the tempo down by hand")
    rises, times = _rises(librosa, samples)
    return Proposal(smoothed(snapped(np.asarray(rough), rises, times)), duration)


def as_song(found: Proposal, path: Path, name: str) -> str:
    """Return the text of a song file with the beats of ``found``."""
    beats = found.beats
    tempo = tempi(beats)
    listed = ", ".join(f"{{beat: {beat}, bpm: {bpm:.2f}}}" for beat, bpm in tempo)
    last = int((found.duration - beats[0]) / np.median(np.diff(beats)))
    phrases = ", ".join(str(beat) for beat in range(0, last, 16))
    return (
        f"song: {name}\n"
        f"title: {{zh: {name}, en: {name}}}\n"
        "source: who wrote it, who plays it, under which licence\n"
        f"# {len(beats)} beats were heard; the first at {beats[0]:.3f} s. Listen and correct:\n"
        "# is beat 0 the first of a bar? do phrases begin where they are said to?\n"
        f"offset: {beats[0]:.3f}\n"
        f"tempo: [{listed}]\n"
        f"beats: {last}\n"
        f"phrases: [{phrases}]\n"
        f"audio: {path.name}\n"
    )


def tempi(beats: Array) -> list[tuple[int, float]]:
    """Return (beat, beats per minute) wherever the tempo changes by more than ``STEP``.

    Each tempo is that which leads from its beat to the next change exactly.
    """
    marks = [0]
    local = 60.0 / np.diff(beats)
    kept = float(np.median(local[:8]))
    for place in range(4, len(local) - 4):
        now = float(np.median(local[place : place + 4]))
        if abs(now / kept - 1.0) > STEP and place - marks[-1] >= 4:
            steps = np.abs(np.diff(local[place - 1 : place + 5]))
            marks.append(place + int(np.argmax(steps)))
            kept = float(np.median(local[marks[-1] : marks[-1] + 4]))
    marks.append(len(beats) - 1)
    return [
        (start, 60.0 * (end - start) / float(beats[end] - beats[start]))
        for start, end in pairwise(marks)
        if end > start
    ]


def snapped(beats: Array, rises: Array, times: Array) -> Array:
    """Return every beat moved to the steepest rise near it [s]."""
    found = []
    for beat in beats:
        near = np.nonzero(np.abs(times - beat) < NEAR)[0]
        weight = rises[near] * np.exp(-(((times[near] - beat) / 0.04) ** 2))
        found.append(times[near[np.argmax(weight)]] if len(near) else beat)
    return np.asarray(found, dtype=np.float64)


def smoothed(beats: Array) -> Array:
    """Return every beat on the line through its neighbours that fit it."""
    found, place = beats.copy(), np.arange(len(beats))
    for k in range(len(beats)):
        near = slice(max(0, k - AROUND), k + AROUND + 1)
        line = np.polyfit(place[near], beats[near], 1)
        miss = np.abs(beats[near] - np.polyval(line, place[near]))
        good = miss <= 3.0 * float(np.median(miss)) + 0.002
        if good.sum() > 3:
            line = np.polyfit(place[near][good], beats[near][good], 1)
        found[k] = np.polyval(line, k)
    return found


def _rises(librosa: Any, samples: Array) -> tuple[Array, Array]:
    spectrum = np.abs(librosa.stft(samples, n_fft=WINDOW, hop_length=FINE))
    rises = np.maximum(np.diff(np.log1p(50.0 * spectrum), axis=1), 0.0).sum(axis=0)
    return rises, (np.arange(len(rises)) + 1) * FINE / RATE


def _librosa() -> Any:
    try:
        import librosa
    except ModuleNotFoundError as error:
        raise MissingDependency("librosa", "finding beats in a recording", "music") from error
    return librosa
