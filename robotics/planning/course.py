"""A path cut into legs, and the compiled walk along it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled, inner
from robotics.planning.profile import TURN

ALIGNED = 0.04
"""A turn on the spot ends here [rad]."""
ARRIVED = 0.02
"""A leg ends this far before its end [m]."""
MISALIGNED = 0.25
"""The first leg is begun with a turn on the spot if the yaw is off by more [rad]."""
LEG, PLACE, TURNING, DONE = 0, 1, 2, 3
"""What the numbers of a progress (4,) are: index of the leg, way along it [m], two flags."""


class Course(NamedTuple):
    """A path for compiled code."""

    poses: Array
    """(x, y, yaw), shape (n, 3)."""
    along: Array
    """Way from the start, shape (n,) [m]."""
    legs: IntArray
    """First pose, last pose and gear (1 forwards, -1 backwards) of each leg, shape (k, 3)."""


def course_of(path: Array) -> Course:
    """Cut a path (m, 3) at turns on the spot and at changes of gear."""
    step = np.diff(path[:, :2], axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    ahead = step[:, 0] * np.cos(path[1:, 2]) + step[:, 1] * np.sin(path[1:, 2]) >= 0.0
    turns = length < TURN
    shift = np.append(False, (ahead[1:] != ahead[:-1]) & ~turns[1:] & ~turns[:-1])
    edges = np.flatnonzero(np.append(turns | shift, True))
    legs: list[tuple[int, int, int]] = []
    start = 0
    for end in edges.tolist():
        if end > start:
            legs.append((start, end, 1 if ahead[start] else -1))
        start = end if end < len(step) and not turns[end] else end + 1
    along = np.append(0.0, np.cumsum(length))
    table = np.array(legs, dtype=np.int64).reshape(-1, 3)
    return Course(np.array(path, dtype=np.float64, order="C"), along, table)


@inner
def place_of(values: Array, value: float, first: int, last: int) -> int:
    """Return the first of the rising ``values`` (n,) from ``first`` to ``last`` that is not less.

    The one after ``last`` if all are. (What ``np.searchsorted`` answers, in a tenth of the time to
    compile.)
    """
    low, high = first, last + 1
    while low < high:
        middle = (low + high) // 2
        if values[middle] >= value:
            high = middle
        else:
            low = middle + 1
    return low


@inner
def wrapped(angle: float) -> float:
    """Return ``angle`` [rad] brought into [-π, π)."""
    return float((angle + math.pi) % (2.0 * math.pi) - math.pi)


@compiled
def pose_at(course: Course, leg: int, place: float) -> tuple[float, float, float]:
    """Return the pose ``place`` [m] from the start of a leg."""
    first, last = course.legs[leg, 0], course.legs[leg, 1]
    way = course.along[first] + place
    k = place_of(course.along, way, first, last)
    k = min(max(k, first + 1), last)
    a, b = course.poses[k - 1], course.poses[k]
    t = (way - course.along[k - 1]) / (course.along[k] - course.along[k - 1])
    t = min(max(t, 0.0), 1.0)
    yaw = a[2] + t * wrapped(b[2] - a[2])
    return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), yaw


@compiled
def leg_length(course: Course, leg: int) -> float:
    """Return the length of a leg [m]."""
    return float(course.along[course.legs[leg, 1]] - course.along[course.legs[leg, 0]])


@compiled
def yaw_wanted(course: Course, progress: Array) -> float:
    """Return the yaw at which the turn on the spot ends [rad]."""
    leg = int(progress[LEG])
    if leg >= len(course.legs):
        return float(course.poses[-1, 2])
    return pose_at(course, leg, progress[PLACE] + 0.05)[2]


@compiled
def advance(course: Course, progress: Array, x: float, y: float, yaw: float) -> None:
    """Move ``progress`` (4,) on to a robot at this pose."""
    if progress[DONE] > 0.0:
        return
    if progress[LEG] >= len(course.legs):
        progress[TURNING] = 1.0  # only the last turn is left, whoever cut the first one short
    if progress[TURNING] > 0.0:
        if abs(wrapped(yaw_wanted(course, progress) - yaw)) > _tolerance(course, progress):
            return
        progress[TURNING] = 0.0
        if progress[LEG] >= len(course.legs):
            progress[DONE] = 1.0
            return
    progress[PLACE] = _project(course, progress, x, y)
    if leg_length(course, int(progress[LEG])) - progress[PLACE] <= ARRIVED:
        progress[LEG] += 1.0
        progress[PLACE] = 0.0
        progress[TURNING] = 1.0
        if abs(wrapped(yaw_wanted(course, progress) - yaw)) <= _tolerance(course, progress):
            progress[TURNING] = 0.0
            if progress[LEG] >= len(course.legs):
                progress[DONE] = 1.0


@compiled
def _tolerance(course: Course, progress: Array) -> float:
    """Return how far off the yaw may be; at the start of a path that does little harm."""
    gentle = progress[LEG] == 0.0 and len(course.legs) > 0 and progress[PLACE] < 0.05
    return MISALIGNED if gentle else ALIGNED


@compiled
def _project(course: Course, progress: Array, x: float, y: float) -> float:
    """Return the place on the leg nearest to (x, y), near the old one [m]."""
    leg = int(progress[LEG])
    first, last = course.legs[leg, 0], course.legs[leg, 1]
    start = course.along[first]
    low, high = start + progress[PLACE] - 0.3, start + progress[PLACE] + 1.2
    nearest, best = progress[PLACE], np.inf
    begin = max(first, place_of(course.along, low, 0, len(course.along) - 1) - 1)
    for i in range(begin, last):
        if course.along[i] > high and best < np.inf:
            break
        ax, ay = course.poses[i, 0], course.poses[i, 1]
        wx, wy = course.poses[i + 1, 0] - ax, course.poses[i + 1, 1] - ay
        raw = ((x - ax) * wx + (y - ay) * wy) / (wx * wx + wy * wy)
        t = min(max(raw, 0.0), 1.0)
        gap = math.hypot(x - ax - t * wx, y - ay - t * wy)
        if gap < best:
            size = course.along[i + 1] - course.along[i]
            nearest, best = course.along[i] - start + t * size, gap
            if i == last - 1 and raw > 1.0:
                nearest = course.along[last] - start
    return float(nearest)


@compiled
def errors_at(course: Course, progress: Array, pose: Array) -> tuple[float, float]:
    """Return (sideways, yaw) errors of ``pose`` (3,) against the leg here [m, rad]."""
    x, y, yaw = pose_at(course, int(progress[LEG]), progress[PLACE])
    across = -math.sin(yaw) * (pose[0] - x) + math.cos(yaw) * (pose[1] - y)
    return across, wrapped(pose[2] - yaw)


@compiled
def curvature_at(course: Course, progress: Array, ahead: float) -> float:
    """Return dyaw/ds of the leg ``ahead`` [m] of here [1/m]; the sign is that of the turn."""
    leg, place = int(progress[LEG]), progress[PLACE] + ahead
    ax, ay, a = pose_at(course, leg, place)
    bx, by, b = pose_at(course, leg, min(place + 0.1, leg_length(course, leg)))
    gap = math.hypot(bx - ax, by - ay)
    return 0.0 if gap < 0.02 else wrapped(b - a) / gap
