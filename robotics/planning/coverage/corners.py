"""Corners that walls close: up to the wall ahead, back to where there is room, around, and on.

A robot whose brushes are ahead of its axle cannot swing into the lane along a wall: its nose would
touch. It turns where it has room and comes up to the lane on two slight bends, one each way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.planning.smoothing import arc, joined, straight
from robotics.planning.space import Space

BEND = 3.0
"""Radius of the slight bends [m]."""
SHIFTS = (0.0, 0.1, 0.16, 0.22, 0.28, 0.36)
"""How far aside of its lane it may go to have room [m]."""
BEFORE = 1.5
"""So much of the lane before the corner is needed [m]."""
UP = BEFORE + 0.4
"""A wall ahead is looked for on so much of the lane and its continuation [m]."""


def cornered(corner: tuple[Array, Array, Array], space: Space, least: float) -> Array | None:
    """Return poses from the lane before a corner to the lane behind it; None if there is no way.

    They begin ``BEFORE`` ahead of the corner, or where the lane begins.

    Args:
        corner: A point of the lane before, the corner, a point of the lane behind, each (2,).
        space: The map.
        least: Gap to be kept [m].
    """
    a, b, c = corner
    yaw, after = (math.atan2(*(q - p)[::-1]) for p, q in ((a, b), (b, c)))
    if wrap(after - yaw) <= 0.0:
        return None
    begin = b - min(BEFORE, math.dist(a, b)) * _along(yaw)
    tip = _tip(begin, yaw, space, least)
    if tip is None:
        return None
    for spot, shifts in _spots(b, yaw, after):
        if not space.roomy(spot, least):
            continue
        end = onto(np.array([*spot, after]), -shifts[1])
        if math.dist(end[-1, :2], b) > math.dist(b, c) - 0.05:
            continue
        back = _away(np.array([*tip, yaw]), spot, shifts[0])
        path = joined([straight(begin, tip), back, end])
        if space.free(path, 0.5 * least).all():
            return path
    return None


def _along(yaw: float) -> Array:
    return np.array([math.cos(yaw), math.sin(yaw)])


def _spots(corner: Array, yaw: float, after: float) -> Iterator[tuple[Array, tuple[float, float]]]:
    """Yield places to turn beside a corner and how far aside of both lanes they are."""
    into, out = (np.array([-math.sin(angle), math.cos(angle)]) for angle in (yaw, after))
    pairs = [(one, two) for one in SHIFTS for two in SHIFTS]
    for one, two in sorted(pairs, key=lambda pair: 2.0 * pair[0] + pair[1]):
        yield corner + one * into + two * out, (one, two)


def _tip(begin: Array, yaw: float, space: Space, least: float) -> Array | None:
    """Return the last free point of the lane (2,), as far as the wall ahead lets it."""
    there = straight(begin, begin + UP * _along(yaw))
    free = space.free(there, least)
    count = len(there) if free.all() else int(free.argmin())
    return there[count - 1, :2] if 3 < count < len(there) else None


def onto(pose: Array, aside: float) -> Array:
    """Return poses from ``pose`` (3,) to the lane that lies ``aside`` to its left [m], (n, 3)."""
    if abs(aside) < 1e-6:
        return straight(pose[:2], pose[:2] + 0.2 * _along(float(pose[2])))
    angle = math.copysign(math.acos(1.0 - abs(aside) / (2.0 * BEND)), aside)
    first = arc(pose, radius=BEND, angle=angle)
    return joined([first, arc(first[-1], radius=BEND, angle=-angle)])


def _away(tip: Array, spot: Array, aside: float) -> Array:
    """Return poses back from a ``tip`` (3,) and on to ``spot`` (2,), which lies aside [m]."""
    yaw = float(tip[2])
    if aside < 1e-6:
        return _line(tip[:2], spot, yaw)
    swing = onto(np.array([0.0, 0.0, 0.0]), -aside)
    length = float(swing[-1, 0])
    c, s = math.cos(yaw), math.sin(yaw)
    first = tip[:2] - length * np.array([c, s]) + aside * np.array([-s, c])
    placed = np.column_stack(
        (
            first[0] + c * swing[:, 0] - s * swing[:, 1],
            first[1] + s * swing[:, 0] + c * swing[:, 1],
            swing[:, 2] + yaw,
        )
    )
    return np.vstack((placed[::-1], _line(first, spot, yaw)))


def _line(start: Array, end: Array, yaw: float) -> Array:
    """Return poses from a point to another one with a given yaw, forwards or backwards."""
    ahead = float((end - start) @ _along(yaw)) >= 0.0
    if math.dist(start, end) < 1e-6:
        return np.array([[*start, yaw]])
    poses = straight(start, end, reverse=not ahead)
    poses[:, 2] = yaw
    return poses
