"""Cut a scan into the things that the map does not explain; compiled."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.mapping.field import SurfaceField, sample

Row: TypeAlias = tuple[float, float, float, float, float, float]
"""Of the table that ``cut`` returns."""


class Cutting(NamedTuple):
    """Constants of the segmentation."""

    explained: float = 0.20
    """A return this near to a mapped surface belongs to the map [m]."""
    explained_far: float = 0.01
    """The same grows by this share of the range (a heading error of 0.6°)."""
    gap: float = 0.20
    """Neighbouring returns farther apart than this, and twice the beam spacing, are cut [m]."""
    notch: float = 0.12
    """A dent this deep between two bulges parts two walkers side by side [m]."""
    pair: float = 0.65
    """A thing wider than this, up to twice as wide, may be two walkers one behind the other [m]."""
    step: float = 0.15
    """They are parted where the range jumps by more than this [m]."""
    compact: float = 1.2
    """Longer things are no walker or cart; they are cut into pieces of at most this length [m]."""
    radius_least: float = 0.10
    """[m]."""
    radius_most: float = 0.60
    """[m]."""
    radius_hidden: float = 0.25
    """What a half-hidden thing is taken to have at least: a walker's [m]."""


EXPLAINED, NOBODY = -2, -1
"""Owners of points, see ``cut``."""

X, Y, RADIUS, RANGE, HIDDEN, LONG = range(6)
"""Columns of the table that ``cut`` returns: centre [m], radius [m], range of the centre [m],
1 where a nearer thing hides an edge, 1 for a piece of a long thing."""


@compiled
def unexplained(
    points: Array, ranges: Array, field: SurfaceField, cutting: Cutting
) -> NDArray[np.bool_]:
    """Return True for the points (k, 2) in the map that lie on no mapped surface, shape (k,)."""
    free = np.empty(points.shape[0], dtype=np.bool_)
    for i in range(points.shape[0]):
        limit = cutting.explained + cutting.explained_far * ranges[i]
        free[i] = abs(sample(field, points[i, 0], points[i, 1])[0]) > limit
    return free


@compiled
def cut(points: Array, beams: IntArray, owner: IntArray, turn: Array, cutting: Cutting) -> Array:
    """Group the kept points into things.

    Args:
        points: Returns in the order of their beams, seen from the lidar, shape (k, 2) [m].
        beams: Beam number of each, growing, shape (k,).
        owner: Whom each is thought to be on, shape (k,): ``EXPLAINED`` for points of the map,
            ``NOBODY`` where nothing is known; points of two owners are on two things.
        turn: (beams in a turn, their spacing [rad]).
        cutting: Constants.

    Returns:
        One row for each thing, see ``X`` and the names beside it; x and y in the lidar's axes.
    """
    k = points.shape[0]
    label = _chain(points, beams, owner, turn, cutting)
    rows = np.empty((k + 1, 6))
    count = 0
    order = _from_a_gap(label, k)
    first = 0
    while first < k:
        if label[order[first]] < 0:
            first += 1
            continue
        last = first
        while last + 1 < k and label[order[last + 1]] == label[order[first]]:
            last += 1
        begin = first
        while begin <= last:
            end, is_long = _piece(points, order, begin, last, cutting)
            if end - begin >= 1:
                members = order[begin : end + 1]
                if is_long:
                    row = _describe_long(points, members, cutting)
                else:
                    before = _is_hidden(points, beams, order[begin], -1, turn)
                    hidden = before, _is_hidden(points, beams, order[end], 1, turn)
                    row = _describe(points, members, turn[1], cutting, hidden)
                for c in range(6):
                    rows[count, c] = row[c]
                count += 1
            begin = end + 1
        first = last + 1
    return rows[:count]


@compiled
def _chain(
    points: Array, beams: IntArray, owner: IntArray, turn: Array, cutting: Cutting
) -> IntArray:
    """Label each point by its chain of near neighbours; -1 where the map explains it."""
    k = points.shape[0]
    label = np.full(k, -1, dtype=np.int64)
    name = -1
    last = -1
    for i in range(k):
        if owner[i] == EXPLAINED:
            continue
        if (
            last < 0
            or _parted(owner, last, i)
            or not _joined(points, beams, last, i, turn, cutting)
        ):
            name += 1
        label[i] = name
        last = i
    if last >= 0 and name > 0:
        first = int(np.argmax(label >= 0))
        if not _parted(owner, last, first) and _joined(points, beams, last, first, turn, cutting):
            final = label[last]
            for i in range(k):
                if label[i] == final:
                    label[i] = label[first]
    return label


@compiled
def _parted(owner: IntArray, i: int, j: int) -> bool:
    """Whether points i and j are on two different walkers, as far as is known."""
    return bool(owner[i] >= 0 and owner[j] >= 0 and owner[i] != owner[j])


@compiled
def _joined(points: Array, beams: IntArray, i: int, j: int, turn: Array, cutting: Cutting) -> bool:
    """Whether point j carries on the thing of point i."""
    if (beams[j] - beams[i]) % int(turn[0]) > 3:
        return False
    away = _apart(points, i, j)
    far = math.hypot(points[j, 0], points[j, 1])
    return bool(away <= cutting.gap + 2.0 * turn[1] * far)


