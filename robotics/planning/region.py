"""What of a zone can be swept: shapes out of the map, and the robot's tool as a mark on a mask."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.core.compiled import compiled
from robotics.mapping.grid import Grid, polygon_mask
from robotics.mapping.places import Zone
from robotics.planning.space import Space


@dataclass(frozen=True, slots=True)
class Tool:
    """What sweeps, in the base frame (x forward, y left) [m]."""

    discs: Array
    """Brushes and roller as discs (x, y, radius), shape (k, 3)."""
    half_width: float
    """Half of the swept width."""
    front: float
    """x of the line on which the brushes reach their full width."""
    rear: float
    """x of the last part that sweeps."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How close the path may go to edges [m]."""

    edge: float = 0.48
    """Base to the edge of the zone, where nothing stands there: the brush reaches over it."""
    wall: float = 0.06
    """Widest part of the robot to an obstacle."""
    overlap: float = 0.12
    """Of two neighbouring swaths."""
    least: float = 0.02
    """Footprint to obstacle at every pose of the path."""


@dataclass(frozen=True, slots=True)
class Region:
    """The part of a zone that one robot can sweep."""

    allowed: BaseGeometry
    """Where the base may drive while it sweeps along edges."""
    reachable: BaseGeometry
    """What can be swept from there."""


def polygon_of(zone: Zone) -> Polygon:
    """Return a zone as a shapely polygon."""
    return Polygon(zone.polygon, list(zone.holes))


def polygons_in(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of any shape, largest first; lines and points are dropped."""
    parts = [part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)]
    return sorted((part for part in parts if part.area > 1e-6), key=lambda part: -part.area)


def obstacles_near(distance: Grid, bounds: tuple[float, float, float, float]) -> BaseGeometry:
    """Return the occupied cells within ``bounds`` (x0, y0, x1, y1) as one shape [m].

    What lies off the map counts as occupied.
    """
    cell, origin = distance.resolution, np.asarray(distance.origin)
    rows, cols = distance.cells.shape
    left, low = np.floor((np.array(bounds[:2]) - origin) / cell).astype(int).clip(0)
    right, high = np.ceil((np.array(bounds[2:]) - origin) / cell).astype(int)
    part = distance.cells[low:high, left:right] <= 0.0
    padded = np.pad(part, ((0, 0), (1, 1))).astype(np.int8)
    row, start = np.nonzero(np.diff(padded, axis=1) == 1)
    _, stop = np.nonzero(np.diff(padded, axis=1) == -1)
    x0, x1 = origin[0] + (start + left) * cell, origin[0] + (stop + left) * cell
    y0 = origin[1] + (row + low) * cell
    runs = shapely.union_all(shapely.box(x0, y0, x1, y0 + cell))
    whole = box(*origin, *(origin + np.array([cols, rows]) * cell))
    return runs.union(box(*bounds).difference(whole))


def region_of(zone: Polygon, space: Space, tool: Tool, fit: Fit) -> Region:
    """Return where the base may drive to sweep ``zone``, and what it reaches from there."""
    reach = tool.half_width + fit.wall
    x0, y0, x1, y1 = zone.bounds
    pad = reach + 0.5
    near = obstacles_near(space.distance, (x0 - pad, y0 - pad, x1 + pad, y1 + pad))
    keep: BaseGeometry = near.buffer(reach)
    if len(space.standing):
        centres = shapely.points(space.standing[:, :2])
        keep = keep.union(shapely.union_all(shapely.buffer(centres, space.standing[:, 2] + reach)))
    inner = zone.buffer(-fit.edge, join_style="mitre").difference(keep)
    allowed = MultiPolygon([part for part in polygons_in(inner.simplify(0.02)) if part.area > 0.05])
    reachable: BaseGeometry = allowed.buffer(tool.half_width).intersection(zone).difference(near)
    return Region(allowed, reachable)


def mask_of(shape: BaseGeometry, resolution: float) -> Grid:
    """Return the cells whose centre is in ``shape``, on a grid just large enough."""
    x0, y0, x1, y1 = shape.bounds if not shape.is_empty else (0.0, 0.0, 0.0, 0.0)
    rows = math.ceil((y1 - y0) / resolution) + 1
    cols = math.ceil((x1 - x0) / resolution) + 1
    empty = Grid(np.zeros((rows, cols), dtype=np.bool_), resolution, np.array([x0, y0]))
    cells = np.zeros((rows, cols), dtype=np.bool_)
    for part in polygons_in(shape):
        inside = polygon_mask(empty, np.asarray(part.exterior.coords)[:-1])
        for hole in part.interiors:
            inside = inside & ~polygon_mask(empty, np.asarray(hole.coords)[:-1])
        cells |= inside
    return Grid(cells, resolution, np.array([x0, y0]))


@compiled
def mark(mask: BoolArray, frame: Array, discs: Array, poses: Array) -> None:
    """Set the cells whose centre lies under a disc of the tool at any of the poses.

    Args:
        mask: Changed in place, shape (rows, cols).
        frame: (x, y) of the lower left corner and the resolution, shape (3,) [m].
        discs: (x, y, radius) in the base frame, shape (k, 3) [m].
        poses: Shape (n, 3).
    """
    x0, y0, size = frame
    rows, cols = mask.shape
    for i in range(len(poses)):
        c, s = math.cos(poses[i, 2]), math.sin(poses[i, 2])
        for j in range(len(discs)):
            u = (poses[i, 0] + c * discs[j, 0] - s * discs[j, 1] - x0) / size - 0.5
            v = (poses[i, 1] + s * discs[j, 0] + c * discs[j, 1] - y0) / size - 0.5
            reach = discs[j, 2] / size
            for row in range(max(0, math.ceil(v - reach)), min(rows, math.floor(v + reach) + 1)):
                half = math.sqrt(max(0.0, reach * reach - (row - v) ** 2))
                first, last = math.ceil(u - half), math.floor(u + half)
                for col in range(max(0, first), min(cols, last + 1)):
                    mask[row, col] = True


def densely(poses: Array, spacing: float = 0.04) -> Array:
    """Return a path (n, 3) with poses put between, so that marking it leaves no gaps."""
    if len(poses) < 2:
        return poses
    step = np.diff(poses, axis=0)
    step[:, 2] = np.mod(step[:, 2] + np.pi, 2 * np.pi) - np.pi
    size = np.maximum(np.hypot(step[:, 0], step[:, 1]), 0.7 * np.abs(step[:, 2]))
    count = np.maximum(1, np.ceil(size / spacing)).astype(int)
    index = np.repeat(np.arange(len(step)), count)
    place = np.concatenate([np.arange(n) / n for n in count])
    return np.vstack((poses[index] + place[:, None] * step[index], poses[-1:]))
