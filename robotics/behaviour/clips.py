"""Behaviours ready to play: words, and clips that are pure functions of time."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import numpy as np

from robotics.behaviour.compiled import (
    Exit,
    Grid,
    Interruptible,
    Light,
    Look,
    OnConflict,
    Resource,
    Step,
    Stretch,
    Sway,
    ToolCue,
    Words,
)
from robotics.behaviour.script import Keyframe, Script, fault, read
from robotics.core.arrays import Array
from robotics.core.errors import ConfigError
from robotics.core.joints import JointTable

SPEED_SHARE = 0.5
"""Part of a joint's no-load speed that a clip may use: a DC motor's torque falls linearly with
speed, so half of the stall torque is left to carry and to accelerate the limb."""
FADE = 0.4
"""Time in which a clip takes a joint over, and gives it back [s]."""


class Priority(IntEnum):
    """Who comes first. Safety and balance stand above all of these and cannot be authored."""

    IDLE = 0
    SHOW = 1
    VISITOR = 2
    OPERATOR = 3


@dataclass(frozen=True, slots=True)
class Curve:
    """The angle of one joint over time: quintic pieces, see ``curve``."""

    times: tuple[float, ...]
    """Of the knots [s]."""
    pieces: tuple[tuple[float, ...], ...]
    """Six coefficients of each piece, lowest power first, in the piece's own 0 to 1 [rad]."""

    def angle(self, time: float) -> float:
        """Return the angle at ``time`` [rad]; held outside of the knots."""
        place, phase, _ = self._phase(time)
        c0, c1, c2, c3, c4, c5 = self.pieces[place]
        return c0 + phase * (c1 + phase * (c2 + phase * (c3 + phase * (c4 + phase * c5))))

    def speed(self, time: float) -> float:
        """Return the rate at ``time`` [rad/s]; zero outside of the knots."""
        place, s, span = self._phase(time)
        if not self.times[0] <= time <= self.times[-1]:
            return 0.0
        _, c1, c2, c3, c4, c5 = self.pieces[place]
        return (c1 + s * (2.0 * c2 + s * (3.0 * c3 + s * (4.0 * c4 + s * 5.0 * c5)))) / span

    def _phase(self, time: float) -> tuple[int, float, float]:
        place = min(max(bisect_right(self.times, time) - 1, 0), len(self.pieces) - 1)
        start, end = self.times[place], self.times[place + 1]
        return place, min(max((time - start) / (end - start), 0.0), 1.0), end - start


def curve(times: tuple[float, ...], angles: tuple[float, ...]) -> Curve:
    """Return the smooth curve through knots that rests at both ends and never overshoots.

    Between two knots at rest it is the minimum-jerk move of Flash and Hogan (J. Neurosci. 1985):
    10 s³ - 15 s⁴ + 6 s⁵. Through an inner knot it keeps moving with the harmonic mean of the two
    neighbouring slopes (zero where they differ in sign; Fritsch and Butland, SIAM J. Sci. Stat.
    Comput. 1984) and without acceleration; a slope of at most twice either secant keeps each
    quintic monotone (its rate is lowest at 2, 2: 0.125 of the secant, still positive).

    Args:
        times: Growing, at least two [s].
        angles: As many [rad].
    """
    spans = [after - before for before, after in pairwise(times)]
    rises = [after - before for before, after in pairwise(angles)]
    secants = [rise / span for rise, span in zip(rises, spans, strict=True)]
    inner = [2.0 * a * b / (a + b) if a * b > 0.0 else 0.0 for a, b in pairwise(secants)]
    slopes = [0.0, *inner, 0.0]
    pieces = []
    for place, (span, rise) in enumerate(zip(spans, rises, strict=True)):
        a, b = slopes[place] * span, slopes[place + 1] * span
        high = (10 * rise - 6 * a - 4 * b, -15 * rise + 8 * a + 7 * b, 6 * rise - 3 * a - 3 * b)
        pieces.append((angles[place], a, 0.0, *high))
    return Curve(times, tuple(pieces))


