"""From what was heard to an answer: retrieval, what "there" means, turns, polite refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.voice.answers.index import Index, Match
from robotics.voice.answers.knowledge import Entry, Knowledge
from robotics.voice.answers.terms import UNKNOWN, is_chinese, key, normal
from robotics.voice.speech import variant

THRESHOLDS: Mapping[str, float] = MappingProxyType({"zh": 0.18, "en": 0.24})
"""Least margin of an answer by language, in steps of 0.02: no more than 5 % of all questions to
refuse, nor of CrossWOZ's that have no entry, are answered by an index that has not seen them
(``benchmarks/answers.py``), and of such pairs this one answers most of our own phrasings when an
eighth of them is held back. English margins are wider: its words are fewer and say more each."""
FOLLOW_UP = 0.2
"""Added to what the last answer calls a follow-up (own choice: less than a clear question has)."""
REMEMBERED = 60.0
"""So long "there" means what was spoken of last [s] (own choice)."""
_POINTING = re.compile(
    r"那里面|这里面|那里|那儿|那边|那个地方|这里|这儿|这个地方|它们|他们|她们|它|那座|那个|这个"
    r"|\b(?:there|it|they|them|that place|this place|that one)\b"
)
"""Words that stand for what was spoken of."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say."""

    id: str
    """Of the entry, or ``unknown``."""
    zh: str
    """With inline tags, see ``tags.plain`` and ``tags.gestures_in``."""
    en: str
    language: str
    """Of the question: ``"zh"`` or ``"en"``."""
    margin: float
    """How sure it is: at least the threshold for an entry."""
    follow_ups: tuple[str, ...] = ()
    """Entries that may be asked for next: topics for a proposal."""

    @property
    def known(self) -> bool:
        """Whether it is an answer, not a refusal."""
        return self.id != UNKNOWN


@dataclass(slots=True)
class _Memory:
    turns: dict[str, int] = field(default_factory=dict)
    """How often each answer was given."""
    entry: int = -1
    """What was spoken of last; -1 for nothing."""
    subject_zh: str = ""
    """What "it" means."""
    subject_en: str = ""
    time: float = 0.0


class Answerer:
    """Answers questions in turn. The same questions at the same times get the same answers."""

    def __init__(
        self, knowledge: Knowledge, *, thresholds: Mapping[str, float] = THRESHOLDS
    ) -> None:
        """Compile the index; this takes some seconds.

        Args:
            knowledge: From ``load_knowledge``.
            thresholds: Least margin of an answer by language, ``zh`` and ``en``.

        Raises:
            MissingDependency: pypinyin is not installed.
        """
        self._knowledge, self.thresholds = knowledge, thresholds
        self._index = Index([entry.ask for entry in knowledge.entries], knowledge.refuse)
        places = {entry.id: place for place, entry in enumerate(knowledge.entries)}
        self._next = [
            np.array([place, *(places[name] for name in entry.follow_ups)], dtype=np.int64)
            for place, entry in enumerate(knowledge.entries)
        ]
        self._asked = {key(text): i for i, e in enumerate(knowledge.entries) for text in e.ask}
        self._words = [" ".join(normal(text) for text in entry.ask) for entry in knowledge.entries]
        self._memory = _Memory()

    def fresh(self) -> Answerer:
        """Return one with the same knowledge that has not been asked anything yet, at no cost."""
        other = copy(self)
        other._memory = _Memory()
        return other

    def answer(self, heard: str, time: float) -> Answer | None:
        """Return the answer to ``heard``; None where nothing was said.

        Args:
            heard: What was understood; any text.
            time: Now [s]; what was spoken of is forgotten after ``REMEMBERED``.
        """
        if not key(heard):
            return None
        language = "zh" if is_chinese(heard) else "en"
        place, margin = self._find(heard, time)
        if margin < self.thresholds[language] or self._elsewhere(heard, place):
            texts = self._knowledge.unknown_zh, self._knowledge.unknown_en
            zh, en = self._in_turn(UNKNOWN, *texts)
            return Answer(UNKNOWN, zh, en, language, margin)
        entry = self._knowledge.entries[place]
        self._remember(place, entry, time)
        zh, en = self._in_turn(entry.id, entry.zh, entry.en)
        return Answer(entry.id, zh, en, language, margin, entry.follow_ups)

    def nearest(self, heard: str) -> str:
        """Return the entry that is nearest to ``heard``, whether it would be said or not."""
        return self._knowledge.entries[self._index.match(heard).best].id

    def _find(self, heard: str, time: float) -> tuple[int, float]:
        """Return the best entry and its margin, in the light of what was spoken of."""
        match = self._index.match(heard)
        exact = self._asked.get(key(heard))
        if exact is not None:
            return exact, max(match.margin, *self.thresholds.values())
        if not self._fresh(time):
            return match.best, match.margin
        return _likelier(match, *self._continued(heard, match))

    def _fresh(self, time: float) -> bool:
        return self._memory.entry >= 0 and 0.0 <= time - self._memory.time <= REMEMBERED

    def _remember(self, place: int, entry: Entry, time: float) -> None:
        memory = self._memory
        if entry.subject_zh or not self._fresh(time):
            memory.subject_zh, memory.subject_en = entry.subject_zh, entry.subject_en
        memory.entry, memory.time = place, time

    def _continued(self, heard: str, match: Match) -> tuple[IntArray, Array]:
        """Return what may come next, and the margins of that if it is meant."""
        places = self._next[self._memory.entry]
        margins = match.scores[places] - match.refused
        chinese = is_chinese(heard)
        subject = self._memory.subject_zh if chinese else self._memory.subject_en
        if subject:
            spoken, count = _POINTING.subn(subject, normal(heard), count=1)
            again = self._index.match(spoken if count else f"{subject} {heard}")
            margins = np.maximum(margins, 0.5 * (margins + again.scores[places] - again.refused))
        margins[1:] += FOLLOW_UP
        return places, margins

    def _elsewhere(self, heard: str, place: int) -> bool:
        """Return whether another place is named, of which the entry says nothing."""
        if self._knowledge.entries[place].anywhere:
            return False
        text = normal(heard)
        names = {name for name in self._knowledge.elsewhere if name in text}
        return any(name not in self._words[place] for name in names)

    def _in_turn(self, name: str, zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[str, str]:
        turn = self._memory.turns.get(name, 0)
        self._memory.turns[name] = turn + 1
        place = variant(len(zh), turn)
        return zh[place], en[place]


def _likelier(match: Match, places: IntArray, margins: Array) -> tuple[int, float]:
    """Return the best of what may come next where it beats the best of all."""
    if margins.max() <= match.margin:
        return match.best, match.margin
    return int(places[np.argmax(margins)]), float(margins.max())
