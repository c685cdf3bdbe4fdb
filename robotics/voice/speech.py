"""Which words, and how long they take: a law of the text alone, whoever speaks it.

The length of an utterance is decided here, from syllables, words and marks, so that a run is the
same with a voice, with another voice or without any. A voice fits its sound to this length (see
``timing``), never the other way round.
"""

from __future__ import annotations

import re

from robotics.core.spoken import bare
from robotics.voice.reading import chinese, english
from robotics.voice.reading.syllables import HAN

SYLLABLES_PER_SECOND = 4.2
"""Mandarin, one syllable a character. Adults reading aloud reach 5.2 (Pellegrino, Coupé and
Marsico, "A cross-language perspective on speech information rate", Language 87(3), 2011); a child
talking to strangers outdoors is taken a fifth slower (own choice)."""
WORDS_PER_SECOND = 2.5
"""English: 150 words a minute, the usual figure for reading to an audience (own choice)."""
PAUSES = {",": 0.2, ";": 0.3, ":": 0.3, ".": 0.4, "!": 0.4, "?": 0.4, "…": 0.5}
"""Silence after a mark [s] (own choice)."""
_LATIN_MARKS = str.maketrans("，；：。！？、", ",;:.!?,")
"""Full-width marks to plain ones."""
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’-]*")
LEAST = 0.3
"""No utterance is shorter than this [s]."""


def is_chinese(text: str) -> bool:
    """Return whether a text is read by the rules of Chinese: it has a Han character."""
    return HAN.search(text) is not None


def in_words(text: str) -> str:
    """Return a text without figures and with plain marks, in its own language."""
    said = chinese.in_words(text) if is_chinese(text) else english.in_words(text)
    return said.translate(_LATIN_MARKS).strip()


def duration(text: str) -> float:
    """Return how long ``text`` takes to say [s]; the pause after its end is not counted.

    Args:
        text: Chinese or English, with or without tags; figures count as the words that they are
            read as, Latin words in Chinese as English words.
    """
    plain = bare(in_words(text)).strip()
    pauses = sum(PAUSES.get(mark, 0.0) for mark in plain[:-1])
    return max(LEAST, spoken_time(plain) + pauses)


def spoken_time(words: str) -> float:
    """Return how long words take without their marks [s].

    Args:
        words: Without figures and tags.
    """
    count = len(WORD.findall(words))
    return count / WORDS_PER_SECOND + len(HAN.findall(words)) / SYLLABLES_PER_SECOND


def variant(count: int, turn: int) -> int:
    """Return which of ``count`` variants to say the ``turn``-th time: never one twice in a row.

    Raises:
        ValueError: There is no variant.
    """
    if count < 1:
        raise ValueError(f"{count} variants: at least one is needed")
    return turn % count
