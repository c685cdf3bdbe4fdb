"""How well a place of the map would explain a beam, and bounds of it over growing squares."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.mapping.field import SurfaceField
from robotics.mapping.grid import Grid

FULL = 15
"""Score of a beam that ends on a mapped surface."""


class Pyramid(NamedTuple):
    """Scores of the map, and their maxima. A named tuple, because compiled code takes it.

    Level h at (r, c) holds the largest score of the cells ``[r, r + 2^h) × [c, c + 2^h)``, which
    bounds what any shift of up to ``2^h - 1`` cells can reach (Hess and others, "Real-time loop
    closure in 2D LIDAR SLAM", ICRA 2016, eq. 15).
    """

    levels: NDArray[np.uint8]
    """Scores 0 … ``FULL``, shape (levels, rows, columns)."""
    x: float
    """Map x of the lower left corner, margin included [m]."""
    y: float
    """Map y of the same [m]."""
    resolution: float
    """[m]."""
    area: float
    """Of the ground that a robot can stand on, or of the map if that is not known [m²]."""
    ground: BoolArray | None = None
    """Cells that a robot can stand on, shape (rows, columns); None if that is not known."""
    near_ground: BoolArray | None = None
    """Whether a square of the top level, named by its lower left cell, holds any such cell."""

    def is_ground(self, places: Array) -> BoolArray:
        """Tell for places (k, 2) in the map whether a robot can be there, shape (k,)."""
        if self.ground is None:
            return np.ones(len(places), dtype=np.bool_)
        return _look_up(self.ground, *self._cells(places))

    def holds_ground(self, columns: IntArray, rows: IntArray) -> BoolArray:
        """Tell for squares of the top level whether a robot can be in them, shape (k,)."""
        if self.near_ground is None:
            return np.ones(len(columns), dtype=np.bool_)
        return _look_up(self.near_ground, columns, rows)

    def _cells(self, places: Array) -> tuple[IntArray, IntArray]:
        column, row = np.floor((places - (self.x, self.y)) / self.resolution).astype(np.int64).T
        return column, row


def _look_up(mask: BoolArray, columns: IntArray, rows: IntArray) -> BoolArray:
    inside = (columns >= 0) & (rows >= 0) & (columns < mask.shape[1]) & (rows < mask.shape[0])
    found = np.zeros(len(columns), dtype=np.bool_)
    found[inside] = mask[rows[inside], columns[inside]]
    return found


def pyramid(
    surfaces: SurfaceField,
    *,
    ground: Grid | None = None,
    resolution: float = 0.1,
    levels: int = 6,
    width: float = 0.4,
) -> Pyramid:
    """Return the scores of a map.

    Args:
        surfaces: The map.
        ground: True where a robot can be; None if that is not known.
        resolution: Side of a cell, rounded to a multiple of the map's [m].
        levels: The top one bounds squares of ``2^(levels - 1)`` cells.
        width: Distance from a surface at which a beam scores nothing [m].
    """
    stride = max(1, round(resolution / surfaces.resolution))
    cell = stride * surfaces.resolution
    slope = (FULL + 1) / max(width - 0.5 * cell, 1e-9)
    fine = np.clip((width - np.abs(surfaces.cells)) * np.float32(slope), 0.0, FULL)
    rows, columns = (math.ceil(size / stride) for size in fine.shape)
    margin = 2 ** (levels - 1)
    whole = np.zeros((levels, rows + margin, columns + margin), dtype=np.uint8)
    base = whole[0, margin:, margin:]
    for r in range(stride):
        for c in range(stride):
            part = fine[r::stride, c::stride].astype(np.uint8)
            seat = base[: part.shape[0], : part.shape[1]]
            np.maximum(seat, part, out=seat)
    for h in range(1, levels):
        half = 2 ** (h - 1)
        wide = whole[h - 1].copy()
        np.maximum(wide[:-half], whole[h - 1, half:], out=wide[:-half])
        whole[h] = wide
        np.maximum(whole[h, :, :-half], wide[:, half:], out=whole[h, :, :-half])
    area = rows * columns * cell**2
    scores = Pyramid(whole, surfaces.x - margin * cell, surfaces.y - margin * cell, cell, area)
    return scores if ground is None else _with_ground(scores, ground)


def _with_ground(scores: Pyramid, ground: Grid) -> Pyramid:
    """Return a pyramid that knows where a robot can be."""
    levels, rows, columns = scores.levels.shape
    x = scores.x + scores.resolution * (np.arange(columns) + 0.5)
    y = scores.y + scores.resolution * (np.arange(rows) + 0.5)
    column = np.floor((x - ground.origin[0]) / ground.resolution).astype(np.int64)
    row = np.floor((y - ground.origin[1]) / ground.resolution).astype(np.int64)
    known = np.zeros((rows, columns), dtype=np.bool_)
    across = (column >= 0) & (column < ground.cells.shape[1])
    up = (row >= 0) & (row < ground.cells.shape[0])
    known[np.ix_(up, across)] = ground.cells[np.ix_(row[up], column[across])]
    near = known.copy()
    for h in range(levels - 1):
        half = 2**h
        wide = near.copy()
        wide[:-half] |= near[half:]
        near = wide.copy()
        near[:, :-half] |= wide[:, half:]
    area = max(1, int(known.sum())) * scores.resolution**2
    return scores._replace(area=area, ground=known, near_ground=near)
