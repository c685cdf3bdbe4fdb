"""A path that sweeps a polygon with holes: rings along the edges, then lanes or further rings."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy import ndimage
from shapely.geometry import Polygon

from robotics.core.arrays import Array
from robotics.core.messages import Plan
from robotics.mapping.grid import Grid
from robotics.planning.coverage.items import Item, items_of, sequenced
from robotics.planning.coverage.kerb_rests import append_kerb_rests
from robotics.planning.coverage.layout import Layout, best_layout
from robotics.planning.coverage.mask import densely, mark, mask_of
from robotics.planning.coverage.region import Region, fault_of, parts_text, region_of
from robotics.planning.coverage.rings import way_along
from robotics.planning.coverage.shape import Sweeping, Tool
from robotics.planning.coverage.touchup import append_passes
from robotics.planning.coverage.track import Track
from robotics.planning.kerb_path import SideBrush, kerb_sides
from robotics.planning.smoothing import straight
from robotics.planning.space import Space

SMALL = 300.0
"""Zones of up to so many lane widths squared are tried with several distances to open edges."""
EDGES = (0.08, 0.2, 0.34)
"""Of the base to an open edge; nearer than needed, so that fewer lanes overlap inside [m]."""


FINE, COARSE, LARGE = 0.05, 0.1, 1000.0
"""Cells on which a plan is checked [m], and from which area on they are coarse [m²]."""
LEFT_SHARE = 0.0015
"""A plan that leaves out more than this part is mended."""
TOLD_SHARE = 0.005
"""A plan that leaves out more than this part says so."""
MENDED = 0.3
"""Spots from this area on are worth a pass at once; smaller ones wait for the end [m²]."""
OVER = 0.1
"""Cells of the map stand so far over the kerb that they are drawn from [m]."""
SHORTEST = 4
"""Pieces of rings with fewer poses are left out."""
BATCH = 16
"""Ends of lanes that are appended in one piece of work."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A plan and what it is about."""

    plan: Plan
    region: Region


def cover(
    zone: Polygon,
    space: Space,
    sweeping: Sweeping,
    start: ArrayLike,
    *,
    kerbs: Sequence[Array] = (),
) -> Coverage:
    """Return a path from pose ``start`` (3,) that sweeps ``zone``.

    The ring along the outline comes first; then rings around holes, further rings and cells of
    lanes in the order with the shortest ways between. The plan is empty, with its reason, if no
    part of the zone can be reached; parts that cannot be reached are left out and named in the
    reason.

    Args:
        zone: What is to be swept.
        space: The map.
        sweeping: The machine.
        start: Where it is.
        kerbs: Exact lines of kerbs, each (k, 2), along which a brush is to be led.
    """
    steps = cover_steps(zone, space, sweeping, start, kerbs=kerbs)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]


def cover_steps(
    zone: Polygon,
    space: Space,
    sweeping: Sweeping,
    start: ArrayLike,
    *,
    kerbs: Sequence[Array] = (),
) -> Generator[None, None, Coverage]:
    """Do what ``cover`` does, a piece of work at a time; the result is what it returns."""
    empty = shapely.MultiPolygon()
    fault = fault_of(zone, space)
    if fault:
        return Coverage(Plan.none(fault), Region(empty, empty, zone, empty))
    region = region_of(zone, space, sweeping.tool, sweeping.fit, kerbs)
    yield
    if region.allowed.is_empty:
        return Coverage(Plan.none(_too_narrow(zone, sweeping)), region)
    layout = yield from best_layout(region, sweeping)
    for edge in _edges(region, sweeping):
        closer = region_of(zone, space, sweeping.tool, replace(sweeping.fit, edge=edge), kerbs)
        yield
        other = yield from best_layout(closer, sweeping)
        if other.cost < layout.cost:
            region, layout = closer, other
    begin = np.asarray(start, dtype=float)
    order = yield from sequenced(items_of(layout, sweeping, space, begin), region)
    track = Track(space, sweeping, region.zone)
    track.add(begin.reshape(1, 3), working=False)
    yield from _follow(track, order, layout, region)
    if len(track.pieces) == 1:
        return Coverage(Plan.none("no way to the zone"), region)
    left = yield from _mend(track, region)
    append_kerb_rests(track, zone)
    yield
    return Coverage(_led(track.plan(left), sweeping.tool, kerbs), region)


