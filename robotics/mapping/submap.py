"""A few scans as a distance field: what a survey matches its next scan with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.mapping.field import SurfaceField


class Seen(NamedTuple):
    """A scan in the frame of the submap."""

    points: Array
    """Returns in the order of their beams, shape (k, 2) [m]."""
    origin: Array
    """Where the lidar was, shape (2,) [m]."""


class Joining(NamedTuple):
    """When two neighbouring returns lie on one surface."""

    gap: float = 0.10
    """They are at most so far apart [m] …"""
    gap_far: float = 0.06
    """… and this share of the range."""
    alone: float = 0.04
    """Width of the surface that a return without neighbours stands for [m]."""


def submap_field(
    scans: Iterable[Seen],
    *,
    resolution: float = 0.05,
    reach: float = 0.5,
    joining: Joining | None = None,
) -> SurfaceField:
    """Return the signed distance to the surfaces that some scans saw, positive where they were.

    Neighbouring returns are joined by straight pieces; of all pieces, the nearest one counts
    (after the truncated signed distances of Curless and Levoy, 1996).
    """
    pieces = [_pieces(scan, joining or Joining()) for scan in scans]
    walls = np.concatenate([np.zeros((0, 4)), *pieces])
    ends = np.concatenate((walls[:, :2], walls[:, 2:])) if len(walls) else np.zeros((1, 2))
    low = ends.min(axis=0) - reach - resolution
    columns, rows = np.ceil((ends.max(axis=0) + reach - low) / resolution).astype(int) + 1
    cells = np.full((rows, columns), reach, dtype=np.float32)
    field = SurfaceField(cells, float(low[0]), float(low[1]), float(resolution), float(reach))
    _draw(field, walls)
    return field


def _pieces(scan: Seen, joining: Joining) -> Array:
    """Return the straight pieces (m, 4) of a scan, the lidar on their left."""
    points = np.asarray(scan.points, dtype=np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return np.zeros((0, 4))
    away = points - scan.origin
    far = np.hypot(away[:, 0], away[:, 1])
    following = np.roll(points, -1, axis=0)
    near = np.hypot(*(following - points).T) <= joining.gap + joining.gap_far * far
    near &= len(points) > 1
    joined = np.hstack((points, following))[near]
    alone = ~near & ~np.roll(near, 1)
    across = np.stack((-away[:, 1], away[:, 0]), axis=1) / np.maximum(far, 1e-9)[:, None]
    half = 0.5 * joining.alone * across
    return np.concatenate((joined, np.hstack((points - half, points + half))[alone]))


@compiled
def _draw(field: SurfaceField, walls: Array) -> None:
    """Write the signed distance to every piece into the cells around it, the nearest wins."""
    rows, columns = field.cells.shape
    for w in range(walls.shape[0]):
        x0, y0, x1, y1 = walls[w, 0], walls[w, 1], walls[w, 2], walls[w, 3]
        ex, ey = x1 - x0, y1 - y0
        length = max(1e-9, math.hypot(ex, ey))
        c0 = math.floor((min(x0, x1) - field.reach - field.x) / field.resolution)
        c1 = math.floor((max(x0, x1) + field.reach - field.x) / field.resolution)
        r0 = math.floor((min(y0, y1) - field.reach - field.y) / field.resolution)
        r1 = math.floor((max(y0, y1) + field.reach - field.y) / field.resolution)
        across = 1.0 / length**2
        for r in range(max(0, r0), min(rows, r1 + 1)):
            py = field.y + (r + 0.5) * field.resolution - y0
            for c in range(max(0, c0), min(columns, c1 + 1)):
                px = field.x + (c + 0.5) * field.resolution - x0
                along = min(1.0, max(0.0, (px * ex + py * ey) * across))
                ax, ay = px - along * ex, py - along * ey
                square = ax * ax + ay * ay
                if square < field.cells[r, c] ** 2:
                    d = math.sqrt(square)
                    field.cells[r, c] = d if ex * py - ey * px >= 0.0 else -d
