"""Who may use what: resources in use, and what becomes of a behaviour that wants them, too.

Above what an author can give (``Priority``) stand two that nobody can: balance, which takes the
body away, and safety, which takes everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Look, OnConflict, Resource, ToolCue, collide
from robotics.core.messages import Chime
from robotics.core.signals import LENGTHS

_JOINTS = {
    "head_": Resource.HEAD,
    "left_shoulder_": Resource.ARM_LEFT,
    "left_elbow": Resource.ARM_LEFT,
    "right_shoulder_": Resource.ARM_RIGHT,
    "right_elbow": Resource.ARM_RIGHT,
}
BODILY = frozenset({Resource.BODY})
"""What a lost balance takes away."""


class Verdict(StrEnum):
    """What becomes of a behaviour that wants to start."""

    START = "start"
    """Nobody is in its way."""
    BREAK_OFF = "break off"
    """Those in its way are broken off, where they may be; then it starts."""
    PAUSE = "pause"
    """Those in its way are held, and go on after it."""
    WAIT = "wait"
    REFUSE = "refuse"


class Holder(Protocol):
    """A behaviour that runs."""

    @property
    def behaviour(self) -> Behaviour:
        """What it is."""

    @property
    def uses(self) -> frozenset[Resource]:
        """What it holds."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict, and about whom."""

    verdict: Verdict
    holders: tuple[Holder, ...] = ()
    """Those in its way."""
    reason: str = ""


def uses(behaviour: Behaviour) -> frozenset[Resource]:
    """Return what a behaviour holds while it runs: as it says, else by what it moves."""
    if behaviour.resources:
        return behaviour.resources
    found: set[Resource] = set()
    for joint in () if behaviour.clip is None else behaviour.clip.joints:
        found |= {part for start, part in _JOINTS.items() if joint.startswith(start)}
    parts: tuple[tuple[object, Resource], ...] = (
        (behaviour.zh or behaviour.words, Resource.VOICE),
        (behaviour.sway, Resource.TRUNK),
        (behaviour.feet, Resource.BASE),
        (behaviour.lights, Resource.LIGHTS),
        (behaviour.tools, Resource.TOOLS),
    )
    return frozenset(found | {resource for part, resource in parts if part})


def rule(wanted: Behaviour, holders: Iterable[Holder]) -> Ruling:
    """Return what becomes of ``wanted`` among those that hold something.

    Who is more important comes in at once, unless it says itself that it waits; who is less
    important waits, or is refused. Among equals its ``on_conflict`` decides.
    """
    needed = uses(wanted)
    inside = tuple(one for one in holders if collide(needed, one.uses))
    if not inside:
        return Ruling(Verdict.START)
    names = ", ".join(one.behaviour.name for one in inside)
    rank = max(one.behaviour.priority for one in inside)
    policy = wanted.on_conflict
    if wanted.priority < rank:
        if policy is OnConflict.REFUSE:
            return Ruling(Verdict.REFUSE, inside, f"{names} is more important")
        return Ruling(Verdict.WAIT, inside)
    if policy is OnConflict.QUEUE:
        return Ruling(Verdict.WAIT, inside)
    if policy is OnConflict.PAUSE:
        return Ruling(Verdict.PAUSE, inside)
    if wanted.priority > rank or policy is OnConflict.PREEMPT:
        return Ruling(Verdict.BREAK_OFF, inside)
    parts = collide(needed, frozenset().union(*(one.uses for one in inside)))
    return Ruling(Verdict.REFUSE, inside, f"{names} uses {', '.join(sorted(parts))}")


def looked_at(looks: Iterable[Look], time: float) -> str:
    """Return where a behaviour looks ``time`` [s] after its start; "" for nowhere of its own."""
    past = [one.target for one in looks if one.start <= time]
    return past[-1] if past else ""


def tools_at(cues: Iterable[ToolCue], time: float) -> ToolCue | None:
    """Return the tools' settings ``time`` [s] after the start: each by the last cue that names it.

    None where no cue has named one.
    """
    past = [one for one in cues if one.start <= time]
    brush = next((one.brush for one in reversed(past) if one.brush is not None), None)
    spray = next((one.spray for one in reversed(past) if one.spray is not None), None)
    if brush is None and spray is None:
        return None
    return ToolCue(past[-1].start, brush, spray)


def chime_at(cues: Iterable[ToolCue], start: float, time: float) -> Chime | None:
    """Return what rings at ``time`` in a behaviour that began at ``start`` [s]: the last chime."""
    rung = [one for one in cues if one.chime and one.start <= time - start]
    if not rung:
        return None
    last = rung[-1]
    found = Chime(last.chime, start + last.start, LENGTHS.get(last.chime, 1.0))
    return found if time < found.start + found.duration else None
