"""Rings and cells as things to be put in order."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import shapely

from robotics.core.arrays import Array
from robotics.planning.coverage.layout import Layout
from robotics.planning.coverage.order import Choices, best_order
from robotics.planning.coverage.region import Region
from robotics.planning.coverage.rings import begun_at, spiral
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.space import Space

ENTRIES = 4
"""Places at which a ring may be begun."""
RING_WAYS = [0, 1, 2, 3, 3, 2, 1, 0]
CELL_WAYS = [0, 1, 0, 1, 2, 3, 2, 3]
"""Eight ways through a part are four: a way and its reverse stand at k and at 7 - k."""
DETOUR, DODGE = 1.25, 3.0
"""A way that is not straight counts so many times as long, and so much more [m]."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of the sweep, and the ways to do it, each (n, 2) [m]."""

    ways: list[Array]
    """Of a ring: closed outlines; of a cell: ends of lanes. Way k and way -1 - k are the same,
    driven the other way round where that is possible."""
    is_ring: bool


def items_of(layout: Layout, sweeping: Sweeping, space: Space, start: Array) -> list[Item]:
    """Return the parts of a layout, the outermost ring, or the spiral that begins with it, first.

    Args:
        layout: Rings and cells.
        sweeping: The machine.
        space: The map.
        start: Where it is, (x, y) first [m].
    """
    coil = _coil(layout.rings)
    if len(coil) > 1:
        tool, spacing = sweeping.tool, sweeping.spacing
        lead = max(0.1, spacing - (tool.turning_reach - tool.front))  # a turn sweeps the rest
        items = [Item([spiral(coil, start[:2], spacing, lead, space)], True)]
        rest = layout.rings[len(coil) :]
    else:
        items, rest = [Item([begun_at(layout.rings[0][0], start[:2])], True)], layout.rings
        items += [_ring(ring) for ring in rest[0][1:]]
        rest = rest[1:]
    items += [_ring(ring) for level in rest for ring in level]
    for cell in layout.cells:
        there, also, also_back, back = cell.ways(sweeping.tool)
        ways = [there, also, there, also, also_back, back, also_back, back]
        items.append(Item(ways, False))
    return items


def _coil(levels: list[list[Array]]) -> list[Array]:
    """Return the rings from the outermost one on that lie each alone inside the one before."""
    coil = []
    for level in levels:
        if len(level) != 1:
            break
        coil.append(level[0])
    return coil


def _ring(corners: Array) -> Item:
    line = shapely.LineString(corners)
    places = [line.interpolate((k + 0.5) / ENTRIES, normalized=True) for k in range(ENTRIES)]
    ways = [begun_at(corners, np.array([p.x, p.y])) for p in places]
    return Item(ways + ways[::-1], True)


def sequenced(items: list[Item], region: Region) -> Generator[None, None, list[tuple[Item, int]]]:
    """Return all items in a good order, each with the way to be taken."""
    outer, others = items[0], items[1:]
    first = outer.ways[0]
    if not others:
        return [(outer, 0)]
    heads = np.array([[way[0] for way in item.ways] for item in others])
    tails = np.array([[way[-1] for way in item.ways] for item in others])
    few = [RING_WAYS if item.is_ring else CELL_WAYS for item in others]
    gaps = _spread(ways_between(*_few(tails, heads, few), region), few)
    yield
    order = best_order(Choices(heads, tails), first[-1], gaps)
    found = [(others[part], way) for part, way in order]
    return [(outer, 0), *_rings_turned(found, first[-1])]


def _few(tails: Array, heads: Array, ways: list[list[int]]) -> tuple[Array, Array]:
    """Return only the four ways of each part that differ."""
    first = np.array([[way.index(k) for k in range(4)] for way in ways])
    rows = np.arange(len(ways))[:, None]
    return tails[rows, first], heads[rows, first]


def _spread(gaps: Array, ways: list[list[int]]) -> Array:
    """Return gaps (n, 4, n, 4) for all eight ways of each part."""
    part, way = np.arange(len(ways)), np.array(ways)
    return np.asarray(
        gaps[part[:, None, None, None], way[:, :, None, None], part[None, None, :, None], way]
    )


def _rings_turned(order: list[tuple[Item, int]], here: Array) -> list[tuple[Item, int]]:
    """Return the same with rings begun where they lie nearest to what comes before and after."""
    result = []
    for k, (item, way) in enumerate(order):
        if item.is_ring:
            corners = begun_at(item.ways[way], _between(order, k, here))
            item, way = Item([corners], True), 0
        result.append((item, way))
        here = item.ways[way][-1]
    return result


def _between(order: list[tuple[Item, int]], k: int, here: Array) -> Array:
    """Return the place on ring k with the least way from ``here`` (2,) and to the next head."""
    item, way = order[k]
    corners = item.ways[way]
    if k + 1 == len(order) or order[k + 1][0].is_ring:
        return here
    after = order[k + 1][0].ways[order[k + 1][1]][0]
    line = shapely.LineString(corners)
    spots = shapely.get_coordinates(line.segmentize(0.5))
    gaps = np.hypot(*(spots - here).T) + np.hypot(*(spots - after).T)
    return np.asarray(spots[int(gaps.argmin())])


def ways_between(tails: Array, heads: Array, region: Region) -> Array:
    """Return about how long the ways are from tails (n, w, 2) to heads (m, w, 2), (n, w, m, w) [m].

    A straight line counts as it is if it keeps inside; a look at some points on it decides.
    """
    a, b = tails.reshape(-1, 2), heads.reshape(-1, 2)
    gap = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1))
    share = (np.arange(6) + 0.5) / 6
    points = a[:, None, None] + share[None, None, :, None] * (b[None, :, None] - a[:, None, None])
    shapely.prepare(region.allowed)
    inside = shapely.intersects_xy(region.allowed, points[..., 0], points[..., 1]).all(axis=2)
    gap = np.where(inside | (gap < 0.5), gap, DETOUR * gap + DODGE)
    return np.asarray(gap.reshape(*tails.shape[:2], *heads.shape[:2]))
