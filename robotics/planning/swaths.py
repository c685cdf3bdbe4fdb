"""Parallel swaths over a region, gathered into cells, and the order of the cells.

Boustrophedon decomposition (Choset and Pignon 1997): a new cell begins wherever the number of
swath pieces on a line changes, that is, at holes and at dents of the outline.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.affinity import rotate
from shapely.geometry import LineString, box
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array
from robotics.planning.region import Tool

TURN_TIME = 3.2
"""What a half turn costs, when angles are compared [s]."""
CELL_TIME = 6.0
"""What going to another cell costs [s]."""
SHORT = 0.1
"""Swaths end this much before their end: the ring's overlap makes up for it [m]."""


@dataclass(frozen=True, slots=True)
class Swath:
    """One straight stretch, in the frame turned by the swaths' angle [m]."""

    y: float
    low: float
    """First x to be swept."""
    high: float
    """Last x to be swept."""
    left: float
    """Least x of the base."""
    right: float
    """Largest x of the base."""

    def ends(self, tool: Tool, *, forward: bool) -> tuple[float, float]:
        """Return first and last x of the base so that the tool sweeps from end to end."""
        if forward:
            end = min(self.right, self.high - tool.rear - SHORT)
            return max(self.left, self.low - tool.front), end
        end = max(self.left, self.low + tool.rear + SHORT)
        return min(self.right, self.high + tool.front), end


Cell = list[Swath]


def swath_cells(
    target: BaseGeometry, allowed: BaseGeometry, *, spacing: float, angle: float
) -> list[Cell]:
    """Return swaths along ``angle`` [rad] that sweep ``target``, gathered into cells.

    Args:
        target: What is to be swept.
        allowed: Where the base may be.
        spacing: Largest distance of two swaths [m].
        angle: Direction of the swaths in the map [rad].
    """
    if target.is_empty:
        return []
    turned = rotate(target, -angle, origin=(0.0, 0.0), use_radians=True)
    room = rotate(allowed, -angle, origin=(0.0, 0.0), use_radians=True)
    shapely.prepare(turned)
    x0, y0, x1, y1 = turned.bounds
    count = max(1, math.ceil((y1 - y0) / spacing))
    width = (y1 - y0) / count
    cells: list[Cell] = []
    active: list[Cell] = []
    for i in range(count):
        y = y0 + (i + 0.5) * width
        band = turned.intersection(box(x0 - 1.0, y - 0.5 * width, x1 + 1.0, y + 0.5 * width))
        row = _pieces(band, room.intersection(LineString([(x0 - 2.0, y), (x1 + 2.0, y)])), y)
        active = _attach(cells, active, row)
    return cells


def _pieces(band: BaseGeometry, lines: BaseGeometry, y: float) -> list[Swath]:
    found = []
    for line in shapely.get_parts(lines).tolist():
        if not isinstance(line, LineString) or line.length < 0.05:
            continue
        left, _, right, _ = line.bounds
        part = band.intersection(box(left - 0.3, y - 5.0, right + 0.3, y + 5.0))
        if part.area > 0.01:
            low, _, high, _ = part.bounds
            found.append(Swath(y, low, high, left, right))
    return sorted(found, key=lambda swath: swath.left)


def _overlap(a: Swath, b: Swath) -> bool:
    return min(a.high, b.high) - max(a.low, b.low) > 0.3


def _attach(cells: list[Cell], active: list[Cell], row: list[Swath]) -> list[Cell]:
    """Continue cells with the swaths of the next line, or begin new ones."""
    now = []
    for swath in row:
        before = [cell for cell in active if _overlap(cell[-1], swath)]
        if len(before) == 1 and sum(_overlap(before[0][-1], other) for other in row) == 1:
            before[0].append(swath)
            now.append(before[0])
        else:
            cells.append([swath])
            now.append(cells[-1])
    return now


