"""The melody of Mandarin speech: one pitch target a syllable, approached and never quite reached.

Target approximation after Xu and Wang ("Pitch targets and their realization", Speech Communication
33, 2001); the targets follow the five levels of Chao ("A Grammar of Spoken Chinese", 1968) with a
child's wide range; slopes and the fall over a sentence are own values, tuned until a simple
classifier of tones (see ``docs/voice.md``) reads them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from robotics.core.arrays import Array
from robotics.voice.vocoder import FRAME

TARGETS: Final = {1: (4.0, 4.0), 2: (-3.0, 4.5), 3: (-6.0, -6.0), 4: (5.5, -6.0), 5: (-1.0, -3.0)}
"""Pitch at the start and at the end of the vowel, above the voice's middle [semitones]."""
AFTER_LOW: Final = (1.0, 0.0)
"""Of a neutral syllable after a third tone [semitones]."""
RISE_AT_END: Final = -1.5
"""Where a third tone before a pause comes back to [semitones]."""
RISE_FROM: Final = 0.55
"""From which part of the vowel on."""
RATE: Final = 38.0
"""Of the approach [1/s]."""
FALL: Final = 0.8
"""Of the whole sentence [semitones/s]."""
QUESTION: Final = 3.0
"""What the last syllable of a question is higher [semitones]."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One syllable of a melody."""

    tone: int
    start: float
    """Of the syllable [s]."""
    vowel: float
    """[s]."""
    end: float
    """[s]."""
    last: bool = False
    """Whether a pause comes after it."""
    question: bool = False


def melody(tones: Sequence[Tone], count: int) -> Array:
    """Return the pitch of ``count`` frames above the voice's middle, shape (count,) [semitones]."""
    found = np.zeros(count)
    here, begun, rested = 0.0, 0.0, True
    for place, one in enumerate(tones):
        before = tones[place - 1].tone if place else 0
        low, high = AFTER_LOW if one.tone == 5 and before == 3 else TARGETS[one.tone]
        if rested:
            begun, here = one.start, low
        first, last = int(np.ceil(one.start / FRAME)), int(np.ceil(one.end / FRAME))
        for row in range(first, min(last, count)):
            share = np.clip((row * FRAME - one.vowel) / max(one.end - one.vowel, 0.05), 0.0, 1.0)
            target = _target(one, low, high, float(share))
            here += (target - here) * (1.0 - np.exp(-RATE * FRAME))
            found[row] = here - FALL * (row * FRAME - begun)
        rested = one.last
    return found


def _target(one: Tone, low: float, high: float, share: float) -> float:
    lift = QUESTION * share if one.question else 0.0
    if one.tone == 3 and one.last:
        return low + (RISE_AT_END - low) * max(0.0, (share - RISE_FROM) / (1.0 - RISE_FROM)) + lift
    return low + (high - low) * share + lift
