"""When each syllable is said: the parts add up to the law."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.voice.speech import LEAST, SYLLABLES_PER_SECOND, duration
from robotics.voice.timing import NEUTRAL, lay

pytest.importorskip("pypinyin")
TEXTS = st.text(alphabet="你好栈桥优友的一不1892年：，。！？、 ab,.!-[]", max_size=40)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_the_parts_stay_inside_the_law(text: str) -> None:
    """Whatever is written: pieces follow one another and end within the duration of the law."""
    line = lay(text)
    assert line.duration == duration(text) >= LEAST
    for one, after in pairwise(line.pieces):
        assert 0.0 <= one.start <= one.end <= after.start + 1e-9
    if line.pieces:
        assert line.pieces[-1].end <= line.duration + 1e-9


def test_figures_take_the_time_of_their_words() -> None:
    """A year has four syllables, whether in figures or in characters; tags take none."""
    assert math.isclose(duration("1892年"), 5 / SYLLABLES_PER_SECOND)
    assert duration("一八九二年") == duration("1892年")
    assert duration("你好[wave]") == duration("你好")
    assert duration("[重:zhong4]要的人") == duration("重要的人")
    assert duration("in 1892") == duration("in eighteen ninety-two")


def test_a_neutral_syllable_is_short_and_the_last_one_long() -> None:
    """Inside a clause the law's time is shared out by weight."""
    first, neutral, last = (one.end - one.start for one in lay("他们好").pieces)
    assert math.isclose(neutral, NEUTRAL * first)
    assert last > first


def test_a_wanted_length_is_met() -> None:
    """Faster and slower, in proportion."""
    for length in (1.0, 3.0):
        line = lay("大家好，我是优友", length)
        assert line.duration == length
        assert math.isclose(line.pieces[-1].end, length)


def test_a_reading_does_not_end_a_clause() -> None:
    """The colon inside a tag is no mark."""
    line = lay("我会[重:zhong4]重地说")
    assert [one.syllable.pinyin for one in line.pieces if one.syllable][2] == "zhong4"
    assert all(math.isclose(a.end, b.start) for a, b in pairwise(line.pieces))
