"""How fast a robot may go past corners from behind which someone may step out.

The nearer end of a jump in the range of neighbouring beams is an edge that hides something. Whoever
walks out of the shadow behind it may come into the robot's way at once; from then on they are seen,
and the robot has to be able to stop before the place where they meet:
v = √((a t)² + 2 a (d - m)) - a t, the law of the guard. An edge so far beside the way that the
robot has passed before anybody walks up from there does not matter.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled

JUMP = 0.7
"""Ranges of neighbouring beams that differ by more leave room for a person behind [m]."""
WIDE = 0.8
"""Narrower things, such as posts and people, hide nobody for long [m]."""
ABOUT = 0.25
"""A return this near to the disc of somebody is theirs [m]."""
CREEP = 0.3
"""No corner slows the robot down below this [m/s]: it has to look round it."""


class Caution(NamedTuple):
    """What is reckoned with."""

    deceleration: float
    """[m/s²]."""
    reaction: float
    """From a return to the first braking [s]."""
    half_width: float
    """Of the footprint [m]."""
    front: float
    """From the base to the front [m]."""
    rear: float
    """From the base to the rear [m]."""
    margin: float = 0.3
    """Way left after the stop [m]."""
    walker: float = 1.4
    """Of someone who steps out [m/s]."""
    person: float = 0.25
    """Their radius [m]."""
    reach: float = 6.0
    """Corners farther away do not matter [m]."""


@compiled
def is_wide(points: Array, edge: int, step: int) -> bool:
    """Return whether what ends at a return is wide enough to hide somebody.

    Args:
        points: Returns by bearing, shape (n, 2) [m].
        edge: The return where it ends.
        step: 1 or -1: on which side of the edge it is.
    """
    count, width, k = len(points), 0.0, edge
    for _ in range(count - 1):
        other = (k + step) % count
        dx, dy = points[other, 0] - points[k, 0], points[other, 1] - points[k, 1]
        gap = math.sqrt(dx * dx + dy * dy)
        if gap > 0.5 * JUMP:
            return False
        width += gap
        if width >= WIDE:
            return True
        k = other
    return False


@compiled
def corners(points: Array, reach: float) -> Array:
    """Return the edges of shadows among returns that follow each other by bearing, (k, 2) [m].

    Args:
        points: Returns in the base frame, shape (n, 2) [m]; beams without return are not among
            them, so that two neighbours may be far apart in bearing.
        reach: How far to look [m].
    """
    count = len(points)
    result, found = np.empty((count, 2)), 0
    far = np.empty(count)
    for i in range(count):
        far[i] = math.sqrt(points[i, 0] ** 2 + points[i, 1] ** 2)
    for i in range(count):
        if far[i] > reach:
            continue
        before, after = far[i - 1], far[i + 1 if i + 1 < count else 0]
        opens_right, opens_left = before > far[i] + JUMP, after > far[i] + JUMP
        if (opens_right and is_wide(points, i, 1)) or (opens_left and is_wide(points, i, -1)):
            result[found, 0], result[found, 1] = points[i, 0], points[i, 1]
            found += 1
    return result[:found].copy()


@compiled
def speed_past(edges: Array, way: Array, top: float, caution: Caution) -> float:
    """Return the speed from which the robot can stop for whoever steps out [m/s]; or infinity.

    Args:
        edges: Of shadows, in the frame of ``way``, shape (k, 2) [m].
        way: Points along the robot's way, from where it is, shape (n, 2) [m].
        top: Speed at which the robot goes otherwise [m/s].
        caution: Brakes and shape.
    """
    allowed, half = np.inf, caution.half_width + caution.person
    for i in range(len(edges)):
        along, best, meet = 0.0, np.inf, 0.0
        for k in range(len(way)):
            if k > 0:
                along += math.sqrt(
                    (way[k, 0] - way[k - 1, 0]) ** 2 + (way[k, 1] - way[k - 1, 1]) ** 2
                )
            off = (edges[i, 0] - way[k, 0]) ** 2 + (edges[i, 1] - way[k, 1]) ** 2
            if off < best:
                best, meet = off, along
        aside = max(0.0, math.sqrt(best) - half)  # the walker's way into the robot's
        free = meet - caution.front - caution.person
        if free <= 0.0 or aside * top > caution.walker * (meet + caution.rear):
            continue  # the robot is beside it, or has passed before the walker is there
        delay = caution.deceleration * caution.reaction
        room = max(0.0, free - caution.margin)
        speed = math.sqrt(delay * delay + 2.0 * caution.deceleration * room) - delay
        allowed = min(allowed, max(CREEP, speed))
    return float(allowed)


def speed_unseen(
    points_in_base: Array,
    way_in_base: Array,
    top: float,
    *,
    caution: Caution,
    people_in_base: Array | None = None,
) -> float:
    """Return the speed that what cannot be seen allows [m/s]; infinite where nothing hides.

    Args:
        points_in_base: Returns of the last scan by bearing, shape (n, 2) [m].
        people_in_base: Who is tracked, as discs (x, y, radius), shape (k, 3) [m]: several side by
            side are as wide as a wall, but they hide only others who walk, too.
        way_in_base: Points along the way ahead, shape (m, 2) [m].
        top: Speed at which the robot goes otherwise [m/s].
        caution: Brakes and shape.
    """
    if len(points_in_base) < 3 or len(way_in_base) < 2:
        return math.inf
    edges = corners(np.array(points_in_base), caution.reach)
    if people_in_base is not None and len(edges) and len(people_in_base):
        gap = np.hypot(*(edges[:, None] - people_in_base[None, :, :2]).transpose(2, 0, 1))
        edges = edges[(gap > people_in_base[:, 2] + ABOUT).all(axis=1)]
    return speed_past(edges, np.array(way_in_base), float(top), caution)
