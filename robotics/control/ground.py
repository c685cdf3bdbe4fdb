"""What a site map forbids a base on the ground: kerbs, edges of keep-out areas, slow zones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from robotics.control.stopping import Body, free_speed, gap_rate, outside
from robotics.core.arrays import Array, frozen
from robotics.core.compiled import compiled
from robotics.core.geometry import inverse, transform
from robotics.core.messages import Twist2
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site

SPACING = 0.04
"""Between two points of a kerb [m]."""
CRAWL = 0.15
"""Speed of the fastest point of a footprint that stands on a line [m/s]."""
ONTO = 0.25
"""A motion leads onto a line if that comes deeper under the body by this part of the way."""
ROOM = 0.03
"""That the hard part of a robot keeps from a kerb of the map, which may be off a little [m]."""
TOLERANCE = 1.1
"""A slow zone's speed may be passed by this factor before the guard acts: it only catches."""


@compiled
def within(points: Array, x: float, y: float, reach: float) -> Array:
    """Return the points (k, 2) within ``reach`` of (x, y), shape (j, 2) [m]."""
    result = np.empty_like(points)
    count = 0
    for i in range(len(points)):
        dx, dy = points[i, 0] - x, points[i, 1] - y
        if abs(dx) < reach and abs(dy) < reach:
            result[count, 0], result[count, 1] = points[i, 0], points[i, 1]
            count += 1
    return result[:count].copy()


@compiled
def deepest(edges: Array, points: Array) -> Array:
    """Return the point (2,) that is deepest inside a convex shape, or least outside, and its gap.

    Shape (3,) [m]; an infinite gap where there is no point.
    """
    result = np.array([0.0, 0.0, np.inf])
    for i in range(len(points)):
        gap = outside(edges, points[i, 0], points[i, 1])
        if gap < result[2]:
            result[0], result[1], result[2] = points[i, 0], points[i, 1], gap
    return result


@dataclass(frozen=True, slots=True)
class Ground:
    """Lines that a base may not cross, and how fast it may be where.

    Attributes:
        kerbs: Points along the feet of kerbs, in the map, shape (k, 2) [m].
        edges: Points along the edges of keep-out areas, in the map, shape (j, 2) [m].
        speed: Largest speed at each place [m/s]; None for no limits.
        hard: What keeps ``ROOM`` from kerbs where that is less than the footprint: the bristles of
            a brush may touch them. None for all of it, which may then slip over a line.
    """

    kerbs: Array
    edges: Array
    speed: Grid | None = None
    hard: Body | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kerbs", frozen(self.kerbs))
        object.__setattr__(self, "edges", frozen(self.edges))
        edges = frozen(np.zeros((1, 3)))  # compile now
        deepest(edges, within(self.kerbs, 0.0, 0.0, 1.0))
        gap_rate(edges, 0.0, 0.0, np.zeros(3))

    @staticmethod
    def of(site: Site, hard: Body | None = None) -> Ground:
        """Return the lines and limits of a site; ``hard`` is what may not touch a kerb."""
        kerbs = [dense(line) for line in site.kerbs]
        points = np.vstack(kerbs) if kerbs else np.zeros((0, 2))
        limited = bool(np.isfinite(site.speed_limit.cells).any())
        return Ground(points, rim(site.keepout), site.speed_limit if limited else None, hard)

    def rules(self, pose: Array, twist: Twist2, body: Body, slip: float) -> list[tuple[float, str]]:
        """Return (speed allowed to the fastest point [m/s], reason) for each rule that applies.

        Args:
            pose: Of the base in the map, shape (3,).
            twist: The commanded velocity.
            body: Footprint and brakes.
            slip: How far over a line the footprint may be believed to be [m].
        """
        rules = []
        fastest = body.fastest(twist)
        reach = body.radius + fastest * body.reaction + 0.5 * fastest**2 / body.deceleration + 0.1
        kerbside = (body, slip) if self.hard is None else (self.hard, -ROOM)
        for lines, reason, (shape, over) in (
            (self.kerbs, "kerb", kerbside),
            (self.edges, "keep-out", (body, slip)),
        ):
            near = within(lines, pose[0], pose[1], reach)
            if len(near):
                allowed = _before(transform(inverse(pose), near), twist, shape, over)
                rules.append((allowed * fastest / max(shape.fastest(twist), 1e-9), reason))
        if self.speed is not None:
            limit = TOLERANCE * float(self.speed.value(pose[:2], np.inf))
            speed = math.hypot(twist.vx, twist.vy)
            if speed > limit:
                rules.append((limit / speed * fastest, "slow zone"))
        return rules


def _before(points: Array, twist: Twist2, body: Body, slip: float) -> float:
    """Return the speed allowed before lines (points in the base frame, (k, 2)) [m/s].

    A body that stands on one already may crawl where that brings no line deeper under it.
    """
    x, y, gap = deepest(body.edges, points)
    if gap < -slip:
        motion = np.array([twist.vx, twist.vy, twist.wz])
        deeper = gap_rate(body.edges, x, y, motion) < -ONTO * body.fastest(twist)
        return 0.0 if deeper else CRAWL
    return free_speed(points, 0.0, twist, body, slip=slip)


def dense(line: Array) -> Array:
    """Return points along a polyline (k, 2), ``SPACING`` apart, (n, 2)."""
    pieces = [line[:1]]
    for a, b in pairwise(line):
        count = max(1, math.ceil(math.dist(a, b) / SPACING))
        pieces.append(a + np.linspace(0.0, 1.0, count + 1)[1:, None] * (b - a))
    return np.vstack(pieces)


def rim(area: Grid) -> Array:
    """Return the centres of the cells of ``area`` (bool) that have a neighbour outside, (n, 2)."""
    cells = area.cells
    inner = cells.copy()
    inner[1:] &= cells[:-1]
    inner[:-1] &= cells[1:]
    inner[:, 1:] &= cells[:, :-1]
    inner[:, :-1] &= cells[:, 1:]
    rows, cols = np.nonzero(cells & ~inner)
    return area.origin + (np.column_stack((cols, rows)) + 0.5) * area.resolution
