"""Questions to ask: turns of CrossWOZ, our own, and what speech recognition makes of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin

from robotics.voice.answers.knowledge import Knowledge
from robotics.voice.answers.terms import UNKNOWN, is_chinese

EXAMPLES = 10
"""Of each fact."""
MISHEARD = 0.12
"""Part of the characters that become another one of the same sound, as in the prototype."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue."""

    text: str
    fact: str
    seen: bool
    """Whether it belongs to the half that was looked at."""


def turns(path: Path) -> list[Turn]:
    """Return the turns of a TSV with a heading."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [Turn(row[0], row[1], _seen(row[0])) for row in rows if len(row) >= 2]


def _seen(text: str) -> bool:
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 0


def examples(rows: list[Turn], facts: list[str], rng: np.random.Generator) -> list[list[str]]:
    """Draw the examples of each fact."""
    drawn = []
    for fact in facts:
        texts = [row.text for row in rows if row.fact == fact]
        places = rng.choice(len(texts), min(EXAMPLES, len(texts)), replace=False)
        drawn.append([texts[place] for place in places])
    return drawn


def questions(path: Path, part: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the questions of a set with their entries, and those that are out of scope.

    Args:
        path: TSV with a heading: question, entry (``unknown`` for none), set.
        part: ``"development"`` or ``"test"``.
    """
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    ours = [(row[0], row[1]) for row in rows if row[2] == part]
    held = [(text, entry) for text, entry in ours if entry != UNKNOWN]
    return held, [text for text, entry in ours if entry == UNKNOWN]


def homophones(text: str, knowledge: Knowledge, rng: np.random.Generator) -> str:
    """Return ``text`` with some characters replaced by others of the same toneless sound."""
    alike = defaultdict(list)
    for character in sorted({c for e in knowledge.entries for t in (*e.ask, *e.zh) for c in t}):
        if is_chinese(character):
            alike[lazy_pinyin(character)[0]].append(character)
    said = list(text)
    for place, (character, sound) in enumerate(zip(text, _sounds(text), strict=True)):
        others = [other for other in alike[sound] if other != character]
        if others and rng.random() < MISHEARD:
            said[place] = others[int(rng.integers(len(others)))]
    return "".join(said)


def _sounds(text: str) -> list[str]:
    """Return the sound of each character in its context; others stand for themselves."""
    sounds = lazy_pinyin(text, errors=list)
    return sounds if len(sounds) == len(text) else [lazy_pinyin(c)[0] for c in text]
