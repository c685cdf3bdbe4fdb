"""Shortest way on a grid: exact A*, then a string pulled tight.

A* (Hart, Nilsson, Raphael 1968) on eight neighbours with the octile distance as its bound, which
is admissible and consistent, so that the cost found is the least one. Diagonal steps need both
straight neighbours free (no corner is cut).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.compiled import compiled
from robotics.mapping.grid import Grid
from robotics.planning.space import interpolate, no_discs

SNAP = 0.3
"""How far a start or goal on blocked ground may be moved to free ground [m]."""


@compiled
def _push(keys: Array, cells: IntArray, count: int, key: float, cell: int) -> None:
    i = count
    while i > 0:
        above = (i - 1) >> 1
        if keys[above] <= key:
            break
        keys[i], cells[i] = keys[above], cells[above]
        i = above
    keys[i], cells[i] = key, cell


@compiled
def _pop(keys: Array, cells: IntArray, count: int) -> int:
    top = cells[0]
    key, cell = keys[count - 1], cells[count - 1]
    i, last = 0, count - 1
    while True:
        child = 2 * i + 1
        if child >= last:
            break
        if child + 1 < last and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i], cells[i] = keys[child], cells[child]
        i = child
    keys[i], cells[i] = key, cell
    return int(top)


@compiled
def _octile(rows: int, cols: int) -> float:
    return max(rows, cols) + 0.41421356237309515 * min(rows, cols)


@compiled
def expand(free: BoolArray, penalty: Array, start: int, goal: int) -> tuple[Array, IntArray]:
    """Search from cell ``start`` to cell ``goal`` (flat indices).

    Args:
        free: Cells that may be entered, shape (rows, cols).
        penalty: Extra cost of entering a cell, as a factor on the step's length, (rows, cols) or
            (0, 0) for none.
        start: Flat index.
        goal: Flat index.

    Returns:
        Cost of each flat cell [cells] (infinite where not reached) and its parent (-1 for none).
    """
    rows, cols = free.shape
    cost, parent = np.full(free.size, np.inf), np.full(free.size, -1, np.int64)
    closed = np.zeros(free.size, np.bool_)
    keys, cells = np.empty(1 << 14), np.empty(1 << 14, np.int64)
    goal_row, goal_col = goal // cols, goal % cols
    cost[start], keys[0], cells[0], count = 0.0, 0.0, start, 1
    while count > 0:
        here = _pop(keys, cells, count)
        count -= 1
        if here == goal:
            break
        if closed[here]:
            continue
        closed[here] = True
        row, col = here // cols, here % cols
        for k in range(9):
            i, j = k // 3 - 1, k % 3 - 1
            r, c = row + i, col + j
            if k == 4 or r < 0 or c < 0 or r >= rows or c >= cols or not free[r, c]:
                continue
            if i != 0 and j != 0 and not (free[row, c] and free[r, col]):
                continue
            step = 1.4142135623730951 if i != 0 and j != 0 else 1.0
            if penalty.size > 0:
                step *= 1.0 + penalty[r, c]
            there, total = r * cols + c, cost[here] + step
            if total < cost[there] - 1e-12:
                cost[there], parent[there] = total, here
                if count == len(keys):
                    keys = np.concatenate((keys, np.empty(count)))
                    cells = np.concatenate((cells, np.empty(count, np.int64)))
                bound = total + _octile(abs(r - goal_row), abs(c - goal_col))
                _push(keys, cells, count, bound, there)
                count += 1
    return cost, parent


@compiled
def sees(distance: Array, a: Array, b: Array, least: float) -> bool:
    """Return whether the straight line between two points keeps ``least`` [cells] of distance.

    Args:
        distance: Distance field in cells, shape (rows, cols).
        a: (column, row) of cell centres, shape (2,).
        b: As ``a``.
        least: Distance to keep [cells].
    """
    count = max(1, math.ceil(math.hypot(b[0] - a[0], b[1] - a[1]) / 0.5))
    for i in range(count + 1):
        t = i / count
        u, v = a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
        if interpolate(distance, u, v) < least:
            return False
    return True


@dataclass(frozen=True, slots=True)
class Route:
    """A way, or why there is none."""

    points: Array = field(default_factory=lambda: np.zeros((0, 2)))
    """Corners of the way in the map, shape (m, 2) [m]."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """How much space the way shall keep."""

    radius: float
    """The centre stays this far from obstacles [m]."""
    comfort: float = 0.0
    """Nearer than this costs extra [m]."""
    standing: Array = field(default_factory=no_discs)
    """Discs (x, y, radius) in the map to go around, shape (k, 3) [m]."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of the map that is searched, in cells."""

    distance: Array
    row: int
    col: int


def find_route(distance: Grid, start: ArrayLike, goal: ArrayLike, room: Room) -> Route:
    """Return the shortest way from ``start`` (2,) to ``goal`` (2,) [m].

    A window around both is searched first, the whole map only if there is no way in it.

    Args:
        distance: Distance field of the map [m].
        start: (x, y) in the map; moved by at most ``SNAP`` if it is on blocked ground.
        goal: (x, y) in the map.
        room: Space to keep.

    Returns:
        Corners from ``start`` to ``goal``, or a reason: outside the map, start or goal occupied,
        no way through.
    """
    ends = np.array([start, goal], dtype=float)
    rows, cols = distance.index(ends)
    shape = distance.cells.shape
    for name, row, col in zip(("start", "goal"), rows, cols, strict=True):
        if not (0 <= row < shape[0] and 0 <= col < shape[1]):
            return Route(reason=f"{name} outside the map")
    route = Route(reason="no way through")
    for margin in (12.0, 60.0, np.inf):
        window = _crop(distance, rows, cols, margin)
        route = _search_window(distance, window, ends, room)
        if not route.reason or window.distance.shape == shape:
            break
    return route


