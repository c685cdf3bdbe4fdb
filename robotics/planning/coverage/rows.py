"""Lanes over an area: where parallel lines have something to sweep, and in which direction.

All of it is counted on the crossings of horizontal lines with the area's edges, turned so that the
lanes run along x: a few thousand comparisons an angle instead of geometry on polygons.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, IntArray

LEVELS = 7
"""Lines across the width of a lane on which its area is looked at."""
APART = 1e4
"""Shift between rows so that all of them are merged at once; wider than any zone [m]."""
SLACK = 0.005
"""Lanes may be farther apart by this part of a lane in all: rounding makes no further lane."""
GRAIN = 0.02
"""Pieces of lines shorter than this do not count [m]."""


@dataclass(frozen=True, slots=True)
class Edges:
    """The sides of an area, turned so that lanes run along x [m]."""

    start: Array
    """First points, shape (n, 2)."""
    end: Array
    """Second points, shape (n, 2)."""

    @staticmethod
    def of(area: BaseGeometry, angle: float) -> Edges:
        """Return the sides of polygons, turned by ``-angle`` [rad]."""
        c, s = math.cos(angle), math.sin(angle)
        turn = np.array([[c, -s], [s, c]])
        rings = shapely.get_rings(shapely.get_parts(area))
        points, ring = shapely.get_coordinates(rings, return_index=True)
        points = points @ turn
        same = ring[1:] == ring[:-1]
        return Edges(points[:-1][same], points[1:][same])

    def height(self) -> tuple[float, float]:
        """Return the least and the largest y."""
        return float(self.start[:, 1].min()), float(self.start[:, 1].max())

    def cut(self, levels: Array) -> tuple[IntArray, Array]:
        """Return the pieces of horizontal lines that lie inside.

        Returns:
            Index of the line of each piece, shape (k,), and its (low, high) x, shape (k, 2), in
            the order of the lines and then of x.
        """
        ya, yb = self.start[:, 1], self.end[:, 1]
        across = (ya[None] <= levels[:, None]) != (yb[None] <= levels[:, None])
        line, side = np.nonzero(across)
        a, b = self.start[side], self.end[side]
        t = (levels[line] - a[:, 1]) / (b[:, 1] - a[:, 1])
        x = a[:, 0] + t * (b[:, 0] - a[:, 0])
        order = np.lexsort((x, line))
        line, x = line[order], x[order]
        return line[::2], np.column_stack((x[::2], x[1::2]))


@dataclass(frozen=True, slots=True)
class Rows:
    """Stretches to be swept, row after row [m]."""

    row: IntArray
    """Index of the row, shape (k,)."""
    span: Array
    """(low, high) x of what is to be swept, shape (k, 2)."""
    y: Array
    """Of the middle of each row, shape (rows,)."""


def rows_of(
    area: BaseGeometry, angle: float, width: float, spacing: float, *, levels: int = LEVELS
) -> Rows:
    """Return the rows of ``area`` along ``angle`` [rad].

    The outermost rows touch the area's rim; between them the distance shrinks from ``spacing``
    until whole rows fill it.

    Args:
        area: Polygons.
        angle: Direction of the lanes.
        width: Swept by a lane [m].
        spacing: Largest distance of two lanes [m].
        levels: Lines across each row on which the area is looked at.
    """
    edges = Edges.of(area, angle)
    low, high = edges.height()
    count = 1 + max(0, math.ceil((high - low - width) / spacing - SLACK))
    inner = 0.5 * min(width, high - low)
    y = np.linspace(low + inner, high - inner, count) if count > 1 else np.array([low + inner])
    rims = np.concatenate(([low], 0.5 * (y[1:] + y[:-1]), [high]))
    part = np.linspace(1e-3, 1.0 - 1e-3, levels)
    line, span = edges.cut((rims[:-1, None] + part * np.diff(rims)[:, None]).ravel())
    keep = span[:, 1] - span[:, 0] > GRAIN
    row, merged = _merged(line[keep] // levels, span[keep])
    return Rows(row, merged, y)


def _merged(row: IntArray, span: Array) -> tuple[IntArray, Array]:
    """Return the unions of overlapping pieces of the same row."""
    if not len(row):
        return row, span
    order = np.lexsort((span[:, 0], row))
    row, span = row[order], span[order]
    low, high = span[:, 0] + APART * row, np.maximum.accumulate(span[:, 1] + APART * row)
    first = np.flatnonzero(np.append(True, low[1:] > high[:-1]))
    ends = high[np.append(first[1:], len(high)) - 1] - APART * row[first]
    return row[first], np.column_stack((span[first, 0], ends))


def angles_of(area: BaseGeometry, sides: int = 4) -> list[float]:
    """Return directions worth trying [rad]: six around the circle, and the longest sides."""
    angles = {round(math.pi * i / 6, 9) for i in range(6)}
    for part in shapely.get_parts(area).tolist():
        corners = np.asarray(part.simplify(0.1).exterior.coords)
        step = np.diff(corners, axis=0)
        for k in np.argsort(-np.hypot(step[:, 0], step[:, 1]), kind="stable")[:sides]:
            angles.add(round(math.atan2(step[k, 1], step[k, 0]) % math.pi, 9) % round(math.pi, 9))
    return sorted(angles)
