"""What the greeter did, for the report: figures, and what was said, answered, shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.runs import Note
from robotics.core.messages import Utterance
from robotics.robots.greeter.conversation import Reply
from robotics.voice.answers.tags import plain

MOST = 12
"""Of each kind of sentence so many are told."""


@dataclass(slots=True)
class Account:
    """Counts, and sentences for people."""

    greeted: int = 0
    greetings: int = 0
    strolls: int = 0
    visits: int = 0
    """Ways to people who lingered."""
    met: int = 0
    """Of these, ways at whose end they were still there."""
    turns: int = 0
    bumped: int = 0
    """How often somebody ran into it."""
    shaken: int = 0
    """Hands."""
    declined: int = 0
    """Hands that were offered and not taken."""
    replies: tuple[Reply, ...] = ()
    shown: tuple[str, ...] = ()
    """Dances, songs and tours, in order."""
    help: tuple[str, ...] = ()
    """What it asked for help about."""
    said: Counter[str] = field(default_factory=Counter)
    """How often each text was said, in Chinese."""
    _last: Utterance | None = None
    _song_ends: float = math.nan
    """When the song ends that was sung last [s]."""

    def hear(self, spoken: Utterance | None) -> None:
        """Take note of what is being said; a song that goes on after a word is the same."""
        if spoken is not None and spoken != self._last:
            ends = spoken.start + spoken.duration if spoken.song else math.nan
            self.said[plain(spoken.zh)] += not abs(ends - self._song_ends) < 1e-6
            self._song_ends = ends if spoken.song else self._song_ends
        self._last = spoken

    def counts(self, behaviours: Mapping[str, Behaviour]) -> dict[str, float]:
        """Return the figures."""
        kinds = Counter(behaviours[name].kind for name in self.shown if name in behaviours)
        known = sum(one.is_known for one in self.replies)
        return {
            "greeted": self.greeted,
            "greetings": self.greetings,
            "strolls": self.strolls,
            "visits": self.visits,
            "visits_met": self.met,
            "turns": self.turns,
            "bumped": self.bumped,
            "said": sum(self.said.values()),
            "answered": known,
            "not_known": len(self.replies) - known,
            "danced": kinds["dance"],
            "sung": kinds["song"],
            "tours": kinds["tour"],
            "hands_shaken": self.shaken,
            "hands_declined": self.declined,
        }

    def notes(self, behaviours: Mapping[str, Behaviour], notes: Iterable[Note]) -> tuple[str, ...]:
        """Return the sentences: what is missing first, then what was done."""
        none = () if self.strolls else ("it found no free moment for its few steps",)
        helped = tuple(f"it asked for help: {reason}" for reason in self.help)
        shown = tuple(f"it showed {_titled(behaviours, name)}" for name in self.shown)
        asked = tuple(_answered(one) for one in self.replies[:MOST])
        said = tuple(f"it said: {text}" for text, _ in self.said.most_common(MOST))
        refused = dict.fromkeys(
            f"{one.behaviour} did not start: {one.reason}" for one in notes if one.what == "refused"
        )
        return (*none, *helped, *shown, *asked, *said, *tuple(refused)[:MOST])


def _answered(reply: Reply) -> str:
    spoken = reply.utterance
    text = spoken.en if spoken.language == "en" else spoken.zh
    return f"somebody asked “{reply.question}”; it answered “{plain(text)}”"


def title(behaviours: Mapping[str, Behaviour], name: str) -> str:
    """Return what people call a behaviour, "Jasmine dance (茉莉花舞)"; its name if it has none."""
    one = behaviours.get(name)
    return f"{one.title[1]} ({one.title[0]})" if one is not None and all(one.title) else name


def _titled(behaviours: Mapping[str, Behaviour], name: str) -> str:
    one = behaviours.get(name)
    if one is None or not one.title[1]:
        return name
    return f"the {one.kind} “{one.title[1]}” ({one.title[0]})"
