"""How far it still is from everywhere around the robot: the cost to go that steers its samples.

Dijkstra's algorithm with a circular row of buckets (Dial 1969). Buckets are as wide as the cheapest
step, so no cell of a bucket can make another of the same bucket cheaper and the result is exact.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.compiled import compiled
from robotics.mapping.grid import Grid

TIGHT = 20.0
"""Where the robot does not fit a metre costs so much: a way out, never a way through."""
NEAR = 3.0
"""Where it just fits a metre costs so much more than in the open (as in ``find_route``)."""


class Surroundings(Protocol):
    """What is known around the robot, such as a ``LocalMap``."""

    @property
    def distance(self) -> Grid:
        """Distance of each cell's centre to that of the nearest blocked cell [m]."""


class Guidance(NamedTuple):
    """Cost to go, for compiled code."""

    cells: Array
    """Metres of easy way to the root, shape (rows, cols); infinite where there is no way."""
    frame: Array
    """(x, y) of the lower left corner and the resolution, shape (3,) [m]."""


@compiled
def step_costs(distance: Array, resolution: float, radius: float, comfort: float) -> Array:
    """Return the price of a metre in each cell, shape (rows, cols).

    1 with ``comfort`` or more room, up to 1 + NEAR where ``radius`` just fits, TIGHT where it does
    not, infinite on blocked cells. Room begins at the edge of a blocked cell.
    """
    rows, cols = distance.shape
    price = np.empty((rows, cols))
    for r in range(rows):
        for c in range(cols):
            gap = distance[r, c] - 0.5 * resolution
            if gap < 0.0:
                price[r, c] = np.inf
            elif gap < radius:
                price[r, c] = TIGHT
            else:
                share = max(0.0, (comfort - gap) / max(comfort - radius, 1e-9))
                price[r, c] = 1.0 + NEAR * share * share
    return price


