"""Where a robot of a given shape can stand: the distance field asked with the footprint."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, BoolArray, frozen
from robotics.core.compiled import compiled, inner
from robotics.core.geometry import wrap
from robotics.mapping.grid import Grid, distance_field

ROUNDING = 1e-6
"""So far beyond the outermost centres is still on the map [cells]."""


@inner
def interpolate(values: Array, u: float, v: float) -> float:
    """Return ``values`` (rows, cols) at column ``u``, row ``v`` of cell centres, bilinearly.

    Zero outside the array: what is not on the map is an obstacle. The outermost centres belong to
    it, rounding or not: ways end there.
    """
    rows, cols = values.shape
    if rows < 2 or cols < 2 or min(u, v, cols - 1 - u, rows - 1 - v) < -ROUNDING:
        return 0.0
    c, r = min(max(math.floor(u), 0), cols - 2), min(max(math.floor(v), 0), rows - 2)
    a, b = u - c, v - r
    below = values[r, c] * (1.0 - a) + values[r, c + 1] * a
    above = values[r + 1, c] * (1.0 - a) + values[r + 1, c + 1] * a
    return float(below * (1.0 - b) + above * b)


@compiled
def clearance_of(
    values: Array, frame: Array, discs: Array, standing: Array, poses: Array
) -> Array:  # numba wants plain arrays, hence the bare arguments
    """Return the free space around the footprint at each pose (n,), see ``Space.clearance``."""
    x0, y0, resolution = frame
    result = np.empty(len(poses))
    for i in range(len(poses)):
        c, s = math.cos(poses[i, 2]), math.sin(poses[i, 2])
        best = np.inf
        for j in range(len(discs)):
            x = poses[i, 0] + c * discs[j, 0] - s * discs[j, 1]
            y = poses[i, 1] + s * discs[j, 0] + c * discs[j, 1]
            u, v = (x - x0) / resolution - 0.5, (y - y0) / resolution - 0.5
            best = min(best, interpolate(values, u, v) - 0.5 * resolution - discs[j, 2])
            for k in range(len(standing)):
                gap = math.hypot(x - standing[k, 0], y - standing[k, 1])
                best = min(best, gap - standing[k, 2] - discs[j, 2])
        result[i] = best
    return result


def no_discs() -> Array:
    """Return an empty list of discs, shape (0, 3)."""
    return np.asarray(frozen(np.zeros((0, 3))))


@dataclass(frozen=True, slots=True)
class Space:
    """The map as one robot sees it.

    Attributes:
        distance: Distance of each cell centre to the nearest occupied cell centre [m].
        discs: The footprint as discs (x, y, radius) in the base frame, shape (k, 3) [m].
        standing: Discs (x, y, radius) in the map that stand in the way now, shape (j, 3) [m].
    """

    distance: Grid
    discs: Array
    standing: Array = field(default_factory=no_discs)

    @staticmethod
    def of(blocked: Grid, discs: ArrayLike) -> Space:
        """Build it from the mask of cells that must not be touched."""
        return Space(distance_field(blocked), frozen(discs))

    def with_standing(self, standing: ArrayLike) -> Space:
        """Return the same place with discs (j, 3) in the way."""
        return replace(self, standing=frozen(np.asarray(standing, dtype=float).reshape(-1, 3)))

    @property
    def frame(self) -> Array:
        """(x, y) of the lower left corner and the resolution, shape (3,) [m]."""
        return np.array([*self.distance.origin, self.distance.resolution])

    def clearance(self, poses: ArrayLike) -> Array:
        """Return the gap between footprint and nearest obstacle at poses (n, 3), (n,) [m].

        Negative where they overlap. Distances in the field run between cell centres, therefore
        half a cell is taken off: the edge of an occupied cell is the edge of the obstacle.
        """
        poses = np.ascontiguousarray(poses, dtype=float).reshape(-1, 3)
        poses.setflags(write=False)  # one type to the compiler
        return clearance_of(self.distance.cells, self.frame, self.discs, self.standing, poses)

    def free(self, poses: ArrayLike, margin: float = 0.0) -> BoolArray:
        """Return at which poses (n, 3) the footprint keeps ``margin`` [m], shape (n,)."""
        return np.asarray(self.clearance(poses) >= margin)

    @property
    def turning_radius(self) -> float:
        """Farthest that the footprint reaches from the base [m]."""
        return float((np.hypot(self.discs[:, 0], self.discs[:, 1]) + self.discs[:, 2]).max())

    def roomy(self, point: ArrayLike, margin: float = 0.0) -> bool:
        """Return whether the robot can turn right round at ``point`` (2,) or (3,)."""
        x, y = np.asarray(point, dtype=float)[:2]
        yaws = np.arange(24) * (math.pi / 12)
        poses = np.column_stack((np.full(24, x), np.full(24, y), yaws))
        return bool(self.free(poses, margin).all())

    def can_turn(self, pose: ArrayLike, yaw: float, margin: float = 0.0) -> bool:
        """Return whether the robot can turn on the spot from ``pose`` (3,) to ``yaw`` [rad]."""
        x, y, start = np.asarray(pose, dtype=float)
        change = wrap(yaw - start)
        count = max(2, math.ceil(abs(change) / 0.1) + 1)
        yaws = start + np.linspace(0.0, change, count)
        poses = np.column_stack((np.full(count, x), np.full(count, y), yaws))
        return bool(self.free(poses, margin).all())
