"""Corners to poses: sampling, headings, rounded corners, half turns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.planning.space import Space

SPACING = 0.1
"""Distance between two poses of a path [m]."""
WIDEST = 4.0
"""Widest bend that a corner is cut by [least radii]."""


def straight(a: ArrayLike, b: ArrayLike, *, reverse: bool = False) -> Array:
    """Return poses from point ``a`` (2,) to ``b`` (2,), shape (n, 3), both ends included."""
    a, b = np.asarray(a, dtype=float)[:2], np.asarray(b, dtype=float)[:2]
    length = math.hypot(*(b - a))
    count = max(2, math.ceil(length / SPACING) + 1)
    points = a + np.linspace(0.0, 1.0, count)[:, None] * (b - a)
    yaw = math.atan2(b[1] - a[1], b[0] - a[0]) + (math.pi if reverse else 0.0)
    return np.column_stack((points, np.full(count, wrap(yaw))))


def arc(pose: ArrayLike, *, radius: float, angle: float) -> Array:
    """Return poses on a circle, driven forwards from ``pose`` (3,), shape (n, 3).

    Args:
        pose: First pose.
        radius: Of the circle [m].
        angle: Change of yaw [rad]; positive turns left.
    """
    x, y, yaw = np.asarray(pose, dtype=float)
    count = max(2, math.ceil(radius * abs(angle) / SPACING) + 1, math.ceil(abs(angle) / 0.1) + 1)
    turned = yaw + np.linspace(0.0, angle, count)
    side = math.copysign(radius, angle)
    px = x + side * (np.sin(turned) - math.sin(yaw))
    py = y - side * (np.cos(turned) - math.cos(yaw))
    return np.column_stack((px, py, turned))


def along(points: ArrayLike) -> Array:
    """Return poses along corners (m, 2) with a turn on the spot at each corner, shape (n, 3)."""
    corners = np.asarray(points, dtype=float)
    corners = corners[np.append(True, np.hypot(*np.diff(corners, axis=0).T) > 1e-6)]
    if len(corners) < 2:
        return np.zeros((0, 3))
    return np.vstack([straight(a, b) for a, b in pairwise(corners)])


def rounded(points: ArrayLike, radius: float) -> Array:
    """Return poses along corners (m, 2), each rounded by an arc where both sides are long enough.

    The radius shrinks to what the shorter side allows; corners left with less than 0.15 m are
    turned on the spot.
    """
    points = np.asarray(points, dtype=float)
    pieces, start = [], points[0]
    for a, b, c in zip(points[:-2], points[1:-1], points[2:], strict=True):
        into, out = b - a, c - b
        turn = wrap(math.atan2(out[1], out[0]) - math.atan2(into[1], into[0]))
        half = math.tan(min(abs(turn), 2.6) / 2.0)
        room = 0.5 * min(math.hypot(*into), math.hypot(*out))
        fitted = min(radius, room / half) if half > 1e-6 else 0.0
        if fitted < 0.15 or abs(turn) > 2.6:
            pieces.append(straight(start, b))
            start = b
            continue
        entry = b - into / math.hypot(*into) * fitted * half
        yaw = math.atan2(into[1], into[0])
        pieces += [straight(start, entry), arc((*entry, yaw), radius=fitted, angle=turn)]
        start = pieces[-1][-1, :2]
    pieces.append(straight(start, points[-1]))
    return joined(pieces)


def bounded(points: ArrayLike, radius: float, space: Space, *, margin: float = 0.0) -> Array:
    """Return poses along corners (m, 2) with no bend narrower than ``radius`` [m], shape (n, 3).

    Each corner is cut by the widest arc, of up to ``WIDEST`` radii, that its sides have room for
    and that the footprint keeps free; where there is none it is turned on the spot. The way is
    never longer than along the corners, and it is free if ``along(points)`` and the turns of that
    are.

    Args:
        points: Corners in the map.
        radius: Least radius of a bend.
        space: The place and the footprint, asked about each arc.
        margin: Gap to be kept along the arcs [m].
    """
    corners = np.asarray(points, dtype=float)
    if len(corners) < 2:
        return np.zeros((0, 3))
    corners = corners[np.append(True, np.hypot(*np.diff(corners[:, :2], axis=0).T) > 1e-6), :2]
    pieces: list[Array] = []
    start = corners[0]
    for i in range(1, len(corners)):
        bend = None
        if i + 1 < len(corners):
            room = math.dist(corners[i], corners[i + 1]) * (0.5 if i + 2 < len(corners) else 1.0)
            arcs = _arcs((start, corners[i], corners[i + 1]), radius, room)
            bend = next((poses for poses in arcs if space.free(_dense(poses), margin).all()), None)
        entry = corners[i] if bend is None else bend[0, :2]
        pieces += [straight(start, entry)] if math.dist(start, entry) > 1e-6 else []
        pieces += [] if bend is None else [bend]
        start = corners[i] if bend is None else bend[-1, :2]
    return joined(pieces)


def _arcs(points: tuple[Array, Array, Array], radius: float, room: float) -> Iterator[Array]:
    """Yield arcs around the middle one of three points (2,), the widest first.

    They end at most ``room`` [m] after it.
    """
    into, onward = points[1] - points[0], points[2] - points[1]
    yaw, length = math.atan2(into[1], into[0]), math.hypot(*into)
    turn = wrap(math.atan2(onward[1], onward[0]) - yaw)
    half = math.tan(0.5 * abs(turn))
    if length < 1e-6 or not 1e-9 < half < 10.0 or radius <= 0.0:
        return
    widest = min(WIDEST * radius, min(length, room) / half)
    for share in (1.0, 0.5, 0.0) if widest >= radius else ():
        fitted = radius + share * (widest - radius)
        entry = points[1] - into * (fitted * half / length)
        yield arc((*entry, yaw), radius=fitted, angle=turn)


def _dense(poses: Array) -> Array:
    """Return poses (n, 3) of a bend and three more between any two, shape (4 n - 3, 3)."""
    at = np.arange(4 * len(poses) - 3) / 4.0
    return np.column_stack([np.interp(at, np.arange(len(poses)), part) for part in poses.T])


def joined(pieces: list[Array]) -> Array:
    """Return pieces of a path as one, without doubled poses, shape (n, 3)."""
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return np.zeros((0, 3))
    path = np.vstack(pieces)
    step = np.abs(np.diff(path, axis=0))
    step[:, 2] = np.abs(np.mod(step[:, 2] + np.pi, 2 * np.pi) - np.pi)
    return np.asarray(path[np.append(True, (step > 1e-6).any(axis=1))])
