"""Rules about a behaviour as a whole: its end, its loops, what it needs, how it is left."""

from __future__ import annotations

from collections.abc import Sequence

from robotics.behaviour.format.assemble import Parts, cues_of
from robotics.behaviour.format.conditions import wrong_need
from robotics.behaviour.format.cues import Cue
from robotics.behaviour.format.sheet import Spot
from robotics.behaviour.format.task import Task
from robotics.core.config import Location

NEVER_LONGEST = 3.0
"""A behaviour that may never be broken off may last so long [s]."""
LONGEST = 3600.0
"""No behaviour may last longer [s]."""
OWN_POSES = ("stand", "crouch", "sit")
"""Where a robot can go without a file of poses."""
SLACK = 1e-6
"""Of times that are the same [s]."""


def check_end(task: Task, parts: Parts, duration: float) -> None:
    """Note every cue and every gesture that goes beyond the end."""
    end = task.timing.shown(round(duration, 3))
    tracks = task.script.tracks
    for name, cues in cues_of(tracks) if tracks is not None else ():
        for place, cue in enumerate(cues):
            time = _last(task, cue)
            if time is not None and time > duration + SLACK:
                key = "until" if hasattr(cue, "until") else "time" if cue.beat is None else "beat"
                at: Location = ("tracks", name, place, key)
                now = task.timing.shown(time)
                task.sheet.fault(at, "after_end", task.timing.spot(time), now=now, end=end)
    for one in parts.strands:
        if one.source.startswith("[") and one.end > duration + SLACK:
            now = f"{one.source} ({one.end:.2f} s)"
            task.sheet.fault(one.at, "after_end", task.timing.spot(duration), now=now, end=end)


def _last(task: Task, cue: Cue) -> float | None:
    until = getattr(cue, "until", None)
    if cue.beat is None:
        return cue.time if until is None else until
    tempo = task.timing.tempo
    return None if tempo is None else tempo.seconds(cue.beat if until is None else until)


def check_whole(task: Task, duration: float) -> None:
    """Note what is wrong with the behaviour as a whole."""
    script, sheet = task.script, task.sheet
    has_something: Sequence[object] = (script.say, script.tracks, script.steps, script.music)
    if not any(has_something) and sheet.is_good:
        sheet.fault((), "nothing")
    if script.steps and script.tracks:
        sheet.fault(("tracks",), "tracks_and_steps")
    if script.loop and script.kind != "idle" and sheet.is_whole(("kind",)):
        sheet.fault(("loop",), "loop")
    if script.loop and script.steps:
        sheet.fault(("loop",), "loop")
    if duration > LONGEST:
        spot = Spot(value=round(duration), limit=LONGEST, unit="s")
        sheet.fault(("steps",), "too_long", spot)
    _check_stops(task, duration)
    for place, need in enumerate(script.needs):
        wrong = wrong_need(need)
        if wrong is not None:
            words = {"value": need, "mend": wrong[0], "mend_en": wrong[1]}
            sheet.fault(("needs", place), "need", **words)
    known = {*OWN_POSES, *task.library.poses}
    if script.exit.pose not in known:
        sheet.unknown(("exit", "pose"), "pose", script.exit.pose, known)


def _check_stops(task: Task, duration: float) -> None:
    stops = task.script.interruptible
    if stops == "never" and duration > NEVER_LONGEST:
        words = {"value": f"{duration:g}", "limit": f"{NEVER_LONGEST:g}"}
        task.sheet.fault(("interruptible",), "never_long", **words)
    if stops in ("at_beat", "at_phrase") and not task.timing.is_on_beats:
        task.sheet.fault(("interruptible",), "no_grid")
