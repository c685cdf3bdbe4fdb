"""A chain of cells pulled tight like a string, every line of it checked exactly."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.planning.grid_search.clearance import Field, gaps, line_keeps
from robotics.planning.slices import Slices, whole

_LINE, _CELLS = 10, 2
"""What a look along a line counts, see ``slices``, and how many of its cells count one more."""


def filled(corners: IntArray) -> IntArray:
    """Return all cells (row, column) (n, 2) of straight or diagonal stretches (m, 2)."""
    if len(corners) < 2:
        return corners
    steps = np.diff(corners, axis=0)
    counts = np.abs(steps).max(axis=1)
    ways = np.repeat(np.sign(steps), counts, axis=0)
    return np.vstack((corners[:1], corners[0] + np.cumsum(ways, axis=0)))


def pull_string(field: Field, chain: IntArray, least: float, spare: float) -> IntArray:
    """Return the corners that remain of a chain of cells when it is pulled tight.

    See ``pull_string_in_slices``.
    """
    return whole(pull_string_in_slices(field, chain, least, spare))


def pull_string_in_slices(
    field: Field, chain: IntArray, least: float, spare: float
) -> Slices[IntArray]:
    """Return the corners that remain of a chain of cells when it is pulled tight, in slices.

    A stretch is straightened if the straight line keeps ``spare``, or at least as much distance
    as the chain itself kept (less half a cell), and never less than ``least``.

    Args:
        field: Distance field and discs [m].
        chain: (row, column) of neighbouring cells, shape (n, 2).
        least: Distance to keep [m].
        spare: Distance beyond which more is of no use [m].

    Returns:
        (row, column) of the corners, shape (m, 2).
    """
    height = np.minimum(gaps(*field, chain), spare)
    kept = [0]
    while kept[-1] < len(chain) - 1:
        here = kept[-1]
        reach, jump = here + 1, 1
        while jump:
            there = min(reach + jump, len(chain) - 1)
            yield _LINE + (there - here) // _CELLS
            wanted = max(least, float(height[here : there + 1].min()) - 0.5 * float(field.frame[2]))
            clear = there > reach and keeps(field, chain[[here, there], ::-1], wanted)
            reach, jump = (there, jump * 2) if clear else (reach, jump // 2)
        kept.append(reach)
    return chain[kept]


def keeps(field: Field, spots: Array | IntArray, least: float) -> bool:
    """Return whether the line between two spots (column, row) (2, 2) keeps ``least`` [m]."""
    line = np.array(spots, dtype=np.float64).reshape(4)
    return bool(line_keeps(*field, line, least))
