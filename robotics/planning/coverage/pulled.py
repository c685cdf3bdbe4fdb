"""Plans for areas pulled to kerbs: where a brush passes close beside a kerb, it goes along it.

Plans keep the distance that the cells of a map call for; the lines of kerbs are known better. The
centre c of the brush on the kerb's side is moved by T towards the nearest point of the line, so far
that bristles and kerb are ``SideBrush.gap`` apart, and the base follows as if pulled by it
(``kerb_path.led_path``): on a straight way δ' = (T(s + x) - δ) / x for its offset δ, so that the
brush never swings beyond its line, whatever the base does behind it. T grows and falls by ``SLOPE``
at most; after it the base comes back by the same law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import wrap_array
from robotics.planning.kerb_path import ASLANT, SideBrush, led_path
from robotics.planning.profile import TURN
from robotics.planning.space import Space

WITHIN = 0.15
"""A brush is pulled by so much at most [m]."""
NEAR = 0.30
"""A brush is led to a kerb whose edge passes it so close by [m]."""
SLOPE = 0.25
"""How fast the pull grows and falls along the way [m/m]."""
BACK = 1.2
"""Before the robot stops its brush is left alone for so long that the base is back [m]."""
ROOM = 0.05
"""The body keeps so far from kerbs and things [m]."""
BENT = 0.02
"""Bristles may bend by so much at a kerb [m]."""
SAME = 2e-4
"""A base that is so near to its old way is on it [m], [rad]."""
SETTLED = 8.0
"""After so many times the brush's lever along the way the base is back [m/m]."""
BLUR = 0.16
"""Cells so near to a kerb are that kerb: its exact line stands for them [m]."""
GIVE_UP = (0.4, 0.4, 0.6, 0.8, 1.2, 2.0)
"""So far around a place without room for it the pull is given up, time and again [m]."""


@dataclass(frozen=True, slots=True)
class Kerbside:
    """Kerbs, and what of a robot is led along them."""

    lines: tuple[Array, ...]
    """Feet of the map's kerbs, each (k, 2) [m]."""
    brush: SideBrush
    """The left side brush; a right one mirrors it."""
    body: Array
    """Points around the hard body, which must not touch a kerb, shape (n, 2) [m; base]."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands around a path: the lines of kerbs, and all that is no kerb.

    Attributes:
        kerbside: Kerbs and body.
        lines: Kerbs near the path.
        starts: Where their pieces begin, shape (k, 2) [m].
        ways: From there to where they end, shape (k, 2) [m].
        tree: The pieces, to be searched.
        space: The map, with what stands in the way now.
        others: Centres of the cells of the map that are occupied by something else.
    """

    kerbside: Kerbside
    lines: BaseGeometry
    starts: Array
    ways: Array
    tree: shapely.STRtree
    space: Space
    others: cKDTree | None

    @staticmethod
    def of(path: Array, kerbside: Kerbside, space: Space) -> Beside | None:
        """Return what stands around a path (n, 3); None where no kerb is near."""
        reach = space.turning_radius + NEAR
        low, high = path[:, :2].min(axis=0) - reach, path[:, :2].max(axis=0) + reach
        near = shapely.box(*low, *high)
        pieces = [two for line in kerbside.lines for two in pairwise(line)]
        pieces = [
            two for two in pieces if math.dist(*two) > 0.0 and LineString(two).intersects(near)
        ]
        if not pieces:
            return None
        found = np.array(pieces)
        shapes = [LineString(two) for two in pieces]
        lines = shapely.union_all(shapes)
        ways = found[:, 1] - found[:, 0]
        cells = _others(space, (low, high), lines)
        return Beside(kerbside, lines, found[:, 0], ways, shapely.STRtree(shapes), space, cells)

    def nearest(self, points: Array) -> tuple[Array, Array, Array]:
        """Return how far kerbs are (n,), the ways to them and their directions, (n, 2) [m]."""
        k = self.tree.nearest(shapely.points(points))
        way = self.ways[k]
        part = ((points - self.starts[k]) * way).sum(axis=1) / (way**2).sum(axis=1)
        to_it = self.starts[k] + np.clip(part, 0.0, 1.0)[:, None] * way - points
        return np.hypot(*to_it.T), to_it, way / np.hypot(*way.T)[:, None]

    def room(self, poses: Array, brush: SideBrush) -> tuple[Array, Array, Array]:
        """Return how far body and brush are from kerbs, and both from all else, (n,) each [m]."""
        own = np.array([(brush.x, brush.y)])
        body, led = (
            shapely.distance(self.lines, shapely.points(placed(poses, points))).min(axis=1)
            for points in (self.kerbside.body, own)
        )
        discs = self.space.discs
        places = placed(poses, discs[:, :2])
        other: Array = np.full(places.shape[:2], np.inf)
        if self.others is not None:
            half = 0.5 * self.space.distance.resolution
            other = np.asarray(self.others.query(places)[0]) - half
        for x, y, radius in self.space.standing:
            away = np.hypot(places[:, :, 0] - x, places[:, :, 1] - y) - radius
            other = np.asarray(np.minimum(other, away))
        return body, led - brush.radius, (other - discs[:, 2]).min(axis=1)


