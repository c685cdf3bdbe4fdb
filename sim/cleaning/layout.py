"""Which cells dirt can lie on, and which zone and kerb strip each belongs to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from sim.sweeping import BLOCK, RESOLUTION, Ground
from sim.world_model import Kerb, Zone

KERB_STRIP = 0.10
"""Dirt this near a kerb is the dirt at the kerb [m]."""
_FAR = 0.6
"""Farther from a kerb than this, the distance does not matter [m]."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Square cells of ``RESOLUTION`` over an area, with a free rim, in whole blocks."""

    x: float
    """Lower left corner [m]."""
    y: float
    label: NDArray[Any]
    """uint8 (rows, columns): 0 where dirt cannot lie, else the row of ``members``."""
    members: BoolArray
    """What each label belongs to: one column for each zone, the last for the kerb strip."""
    zones: tuple[str, ...]
    kerb_distance: NDArray[Any]
    """To the nearest kerb, at most 0.6, float32 (rows, columns) [m]."""
    open: Array
    """Part of each block on which dirt can lie, (rows / BLOCK, columns / BLOCK)."""
    zone_part: Array
    """Part of each block's open cells that is in each zone, (zones, rows, columns of blocks)."""
    kerb_part: Array
    """The same for the kerb strip of each zone."""

    def centres(self) -> tuple[Array, Array]:
        """Return the x (columns,) and the y (rows,) of the cells' centres [m]."""
        rows, columns = self.label.shape
        return _centres(self.x, columns), _centres(self.y, rows)

    def ground(self, load: Array) -> Ground:
        """Return dry fields with a ``load`` (3, rows, columns) [kg] on these cells."""
        tally = np.zeros((len(self.members), 3))
        for k in range(3):
            tally[:, k] = np.bincount(self.label.ravel(), load[k].ravel(), len(tally))
        return Ground(
            load=load,
            film=np.zeros(self.label.shape, dtype=np.float32),
            dried=np.zeros(self.label.shape, dtype=np.float32),
            label=self.label,
            tally=tally,
            flying=np.zeros(self.open.shape),
            raised=np.zeros(self.open.shape),
            x=self.x,
            y=self.y,
        )

    def cell(self, x: float, y: float) -> tuple[int, int] | None:
        """Return row and column of the cell at (x, y) [m] if dirt can lie there."""
        r, c = math.floor((y - self.y) / RESOLUTION), math.floor((x - self.x) / RESOLUTION)
        rows, columns = self.label.shape
        holds = 0 <= r < rows and 0 <= c < columns and self.label[r, c] != 0
        return (r, c) if holds else None


def lay_out(area: BaseGeometry, zones: Sequence[Zone], kerbs: Sequence[Kerb]) -> Layout:
    """Return the cells over ``area``, where dirt can lie."""
    west, south, east, north = area.bounds
    x0, y0 = west - 2.0 * RESOLUTION, south - 2.0 * RESOLUTION
    x = _centres(x0, _cells(east - west))
    y = _centres(y0, _cells(north - south))
    inside = cells_in(area, x, y)
    distance = kerb_distance(kerbs, x, y)
    code = (distance <= KERB_STRIP).astype(np.uint32)
    for k, zone in enumerate(zones):
        code |= cells_in(Polygon(zone.polygon, zone.holes), x, y).astype(np.uint32) << (k + 1)
    found = np.unique(code[inside])
    label = np.where(inside, 1 + np.searchsorted(found, code), 0).astype(np.uint8)
    order = [*range(1, len(zones) + 1), 0]
    members = np.array([[False] * len(order)] + [[bool(f >> b & 1) for b in order] for f in found])
    of_blocks = _block_means(label != 0)
    groups = members[:, :-1].T, (members[:, :-1] & members[:, -1:]).T
    zone_part, kerb_part = (
        np.array([_block_means(one[label]) / np.maximum(of_blocks, 1e-9) for one in group])
        for group in groups
    )
    names = tuple(zone.name for zone in zones)
    return Layout(x0, y0, label, members, names, distance, of_blocks, zone_part, kerb_part)


def cells_in(shape: BaseGeometry, x: Array, y: Array) -> BoolArray:
    """Return which points of the grid x (columns,) by y (rows,) lie in a polygon (rows, columns).

    Row by row between the crossings of the outline (even-odd rule), holes included.
    """
    found = np.zeros((len(y), len(x)), dtype=np.bool_)
    rings = shapely.get_rings(shapely.get_parts(shape))
    if not len(rings):
        return found
    pieces = [shapely.get_coordinates(ring) for ring in rings]
    ends = np.concatenate([np.hstack([p[:-1], p[1:]]) for p in pieces])
    low, high = np.minimum(ends[:, 1], ends[:, 3]), np.maximum(ends[:, 1], ends[:, 3])
    first, last = np.searchsorted(y, (low.min(), high.max()))
    for r in range(int(first), int(last)):
        ax, ay, bx, by = ends[(low <= y[r]) & (y[r] < high)].T
        crossings = np.sort(ax + (y[r] - ay) / (by - ay) * (bx - ax))
        columns = np.searchsorted(x, crossings)
        for begin, end in zip(columns[::2], columns[1::2], strict=True):
            found[r, begin:end] = True
    return found


def kerb_distance(kerbs: Sequence[Kerb], x: Array, y: Array) -> NDArray[Any]:
    """Return the distance to the nearest kerb, at most 0.6, float32 (rows, columns) [m]."""
    distance = np.full((len(y), len(x)), _FAR, dtype=np.float32)
    for kerb in kerbs:
        line = np.asarray(kerb.line, dtype=np.float64)
        for a, b in pairwise(line):
            (c0, r0), (c1, r1) = (
                (int(np.searchsorted(x, p[0])), int(np.searchsorted(y, p[1])))
                for p in (np.minimum(a, b) - _FAR, np.maximum(a, b) + _FAR)
            )
            if c1 <= c0 or r1 <= r0:
                continue
            dx, dy = x[None, c0:c1] - a[0], y[r0:r1, None] - a[1]
            ux, uy = (b - a) / max(1e-12, float(np.hypot(*(b - a))))
            along = np.clip(ux * dx + uy * dy, 0.0, float(np.hypot(*(b - a))))
            away = np.hypot(dx - along * ux, dy - along * uy)
            window = distance[r0:r1, c0:c1]
            np.minimum(window, away, out=window, casting="same_kind")
    return distance


def _centres(corner: float, count: int) -> Array:
    return np.asarray(corner + RESOLUTION * (np.arange(count) + 0.5))


def _cells(size: float) -> int:
    """Return how many cells cover ``size`` [m] and a rim of two, in whole blocks."""
    return BLOCK * math.ceil((math.ceil(size / RESOLUTION) + 4) / BLOCK)


def _block_means(cells: BoolArray) -> Array:
    """Return the part of each block that is True."""
    rows, columns = (n // BLOCK for n in cells.shape)
    return np.asarray(cells.reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3)))
