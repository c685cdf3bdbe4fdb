"""Lanes gathered into cells that are swept to and fro.

Boustrophedon decomposition (Choset and Pignon 1997): a new cell begins wherever the number of
pieces of a row changes, that is, at holes and at dents of the outline.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array
from robotics.planning.coverage.region import polygons_in
from robotics.planning.coverage.rows import Edges, Rows, angles_of, rows_of
from robotics.planning.coverage.shape import Sweeping, Tool

CELL_COST = 5.0
"""Way to another cell, when directions are compared [m]."""
LOOKS = 5
"""Lines across a row when directions are compared."""
ASIDE = (0.0, 0.02, -0.02, 0.05, -0.05, 0.08, -0.08, 0.12, -0.12, 0.2, -0.2)
"""A lane without room for the base may move so far [m]."""
ENOUGH = 0.7
"""Part of a lane that the base needs to have room on."""
SLIM = 0.7
"""A cell whose lanes are shorter than this part of its height may be better swept across."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Neighbouring lanes that are swept to and fro."""

    angle: float
    """Direction of the lanes [rad]."""
    lanes: Array
    """y, and (low, high) x of what is to be swept, in the turned frame, shape (n, 3) [m]."""
    room: Array
    """(least, largest) x at which the base may be in each lane, shape (n, 2) [m]."""

    def ways(self, tool: Tool) -> list[Array]:
        """Return the four ways through it: the ends of the lanes in the map, each (2 n, 2).

        The last two are the first two driven the other way round, in reverse order.
        """
        c, s = math.cos(self.angle), math.sin(self.angle)
        back = np.array([[c, s], [-s, c]])
        up, down = _ends(self, tool, forward=True), _ends(self, tool, forward=False)
        found = []
        for first, reverse in ((0, False), (1, False), (1, True), (0, True)):
            forward = np.arange(len(self.lanes)) % 2 == first
            ends = np.where((forward ^ reverse)[:, None], up, down)
            points = np.column_stack((ends.ravel(), np.repeat(self.lanes[:, 0], 2)))
            if reverse:
                points = points.reshape(-1, 2, 2)[::-1].reshape(-1, 2)
            found.append(points @ back)
        return found

    def cost(self, spacing: float) -> float:
        """Return about how long the way through it is [m]."""
        length = float((self.lanes[:, 2] - self.lanes[:, 1]).sum())
        return length + spacing * len(self.lanes) + CELL_COST


def _ends(cell: Cell, tool: Tool, *, forward: bool) -> Array:
    """Return first and last x of the base in each lane so that the tool sweeps it, (n, 2)."""
    low, high = cell.lanes[:, 1], cell.lanes[:, 2]
    begin, end = tool.front - tool.short, tool.rear + tool.short
    if forward:
        ends = np.column_stack((low - begin, high - end))
    else:
        ends = np.column_stack((high + begin, low + end))
    ends = np.clip(ends, cell.room[:, :1], cell.room[:, 1:])
    wrong = (ends[:, 1] - ends[:, 0]) * (1.0 if forward else -1.0) < 0.1
    middle = 0.5 * (ends[:, 0] + ends[:, 1])
    ends[wrong] = middle[wrong, None] + np.array([-0.05, 0.05]) * (1.0 if forward else -1.0)
    return ends


def cells_of(target: BaseGeometry, allowed: BaseGeometry, sweeping: Sweeping) -> list[Cell]:
    """Return the cells that sweep ``target`` while the base stays in ``allowed``.

    Every part of the target has the direction that costs least; so has every cell that is slim.
    """
    cells: list[Cell] = []
    for part in polygons_in(target):
        for cell in _swept_along(part, allowed, best_angle(part, sweeping), sweeping):
            cells += _turned(cell, part, allowed, sweeping)
    return cells


