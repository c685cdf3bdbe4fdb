"""Keyframes of the head and the arms: poses and angles, made curves and checked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from robotics.behaviour.clips import SPEED_SHARE, Curve, curve
from robotics.behaviour.format.cues import ArmCue, HeadCue
from robotics.behaviour.format.poses import GROUPS, REST, check_angle, joints_of
from robotics.behaviour.format.sheet import Spot
from robotics.behaviour.format.strands import Strand
from robotics.behaviour.format.task import Task
from robotics.core.config import Location

HELD = 0.1
"""Length of a strand that only holds [s]."""
AFTER_LOOK = 1.0
"""Time in which the head comes back to its start while it looks at something [s]."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Angles at an instant."""

    time: float
    angles: Mapping[str, float]
    """[deg] by joint."""
    at: Location


def strands(task: Task, group: str, cues: Sequence[ArmCue | HeadCue]) -> list[Strand]:
    """Return the movements of one track, by joint; what is wrong with it is noted.

    Args:
        task: The file.
        group: ``head``, ``arm_left``, ``arm_right`` or ``arms``.
        cues: As written.
    """
    if not _has(task, group):
        return []
    frames = list(_frames(task, group, cues))
    if not frames:
        return []
    whole = task.sheet.is_whole(("tracks", group))
    rest = _rest(task, group)
    found = []
    for joint in dict.fromkeys(name for frame in frames for name in frame.angles):
        knots = [(one.time, one.angles[joint], one.at) for one in frames if joint in one.angles]
        if whole and not _starts(task, joint, frames, rest):
            continue
        if joint not in frames[0].angles and joint in rest:
            knots = [(frames[0].time, rest[joint], frames[0].at), *knots]
        knots = _home(cues, task, knots)
        if whole:
            _check_return(task, joint, knots)
        found.append(_strand(task, group, joint, knots))
    return found


def _rest(task: Task, group: str) -> dict[str, float]:
    names = task.library.table.names
    rest = joints_of(task.library.poses.get(REST, {}), group)
    return {joint: angle for joint, angle in rest.items() if joint in names}


def _has(task: Task, group: str) -> bool:
    if any(name.startswith(GROUPS[group]) for name in task.library.table.names):
        return True
    names = task.library.table.names
    allowed = [one for one, starts in GROUPS.items() if any(n.startswith(starts) for n in names)]
    words = {"group": group, "allowed": ", ".join(allowed) or "-"}
    task.sheet.fault(("tracks", group), "no_body", **words)
    return False


def _frames(task: Task, group: str, cues: Sequence[ArmCue | HeadCue]) -> Iterator[Frame]:
    for place, cue in enumerate(cues):
        at: Location = ("tracks", group, place)
        time = task.timing.of(at, cue)
        says = cue.pose is not None or cue.joints is not None
        looks = getattr(cue, "look", None) is not None
        if says == looks and task.sheet.is_whole(at):
            allowed = "pose, joints" + (", look" if group == "head" else "")
            task.sheet.fault(at, "pose_or_joints", allowed=allowed)
        if time is None or not says:
            continue
        angles = _pose(task, (*at, "pose"), group, (cue.pose, time))
        angles |= _joints(task, at, group, cue, time)
        yield Frame(time, angles, at)


def _pose(
    task: Task, at: Location, group: str, asked: tuple[str | None, float]
) -> dict[str, float]:
    """Return the angles of a group in a pose; ``asked`` is its name, and when [s]."""
    name, time = asked
    if name is None:
        return {}
    if name not in task.library.poses:
        task.sheet.unknown(at, "pose", name, task.library.poses)
        return {}
    found = joints_of(task.library.poses[name], group)
    if not found:
        task.sheet.fault(at, "pose_part", name=name, group=group)
    table, sheet = task.library.table, task.sheet
    return {
        joint: angle
        for joint, angle in found.items()
        if check_angle(sheet, table, at, (joint, angle), task.timing.spot(time, joint))
    }


