"""From syllables to the opening of a mouth, or the brightness of a face."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from robotics.core.arrays import Array
from robotics.voice.reading.syllables import Syllable
from robotics.voice.sound import RATE, Lips

OPENINGS: Final = {"a": 1.0, "o": 0.7, "e": 0.6, "i": 0.35, "u": 0.3, "v": 0.25}
"""How wide a vowel is (own choice, by the height of the tongue)."""
SHUT: Final = ("b", "p", "m", "f")
"""Consonants of the lips."""
CONSONANT: Final = 0.15
"""Opening at any other consonant."""
STEP: Final = 0.04
"""Between two readings of loudness [s]."""
LOUD: Final = 90.0
"""A mouth is wide open at this percentile of the loudness."""


def of_syllables(row: Iterable[tuple[Syllable, float, float, float]]) -> Lips:
    """Return the movement for (syllable, start, vowel, end [s]) in order of time."""
    times: list[float] = []
    wide: list[float] = []

    def add(time: float, opening: float) -> None:
        if times and time <= times[-1]:
            time = times[-1] + 1e-3
        times.append(time)
        wide.append(opening)

    for syllable, start, vowel, end in row:
        if times and start - times[-1] > 0.05:
            add(times[-1] + 0.03, 0.0)
            add(start - 0.02, 0.0)
        add(start, 0.0 if syllable.sound.startswith(SHUT) else CONSONANT)
        vowels = [OPENINGS[one] for one in syllable.sound if one in OPENINGS] or [0.4]
        for place, opening in enumerate(vowels):
            add(vowel + 0.03 + (end - vowel - 0.05) * place / len(vowels), opening)
        add(end - 0.01, 0.6 * vowels[-1])
    if times:
        add(times[-1] + 0.04, 0.0)
    return Lips(tuple(times), tuple(wide))


def of_loudness(samples: Array, start: float = 0.0) -> Lips:
    """Return the movement for a sound whose phonemes nobody tells: by its loudness.

    Args:
        samples: Shape (n,), at ``RATE``.
        start: Of the sound [s].
    """
    step = int(STEP * RATE)
    count = len(samples) // step
    if not count:
        return Lips()
    loud = np.sqrt((samples[: count * step].reshape(count, step) ** 2).mean(axis=1))
    wide = np.clip(loud / max(float(np.percentile(loud, LOUD)), 1e-6), 0.0, 1.0)
    times = start + STEP * (np.arange(count) + 0.5)
    return Lips(tuple(times.tolist()), tuple(np.round(wide, 3).tolist()))
