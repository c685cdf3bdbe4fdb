"""How many rings, and where lanes: the layout of a sweep that takes the least time."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array
from robotics.planning.coverage.lanes import Cell, cells_of
from robotics.planning.coverage.region import ROUND, Region, polygons_in
from robotics.planning.coverage.rings import outlines, turns_of
from robotics.planning.coverage.shape import Sweeping, Tool

SHARP = 0.35
"""A robot stops for corners of an outline from here on [rad]."""
WAY = 4.0
"""Way to a cell [m]."""
MOST_RINGS = 6
"""Rings inside one another that are tried."""
REPEATED = 3.0
"""What a square metre swept twice costs [s]."""
LEFT_OUT = 8.0
"""What a square metre that a layout leaves out costs [s]."""
PATIENCE = 20.0
"""More rings are tried as long as they do not make it worse by this [s]."""
LEAST_TARGET = 0.1
"""What is left for lanes counts from this area on [m²]."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Rings and cells.

    Attributes:
        rings: Closed outlines, those of the outermost level first, each (k, 2).
        cells: Lanes for what the rings leave.
        turns_sweep: Whether the tools work while it turns from lane to lane.
        time: Estimated, ways between the parts left out [s].
        cost: The same, and what is swept twice or left out [s].
    """

    rings: list[list[Array]]
    cells: list[Cell]
    turns_sweep: bool
    time: float
    cost: float


def best_layout(region: Region, sweeping: Sweeping) -> Generator[None, None, Layout]:
    """Return the layout of least cost: one ring and lanes, or more rings and fewer lanes."""
    best: Layout | None = None
    rings: list[list[Array]] = []
    rest: BaseGeometry = region.allowed
    spent = 0.0
    for level in range(MOST_RINGS):
        ring = outlines(region.allowed, level * sweeping.spacing)
        if not ring:
            break
        rings.append(ring)
        left = _rest(rest, ring, sweeping, first=level == 0)
        if level > 0:
            spent += REPEATED * max(0.0, _swept_by(ring, sweeping) - rest.area + left.area)
        rest = left
        found = _layout(region, sweeping, rings, rest, spent)
        yield
        if best is not None and found.cost > best.cost + PATIENCE:
            break
        if best is None or found.cost < best.cost:
            best = found
    return best if best is not None else Layout([], [], False, 0.0, 0.0)


def _swept_by(ring: list[Array], sweeping: Sweeping) -> float:
    """Return the area that a drive along lines sweeps [m²], what it sweeps twice counted twice."""
    length = sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in ring)
    return length * sweeping.spacing


def _rest(
    rest: BaseGeometry, ring: list[Array], sweeping: Sweeping, *, first: bool
) -> BaseGeometry:
    """Return what one more level of rings leaves over of the ground inside the others."""
    overlap = sweeping.fit.overlap
    inner = sweeping.tool.half_width - overlap
    if first:
        return rest.buffer(-inner, quad_segs=ROUND)
    bands = shapely.union_all([LineString(line).buffer(inner, quad_segs=ROUND) for line in ring])
    thin = 0.6 * overlap + 1e-3
    return rest.difference(bands).buffer(-thin).buffer(thin, join_style="mitre")


def _layout(
    region: Region, sweeping: Sweeping, rings: list[list[Array]], rest: BaseGeometry, spent: float
) -> Layout:
    tool = sweeping.tool
    target = MultiPolygon([part for part in polygons_in(rest) if part.area > LEAST_TARGET])
    cells = [] if target.is_empty else cells_of(target, region.allowed, sweeping)
    time = sum(ring_time(ring, sweeping) for level in rings for ring in level)
    time += sum(cell_time(cell, sweeping) for cell in cells)
    swept = sum(float((cell.lanes[:, 2] - cell.lanes[:, 1]).sum()) for cell in cells)
    waste = spent + REPEATED * max(0.0, 2.0 * tool.half_width * swept - target.area)
    if tool.sweeps_corners:  # brushes ahead of the base overlap the ring at both ends of a lane
        lanes = sum(len(cell.lanes) for cell in cells)
        waste += REPEATED * lanes * 2.0 * tool.half_width * (tool.nose - tool.rear)
    else:
        waste += sum(_left_out(ring, tool) for level in rings for ring in level)
    return Layout(list(rings), cells, not tool.sweeps_corners, time, time + waste)


def ring_time(corners: Array, sweeping: Sweeping) -> float:
    """Return about how long it takes to drive along a closed outline (k, 2) [s]."""
    pace = sweeping.pace
    length = float(np.hypot(*np.diff(corners, axis=0).T).sum())
    sharp = np.abs(turns_of(corners))
    sharp = sharp[sharp > SHARP]
    stop = pace.speed / pace.acceleration
    return length / pace.speed + len(sharp) * stop + float(sharp.sum()) / pace.turn_rate


def _left_out(corners: Array, tool: Tool) -> float:
    """Return what it costs that a round tool leaves out the corners of an outline [s]."""
    half = 0.5 * np.abs(turns_of(corners))
    half = np.minimum(half[half > 0.5 * SHARP], 1.25)
    return LEFT_OUT * tool.half_width**2 * float((np.tan(half) - half).sum())


def cell_time(cell: Cell, sweeping: Sweeping) -> float:
    """Return about how long it takes to drive to and fro through a cell [s]."""
    pace = sweeping.pace
    length = float((cell.lanes[:, 2] - cell.lanes[:, 1]).sum())
    turn = math.pi / pace.turn_rate + 0.5 * pace.speed / pace.acceleration
    return length / pace.speed + turn * len(cell.lanes) + WAY / pace.speed
