"""The passes that sweep the kerbs of a zone, before its ground is swept in rings and lanes.

Every piece of kerb that borders the zone is driven along once, its corners included, in the way of
``kerb_path``; what the brushes sweep meanwhile need not be swept again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import transform
from robotics.core.messages import Plan
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.coverage.transit import transit, way_in, way_out
from robotics.planning.kerb_path import SideBrush, kerb_path
from robotics.planning.profile import speeds
from robotics.planning.space import Space

AT_EDGE = 0.15
"""A kerb belongs to a zone that ends so near to it [m]."""
SHORTEST = 1.0
"""Shorter pieces of kerb are left to the rings and lanes [m]."""
LATER = (0, 8, 16, 24, 32, 48, 64)
"""At which pose a pass may begin."""
ROOM = 0.10
"""That the body keeps from things where it turns away from a kerb: brushes reach farther [m]."""
CELLS = 0.08
"""Cells of the map stand so far over the lines that they are drawn from [m]."""


@dataclass(frozen=True, slots=True)
class KerbPass:
    """One way along a kerb."""

    path: Array
    """Poses of the base, shape (n, 3)."""
    side: Array
    """Where the brush is at the kerb: 1 left, -1 right, 0 not, shape (n,)."""


def kerbs_of(zone: Polygon, kerbs: Sequence[Array]) -> list[Array]:
    """Return the pieces of the kerbs of a map along a zone, each (k, 2), raised on the left."""
    area = zone.buffer(AT_EDGE)
    parts = [LineString(line).intersection(area) for line in kerbs if len(line) > 1]
    pieces = [one for part in parts for one in shapely.get_parts(part) if one.length > 0.0]
    if not pieces:
        return []
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(pieces), directed=True))
    return [shapely.get_coordinates(one) for one in merged if one.length > SHORTEST]


def kerb_passes(
    zone: Polygon, kerbs: Sequence[Array], brush: SideBrush, beside: tuple[Space, Space]
) -> list[KerbPass]:
    """Return the ways along the kerbs of a zone, the ground that is not free left out.

    Args:
        zone: What is to be swept.
        kerbs: Feet of the map's kerbs, raised on their left, (k, 2) each [m].
        brush: The left one.
        beside: The map for a robot beside a kerb on its left, and on its right.
    """
    found = []
    for line in kerbs_of(zone, kerbs):
        path, side = kerb_path(line, 1.0, brush)
        free = beside[0].clearance(path) >= -CELLS
        cuts = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(np.int8), [0]))))
        for first, last in zip(cuts[::2], cuts[1::2], strict=True):
            whole = np.hypot(*np.diff(path[first:last, :2], axis=0).T).sum()
            if last - first > 3 and whole > SHORTEST:
                found.append(KerbPass(path[first:last], side[first:last]))
    return found


def kerb_plan(
    passes: list[KerbPass], space: Space, sweeping: Sweeping, beside: Space, start: Array
) -> tuple[Plan, BaseGeometry]:
    """Return a plan along all passes, the nearest first, and what it sweeps.

    Passes to which there is no way are left out; the plan is empty if none is left.

    Args:
        passes: Along kerbs on the left.
        space: The map.
        sweeping: The machine.
        beside: The map for a robot beside a kerb on its left.
        start: Where it is, shape (3,).
    """
    here = np.asarray(start, dtype=np.float64)
    paths, sides, swept, waiting = [here.reshape(1, 3)], [np.zeros(1)], [], list(passes)
    while waiting:
        gaps = [float(np.hypot(*(one.path[0, :2] - here[:2]))) for one in waiting]
        one = waiting.pop(int(np.argmin(gaps)))
        for first in LATER:  # where there is no room before it, a pass begins later
            path, side = one.path[first:], one.side[first:]
            way = _way(here, path[0], (space, beside), sweeping) if len(path) > 3 else None
            if way is not None:
                break
        if way is None:
            continue
        paths += [way, path]
        sides += [np.zeros(len(way)), side]
        swept.append(_band(path, sweeping))
        here = one.path[-1]
    if not swept:
        return Plan.none("no kerb that can be swept"), shapely.MultiPolygon()
    working = [np.full(len(path), k > 0 and k % 2 == 0) for k, path in enumerate(paths)]
    gathered = np.vstack(paths), np.concatenate(working), np.concatenate(sides)
    return _plan_of(gathered, sweeping), shapely.union_all(swept)


def _way(
    here: Array, there: Array, spaces: tuple[Space, Space], sweeping: Sweeping
) -> Array | None:
    """Return a way (n, 3) from one pose at a kerb to another; None if there is none."""
    space, beside = spaces
    out, into = way_out(beside, here, ROOM), way_in(beside, there, ROOM)
    if into is None:
        return None
    out = here[None].copy() if out is None else out
    least = sweeping.fit.least
    link = transit(space, out[-1], into[0], room=sweeping.room, least=least)
    return None if link is None else np.vstack((out, link, into))


def _plan_of(gathered: tuple[Array, BoolArray, Array], sweeping: Sweeping) -> Plan:
    """Return a plan of path, tools and sides, without poses that repeat the one before."""
    path, working, side = gathered
    keep = np.append(True, (np.abs(np.diff(path, axis=0)) > 1e-6).any(axis=1))
    path = path[keep]
    return Plan(path, speeds(path, sweeping.pace), working[keep], kerb_side=side[keep])


def joined_plans(first: Plan, then: Plan, sweeping: Sweeping) -> Plan:
    """Return one plan after another that begins where it ends."""
    if first.is_empty or then.is_empty:
        return then if first.is_empty else replace(first, reason=then.reason)
    whole = _plan_of(
        (
            np.vstack((first.path, then.path)),
            np.concatenate((first.working, then.working)),
            np.concatenate((first.kerb_side, then.kerb_side)),
        ),
        sweeping,
    )
    return replace(whole, reason=then.reason)


def _band(path: Array, sweeping: Sweeping) -> BaseGeometry:
    """Return what the brushes sweep along a path, the overlap with what comes after left out."""
    x, half = sweeping.tool.front, sweeping.tool.half_width - sweeping.fit.overlap
    left = [transform(pose, [(x, half), (x, -half)]) for pose in path]
    strips = [MultiPoint(np.vstack(pair)).convex_hull for pair in pairwise(left)]
    return shapely.union_all(strips)
