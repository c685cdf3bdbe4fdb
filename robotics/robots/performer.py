"""How a mission performs behaviours: by name, politely, in the world as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.runner import Runner
from robotics.behaviour.runs import Performance
from robotics.behaviour.situation import Situation
from robotics.core.messages import Utterance
from robotics.robots.speaker import Speaker


class Polite(Protocol):
    """Says things, but not over itself and not again and again."""

    def say_politely(self, name: str, time: float, *, every: float) -> bool:
        """Say it unless something is being said, or it was said less than ``every`` [s] ago."""


class Performer:
    """A runner, a mouth, and the world that they are told of.

    Args:
        behaviours: The repertoire.
        permitted: Why a behaviour may not run on this body; "" if it may.
        songs: How long each song is [s].
        learn: Tells the body of a changed repertoire.

    Attributes:
        runner: Plays the behaviours.
        speaker: Speaks the words.
        world: What the runner was told last.
        seen: What it wanted then.
    """

    def __init__(
        self,
        behaviours: Mapping[str, Behaviour],
        *,
        permitted: Callable[[Behaviour], str],
        songs: Mapping[str, float],
        learn: Callable[[Mapping[str, Behaviour]], None],
    ) -> None:
        self.speaker = Speaker(behaviours, songs=songs)
        self.runner = Runner(behaviours, self.speaker, permitted=permitted, swapped=self._learn)
        self.world, self.seen = Situation(0.0), Performance()
        self._tell_body = learn
        self._begun: dict[str, float] = {}

    def begin(self, name: str, time: float, *, every: float = 0.0) -> bool:
        """Start a behaviour unless it was begun less than ``every`` [s] ago; return whether.

        Raises:
            UnknownName: There is no such behaviour.
        """
        if time - self._begun.get(name, -1e9) < every:
            return False
        if self.runner.start(name, replace(self.world, time=time)):
            return False
        self._begun[name] = time
        return True

    def begin_one(self, names: tuple[str, ...], time: float) -> str:
        """Start the first behaviour that may; return it, "" if none may."""
        return next((name for name in names if self.begin(name, time)), "")

    def say_politely(self, name: str, time: float, *, every: float) -> bool:
        """Start it unless something is being said, or it was begun less than ``every`` [s] ago."""
        return self.current(time) is None and self.begin(name, time, every=every)

    def advance(self, world: Situation) -> Performance:
        """Go on to ``world``."""
        self.world = world
        self.seen = self.runner.advance(world)
        return self.seen

    def break_off(self, time: float, reason: str) -> None:
        """Break off everything that runs, each where it may be."""
        for name in self.seen.running:
            self.runner.stop(name, time, reason)

    def current(self, time: float) -> Utterance | None:
        """Return what is being said at ``time`` [s]."""
        return self.speaker.current(time)

    def hush(self, time: float, reason: str) -> None:
        """End everything, at once."""
        self.runner.clear(time, reason)
        self.speaker.hush()

    def _learn(self, behaviours: Mapping[str, Behaviour]) -> None:
        self.speaker.behaviours = behaviours
        self._tell_body(behaviours)