def pulled(
    path: Array, working: BoolArray, kerbside: Kerbside, space: Space
) -> tuple[Array, Array]:
    """Return a path (n, 3) whose brushes go along the kerbs beside it, and their side (n,).

    The side is 1 where the left one is led, -1 for the right one, else 0. Poses that have nothing
    to do with kerbs stay as they are.

    Args:
        path: Poses of the base, shape (n, 3).
        working: Where the tools work, shape (n,).
        kerbside: Kerbs, brush and body.
        space: The map, with what stands in the way now.
    """
    result, sides = path.copy(), np.zeros(len(path))
    beside = Beside.of(path, kerbside, space) if len(path) > 1 else None
    if beside is None:
        return result, sides
    for first, last in _legs(path):
        back = _way_back(path, first, last)
        for side in (1.0, -1.0):
            part = slice(first, last + 1)
            leg = result[part]
            brush = replace(kerbside.brush, y=side * kerbside.brush.y)
            left = 0.0 if back else _way_left(path, last)
            moved, at_kerb = _pulled_leg(leg, working[part], beside, brush, left)
            result[part] = moved
            sides[part][at_kerb] = side
        for k in range(1, back + 1):
            result[last + k], sides[last + k] = result[last - k], sides[last - k]
        for k in range(last + 1, len(path) if not back else 0):  # turns where the leg ends now
            if (path[k, :2] != path[last, :2]).any():
                break
            result[k, :2] = result[last, :2]
    return result, sides


def placed(poses: Array, points: Array) -> Array:
    """Return where points (k, 2) of the base are at poses (n, 3), shape (n, k, 2)."""
    c, s = np.cos(poses[:, 2])[:, None], np.sin(poses[:, 2])[:, None]
    x, y = points.T
    return np.stack((poses[:, :1] + c * x - s * y, poses[:, 1:2] + s * x + c * y), axis=2)


def _others(space: Space, bounds: tuple[Array, Array], lines: BaseGeometry) -> cKDTree | None:
    """Return the centres of occupied cells within bounds that are no kerb."""
    cell, origin = space.distance.resolution, np.asarray(space.distance.origin)
    low, high = (np.floor((corner - origin) / cell).astype(int).clip(0) for corner in bounds)
    cells = space.distance.cells[low[1] : high[1] + 1, low[0] : high[0] + 1]
    row, col = np.nonzero(cells <= 0.0)
    points = origin + (np.column_stack((col, row)) + low + 0.5) * cell
    points = points[shapely.distance(lines, shapely.points(points)) > BLUR]
    return cKDTree(points) if len(points) else None


def _legs(path: Array) -> list[tuple[int, int]]:
    """Return first and last pose of the stretches that are driven forwards without a stop."""
    step = np.diff(path[:, :2], axis=0)
    ahead = step[:, 0] * np.cos(path[1:, 2]) + step[:, 1] * np.sin(path[1:, 2])
    on = np.concatenate(([0], (ahead > TURN).astype(np.int8), [0]))
    cuts = np.flatnonzero(np.diff(on))
    return [(int(a), int(b)) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]


def _way_back(path: Array, first: int, last: int) -> int:
    """Return how many poses after a leg lead back on it."""
    most = min(last - first, len(path) - 1 - last)
    same = (path[last + 1 : last + 1 + most] == path[last - most : last][::-1]).all(axis=1)
    return most if same.all() else int(same.argmin())


