"""Tags in the words: ``[wave]`` starts a gesture, ``[重:zhong4]`` says how a character is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"\[([^\[\]]*)\]")
_GESTURE = re.compile(r"[a-z][a-z0-9_]*")
_READING = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff]+):\s*((?:[a-zü]+[1-5]\s*)+)")
_SYLLABLE = re.compile(r"[a-zü]+[1-5]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text without its gesture tags."""

    text: str
    """With pronunciation tags, for the voice."""
    plain: str
    """Without any, for people to read."""
    gestures: tuple[tuple[str, str], ...]
    """Name, and the plain words before it."""
    wrong: tuple[str, ...] = ()
    """Tags that say nothing."""


def untag(text: str) -> Tagged:
    """Return a text with its tags taken apart."""
    said, plain, position = "", "", 0
    gestures: list[tuple[str, str]] = []
    wrong: list[str] = []
    for found in _TAG.finditer(text):
        between, inner = text[position : found.start()], found[1].strip()
        said, plain, position = said + between, plain + between, found.end()
        reading = _READING.fullmatch(inner)
        if reading is not None and len(_SYLLABLE.findall(reading[2])) == len(reading[1]):
            said, plain = said + f"[{inner}]", plain + reading[1]
        elif _GESTURE.fullmatch(inner):
            gestures.append((inner, plain))
        else:
            wrong.append(found[0])
    rest = text[position:]
    wrong += [sign for sign in "[]" if sign in re.sub(_TAG, "", text)]
    return Tagged(said + rest, plain + rest, tuple(gestures), tuple(wrong))


def untagged_characters(text: str) -> str:
    """Return the Chinese text with every tag, and what it covers, made a blank."""
    return _TAG.sub(" ", text)


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN.search(text) is not None
