"""A small band: plucked string, bass, soft pad, flute, wood block, bell, all computed.

A plucked string is Karplus and Strong's ("Digital synthesis of plucked-string and drum timbres",
Computer Music Journal 7(2), 1983) with the fractional delay of Jaffe and Smith (same issue).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from robotics.core.arrays import Array
from robotics.voice.score import Song, Stroke, hertz
from robotics.voice.sound import RATE

RELEASE: Final = 0.06
"""Time in which a note that ends fades [s]."""
RINGING: Final = {"pluck": 1.2, "bass": 0.8, "bell": 1.5, "wood": 0.2, "pad": 0.25, "flute": 0.08}
"""How long an instrument sounds on after its note [s]."""
LEVEL: Final = {"pluck": 0.30, "bass": 0.34, "bell": 0.12, "wood": 0.28, "pad": 0.05, "flute": 0.14}
"""Loudness of an instrument beside the others."""


def play(song: Song) -> Array:
    """Return the accompaniment, shape (n,), at ``RATE``: each note begins on its beat, exactly."""
    made = np.zeros(round((song.duration + 2.0) * RATE))
    known: dict[tuple[str, float, int], Array] = {}
    for stroke in song.strokes:
        first = round(song.tempo.seconds(stroke.beat) * RATE)
        length = song.tempo.seconds(stroke.beat + stroke.beats) - first / RATE
        key = (stroke.play, stroke.pitch, round(length * RATE))
        if key not in known:
            known[key] = tone(stroke, length)
        sound = known[key]
        last = min(len(made), first + len(sound))
        made[first:last] += stroke.level * sound[: last - first]
    return made


def tone(stroke: Stroke, length: float) -> Array:
    """Return one note, shape (n,), at ``RATE``.

    Args:
        stroke: Instrument and pitch.
        length: From its beginning to its end [s].
    """
    held = length + RINGING[stroke.play]
    time = np.arange(round(held * RATE)) / RATE
    pitch = hertz(stroke.pitch)
    voice = _VOICES[stroke.play](time, pitch)
    if stroke.play in ("pad", "flute", "bass"):
        fade = np.clip(1.0 - (time - length) / RINGING[stroke.play], 0.0, 1.0)
        voice = voice * fade**2
    edge = min(len(voice), round(RELEASE * RATE))
    voice[len(voice) - edge :] *= np.linspace(1.0, 0.0, edge)
    result: Array = LEVEL[stroke.play] * voice
    return result


def _pluck(time: Array, pitch: float, *, damping: float = 0.996, soft: float = 0.5) -> Array:
    from scipy.signal import lfilter

    period = RATE / pitch
    whole = int(period - 0.5)
    part = period - whole
    noise = np.random.default_rng(round(1000.0 * pitch)).uniform(-1.0, 1.0, whole)
    burst: Any = lfilter([1.0 - soft], [1.0, -soft], noise - noise.mean())
    drive = np.zeros(len(time))
    drive[: min(whole, len(time))] = burst[: len(time)] / max(float(np.abs(burst).max()), 1e-9)
    loop = np.zeros(whole + 3)
    loop[0] = 1.0
    near, share = (whole, part) if part <= 1.0 else (whole + 1, part - 1.0)
    loop[near : near + 2] = -damping * (1.0 - share), -damping * share
    ringing: Any = lfilter([1.0], loop, drive)
    return np.asarray(ringing, dtype=np.float64)


def _bass(time: Array, pitch: float) -> Array:
    body = sum(np.sin(2.0 * np.pi * k * pitch * time) / k**1.6 for k in (1, 2, 3))
    return np.asarray(body * np.exp(-2.2 * time) * np.minimum(1.0, time / 0.004))


def _pad(time: Array, pitch: float) -> Array:
    rise = np.minimum(1.0, time / 0.09)
    parts = [
        np.sin(2.0 * np.pi * k * pitch * (1.0 + detune) * time) / k**1.8
        for k in (1, 2, 3, 4)
        for detune in (-0.0015, 0.0015)
    ]
    return np.asarray(rise * np.sum(parts, axis=0))


def _flute(time: Array, pitch: float) -> Array:
    rise = np.minimum(1.0, time / 0.02) * np.exp(-0.25 * time)
    depth = 0.002 * np.clip((time - 0.25) / 0.3, 0.0, 1.0)
    phase = 2.0 * np.pi * pitch * (time + depth * np.sin(2.0 * np.pi * 5.0 * time) / 31.4)
    return np.asarray(rise * (np.sin(phase) + 0.35 * np.sin(2 * phase) + 0.12 * np.sin(3 * phase)))


def _wood(time: Array, pitch: float) -> Array:
    body = np.sin(2.0 * np.pi * pitch * time) + 0.5 * np.sin(2.0 * np.pi * 2.71 * pitch * time)
    return np.asarray(body * np.exp(-45.0 * time))


def _bell(time: Array, pitch: float) -> Array:
    modes = ((1.0, 1.0, 2.5), (2.76, 0.5, 4.0), (5.40, 0.25, 7.0))
    parts = [
        share * np.sin(2.0 * np.pi * ratio * pitch * time) * np.exp(-decay * time)
        for ratio, share, decay in modes
        if ratio * pitch < 0.45 * RATE
    ]
    return np.asarray(np.sum(parts, axis=0))


_VOICES: Final[dict[str, Callable[[Array, float], Array]]] = {
    "pluck": _pluck,
    "bass": _bass,
    "pad": _pad,
    "flute": _flute,
    "wood": _wood,
    "bell": _bell,
}