def _led(plan: Plan, tool: Tool, kerbs: Sequence[Array]) -> Plan:
    """Return a plan that says where a brush is to be led along a kerb, and on which side."""
    if not kerbs:
        return plan
    x, y, radius = tool.outer
    return replace(
        plan,
        kerb_side=kerb_sides(plan.path, plan.working, kerbs, SideBrush(x, y, radius)),
    )


def _mend(track: Track, region: Region) -> Generator[None, None, str]:
    """Append passes over what the path leaves out so far; return what remains out of reach."""
    size = FINE if region.zone.area < LARGE else COARSE
    ground = mask_of(region.reachable, size)
    yield
    frame, discs = np.array([*ground.origin, size]), track.sweeping.tool.discs
    swept, seen = ~ground.cells, 0
    for again in (True, False):
        for poses, works in zip(track.pieces[seen:], track.working[seen:], strict=True):
            if works[-1]:
                mark(swept, frame, discs, densely(poses, 0.8 * size))
        seen = len(track.pieces)
        yield
        if again and (~swept).sum() > LEFT_SHARE * ground.cells.sum():
            yield from append_passes(track, ground.like(~swept), MENDED)
    return _left_text(ground.like(~swept), region)


def _left_text(left: Grid, region: Region) -> str:
    """Return a sentence about what no path reaches; "" if that is next to nothing."""
    area = float(left.cells.sum()) * left.resolution**2
    if area < max(1.0, TOLD_SHARE * region.reachable.area):
        return ""
    labels, _ = ndimage.label(left.cells)
    spot = 1 + int(np.bincount(labels.ravel())[1:].argmax())
    row, col = np.argwhere(labels == spot).mean(axis=0)
    x, y = np.asarray(left.origin) + left.resolution * (np.array([col, row]) + 0.5)
    text = f"{area:.1f} m² out of reach, most at ({x:.1f}, {y:.1f})"
    return "; ".join(one for one in (text, parts_text(region)) if one)


def _edges(region: Region, sweeping: Sweeping) -> tuple[float, ...]:
    """Return other distances to open edges [m] that may let whole lanes fill a small zone."""
    if region.zone.area > SMALL * sweeping.spacing**2 or sweeping.fit.edge <= EDGES[0]:
        return ()
    return tuple(edge for edge in EDGES if edge < sweeping.fit.edge)


def _too_narrow(zone: Polygon, sweeping: Sweeping) -> str:
    x, y = zone.representative_point().coords[0]
    width = 2.0 * sweeping.tool.half_width
    return (
        f"the zone is too narrow or occupied at ({x:.1f}, {y:.1f}): the machine sweeps {width:g} m"
    )


def _follow(
    track: Track, order: list[tuple[Item, int]], layout: Layout, region: Region
) -> Generator[None, None, None]:
    """Append one item after the other; what has no way to it is left out."""
    for item, way in order:
        points = item.ways[way]
        if item.is_ring:
            _ring(track, points, region)
            yield
            continue
        for k in range(0, len(points), 2):
            lane = straight(points[k], points[k + 1])
            if k:
                track.go_back(lane, working=layout.turns_sweep)
            else:
                track.go(lane)
            if k % BATCH == 0:
                yield


def _ring(track: Track, corners: Array, region: Region) -> None:
    """Append a way along an outline, in pieces where something stands.

    Beside a kerb its exact line has decided already; the cells of the map stand over it.
    """
    least, space = track.sweeping.fit.least, track.space
    poses = way_along(corners, space, least)
    gaps = space.clearance(poses)
    free = gaps >= 0.0
    if not region.kerbs.is_empty:
        free |= (gaps >= -OVER) & shapely.intersects_xy(region.kerbs, *poses[:, :2].T)
    cuts = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(np.int8), [0]))))
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        if last - first > SHORTEST:
            track.go(poses[first:last])
