"""Listening with Praat (parselmouth), which knows nothing of the synthesiser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import parselmouth

from robotics.voice.singing import Sung
from robotics.voice.sound import RATE, Sound

EDGE = 0.06
"""Left out at both ends of a note: the way into it and out of it [s]."""
FLOOR, CEILING, STEP = 150.0, 900.0, 0.002
"""Of the pitch looked for [Hz], and how often [s]."""
NEAR = 0.06
"""A rise is looked for so far from the beat [s]."""
GLIDING = frozenset("ywaeo")
"""Beginnings that belong to the vowel: there its onset is where the loudness rises."""
UNVOICED = frozenset({*"bpdtgkjqxzcsfh", "zh", "ch", "sh"})
"""Beginnings of syllables without voice: there the voice's onset is the vowel's."""


@dataclass(slots=True)
class Heard:
    """What was measured."""

    cents: list[float] = field(default_factory=list)
    """Of every voiced frame inside a note, from the score."""
    notes: list[float] = field(default_factory=list)
    """Median of each note [cents]."""
    onsets: list[float] = field(default_factory=list)
    """Voice onset minus beat, of syllables that begin without voice [ms]."""
    rises: list[float] = field(default_factory=list)
    """Rise of loudness minus beat, of syllables that begin with a vowel or a glide [ms]."""
    silent: int = 0
    """Notes without pitch."""


def listen(sound: Sound, row: Sequence[Sung]) -> Heard:
    """Return how well ``row`` is sung in ``sound``."""
    track = parselmouth.Sound(sound.samples, RATE).to_pitch_ac(
        time_step=STEP, pitch_floor=FLOOR, pitch_ceiling=CEILING
    )
    times, pitch = track.xs(), track.selected_array["frequency"]
    loud = parselmouth.Sound(sound.samples, RATE).to_intensity(FLOOR, STEP)
    heard = Heard()
    for one in row:
        for start, end, number in one.segments:
            inside = (times > start + EDGE) & (times < end - EDGE) & (pitch > 0.0)
            if inside.sum() < 4:
                heard.silent += 1
                continue
            cents = 1200.0 * np.log2(pitch[inside] / (440.0 * 2.0 ** ((number - 69.0) / 12.0)))
            heard.cents += cents.tolist()
            heard.notes.append(float(np.median(cents)))
        if initial(one.pinyin) in UNVOICED:
            heard.onsets.append(1e3 * (voiced_from(times, pitch, one.start) - one.start))
        elif one.pinyin[0] in GLIDING:
            heard.rises.append(1e3 * (risen_at(loud.xs(), loud.values[0], one.start) - one.start))
    return heard


def initial(pinyin: str) -> str:
    """Return the consonant that a syllable begins with."""
    return pinyin[:2] if pinyin[:2] in ("zh", "ch", "sh") else pinyin[:1]


def risen_at(times: np.ndarray, loudness: np.ndarray, beat: float) -> float:
    """Return when the amplitude rises most steeply near ``beat`` [s].

    Args:
        times: Of the loudness [s].
        loudness: [dB], as many.
        beat: [s].
    """
    near = np.nonzero(np.abs(times - beat) < NEAR)[0]
    return float(times[near[np.argmax(np.gradient(10.0 ** (loudness / 20.0))[near])]])


def voiced_from(times: np.ndarray, pitch: np.ndarray, beat: float) -> float:
    """Return since when the voice sounds that sounds 0.1 s after ``beat`` [s]."""
    place = int(np.searchsorted(times, beat + 0.1))
    while place > 0 and pitch[place - 1] > 0.0:
        place -= 1
    return float(times[place])
