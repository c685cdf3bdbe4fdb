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
    silent: int = 0
    """Notes without pitch."""


def listen(sound: Sound, row: Sequence[Sung]) -> Heard:
    """Return how well ``row`` is sung in ``sound``."""
    track = parselmouth.Sound(sound.samples, RATE).to_pitch_ac(
        time_step=STEP, pitch_floor=FLOOR, pitch_ceiling=CEILING
    )
    times, pitch = track.xs(), track.selected_array["frequency"]
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
    return heard


def initial(pinyin: str) -> str:
    """Return the consonant that a syllable begins with."""
    return pinyin[:2] if pinyin[:2] in ("zh", "ch", "sh") else pinyin[:1]


def voiced_from(times: np.ndarray, pitch: np.ndarray, beat: float) -> float:
    """Return since when the voice sounds that sounds 0.1 s after ``beat`` [s]."""
    place = int(np.searchsorted(times, beat + 0.1))
    while place > 0 and pitch[place - 1] > 0.0:
        place -= 1
    return float(times[place])
