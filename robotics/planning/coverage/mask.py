"""The ground a tool has been over, as a mask of cells."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.core.compiled import compiled
from robotics.mapping.grid import Grid, polygon_mask
from robotics.planning.coverage.region import polygons_in


def mask_of(shape: BaseGeometry, resolution: float) -> Grid:
    """Return the cells whose centre is in ``shape``, on a grid just large enough."""
    x0, y0, x1, y1 = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    rows = math.ceil((y1 - y0) / resolution) + 1
    cols = math.ceil((x1 - x0) / resolution) + 1
    empty = Grid(np.zeros((rows, cols), dtype=np.bool_), resolution, np.array([x0, y0]))
    cells = np.zeros((rows, cols), dtype=np.bool_)
    for part in polygons_in(shape):
        inside = polygon_mask(empty, np.asarray(part.exterior.coords)[:-1])
        for hole in part.interiors:
            inside = inside & ~polygon_mask(empty, np.asarray(hole.coords)[:-1])
        cells |= inside
    return Grid(cells, resolution, np.array([x0, y0]))


def outline_of(mask: Grid) -> BaseGeometry:
    """Return the true cells of a mask as one shape without their rim, steps smoothed."""
    padded = np.pad(mask.cells, ((0, 0), (1, 1))).astype(np.int8)
    row, start = np.nonzero(np.diff(padded, axis=1) == 1)
    _, stop = np.nonzero(np.diff(padded, axis=1) == -1)
    size, (x0, y0) = mask.resolution, mask.origin
    low = y0 + row * size
    runs = shapely.box(x0 + start * size, low, x0 + stop * size, low + size)
    return shapely.union_all(runs).buffer(0.1 * size).buffer(-size).simplify(size)


@compiled
def mark(mask: BoolArray, frame: Array, discs: Array, poses: Array) -> None:
    """Set the cells whose centre lies under a disc of the tool at any of the poses.

    Args:
        mask: Changed in place, shape (rows, cols).
        frame: (x, y) of the lower left corner and the resolution, shape (3,) [m].
        discs: (x, y, radius) in the base frame, shape (k, 3) [m].
        poses: Shape (n, 3).
    """
    x0, y0, size = frame
    rows, cols = mask.shape
    for i in range(len(poses)):
        c, s = math.cos(poses[i, 2]), math.sin(poses[i, 2])
        for j in range(len(discs)):
            u = (poses[i, 0] + c * discs[j, 0] - s * discs[j, 1] - x0) / size - 0.5
            v = (poses[i, 1] + s * discs[j, 0] + c * discs[j, 1] - y0) / size - 0.5
            reach = discs[j, 2] / size
            for row in range(max(0, math.ceil(v - reach)), min(rows, math.floor(v + reach) + 1)):
                half = math.sqrt(max(0.0, reach * reach - (row - v) ** 2))
                first, last = math.ceil(u - half), math.floor(u + half)
                for col in range(max(0, first), min(cols, last + 1)):
                    mask[row, col] = True


def warm_up(discs: Array) -> None:
    """Compile now what marking needs, for a tool of discs (k, 3)."""
    mark(np.zeros((2, 2), dtype=np.bool_), np.array([0.0, 0.0, 1.0]), discs, np.zeros((1, 3)))


def densely(poses: Array, spacing: float = 0.04) -> Array:
    """Return a path (n, 3) with poses put between, so that marking it leaves no gaps."""
    if len(poses) < 2:
        return poses
    step = np.diff(poses, axis=0)
    step[:, 2] = np.mod(step[:, 2] + np.pi, 2 * np.pi) - np.pi
    size = np.maximum(np.hypot(step[:, 0], step[:, 1]), 0.7 * np.abs(step[:, 2]))
    count = np.maximum(1, np.ceil(size / spacing)).astype(int)
    index = np.repeat(np.arange(len(step)), count)
    first = np.cumsum(count) - count
    place = (np.arange(len(index)) - first[index]) / count[index]
    return np.vstack((poses[index] + place[:, None] * step[index], poses[-1:]))
