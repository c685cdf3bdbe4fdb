"""What lies behind a jump point: straight scans over words of 64 cells, and slanting walks.

Directions are bits 3 (dr + 1) + dc + 1, the neighbours of a cell in reading order.
"""

from __future__ import annotations

import math

from numba.cpython.unsafe.numbers import leading_zeros, trailing_zeros

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.planning.grid_search.packed import EAST, FREE, NORTH, SQUARE

SLANT = math.sqrt(2.0)
"""Cost of a diagonal step."""
ANYWHERE = 16
"""The direction of arrival of a start."""


@compiled
def _bit(words: IntArray, layout: IntArray, layer: int, line: int, at: int) -> int:
    word = words[layout[layer, 0] + line * layout[layer, 1] + (at >> 6)]
    return int((word >> (at & 63)) & 1)


@compiled
def _stop(words: IntArray, begin: int, at: int, ahead: int) -> int:
    """Return where a scan along the line that begins at a word stops after (or before) ``at``."""
    w = begin + (at >> 6)
    if ahead > 0:
        word = words[w] & (-2 << (at & 63))
        while word == 0:
            w += 1
            word = words[w]
        return int(((w - begin) << 6) + trailing_zeros(word))
    word = words[w] & ((1 << (at & 63)) - 1)
    while word == 0:
        w -= 1
        word = words[w]
    return int(((w - begin) << 6) + 63 - leading_zeros(word))


@compiled
def _scan(
    words: IntArray, layout: IntArray, goal: IntArray, row: int, col: int, dr: int, dc: int
) -> int:
    """Return the steps from a cell straight to a jump point or the goal, 0 if there is none."""
    if dc != 0:
        layer, line, at, ahead = EAST + ((1 - dc) >> 1), row, col, dc
        goal_line, goal_at = goal[0], goal[1]
    else:
        layer, line, at, ahead = NORTH + ((1 - dr) >> 1), col, row, dr
        goal_line, goal_at = goal[1], goal[0]
    steps = (_stop(words, layout[layer, 0] + line * layout[layer, 1], at, ahead) - at) * ahead
    if line == goal_line and 0 < (goal_at - at) * ahead <= steps:
        return int((goal_at - at) * ahead)
    return steps * _bit(words, layout, FREE, row + steps * dr, col + steps * dc)


@compiled
def directions(words: IntArray, layout: IntArray, row: int, col: int, arrivals: int) -> int:
    """Return to which of its nine neighbours a jump point leads (bit 3 (dr + 1) + dc + 1)."""
    if arrivals == ANYWHERE:
        return 0b111101111
    moves = arrivals
    for k in range(1, 9, 2):  # south, west, east, north
        if (arrivals >> k) & 1:
            dr, dc = k // 3 - 1, k % 3 - 1
            for side in range(-1, 2, 2):
                r, c = row + side * dc, col + side * dr
                if _bit(words, layout, FREE, r, c) > _bit(words, layout, FREE, r - dr, c - dc):
                    beside = 4 + side * (3 * dc + dr)
                    moves |= (1 << beside) | (1 << (beside + k - 4))
    return moves


@compiled
def successors(
    words: IntArray,
    layout: IntArray,
    goal: IntArray,
    cell: tuple[int, int],
    moves: int,
    found: Array,
) -> int:
    """Write the jump points behind one: row, column, cost, arrival (k, 4); return how many."""
    count = 0
    for k in range(9):
        if (moves >> k) & 1 == 0:
            continue
        dr, dc = k // 3 - 1, k % 3 - 1
        row, col, slanting = cell[0], cell[1], 0
        going = True
        while going:
            going = dr != 0 and dc != 0
            if going:
                south, west = row + ((dr - 1) >> 1), col + ((dc - 1) >> 1)
                if _bit(words, layout, SQUARE, south, west) == 0:
                    break
                row, col, slanting = row + dr, col + dc, slanting + 1
                going = row != goal[0] or col != goal[1]
                if not going:
                    found[count, 0], found[count, 1] = row, col
                    found[count, 2], found[count, 3] = slanting * SLANT, 4
                    count += 1
                    break
            for axis in range(2):
                r, c = dr * (1 - axis), dc * axis
                if r == 0 and c == 0:
                    continue
                steps = _scan(words, layout, goal, row, col, r, c)
                if steps > 0:
                    found[count, 0], found[count, 1] = row + steps * r, col + steps * c
                    found[count, 2], found[count, 3] = slanting * SLANT + steps, 3 * r + c + 4
                    count += 1
    return count
