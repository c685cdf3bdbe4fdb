"""Characters that a voice may read wrong, because no known word around them says how."""

from __future__ import annotations

from functools import cache

from robotics.behaviour.format.tags import untagged_characters

DOUBTFUL = frozenset("重长行乐调数朝传处当降角觉校卷空量落模难宁铺强切散少舍省盛似挑吐挣转藏差倒")
"""Everyday characters whose readings are about as common as one another (own choice, after the
errors of pypinyin on the CPP test set); those with one reading that is nearly always right are
left out, or every sentence would be warned of."""
LONGEST_WORD = 6
"""Characters of a phrase that is looked for around one."""


def ambiguous(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return each doubtful character that no known phrase settles, with its readings.

    Needs pypinyin (the extra ``voice``); without it nothing is doubtful.

    Args:
        text: Chinese, with pronunciation tags.
    """
    phrases, readings = _dictionaries()
    bare = untagged_characters(text)
    found = []
    for place, character in enumerate(bare):
        if character in DOUBTFUL and character in readings and not _settled(bare, place, phrases):
            found.append((character, readings[character]))
    return list(dict.fromkeys(found))


def _settled(text: str, place: int, phrases: frozenset[str]) -> bool:
    for length in range(2, LONGEST_WORD + 1):
        for start in range(max(0, place - length + 1), place + 1):
            phrase = text[start : start + length]
            if phrase in phrases and len(set(phrase)) > 1:  # one twice says nothing: 重重
                return True
    return False


@cache
def _dictionaries() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    try:
        from pypinyin import Style, pinyin
        from pypinyin.constants import PHRASES_DICT
    except ImportError:
        return frozenset(), {}
    readings = {
        character: tuple(pinyin(character, style=Style.TONE3, heteronym=True)[0])
        for character in DOUBTFUL
    }
    phrases = frozenset(phrase for phrase in PHRASES_DICT if not DOUBTFUL.isdisjoint(phrase))
    return phrases, readings
