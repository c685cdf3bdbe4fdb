"""Where people can walk, and the edges of it, sorted so that the near ones are found at once."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import shapely
from shapely import Polygon, unary_union
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from sim.world_model import World

HEADROOM = 1.9
"""What begins above is no obstacle for a person [m]."""

REACH = 1.5
"""Every edge within this distance of a point is found [m]."""

_CELL = 2.0
"""Side of a bucket [m]."""


class Walls(NamedTuple):
    """The edges of the walkable ground in square buckets. A named tuple: compiled code takes it."""

    segments: Array
    """Edges x0, y0, x1, y1, shape (m, 4) [m]."""
    first: IntArray
    """Where the list of each bucket begins in ``members``, shape (rows * columns + 1,)."""
    members: IntArray
    """Numbers of the edges within ``REACH`` of each bucket."""
    x: float
    """Lower left corner of the buckets [m]."""
    y: float
    columns: int
    rows: int


def walkable(world: World) -> BaseGeometry:
    """Return the paving without everything that a person would walk into (lawns, kerbs too)."""
    ground = unary_union([Polygon(paved.polygon) for paved in world.paving])
    solids = [Polygon(solid.polygon) for solid in world.solids if solid.bottom < HEADROOM]
    return ground.difference(unary_union(solids))


def walls_of(region: BaseGeometry) -> Walls:
    """Return the edges of ``region``, bucketed."""
    rings = shapely.get_parts(shapely.get_rings(shapely.get_parts(region)))
    pieces = [np.asarray(shapely.get_coordinates(ring)) for ring in rings]
    segments = np.concatenate([np.hstack([p[:-1], p[1:]]) for p in pieces])
    low = np.minimum(segments[:, :2], segments[:, 2:]) - REACH
    high = np.maximum(segments[:, :2], segments[:, 2:]) + REACH
    origin = low.min(axis=0)
    columns, rows = (math.ceil(size / _CELL) + 1 for size in high.max(axis=0) - origin)
    lists: list[list[int]] = [[] for _ in range(rows * columns)]
    begin = ((low - origin) // _CELL).astype(int)
    end = ((high - origin) // _CELL).astype(int)
    for number, ((c0, r0), (c1, r1)) in enumerate(zip(begin, end, strict=True)):
        for r in range(r0, r1 + 1):
            for bucket in lists[r * columns + c0 : r * columns + c1 + 1]:
                bucket.append(number)
    first = np.concatenate([[0], np.cumsum([len(bucket) for bucket in lists])]).astype(np.int64)
    members = np.array([number for bucket in lists for number in bucket], dtype=np.int64)
    return Walls(segments, first, members, float(origin[0]), float(origin[1]), columns, rows)


@compiled
def bucket(walls: Walls, x: float, y: float) -> tuple[int, int]:
    """Return where the edges around the point (x, y) [m] begin and end in ``walls.members``."""
    c = math.floor((x - walls.x) / _CELL)
    r = math.floor((y - walls.y) / _CELL)
    if c < 0 or r < 0 or c >= walls.columns or r >= walls.rows:
        return 0, 0
    cell = r * walls.columns + c
    return int(walls.first[cell]), int(walls.first[cell + 1])


@compiled
def foot(segment: Array, x: float, y: float) -> tuple[float, float]:
    """Return the point of a segment (4,) that is nearest to the point (x, y) [m]."""
    bx, by = segment[2] - segment[0], segment[3] - segment[1]
    length = bx * bx + by * by
    part = 0.0
    if length > 0.0:
        part = ((x - segment[0]) * bx + (y - segment[1]) * by) / length
        part = min(1.0, max(0.0, part))
    return segment[0] + part * bx, segment[1] + part * by


@compiled
def nearest_wall(walls: Walls, x: float, y: float) -> tuple[float, float, float]:
    """Return (distance, x, y) of the nearest edge point; an infinite distance beyond ``REACH``."""
    best, best_x, best_y = np.inf, 0.0, 0.0
    begin, end = bucket(walls, x, y)
    for k in range(begin, end):
        fx, fy = foot(walls.segments[walls.members[k]], x, y)
        distance = math.sqrt((x - fx) ** 2 + (y - fy) ** 2)
        if distance < best:
            best, best_x, best_y = distance, fx, fy
    return best, best_x, best_y
