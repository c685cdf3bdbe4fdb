"""A behaviour ready to run: everything is on seconds, nothing is left to look up.

The format (`format/`) makes these from files, the certificate proves them, the runner plays them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from robotics.behaviour.clips import Curve


class Resource(StrEnum):
    """What a behaviour uses alone while it runs. ``BODY`` holds all the joints."""

    BODY = "body"
    HEAD = "head"
    ARM_LEFT = "arm_left"
    ARM_RIGHT = "arm_right"
    TRUNK = "trunk"
    BASE = "base"
    VOICE = "voice"
    LIGHTS = "lights"
    TOOLS = "tools"


WHOLE = {
    Resource.BODY: frozenset(
        {Resource.HEAD, Resource.ARM_LEFT, Resource.ARM_RIGHT, Resource.TRUNK, Resource.BASE}
    )
}
"""Resources that hold others."""


def collide(first: frozenset[Resource], second: frozenset[Resource]) -> frozenset[Resource]:
    """Return the resources that both sets would use at once."""
    return _spread(first) & _spread(second)


def _spread(some: frozenset[Resource]) -> frozenset[Resource]:
    inner = [WHOLE[one] for one in some if one in WHOLE]
    return some.union(*inner)


class Interruptible(StrEnum):
    """Where a behaviour may be broken off by a more important one."""

    ALWAYS = "always"
    AT_BEAT = "at_beat"
    AT_PHRASE = "at_phrase"
    NEVER = "never"


class OnConflict(StrEnum):
    """What becomes of a behaviour whose resources another one holds."""

    REFUSE = "refuse"
    QUEUE = "queue"
    PREEMPT = "preempt"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class Words:
    """Something said or sung: variants that are used in turn, the same number in both languages."""

    start: float
    """After the behaviour's start [s]."""
    zh: tuple[str, ...] = ()
    """With pronunciation tags, without gesture tags."""
    en: tuple[str, ...] = ()
    song: str = ""
    """A file of ``behaviours/songs`` without its ending; "" for speech. Where it is also the
    behaviour's music, the voice joins in at ``start`` and keeps to the beats of the music."""


@dataclass(frozen=True, slots=True)
class Sway:
    """The trunk over the standing feet."""

    forward: Curve | None = None
    """Of the centre of mass [m]."""
    left: Curve | None = None
    """[m]."""
    up: Curve | None = None
    """[m]; negative to bend the knees."""
    turn: Curve | None = None
    """Of the pelvis about the vertical, counter-clockwise [rad]."""

    def offset(self, time: float) -> tuple[float, float, float, float]:
        """Return (forward, left, up) [m] and turn [rad] at ``time`` [s] after the start."""
        curves = (self.forward, self.left, self.up, self.turn)
        forward, left, up, turn = (0.0 if one is None else one.angle(time) for one in curves)
        return forward, left, up, turn


@dataclass(frozen=True, slots=True)
class Stretch:
    """The base moves (or the feet step on the spot) for a while."""

    start: float
    """[s]."""
    end: float
    """[s]."""
    twist: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """(vx, vy, wz) in the base [m/s, m/s, rad/s]; zeros step on the spot."""
    step_time: float = 0.0
    """Of one step, so that the feet meet the beat [s]; 0 for the gait's own."""


@dataclass(frozen=True, slots=True)
class Look:
    """Where the face turns from an instant on."""

    start: float
    target: str
    """``visitor``, ``ahead``, or a place of the site; "" gives the head back to the clip."""


@dataclass(frozen=True, slots=True)
class Light:
    """What the face or the beacon shows from an instant on."""

    start: float
    show: str


@dataclass(frozen=True, slots=True)
class ToolCue:
    """The sweeper's tools from an instant on, each 0 to 1; None leaves one as it is."""

    start: float
    brush: float | None = None
    spray: float | None = None
    chime: str = ""


@dataclass(frozen=True, slots=True)
class Exit:
    """How a behaviour is left when it is broken off."""

    pose: str = "stand"
    within: float = 0.8
    """[s]."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a behaviour that waits for the world; ``kind`` says which fields count."""

    kind: str
    """``say``, ``ask``, ``go_to``, ``play``, ``look``, ``wait``, ``wait_for``, ``choose``,
    ``repeat`` or ``act``."""
    words: Words | None = None
    name: str = ""
    """Of the behaviour, place, event or action; for words, the first gesture that runs along. A
    behaviour with parameters has them in its name, and is in the repertoire under it."""
    seconds: float = 0.0
    """How long, or at most how long [s]."""
    times: int = 1
    branches: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    """For ``choose``, ``ask`` and ``repeat``: condition ("" for always), steps; the first that
    holds counts: ``heard 好 | yes`` or an event. For ``wait_for``: ``otherwise``, steps."""
    arguments: tuple[tuple[str, float | str], ...] = ()
    """Of an action; for words, every gesture and how long after their start it starts [s]."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The beats of a behaviour; without music there are none."""

    beats: tuple[float, ...] = ()
    """Growing [s]."""
    phrases: tuple[float, ...] = ()
    """[s]."""

    def next_stop(self, rule: Interruptible, time: float, end: float) -> float:
        """Return when a behaviour may be broken off that was asked to at ``time`` [s]."""
        if rule is Interruptible.ALWAYS:
            return time
        if rule is Interruptible.NEVER:
            return max(time, end)
        marks = self.beats if rule is Interruptible.AT_BEAT else self.phrases
        place = bisect_right(marks, time)
        return min(marks[place] if place < len(marks) else end, max(time, end))
