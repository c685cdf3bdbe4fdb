"""What to do when nothing moves on: a ladder of behaviours that always ends, with a call for help.

Wait, look for another way, back off a little, give up. Each rung has its time. The count is taken
back by real progress only, a metre gained on the way and from where the trouble began: a robot
that twitches, turns, backs off or changes plans climbs all the same. A lidar that looks all around
sees no more after a turn, so that the ladder has none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from robotics.core.arrays import Array
from robotics.core.geometry import compose, wrap
from robotics.core.messages import Plan
from robotics.planning.cursor import Cursor
from robotics.planning.profile import Pace, drive_time, speeds
from robotics.planning.smoothing import straight
from robotics.planning.space import Space

PAUSE = 1.0
"""A robot that stands for less time is not in trouble [s]."""
CREEP = 0.05
"""Less than this is no advance [m]."""
STRIDE = 1.0
"""So much gained on the way ends the trouble [m]."""
GRACE = 5.0
"""After help, or a way that opened by itself, it has so long to get going [s]."""
TURN_WORTH = 0.15
"""What a radian of a turn on the spot is worth as advance [m/rad]: less than a stride in all."""
BACK_OFF = (0.5, 0.3)
"""Lengths of backing off that are tried [m]."""
TIME_LEAST, TIME_FACTOR = 90.0, 8.0
"""Time for a way, however it moves: at least [s], and in times of its free drive."""


class Rung(StrEnum):
    """Where on the ladder the robot is."""

    NONE = ""
    WAIT = "wait"
    AROUND = "around"
    BACK = "back"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each rung lasts [s]."""

    wait: float
    around: float
    back: float

    @property
    def whole(self) -> float:
        """Time in trouble until it asks for help [s]."""
        return self.wait + self.around + self.back


@dataclass(slots=True)
class Ladder:
    """Counts the time without progress towards one goal.

    Attributes:
        patience: Time of each rung.
        rung: The present one.
        limit: Time for the goal in all, however much it moves [s].
        backed: Whether it has backed off in this trouble.
    """

    patience: Patience
    rung: Rung = Rung.NONE
    limit: float = math.inf
    backed: bool = False
    _started: float = 0.0
    _time: float = 0.0
    _idle: float = 0.0
    _spent: float = 0.0
    _stride: float = 0.0
    _best: float = math.inf
    _place: float = 0.0
    _anchor: tuple[float, float] = (math.inf, math.inf)
    """Where the trouble began [m]."""

    def begin(self, time: float, *, limit: float = math.inf) -> None:
        """Forget all: there is a new goal."""
        self._started = self._time = time
        self.limit, self.rung, self.backed = limit, Rung.NONE, False
        self._idle = self._spent = self._stride = 0.0
        self.follow()

    def follow(self) -> None:
        """Note that another path is followed: it counts from its own start."""
        self._best, self._place = math.inf, 0.0

    def resume(self, time: float) -> None:
        """Go on after help: with a little time, not with all of it."""
        self._started = self._time = time
        self._spent = max(0.0, self.patience.whole - GRACE)
        self._idle, self.rung = 0.0, Rung.NONE
        self.follow()

    def update(self, time: float, cursor: Cursor, pose: Array) -> Rung:
        """Return the rung to stand on, from where the robot is along its path."""
        passed, self._time = min(max(time - self._time, 0.0), 0.5), time
        along = float(cursor.course.along[cursor.index]) if len(cursor.course.along) else 0.0
        worth = along + advance_by_turning(cursor, pose)
        if math.isinf(self._best):
            self._best = worth
        if worth > self._best + CREEP:
            self._best, self._idle = worth, 0.0
        else:
            self._idle += passed
        self._stride += max(0.0, along - self._place)
        self._place = max(self._place, along)
        away = math.dist(self._anchor, (pose[0], pose[1]))
        if self._spent > 0.0 and self._stride >= STRIDE and away >= STRIDE:
            self._spent, self.backed = 0.0, False
        if self._idle > PAUSE:
            if self._spent == 0.0:
                self._anchor, self._stride = (float(pose[0]), float(pose[1])), 0.0
            self._spent += passed + (PAUSE if self._idle - passed <= PAUSE else 0.0)
        self.rung = self._rung(time)
        return self.rung

    def _rung(self, time: float) -> Rung:
        patience = self.patience
        if self._spent >= patience.whole or time - self._started > self.limit:
            return Rung.HELP
        if self._idle <= PAUSE:
            return Rung.NONE
        if self._spent <= patience.wait:
            return Rung.WAIT
        return Rung.AROUND if self._spent <= patience.wait + patience.around else Rung.BACK


def advance_by_turning(cursor: Cursor, pose: Array) -> float:
    """Return what legs begun and turns on the spot are worth as advance [m]."""
    left = abs(wrap(cursor.yaw_wanted - float(pose[2]))) if cursor.turning else 0.0
    return TURN_WORTH * (math.pi * (cursor.leg + 1) - left)


def time_for(plan: Plan, pace: Pace) -> float:
    """Return how long the robot may be on its way in all [s]."""
    return max(TIME_LEAST, TIME_FACTOR * drive_time(plan.path, plan.speed, pace.turn_rate))


def back_off(space: Space, pose: Array, pace: Pace) -> Plan | None:
    """Return a plan that backs off a little from ``pose`` (3,), or None if there is no room."""
    for length in BACK_OFF:
        behind = compose(pose, (-length, 0.0, 0.0))
        path = straight(pose, behind, reverse=True)
        path[:, 2] = pose[2]
        gaps = space.clearance(path)
        if gaps[-1] >= 0.05 and (gaps >= min(0.02, gaps[0])).all():
            return Plan(path, speeds(path, pace), reason="backing off")
    return None