def _way_left(path: Array, last: int) -> float:
    """Return how long before its last pose a leg must be back on its way [m].

    Where the robot turns square there, a base that is aside is only a little before or behind its
    next leg.
    """
    if last == len(path) - 1:
        return 0.0
    after = last + 1
    while after < len(path) and (path[after, :2] == path[last, :2]).all():
        after += 1
    if after == last + 1 or after >= len(path):
        return BACK
    turn = float(wrap_array(np.array([path[after - 1, 2] - path[last, 2]]))[0])
    return 0.0 if abs(abs(turn) - 0.5 * math.pi) < 0.1 else BACK


def _pulled_leg(
    leg: Array, working: BoolArray, beside: Beside, brush: SideBrush, left: float
) -> tuple[Array, BoolArray]:
    """Return a leg (n, 3) pulled to one side, that of ``brush``, and where it is led, (n,)."""
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(leg[:, :2], axis=0).T)))
    c, s = np.cos(leg[:, 2]), np.sin(leg[:, 2])
    centres = placed(leg, np.array([(brush.x, brush.y)]))[:, 0]
    gap, to_it, along = beside.nearest(centres)
    level = np.abs(along[:, 0] * c + along[:, 1] * s) > math.cos(ASLANT)
    mine = (c * to_it[:, 1] - s * to_it[:, 0]) * brush.y > 0.0
    led = working & level & mine & (gap - brush.radius < NEAR) & (way <= way[-1] - left)
    unit = to_it / np.maximum(gap, 1e-9)[:, None]
    old = beside.room(leg, brush) if led.any() else None
    for give_up in GIVE_UP:
        if old is None or not led.any():
            break
        pull = _gently(np.where(led, np.clip(gap - brush.off, -WITHIN, WITHIN), 0.0), way)
        places = np.flatnonzero(led)
        nearest = places[
            np.interp(np.arange(len(leg)), places, np.arange(len(places))).round().astype(int)
        ]
        moved = _following(leg, centres + pull[:, None] * unit[nearest], pull, brush)
        new = beside.room(moved, brush)
        changed = (moved != leg).any(axis=1)
        least = (ROOM, -BENT, ROOM)
        tight = [a < np.minimum(b, most) for a, b, most in zip(new, old, least, strict=True)]
        bad = changed & np.any(tight, axis=0)
        if not bad.any():
            rest = np.abs(gap - pull - brush.off) < 0.035
            return moved, led & rest
        places = np.flatnonzero(bad)
        led = led & (np.abs(way[:, None] - way[places]).min(axis=1) > give_up)
    return leg, np.zeros(len(leg), dtype=np.bool_)


def _gently(pull: Array, way: Array) -> Array:
    """Return a pull (n,) [m] cut so that it grows from nothing and falls by ``SLOPE`` at most."""
    size, gained = np.abs(pull), SLOPE * way
    size[0] = 0.0
    size = np.minimum.accumulate(size - gained) + gained
    bound = np.minimum.accumulate((size + gained)[::-1])[::-1] - gained
    return np.asarray(np.sign(pull) * np.minimum(np.abs(pull), bound))


def _following(leg: Array, centres: Array, pull: Array, brush: SideBrush) -> Array:
    """Return the leg (n, 3) with the base pulled by its brush wherever that is moved."""
    moved = leg.copy()
    places = np.flatnonzero(pull)
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(leg[:, :2], axis=0).T)))
    for run in np.split(places, np.flatnonzero(np.diff(way[places]) > SETTLED * brush.x) + 1):
        if not len(run):
            continue
        first, last = max(int(run[0]) - 1, 0), int(run[-1])
        end = int(np.searchsorted(way, way[last] + SETTLED * brush.x))
        new = led_path(centres[first:end], float(leg[first, 2]), brush, 1.0)
        off = new - leg[first:end]
        off[:, 2] = wrap_array(off[:, 2])
        new[:, 2], off = leg[first:end, 2] + off[:, 2], np.abs(off)
        back = np.asarray((off < SAME).all(axis=1))
        back[: last - first + 1] = False
        stop = first + int(back.argmax()) if back.any() else end
        moved[first + 1 : stop] = new[1 : stop - first]
    return moved
