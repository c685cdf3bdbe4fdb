"""The sound of a video: what was heard while each shot was filmed."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.shots import Shot

EDGE = 0.04
"""Sound fades in and out at a cut [s]."""
Samples = NDArray[np.float64]


def cut_to(shots: Sequence[Shot], sound: Path, path: Path, rate: float) -> bool:
    """Write the sound of a video; return whether any of it is heard.

    A shot that is slower or faster than the run is silent.

    Args:
        shots: In order.
        sound: The WAV file of the run: 16 bits, one channel, from time 0 on.
        path: The WAV file to write.
        rate: Pictures a second of the video.
    """
    heard = False
    with wave.open(str(sound), "rb") as run, wave.open(str(path), "wb") as film:
        film.setparams(run.getparams())
        clock = run.getframerate()
        shown = written = 0
        for shot in shots:
            shown += len(shot.times(rate))
            count = round(shown / rate * clock) - written
            written += count
            samples = np.zeros(count)
            if shot.pace == 1.0:
                samples = _piece(run, round(shot.start * clock), count)
                heard = heard or bool(np.any(samples))
            film.writeframes(np.rint(samples).astype("<i2").tobytes())
    return heard


def _piece(run: wave.Wave_read, first: int, count: int) -> Samples:
    """Return ``count`` samples from ``first`` on, silent beyond the end, soft at both ends."""
    samples = np.zeros(count)
    if first < run.getnframes():
        run.setpos(first)
        read = np.frombuffer(run.readframes(count), "<i2")
        samples[: len(read)] = read
    edge = min(count // 2, round(EDGE * run.getframerate()))
    if edge:
        ramp = np.linspace(0.0, 1.0, edge)
        samples[:edge] *= ramp
        samples[count - edge :] *= ramp[::-1]
    return samples
