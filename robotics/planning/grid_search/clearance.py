"""How much space there is around a cell and along a line, in a distance field with discs in it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, IntArray, frozen
from robotics.core.compiled import compiled
from robotics.mapping.grid import Grid

_TOUCH = 1e-9
"""A line this near to a cell touches it [cells]; rounding decides nothing."""
_FAR = 1e6
"""Stands for an infinite distance [m], so that differences are numbers."""


class Field(NamedTuple):
    """A distance field and what stands on it now."""

    values: Array
    """Distance of each cell centre to the nearest occupied one (rows, cols) [m]."""
    frame: Array
    """(x, y) of the lower left corner and the side of a cell, shape (3,) [m]."""
    discs: Array
    """Discs (x, y, radius) in the map, shape (k, 3) [m]."""

    @staticmethod
    def of(distance: Grid, standing: Array) -> Field:
        """Return the field of a grid of distances and discs (k, 3) [m], the finite ones."""
        discs = np.array(standing, dtype=np.float64).reshape(-1, 3)
        discs = np.ascontiguousarray(discs[np.isfinite(discs).all(axis=1)])
        values = frozen(np.ascontiguousarray(distance.cells, dtype=np.float64))
        return Field(values, np.array([*distance.origin, distance.resolution]), discs)

    def spots(self, points: Array) -> Array:
        """Return (column, row) of points (n, 2) in units of cells, whole at cell centres."""
        return np.asarray((points - self.frame[:2]) / self.frame[2] - 0.5)

    def points(self, spots: Array) -> Array:
        """Return the points (n, 2) at (column, row), see ``spots``."""
        return np.asarray(self.frame[:2] + (spots + 0.5) * self.frame[2])


@compiled
def gap(values: Array, frame: Array, discs: Array, row: int, col: int) -> float:
    """Return the space around the centre of a cell [m], 0 where something stands."""
    best = min(values[row, col], _FAR)
    if len(discs) > 0:
        x, y = frame[0] + (col + 0.5) * frame[2], frame[1] + (row + 0.5) * frame[2]
        for k in range(len(discs)):
            dx, dy = x - discs[k, 0], y - discs[k, 1]
            best = min(best, max(math.sqrt(dx * dx + dy * dy) - discs[k, 2], 0.0))
    return float(best)


@compiled
def gaps(values: Array, frame: Array, discs: Array, cells: IntArray) -> Array:
    """Return the space around the centres of cells (row, column) (n, 2), shape (n,) [m]."""
    result = np.empty(len(cells))
    for i in range(len(cells)):
        result[i] = gap(values, frame, discs, cells[i, 0], cells[i, 1])
    return result


@compiled
def _cells_keep(values: Array, frame: Array, discs: Array, line: Array, least: float) -> bool:
    """Return whether all cells that a line crosses or touches have ``least`` around them."""
    rows, cols = values.shape
    u, v, du, dv = line[0], line[1], line[2] - line[0], line[3] - line[1]
    left, right = min(line[0], line[2]), max(line[0], line[2])
    for col in range(math.ceil(left - 0.5 - _TOUCH), math.floor(right + 0.5 + _TOUCH) + 1):
        a, b = line[1], line[3]
        if abs(du) > _TOUCH:  # the stretch of the line above this column
            west, east = max(left, col - 0.5 - _TOUCH), min(right, col + 0.5 + _TOUCH)
            a, b = v + (west - u) / du * dv, v + (east - u) / du * dv
        low, high = min(a, b) - 0.5 - _TOUCH, max(a, b) + 0.5 + _TOUCH
        for row in range(math.ceil(low), math.floor(high) + 1):
            if row < 0 or col < 0 or row >= rows or col >= cols:
                return False
            if not gap(values, frame, discs, row, col) >= least:
                return False
    return True


@compiled
def _crossing(start: float, slope: float, t: float, most: float) -> float:
    """Return at which parameter after ``t`` a coordinate is whole again, at the ``most``."""
    here = start + t * slope
    if slope > 0.0:
        return min(most, (math.floor(here + _TOUCH) + 1.0 - start) / slope)
    if slope < 0.0:
        return min(most, (math.ceil(here - _TOUCH) - 1.0 - start) / slope)
    return most


@compiled
def _lowest(first: float, middle: float, last: float) -> float:
    """Return the least value of the parabola through three evenly spaced ones, between them."""
    low, bend = min(first, last), 2.0 * (first - 2.0 * middle + last)
    if bend > 0.0:
        s = 0.5 * (3.0 * first - 4.0 * middle + last) / bend
        if 0.0 < s < 1.0:
            low = first - bend * s * s
    return float(low)


@compiled
def _field_keeps(values: Array, frame: Array, discs: Array, line: Array, least: float) -> bool:
    """Return whether the interpolated field is at least ``least`` all along a line."""
    rows, cols = values.shape
    u, v, du, dv = line[0], line[1], line[2] - line[0], line[3] - line[1]
    t = 0.0
    while t < 1.0:  # a square between four cell centres at a time
        end = _crossing(u, du, t, _crossing(v, dv, t, 1.0))
        middle = 0.5 * (t + end)
        c = min(max(math.floor(u + middle * du), 0), max(cols - 2, 0))
        r = min(max(math.floor(v + middle * dv), 0), max(rows - 2, 0))
        up, right = min(r + 1, rows - 1), min(c + 1, cols - 1)
        below, above = gap(values, frame, discs, r, c), gap(values, frame, discs, up, c)
        slope_below, slope_above = (
            gap(values, frame, discs, r, right) - below,
            gap(values, frame, discs, up, right) - above,
        )
        heights = np.empty(3)
        for k in range(3):
            s = t + 0.5 * k * (end - t)
            p, q = u + s * du - c, v + s * dv - r
            heights[k] = (below + slope_below * p) * (1.0 - q) + (above + slope_above * p) * q
        if _lowest(heights[0], heights[1], heights[2]) < least - _TOUCH:
            return False
        t = end
    return True


@compiled
def line_keeps(values: Array, frame: Array, discs: Array, line: Array, least: float) -> bool:
    """Return whether a straight line keeps its distance everywhere.

    Every cell that the line crosses or touches has to have ``least`` around its centre, and so has
    the bilinear interpolation of the field everywhere on the line (``Space.clearance`` asks for
    that one): both exactly, not at samples.

    Args:
        values: ``Field.values``.
        frame: ``Field.frame``.
        discs: ``Field.discs``.
        line: Column and row of its ends in units of cells (u, v, u, v), shape (4,).
        least: Distance to keep [m].
    """
    if not _cells_keep(values, frame, discs, line, least):
        return False
    return _field_keeps(values, frame, discs, line, least)
