"""What a lidar turn says about cells: hit, seen through, not looked at, hidden."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.compiled import compiled

BINS = 720
"""Bearings are sorted into so many sectors of half a degree."""


@compiled
def nearest_by_bearing(points: Array, eye: Array) -> Array:
    """Return the nearest return in each sector around ``eye``, infinite where there is none.

    Args:
        points: Returns in the map, shape (k, 2) [m].
        eye: Where the lidar is, shape (2,) [m].

    Returns:
        Ranges [m], shape (BINS,); sector 0 begins at bearing -π.
    """
    nearest = np.full(BINS, np.inf)
    for i in range(len(points)):
        dx, dy = points[i, 0] - eye[0], points[i, 1] - eye[1]
        k = int((math.atan2(dy, dx) + math.pi) * (BINS / (2.0 * math.pi))) % BINS
        nearest[k] = min(nearest[k], math.hypot(dx, dy))
    return nearest


@compiled
def seen_through(nearest: Array, dx: float, dy: float, half: float) -> int:
    """Judge a cell at (dx, dy) [m] from the lidar, reaching ``half`` [m] around its centre.

    Returns:
        1 if every return in its direction lies beyond it, 0 if one lies before it (hidden) or in
        it, -1 if nothing came back from there.
    """
    r = math.hypot(dx, dy)
    if r <= half:
        return 1
    spread = math.asin(half / r)
    middle = math.atan2(dy, dx) + math.pi
    share = BINS / (2.0 * math.pi)
    first, last = math.floor((middle - spread) * share), math.floor((middle + spread) * share)
    result = -1
    for k in range(first, last + 1):
        near = nearest[k % BINS]
        if near < r + half:
            return 0
        if near < np.inf:
            result = 1
    return result


@compiled
def in_view(eye: Array, x: float, y: float) -> bool:
    """Return whether a lidar, (x, y, yaw, half field of view), looks towards (x, y) [m]."""
    off = math.atan2(y - eye[1], x - eye[0]) - eye[2]
    return bool(abs(off - 2.0 * math.pi * round(off / (2.0 * math.pi))) <= eye[3])


@compiled
def take_scan(
    trust: Array, frame: Array, scan: tuple[Array, Array, BoolArray], fade: Array, body: Array
) -> bool:
    """Bring the trust in obstacles up to date with one turn of the lidar, in place.

    A cell with a return in it is trusted fully. Other trusted cells lose trust: quickly where
    every return in their direction lies beyond them, slower where nothing comes back from there,
    slowest where something hides them; a cell is free again when nothing is left.

    Args:
        trust: 1 (just seen) to 0 (free) of each cell, shape (rows, cols); changed.
        frame: (x, y) of the lower left corner and the resolution, shape (3,) [m].
        scan: Returns in the map (k, 2) [m]; the lidar's pose in the map and half its field of
            view (4,) [m, m, rad, rad]; which returns mark (k,): the others (walls of the site,
            people) only hide and see through.
        fade: Trust that is lost by being seen through, unanswered and hidden, shape (3,).
        body: Discs (x, y, radius) in the map where the robot stands, shape (j, 3) [m].

    Returns:
        Whether any cell became occupied or free.
    """
    points, eye, marks = scan
    x0, y0, resolution = frame
    rows, cols = trust.shape
    nearest = nearest_by_bearing(points, eye)
    hit = np.zeros((rows, cols), np.bool_)
    for i in range(len(points)):
        c = math.floor((points[i, 0] - x0) / resolution)
        r = math.floor((points[i, 1] - y0) / resolution)
        if marks[i] and 0 <= r < rows and 0 <= c < cols:
            hit[r, c] = True
    changed = False
    half = 0.75 * resolution  # between the inner and the outer circle of a cell
    for r in range(rows):
        for c in range(cols):
            if not hit[r, c] and trust[r, c] <= 0.0:
                continue
            before = trust[r, c] > 0.0
            x, y = x0 + (c + 0.5) * resolution, y0 + (r + 0.5) * resolution
            if hit[r, c]:
                trust[r, c] = 1.0
            else:
                seen = 0
                if in_view(eye, x, y):
                    seen = seen_through(nearest, x - eye[0], y - eye[1], half)
                loss = fade[0] if seen == 1 else (fade[1] if seen == -1 else fade[2])
                left = trust[r, c] - loss
                trust[r, c] = left if left > 1e-9 else 0.0
            for j in range(len(body)):
                if math.hypot(x - body[j, 0], y - body[j, 1]) < body[j, 2]:
                    trust[r, c] = 0.0
            changed = changed or before != (trust[r, c] > 0.0)
    return changed


def shifted(cells: Array, rows: int, cols: int) -> Array:
    """Return the window's content after its origin moved by whole cells, zero where it is new.

    Args:
        cells: Values, shape (n, m).
        rows: How far the origin moved north [cells].
        cols: How far it moved east [cells].
    """
    result = np.zeros_like(cells)
    n, m = cells.shape
    if abs(rows) < n and abs(cols) < m:
        result[max(0, -rows) : n - max(0, rows), max(0, -cols) : m - max(0, cols)] = cells[
            max(0, rows) : n + min(0, rows), max(0, cols) : m + min(0, cols)
        ]
    return result
