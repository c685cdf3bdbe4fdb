"""Which ground of a zone the brushes have touched, and which they could touch at all."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from scipy.ndimage import label
from scipy.signal import fftconvolve
from shapely import Polygon, box, unary_union

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.compiled import compiled
from sim import brushes
from sim.brushes import NONE, tool_at
from sim.world_model import World, Zone

RESOLUTION = 0.05
"""Side of a cell [m]."""

VISIT_GAP = 5.0
"""Brushes that come back to a cell after this time without any sweep it again [s]."""

SAFETY = 0.05
"""Room round the hard body that a fair judge grants when asking what brushes can reach [m]."""

_YAWS = 24
"""Headings that are tried for it."""


class SweptMask:
    """The record of one sweep zone, on 5 cm cells whose centre lies in it.

    * A cell is *swept* when its centre was under a side brush's disc or the roller's strip
      (``sim.brushes``) while the brushes turned.
    * It is swept *again* when that happens after at least ``VISIT_GAP`` without.
    * It is *reachable* when some pose puts a brush on its centre with the hard body ``SAFETY``
      clear of every solid lower than the robot, of keep-out zones and of the paving's edge, and
      that pose belongs to the largest connected piece of such poses around the zone. The brushes
      themselves may touch a kerb or wall.
    """

    def __init__(self, world: World, zone: Zone) -> None:
        """Prepare the mask of ``zone``, a sweep zone of ``world``."""
        shape = Polygon(zone.polygon, zone.holes)
        shapely.prepare(shape)
        west, south, east, north = shape.bounds
        self._x0, self._y0 = float(west), float(south)
        columns, rows = (math.ceil(size / RESOLUTION) for size in (east - west, north - south))
        x, y = _centres(west, south, columns, rows)
        self.zone: BoolArray = shapely.contains_xy(shape, x, y)
        self.reachable: BoolArray = self.zone & _reach(world, (west, south), (rows, columns))
        self.visits: IntArray = np.zeros((rows, columns), dtype=np.int64)
        self._last = np.full((rows, columns), -np.inf)

    def mark(self, pose: Array, time: float) -> None:
        """Note that the brushes turn now, with the base at ``pose`` (3,)."""
        x, y, yaw = (float(value) for value in pose)
        local = (x - self._x0, y - self._y0, yaw)
        _mark(self.visits, self._last, local, time)

    @property
    def corner(self) -> tuple[float, float]:
        """Lower left corner of the cells [m]."""
        return self._x0, self._y0

    @property
    def covered_fraction(self) -> float:
        """Swept part of what is reachable, 0 to 1."""
        return _share(self.visits > 0, self.reachable)

    @property
    def covered_whole_fraction(self) -> float:
        """Swept part of the whole zone, 0 to 1."""
        return _share(self.visits > 0, self.zone)

    @property
    def reachable_fraction(self) -> float:
        """Reachable part of the whole zone, 0 to 1."""
        return _share(self.reachable, self.zone)

    @property
    def repeat_fraction(self) -> float:
        """Part of the swept ground that was swept again, 0 to 1."""
        return _share(self.visits > 1, self.zone & (self.visits > 0))

    @property
    def swept_area(self) -> float:
        """Swept ground of the zone [m²]."""
        return float(np.count_nonzero(self.zone & (self.visits > 0))) * RESOLUTION**2


def _share(part: BoolArray, whole: BoolArray) -> float:
    size = int(np.count_nonzero(whole))
    return float(np.count_nonzero(part & whole) / size) if size else 0.0


def _centres(west: float, south: float, columns: int, rows: int) -> tuple[Array, Array]:
    x = west + RESOLUTION * (np.arange(columns) + 0.5)
    y = south + RESOLUTION * (np.arange(rows) + 0.5)
    grid_x, grid_y = np.meshgrid(x, y)
    return grid_x, grid_y


def _reach(world: World, corner: tuple[float, float], shape: tuple[int, int]) -> BoolArray:
    """Return the cells (rows, columns) that a brush can touch."""
    rim = math.ceil((brushes.REACH + 0.2) / RESOLUTION)
    rows, columns = shape[0] + 2 * rim, shape[1] + 2 * rim
    west, south = corner[0] - rim * RESOLUTION, corner[1] - rim * RESOLUTION
    x, y = _centres(west, south, columns, rows)
    window = box(west, south, west + columns * RESOLUTION, south + rows * RESOLUTION)
    shut = [Polygon(s.polygon) for s in world.solids if s.bottom < world.map.robot_height]
    shut += [Polygon(z.polygon, z.holes) for z in world.zones if z.kind == "keepout"]
    paving = unary_union([Polygon(paved.polygon) for paved in world.paving])
    free = paving.intersection(window).difference(unary_union(shut))
    shapely.prepare(free)
    blocked = (~shapely.contains_xy(free, x, y)).astype(np.float64)
    places = [(_clear(blocked, yaw), yaw) for yaw in 2.0 * np.pi * np.arange(_YAWS) / _YAWS]
    pieces, count = label(np.any([place for place, _ in places], axis=0), np.ones((3, 3)))
    if count == 0:
        return np.zeros(shape, dtype=np.bool_)
    largest = pieces == 1 + int(np.argmax(np.bincount(pieces.ravel())[1:]))
    swept = np.zeros((rows, columns), dtype=np.bool_)
    for place, yaw in places:
        kernel = _stamp(yaw, _under_tool)
        swept |= fftconvolve((place & largest).astype(float), kernel, mode="same") > 0.5
    return np.asarray(swept[rim:-rim, rim:-rim])


def _clear(blocked: Array, yaw: float) -> BoolArray:
    """Return where the base can be with this heading: no blocked cell under the body."""
    # correlation = convolution with the stamp turned by half a turn
    stamp = _stamp(yaw, _under_body)[::-1, ::-1]
    return np.asarray(fftconvolve(blocked, stamp, mode="same") < 0.5)


def _stamp(yaw: float, touches: Any) -> Array:
    """Return which cells around the base at ``yaw`` are touched, on a centred odd square."""
    half = math.ceil((brushes.REACH + SAFETY) / RESOLUTION)
    steps = RESOLUTION * np.arange(-half, half + 1)
    dx, dy = np.meshgrid(steps, steps)
    c, s = math.cos(yaw), math.sin(yaw)
    return np.asarray(touches(c * dx + s * dy, c * dy - s * dx), dtype=np.float64)


def _under_body(x: Array, y: Array) -> BoolArray:
    corners = np.array(brushes.BODY)
    low, high = corners.min(axis=0) - SAFETY, corners.max(axis=0) + SAFETY
    return np.asarray((x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]))


def _under_tool(x: Array, y: Array) -> BoolArray:
    flat = [tool_at(float(a), float(b)) != NONE for a, b in zip(x.ravel(), y.ravel(), strict=True)]
    return np.array(flat).reshape(x.shape)


@compiled
def _mark(visits: IntArray, last: Array, pose: tuple[float, float, float], time: float) -> None:
    """Note the brushes at ``pose``, given from the lower left corner."""
    rows, columns = visits.shape
    x0, y0, yaw = pose
    cos, sin = math.cos(yaw), math.sin(yaw)
    for r in range(
        max(0, int((y0 - brushes.REACH) / RESOLUTION)),
        min(rows, int((y0 + brushes.REACH) / RESOLUTION) + 1),
    ):
        for c in range(
            max(0, int((x0 - brushes.REACH) / RESOLUTION)),
            min(columns, int((x0 + brushes.REACH) / RESOLUTION) + 1),
        ):
            dx, dy = (c + 0.5) * RESOLUTION - x0, (r + 0.5) * RESOLUTION - y0
            if tool_at(cos * dx + sin * dy, cos * dy - sin * dx) == NONE:
                continue
            if time - last[r, c] > VISIT_GAP:
                visits[r, c] += 1
            last[r, c] = time