def best_angle(
    target: BaseGeometry, allowed: BaseGeometry, *, spacing: float, speed: float
) -> float:
    """Return the direction of the swaths [rad] that takes the least time.

    Tried are twelve directions and those of the outline's longest sides.
    """
    angles = {round(math.pi * i / 12, 6) for i in range(12)}
    for part in shapely.get_parts(target.simplify(0.1)).tolist():
        corners = np.asarray(part.exterior.coords)
        sides = np.diff(corners, axis=0)
        for k in np.argsort(-np.hypot(sides[:, 0], sides[:, 1]), kind="stable")[:3]:
            angles.add(round(math.atan2(sides[k, 1], sides[k, 0]) % math.pi, 6))

    def cost(angle: float) -> float:
        cells = swath_cells(target, allowed, spacing=spacing, angle=angle)
        swaths = [swath for cell in cells for swath in cell]
        length = sum(swath.high - swath.low for swath in swaths)
        return length / speed + TURN_TIME * len(swaths) + CELL_TIME * len(cells)

    return min(sorted(angles), key=cost)


def traversals(cell: Cell, tool: Tool, angle: float) -> list[Array]:
    """Return the four ways through a cell: for each, ends of the swaths in the map, (2 n, 2)."""
    c, s = math.cos(angle), math.sin(angle)
    ways = []
    for rows in (cell, cell[::-1]):
        for first in (True, False):
            points, forward = [], first
            for swath in rows:
                a, b = swath.ends(tool, forward=forward)
                if (b - a) * (1.0 if forward else -1.0) < 0.1:
                    a, b = (swath.left, swath.right) if forward else (swath.right, swath.left)
                points += [(a, swath.y), (b, swath.y)]
                forward = not forward
            turned = np.array(points)
            ways.append(turned @ np.array([[c, s], [-s, c]]))
    return ways


def order(choices: list[list[Array]], start: Array) -> list[Array]:
    """Return one way through each cell, in an order with short transits.

    Nearest neighbour first, then cells are moved or stretches reversed as long as that helps; for
    each order, dynamic programming picks the best of each cell's ways.

    Args:
        choices: For each cell, its possible ways, each (m, 2).
        start: Where the robot is, shape (2,) or longer.
    """
    if not choices:
        return []
    sequence, here, left = [], np.asarray(start)[:2], list(range(len(choices)))
    while left:
        gaps = [(min(math.dist(here, w[0]) for w in choices[i]), i) for i in left]
        nearest = min(gaps)[1]
        way = min(choices[nearest], key=lambda w: math.dist(here, w[0]))
        sequence.append(nearest)
        left.remove(nearest)
        here = way[-1]
    cost, picked = _pick(choices, sequence, start)
    improved = len(sequence) > 1
    while improved:
        improved = False
        for candidate in _neighbours(sequence):
            other, ways = _pick(choices, candidate, start)
            if other < cost - 1e-6:
                cost, picked, sequence, improved = other, ways, candidate, True
                break
    return [choices[i][k] for i, k in zip(sequence, picked, strict=True)]


def _neighbours(sequence: list[int]) -> list[list[int]]:
    count = min(len(sequence), 24)
    found = []
    for i in range(count):
        rest = sequence[:i] + sequence[i + 1 :]
        found += [[*rest[:j], sequence[i], *rest[j:]] for j in range(len(rest) + 1) if j != i]
        found += [
            sequence[:i] + sequence[i:j][::-1] + sequence[j:] for j in range(i + 2, count + 1)
        ]
    return found


def _pick(choices: list[list[Array]], sequence: list[int], start: Array) -> tuple[float, list[int]]:
    """Return the least transit length for this order and the way picked in each cell."""
    first = choices[sequence[0]]
    totals = np.array([math.dist(start[:2], way[0]) for way in first])
    backs = []
    for a, b in pairwise(sequence):
        ends = np.array([way[-1] for way in choices[a]])
        heads = np.array([way[0] for way in choices[b]])
        gaps = np.hypot(*(ends[:, None] - heads[None]).transpose(2, 0, 1)) + totals[:, None]
        backs.append(gaps.argmin(axis=0))
        totals = gaps.min(axis=0)
    picked = [int(totals.argmin())]
    for back in reversed(backs):
        picked.append(int(back[picked[-1]]))
    return float(totals.min()), picked[::-1]
