"""A song as it is heard: voice and instruments, or an audio file that somebody has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from robotics.core.arrays import Array
from robotics.voice.cache import keep, kept, key
from robotics.voice.instruments import play
from robotics.voice.score import Song
from robotics.voice.singing import sing
from robotics.voice.sound import RATE, Lips, Sound, read_wav, resampled
from robotics.voice.units import Units

VERSION: Final = "1"
"""Changes with the way in which songs sound."""
BESIDE: Final = 0.45
"""Level of the instruments while somebody sings."""


def perform(song: Song, units: Units | None, folder: Path | None = None) -> Sound:
    """Return a song from its start on.

    Args:
        song: The song.
        units: The syllables to sing with; None to play without singing.
        folder: Where it is kept; None to keep nothing.

    Raises:
        RoboticsError: What the voice needs is missing; the text names the cure.
    """
    voice = units if song.notes else None
    version = "" if voice is None else voice.espeak.version()
    path = None if folder is None else folder / f"{key(VERSION, version, repr(song))}.wav"
    known = None if path is None else kept(path)
    if known is not None:
        return known
    lips = Lips()
    made = _music(song)
    if voice is not None:
        sung = sing(song, voice)
        lips = sung.lips
        made = BESIDE * made
        made[: len(sung.samples)] += sung.samples[: len(made)]
    whole = Sound(np.tanh(made), lips)
    return whole if path is None else keep(path, whole, song.name)


def _music(song: Song) -> Array:
    if song.audio is None:
        return play(song)
    file = read_wav(song.audio)
    samples = resampled(file.samples, file.rate, RATE)
    room = np.zeros(max(len(samples), round((song.duration + 2.0) * RATE)))
    room[: len(samples)] = samples
    return room
