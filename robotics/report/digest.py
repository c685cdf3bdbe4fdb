"""Boil a recording down to what a page can show: series at 5 Hz, timelines, events, figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.record.reader import Entry, read_entries, read_head

SAMPLE_PERIOD = 0.2
"""Series are thinned to one sample in this time [s]."""

STAGES = ("estimate", "decide", "plan", "track", "move", "guard")
"""Stages of one tick, in order."""


@dataclass(slots=True)
class Span:
    """One stretch of a timeline."""

    start: float
    end: float
    label: str


@dataclass(slots=True)
class RobotDigest:
    """One robot's run.

    ``series`` holds lists that belong together by index: ``time`` [s], ``pose`` (x, y, yaw in the
    map, as believed), ``quality``, ``charge``, ``water``, ``bin``, ``speed`` [m/s], ``tilt`` [rad];
    and, one for each sampled goal, ``goal_time`` [s], ``zone`` (to cover, or "") and ``brush``.
    """

    name: str
    series: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    activities: list[Span] = field(default_factory=list)
    spoken: list[dict[str, Any]] = field(default_factory=list)
    faces: list[Span] = field(default_factory=list)
    """What the face or the beacon showed."""
    chimes: list[Span] = field(default_factory=list)
    """What rang."""
    stops: list[Span] = field(default_factory=list)
    plans: list[dict[str, Any]] = field(default_factory=list)
    """Every plan as recorded: ``time`` [s], ``plan``."""
    stage_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ticks: int = 0

    def percentile_ms(self, stage: str, percent: float) -> float:
        """Return a percentile of the time of one stage, or of the whole ``tick`` [ms]."""
        times = self.stage_ms.get(stage, [])
        return float(np.percentile(times, percent)) if times else float("nan")


@dataclass(slots=True)
class RunDigest:
    """A whole run."""

    config: dict[str, Any]
    robots: dict[str, RobotDigest] = field(default_factory=dict)
    scene: list[dict[str, Any]] = field(default_factory=list)
    """What stood where, as an onlooker saw it, thinned."""
    witness: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    duration: float = 0.0
    """Time of the last entry [s]."""


def digest(path: Path) -> RunDigest:
    """Read a recording, whole or torn.

    Raises:
        RecordError: It is missing or no recording of this project.
    """
    run = RunDigest(read_head(path).config)
    last: dict[str, float] = defaultdict(lambda: -np.inf)
    for entry in read_entries(path):
        run.duration = max(run.duration, entry.time)
        _, owner, *rest = entry.topic.split("/")
        if rest:
            robot = run.robots.setdefault(owner, RobotDigest(owner))
            _digest_robot(robot, entry, rest[0], last)
        else:
            _digest_scene(run, entry, owner, last)
    for robot in run.robots.values():
        robot.series["speed"] = list(_speed(robot))
    return run


def _due(entry: Entry, last: dict[str, float]) -> bool:
    if entry.time - last[entry.topic] < SAMPLE_PERIOD - 1e-9:
        return False
    last[entry.topic] = entry.time
    return True


def _digest_robot(robot: RobotDigest, entry: Entry, topic: str, last: dict[str, float]) -> None:
    if topic == "command":
        robot.ticks += 1
        _digest_command(robot, entry)
    elif topic == "timing":
        for stage, seconds in entry.value.items():
            robot.stage_ms[stage] += [1e3 * s for s in seconds]
    elif topic == "plan":
        robot.plans.append(entry.value)
    elif topic == "goal" and _due(entry, last):
        _digest_goal(robot, entry)
    elif topic == "state" and _due(entry, last):
        state = entry.value
        robot.series["time"].append(entry.time)
        robot.series["pose"].append(state["pose_base_in_map"])
        robot.series["quality"].append(state["quality"])
        robot.series["charge"].append(state["battery"]["charge"])
        robot.series["water"].append(state["tools"]["water"])
        robot.series["bin"].append(state["tools"]["bin"])
        robot.series["tilt"].append(float(np.hypot(*state["tilt"])))


def _digest_command(robot: RobotDigest, entry: Entry) -> None:
    if b'"stopped_by":""' in entry.data:
        return
    reason = entry.value["stopped_by"]
    if robot.stops and robot.stops[-1].label == reason and entry.time - robot.stops[-1].end < 0.5:
        robot.stops[-1].end = entry.time
    else:
        robot.stops.append(Span(entry.time, entry.time, reason))


def _digest_goal(robot: RobotDigest, entry: Entry) -> None:
    goal = entry.value
    activity = goal["activity"]
    robot.series["goal_time"].append(entry.time)
    robot.series["zone"].append(goal["base"].get("zone", ""))
    robot.series["brush"].append(goal["tools"]["brush"])
    if robot.activities and robot.activities[-1].label == activity:
        robot.activities[-1].end = entry.time
    else:
        if robot.activities:
            robot.activities[-1].end = entry.time
        robot.activities.append(Span(entry.time, entry.time, activity))
    voice = goal["voice"]
    if voice is not None and (not robot.spoken or robot.spoken[-1]["start"] != voice["start"]):
        robot.spoken.append(voice)
    _digest_signals(robot, entry.time, goal)


def _digest_signals(robot: RobotDigest, time: float, goal: dict[str, Any]) -> None:
    """Note what face or beacon show, and what rings; older recordings have neither."""
    light, chime = goal.get("light", ""), goal.get("chime")
    if robot.faces and robot.faces[-1].label == light and time - robot.faces[-1].end < 0.5:
        robot.faces[-1].end = time
    elif light:
        robot.faces.append(Span(time, time, light))
    if chime is not None and (not robot.chimes or robot.chimes[-1].start != chime["start"]):
        start = chime["start"]
        robot.chimes.append(Span(start, start + chime["duration"], chime["name"]))


def _digest_scene(run: RunDigest, entry: Entry, topic: str, last: dict[str, float]) -> None:
    if topic == "summary":
        run.summary = entry.value
    elif topic == "events":
        run.events.append(entry.value | {"time": entry.time})
    elif topic in ("scene", "witness") and _due(entry, last):
        series = run.scene if topic == "scene" else run.witness
        series.append(entry.value | {"time": entry.time})


def _speed(robot: RobotDigest) -> Array:
    """Return the speed over ground from the believed poses, smoothed over a second [m/s]."""
    if len(robot.series["time"]) < 2:
        return np.zeros(len(robot.series["time"]))
    time = np.asarray(robot.series["time"])
    xy = np.asarray(robot.series["pose"])[:, :2]
    velocity = np.gradient(xy, time, axis=0)
    kernel = np.ones(5) / 5
    smooth = [np.convolve(np.pad(v, 2, mode="edge"), kernel, mode="valid") for v in velocity.T]
    return np.asarray(np.hypot(*smooth))
