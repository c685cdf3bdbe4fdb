"""Sweeping what was left out: short passes over the cells that the tool has not touched yet."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

import numpy as np
import shapely
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray, frozen
from robotics.core.messages import Plan
from robotics.mapping.grid import Grid
from robotics.planning.coverage.lanes import cells_of
from robotics.planning.coverage.mask import densely, mark, outline_of
from robotics.planning.coverage.region import ROUND, obstacles_near, polygons_in
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.coverage.track import Track
from robotics.planning.smoothing import straight
from robotics.planning.space import Space

LEAST_AREA = 0.04
"""Spots smaller than this are left [m²]."""
LARGE_AREA = 1.5
"""Spots from this area on are swept to and fro [m²]."""
FAR = (0.7, 0.93, 0.995)
"""Parts of half the swept width by which a pass may run beside a narrow spot."""
NEARER = 0.02
"""A pass may come nearer to a wall than rings do by this [m]; nearer still, nothing leads in."""
PASSES = 60
"""Most passes of one plan."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One candidate: a straight drive and the cells it would sweep."""

    poses: Array
    gain: int


def touch_up(missing: Grid, space: Space, sweeping: Sweeping, start: Array) -> Plan:
    """Return a path over the cells of ``missing`` that can still be swept.

    For each connected spot, straight passes in 24 directions are tried, with the spot under the
    middle or under one brush; the one that sweeps most is kept, until nothing is gained.

    Args:
        missing: True where the tool has to go.
        space: The map, with what stands in the way now.
        sweeping: Tool, pace and fit.
        start: Where the robot is, shape (3,).
    """
    track = Track(space, sweeping)
    track.add(np.asarray(start, dtype=float).reshape(1, 3), working=False)
    for _ in append_passes(track, missing):
        pass
    return track.plan("nothing left in reach" if len(track.pieces) == 1 else "")


def append_passes(
    track: Track, missing: Grid, least_area: float = LEAST_AREA
) -> Generator[None, None, None]:
    """Append passes over ``missing`` cells to a track, always the nearest next, in steps.

    Spots smaller than ``least_area`` [m²] are left.
    """
    done = ~missing.cells
    passes: list[tuple[Array, ...]] = []
    for lane in _lanes(missing, track.space, track.sweeping):
        mark(done, _frame(missing), track.sweeping.tool.discs, densely(lane[0]))
        passes.append(lane)
    yield
    for found in _passes(missing.like(~done), track.space, track.sweeping, least_area):
        back = _back(found, track.space, track.sweeping)
        passes.append((found, back) if len(back) > 4 else (found,))
        yield
    while passes:
        here = track.end
        costs = [min(_way_to(here, way) for way in ways) for ways in passes]
        ways = passes.pop(int(np.argmin(costs)))
        for way in sorted(ways, key=partial(_way_to, here)):
            if track.go_back(way, working=False):
                break
        yield


def _back(poses: Array, space: Space, sweeping: Sweeping) -> Array:
    """Return a straight pass driven the other way round, so that it sweeps the same."""
    way = poses[-1, :2] - poses[0, :2]
    shift = (sweeping.tool.front + sweeping.tool.rear + 0.05) * way / math.hypot(*way)
    line = straight(poses[-1, :2] + shift, poses[0, :2] + shift)
    return _longest_free(line, space, sweeping.fit.least)


def _way_to(here: Array, poses: Array) -> float:
    """Return about how far it is to the beginning of a pass, the turn counted too [m]."""
    turn = abs(math.sin(0.5 * (float(poses[0, 2]) - float(here[2]))))
    return math.dist(here[:2], poses[0, :2]) + 0.5 * turn


def _lanes(missing: Grid, space: Space, sweeping: Sweeping) -> list[tuple[Array, ...]]:
    """Return lanes over the large spots of a mask, each in both directions."""
    target = shapely.MultiPolygon(
        [part for part in polygons_in(outline_of(missing)) if part.area > LARGE_AREA]
    )
    if target.is_empty:
        return []
    reach = sweeping.tool.half_width + sweeping.fit.wall
    x0, y0, x1, y1 = target.bounds
    bounds = (x0 - 2.0, y0 - 2.0, x1 + 2.0, y1 + 2.0)
    keep: BaseGeometry = obstacles_near(space.distance, bounds)
    keep = keep.buffer(reach, quad_segs=ROUND)
    if len(space.standing):
        centres = shapely.points(space.standing[:, :2])
        keep = keep.union(shapely.union_all(shapely.buffer(centres, space.standing[:, 2] + reach)))
    allowed = target.buffer(1.0).difference(keep)
    lanes = []
    for cell in cells_of(target, allowed, sweeping) if not allowed.is_empty else []:
        there, _, _, back = cell.ways(sweeping.tool)
        ends = zip(there.reshape(-1, 2, 2), back.reshape(-1, 2, 2)[::-1], strict=True)
        for pair in ends:
            runs = [_longest_free(straight(*end), space, sweeping.fit.least) for end in pair]
            if min(len(run) for run in runs) > 4:
                lanes.append(tuple(runs))
    return lanes


