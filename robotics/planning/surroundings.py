"""The map with what stands around the robot now."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import State
from robotics.mapping.local_map import LocalMap
from robotics.planning.crossing import STANDING
from robotics.planning.space import Space

HALO = 0.1
"""Added to the radius of what stands [m]."""
LUMP = 0.25
"""Cells that the lidar found blocked are taken together in squares of this side [m]."""
AHEAD = 5.0
"""So much of the way ahead is asked whether it is free [m]."""


def space_now(
    space: Space, state: State, local_map: LocalMap | None, *, people: bool = False
) -> Space:
    """Return ``space`` with what stands there now.

    Args:
        space: The map.
        state: With the tracked obstacles.
        local_map: What the lidar adds to the map; None for tracks alone.
        people: Count those who walk, too, where they are now.
    """
    discs = [
        (*one.position_in_map, one.radius + HALO)
        for one in state.obstacles
        if people or math.hypot(*one.velocity_in_map) < STANDING
    ]
    standing = np.array(discs, dtype=float).reshape(-1, 3)
    if local_map is not None:
        standing = np.vstack((standing, lumps(local_map)))
    return space.with_standing(standing)


def lumps(local_map: LocalMap) -> Array:
    """Return the obstacles of a local map as few discs (x, y, radius), shape (k, 3) [m].

    Each covers the blocked cells of one square: its middle is their mean, its radius reaches the
    farthest of them.
    """
    grid = local_map.obstacles
    rows, cols = np.nonzero(grid.cells)
    if len(rows) == 0:
        return np.zeros((0, 3))
    points = grid.origin + (np.column_stack((cols, rows)) + 0.5) * grid.resolution
    square = np.floor(points / LUMP).astype(np.int64)
    _, which = np.unique(square, axis=0, return_inverse=True)
    which = which.ravel()
    count = np.bincount(which)
    middle = np.column_stack([np.bincount(which, points[:, k]) / count for k in (0, 1)])
    away = np.hypot(*(points - middle[which]).T)
    radius = np.zeros(len(count))
    np.maximum.at(radius, which, away)
    return np.column_stack((middle, radius + 0.5 * grid.resolution))


def blocked_ahead(local_map: LocalMap | None, discs: Array, path: Array, pose: Array) -> bool:
    """Return whether something that the lidar sees stands on the next metres of a path.

    Args:
        local_map: None for none: nothing is known to be there.
        discs: The footprint, shape (k, 3) [m].
        path: From the next pose on, shape (n, 3).
        pose: Where the robot is, shape (3,).
    """
    if local_map is None or len(path) == 0 or not local_map.obstacles.cells.any():
        return False
    reach = float((np.hypot(discs[:, 0], discs[:, 1]) + discs[:, 2]).max())
    seen = min(AHEAD, 0.5 * local_map.side - local_map.memory.slack - reach - 0.1)
    away = np.hypot(path[:, 0] - pose[0], path[:, 1] - pose[1])
    out = np.flatnonzero(away > seen)
    near = path[: out[0]] if len(out) else path
    if len(near) == 0:
        return False
    gaps = Space(local_map.distance, discs).clearance(near)
    leaving = gaps[0] < 0.0 and len(gaps) > 1 and gaps[1] > gaps[0]
    return bool((gaps[1:] < 0.0).any()) and not leaving
