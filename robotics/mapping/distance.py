"""Exact Euclidean distances on a grid, in time proportional to its cells.

A. Meijster, J. Roerdink, W. Hesselink, "A General Algorithm for Computing Distance Transforms in
Linear Time", 2000: distances along columns first, then the lower envelope of parabolas along each
row. Squared distances are whole numbers, so nothing is rounded before the root.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.compiled import compiled


def exact_distance(occupied: ArrayLike) -> Array:
    """Return the distance of each cell's centre to the nearest occupied one's.

    Args:
        occupied: Mask of any size, shape (rows, cols).

    Returns:
        Distances (rows, cols) [cells]: 0 on occupied cells, infinite if nothing is occupied.
    """
    mask = np.array(occupied, dtype=np.bool_)  # a copy: one array type for the compiler
    if not mask.any():
        return np.full(mask.shape, np.inf)
    return transform(mask)


@compiled
def _down_columns(occupied: BoolArray) -> IntArray:
    """Return the distance to the nearest occupied cell of the same column, or a long one."""
    rows, cols = occupied.shape
    height = np.empty((rows, cols), np.int64)
    for r in range(rows):
        for c in range(cols):
            before = height[r - 1, c] if r > 0 else rows + cols
            height[r, c] = 0 if occupied[r, c] else before + 1
    for r in range(rows - 2, -1, -1):
        for c in range(cols):
            height[r, c] = min(height[r, c], height[r + 1, c] + 1)
    return height


@compiled
def transform(occupied: BoolArray) -> Array:
    """Return the distances of a mask with at least one occupied cell, see ``exact_distance``."""
    rows, cols = occupied.shape
    height = _down_columns(occupied)
    result = np.empty((rows, cols))
    apex, begin = np.empty(cols, np.int64), np.empty(cols, np.int64)
    for r in range(rows):
        last = 0  # parabola with its apex at column apex[k] is the lowest from begin[k] on
        apex[0], begin[0] = 0, 0
        for c in range(1, cols):
            square = height[r, c] * height[r, c] + c * c
            meets = 0
            while last >= 0:
                a = apex[last]
                meets = (square - height[r, a] * height[r, a] - a * a) // (2 * (c - a)) + 1
                if meets > begin[last]:
                    break
                last -= 1
            if last < 0:
                last, apex[0], begin[0] = 0, c, 0
            elif meets < cols:
                last += 1
                apex[last], begin[last] = c, meets
        for c in range(cols - 1, -1, -1):
            a = apex[last]
            result[r, c] = np.sqrt(height[r, a] * height[r, a] + (c - a) * (c - a))
            if c == begin[last]:
                last -= 1
    return result