def _passes(
    missing: Grid, space: Space, sweeping: Sweeping, least_area: float
) -> Generator[Array, None, None]:
    """Yield passes that sweep the spots of a mask, the largest spot first."""
    done = ~missing.cells
    least = max(1, round(least_area / missing.resolution**2))
    labels, count = ndimage.label(missing.cells, structure=np.ones((3, 3), dtype=int))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    where = ndimage.find_objects(labels)
    made = 0
    for label in sorted(range(1, count + 1), key=lambda k: -int(sizes[k])):
        if sizes[label] < least:
            break
        high, wide = where[label - 1][:2]
        window = (high, wide)
        while made < PASSES:
            spot = _crop(missing, (labels[window] == label) & ~done[window], window)
            if int(spot.cells.sum()) < least:
                break
            best = _best_pass(spot, space, sweeping)
            if best is None or best.gain < min(least, int(spot.cells.sum())):
                break
            mark(done, _frame(missing), sweeping.tool.discs, densely(best.poses))
            made += 1
            yield best.poses


def _crop(grid: Grid, cells: BoolArray, window: tuple[slice, slice]) -> Grid:
    """Return a part of a grid with other cells."""
    corner = np.array([window[1].start, window[0].start]) * grid.resolution
    return Grid(cells, grid.resolution, np.asarray(grid.origin) + corner)


def _frame(grid: Grid) -> Array:
    return np.array([*grid.origin, grid.resolution])


def _best_pass(spot: Grid, space: Space, sweeping: Sweeping) -> Pass | None:
    rows, cols = np.nonzero(spot.cells)
    points = np.column_stack((cols, rows)) * spot.resolution
    points = points + np.asarray(spot.origin) + 0.5 * spot.resolution
    margin = max(sweeping.fit.least, sweeping.fit.wall - NEARER)
    best: Pass | None = None
    for yaw in np.arange(24) * (math.pi / 12):
        along = np.array([math.cos(yaw), math.sin(yaw)])
        across = np.array([-along[1], along[0]])
        t, side = points @ along, points @ across
        for y in _offsets(side, sweeping.tool.half_width):
            poses = _stretch(t[np.abs(side - y) < sweeping.tool.half_width], sweeping)
            if poses is None:
                continue
            line = straight(poses[0] * along + y * across, poses[1] * along + y * across)
            run = _longest_free(line, space, margin)
            if len(run) < 4:
                continue
            touched = np.zeros(spot.cells.shape, dtype=np.bool_)
            mark(touched, _frame(spot), sweeping.tool.discs, densely(run))
            gain = int((touched & spot.cells).sum())
            if best is None or _worth(gain, run, spot) > _worth(best.gain, best.poses, spot):
                best = Pass(run, gain)
    return best if best is not None and best.gain > 0 else None


def _worth(gain: int, poses: Array, grid: Grid) -> float:
    """Area gained [m²], less what the length of the drive is worth."""
    return gain * grid.resolution**2 - 0.02 * math.dist(poses[0, :2], poses[-1, :2])


def _offsets(side: Array, half_width: float) -> Array:
    """Return where across the spot a pass may run: its middle, and one brush on either rim."""
    low, high = float(side.min()), float(side.max())
    middle = 0.5 * (low + high)
    rims = [low + 0.85 * half_width, high - 0.85 * half_width]
    far = [low - part * half_width for part in FAR] + [high + part * half_width for part in FAR]
    return np.asarray(frozen([middle, *rims, *(far if high - low < half_width else [])]))


def _stretch(t: Array, sweeping: Sweeping) -> tuple[float, float] | None:
    if len(t) == 0:
        return None
    tool = sweeping.tool
    return float(t.min()) - tool.front - 0.1, float(t.max()) - tool.rear + 0.05


def _longest_free(line: Array, space: Space, least: float) -> Array:
    free = space.free(line, least)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(np.int8), [0]))))
    runs = [line[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return max(runs, key=len) if runs else line[:0]
