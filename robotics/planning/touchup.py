"""Sweeping what was left out: short passes over the cells that the tool has not touched yet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from robotics.core.arrays import Array, BoolArray, frozen
from robotics.core.messages import Plan
from robotics.mapping.grid import Grid
from robotics.planning.coverage import Sweeping, Track
from robotics.planning.region import densely, mark
from robotics.planning.smoothing import straight
from robotics.planning.space import Space

LEAST_AREA = 0.04
"""Spots smaller than this are left [m²]."""
PASSES = 60
"""Most passes of one plan."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One candidate: a straight drive and the cells it would sweep."""

    poses: Array
    gain: int


def touch_up(missing: Grid, space: Space, sweeping: Sweeping, start: Array) -> Plan:
    """Return a path over the cells of ``missing`` that can still be swept.

    For each connected spot, straight passes in twelve directions are tried, with the spot under
    the middle or under one brush; the one that sweeps most is kept, until nothing is gained.

    Args:
        missing: True where the tool has to go.
        space: The map, with what stands in the way now.
        sweeping: Tool, pace and fit.
        start: Where the robot is, shape (3,).
    """
    left = missing.cells.copy()
    least = max(1, round(LEAST_AREA / missing.resolution**2))
    passes: list[Array] = []
    labels, count = ndimage.label(left, structure=np.ones((3, 3), dtype=int))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    for label in sorted(range(1, count + 1), key=lambda k: -int(sizes[k])):
        spot = left & (labels == label)
        while int(spot.sum()) >= least and len(passes) < PASSES:
            best = _best_pass(spot, missing, space, sweeping)
            if best is None or best.gain < min(least, int(spot.sum())):
                break
            passes.append(best.poses)
            _sweep(spot, missing, sweeping, best.poses)
            _sweep(left, missing, sweeping, best.poses)
    return _joined(passes, space, sweeping, start)


def _joined(passes: list[Array], space: Space, sweeping: Sweeping, start: Array) -> Plan:
    track = Track(space, sweeping)
    track.add(np.asarray(start, dtype=float).reshape(1, 3), working=False)
    while passes:
        here = track.end
        gaps = [
            math.dist(here[:2], poses[0, :2]) + 0.5 * abs(math.sin(0.5 * (poses[0, 2] - here[2])))
            for poses in passes
        ]
        track.go(passes.pop(int(np.argmin(gaps))))
    return track.plan("nothing left in reach" if len(track.pieces) == 1 else "")


def _frame(grid: Grid) -> Array:
    return np.array([*grid.origin, grid.resolution])


def _sweep(mask: BoolArray, grid: Grid, sweeping: Sweeping, poses: Array) -> None:
    touched = np.zeros_like(mask)
    mark(touched, _frame(grid), sweeping.tool.discs, densely(poses))
    mask &= ~touched


def _best_pass(spot: BoolArray, grid: Grid, space: Space, sweeping: Sweeping) -> Pass | None:
    rows, cols = np.nonzero(spot)
    points = np.column_stack((cols, rows)) * grid.resolution
    points = points + np.asarray(grid.origin) + 0.5 * grid.resolution
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
            run = _longest_free(line, space, sweeping.fit.least)
            if len(run) < 4:
                continue
            touched = np.zeros_like(spot)
            mark(touched, _frame(grid), sweeping.tool.discs, densely(run))
            gain = int((touched & spot).sum())
            if best is None or _worth(gain, run, grid) > _worth(best.gain, best.poses, grid):
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
    far = [low - 0.7 * half_width, high + 0.7 * half_width]
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
