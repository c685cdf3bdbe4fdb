"""Where a robot is along its path."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.planning.profile import TURN

ALIGNED = 0.04
"""A turn on the spot ends here [rad]."""
ARRIVED = 0.02
"""A leg ends this far before its end [m]."""
MISALIGNED = 0.25
"""A leg is begun with a turn on the spot if the yaw is off by more [rad]."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch without a stop: its poses, and how far along each is."""

    poses: Array
    """Shape (n, 3), n ≥ 2."""
    place: Array
    """Distance from the leg's start, shape (n,) [m]."""
    gear: int
    """1 forwards, -1 backwards."""
    first: int
    """Index of its first pose in the path."""

    @property
    def length(self) -> float:
        """[m]."""
        return float(self.place[-1])

    def at(self, place: float) -> Array:
        """Return the pose at ``place`` [m] from the start, shape (3,)."""
        k = min(max(int(np.searchsorted(self.place, place)), 1), len(self.place) - 1)
        a, b = self.poses[k - 1], self.poses[k]
        t = (place - self.place[k - 1]) / (self.place[k] - self.place[k - 1])
        t = min(max(t, 0.0), 1.0)
        xy = a[:2] + t * (b[:2] - a[:2])
        return np.array([xy[0], xy[1], a[2] + t * wrap(b[2] - a[2])])


def legs_of(path: Array) -> tuple[Leg, ...]:
    """Split a path (m, 3) at turns on the spot and at changes of gear."""
    legs: list[Leg] = []
    start = 0
    step = np.diff(path[:, :2], axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    ahead = step[:, 0] * np.cos(path[1:, 2]) + step[:, 1] * np.sin(path[1:, 2]) >= 0.0
    for i in range(len(step) + 1):
        ends = i == len(step) or length[i] < TURN or (i > start and ahead[i] != ahead[i - 1])
        if ends and i > start:
            place = np.append(0.0, np.cumsum(length[start:i]))
            gear = 1 if ahead[start] else -1
            legs.append(Leg(path[start : i + 1], place, gear, start))
        if ends:
            start = i if i < len(step) and length[i] >= TURN else i + 1
    return tuple(legs)


@dataclass(slots=True)
class Cursor:
    """Walks along a path with the robot; cheap to copy for a look ahead.

    Attributes:
        path: The whole path, shape (m, 3).
        legs: Its legs.
        leg: Index of the present leg; ``len(legs)`` when only the last turn is left.
        place: How far along the leg [m].
        turning: Whether the robot turns on the spot before this leg.
        done: Whether the end was reached.
    """

    path: Array
    legs: tuple[Leg, ...]
    leg: int = 0
    place: float = 0.0
    turning: bool = True
    done: bool = False

    def copy(self) -> Cursor:
        """Return a second cursor at the same place."""
        return Cursor(self.path, self.legs, self.leg, self.place, self.turning, self.done)

    @property
    def index(self) -> int:
        """Index of the path's pose that comes next."""
        if self.leg >= len(self.legs):
            return len(self.path) - 1
        leg = self.legs[self.leg]
        return leg.first + int(np.searchsorted(leg.place, self.place))

    @property
    def remaining(self) -> float:
        """Way to the end of this leg [m]."""
        return 0.0 if self.leg >= len(self.legs) else self.legs[self.leg].length - self.place

    @property
    def yaw_wanted(self) -> float:
        """Yaw at which the turn on the spot ends [rad]."""
        if self.leg >= len(self.legs):
            return float(self.path[-1, 2])
        return float(self.legs[self.leg].at(self.place + 0.05)[2])

    def update(self, pose: Array) -> None:
        """Move on to where the robot is now, ``pose`` (3,) in the map."""
        if self.done:
            return
        if self.turning:
            if abs(wrap(self.yaw_wanted - pose[2])) > self._tolerance():
                return
            self.turning = False
            if self.leg >= len(self.legs):
                self.done = True
                return
        self.place = self._project(pose)
        if self.remaining <= ARRIVED:
            self.leg, self.place, self.turning = self.leg + 1, 0.0, True
            if abs(wrap(self.yaw_wanted - pose[2])) <= self._tolerance():
                self.turning = False
                self.done = self.leg >= len(self.legs)

    def _tolerance(self) -> float:
        fresh = self.leg < len(self.legs) and self.place < 0.05
        return MISALIGNED if fresh and self._is_gentle() else ALIGNED

    def _is_gentle(self) -> bool:
        """Whether this leg begins a path, where some misalignment does no harm."""
        return self.leg == 0

    def _project(self, pose: Array) -> float:
        """Return the place on the leg nearest to the robot, near the old one [m]."""
        leg = self.legs[self.leg]
        low = max(0, int(np.searchsorted(leg.place, self.place - 0.3)) - 1)
        high = min(len(leg.place), int(np.searchsorted(leg.place, self.place + 1.2)) + 2)
        a, b = leg.poses[low : high - 1, :2], leg.poses[low + 1 : high, :2]
        way, rel = b - a, pose[:2] - a
        size = (way**2).sum(axis=1)
        raw = (way * rel).sum(axis=1) / size
        t = np.clip(raw, 0.0, 1.0)
        gap = np.hypot(*(rel - t[:, None] * way).T)
        k = int(gap.argmin())
        if low + k == len(leg.place) - 2 and raw[k] > 1.0:
            return leg.length
        return float(leg.place[low + k] + t[k] * math.sqrt(size[k]))

    def errors(self, pose: Array) -> tuple[float, float]:
        """Return (sideways, yaw) errors against the path here [m, rad]; left is positive."""
        ref = self.legs[self.leg].at(self.place)
        dx, dy = pose[:2] - ref[:2]
        across = -math.sin(ref[2]) * dx + math.cos(ref[2]) * dy
        return float(across), wrap(float(pose[2] - ref[2]))

    def curvature(self, ahead: float) -> float:
        """Return dyaw/ds of the leg ``ahead`` [m] of here [1/m]; the sign is that of the turn."""
        leg = self.legs[self.leg]
        a = leg.at(self.place + ahead)
        b = leg.at(min(self.place + ahead + 0.1, leg.length))
        gap = math.hypot(b[0] - a[0], b[1] - a[1])
        return 0.0 if gap < 0.02 else wrap(float(b[2] - a[2])) / gap


def cursor_of(path: Array) -> Cursor:
    """Return a cursor at the start of a path (m, 3)."""
    return Cursor(path, legs_of(path))