def _joints(
    task: Task, at: Location, group: str, cue: ArmCue | HeadCue, time: float
) -> dict[str, float]:
    found = {}
    for name, angle in (cue.joints or {}).items():
        where = (*at, "joints", name)
        spot = task.timing.spot(time, name)
        fits = check_angle(task.sheet, task.library.table, where, (name, angle), spot)
        if name in task.library.table.names and not name.startswith(GROUPS[group]):
            starts = GROUPS[group]
            words = {"starts": "、".join(starts), "starts_en": " or ".join(starts)}
            task.sheet.fault(where, "joint_group", name=name, group=group, **words)
            fits = False
        if fits:
            found[name] = angle
    return found


def _starts(task: Task, joint: str, frames: Sequence[Frame], rest: Mapping[str, float]) -> bool:
    """Return whether it is clear where a joint begins."""
    first = frames[0]
    if joint not in first.angles and joint not in rest:
        frame = next(one for one in frames if joint in one.angles)
        task.sheet.fault((*frame.at, "joints", joint), "joint_first", name=joint)
        return False
    angle = first.angles.get(joint, rest.get(joint))
    if first.time > 0.0 and angle != rest.get(joint):
        now = task.timing.shown(first.time)
        task.sheet.fault(first.at, "late_start", task.timing.spot(first.time), now=now)
        return False
    return True


Knots = list[tuple[float, float, Location]]
"""Time [s], angle [deg], place in the file."""


def _home(cues: Sequence[ArmCue | HeadCue], task: Task, knots: Knots) -> Knots:
    """Bring the head back to its start unseen, while it looks at something until the end."""
    last = cues[-1]
    if getattr(last, "look", None) is None or knots[-1][1] == knots[0][1]:
        return knots
    beat = task.timing.tempo.seconds(last.beat) if task.timing.tempo and last.beat else 0.0
    time = last.time if last.time is not None else beat
    return [*knots, (max(time, knots[-1][0]) + AFTER_LOOK, knots[0][1], knots[-1][2])]


def _check_return(task: Task, joint: str, knots: Knots) -> None:
    (_, first, _), (time, last, at) = knots[0], knots[-1]
    if first != last and (task.script.loop or task.script.ends == "standing"):
        words = {"name": joint, "angle": f"{last:g}", "mend": f"{first:g}"}
        task.sheet.fault(at, "return", task.timing.spot(time, joint), **words)


def _strand(task: Task, group: str, joint: str, knots: Knots) -> Strand:
    growing = knots[:1]
    for knot in knots[1:]:
        if knot[0] > growing[-1][0]:
            growing.append(knot)
    if len(growing) == 1:
        time, angle, at = growing[0]
        growing.append((time + HELD, angle, at))
    task.sheet.knots += [(joint, time, task.sheet.origin(at)) for time, _, at in growing]
    times = tuple(time for time, _, _ in growing)
    one = curve(times, tuple(math.radians(angle) for _, angle, _ in growing))
    check_speed(task, joint, one, [at for _, _, at in growing])
    return Strand(joint, one, group, knots[0][2])


def check_speed(task: Task, joint: str, one: Curve, places: Sequence[Location]) -> None:
    """Note every stretch of a curve in which a joint has to move too fast.

    Args:
        task: The file.
        joint: An actuated joint.
        one: Its curve.
        places: Where each knot stands in the file.
    """
    table = task.library.table
    limit = SPEED_SHARE * table.joints[table.index(joint)].velocity
    for place, (start, end) in enumerate(pairwise(one.times), start=1):
        peak = max(abs(one.speed(float(time))) for time in np.linspace(start, end, 41))
        if peak > limit:
            when = task.timing.spot(end, joint)
            degrees = round(math.degrees(peak), 1), round(math.degrees(limit), 1)
            spot = Spot(when.time, when.beat, joint, *degrees, "deg/s")
            words = {"start": task.timing.shown(start), "end": task.timing.shown(end)}
            mend = f"{math.ceil(100.0 * (end - start) * peak / limit) / 100.0:g}"
            task.sheet.fault(places[place], "joint_speed", spot, mend=mend, **words)
