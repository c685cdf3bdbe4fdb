"""What a motion is judged by, as plain arrays for compiled code."""

from __future__ import annotations

from typing import NamedTuple

from robotics.core.arrays import Array, IntArray


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
    """People and single things, predicted: at step k of a motion they are at ``position[k]``."""

    position: Array
    """Shape (steps + 1, m, 2) [m]."""
    margin: Array
    """Gap that motions must keep, doubt included, shape (steps + 1, m) [m]."""
    radius: Array
    """Shape (m,) [m]."""
    personal: Array
    """Gap that each would like, shape (m,) [m]; 0 for things."""
    pairs: IntArray
    """Indices of two who belong together, shape (p, 2)."""


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
