"""The way of the base that leads a side brush along a kerb, corners included.

Led by its brush, a robot on two wheels moves like something pulled: while the brush's centre, x
ahead of the axle, goes ds along a straight line, the angle e of the heading against that line
obeys de/ds = -sin(e) / x, so tan(e / 2) falls by exp(-ds / x), exactly (the tractrix). The way of
the base follows from the brush's, and can be driven: its curvature is that of the motion, the
transitions from straight pieces to bends included. Where e is large the axle goes back while the
brush goes on.

Corners that point into the robot's ground (outer corners) are passed by: on along the old line, a
turn on the spot where the two lines of the base meet, on along the new one; the brush then begins
where it ended. In a corner that the kerb closes (inner corners) the brush goes up to the kerb
ahead; the robot backs off, shifts sideways so far that its tail has room, comes up to the kerb
ahead once more, and is pulled around by its brush along that kerb. Inner corners may turn by up to
a right angle: into sharper ones the other half of the robot's front does not fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import rotation2, transform, wrap

STEP = 0.03
"""Between two poses of a way [m]."""
BESIDE = 0.06
"""A brush whose edge is so near to a kerb of the map is led along it [m]."""
ASLANT = math.radians(25.0)
"""If the kerb runs against the robot's heading by no more than this [rad]."""
CORNER = math.radians(20.0)
"""Bends of a kerb's line from here on are corners [rad]."""


@dataclass(frozen=True, slots=True)
class SideBrush:
    """A side brush, and what of the robot must have room beside a kerb."""

    x: float
    """Of its centre in the base frame [m]."""
    y: float
    """To the left; a right one mirrors it [m]."""
    radius: float
    """[m]."""
    gap: float = 0.01
    """Wished between bristles and kerb [m]."""
    berth: float = 0.16
    """Sideways room that the tail needs to be pulled around an inner corner [m]."""
    bend: float = 0.9
    """Radius of the swing to get it [m]."""
    straight: float = math.radians(35.0)
    """Inner corners up to this are driven through as they are [rad]."""

    @property
    def off(self) -> float:
        """Of its centre from the kerb [m]."""
        return self.radius + self.gap


def led_path(centres: Array, yaw: float, brush: SideBrush, side: float) -> Array:
    """Return the poses (n, 3) of the base whose brush's centre goes along ``centres`` (n, 2) [m].

    Args:
        centres: In the map, densely.
        yaw: Heading at the first of them [rad].
        brush: The brush.
        side: 1 for the left brush, -1 for the right one.
    """
    steps = np.diff(centres, axis=0)
    poses = np.empty((len(centres), 3))
    for k, centre in enumerate(centres):
        if k:
            along = math.atan2(steps[k - 1, 1], steps[k - 1, 0])
            fall = math.exp(-math.hypot(*steps[k - 1]) / brush.x)
            off = wrap(yaw - along)
            yaw = along + 2.0 * math.atan2(math.sin(off / 2.0) * fall, math.cos(off / 2.0))
        back = rotation2(yaw) @ (brush.x, side * brush.y)
        poses[k] = (*(centre - back), yaw)
    return poses


def kerb_path(line: Array, side: float, brush: SideBrush) -> tuple[Array, Array]:
    """Return the poses (n, 3) along a kerb, and on which side it is followed at each (n,).

    Args:
        line: Foot of the kerb in the order in which it is driven along, shape (k, 2) [m].
        side: 1 if the kerb is on the left of the robot, -1 on the right; the second result is that
            too, and 0 where the robot only changes from one piece of kerb to the next.
        brush: The brush on that side.
    """
    pieces = _pieces(line, side, brush)
    paths: list[Array] = []
    sides: list[Array] = []
    yaw, berth = _heading(pieces[0], 0), 0.0
    for number, piece in enumerate(pieces):
        last = number == len(pieces) - 1
        turn = 0.0 if last else side * wrap(_heading(pieces[number + 1], 0) - _heading(piece, -1))
        centres = _beside(piece, side * brush.off)
        centres = _cut(centres, (berth, brush.off * math.tan(-turn / 2.0) if turn < 0.0 else 0.0))
        path = led_path(_dense(centres), yaw, brush, side)
        if turn > 0.0:
            path = np.vstack((path, _onward(path[-1], _reach(brush, turn))))
        paths.append(path)
        sides.append(np.full(len(path), side))
        if turn < 0.0:
            paths.append(_swing(path[-1], side, brush, brush.berth / math.tan(-turn)))
            sides.append(np.zeros(len(paths[-1])))
        yaw = float(paths[-1][-1, 2]) + (side * turn if turn > 0.0 else 0.0)
        berth = -_early(brush)
        if turn < 0.0:
            berth = brush.berth / math.sin(-turn) + brush.off * math.tan(-turn / 2.0)
    return np.vstack(paths), np.concatenate(sides)


