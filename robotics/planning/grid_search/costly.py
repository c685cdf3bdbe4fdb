"""Least ways at a cost: exact A* over cells, where nearness to obstacles makes the way dearer.

A* (Hart, Nilsson, Raphael 1968) on eight neighbours, no corner cut, with the octile distance as
its bound: penalties are never negative, so it is admissible and consistent. The queue is a ring of
buckets (R. B. Dial 1969); cells of one bucket may be settled twice, so that the cost found is the
least one all the same. Cells are judged when the search first meets them, and memory is touched
only there: what a search costs depends on what it explores, not on the size of the map. It can be
cut into slices of any size without changing the answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.planning.grid_search.clearance import Field, gap
from robotics.planning.grid_search.scanning import SLANT
from robotics.planning.slices import Slices, whole

PENALTY = 3.0
"""Extra cost per length where the least distance is only just kept."""
_PER_CELL = 64.0
"""So many buckets to a cost of one cell; with wider ones more cells are settled twice."""
_RING = 512
"""Buckets in the ring. A step adds less than (2 + PENALTY) √2 cells to the bound: it is longer."""
_SLICE = 1000
"""Buckets looked at and cells settled in a slice; one takes less than half a microsecond."""
_BUCKET, _IDLE, _LEFT = range(3)
"""Places in the clock of a search: bucket (-1: not begun), empty ones since the last cell, what
may be done yet in this slice."""
_MET, _QUEUED = 32, 64
"""Flags of a cell, beside the step (0 … 8, neighbours in reading order) it was reached by."""

Links = NDArray[np.int32]
States = NDArray[np.uint8]
Memory = tuple[States, Array, Links, IntArray]
"""Flags and step of arrival of each cell, zeros, (n,); least cost so far and factor of a step into
it, room for (n, 2); next and previous one in the same bucket, room for (n, 2); first cell of each
bucket, -1 for none, (_RING,)."""


class Keep(NamedTuple):
    """Distances to keep [m]."""

    least: float
    """Nothing nearer than this is entered."""
    radius: float
    """Here the penalty is full."""
    comfort: float
    """From here on there is none; not above ``radius``: no penalties at all."""


def cheapest(
    field: Field, keep: Keep, start: tuple[int, int], goal: tuple[int, int]
) -> tuple[float, IntArray]:
    """Return the least cost between two cells (row, column) of a field, and the way.

    See ``cheapest_in_slices``.
    """
    return whole(cheapest_in_slices(field, keep, start, goal))


def cheapest_in_slices(
    field: Field, keep: Keep, start: tuple[int, int], goal: tuple[int, int]
) -> Slices[tuple[float, IntArray]]:
    """Return the least cost between two cells (row, column) of a field, and the way, in slices.

    A step of length 1 or √2 costs its length times 1 + ``PENALTY`` (comfort - gap) / (comfort -
    radius), clipped to 1 … 1 + ``PENALTY``, with the gap of the cell that is entered.

    Returns:
        The cost [cells], infinite if there is no way, and the cells (row, column) from start to
        goal, shape (m, 2).
    """
    count, cols = field.values.size, field.values.shape[1]
    room = np.array([*field.frame, *keep], dtype=np.float64)
    ends = np.array([*start, *goal], dtype=np.int64)
    # pages that the search never touches cost nothing
    known, links = np.empty((count, 2)), np.empty((count, 2), dtype=np.int32)
    state, first = np.zeros(count, dtype=np.uint8), np.full(_RING, -1)
    memory, clock, length = (state, known, links, first), np.array([-1, 0, 0]), -1
    while length < 0:
        clock[_LEFT] = _SLICE
        length = explore(field.values, room, field.discs, ends, memory, clock)
        yield (_SLICE - int(clock[_LEFT])) // 2
    way = links[:length, 0][::-1].astype(np.int64)
    cost = float(known[way[-1], 0]) if length else np.inf
    return cost, np.column_stack(np.divmod(way, cols))


@compiled
def _factor(room: Array, space: float) -> float:
    """Return what a step into a cell costs per length, infinite if it must not be entered."""
    least, radius, comfort = room[3], room[4], room[5]
    if not space >= least:
        return np.inf
    if space >= comfort or comfort <= radius:
        return 1.0
    return float(1.0 + PENALTY * min((comfort - space) / (comfort - radius), 1.0))


@compiled
def _unlink(links: Links, first: IntArray, cell: int) -> None:
    """Take a cell out of its bucket."""
    after, before = links[cell, 0], links[cell, 1]
    if before < 0:
        first[-1 - before] = after
    else:
        links[before, 0] = after
    if after >= 0:
        links[after, 1] = before


@compiled
def _link(links: Links, first: IntArray, cell: int, bucket: int) -> None:
    """Put a cell to the front of a bucket."""
    after = first[bucket]
    first[bucket], links[cell, 0], links[cell, 1] = cell, after, -1 - bucket
    if after >= 0:
        links[after, 1] = cell


@compiled
def _octile(down: int, across: int) -> float:
    return float(max(abs(down), abs(across)) + (SLANT - 1.0) * min(abs(down), abs(across)))


@compiled
def _judge(
    values: Array, room: Array, discs: Array, row: int, col: int, state: States, known: Array
) -> int:  # numba is quickest with few calls and plain arrays, hence the bare arguments
    """Return to which neighbours of a cell a step may lead, as bits; judge those never met."""
    rows, cols = values.shape
    result, bit = 0, 1
    for r in range(row - 1, row + 2):
        for c in range(col - 1, col + 2):
            if 0 <= r < rows and 0 <= c < cols:
                there = r * cols + c
                if state[there] == 0:
                    factor = _factor(room, gap(values, room, discs, r, c))
                    state[there], known[there, 0], known[there, 1] = _MET, np.inf, factor
                if known[there, 1] < np.inf:
                    result |= bit
            bit <<= 1
    # a slanting step needs both straight neighbours: 1 and 3 for 0, 1 and 5 for 2, …
    for k, sides in ((0, 0b1010), (2, 0b100010), (6, 0b10001000), (8, 0b10100000)):
        if result & sides != sides:
            result &= ~(1 << k)
    return result & 0b111101111


@compiled
def _trace(cols: int, goal: int, state: States, links: Links) -> int:
    """Write the cells of the way into the first column of ``links``; return how many."""
    here, count, k = goal, 0, 9
    while k != 4:  # the start was reached by no step
        links[count, 0] = here
        count, k = count + 1, int(state[here] & 15)
        here -= (k // 3 - 1) * cols + k % 3 - 1
    return count


@compiled
def _spread(
    values: Array,
    room: Array,
    discs: Array,
    ends: IntArray,
    place: tuple[int, int, int],
    base: float,
    state: States,
    known: Array,
    links: Links,
    first: IntArray,
) -> None:
    """Note the ways from a cell to its neighbours, and queue those that got cheaper."""
    cols = values.shape[1]
    row, col, bucket = place
    here = row * cols + col
    neighbours, k = _judge(values, room, discs, row, col, state, known), 0
    for dr in range(-1, 2):  # constant bounds: the compiler unrolls it
        for dc in range(-1, 2):
            there = here + dr * cols + dc
            if (neighbours >> k) & 1:
                cost = known[here, 0] + known[there, 1] * (1.0 if k & 1 else SLANT)
                if cost < known[there, 0] - 1e-12:
                    if state[there] & _QUEUED:
                        _unlink(links, first, there)
                    known[there, 0], state[there] = cost, _MET | _QUEUED | k
                    bound = cost + _octile(row + dr - ends[2], col + dc - ends[3])
                    later = max(int((bound - base) * _PER_CELL), bucket)
                    _link(links, first, there, later & (_RING - 1))
            k += 1


@compiled
def _begin(values: Array, room: Array, discs: Array, ends: IntArray, memory: Memory) -> bool:
    """Queue the start; return whether both ends may be entered."""
    state, known, links, first = memory
    for k in range(0, 4, 2):
        factor = _factor(room, gap(values, room, discs, ends[k], ends[k + 1]))
        if factor == np.inf:
            return False
        end = ends[k] * values.shape[1] + ends[k + 1]
        state[end], known[end, 0], known[end, 1] = _MET, np.inf, factor
    start = ends[0] * values.shape[1] + ends[1]
    known[start, 0], state[start] = 0.0, _MET | 4
    _link(links, first, start, 0)
    return True


@compiled
def explore(
    values: Array, room: Array, discs: Array, ends: IntArray, memory: Memory, clock: IntArray
) -> int:
    """Search on from start to goal until the slice is over.

    Args:
        values: Distance field (rows, cols) [m].
        room: x, y, resolution of the field; least, radius, comfort to keep, (6,) [m].
        discs: (x, y, radius) that stand on it, (k, 3) [m].
        ends: Row and column of start and goal, (4,).
        memory: See ``Memory``.
        clock: See ``_BUCKET``; (3,).

    Returns:
        How many cells the way has (0: there is none, -1: not known yet); they stand in the first
        column of the links, the goal first, and its cost in what is known.
    """
    state, known, links, first = memory
    cols = values.shape[1]
    goal = ends[2] * cols + ends[3]
    if clock[_BUCKET] < 0:
        clock[_BUCKET] = 0
        if not _begin(values, room, discs, ends, memory):
            return 0
    base, bucket, idle = _octile(ends[0] - ends[2], ends[1] - ends[3]), clock[_BUCKET], clock[_IDLE]
    while idle <= _RING and base + bucket / _PER_CELL < known[goal, 0]:
        if clock[_LEFT] <= 0:
            clock[_BUCKET], clock[_IDLE] = bucket, idle
            return -1
        clock[_LEFT] -= 1
        here = first[bucket & (_RING - 1)]
        if here < 0:
            bucket, idle = bucket + 1, idle + 1
            continue
        idle = 0
        _unlink(links, first, here)
        state[here] &= ~_QUEUED
        row = here // cols
        col = here - row * cols
        if known[here, 0] + _octile(row - ends[2], col - ends[3]) < known[goal, 0]:
            place = row, col, bucket
            _spread(values, room, discs, ends, place, base, state, known, links, first)
    return _trace(cols, goal, state, links) if known[goal, 0] < np.inf else 0
