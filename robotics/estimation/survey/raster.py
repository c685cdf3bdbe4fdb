"""Counts which cells rays ended in and which they went through: the map that is written."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import transform
from robotics.estimation.survey.sighting import Sighting
from robotics.mapping.grid import UNKNOWN, Grid

MARGIN = 1.0
"""Unknown ground around all that was seen [m]."""
SEEN = 2.0
"""A cell with fewer rays in all stays unknown."""
SOLID = 0.25
"""A cell in which this share of its rays ended is occupied: a wall seen at a grazing angle also
lets many rays pass beside it, people who walked by leave less."""


def draw(sightings: Sequence[Sighting], poses: Array, resolution: float) -> Grid:
    """Return the occupancy that the rays tell: 100 occupied, 0 free, -1 unknown (int8).

    Args:
        sightings: What was seen.
        poses: Where from, shape (n, 3), in the map.
        resolution: Side of a cell [m].
    """
    ends = [transform(pose, one.points_in_base) for pose, one in zip(poses, sightings, strict=True)]
    starts = np.array(
        [transform(p, o.lidar_in_base[None])[0] for p, o in zip(poses, sightings, strict=True)]
    )
    everything = np.vstack([starts, *ends])
    low = np.floor((everything.min(axis=0) - MARGIN) / resolution) * resolution
    size = np.ceil((everything.max(axis=0) + MARGIN - low) / resolution).astype(int)
    hits, rays = np.zeros(size[::-1]), np.zeros(size[::-1])
    for start, end in zip(starts, ends, strict=True):
        _count(hits, rays, (start - low) / resolution, (end - low) / resolution)
    share = hits / np.maximum(rays, 1.0)
    cells = np.where(share >= SOLID, 100, 0).astype(np.int8)
    cells[rays < SEEN] = UNKNOWN
    return Grid(cells, resolution, low)


def _count(hits: Array, rays: Array, start: Array, ends: Array) -> None:
    """Count the rays of one turn; places in cells (column, row). A cell counts once a turn."""
    last = np.floor(ends).astype(np.int64)
    way = ends - start
    length = np.hypot(way[:, 0], way[:, 1])
    steps = max(1, math.ceil(float(length.max(initial=0.0)) / 0.7))
    share = np.arange(steps) / steps
    passed = np.floor(start + share[:, None, None] * way).astype(np.int64)
    short = share[:, None] * length < length - 1.0  # the last cell before the end is not judged
    through = np.unique(passed[short], axis=0)
    ended = np.unique(last, axis=0)
    crossed = np.zeros(rays.shape, dtype=np.bool_)
    crossed[through[:, 1], through[:, 0]] = True
    crossed[ended[:, 1], ended[:, 0]] = True
    rays += crossed
    hits[ended[:, 1], ended[:, 0]] += 1.0