@compiled
def _from_a_gap(label: IntArray, k: int) -> IntArray:
    """Return the indices 0 … k-1 turned so that no thing straddles their ends."""
    start = 0
    if k > 1 and label[0] >= 0 and label[0] == label[k - 1]:
        for i in range(1, k):
            if label[i] != label[i - 1]:
                start = i
                break
    return (np.arange(k) + start) % k


@compiled
def _piece(
    points: Array, order: IntArray, begin: int, last: int, cutting: Cutting
) -> tuple[int, bool]:
    """Return where the piece that begins at ``begin`` ends, and whether the thing is long."""
    last = _dent(points, order, begin, last, cutting.notch)
    length = _apart(points, order[begin], order[last])
    if cutting.pair < length < 2.0 * cutting.pair:
        last = _step(points, order, begin, last, cutting.step)
        length = _apart(points, order[begin], order[last])
    if length <= cutting.compact:
        return last, False
    end = begin
    while end < last and _apart(points, order[begin], order[end + 1]) <= cutting.compact:
        end += 1
    return end, True


@compiled
def _apart(points: Array, i: int, j: int) -> float:
    """Return the distance between two points [m]."""
    return math.hypot(points[j, 0] - points[i, 0], points[j, 1] - points[i, 1])


@compiled
def _step(points: Array, order: IntArray, begin: int, last: int, least: float) -> int:
    """Return the place before the greatest jump in range, at least two points from the ends."""
    best = last
    for m in range(begin + 1, last - 1):
        here = math.hypot(points[order[m], 0], points[order[m], 1])
        there = math.hypot(points[order[m + 1], 0], points[order[m + 1], 1])
        if abs(there - here) > least:
            least = abs(there - here)
            best = m
    return best


@compiled
def _dent(points: Array, order: IntArray, begin: int, last: int, notch: float) -> int:
    """Return the first place that is farther by ``notch`` than bulges on both sides, or last."""
    near_before = math.inf
    for m in range(begin, last):
        mine = math.hypot(points[order[m], 0], points[order[m], 1])
        near_before = min(near_before, mine)
        following = math.hypot(points[order[m + 1], 0], points[order[m + 1], 1])
        if mine - near_before < notch or following > mine:
            continue
        near_after = math.inf
        for n in range(m + 1, last + 1):
            far = math.hypot(points[order[n], 0], points[order[n], 1])
            if far > mine:
                break
            near_after = min(near_after, far)
        if mine - near_after >= notch:
            return m
    return last


@compiled
def _is_hidden(points: Array, beams: IntArray, edge: int, side: int, turn: Array) -> bool:
    """Whether the beam beside an edge, 1 behind it or -1 before, ends clearly nearer than it."""
    other = (edge + side) % points.shape[0]
    if (side * (beams[other] - beams[edge])) % int(turn[0]) > 2:
        return False
    far = math.hypot(points[edge, 0], points[edge, 1])
    return math.hypot(points[other, 0], points[other, 1]) < far - 0.25


@compiled
def _describe_long(points: Array, members: IntArray, cutting: Cutting) -> Row:
    """Return the row of a piece of a long thing: its middle and half its length."""
    length, n = _apart(points, members[0], members[len(members) - 1]), len(members)
    x, y = 0.0, 0.0
    for m in members:
        x += points[m, 0]
        y += points[m, 1]
    x, y = x / n, y / n
    radius = max(cutting.radius_least, 0.5 * length)
    return x, y, radius, math.hypot(x, y), 0.0, 1.0


@compiled
def _describe(
    points: Array, members: IntArray, spacing: float, cutting: Cutting, hidden: tuple[bool, bool]
) -> Row:
    """Return the row of a disc of which one side is seen.

    The radius follows from the angle that the disc covers; where an edge is hidden it is taken
    as a walker's, and the centre is reckoned from the other edge. Each beam that passes the
    centre at the angle δ then tells the distance ``r cos δ + √(radius² - (D sin δ)²)``.
    """
    n = len(members)
    first = math.atan2(points[members[0], 1], points[members[0], 0]) - 0.5 * spacing
    last = math.atan2(points[members[n - 1], 1], points[members[n - 1], 0])
    span = (last - first) % (2.0 * math.pi) + 0.5 * spacing
    near = math.inf
    for m in members:
        near = min(near, math.hypot(points[m, 0], points[m, 1]))
    half = math.sin(min(0.5 * span, 1.2))
    radius = near * half / (1.0 - half)
    partly = hidden[0] != hidden[1]
    if hidden[0] or hidden[1]:
        radius = max(radius, cutting.radius_hidden)
    radius = min(cutting.radius_most, max(cutting.radius_least, radius))
    far = near + radius
    for _ in range(2):
        heading = first + 0.5 * span
        if partly:
            half_span = math.asin(min(0.9, radius / far))
            heading = first + (span - half_span if hidden[0] else half_span)
        total = 0.0
        for m in members:
            away = math.atan2(points[m, 1], points[m, 0]) - heading
            inside = max(0.0, radius**2 - (far * math.sin(away)) ** 2)
            total += math.hypot(points[m, 0], points[m, 1]) * math.cos(away) + math.sqrt(inside)
        far = total / n
    flag = 1.0 if hidden[0] or hidden[1] else 0.0
    return far * math.cos(heading), far * math.sin(heading), radius, far, flag, 0.0
