"""A robot's mouth: one utterance at a time, its variants in turn, and manners about how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Words
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
    language: str = "zh"
    """Which language is said aloud: ``zh`` or ``en``."""
    songs: Mapping[str, float] = field(default_factory=dict)
    """How long each song is [s]."""

    def say(self, name: str, time: float) -> Utterance | None:
        """Start to say the words of a behaviour; None if it has none.

        Raises:
            UnknownName: There is no such behaviour.
        """
        if name not in self.behaviours:
            raise UnknownName("behaviour", name, list(self.behaviours))
        one = self.behaviours[name]
        words = one.words[0] if one.words else Words(0.0, one.zh, one.en)
        return self.utter(words, one, time)

    def utter(self, words: Words, behaviour: Behaviour, time: float) -> Utterance | None:
        """Start to say or sing ``words`` of a behaviour; None if there are none.

        Variants are used in turn; a song lasts as long as its behaviour goes on, at most.
        """
        name = behaviour.name
        self._last[name] = time
        if words.song:
            length = self.songs.get(words.song, max(behaviour.duration - words.start, 0.0))
            zh, en = behaviour.title
            return self.speak(Utterance(zh, en, time, length, name, self.language, words.song))
        if not words.zh:
            return None
        place = behaviour.words.index(words) if words in behaviour.words else 0
        key = f"{name} {place}" if place else name
        turn = self.turns.get(key, 0)
        self.turns[key] = turn + 1
        which = variant(len(words.zh), turn)
        zh, en = words.zh[which], words.en[which]
        spoken = en if self.language == "en" else zh
        return self.speak(Utterance(zh, en, time, duration(spoken), name, self.language))

    def speak(self, utterance: Utterance) -> Utterance:
        """Say this, whatever was being said."""
        self._saying = utterance
        self._last[utterance.behaviour] = utterance.start
        return utterance

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
