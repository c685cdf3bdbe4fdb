"""How far it is to the goal for a point with room around it: the search's sense of walls.

A* from the goal over coarse cells, ordered towards the start, that goes on only as far as it is
asked (D. Silver, "Cooperative Pathfinding", AIIDE 2005: reverse resumable A*). A coarse cell is
open if some point in it is as far from obstacles as the disc that the footprint covers. Where that
is less than half the footprint's width the machine hardly fits: such ground is dear.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.planning.heap import pop, push
from robotics.planning.kinematic.scene import Scene

CELL = 0.2
"""Side of a coarse cell [m], about."""
PATIENCE = 500
"""Coarse cells that one question may open; the answer is a lower bound after that."""
DEAR = 20.0
"""What a metre costs where the footprint's width does not fit."""
SHUT = 100.0
"""What a metre costs between cells that are open, but not along the line between them."""


class Ground(NamedTuple):
    """The state of the search, in flat coarse cells."""

    shape: IntArray
    """Rows, columns, and map cells along a coarse cell's side; shape (3,)."""
    start: IntArray
    """Row and column of where the machine starts, shape (2,)."""
    cost: Array
    """To the goal [coarse cells], shape (n,); infinite where not known."""
    toll: Array
    """Cost of a step, 0 where not known yet, infinite where closed off; shape (n,)."""
    spot: IntArray
    """The map cell of each coarse cell that is farthest from obstacles, shape (n,)."""
    done: NDArray[np.uint8]
    """1 where the cost is final, shape (n,)."""
    keys: Array
    cells: IntArray
    held: IntArray
    """The heap, and how many it holds, shape (1,)."""


def ground_of(scene: Scene, start: Array, goal: Array) -> Ground:
    """Return the search from ``goal`` (2,) towards ``start`` (2,), not begun."""
    rows, cols = scene.values.shape
    side = max(1, round(min(CELL, 0.7 * scene.size[1]) / scene.frame[2]))
    shape = np.array([-(-rows // side), -(-cols // side), side])
    size = int(shape[0] * shape[1])
    spots = [(point[:2] - scene.frame[:2]) / (scene.frame[2] * side) for point in (start, goal)]
    (start_col, start_row), (goal_col, goal_row) = np.floor(spots).astype(np.int64)
    ground = Ground(
        shape,
        np.array([start_row, start_col]),
        np.full(size, np.inf),
        np.zeros(size),
        np.zeros(size, np.int64),
        np.zeros(size, np.uint8),
        np.empty(8 * size + 8),
        np.empty(8 * size + 8, np.int64),
        np.ones(1, np.int64),
    )
    first = goal_row * shape[1] + goal_col
    ground.cost[first], ground.keys[0], ground.cells[0] = 0.0, 0.0, first
    return ground


@compiled
def _toll(scene: Scene, ground: Ground, row: int, col: int) -> float:
    """Return what a metre costs in a coarse cell; worked out when it is first asked."""
    cell = row * ground.shape[1] + col
    if ground.toll[cell] == 0.0:
        side, best = ground.shape[2], 0.0
        for r in range(row * side, min((row + 1) * side, scene.values.shape[0])):
            for c in range(col * side, min((col + 1) * side, scene.values.shape[1])):
                if scene.values[r, c] > best:
                    best = scene.values[r, c]
                    ground.spot[cell] = r * scene.values.shape[1] + c
        best -= 0.5 * scene.frame[2]
        spare = 0.25 * scene.frame[2]
        toll = DEAR if best < scene.size[3] - spare else 1.0
        toll = SHUT if best < scene.size[1] + scene.margin else toll
        ground.toll[cell] = np.inf if best < scene.size[1] - spare else toll
    return float(ground.toll[cell])


@compiled
def _between(scene: Scene, ground: Ground, here: int, there: int) -> float:
    """Return what a metre costs from a coarse cell to its neighbour.

    The line between the freest points of both is looked at: two open cells on either side of a gap
    that is too narrow are neighbours, too.
    """
    cols = ground.shape[1]
    toll = max(
        _toll(scene, ground, there // cols, there % cols),
        _toll(scene, ground, here // cols, here % cols),
    )
    if toll == np.inf:
        return np.inf
    wide, half = scene.values.shape[1], 0.5 * scene.frame[2]
    row, col = ground.spot[here] // wide, ground.spot[here] % wide
    down, right = ground.spot[there] // wide - row, ground.spot[there] % wide - col
    least = min(scene.values[row, col], scene.values[row + down, col + right])
    if least - half - scene.frame[2] * 0.5 * math.hypot(down, right) >= scene.size[3]:
        return toll  # no point between them is nearer to an obstacle than that
    parts = max(abs(down), abs(right))
    for k in range(1, parts):
        r, c = row + round(down * k / parts), col + round(right * k / parts)
        room = scene.values[r, c] - half
        if room < scene.size[1] + scene.margin:
            return SHUT
        if room < scene.size[3] - half:
            toll = max(toll, DEAR)
    return toll


@compiled
def _from_start(ground: Ground, row: int, col: int) -> float:
    """Return the octile distance to where the machine starts [coarse cells]."""
    aside, along = abs(row - ground.start[0]), abs(col - ground.start[1])
    return float(max(aside, along) + 0.41421356237309515 * min(aside, along))


@compiled
def cost_to_go(scene: Scene, ground: Ground, x: float, y: float) -> float:
    """Return the way from a point to the goal [m], infinite if there is none.

    A point in a far corner would have the whole map searched: after ``PATIENCE`` cells it is told
    the least that the way can be, which the cells still open tell.
    """
    rows, cols, side = ground.shape[0], ground.shape[1], ground.shape[2]
    scale = scene.frame[2] * side
    row, col = int((y - scene.frame[1]) / scale), int((x - scene.frame[0]) / scale)
    asked, bound = row * cols + col, _from_start(ground, row, col)
    opened = 0
    while ground.held[0] > 0 and ground.done[asked] == 0:
        if opened == PATIENCE and bound > 0.0:
            return float(max(ground.keys[0] - bound, 0.0) * scale)
        opened += 1
        here = pop(ground.keys, ground.cells, ground.held[0])
        ground.held[0] -= 1
        if ground.done[here] == 1:
            continue
        ground.done[here] = 1
        row, col = here // cols, here % cols
        for k in range(9):
            i, j = k // 3 - 1, k % 3 - 1
            r, c = row + i, col + j
            if k == 4 or r < 0 or c < 0 or r >= rows or c >= cols:
                continue
            there = r * cols + c
            if ground.done[there] == 1:
                continue
            step = (math.sqrt(2.0) if i != 0 and j != 0 else 1.0) * _between(
                scene, ground, here, there
            )
            total = ground.cost[here] + step
            if total < ground.cost[there]:
                ground.cost[there] = total
                key = total + _from_start(ground, r, c)
                push(ground.keys, ground.cells, ground.held[0], key, there)
                ground.held[0] += 1
    return float(ground.cost[asked]) * scale if ground.done[asked] == 1 else np.inf