def _crop(distance: Grid, rows: IntArray, cols: IntArray, margin: float) -> _Window:
    reach = int(min(margin / distance.resolution, max(distance.cells.shape)))
    low, left = max(0, int(rows.min()) - reach), max(0, int(cols.min()) - reach)
    part = distance.cells[low : int(rows.max()) + reach + 1, left : int(cols.max()) + reach + 1]
    return _Window(np.ascontiguousarray(part), low, left)


def _search_window(distance: Grid, window: _Window, ends: Array, room: Room) -> Route:
    resolution = distance.resolution
    corner = distance.origin + resolution * np.array([window.col, window.row])
    field_m = _stamped(window.distance, corner, resolution, room.standing)
    least = room.radius + 0.5 * resolution  # the obstacle begins at its cell's edge
    free = field_m >= least
    spots = (ends - corner) / resolution - 0.5
    snapped = []
    for name, spot in zip(("start", "goal"), spots, strict=True):
        cell = _nearest_free(free, spot, SNAP / resolution)
        if cell is None:
            return Route(reason=f"{name} occupied")
        snapped.append(cell)
    penalty = np.zeros((0, 0))
    if room.comfort > room.radius:
        penalty = 3.0 * np.clip((room.comfort - field_m) / (room.comfort - room.radius), 0.0, 1.0)
    cols = free.shape[1]
    first, last = (row * cols + col for row, col in snapped)
    cost, parent = expand(free, penalty, first, last)
    if not np.isfinite(cost[last]):
        return Route(reason="no way through")
    cells = [last]
    while cells[-1] != first:
        cells.append(int(parent[cells[-1]]))
    chain = np.array([(cell % cols, cell // cols) for cell in reversed(cells)], dtype=float)
    spare = room.comfort / resolution if room.comfort > room.radius else least / resolution
    tight = pull_string(field_m / resolution, chain, least / resolution, spare)
    points = corner + (tight + 0.5) * resolution
    return Route(np.vstack((ends[:1], points[1:-1], _end(ends, points, free, spots))))


def _end(ends: Array, points: Array, free: BoolArray, spots: Array) -> Array:
    """Return the goal itself where it is on free ground, else the cell it was moved to."""
    col, row = np.rint(spots[1]).astype(int)
    inside = 0 <= row < free.shape[0] and 0 <= col < free.shape[1]
    return ends[1:] if inside and free[row, col] else points[-1:]


def _stamped(values: Array, corner: Array, resolution: float, standing: Array) -> Array:
    """Return the distance field with discs (k, 3) put into it."""
    result = values
    for x, y, radius in standing:
        rows, cols = values.shape
        u = corner[0] + (np.arange(cols) + 0.5) * resolution - x
        v = corner[1] + (np.arange(rows) + 0.5) * resolution - y
        gap = np.hypot(u[None, :], v[:, None]) - radius
        result = np.minimum(result, np.maximum(gap, 0.0))
    return result


def _nearest_free(free: BoolArray, spot: Array, reach: float) -> tuple[int, int] | None:
    """Return (row, column) of the free cell nearest to ``spot`` (column, row), if within reach."""
    col, row = (int(value) for value in np.rint(spot))
    if 0 <= row < free.shape[0] and 0 <= col < free.shape[1] and free[row, col]:
        return row, col
    size = math.ceil(reach) + 1
    low, left = max(0, row - size), max(0, col - size)
    near = np.argwhere(free[low : row + size + 1, left : col + size + 1])
    near = near + np.array([low, left])
    if len(near) == 0:
        return None
    gap = np.hypot(near[:, 1] - spot[0], near[:, 0] - spot[1])
    best = int(gap.argmin())
    return (int(near[best, 0]), int(near[best, 1])) if gap[best] <= reach + 0.5 else None


def pull_string(distance: Array, chain: Array, least: float, spare: float) -> Array:
    """Return the corners that remain of a chain of cells when it is pulled tight.

    A stretch is straightened if the straight line keeps ``spare``, or at least as much distance
    as the chain itself kept, and never less than ``least``.

    Args:
        distance: Distance field [cells], shape (rows, cols).
        chain: (column, row) of neighbouring cells, shape (n, 2).
        least: Distance to keep [cells].
        spare: Distance beyond which more is of no use [cells].
    """
    kept = [0]
    height = distance[chain[:, 1].astype(int), chain[:, 0].astype(int)]
    while kept[-1] < len(chain) - 1:
        here = kept[-1]
        reach, jump = here + 1, 1
        while jump:
            there = min(reach + jump, len(chain) - 1)
            wanted = max(least, min(spare, float(height[here : there + 1].min())) - 0.5)
            clear = there > reach and sees(distance, chain[here], chain[there], wanted)
            reach, jump = (there, jump * 2) if clear else (reach, jump // 2)
        kept.append(reach)
    return chain[kept]
