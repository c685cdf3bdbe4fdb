"""What a path really sweeps: fine rasters of swept discs, none of the planner's own code."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from shapely import LineString, Polygon

CELL = 0.025
"""Side of a cell [m]."""

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one path over one zone."""

    covered: float
    """Part of the ground that can be reached at all."""
    length: float
    """[m]."""
    ratio: float
    """Length over area / width."""
    outside: float
    """Length of the path outside the zone [m]."""


def judge(zone: Polygon, path: Array, width: float) -> Verdict:
    """Return what a disc of ``width`` [m] sweeps along a path (n, 2 or more) of its centre.

    Reachable is what the disc covers from anywhere it can be without leaving the zone: the ground
    connected to the path's begin, opened by the disc.
    """
    x0, y0, x1, y1 = zone.bounds
    cols, rows = (math.ceil(size / CELL) + 4 for size in (x1 - x0, y1 - y0))
    corner = np.array([x0 - 2 * CELL, y0 - 2 * CELL])
    inside = _filled(zone, corner, (rows, cols))
    room = ndimage.distance_transform_edt(inside) * CELL
    places = room >= 0.5 * width - 0.5 * CELL
    labels, _ = ndimage.label(places)
    index = ((path[:, :2] - corner) / CELL).astype(int).clip(0, (cols - 1, rows - 1))
    used = np.unique(labels[index[:, 1], index[:, 0]])
    reachable = inside & _near(np.isin(labels, used[used > 0]), 0.5 * width - 0.5 * CELL)
    line = np.zeros((rows, cols), dtype=np.bool_)
    dense = _dense(path[:, :2])
    spot = ((dense - corner) / CELL).astype(int).clip(0, (cols - 1, rows - 1))
    line[spot[:, 1], spot[:, 0]] = True
    swept = _near(line, 0.5 * width)
    length = float(np.hypot(*np.diff(path[:, :2], axis=0).T).sum())
    share = float((swept & reachable).sum() / max(1, reachable.sum()))
    outside = LineString(path[:, :2]).difference(zone.buffer(1e-6)).length
    return Verdict(share, length, length * width / zone.area, float(outside))


def _near(mask: Mask, reach: float) -> Mask:
    """Return the cells within ``reach`` [m] of true ones."""
    return np.asarray(ndimage.distance_transform_edt(~mask) * CELL <= reach)


def _dense(points: Array) -> Array:
    step = np.hypot(*np.diff(points, axis=0).T)
    along = np.append(0.0, np.cumsum(step))
    place = np.arange(0.0, along[-1], 0.4 * CELL)
    return np.column_stack([np.interp(place, along, axis) for axis in points.T])


def _filled(zone: Polygon, corner: Array, shape: tuple[int, int]) -> Mask:
    """Return the cells whose centre lies in a polygon, by crossings of rows (even-odd rule)."""
    rows, cols = shape
    y = corner[1] + (np.arange(rows) + 0.5) * CELL
    flips = np.zeros((rows, cols + 1), dtype=np.int32)
    for ring in (zone.exterior, *zone.interiors):
        points = np.asarray(ring.coords)
        for (ax, ay), (bx, by) in pairwise(points):
            hit = np.flatnonzero((ay <= y) != (by <= y))
            if len(hit):
                x = ax + (y[hit] - ay) / (by - ay) * (bx - ax)
                col = np.ceil((x - corner[0]) / CELL - 0.5).astype(int).clip(0, cols)
                np.add.at(flips, (hit, col), 1)
    return np.asarray(np.cumsum(flips, axis=1)[:, :-1] % 2 == 1)


def is_sound(zone: Polygon) -> bool:
    """Whether a polygon can be judged at all."""
    return bool(zone.is_valid and not zone.is_empty and shapely.area(zone) > 0.0)
