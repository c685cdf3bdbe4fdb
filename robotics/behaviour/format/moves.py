"""The trunk over the feet, the feet, where the face looks, lights and tools."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from robotics.behaviour.clips import curve
from robotics.behaviour.compiled import Light, Look, Stretch, ToolCue
from robotics.behaviour.format.cues import (
    ChimeCue,
    Cue,
    FeetCue,
    HeadCue,
    LevelCue,
    LightCue,
    Tracks,
    TrunkCue,
)
from robotics.behaviour.format.strands import Strand
from robotics.behaviour.format.task import Task
from robotics.core.config import Location

AXES = ("forward", "left", "up", "turn")
"""Of the trunk; the last one is an angle."""


def in_order(task: Task, group: str, cues: Sequence[Cue]) -> None:
    """Note cues of a track that do not come one after the other."""
    moments = []
    for place, cue in enumerate(cues):
        tempo = task.timing.tempo
        if cue.time is not None:
            moments.append((cue.time, place))
        elif cue.beat is not None and tempo is not None:
            moments.append((tempo.seconds(cue.beat), place))
    for (before, _), (now, place) in pairwise(moments):
        if now <= before:
            key = "time" if cues[place].beat is None else "beat"
            words = {"now": task.timing.shown(now), "before": task.timing.shown(before)}
            task.sheet.fault(("tracks", group, place, key), "order", **words)


def trunk(task: Task, cues: Sequence[TrunkCue]) -> list[Strand]:
    """Return the movements of the trunk by axis [m], turn [rad]."""
    knots: list[tuple[float, TrunkCue]] = []
    for place, cue in enumerate(cues):
        time = task.timing.of(("tracks", "trunk", place), cue)
        if time is not None and (not knots or time > knots[-1][0]):
            knots.append((time, cue))
            place_in_file = task.sheet.origin(("tracks", "trunk", place))
            task.sheet.knots.append(("trunk", time, place_in_file))
    if not knots:
        return []
    home = TrunkCue(time=0.0)
    if knots[0][0] > 0.0:
        knots.insert(0, (0.0, home))
    last: Location = ("tracks", "trunk", len(cues) - 1)
    ends = any(getattr(knots[-1][1], axis) != getattr(knots[0][1], axis) for axis in AXES)
    if ends and (task.script.loop or task.script.ends == "standing"):
        task.sheet.fault(last, "trunk_return", task.timing.spot(knots[-1][0]))
    if len(knots) == 1:
        knots.append((knots[0][0] + 0.1, knots[0][1]))
    found = []
    for axis in AXES:
        values = tuple(getattr(cue, axis) for _, cue in knots)
        if any(values):
            scaled = tuple(map(math.radians, values)) if axis == "turn" else values
            one = curve(tuple(time for time, _ in knots), scaled)
            found.append(Strand(f"trunk.{axis}", one, "trunk", ("tracks", "trunk")))
    return found


def stretches(task: Task, group: str, cues: Sequence[FeetCue]) -> list[Stretch]:
    """Return when the base moves or the feet step; each in one tempo."""
    found: list[Stretch] = []
    for place, cue in enumerate(cues):
        at: Location = ("tracks", group, place)
        start, end = task.timing.of(at, cue), task.timing.until(at, cue, cue.until)
        if start is None or end is None:
            continue
        if end <= start:
            task.sheet.fault((*at, "until"), "until", task.timing.spot(start))
            continue
        twist = (cue.forward, cue.left, math.radians(cue.turn))
        if any(twist) == (cue.step is not None):
            task.sheet.fault(at, "pose_or_joints", allowed="step, forward/left/turn")
        found += _paced(task, (start, end), twist, cue.beats_per_step)
    return found


def _paced(
    task: Task, span: tuple[float, float], twist: tuple[float, float, float], beats: float
) -> list[Stretch]:
    tempo = task.timing.tempo
    if tempo is None:
        return [Stretch(*span, twist)]
    changes = [tempo.seconds(beat) for beat in tempo.beats]
    marks = [span[0], *(time for time in changes if span[0] < time < span[1]), span[1]]
    found = []
    for start, end in pairwise(marks):
        beat = (end - start) / (tempo.beat(end) - tempo.beat(start))
        found.append(Stretch(start, end, twist, beats * beat))
    return found


def looks(task: Task, cues: Sequence[HeadCue]) -> list[Look]:
    """Return where the face turns; "" where the head's own movement goes on."""
    found: list[Look] = []
    for place, cue in enumerate(cues):
        time = task.timing.of(("tracks", "head", place), cue)
        if time is None:
            continue
        if cue.look is not None:
            found.append(Look(time, cue.look))
        elif found and found[-1].target:
            found.append(Look(time, ""))
    return found


def lights(task: Task, cues: Sequence[LightCue]) -> list[Light]:
    """Return what is shown from when on."""
    times = [task.timing.of(("tracks", "lights", place), cue) for place, cue in enumerate(cues)]
    pairs = zip(times, cues, strict=True)
    return [Light(time, cue.show.value) for time, cue in pairs if time is not None]


def tools(task: Task, tracks: Tracks) -> list[ToolCue]:
    """Return what brush, spray and chime do, in order of time."""
    found: list[ToolCue] = []
    groups: tuple[tuple[str, Sequence[LevelCue | ChimeCue]], ...] = (
        ("brush", tracks.brush or ()),
        ("spray", tracks.spray or ()),
        ("chime", tracks.chime or ()),
    )
    for group, cues in groups:
        for place, cue in enumerate(cues):
            time = task.timing.of(("tracks", group, place), cue)
            if time is None:
                continue
            if isinstance(cue, ChimeCue):
                found.append(ToolCue(time, chime=cue.chime.value))
            elif group == "brush":
                found.append(ToolCue(time, brush=cue.level))
            else:
                found.append(ToolCue(time, spray=cue.level))
    return sorted(found, key=lambda one: one.start)
