"""How long words take, and which variant is next."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from robotics.voice.speech import LEAST, SYLLABLES_PER_SECOND, WORDS_PER_SECOND, duration, variant


def test_time_follows_syllables_and_words() -> None:
    """One syllable a character, one word a word, and marks are breath."""
    assert math.isclose(duration("早上好早上好"), 6 / SYLLABLES_PER_SECOND)
    assert math.isclose(duration("good morning dear friends"), 4 / WORDS_PER_SECOND)
    assert duration("早上\uff0c好") > duration("早上好")
    assert duration("早上好\uff01") == duration("早上好")
    mixed = duration("看 PLC 灯")
    assert math.isclose(mixed, 2 / SYLLABLES_PER_SECOND + 1 / WORDS_PER_SECOND)


def test_nothing_still_takes_a_moment() -> None:
    """An empty text cannot make an utterance without length."""
    assert duration("") == duration("\uff01") == LEAST


def test_variants_take_turns() -> None:
    """Never the same twice in a row, all of them used."""
    said = [variant(3, turn) for turn in range(9)]
    assert set(said) == {0, 1, 2}
    assert all(one != other for one, other in pairwise(said))
    with pytest.raises(ValueError, match="at least one"):
        variant(0, 1)
