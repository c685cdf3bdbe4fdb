"""The ends of kerbs: short passes where the way along the outline bends in or away too early.

A robot with its brushes ahead reaches the end of a kerb only when it drives towards that end. What
the plan so far leaves is driven along once, in the direction that leads there, and back again on
the same way: beside a kerb there is no room to turn.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon

from robotics.core.arrays import Array
from robotics.core.geometry import wrap_array
from robotics.core.messages import Plan
from robotics.planning.coverage.pulled import Kerbside, placed
from robotics.planning.coverage.track import Track
from robotics.planning.kerb_path import CORNER, led_path

AT_EDGE = 0.15
"""A kerb belongs to a zone that ends so near to it [m]."""
SPACING = 0.05
"""Between two points of a kerb that are looked at [m]."""
LEFT = 0.035
"""Where the brush's edge comes no nearer to a kerb than this, that is left [m]."""
SHORTEST = 0.3
"""Shorter pieces stay [m]; so little between two of them is driven along too."""
LEAD = 1.5
"""A pass begins so long before what it is for: by then the robot has settled on it [m]."""
FIRST = 4
"""So many poses of a pass before its piece are swept: along them it is pulled to the kerb."""
BEND = 1.8
"""On a bend so long the robot comes up to the kerb [m],"""
ASIDE = 0.5
"""from a place so much farther away, where it has room to turn [m]."""
WORTH = 0.5
"""Part of a piece that a pass must reach at least."""


def append_kerb_rests(track: Track, zone: Polygon) -> None:
    """Append passes along what the path so far leaves of the kerbs of a zone."""
    kerbside = track.sweeping.kerbside
    if kerbside is None or len(track.pieces) < 2:
        return
    area = zone.buffer(AT_EDGE)
    parts = [LineString(line).intersection(area) for line in kerbside.lines if len(line) > 1]
    lines = [one for part in parts for one in shapely.get_parts(part) if one.length > SHORTEST]
    if not lines:
        return
    ways = _brushed(track.plan(), kerbside)
    for line in lines:
        for piece in _left_of(line, ways, kerbside.brush.radius):
            _append(track, piece, zone, kerbside)


def _brushed(plan: Plan, kerbside: Kerbside) -> MultiLineString:
    """Return the ways of the side brushes where they work."""
    on = np.concatenate(([0], plan.working.astype(np.int8), [0]))
    cuts = np.flatnonzero(np.diff(on))
    brush = kerbside.brush
    both = placed(plan.path, np.array([(brush.x, brush.y), (brush.x, -brush.y)]))
    runs = [both[a:b, k] for a, b in zip(cuts[::2], cuts[1::2], strict=True) for k in (0, 1)]
    return MultiLineString([run for run in runs if len(run) > 1])


def _left_of(line: LineString, ways: MultiLineString, radius: float) -> list[Array]:
    """Return the pieces (k, 2) of a kerb that no brush comes close to, cut at corners."""
    place = np.linspace(0.0, line.length, max(3, round(line.length / SPACING) + 1))
    points = shapely.get_coordinates(shapely.line_interpolate_point(line, place))
    left = np.asarray(shapely.distance(ways, shapely.points(points)) - radius > LEFT)
    for a, b in pairwise(np.flatnonzero(left)):
        if (b - a) * SPACING < SHORTEST:
            left[a:b] = True
    yaw = np.arctan2(*np.diff(points, axis=0).T[::-1])
    corner = np.append(np.append(False, np.abs(wrap_array(np.diff(yaw))) > CORNER), False)
    number = np.cumsum(np.append(False, left[1:] != left[:-1]) | corner)
    runs = [points[(number == k) & left] for k in range(number[-1] + 1)]
    return [run for run in runs if (len(run) - 1) * SPACING >= SHORTEST]


def _append(track: Track, piece: Array, zone: Polygon, kerbside: Kerbside) -> None:
    """Append a pass along a piece of kerb, raised on its left, and the way back from it."""
    ways = [_pass(track, piece[::step], zone, (kerbside, float(step))) for step in (1, -1)]
    for way in sorted(ways, key=lambda one: -len(one)):
        bend = round((LEAD + BEND) / 0.1)
        if len(way) < WORTH * len(piece) * SPACING / 0.1 + bend or not track.go(way):
            continue
        track.working[-1][: max(0, bend - len(way) + len(track.pieces[-1]) - FIRST)] = False
        track.add(track.pieces[-1][::-1].copy(), working=False)
        return


def _pass(track: Track, piece: Array, zone: Polygon, led: tuple[Kerbside, float]) -> Array:
    """Return the poses (n, 3) that lead the brush on a side along a piece of kerb, if free.

    As far off as other ways beside obstacles: ``pulled`` does the rest.
    """
    kerbside, side = led
    brush, fit = kerbside.brush, track.sweeping.fit
    ahead = piece[1] - piece[0]
    ahead = ahead / math.hypot(*ahead)
    begin = piece[0] - (LEAD + BEND) * ahead
    beside = shapely.offset_curve(
        LineString(np.vstack((begin, piece))), -side * (brush.radius + fit.wall), join_style="mitre"
    )
    count = max(3, math.ceil(beside.length / 0.1) + 1)
    place = np.linspace(0.0, beside.length, count)
    centres = shapely.get_coordinates(shapely.line_interpolate_point(beside, place))
    aside = 0.5 * ASIDE * (1.0 + np.cos(np.pi * np.minimum(place / BEND, 1.0)))
    centres += side * aside[:, None] * np.array([ahead[1], -ahead[0]])
    poses = led_path(centres, math.atan2(ahead[1], ahead[0]), brush, side)
    good = track.space.free(poses, fit.least)
    good &= shapely.intersects_xy(zone, *poses[:, :2].T)
    cuts = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    runs = [poses[a:b] for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return max(runs, key=len) if runs else poses[:0]
