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


def wrong_tags(text: str, gestures: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    """Yield problem and cure of every wrong tag.

    Args:
        text: An answer.
        gestures: The names that are allowed; None allows any.
    """
    rest = _TAG.sub("", text)
    if "[" in rest or "]" in rest:
        yield f"a bracket without its other half in '{text}'", "write [wave] or [重:zhong4]"
    for tag in _TAG.findall(text):
        reading = _READING.fullmatch(tag)
        if reading:
            characters, syllables = len(reading[1]), len(reading[2].split())
            if characters != syllables:
                yield f"'[{tag}]' has {characters} characters, {syllables} syllables", "pair them"
        elif not _GESTURE.fullmatch(tag):
            yield f"'[{tag}]' is no tag", "write [wave] or [重:zhong4]"
        elif gestures is not None and tag not in gestures:
            near = get_close_matches(tag, gestures, n=1)
            cure = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(gestures))}"
            yield f"there is no gesture '{tag}'", cure


def _word(match: re.Match[str]) -> str:
    reading = _READING.fullmatch(match[1])
    return reading[1] if reading else ""
