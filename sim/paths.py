"""Ways over the walkable ground: straight where free, round the solids elsewhere."""

from __future__ import annotations

import math

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from robotics.core.arrays import Array, BoolArray, IntArray

SPACE = 0.24
"""Ways keep this far from every edge [m]; the world check grants routes 0.25 m."""

_GRID = 0.25
"""Cell of the grid on which a way round solids is searched [m]."""

_WINDOW = 8.0
"""How far beyond both ends that search looks [m]."""

_SAGITTA = 0.08
"""How far a diagonal between two cells can cut into a corner rounded with ``SPACE`` [m]."""


class Paths:
    """Finds ways over the walkable ground."""

    def __init__(self, region: BaseGeometry) -> None:
        room = region.buffer(-SPACE)
        self.room: BaseGeometry = max(shapely.get_parts(room), key=lambda part: part.area)
        shapely.prepare(self.room)
        self._inner = self.room.buffer(-_SAGITTA)
        shapely.prepare(self._inner)
        self.edge: BaseGeometry = region.boundary

    def clear(self, a: Array, b: Array) -> bool:
        """Whether the straight way from ``a`` to ``b`` (2,) is free."""
        return bool(self.room.covers(LineString([a, b])))

    def snapped(self, point: Array) -> Array:
        """Return the free point (2,) nearest to ``point``."""
        if self.room.covers(Point(point)):
            return point
        spot = nearest_points(self.room.buffer(-0.01), Point(point))[0]
        return np.array([spot.x, spot.y])

    def between(self, a: Array, b: Array) -> Array:
        """Return corners (k, 2) after ``a`` up to ``b``: straight if free, else round solids.

        Only ``b`` itself where no way round is found near the two.
        """
        if self.clear(a, b):
            return b[None]
        low, high = np.minimum(a, b) - _WINDOW, np.maximum(a, b) + _WINDOW
        x, y = (np.arange(low[k], high[k], _GRID) for k in (0, 1))
        grid_x, grid_y = np.meshgrid(x, y)
        free = shapely.contains_xy(self._inner, grid_x, grid_y)
        ends = [_nearest_free(free, (p - low) / _GRID) for p in (a, b)]
        cells = _shortest(free, ends[0], ends[1])
        if cells is None:
            return b[None]
        points = np.column_stack([x[cells % len(x)], y[cells // len(x)]])
        return self._pulled(np.vstack([a, points, b]))[1:]

    def _pulled(self, points: Array) -> Array:
        """Return the corners that remain when the string is pulled tight."""
        kept, i = [0], 0
        while i < len(points) - 1:
            j = len(points) - 1
            while j > i + 1 and not self.clear(points[i], points[j]):
                j = i + max(1, (j - i) // 2)
            kept.append(j)
            i = j
        return np.asarray(points[kept])


def _nearest_free(free: BoolArray, cell: Array) -> int:
    rows, columns = np.nonzero(free)
    if not len(rows):
        return 0
    best = int(np.argmin((columns - cell[0]) ** 2 + (rows - cell[1]) ** 2))
    return int(rows[best] * free.shape[1] + columns[best])


def _shortest(free: BoolArray, start: int, goal: int) -> IntArray | None:
    """Return the cells of a shortest way on an 8-neighbour grid (scipy's Dijkstra), or None."""
    number = np.arange(free.size).reshape(free.shape)
    rows, columns = [], []
    for a, b in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[:-1, :-1], np.s_[1:, 1:]),
        (np.s_[1:, :-1], np.s_[:-1, 1:]),
    ):
        open_ = free[a] & free[b]
        rows.append(number[a][open_])
        columns.append(number[b][open_])
    lengths = [np.full(len(r), 1.0 if k < 2 else math.sqrt(2.0)) for k, r in enumerate(rows)]
    places = (np.concatenate(rows), np.concatenate(columns))
    graph = coo_array((np.concatenate(lengths), places), shape=(free.size, free.size)).tocsr()
    _, found = dijkstra(graph, False, np.array([start]), True)
    before = found[0]
    if goal != start and before[goal] < 0:
        return None
    way = [goal]
    while way[-1] != start:
        way.append(int(before[way[-1]]))
    return np.array(way[::-1])
