"""What visitors say to the greeter: questions that it answers, wishes that it grants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from robotics.behaviour.clips import Behaviour
from robotics.core.messages import Utterance
from robotics.voice.answers.answerer import Answer
from robotics.voice.answers.tags import gestures_in
from robotics.voice.speech import duration

PATIENCE = 15.0
"""What was said longer ago is not answered any more [s]."""
ECHO = 1.0
"""The same words so soon again are the same [s]."""
MOST = 3
"""It keeps so many questions in mind."""
WISHES: tuple[tuple[str, str], ...] = (
    (r"跳(个|支|一个|一支|段)?舞|\bdance\b", "dance"),
    (r"唱(个|首|一个|一首|支)?歌|唱一首|\bsing\b", "song"),
    (r"握(个|一下)?手|\bshake hands?\b|\bhandshake\b", "hand"),
    (r"(带|领).{0,3}(逛|走|参观)|\bshow (me|us) around\b|\bguided (tour|walk)\b", "tour"),
)
"""What they may wish for."""
ASKING = r"为什么|怎么|谁|什么时候|多少|几|\b(why|how|who|when|what|where)\b"
"""Who asks so wants to know something."""
KNOWN = ("nod", "small_wave", "raise_head", "think")
"""Gestures for an answer that names none, in turn: those that exist."""
UNKNOWN = ("shake_head", "shrug")
"""… for a question that it cannot answer."""
PAUSE = 0.3
"""Between two sentences of an answer [s]."""
_TAG = re.compile(r"\[[a-z][a-z0-9_]*\]")
_ENDS = re.compile(r"(?<=[。！？…])|(?<=[.!?])\s+(?=[A-Z\"“])")


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers."""

    utterance: Utterance
    gesture: str
    """A behaviour that runs along; "" for none."""
    is_known: bool
    question: str


def sentences(whole: Utterance) -> list[Utterance]:
    """Return an utterance sentence by sentence, both languages side by side.

    Where one language has more sentences than the other, its last ones stay together; the starts
    are those of an answer that nobody breaks into.
    """
    zh, en = ([one for one in _ENDS.split(text) if one.strip()] for text in (whole.zh, whole.en))
    count = max(1, min(len(zh), len(en)))
    found: list[Utterance] = []
    start = whole.start
    for k in range(count):
        last = k == count - 1
        parts = ("".join(zh[k:] if last else zh[k : k + 1]), " ".join(en[k:] if last else [en[k]]))
        length = duration(parts[1] if whole.language == "en" else parts[0])
        found.append(replace(whole, zh=parts[0], en=parts[1], start=start, duration=length))
        start += length + PAUSE
    return found


@dataclass(slots=True)
class Conversation:
    """Keeps what was heard until there is time to answer; tells wishes from questions.

    Attributes:
        behaviours: The repertoire, for the gestures.
        answer: Finds an answer to a text at a time [s]; None if the robot has no knowledge.
        replies: What was answered so far.
    """

    behaviours: Mapping[str, Behaviour]
    answer: Callable[[str, float], Answer | None] | None = None
    replies: list[Reply] = field(default_factory=list)
    wishes: list[str] = field(default_factory=list)
    """Kinds of wishes that were heard and not granted yet, the oldest first."""
    _heard: list[tuple[float, str]] = field(default_factory=list)
    _last: tuple[float, str] = (-1e9, "")

    def hear(self, texts: tuple[str, ...], time: float) -> None:
        """Take in what was heard at ``time`` [s]; to be called at every tick."""
        for text in texts:
            plain = " ".join(text.split())[:200]
            echo = plain == self._last[1] and time - self._last[0] < ECHO
            self._last = (time, plain)
            kind = wish(plain)
            if kind and self._can(kind):
                self.wishes += [] if kind in self.wishes else [kind]
            elif plain and not echo:
                self._heard = [*self._heard[-(MOST - 1) :], (time, plain)]

    def take_wish(self) -> str:
        """Return the oldest wish, once; "" for none."""
        return self.wishes.pop(0) if self.wishes else ""

    def waiting(self, time: float) -> str:
        """Return what was heard and not answered yet, the oldest; "" for nothing."""
        self._heard = [one for one in self._heard if time - one[0] <= PATIENCE]
        return self._heard[0][1] if self._heard else ""

    def waited(self, time: float) -> float:
        """Return for how long the oldest has waited [s]; 0 if there is none."""
        return time - self._heard[0][0] if self._heard else 0.0

    def take_all(self) -> tuple[str, ...]:
        """Return all that was heard but wishes, for a behaviour that has asked something."""
        heard, self._heard = tuple(text for _, text in self._heard), []
        return heard

    def reply(self, time: float) -> Reply | None:
        """Answer the oldest question; None where there is nothing to say to it."""
        text, self._heard = self.waiting(time), self._heard[1:]
        found = self.answer(text, time) if self.answer is not None and text else None
        if found is None:
            return None
        zh, en = _TAG.sub("", found.zh).strip(), _TAG.sub("", found.en).strip()
        length = duration(en if found.language == "en" else zh)
        spoken = Utterance(zh, en, time, length, f"answer_{found.id}", found.language)
        reply = Reply(spoken, self._gesture(found), found.known, text)
        self.replies.append(reply)
        return reply

    def _gesture(self, found: Answer) -> str:
        """Return the gesture of an answer: its own, else one in turn; none that speaks itself."""
        own = [*gestures_in(found.zh), *gestures_in(found.en)]
        spare = [name for name in (KNOWN if found.known else UNKNOWN) if self._is_mute(name)]
        turn = len(self.replies) % len(spare) if spare else 0
        usable = [name for name in own if self._is_mute(name)] or spare[turn : turn + 1]
        return usable[0] if usable else ""

    def _can(self, kind: str) -> bool:
        return kind == "hand" or any(one.kind == kind for one in self.behaviours.values())

    def _is_mute(self, name: str) -> bool:
        one = self.behaviours.get(name)
        return one is not None and not one.zh and not one.words


def wish(text: str) -> str:
    """Return what a visitor wishes for: ``dance``, ``song``, ``hand``, ``tour``; "" for nothing."""
    lowered = text.lower()
    if re.search(ASKING, lowered):
        return ""
    return next((kind for pattern, kind in WISHES if re.search(pattern, lowered)), "")
