"""Behaviours ready to play: words, and clips that are pure functions of time."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import pairwise
from pathlib import Path

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
from robotics.core.arrays import Array
from robotics.core.joints import JointTable

SPEED_SHARE = 0.5
"""Part of a joint's no-load speed that a clip may use: a DC motor's torque falls linearly with
speed, so half of the stall torque is left to carry and to accelerate the limb."""
LANDED = 0.04
"""So long after a footfall's beat both feet carry, and nobody has to step to stand: from 0.02 to
0.14 s after it, measured at 0.5 s a step; a decision comes up to 0.05 s late [s]."""
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
    sway: Sway | None = None
    """Of the trunk, in the clip's time."""
    feet: tuple[Stretch, ...] = ()
    """When the feet step, in the clip's time."""

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

    def next_stop(self, time: float, end: float) -> float:
        """Return when it may be broken off that was asked to at ``time`` [s], at ``end`` at last.

        Where the feet step, a moment after the mark: the foot that came down on the beat carries.
        """
        stop = self.grid.next_stop(self.interruptible, time, end)
        marked = self.interruptible in (Interruptible.AT_BEAT, Interruptible.AT_PHRASE)
        steps = any(one.start < stop < one.end + LANDED for one in self.feet)
        return max(time, min(stop + LANDED, end)) if marked and steps else stop


def load_behaviours(folder: Path, table: JointTable) -> Mapping[str, Behaviour]:
    """Return all behaviours of a folder by name, each checked against the robot's joints.

    Raises:
        ConfigError: Every fault of every wrong file, with its line.
    """
    from robotics.behaviour.format.load import load_folder  # which makes the values above

    return load_folder(folder, table)


def load_behaviour(path: Path, table: JointTable) -> Behaviour:
    """Return the behaviour of one file, checked against the robot's joints.

    Raises:
        ConfigError: The file is wrong, or asks more than a joint can do.
    """
    from robotics.behaviour.format.load import load_file  # which makes the values above

    return load_file(path, table)


def clips_of(behaviours: Mapping[str, Behaviour]) -> Mapping[str, Clip]:
    """Return the clips of the behaviours that move something, by name, with trunk and feet."""
    return {
        name: replace(
            one.clip or Clip(name, one.duration, False, (), ()), sway=one.sway, feet=one.feet
        )
        for name, one in behaviours.items()
        if one.clip is not None or one.sway is not None or one.feet
    }
