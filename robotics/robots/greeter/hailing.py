"""Hellos with words alone: who comes is greeted, whatever arms and legs are doing.

While it dances, walks, shakes a hand or bows the mouth is free. A song is held for a word between
two phrases, as singers do, while the music goes on: the phrase that the word has taken is left out.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.guests import Guest
from robotics.core.messages import Utterance
from robotics.robots.greeter.audience import Audience, has_come_up, passes_by
from robotics.robots.greeter.greetings import greetings
from robotics.robots.performer import Performer

SHORT = "greet_too"
"""The behaviour with short words."""
PASSING, CLOSER = "greet_passing", "greet_closer"
"""… for people who walk past; for those who were greeted from afar and have come up."""
SOON = 8.0
"""So soon after a long greeting short words will do [s]."""
WORD = 2.4
"""A word is said if so much of a phrase is left [s]."""
BEGUN = 0.1
"""A phrase has just begun for so long [s]."""


@dataclass(slots=True)
class Song:
    """A song that may be held between two phrases.

    Attributes:
        sung: What is sung.
        phrases: When its phrases begin [s], growing.
        held: Whether it is held now.
        since: Since when it is sung without a stop [s].
    """

    sung: Utterance
    phrases: tuple[float, ...]
    held: bool = False
    since: float = 0.0

    @staticmethod
    def of(sung: Utterance, behaviour: Behaviour) -> Song:
        """Return the song of a behaviour that has begun to sing."""
        begins = next((one.start for one in behaviour.words if one.song == sung.song), 0.0)
        marks = tuple(sung.start - begins + mark for mark in behaviour.grid.phrases)
        return Song(sung, marks, since=sung.start)

    @property
    def ends(self) -> float:
        """When it ends [s]."""
        return self.sung.start + self.sung.duration

    def begins(self, time: float) -> bool:
        """Whether a phrase has just begun."""
        return any(0.0 <= time - mark < BEGUN for mark in self.phrases)

    def left(self, time: float) -> float:
        """Return the time until the next phrase begins, or the song ends [s]."""
        place = bisect_right(self.phrases, time)
        mark = self.phrases[place] if place < len(self.phrases) else self.ends
        return mark - time

    def may_stop(self, time: float) -> bool:
        """Whether it may be held now: two phrases in a row are never left out."""
        fresh = time - self.since < 2.0 * BEGUN and self.since > self.sung.start
        return self.begins(time) and not fresh and self.left(time) >= WORD

    def rest(self, time: float) -> Utterance:
        """Go on; return what is left to sing."""
        self.held, self.since = False, time
        return replace(self.sung, start=time, duration=self.ends - time)


@dataclass(slots=True)
class Hails:
    """Greets all strangers at once, in words that suit.

    Attributes:
        acts: Its mouth.
        audience: Who is near.
        last: When it began to greet somebody last [s].
    """

    acts: Performer
    audience: Audience
    last: float = -1e9
    _said: str = ""
    """What it greeted with last."""
    _song: Song | None = field(default=None)

    @property
    def sings(self) -> bool:
        """Whether a song is sung, or held for a word."""
        return self._song is not None

    def suited(self, guests: list[Guest], time: float, clock: float) -> tuple[str, ...]:
        """Return the greetings that suit, the best first.

        Args:
            guests: Who is greeted.
            time: [s].
            clock: Time of day [s since midnight].
        """
        known = self.acts.runner.repertoire
        usual = greetings(guests, clock, known)
        looks = [self.audience.find(guest) for guest in guests]
        for name, fits in ((CLOSER, has_come_up), (PASSING, passes_by)):
            if name in known and all(one is not None and fits(one) for one in looks):
                return (name, *usual)
        soon = time - self.last < SOON and SHORT in known and self._said != SHORT
        return (SHORT, *usual) if soon else usual

    def said(self, name: str, time: float) -> None:
        """Take note that it greets with ``name`` from ``time`` [s] on."""
        self._said, self.last = name, time

    def call(self, time: float, clock: float, *, short: bool = False) -> list[Guest]:
        """Say hello to all strangers if it is time and the mouth is free; return them.

        Args:
            time: [s].
            clock: Time of day [s since midnight].
            short: In few words.
        """
        if not self.audience.waiting() or self.acts.current(time) is not None:
            return []
        guests = [one.guest for one in self.audience.strangers()]
        names = self.suited(guests, time, clock)
        if short and SHORT in self.acts.runner.repertoire:
            names = (SHORT,)
        if not names or self.acts.speaker.say(names[0], time) is None:
            return []
        self.said(names[0], time)
        return self.audience.greet()

    def while_showing(self, name: str, time: float, clock: float) -> list[Guest]:
        """Say hello from a show, a song held between two phrases for it; return whom it greeted.

        Args:
            name: The behaviour that is shown.
            time: [s].
            clock: Time of day [s since midnight].
        """
        saying = self.acts.current(time)
        if self._song is None and saying is not None and saying.song:
            self._song = Song.of(saying, self.acts.runner.repertoire[name])
        song = self._song
        if song is None:
            return self.call(time, clock)
        if not song.held and song.may_stop(time) and self.audience.waiting():
            song.held = True
            self.acts.speaker.hush()
        elif song.held and saying is None and song.begins(time) and song.ends - time > WORD:
            self.acts.speaker.speak(song.rest(time))
        if song.held and song.left(time) >= WORD:
            return self.call(time, clock, short=True)
        return []

    def forget_song(self) -> None:
        """It does not sing any more."""
        self._song = None
