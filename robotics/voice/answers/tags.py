"""Inline tags of answers: ``[wave]`` plays a gesture, ``[重:zhong4]`` tells a reading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

_TAG = re.compile(r"\[([^\[\]]*)\]")
_GESTURE = re.compile(r"[a-z][a-z0-9_]*")
_READING = re.compile(r"([\u4e00-\u9fff]+):([a-z]+[1-5](?: [a-z]+[1-5])*)")


def plain(text: str) -> str:
    """Return the words of a text: gestures left out, readings replaced by their characters."""
    return re.sub(r"\s{2,}", " ", _TAG.sub(_word, text)).strip()


def gestures_in(text: str) -> tuple[str, ...]:
    """Return the gestures that a text asks for, in their order."""
    return tuple(tag for tag in _TAG.findall(text) if _GESTURE.fullmatch(tag))


Pair = tuple[str, str]
"""The same in zh and en."""


def wrong_tags(text: str, gestures: frozenset[str] | None) -> Iterator[tuple[Pair, Pair]]:
    """Yield problem and cure of every wrong tag, each in zh and en.

    Args:
        text: An answer.
        gestures: The names that are allowed; None allows any.
    """
    rest = _TAG.sub("", text)
    write = "写成 [wave] 或 [重:zhong4]", "write [wave] or [重:zhong4]"
    if "[" in rest or "]" in rest:
        problem = f"'{text}' 里的方括号少了一半", f"a bracket without its other half in '{text}'"
        yield problem, write
    for tag in _TAG.findall(text):
        reading = _READING.fullmatch(tag)
        if reading:
            characters, syllables = len(reading[1]), len(reading[2].split())
            if characters != syllables:
                problem = (
                    f"'[{tag}]' 有 {characters} 个字，{syllables} 个音节",
                    f"'[{tag}]' has {characters} characters, {syllables} syllables",
                )
                yield problem, ("一个字一个音节", "pair them")
        elif not _GESTURE.fullmatch(tag):
            yield (f"看不懂标签 '[{tag}]'", f"'[{tag}]' is no tag"), write
        elif gestures is not None and tag not in gestures:
            near = get_close_matches(tag, gestures, n=1)
            known = ", ".join(sorted(gestures))
            cure = f"可选：{known}", f"known: {known}"
            if near:
                cure = f"是不是 '{near[0]}'?", f"did you mean '{near[0]}'?"
            yield (f"没有手势 '{tag}'", f"there is no gesture '{tag}'"), cure


def _word(match: re.Match[str]) -> str:
    reading = _READING.fullmatch(match[1])
    return reading[1] if reading else ""
