"""Behaviours that run, and what they want of each channel."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Light, Resource, ToolCue, Words
from robotics.behaviour.resources import chime_at, looked_at, tools_at
from robotics.behaviour.steps import Course
from robotics.core.messages import Chime, Music, Playing, Utterance


class Mouth(Protocol):
    """Speaks and sings, one thing at a time."""

    def utter(self, words: Words, behaviour: Behaviour, time: float) -> Utterance | None:
        """Begin; None if there is nothing to say."""

    def current(self, time: float) -> Utterance | None:
        """Return what is being said."""

    def hush(self) -> None:
        """Stop talking."""


@dataclass(frozen=True, slots=True)
class Performance:
    """What all behaviours that run want now, one value for each channel."""

    clips: tuple[Playing, ...] = ()
    """The foremost first."""
    voice: Utterance | None = None
    music: Music | None = None
    look: str = ""
    """``visitor``, ``ahead`` or a place; "" for nothing special."""
    twist: tuple[float, float, float] | None = None
    """Of the base; None where no behaviour moves it."""
    go_to: str = ""
    """A place to go to; "" for none."""
    light: str = ""
    tools: ToolCue | None = None
    chime: Chime | None = None
    running: tuple[str, ...] = ()
    """Names, the most important first; without what plays in the background."""
    listening: bool = False
    """Whether an answer to a question of its own is waited for."""


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the report: what began, ended or was refused, and why."""

    time: float
    """[s]."""
    behaviour: str
    what: str
    """``began``, ``ended``, ``broken off``, ``paused``, ``went on``, ``refused``, ``reloaded``."""
    reason: str = ""


@dataclass(slots=True, eq=False)
class Run:
    """A behaviour that runs."""

    behaviour: Behaviour
    uses: frozenset[Resource]
    start: float
    """Moved on by pauses [s]."""
    order: int
    parent: Run | None = None
    ends: float = math.inf
    """[s]; infinite for what has steps or begins again."""
    stops: float = math.inf
    """When it is broken off [s]."""
    reason: str = ""
    paused: float | None = None
    """Since when it is held [s]."""
    for_whom: Run | None = None
    """For whom it is held."""
    said: int = 0
    """How many of its words have begun."""
    course: Course | None = None

    @property
    def depth(self) -> int:
        """How many behaviours play it."""
        return 0 if self.parent is None else 1 + self.parent.depth

    @property
    def root(self) -> Run:
        """The behaviour that was asked for, of which this is a part."""
        return self if self.parent is None else self.parent.root

    @property
    def words(self) -> tuple[Words, ...]:
        """What it says, in order of time."""
        one = self.behaviour
        return one.words or ((Words(0.0, one.zh, one.en),) if one.zh else ())

    def go_on(self, time: float) -> None:
        """End a pause."""
        assert self.paused is not None
        held = time - self.paused
        self.start, self.ends = self.start + held, self.ends + held
        self.paused = self.for_whom = None
        if self.course is not None:
            self.course.shift(held)

    def break_off(self, time: float, reason: str) -> None:
        """Let it end at the next point where it may be broken off."""
        if self.stops < math.inf:
            return
        one, passed = self.behaviour, time - self.start
        end = one.duration if self.ends == math.inf else self.ends - self.start
        allowed = one.next_stop(passed, max(end, passed))
        self.stops, self.reason = self.start + allowed, reason

    def is_part_of(self, some: list[Run]) -> bool:
        """Whether it, or what plays it, is among ``some``."""
        return self in some or (self.parent is not None and self.parent.is_part_of(some))


@dataclass(slots=True)
class Channels:
    """Collects what runs want, the most important first."""

    time: float
    clips: list[Playing] = field(default_factory=list)
    music: Music | None = None
    look: str = ""
    twist: tuple[float, float, float] | None = None
    go_to: str = ""
    light: str = ""
    tools: ToolCue | None = None
    chime: Chime | None = None
    listening: bool = False

    def take(self, run: Run) -> None:
        """Take over what is not taken yet."""
        one, passed = run.behaviour, self.time - run.start
        if one.clip is not None or one.sway is not None or one.feet:
            self.clips.append(Playing(one.name, run.start))
        if self.music is None and one.music:
            self.music = Music(one.music, run.start, one.duration)
        self.look = self.look or looked_at(one.looks, passed)
        if self.twist is None:
            self.twist = _twist(one, passed)
        self.light = self.light or _light(one.lights, passed)
        self.tools = self.tools or tools_at(one.tools, passed)
        self.chime = self.chime or chime_at(one.tools, run.start, self.time)
        course = run.course
        if course is None:
            return
        self.look, self.go_to = self.look or course.look, self.go_to or course.go_to
        self.light = self.light or (course.light.show if course.light else "")
        self.tools = self.tools or course.tools
        rung = course.chime
        if rung is not None and self.time < rung.start + rung.duration:
            self.chime = self.chime or rung
        self.listening |= course.listening


def _twist(behaviour: Behaviour, passed: float) -> tuple[float, float, float] | None:
    now = [one.twist for one in behaviour.feet if one.start <= passed < one.end]
    return now[0] if now and any(now[0]) else None


def _light(lights: tuple[Light, ...], passed: float) -> str:
    past = [one.show for one in lights if one.start <= passed]
    return past[-1] if past else ""


def performance(
    runs: Iterable[Run], background: Run | None, mouth: Mouth, time: float
) -> Performance:
    """Return what all runs want at ``time`` [s]: each channel by the most important that has it."""
    order = sorted(
        (run for run in runs if run.paused is None),
        key=lambda run: (-run.behaviour.priority, -run.depth, -run.order),
    )
    found = Channels(time)
    for run in order:
        found.take(run)
    if background is not None:
        found.take(background)
    return Performance(
        tuple(found.clips),
        mouth.current(time),
        found.music,
        found.look,
        found.twist,
        found.go_to,
        found.light,
        found.tools,
        found.chime,
        tuple(run.behaviour.name for run in order if run.parent is None),
        found.listening,
    )
