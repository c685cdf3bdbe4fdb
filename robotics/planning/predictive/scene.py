"""What a motion is judged by, as plain arrays for compiled code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled, inner


class Ground(NamedTuple):
    """What does not move, and the shape that must not touch it."""

    distance: Array
    """Distance of each cell centre to the nearest blocked one, shape (rows, cols) [m]."""
    frame: Array
    """(x, y) of its lower left corner and its resolution, shape (3,) [m]."""
    discs: Array
    """The footprint (x, y, radius) in the base frame, shape (k, 3) [m]."""
    reach: float
    """Farthest that the footprint reaches from the base [m]."""


class Crowd(NamedTuple):
    """People and single things, predicted; they are looked at every few steps of a motion."""

    every: int
    """Steps from one look to the next."""
    position: Array
    """Where they are at look k, k = 0 being the start, shape (looks + 1, m, 2) [m]."""
    margin: Array
    """Gap that motions must keep, doubt included, shape (looks + 1, m) [m]."""
    radius: Array
    """Shape (m,) [m]."""
    personal: Array
    """Gap that each would like, shape (m,) [m]; 0 for things."""
    near: Array
    """Distance between centres from which on they do not matter, shape (m,) [m]."""
    pairs: IntArray
    """Indices of two who belong together, shape (p, 2)."""
    frame: Array
    """(x, y) of the lower left corner of a coarse square grid, and its resolution, shape (3,)."""
    many: IntArray
    """How many may matter in each of its cells at each look, shape (looks + 1, n, n)."""
    who: NDArray[np.int16]
    """Who they are, shape (looks + 1, n, n, m)."""


@inner
def cell_of(frame: Array, count: int, x: float, y: float) -> tuple[int, int]:
    """Return (row, column) of a point on a square grid; of its edge if it lies beyond."""
    col = int(max(0.0, (x - frame[0]) / frame[2]))
    row = int(max(0.0, (y - frame[1]) / frame[2]))
    return min(row, count - 1), min(col, count - 1)


@compiled
def sort_in(
    position: Array, near: Array, frame: Array, n: int
) -> tuple[IntArray, NDArray[np.int16]]:
    """Note for each cell of a coarse grid (n, n) who may matter there.

    Args:
        position: Where people are, shape (looks, m, 2) [m].
        near: Distance from which on each does not matter, shape (m,) [m].
        frame: Of the grid, shape (3,).
        n: Its cells a side.

    Returns:
        How many (looks, n, n), and who (looks, n, n, m).
    """
    looks, people = position.shape[:2]
    count = np.zeros((looks, n, n), dtype=np.int64)
    who = np.empty((looks, n, n, people), dtype=np.int16)
    for k in range(looks):
        for m in range(people):
            x, y = position[k, m]
            if (
                x + near[m] < frame[0]
                or y + near[m] < frame[1]
                or x - near[m] > frame[0] + n * frame[2]
                or y - near[m] > frame[1] + n * frame[2]
            ):
                continue
            low = cell_of(frame, n, x - near[m], y - near[m])
            high = cell_of(frame, n, x + near[m], y + near[m])
            for row in range(low[0], high[0] + 1):
                for col in range(low[1], high[1] + 1):
                    who[k, row, col, count[k, row, col]] = m
                    count[k, row, col] += 1
    return count, who


class Way(NamedTuple):
    """Where to: the path ahead, and the cost to go where there is one."""

    line: Array
    """(x, y, yaw, way left [m]) along the path, shape (n, 4), n ≥ 1."""
    gear: float
    """1 forwards, -1 backwards."""
    working: bool
    """Whether the line itself is to be followed."""
    cells: Array
    """Cost to go, shape (rows, cols) [m]; (0, 0) if there is none."""
    frame: Array
    """Its frame, shape (3,)."""


class Scene(NamedTuple):
    """All of it."""

    ground: Ground
    crowd: Crowd
    way: Way
    start: Array
    """Pose and twist (x, y, yaw, vx, vy, wz) from which motions begin, shape (6,)."""
    caps: Array
    """Largest speed at each step, shape (steps,) [m/s]."""
    last: Array
    """The twist sent last, shape (3,)."""
    floor: float
    """Gap to the map that may not be gone below [m]."""
    step: float
    """Time step [s]."""
