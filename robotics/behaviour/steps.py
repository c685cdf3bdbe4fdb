"""Steps at work: what waits for the world, one after the other, each bounded in time.

A course is told the situation at every decision and tells its stage what to do. It keeps no clock
and draws no lots: the same situations give the same course.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from robotics.behaviour.actions import Action, Moment
from robotics.behaviour.compiled import Light, Step, ToolCue, Words
from robotics.behaviour.situation import Situation, matches
from robotics.core.messages import Chime
from robotics.core.signals import LENGTHS

AT_ONCE = 200
"""So many steps may follow one another within one decision: a loop that does nothing ends."""
HUNG = 30.0
"""Words and gestures that take longer than this are left behind [s]."""
SETTLED = 0.3
"""So long after a way was asked for, "arrived" may still be about the last one [s]."""


class Stage(Protocol):
    """What a course acts upon."""

    def speak(self, words: Words, time: float) -> float:
        """Begin to say or sing ``words``; return how long that takes [s]."""

    def play(self, name: str, time: float) -> float:
        """Begin a behaviour as a part of this one; return how long it takes [s], 0 if refused."""

    def action(self, name: str) -> Action | None:
        """Return an action; None if there is none."""


@dataclass(slots=True)
class _Frame:
    steps: tuple[Step, ...]
    left: int = 1
    """Times to go through, this one included."""
    place: int = 0


@dataclass(slots=True)
class Course:
    """The way through a behaviour's steps.

    Attributes:
        look: Where it looks; "" for nowhere of its own.
        go_to: The place that it is on its way to; "" for none.
        listening: Whether it waits for an answer.
        light: What the face shows; None to leave it.
        tools: Settings of tools; None to leave them.
        chime: What was rung last.
        said: When each kind of step was begun, for the report: (time, kind, name).
    """

    stage: Stage
    frames: list[_Frame] = field(default_factory=list)
    look: str = ""
    go_to: str = ""
    listening: bool = False
    light: Light | None = None
    tools: ToolCue | None = None
    chime: Chime | None = None
    _since: float = 0.0
    _until: float = 0.0
    _begun: bool = False
    _heard: str = ""
    _played: set[int] = field(default_factory=set)

    @staticmethod
    def of(steps: tuple[Step, ...], stage: Stage) -> Course:
        """Return the course through ``steps``."""
        return Course(stage, [_Frame(steps)])

    def shift(self, seconds: float) -> None:
        """Go on after a pause of ``seconds`` [s]."""
        self._since += seconds
        self._until += seconds

    def advance(self, now: Situation) -> bool:
        """Go on as far as possible; return whether the course is at its end."""
        for _ in range(AT_ONCE):
            step = self._current()
            if step is None:
                self.go_to, self.listening = "", False
                return True
            if not self._begun:
                self._begin(step, now)
            inner = self._inner(step, now)
            if inner is None:
                return False
            self._leave(inner)
        return False

    def _current(self) -> Step | None:
        while self.frames:
            frame = self.frames[-1]
            if frame.place < len(frame.steps):
                return frame.steps[frame.place]
            frame.left -= 1
            frame.place = 0
            if frame.left <= 0 or not frame.steps:
                self.frames.pop()
        return None

    def _leave(self, inner: list[_Frame]) -> None:
        """Go on behind the present step, through ``inner`` first."""
        self.frames[-1].place += 1
        self.frames += inner
        self._begun, self.listening, self.go_to = False, False, ""

    def _begin(self, step: Step, now: Situation) -> None:
        self._begun, self._since, self._until = True, now.time, now.time
        self._played = set()
        if step.words is not None:
            self._until = now.time + min(self.stage.speak(step.words, now.time), HUNG + 300.0)
        if step.kind == "play":
            self._until = now.time + self.stage.play(step.name, now.time)
        elif step.kind == "look":
            self.look = step.name
        elif step.kind == "go_to":
            self.go_to, self._until = step.name, now.time + step.seconds
        elif step.kind in ("wait", "wait_for"):
            self._until = now.time + step.seconds

    def _inner(self, step: Step, now: Situation) -> list[_Frame] | None:
        """Return what follows inside a step that is over; None while it is not."""
        passed = now.time - self._since
        if step.kind in ("say", "ask"):
            self._gesture(step, passed, now.time)
        if step.kind == "ask":
            return self._asked(step, now)
        if step.kind == "choose":
            return _chosen(step, self._heard, now)
        if step.kind == "repeat":
            return [_Frame(step.branches[0][1], step.times)] if step.branches else []
        if step.kind == "wait_for":
            if now.holds(step.name):
                return []
            late = now.time >= self._until
            return [_Frame(inner) for _, inner in step.branches[:1]] if late else None
        if step.kind == "go_to":
            there = now.arrived and passed > SETTLED
            return [] if there or now.time >= self._until else None
        if step.kind == "act":
            return [] if self._acted(step, passed, now) else None
        return [] if now.time >= self._until else None

    def _gesture(self, step: Step, passed: float, time: float) -> None:
        """Begin the gestures that run along, each when its word comes."""
        along = [(name, at) for name, at in step.arguments if isinstance(at, float)]
        if not along and step.name:
            along = [(step.name, 0.0)]
        for place, (name, at) in enumerate(along):
            if place not in self._played and passed >= at:
                self._played.add(place)
                self._until = max(self._until, time + self.stage.play(name, time))

    def _asked(self, step: Step, now: Situation) -> list[_Frame] | None:
        if now.time < self._until:
            return None
        self.listening = True
        if now.heard:
            self._heard = now.heard[-1]
            return _chosen(step, self._heard, now)
        waited = now.time - self._until
        if waited < step.seconds:
            return None
        self._heard = ""
        return _chosen(step, "", now)

    def _acted(self, step: Step, passed: float, now: Situation) -> bool:
        action = self.stage.action(step.name)
        if action is None or (step.seconds > 0.0 and passed >= step.seconds):
            return True
        effect = action.ask(Moment(passed, dict(step.arguments), now.holds("visitor_near")))
        if effect.words is not None and not now.speaking:
            self.stage.speak(effect.words, now.time)
        self.look = self.look if effect.look is None else effect.look.target
        self.light = effect.light or self.light
        self.tools = effect.tools or self.tools
        rung = effect.tools.chime if effect.tools else ""
        if rung and not (self.chime and now.time < self.chime.start + self.chime.duration):
            self.chime = Chime(rung, now.time, LENGTHS.get(rung, 1.0))
        return effect.is_done


def _chosen(step: Step, heard: str, now: Situation) -> list[_Frame]:
    for condition, inner in step.branches:
        if matches(condition, heard, now):
            return [_Frame(inner)] if inner else []
    return []