@dataclass(frozen=True, slots=True)
class Clip:
    """A movement of some joints."""

    name: str
    duration: float
    """[s]."""
    loop: bool
    joints: tuple[str, ...]
    curves: tuple[Curve, ...]
    """One for each joint."""

    def evaluate(self, time: float) -> Array:
        """Return the targets of ``joints``, shape (k,) [rad], at ``time`` [s] after the start."""
        local = self._local(time)
        return np.array([one.angle(local) for one in self.curves])

    def velocity(self, time: float) -> Array:
        """Return the rates of ``joints``, shape (k,) [rad/s]."""
        local = self._local(time)
        return np.array([one.speed(local) for one in self.curves])

    def weight(self, time: float) -> float:
        """Return how much of the joints the clip owns at ``time``, 0 to 1.

        It rises in ``FADE`` and falls before the end (not for a loop), as a smooth step, so that
        ``(1 - weight) * stance + weight * target`` never jumps.
        """
        left = math.inf if self.loop else self.duration - time
        share = min(max(min(time, left) / FADE, 0.0), 1.0)
        return share * share * (3.0 - 2.0 * share)

    def _local(self, time: float) -> float:
        return time % self.duration if self.loop and time > 0.0 else time


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One authored behaviour of a robot."""

    name: str
    kind: str
    priority: Priority
    duration: float
    """[s]."""
    interruptible: Interruptible = Interruptible.ALWAYS
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    """Variants of the words at the start; as many as in ``zh``."""
    clip: Clip | None = None
    title: tuple[str, str] = ("", "")
    """For people to read, zh and en."""
    resources: frozenset[Resource] = frozenset()
    on_conflict: OnConflict = OnConflict.REFUSE
    needs: tuple[str, ...] = ()
    """What has to be so at the start: ``standing``, ``battery>20%``, ``visitor``, ``room>1.0``."""
    ends: str = "standing"
    exit: Exit = field(default_factory=Exit)
    words: tuple[Words, ...] = ()
    """Everything that is said or sung, in order of time, ``zh`` and ``en`` included."""
    sway: Sway | None = None
    feet: tuple[Stretch, ...] = ()
    looks: tuple[Look, ...] = ()
    lights: tuple[Light, ...] = ()
    tools: tuple[ToolCue, ...] = ()
    grid: Grid = field(default_factory=Grid)
    music: str = ""
    """A file of ``behaviours/songs`` that plays along, without its ending; "" for none."""
    steps: tuple[Step, ...] = ()
    """Instead of tracks: what waits for the world."""


def load_behaviours(folder: Path, table: JointTable) -> Mapping[str, Behaviour]:
    """Return all behaviours of a folder by name, each checked against the robot's joints.

    Raises:
        ConfigError: The first fault of the first wrong file, with its line.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise ConfigError(folder, "", "it has no behaviour", "add one .yaml file for each")
    return MappingProxyType({path.stem: load_behaviour(path, table) for path in paths})


def load_behaviour(path: Path, table: JointTable) -> Behaviour:
    """Return the behaviour of one file, checked against the robot's joints.

    Raises:
        ConfigError: The file is wrong, or asks more than a joint can do.
    """
    script = read(path)
    clip = _clip(path, script, table) if script.tracks else None
    return Behaviour(
        name=script.behaviour,
        kind=script.kind,
        priority=Priority[script.priority.upper()],
        duration=script.duration,
        interruptible=Interruptible.ALWAYS if script.interruptible else Interruptible.NEVER,
        zh=tuple(script.say.zh) if script.say else (),
        en=tuple(script.say.en) if script.say else (),
        clip=clip,
    )


def clips_of(behaviours: Mapping[str, Behaviour]) -> Mapping[str, Clip]:
    """Return the clips of the behaviours that move something, by name."""
    return {name: one.clip for name, one in behaviours.items() if one.clip is not None}


def _clip(path: Path, script: Script, table: JointTable) -> Clip:
    names: list[str] = []
    curves: list[Curve] = []
    for group, frames in script.tracks.items():
        _check_positions(path, table, group, frames)
        for name in frames[0].joints:
            knots = [(frame.time, frame.joints[name]) for frame in frames if name in frame.joints]
            times, degrees = zip(*knots, strict=True)
            one = curve(times, tuple(math.radians(angle) for angle in degrees))
            _check_speed(path, table, (group, name), one, frames)
            names.append(name)
            curves.append(one)
    return Clip(script.behaviour, script.duration, script.loop, tuple(names), tuple(curves))


def _check_positions(path: Path, table: JointTable, group: str, frames: list[Keyframe]) -> None:
    for place, frame in enumerate(frames):
        for name, angle in frame.joints.items():
            where = ("tracks", group, place, "joints", name)
            if name not in table.names:
                near = get_close_matches(name, table.names, n=1)
                cure = f"did you mean '{near[0]}'?" if near else "see the robot's joint table"
                raise fault(path, where, f"joint '{name}' does not exist", cure)
            joint = table.joints[table.index(name)]
            low, high = math.degrees(joint.lower), math.degrees(joint.upper)
            if not low <= angle <= high:
                problem = f"joint {name} at {angle} deg"
                raise fault(path, where, problem, f"its limits are {low:.1f} to {high:.1f} deg")


def _check_speed(
    path: Path, table: JointTable, key: tuple[str, str], one: Curve, frames: list[Keyframe]
) -> None:
    group, name = key
    limit = SPEED_SHARE * table.joints[table.index(name)].velocity
    for start, end in pairwise(one.times):
        peak = max(abs(one.speed(time)) for time in np.linspace(start, end, 41))
        if peak > limit:
            place = next(i for i, frame in enumerate(frames) if frame.time == end)
            where = ("tracks", group, place, "joints", name)
            problem = f"joint {name} has to move at {peak:.2f} rad/s from {start} s to {end} s"
            raise fault(path, where, problem, f"at most {limit:.2f} rad/s: give it more time")