def best_angle(area: BaseGeometry, sweeping: Sweeping) -> float:
    """Return the direction of the lanes [rad] with the shortest way, turns and cells counted."""
    width, spacing = 2.0 * sweeping.tool.half_width, sweeping.spacing

    def cost(angle: float) -> float:
        rows = rows_of(area, angle, width, spacing, levels=LOOKS)
        pieces = np.bincount(rows.row, minlength=len(rows.y))
        cells = 1 + int(np.abs(np.diff(pieces)).sum())
        length = float((rows.span[:, 1] - rows.span[:, 0]).sum())
        return length + spacing * len(rows.row) + CELL_COST * cells

    return min(angles_of(area), key=cost)


def _turned(
    cell: Cell, part: BaseGeometry, allowed: BaseGeometry, sweeping: Sweeping
) -> list[Cell]:
    """Return a slim cell swept in a better direction, any other as it is."""
    lanes = cell.lanes
    length = float((lanes[:, 2] - lanes[:, 1]).mean())
    if len(lanes) < 4 or length > SLIM * sweeping.spacing * len(lanes):
        return [cell]
    half = 0.5 * float(lanes[1, 0] - lanes[0, 0]) + 1e-3
    boxes = shapely.box(lanes[:, 1], lanes[:, 0] - half, lanes[:, 2], lanes[:, 0] + half)
    area = shapely.affinity.rotate(
        shapely.union_all(boxes), cell.angle, origin=(0.0, 0.0), use_radians=True
    ).intersection(part)
    area = MultiPolygon(polygons_in(area))
    if area.is_empty:
        return [cell]
    other = _swept_along(area, allowed, best_angle(area, sweeping), sweeping)
    spent = sum(one.cost(sweeping.spacing) for one in other)
    return other if spent < cell.cost(sweeping.spacing) else [cell]


def _swept_along(
    area: BaseGeometry, allowed: BaseGeometry, angle: float, sweeping: Sweeping
) -> list[Cell]:
    rows = rows_of(area, angle, 2.0 * sweeping.tool.half_width, sweeping.spacing)
    y, room = _room(rows, allowed, angle)
    cells: list[list[int]] = []
    active: list[list[int]] = []
    for number in range(len(rows.y)):
        row = np.flatnonzero(rows.row == number).tolist()
        active = _attach(cells, active, row, rows.span)
    return [Cell(angle, np.column_stack((y[cell], rows.span[cell])), room[cell]) for cell in cells]


def _attach(
    cells: list[list[int]], active: list[list[int]], row: list[int], span: Array
) -> list[list[int]]:
    """Continue cells with the pieces of the next row, or begin new ones."""
    now = []
    for k in row:
        before = [cell for cell in active if _overlap(span[cell[-1]], span[k])]
        alone = len(before) == 1
        if alone and sum(_overlap(span[before[0][-1]], span[other]) for other in row) == 1:
            before[0].append(k)
            now.append(before[0])
        else:
            cells.append([k])
            now.append(cells[-1])
    return now


def _overlap(a: Array, b: Array) -> bool:
    return bool(min(a[1], b[1]) - max(a[0], b[0]) > 0.3)


def _room(rows: Rows, allowed: BaseGeometry, angle: float) -> tuple[Array, Array]:
    """Return y of each piece's lane (k,), and where along it the base may be, (k, 2) [m].

    A lane whose line is not the base's ground moves aside by up to ``ASIDE``.
    """
    edges = Edges.of(allowed, angle)
    y, room = rows.y[rows.row], rows.span.copy()
    good = np.zeros(len(y))
    for aside in ASIDE:
        bad = np.flatnonzero(good < ENOUGH)
        if not len(bad):
            break
        line, span = edges.cut(rows.y[rows.row[bad]] + aside)
        first = np.searchsorted(line, np.arange(len(bad) + 1))
        for number, k in enumerate(bad):
            pieces = span[first[number] : first[number + 1]]
            low, high = rows.span[k]
            shared = np.minimum(pieces[:, 1], high) - np.maximum(pieces[:, 0], low)
            part = float(shared.max(initial=0.0)) / (high - low)
            if part > good[k]:
                good[k], y[k] = part, rows.y[rows.row[k]] + aside
                room[k] = pieces[int(shared.argmax())]
    return y, room
