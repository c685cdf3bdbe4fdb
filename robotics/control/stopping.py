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
    edges: Array = field(init=False)
    """Half planes (nx, ny, offset) of the hull: inside where nx x + ny y <= offset; (e, 3)."""

    def __post_init__(self) -> None:
        hull = ConvexHull(np.asarray(self.outline, dtype=float))
        sides = np.unique(np.round(hull.equations, 9), axis=0)
        object.__setattr__(self, "edges", frozen(sides * (1.0, 1.0, -1.0)))
        object.__setattr__(self, "outline", frozen(self.outline))

    @property
    def radius(self) -> float:
        """Farthest point of the footprint from the base [m]."""
        return float(np.hypot(self.outline[:, 0], self.outline[:, 1]).max())

    def fastest(self, twist: Twist2) -> float:
        """Return a bound on the speed of every point of the footprint [m/s]."""
        return math.hypot(twist.vx, twist.vy) + abs(twist.wz) * self.radius


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
def time_to_touch(edges: Array, points: Array, twist: Array, look: Array) -> float:
    """Return when the footprint, moving with a constant twist, first touches a point [s].

    A point that is within the skin already counts only if the motion brings it deeper.

    Args:
        edges: Half planes of the footprint, shape (e, 3).
        points: In the base frame, shape (k, 2) [m].
        twist: (vx, vy, wz), shape (3,).
        look: (horizon [s], time step [s], skin [m]), shape (3,).
    """
    horizon, dt, skin = look
    first = np.inf
    for i in range(len(points)):
        x, y = points[i, 0], points[i, 1]
        before = outside(edges, x, y)
        time = 0.0
        while time < min(horizon, first):
            # seen from the moving base, a fixed point moves with -v - ω × p
            dx, dy = -twist[0] + twist[2] * y, -twist[1] - twist[2] * x
            x, y = x + dx * dt, y + dy * dt
            # keep to the circle: correct the drift of the Euler step to second order
            x -= 0.5 * dt * dt * twist[2] * (twist[1] + twist[2] * (x - dx * dt))
            y += 0.5 * dt * dt * twist[2] * (twist[0] - twist[2] * (y - dy * dt))
            time += dt
            now = outside(edges, x, y)
            if now < skin and now < before - 1e-4:
                first = min(first, time - dt)
                break
            before = now
    return float(first)


def free_speed(points: ArrayLike, age: float, twist: Twist2, body: Body) -> float:
    """Return how fast the fastest point of the body may move along ``twist`` [m/s].

    Args:
        points: Lidar returns in the base frame, shape (k, 2) [m].
        age: How old they are [s].
        twist: The commanded velocity; its direction and curvature are kept.
        body: Footprint and brakes.
    """
    speed = body.fastest(twist)
    points = np.asarray(points, dtype=float).reshape(-1, 2)
    if speed < 1e-6 or len(points) == 0:
        return math.inf
    brake = body.deceleration
    reach = speed * body.reaction + 0.5 * speed**2 / brake + body.margin + 0.2
    near = points[np.hypot(points[:, 0], points[:, 1]) < body.radius + reach + body.skin]
    if len(near) == 0:
        return math.inf
    step = 0.02 / speed
    look = np.array([reach / speed, step, body.skin])
    motion = np.array([twist.vx, twist.vy, twist.wz])
    touch = time_to_touch(body.edges, np.ascontiguousarray(near), motion, look)
    if not math.isfinite(touch):
        return math.inf
    way = max(0.0, touch * speed - speed * age - body.margin)
    delay = brake * body.reaction
    return math.sqrt(delay**2 + 2.0 * brake * way) - delay