@compiled
def cost_to_go(price: Array, roots: IntArray, start: Array, resolution: float) -> Array:
    """Return the least cost from each cell to any root, shape (rows, cols) [m].

    A step costs its length times the price of the cell that it leaves; corners are never cut. From
    a tight cell a way may lead out, from a free one never into a tight one.

    Args:
        price: Price of a metre in each cell, at least 1, infinite where blocked, (rows, cols).
        roots: Flat cells where ways end, shape (k,).
        start: What is still to pay at each root, shape (k,) [m].
        resolution: Side of a cell [m].
    """
    rows, cols = price.shape
    wide = cols + 2  # a rim of blocked cells spares the search every check of the border
    paid = np.full((rows + 2, wide), np.inf)
    for r in range(rows):
        for c in range(cols):
            paid[r + 1, c + 1] = price[r, c]
    flat = paid.reshape(-1)
    cost, closed = np.full(len(flat), np.inf), np.zeros(len(flat), np.bool_)
    lowest, highest = (np.inf, 0.0) if len(start) else (0.0, 0.0)
    for k in range(len(start)):
        lowest, highest = min(lowest, start[k]), max(highest, start[k])
    spread = (highest - lowest) / resolution
    ring = 1  # a power of two, so that a mask finds the bucket
    while ring < 1.5 * TIGHT + spread + 3.0:
        ring *= 2
    head = np.full(ring, -1, np.int32)
    room = 8 * len(flat) + len(roots)  # no cell enters the queue oftener than it has neighbours
    queue, count, done, bucket = np.empty((2, room), np.int32), 0, 0, 0
    for k in range(len(roots)):
        cell = (roots[k] // cols + 1) * wide + roots[k] % cols + 1
        if start[k] < cost[cell] and flat[cell] < np.inf:
            cost[cell] = start[k]
            _put(queue, head, (count, cell), (start[k] - lowest) / resolution)
            count += 1
    straight, diagonal, per = resolution, _DIAGONAL * resolution, 1.0 / resolution
    while done < count:
        slot = bucket & (ring - 1)
        bucket += 1
        while head[slot] >= 0:
            here, head[slot] = queue[0, head[slot]], queue[1, head[slot]]
            done += 1
            if closed[here]:
                continue
            closed[here] = True
            for k in range(8):
                i, j = _UP[k] * wide, _RIGHT[k]
                there = here + i + j
                total = cost[here] + flat[there] * (straight if k < 4 else diagonal)
                if total < cost[there] and _passable(flat, here, i, j):
                    cost[there] = total
                    _put(queue, head, (count, there), (total - lowest) * per)
                    count += 1
    return cost.reshape(rows + 2, wide)[1:-1, 1:-1].copy()


_UP = (-1, 1, 0, 0, -1, -1, 1, 1)
_RIGHT = (0, 0, -1, 1, -1, 1, -1, 1)
_DIAGONAL = math.sqrt(2.0)


@compiled
def _passable(flat: Array, here: int, i: int, j: int) -> bool:
    """Return whether a way may come to ``here`` from its neighbour at ``here + i + j``."""
    most = np.inf if flat[here + i + j] >= TIGHT else TIGHT
    if flat[here] >= most:
        return False
    return bool(i == 0 or j == 0 or (flat[here + i] < most and flat[here + j] < most))


@compiled
def _put(
    queue: NDArray[np.int32], head: NDArray[np.int32], entry: tuple[int, int], cost: float
) -> None:
    """Write ``entry`` (number, cell) to the front of the bucket of ``cost`` [cells]."""
    number, cell = entry
    slot = int(cost) & (len(head) - 1)
    queue[0, number], queue[1, number] = cell, head[slot]
    head[slot] = number


def guidance_to(
    local: Surroundings, target: ArrayLike, *, radius: float, comfort: float
) -> Guidance:
    """Return the cost to go around the robot.

    Args:
        local: The map around the robot.
        target: The way ahead, points or poses (k, 2) or (k, 3) in the map; one for a place to
            reach by whatever way.
        radius: Half width of the robot [m].
        comfort: Room beyond which more is of no use [m].

    Returns:
        Cost to the last free point of the way within the window. A single place outside of it is
        reached over the window's border and, from there, straight.
    """
    distance = local.distance
    resolution = distance.resolution
    price = step_costs(distance.cells, resolution, radius, comfort)
    points = np.asarray(target, dtype=float)
    points = np.atleast_2d(points)[:, :2]
    inside = distance.inside(points)
    if len(points) == 1 and not inside[0]:
        roots, start = _border(distance.centres(), price, points[0])
    else:
        roots, start = _last_free(distance.index(points), inside, price)
    cells = cost_to_go(price, roots, start, resolution)
    return Guidance(cells, np.array([*distance.origin, resolution]))


def _last_free(
    index: tuple[IntArray, IntArray], inside: BoolArray, price: Array
) -> tuple[IntArray, Array]:
    """Return the cell of the last point before the way leaves the window that is free."""
    count = len(inside) if inside.all() else max(1, int(np.argmin(inside)))
    rows, cols = (one[:count] for one in index)
    rows, cols = np.clip(rows, 0, price.shape[0] - 1), np.clip(cols, 0, price.shape[1] - 1)
    paid = price[rows, cols]
    for most in (TIGHT - 1e-9, np.inf):
        free = np.flatnonzero(paid < most)
        if len(free):
            k = int(free[-1])
            return np.array([rows[k] * price.shape[1] + cols[k]], dtype=np.int64), np.zeros(1)
    return np.zeros(0, dtype=np.int64), np.zeros(0)


def _border(centres: Array, price: Array, place: Array) -> tuple[IntArray, Array]:
    """Return the free cells on the window's border and how far each is from ``place`` [m]."""
    rim = np.zeros(price.shape, np.bool_)
    rim[[0, -1], :] = rim[:, [0, -1]] = True
    roots = np.flatnonzero(rim & (price < TIGHT)).astype(np.int64)
    gap = centres.reshape(-1, 2)[roots] - place
    return roots, np.hypot(gap[:, 0], gap[:, 1])


@compiled
def descend(cells: Array, frame: Array, start: Array) -> Array:
    """Return the way from ``start`` (2,) [m] down to the root, cell centres (k, 2) [m].

    Each step leads to the neighbour that is cheapest per way saved; where it begins there is no
    way, the result is empty.
    """
    rows, cols = cells.shape
    x0, y0, resolution = frame
    way, count = np.empty((rows * cols, 2)), 0
    c = math.floor((start[0] - x0) / resolution)
    r = math.floor((start[1] - y0) / resolution)
    while 0 <= r < rows and 0 <= c < cols and cells[r, c] < np.inf and count < len(way):
        way[count, 0], way[count, 1] = x0 + (c + 0.5) * resolution, y0 + (r + 0.5) * resolution
        count += 1
        best, i, j = 0.0, 0, 0
        for k in range(8):
            up, right = r + _UP[k], c + _RIGHT[k]
            if up < 0 or right < 0 or up >= rows or right >= cols:
                continue
            if k >= 4 and max(cells[up, c], cells[r, right]) == np.inf:
                continue
            fall = (cells[r, c] - cells[up, right]) / (1.0 if k < 4 else _DIAGONAL)
            if fall > best:
                best, i, j = fall, _UP[k], _RIGHT[k]
        if best <= 0.0:
            break
        r, c = r + i, c + j
    return way[:count].copy()
