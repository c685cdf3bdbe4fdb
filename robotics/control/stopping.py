"""How fast a body may go before what its lidar sees.

The speed from which it stops within the free way d, after a reaction time t, braking with a, and
keeping a margin m: v = √((a t)² + 2 a (d - m)) - a t (from v t + v² / 2 a = d - m).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import ConvexHull

from robotics.core.arrays import Array, frozen
from robotics.core.compiled import compiled
from robotics.core.messages import Twist2

RECEDES = 0.005
"""A motion leads away from a point if its gap shrinks by less than this part of the way."""

STEP = 0.02
"""Way over which is judged whether a point comes deeper into the skin [m]."""


@dataclass(frozen=True, slots=True)
class Body:
    """A footprint with brakes."""

    outline: Array
    """Points whose convex hull is the footprint, in the base frame, shape (k, 2) [m]."""
    deceleration: float
    """What the brakes surely do [m/s²]."""
    reaction: float
    """Time from a return to the first braking, scan and command delays included [s]."""
    margin: float = 0.08
    """Way left after the stop [m]."""
    skin: float = 0.01
    """Widening of the footprint on all sides [m]."""
    spin_deceleration: float = 3.0
    """What the brakes surely do against turning on the spot [rad/s²]."""
    edges: Array = field(init=False)
    """Half planes (nx, ny, offset) of the hull: inside where nx x + ny y <= offset; (e, 3)."""
    faces: Array = field(init=False)
    """Sides (ax, ay, bx, by) of the hull, anticlockwise, shape (e, 4) [m]."""
    radius: float = field(init=False)
    """Farthest point of the footprint from the base [m]."""

    def __post_init__(self) -> None:
        outline = np.asarray(self.outline, dtype=float)
        hull = ConvexHull(outline)
        sides = np.unique(np.round(hull.equations, 9), axis=0)
        corners = outline[hull.vertices]
        faces = np.hstack((corners, np.roll(corners, -1, axis=0)))
        object.__setattr__(self, "faces", frozen(faces))
        object.__setattr__(self, "edges", frozen(sides * (1.0, 1.0, -1.0)))
        object.__setattr__(self, "outline", frozen(outline))
        object.__setattr__(self, "radius", float(np.hypot(outline[:, 0], outline[:, 1]).max()))

    def fastest(self, twist: Twist2) -> float:
        """Return a bound on the speed of every point of the footprint [m/s]."""
        return math.hypot(twist.vx, twist.vy) + abs(twist.wz) * self.radius

    def speed_within(self, way: float) -> float:
        """Return the speed from which it stops within ``way`` [m], margin not taken off [m/s]."""
        delay = self.deceleration * self.reaction
        return math.sqrt(delay**2 + 2.0 * self.deceleration * max(0.0, way)) - delay


@compiled
def outside(edges: Array, x: float, y: float) -> float:
    """Return how far a point is outside a convex shape [m]; negative inside.

    The largest distance to a side's line: exact beside a side, too small (the safe way) at a
    corner.
    """
    most = -np.inf
    for k in range(len(edges)):
        most = max(most, edges[k, 0] * x + edges[k, 1] * y - edges[k, 2])
    return float(most)


@compiled
def gap_rate(edges: Array, x: float, y: float, twist: Array) -> float:
    """Return how fast the gap to a fixed point grows [m/s] when the body moves with ``twist``."""
    most, rate = -np.inf, 0.0
    for k in range(len(edges)):
        gap = edges[k, 0] * x + edges[k, 1] * y - edges[k, 2]
        if gap > most:
            # seen from the moving base, a fixed point moves with -v - ω × p
            dx, dy = -twist[0] + twist[2] * y, -twist[1] - twist[2] * x
            most, rate = gap, edges[k, 0] * dx + edges[k, 1] * dy
    return float(rate)


@compiled
def _straight_entry(edges: Array, x: float, y: float, motion: tuple[float, float, float]) -> float:
    """Return when a point that moves straight enters the shape (Cyrus and Beck 1978) [s]."""
    dx, dy, skin = motion
    enters, leaves = 0.0, np.inf
    for k in range(len(edges)):
        gap = edges[k, 0] * x + edges[k, 1] * y - edges[k, 2] - skin
        rate = edges[k, 0] * dx + edges[k, 1] * dy
        if rate < 0.0:
            enters = max(enters, -gap / rate)
        elif rate > 0.0:
            leaves = min(leaves, -gap / rate)
        elif gap > 0.0:
            return np.inf
    return enters if enters <= leaves else np.inf


@compiled
def _circling_entry(
    edges: Array, sides: Array, x: float, y: float, turn: Array
) -> float:  # numba wants plain arrays, hence the bare arguments
    """Return when a point that circles around (cx, cy) enters the shape [s].

    A side is crossed inwards where r cos(α - β) = q with β the side's normal and q its distance
    from the centre: at α = β ± acos(q / r), the sign by the sense of the turn.
    """
    cx, cy, rate, skin = turn
    radius, begin = math.hypot(x - cx, y - cy), math.atan2(y - cy, x - cx)
    first = np.inf
    for k in range(len(edges)):
        reach = edges[k, 2] + skin - edges[k, 0] * cx - edges[k, 1] * cy
        if abs(reach) >= radius:
            if reach < 0.0:
                return np.inf  # never inside this side
            continue
        sense = 1.0 if rate > 0.0 else -1.0
        angle = sides[k] - sense * math.acos(reach / radius)
        time = ((begin - angle) * sense) % (2.0 * math.pi) / abs(rate)
        if time >= first:
            continue
        px, py = cx + radius * math.cos(angle), cy + radius * math.sin(angle)
        if outside(edges, px, py) <= skin + 1e-6:  # a wide circle shows the sides' rounding
            first = time
    return first


@compiled
def time_to_touch(edges: Array, points: Array, twist: Array, look: Array) -> float:
    """Return when the footprint, moving with a constant twist, first touches a point [s].

    Exact along the arc: seen from the base, a fixed point moves on a line or a circle. A point
    that is within the skin already counts only if the motion brings it deeper.

    Args:
        edges: Half planes of the footprint, shape (e, 3).
        points: In the base frame, shape (k, 2) [m].
        twist: (vx, vy, wz), shape (3,).
        look: (horizon [s], radius of the footprint [m], skin [m]), shape (3,).
    """
    horizon, radius, skin = look
    vx, vy, wz = twist
    circling = abs(wz) > 1e-6
    speed = math.hypot(vx, vy) + abs(wz) * radius
    turn, sides = np.zeros(4), np.arctan2(edges[:, 1], edges[:, 0])
    if circling:
        turn[0], turn[1], turn[2], turn[3] = -vy / wz, vx / wz, wz, skin
    first = np.inf
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        way = speed * min(horizon, first)
        if math.hypot(x, y) - radius - skin > way:
            continue
        gap = outside(edges, x, y)
        if gap - skin > way:
            continue
        if gap < skin:
            px, py = seen_after(x, y, twist, STEP / speed)
            if outside(edges, px, py) < gap - RECEDES * STEP:
                return 0.0
            continue
        if circling:
            first = min(first, _circling_entry(edges, sides, x, y, turn))
        else:
            first = min(first, _straight_entry(edges, x, y, (-vx, -vy, skin)))
    return float(first) if first < horizon else np.inf


@compiled
def seen_after(x: float, y: float, twist: Array, time: float) -> tuple[float, float]:
    """Return a place (x, y) in the base frame of now, seen from the base after ``time`` [s]."""
    vx, vy, wz = twist
    turned = wz * time
    c, s = math.cos(turned), math.sin(turned)
    if abs(wz) < 1e-6:
        x, y = x - vx * time, y - vy * time
    else:
        x, y = x - (s * vx - (1.0 - c) * vy) / wz, y - ((1.0 - c) * vx + s * vy) / wz
    return c * x + s * y, c * y - s * x


def free_speed(
    points: ArrayLike, age: float, twist: Twist2, body: Body, *, slip: float | None = None
) -> float:
    """Return how fast the fastest point of the body may move along ``twist`` [m/s].

    Args:
        points: Lidar returns in the base frame, shape (k, 2) [m].
        age: How old they are [s].
        twist: The commanded velocity; its direction and curvature are kept.
        body: Footprint and brakes.
        slip: The points stand for lines on the ground, and the body may be so far over one
            [m]: no margin is kept.
    """
    speed = body.fastest(twist)
    points = frozen(np.ascontiguousarray(points, dtype=float).reshape(-1, 2))
    if speed < 1e-6 or len(points) == 0:
        return math.inf
    brake = body.deceleration
    skin, margin = (body.skin, body.margin) if slip is None else (-slip, 0.0)
    reach = speed * (body.reaction + age) + 0.5 * speed**2 / brake + margin + 0.05
    look = np.array([reach / speed, body.radius, skin])
    touch = time_to_touch(body.edges, points, np.array([twist.vx, twist.vy, twist.wz]), look)
    if not math.isfinite(touch):
        return math.inf
    return body.speed_within(touch * speed - speed * age - margin)
