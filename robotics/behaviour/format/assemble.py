"""Tracks put together: strands made one clip, gestures let in, everything on seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from robotics.behaviour.clips import Clip
from robotics.behaviour.compiled import Light, Look, Resource, Stretch, Sway, ToolCue, Words
from robotics.behaviour.format.cues import Cue, Tracks
from robotics.behaviour.format.moves import AXES, in_order, lights, looks, stretches, tools, trunk
from robotics.behaviour.format.poses import GROUPS
from robotics.behaviour.format.strands import Strand, by_joint, joined, overlaps
from robotics.behaviour.format.task import Task
from robotics.behaviour.format.tracks import check_speed, strands
from robotics.behaviour.format.words import Insert, said, spoken_time, voice
from robotics.core.config import Location

JOINTED = ("head", "arm_left", "arm_right", "arms")
"""Tracks of joints."""


@dataclass(slots=True)
class Parts:
    """What the tracks of a file come to."""

    strands: list[Strand] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    lights: list[Light] = field(default_factory=list)
    tools: list[ToolCue] = field(default_factory=list)
    feet: list[Stretch] = field(default_factory=list)

    @property
    def end(self) -> float:
        """When the last movement is over [s]."""
        moments = [one.end for one in self.strands] + [one.end for one in self.feet]
        cues: Iterable[Look | Light | ToolCue] = (*self.looks, *self.lights, *self.tools)
        return max([*moments, *(one.start for one in cues)], default=0.0)


def parts_of(task: Task) -> Parts:
    """Return what the words at the start and the tracks of a file come to."""
    parts = Parts()
    inserts: list[Insert] = []
    script = task.script
    if script.say is not None:
        words, inserts = said(task, ("say",), 0.0, script.say)
        parts.words.append(words)
    tracks = script.tracks
    if tracks is not None:
        inserts += _tracks(task, tracks, parts)
    for one in inserts:
        _let_in(one, parts)
        clip = one.behaviour.clip
        for joint in () if clip is None else clip.joints:
            where, end = task.sheet.origin(one.at), one.start + one.behaviour.duration
            task.sheet.knots += [(joint, one.start, where), (joint, end, where)]
    parts.words.sort(key=lambda one: one.start)
    for some in (parts.looks, parts.lights, parts.tools, parts.feet):
        some.sort(key=lambda one: one.start)
    return parts


def cues_of(tracks: Tracks) -> Iterable[tuple[str, Sequence[Cue]]]:
    """Yield the name and the cues of every track that is there."""
    for name in Tracks.model_fields:
        cues = getattr(tracks, name)
        if cues:
            yield name, cues


def _tracks(task: Task, tracks: Tracks, parts: Parts) -> list[Insert]:
    inserts: list[Insert] = []
    for name, cues in cues_of(tracks):
        in_order(task, name, cues)
    for name in JOINTED:
        cues = getattr(tracks, name)
        if cues:
            parts.strands += strands(task, name, cues)
    if tracks.voice:
        words, inserts = voice(task, tracks.voice)
        parts.words += words
    if tracks.head:
        parts.looks += looks(task, tracks.head)
    if tracks.trunk:
        parts.strands += trunk(task, tracks.trunk)
    for name in ("feet", "drive"):
        paces = getattr(tracks, name)
        parts.feet += stretches(task, name, paces) if paces else []
    parts.lights += lights(task, tracks.lights or ())
    parts.tools += tools(task, tracks)
    return inserts


def _let_in(one: Insert, parts: Parts) -> None:
    """Add a gesture to what else goes on."""
    source, start = f"[{one.behaviour.name}]", one.start
    clip, sway = one.behaviour.clip, one.behaviour.sway
    pairs = [] if clip is None else list(zip(clip.joints, clip.curves, strict=True))
    if sway is not None:
        axes = ((f"trunk.{axis}", getattr(sway, axis)) for axis in AXES)
        pairs += [(name, one_curve) for name, one_curve in axes if one_curve is not None]
    for joint, one_curve in pairs:
        parts.strands.append(Strand(joint, one_curve, "", ()).later(start, source, one.at))
    for look in one.behaviour.looks:
        parts.looks.append(Look(start + look.start, look.target))
    for light in one.behaviour.lights:
        parts.lights.append(Light(start + light.start, light.show))
    for cue in one.behaviour.tools:
        parts.tools.append(ToolCue(start + cue.start, cue.brush, cue.spray, cue.chime))
    for pace in one.behaviour.feet:
        moved = Stretch(start + pace.start, start + pace.end, pace.twist, pace.step_time)
        parts.feet.append(moved)


def weave(task: Task, parts: Parts, duration: float) -> tuple[Clip | None, Sway | None]:
    """Return all strands as one clip and one sway; two that move a joint at once are noted."""
    curves = {}
    together: set[tuple[str, str]] = set()
    for joint, some in by_joint(parts.strands).items():
        pairs = list(overlaps(some))
        for first, second in pairs:
            if (first.source, second.source) not in together:  # once for a whole arm
                _note_overlap(task, first, second)
            together.add((first.source, second.source))
        if pairs:
            continue
        curves[joint] = joined(some)
        for before, after in pairwise(some):
            if not joint.startswith("trunk.") and after.start > before.end:
                bridge = joined([before, after])
                places: list[Location] = [after.at] * len(bridge.times)
                check_speed(task, joint, bridge, places)
    joints = tuple(name for name in curves if not name.startswith("trunk."))
    clip = None
    if joints:
        name, loop = task.script.behaviour, task.script.loop
        clip = Clip(name, duration, loop, joints, tuple(curves[joint] for joint in joints))
    axes = [curves.get(f"trunk.{axis}") for axis in AXES]
    return clip, Sway(*axes) if any(one is not None for one in axes) else None


def _note_overlap(task: Task, first: Strand, second: Strand) -> None:
    later = second if second.start > first.start or second.source.startswith("[") else first
    words = {
        "first": first.source,
        "second": second.source,
        "joint": first.joint,
        "from_": task.timing.shown(round(second.start, 3)),
        "to": task.timing.shown(round(min(first.end, second.end), 3)),
    }
    task.sheet.fault(later.at, "two_tracks", task.timing.spot(second.start, first.joint), **words)


def resources_of(parts: Parts) -> frozenset[Resource]:
    """Return what these parts use alone."""
    found = set()
    for one in parts.strands:
        if one.joint.startswith("trunk."):
            found.add(Resource.TRUNK)
        found |= {Resource(g) for g in JOINTED[:3] if one.joint.startswith(GROUPS[g])}
    uses: tuple[tuple[object, Resource], ...] = (
        (parts.words, Resource.VOICE),
        (parts.looks, Resource.HEAD),
        (parts.lights, Resource.LIGHTS),
        (parts.tools, Resource.TOOLS),
        (parts.feet, Resource.BASE),
    )
    return frozenset(found | {resource for some, resource in uses if some})


def spoken_until(task: Task, words: Sequence[Words]) -> float:
    """Return when the last word is out [s]."""
    return max((one.start + spoken_time(task, one) for one in words), default=0.0)
