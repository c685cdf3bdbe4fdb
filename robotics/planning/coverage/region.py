"""What of a zone can be swept: shapes out of the map and the exact lines of kerbs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from robotics.core.arrays import Array, BoolArray
from robotics.mapping.grid import Grid, polygon_mask
from robotics.mapping.places import Zone
from robotics.planning.coverage.shape import Fit, Tool
from robotics.planning.space import Space

LEAST = 0.05
"""Parts of the base's ground smaller than this are not gone to [m²]."""
BLUR = 0.16
"""Cells so near to a kerb are that kerb: its exact line stands for them [m]."""
ROUND = 8
"""Corners of a quarter circle."""


@dataclass(frozen=True, slots=True)
class Region:
    """The part of a zone that one robot can sweep."""

    allowed: BaseGeometry
    """Where the base may drive while it sweeps along edges."""
    reachable: BaseGeometry
    """What can be swept from there."""
    zone: Polygon
    """The zone."""
    kerbs: BaseGeometry
    """Lines on which the base leads a brush along a kerb."""


def polygon_of(zone: Zone) -> Polygon:
    """Return a zone as a shapely polygon."""
    return Polygon(zone.polygon, list(zone.holes))


def polygons_in(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of any shape, largest first; lines and points are dropped."""
    parts = [part for part in shapely.get_parts(shape).tolist() if isinstance(part, Polygon)]
    return sorted((part for part in parts if part.area > 1e-6), key=lambda part: -part.area)


def fault_of(zone: Polygon, space: Space) -> str:
    """Return what is wrong with a zone, with the place; "" if it is sound."""
    if not zone.is_valid or zone.area <= 0.0:
        why = explain_validity(zone) if not zone.is_valid else "it has no area"
        return f"the zone's outline is broken: {why}"
    grid = space.distance
    size = np.array(grid.cells.shape[::-1]) * grid.resolution
    whole = box(*grid.origin, *(grid.origin + size))
    if not whole.intersects(zone):
        x, y = zone.representative_point().coords[0]
        return f"the zone lies outside the map, at ({x:.1f}, {y:.1f})"
    return ""


def obstacles_near(
    distance: Grid, bounds: tuple[float, float, float, float], among: BoolArray | None = None
) -> BaseGeometry:
    """Return the occupied cells within ``bounds`` (x0, y0, x1, y1) as one shape [m].

    What lies off the map counts as occupied.

    Args:
        distance: Distance field of the map.
        bounds: Part of the map.
        among: Cells of the map that count; None for all.
    """
    cell, origin = distance.resolution, np.asarray(distance.origin)
    rows, cols = distance.cells.shape
    left, low = np.floor((np.array(bounds[:2]) - origin) / cell).astype(int).clip(0)
    right, high = np.ceil((np.array(bounds[2:]) - origin) / cell).astype(int).clip(0)
    part = distance.cells[low:high, left:right] <= 0.0
    if among is not None:
        part = part & among[low:high, left:right]
    padded = np.pad(part, ((0, 0), (1, 1))).astype(np.int8)
    row, start = np.nonzero(np.diff(padded, axis=1) == 1)
    _, stop = np.nonzero(np.diff(padded, axis=1) == -1)
    x0, x1 = origin[0] + (start + left) * cell, origin[0] + (stop + left) * cell
    y0 = origin[1] + (row + low) * cell
    runs = shapely.union_all(shapely.box(x0, y0, x1, y0 + cell))
    whole = box(*origin, *(origin + np.array([cols, rows]) * cell))
    return runs if whole.covers(box(*bounds)) else runs.union(box(*bounds).difference(whole))


def part_of(distance: Grid, bounds: tuple[float, float, float, float]) -> Grid:
    """Return the part of a map around ``bounds`` (x0, y0, x1, y1), whole cells [m]."""
    cell, origin = distance.resolution, np.asarray(distance.origin)
    left, low = np.floor((np.array(bounds[:2]) - origin) / cell).astype(int).clip(0)
    right, high = np.ceil((np.array(bounds[2:]) - origin) / cell).astype(int).clip(0)
    corner = origin + np.array([left, low]) * cell
    return Grid(distance.cells[low:high, left:right], cell, corner)


def _in_the_way(distance: Grid, ground: BaseGeometry, reach: float) -> BoolArray:
    """Return which cells of the map could keep the base off its ground.

    Those in it, and those that can be seen from a place in it that is nearer than ``reach`` [m].
    """
    cells = distance.cells
    cell = distance.resolution
    counts = np.zeros(cells.shape, dtype=np.bool_)
    for part in polygons_in(ground):
        inside = polygon_mask(distance, np.asarray(part.exterior.coords)[:-1])
        for hole in part.interiors:
            inside = inside & ~polygon_mask(distance, np.asarray(hole.coords)[:-1])
        counts |= inside
    tight = counts & (cells < reach + 1.25 * cell)
    rows, cols = (np.flatnonzero(tight.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return tight
    size = math.ceil(reach / cell) + 2
    window = tuple(slice(max(0, int(k[0]) - size), int(k[-1]) + size + 1) for k in (rows, cols))
    near = np.zeros_like(tight)
    near[window] = ndimage.maximum_filter(tight[window].view(np.uint8), 2 * size + 1) > 0
    rim = np.zeros_like(tight)
    rim[window] = ndimage.minimum_filter((cells[window] <= 0.0).view(np.uint8), 3) == 0
    return np.asarray((near & rim) | counts)


def region_of(
    zone: Polygon, space: Space, tool: Tool, fit: Fit, kerbs: Sequence[Array] = ()
) -> Region:
    """Return where the base may drive to sweep ``zone``, and what it reaches from there.

    Args:
        zone: What is to be swept.
        space: The map.
        tool: What sweeps.
        fit: Distances to keep.
        kerbs: Exact lines of kerbs, each (k, 2): along them the brush is led at ``fit.kerb``.
    """
    reach = tool.half_width + fit.wall
    x0, y0, x1, y1 = zone.bounds
    pad = reach + 0.5
    bounds = (x0 - pad, y0 - pad, x1 + pad, y1 + pad)
    ground = zone.buffer(-fit.edge, quad_segs=ROUND)
    floor = part_of(space.distance, bounds)
    near = obstacles_near(floor, bounds, _in_the_way(floor, ground, reach))
    lines = shapely.union_all([LineString(kerb) for kerb in kerbs]).intersection(box(*bounds))
    far = near if lines.is_empty else near.difference(lines.buffer(BLUR))
    keep: BaseGeometry = far.buffer(reach, quad_segs=ROUND)
    along = tool.half_width + fit.kerb
    if not lines.is_empty:
        keep = keep.union(lines.buffer(along, quad_segs=ROUND))
    if len(space.standing):
        centres = shapely.points(space.standing[:, :2])
        keep = keep.union(shapely.union_all(shapely.buffer(centres, space.standing[:, 2] + reach)))
    inner = ground.difference(keep)
    allowed = MultiPolygon(
        [part for part in polygons_in(inner.simplify(0.01)) if part.area > LEAST]
    )
    swept = allowed.buffer(tool.half_width, quad_segs=ROUND).intersection(zone)
    led = lines.buffer(along + 0.02) if not lines.is_empty else lines
    return Region(allowed, swept.difference(near if lines.is_empty else far), zone, led)


def parts_text(region: Region) -> str:
    """Return a sentence about a region in several parts; "" if it is one."""
    parts = polygons_in(region.allowed)
    if len(parts) < 2:
        return ""
    places = ", ".join(
        f"({p.x:.1f}, {p.y:.1f})" for p in (one.representative_point() for one in parts)
    )
    return f"the zone has {len(parts)} parts, at {places}"


def nearest_part(region: Region, x: float, y: float) -> int:
    """Return the number of the part, largest first, that is nearest to a point."""
    point = shapely.Point(x, y)
    gaps = [part.distance(point) for part in polygons_in(region.allowed)]
    return int(np.argmin(gaps)) if gaps else -1


def is_narrow(region: Region) -> bool:
    """Whether nothing of it is left for the base."""
    return bool(region.allowed.is_empty) or math.isclose(region.allowed.area, 0.0)