def kerb_sides(path: Array, working: BoolArray, kerbs: Sequence[Array], brush: SideBrush) -> Array:
    """Return on which side a path leads a brush along a kerb, shape (n,): 1 left, -1 right, 0 none.

    Args:
        path: Poses of the base, shape (n, 3).
        working: Where the tools work, shape (n,).
        kerbs: Feet of the map's kerbs, (k, 2) each [m].
        brush: The left one.
    """
    sides = np.zeros(len(path))
    lines = [line for line in kerbs if len(line) > 1]
    if not lines or not len(path):
        return sides
    starts = np.vstack([line[:-1] for line in lines])
    ways = np.vstack([np.diff(line, axis=0) for line in lines])
    pieces = shapely.linestrings(np.stack((starts, starts + ways), axis=1))
    tree = shapely.STRtree(np.atleast_1d(np.asarray(pieces)).tolist())
    c, s = np.cos(path[:, 2]), np.sin(path[:, 2])
    edge = brush.y + brush.radius
    for side in (1.0, -1.0):
        x, y = brush.x, side * edge
        spots = shapely.points(path[:, 0] + c * x - s * y, path[:, 1] + s * x + c * y)
        rows, near = tree.query_nearest(spots, max_distance=BESIDE, all_matches=False)
        along = ways[near, 0] * c[rows] + ways[near, 1] * s[rows]
        level = np.abs(along) > math.cos(ASLANT) * np.hypot(*ways[near].T)
        mine = rows[level]
        sides[mine[working[mine]]] = side
    return sides


def _early(brush: SideBrush) -> float:
    """Return how far before an outer corner the brush begins on the new piece [m]."""
    return brush.y + brush.off - brush.x


def _reach(brush: SideBrush, turn: float) -> float:
    """Return how far beyond the brush's last point the base goes before it turns [m]."""
    return (brush.y + brush.off) * math.tan(turn / 2.0) + brush.x


def _pieces(line: Array, side: float, brush: SideBrush) -> list[Array]:
    """Return the kerb cut at its corners."""
    way = np.diff(line, axis=0)
    yaw = np.arctan2(way[:, 1], way[:, 0])
    bend = side * np.array([wrap(float(b)) for b in np.diff(yaw)])
    cuts = [k + 1 for k, b in enumerate(bend) if b > CORNER or b < -brush.straight]
    return [line[a : b + 1] for a, b in zip([0, *cuts], [*cuts, len(line) - 1], strict=True)]


def _heading(piece: Array, end: int) -> float:
    """Return the direction of the first (0) or last (-1) step of a line [rad]."""
    way = np.diff(piece, axis=0)[end]
    return math.atan2(way[1], way[0])


def _beside(piece: Array, off: float) -> Array:
    """Return a line ``off`` to the right of another (to the left if negative), shape (k, 2)."""
    way = np.diff(piece, axis=0)
    way /= np.hypot(*way.T)[:, None]
    before, after = np.vstack((way[:1], way)), np.vstack((way, way[-1:]))
    middle = before + after
    normal = np.column_stack((middle[:, 1], -middle[:, 0]))
    wide = (before * after).sum(axis=1) + 1.0
    return np.asarray(piece + off * normal / wide[:, None])


def _cut(line: Array, ends: tuple[float, float]) -> Array:
    """Return a line shortened by so much at both ends [m]; lengthened where that is negative."""
    line = line.copy()
    for end, (here, there) in zip(ends, ((0, 1), (-1, -2)), strict=True):
        way = line[there] - line[here]
        line[here] += way * end / math.hypot(*way)
    return line


def _dense(line: Array) -> Array:
    """Return points along a line about ``STEP`` apart, both ends included, shape (n, 2)."""
    along = np.append(0.0, np.cumsum(np.hypot(*np.diff(line, axis=0).T)))
    place = np.linspace(0.0, along[-1], max(2, math.ceil(along[-1] / STEP) + 1))
    return np.column_stack([np.interp(place, along, column) for column in line.T])


def _onward(pose: Array, way: float) -> Array:
    """Return poses straight on from ``pose`` (3,), ``way`` [m] far, without the first."""
    place = np.linspace(0.0, way, max(2, math.ceil(abs(way) / STEP) + 1))[1:]
    c, s = math.cos(pose[2]), math.sin(pose[2])
    return np.column_stack((pose[0] + c * place, pose[1] + s * place, np.full(len(place), pose[2])))


def _swing(pose: Array, side: float, brush: SideBrush, farther: float) -> Array:
    """Return the poses that bring the robot back, aside by ``berth`` and forwards again.

    In the end it is ``farther`` [m] forwards than it was.
    """
    angle = math.acos(1.0 - brush.berth / (2.0 * brush.bend))
    length = 2.0 * brush.bend * math.sin(angle)
    arc = np.linspace(0.0, angle, max(3, math.ceil(brush.bend * angle / STEP)))
    x, y = brush.bend * np.sin(arc), brush.bend * (1.0 - np.cos(arc))
    out = np.column_stack((x, -side * y, -side * arc))
    home = np.column_stack((length - x, -side * (brush.berth - y), -side * arc))[::-1]
    local = np.vstack((out[1:], home[1:]))
    back = _onward(pose, min(farther, 0.0) - length - 0.05)
    swung = np.column_stack((transform(back[-1], local[:, :2]), back[-1, 2] + local[:, 2]))
    return np.vstack((back, swung, _onward(swung[-1], 0.05 + max(farther, 0.0))))
