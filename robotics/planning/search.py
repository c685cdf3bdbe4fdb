"""Shortest way for a robot with room around it: exact grid search, then a string pulled tight.

Without comfort, jump point search over the cells with room enough (``grid_search.jumping``); with
it, A* over costs (``grid_search.costly``). The grid way is the least one of the whole map in both
cases; diagonal steps need both straight neighbours free (no corner is cut).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.mapping.grid import Grid
from robotics.planning.grid_search.clearance import Field, gaps
from robotics.planning.grid_search.costly import Keep, cheapest_in_slices
from robotics.planning.grid_search.jumping import shortest
from robotics.planning.grid_search.packed import PackedGrid
from robotics.planning.grid_search.pulling import filled, keeps, pull_string_in_slices
from robotics.planning.grid_search.scanning import SLANT
from robotics.planning.slices import Slices, whole
from robotics.planning.space import no_discs

SNAP = 0.3
"""How far a start or goal on blocked ground may be moved to free ground [m]."""
_MARGINS = (12.0, 60.0, math.inf)
"""Windows around start and goal that are searched one after the other [m]."""

_PREPARED, _CELLS = 1000, 200
"""What looking at both ends counts, see ``slices``, and how many cells of a window count one."""

Cell = tuple[int, int]


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


def warm_up() -> None:
    """Compile both searches now, not when the first goal comes."""
    floor = Grid(np.full((8, 8), 9.0), 0.1, np.zeros(2))
    for comfort in (0.0, 0.2):
        find_route(floor, (0.1, 0.1), (0.7, 0.4), Room(0.1, comfort))


def find_route(distance: Grid, start: ArrayLike, goal: ArrayLike, room: Room) -> Route:
    """Return the shortest way from ``start`` (2,) to ``goal`` (2,) [m].

    Args:
        distance: Distance field of the map [m].
        start: (x, y) in the map; moved by at most ``SNAP`` if it is on blocked ground.
        goal: (x, y) in the map; moved likewise.
        room: Space to keep.

    Returns:
        Corners from ``start`` to ``goal``, or a reason: outside the map, start or goal occupied,
        no way through. Every stretch keeps ``room.radius``, but for the one from a start on
        blocked ground to free ground.
    """
    return whole(find_route_in_slices(distance, start, goal, room))


def find_route_in_slices(
    distance: Grid, start: ArrayLike, goal: ArrayLike, room: Room
) -> Slices[Route]:
    """Return what ``find_route`` returns, in slices."""
    ends = np.array([start, goal], dtype=float)
    floor = Field.of(distance, room.standing)
    least = float(room.radius + 0.5 * distance.resolution)  # an obstacle begins at its cell's edge
    cells: list[Cell] = []
    for name, end in zip(("start", "goal"), ends, strict=True):
        place, size = floor.spots(end) + 0.5, floor.values.shape[::-1]
        if not ((place >= 0.0) & (place < size)).all():  # nor is NaN
            return Route(reason=f"{name} outside the map")
        cell = _nearest_free(floor, end, least)
        if cell is None:
            return Route(reason=f"{name} occupied")
        cells.append(cell)
    yield _PREPARED
    chain = yield from _chain(floor, Keep(least, float(room.radius), float(room.comfort)), cells)
    if not len(chain):
        return Route(reason="no way through")
    spare = room.comfort if room.comfort > room.radius else least
    corners = yield from pull_string_in_slices(floor, chain, least, spare)
    tight = floor.points(corners[:, ::-1].astype(float))
    return Route(_with_ends(floor, ends, tight, least))


def _chain(floor: Field, keep: Keep, cells: list[Cell]) -> Slices[IntArray]:
    """Return the cells (row, column) of a least way (n, 2), none if there is no way."""
    if keep.comfort > keep.radius:
        return (yield from cheapest_in_slices(floor, keep, cells[0], cells[1]))[1]
    ends = np.array(cells)
    for margin in _MARGINS:
        reach = int(min(margin / floor.frame[2], max(floor.values.shape)))
        low = np.maximum(ends.min(axis=0) - reach, 0)
        high = np.minimum(ends.max(axis=0) + reach + 1, floor.values.shape)
        way = shortest(PackedGrid.of(_free(floor, low, high, keep.least)), *(ends - low).tolist())
        yield int(np.prod(high - low)) // _CELLS
        if way.cost <= _least_outside(ends, low, high, floor.values.shape):
            break
    return filled(way.corners + low)


def _least_outside(ends: IntArray, low: IntArray, high: IntArray, shape: tuple[int, ...]) -> float:
    """Return what a way that leaves a window costs at least [cells].

    It touches the line of cells behind one of the window's sides; the octile distance by way of a
    line is the one to the mirror image.
    """
    least = math.inf
    for axis in (0, 1):
        aside = abs(int(ends[0, 1 - axis] - ends[1, 1 - axis]))
        for inside, out in (
            (low[axis] > 0, ends[:, axis] - low[axis] + 1),
            (high[axis] < shape[axis], high[axis] - ends[:, axis]),
        ):
            if inside:
                there = int(out.sum())
                least = min(least, max(there, aside) + (SLANT - 1.0) * min(there, aside))
    return least


def _free(floor: Field, low: IntArray, high: IntArray, least: float) -> BoolArray:
    """Return which cells of a window have room around them."""
    free = floor.values[low[0] : high[0], low[1] : high[1]] >= least
    x0, y0, resolution = floor.frame
    for x, y, radius in floor.discs:
        reach = radius + least
        left, bottom = np.floor(((x - reach - x0) / resolution, (y - reach - y0) / resolution))
        cols = np.arange(max(left, low[1]), min(left + 2 * reach / resolution + 3, high[1]))
        rows = np.arange(max(bottom, low[0]), min(bottom + 2 * reach / resolution + 3, high[0]))
        u, v = x0 + (cols + 0.5) * resolution - x, y0 + (rows + 0.5) * resolution - y
        near = np.maximum(np.hypot(u[None, :], v[:, None]) - radius, 0.0) < least
        if near.size:
            r, c = int(rows[0]) - int(low[0]), int(cols[0]) - int(low[1])
            free[r : r + len(rows), c : c + len(cols)] &= ~near
    return free


def _nearest_free(floor: Field, point: Array, least: float) -> Cell | None:
    """Return (row, column) of the free cell nearest to a point, if within reach of it.

    Nothing may stand between: on the way there the room must not get less than it is now.
    """
    spot = floor.spots(point)
    col, row = (int(value) for value in np.floor(spot + 0.5))
    size = math.ceil(SNAP / floor.frame[2]) + 1
    rows = np.arange(max(0, row - size), min(floor.values.shape[0], row + size + 1))
    cols = np.arange(max(0, col - size), min(floor.values.shape[1], col + size + 1))
    near = np.stack(np.meshgrid(rows, cols, indexing="ij"), axis=-1).reshape(-1, 2)
    space = gaps(*floor, near)
    here = float(space[(near == (row, col)).all(axis=1)][0])
    if here >= least:
        return row, col
    apart = np.hypot(near[:, 1] - spot[0], near[:, 0] - spot[1])
    for k in np.argsort(apart, kind="stable"):
        if apart[k] > SNAP / floor.frame[2] + 0.5:
            break
        if space[k] >= least and _can_leave(floor, spot, near[k], here):
            return int(near[k, 0]), int(near[k, 1])
    return None


def _can_leave(floor: Field, spot: Array, cell: IntArray, here: float) -> bool:
    """Return whether a line to a cell (row, column) never comes nearer to what stands there."""
    count = int(2 * np.hypot(*(cell[::-1] - spot))) + 2
    line = spot + np.linspace(0.0, 1.0, count)[:, None] * (cell[::-1] - spot)
    rounded = np.floor(line[:, ::-1] + 0.5).astype(np.int64)
    return bool((gaps(*floor, rounded) >= here - 0.75 * floor.frame[2]).all())


def _with_ends(floor: Field, ends: Array, tight: Array, least: float) -> Array:
    """Return the way between the ends themselves instead of the centres of their cells.

    The centre stays where the end is on blocked ground or the line from it would come too near.
    A goal on blocked ground is not gone to, only the free cell beside it.
    """
    moved = np.abs(ends[1] - tight[-1]).max() > 0.5001 * floor.frame[2]
    points = [*tight[1:-1], tight[-1] if moved else ends[1]]
    if not keeps(floor, floor.spots(np.array([ends[0], points[0]])), least):
        points.insert(0, tight[0])
    before = points[-2] if len(points) > 1 else ends[0]
    if not moved and not keeps(floor, floor.spots(np.array([before, ends[1]])), least):
        points.insert(-1, tight[-1])
    return np.vstack((ends[:1], *points))
