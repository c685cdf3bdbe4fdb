"""Which words, and how long they take. There is no sound yet: it comes with issue 6.

Until then an utterance is a text with a start and a duration, so that gestures, manners (not to
speak over oneself) and the report are already right.
"""

from __future__ import annotations

import re

SYLLABLES_PER_SECOND = 4.2
"""Mandarin, one syllable a character. Adults reading aloud reach 5.2 (Pellegrino, Coupé and
Marsico, "A cross-language perspective on speech information rate", Language 87(3), 2011); a child
talking to strangers outdoors is taken a fifth slower (own choice)."""
WORDS_PER_SECOND = 2.5
"""English: 150 words a minute, the usual figure for reading to an audience (own choice)."""
PAUSES = {",": 0.2, ";": 0.3, ":": 0.3, ".": 0.4, "!": 0.4, "?": 0.4, "…": 0.5}
"""Silence after a mark [s] (own choice)."""
_LATIN_MARKS = str.maketrans("\uff0c\uff1b\uff1a\u3002\uff01\uff1f\u3001", ",;:.!?,")
"""Full-width marks to plain ones."""
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’-]*")
LEAST = 0.3
"""No utterance is shorter than this [s]."""


def duration(text: str) -> float:
    """Return how long ``text`` takes to say [s]; the pause after its end is not counted.

    Args:
        text: Chinese or English; Latin words and numbers in Chinese count as English words.
    """
    plain = text.translate(_LATIN_MARKS).strip()
    words = len(_WORD.findall(plain)) / WORDS_PER_SECOND
    syllables = len(_HAN.findall(plain)) / SYLLABLES_PER_SECOND
    pauses = sum(PAUSES.get(mark, 0.0) for mark in plain[:-1])
    return max(LEAST, words + syllables + pauses)


def variant(count: int, turn: int) -> int:
    """Return which of ``count`` variants to say the ``turn``-th time: never one twice in a row.

    Raises:
        ValueError: There is no variant.
    """
    if count < 1:
        raise ValueError(f"{count} variants: at least one is needed")
    return turn % count
