"""A robot's mouth: one utterance at a time, its variants in turn, and manners about how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.core.errors import UnknownName
from robotics.core.messages import Utterance
from robotics.voice.speech import duration, variant


@dataclass(slots=True)
class Speaker:
    """Speaks the words of authored behaviours."""

    behaviours: Mapping[str, Behaviour]
    turns: dict[str, int] = field(default_factory=dict)
    """How often each behaviour was said."""
    _last: dict[str, float] = field(default_factory=dict)
    _saying: Utterance | None = None

    def say(self, name: str, time: float) -> Utterance | None:
        """Start to say the words of a behaviour; None if it has none.

        Raises:
            UnknownName: There is no such behaviour.
        """
        if name not in self.behaviours:
            raise UnknownName("behaviour", name, list(self.behaviours))
        words = self.behaviours[name]
        self._last[name] = time
        if not words.zh:
            return None
        turn = self.turns.get(name, 0)
        self.turns[name] = turn + 1
        which = variant(len(words.zh), turn)
        zh, en = words.zh[which], words.en[which]
        self._saying = Utterance(zh, en, time, duration(zh), name)
        return self._saying

    def say_politely(self, name: str, time: float, *, every: float) -> bool:
        """Say it unless something is being said, or it was said less than ``every`` [s] ago."""
        if self.current(time) is not None or time - self._last.get(name, -1e9) < every:
            return False
        return self.say(name, time) is not None

    def current(self, time: float) -> Utterance | None:
        """Return what is being said at ``time``."""
        saying = self._saying
        return saying if saying and time < saying.start + saying.duration else None

    def hush(self) -> None:
        """Stop talking."""
        self._saying = None
