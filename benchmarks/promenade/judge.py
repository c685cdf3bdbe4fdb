"""What happened between a robot and people: contacts, who caused them, and personal space.

A contact is counted and blamed by the rule of ``sim.touches`` (the onlooker of every run): it is
*caused* by the robot if, at the touch or within the 0.15 s before, the point of its footprint that
faces the person moved towards the person faster than 0.05 m/s in the map, whatever the person did.
A person is told to it as every run tells them, as the middle of a round body: towards is then the
normal of the touch. (As a disc, the few millimetres by which two solid bodies overlap would be
looked at from the middle of the footprint, and driving on past somebody at a front corner, with a
side that does not come nearer, would be a push.)
People neither see the robot nor make way for it, but it is solid: who walks into it stops at its
side and slides along it. Only recorded people walk right through, as they once did; while one's
centre is inside the footprint nothing is counted, for there is no side to be pushed from. As long
as a touch lasts, a contact is counted again every second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import ConvexHull
from shapely import Point

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.core.geometry import transform
from robotics.core.messages import Twist2
from sim.touches import APPROACH, Contact, Touches

TOUCHING = 0.005
"""Who is stopped by the robot's side touches it by so much [m]."""
PERSONAL = 0.5
"""Personal space: gap from the footprint to the edge of a person [m]."""
MOVES = 0.02
"""A robot whose fastest point is slower stands [m/s]."""


@compiled
def gaps(outline: Array, pose: Array, people: Array, radius: Array) -> Array:
    """Return (gap [m], x, y of the nearest point of the footprint, in the map), shape (n, 3).

    Args:
        outline: Convex footprint in the base frame, counter-clockwise, shape (k, 2) [m].
        pose: Of the base, shape (3,).
        people: Centres, shape (n, 2) [m].
        radius: Shape (n,) [m]. A gap below 0 is an overlap.
    """
    result, c, s = np.empty((len(people), 3)), math.cos(pose[2]), math.sin(pose[2])
    count = len(outline)
    for i in range(len(people)):
        dx, dy = people[i, 0] - pose[0], people[i, 1] - pose[1]
        x, y = c * dx + s * dy, c * dy - s * dx
        best, at_x, at_y, inside = np.inf, 0.0, 0.0, True
        for k in range(count):
            ax, ay = outline[k, 0], outline[k, 1]
            ex, ey = outline[(k + 1) % count, 0] - ax, outline[(k + 1) % count, 1] - ay
            if ex * (y - ay) - ey * (x - ax) < 0.0:
                inside = False
            part = ((x - ax) * ex + (y - ay) * ey) / max(1e-12, ex * ex + ey * ey)
            part = min(1.0, max(0.0, part))
            px, py = ax + part * ex, ay + part * ey
            away = math.sqrt((x - px) ** 2 + (y - py) ** 2)
            if away < best:
                best, at_x, at_y = away, px, py
        result[i, 0] = (-best if inside else best) - radius[i]
        result[i, 1] = pose[0] + c * at_x - s * at_y
        result[i, 2] = pose[1] + s * at_x + c * at_y
    return result


def pushed_out(outline: Array, pose: Array, people: tuple[Array, Array], step: Array) -> Array:
    """Return where people are who cannot walk through a robot, shape (n, 2) [m].

    They do not make way, but a robot is solid: who walks into it stops at its side and slides
    along it, as far as their step (n, 2) [m] was long, to the side they were going.

    Args:
        outline: The robot's footprint, a convex polygon in its frame, anticlockwise, (k, 2) [m].
        pose: Of the robot in the map, shape (3,).
        people: Where they have come, (n, 2) [m], and their radii (n,) [m].
        step: What they walked for it.
    """
    position, radius = people
    result = np.array(position)
    near = np.flatnonzero(np.hypot(*(position - pose[:2]).T) < 3.0)
    if len(near) == 0:
        return result
    table = gaps(outline, np.array(pose), np.ascontiguousarray(position[near]), radius[near])
    for k, (gap, x, y) in zip(near, table, strict=True):
        if gap >= 0.0:
            continue
        off = position[k] - (x, y)
        inside = gap < -radius[k]
        size = float(np.hypot(*off))
        if size < 1e-9:
            continue
        normal = (-off if inside else off) / size
        along = np.array([-normal[1], normal[0]])
        slide = float(step[k] @ along)
        way = float(np.hypot(*step[k]))
        result[k] = (
            (x, y) + (radius[k] - TOUCHING) * normal + np.copysign(way - abs(slide), slide) * along
        )
    return result


@dataclass(slots=True)
class Judge:
    """Watches one robot among people.

    Attributes:
        outline: Its footprint, any points whose convex hull it is, shape (k, 2) [m].
        touches: The contacts so far.
        time: Watched [s].
        near: Of that, with somebody inside personal space, whoever came [s].
        near_moving: Of that, while the robot moved at all [s].
        intruded: Of that, while the robot's nearest point moved towards that person [s].
    """

    outline: Array
    touches: Touches = field(default_factory=Touches)
    time: float = 0.0
    near: float = 0.0
    near_moving: float = 0.0
    intruded: float = 0.0

    def __post_init__(self) -> None:
        """Bring the outline into order."""
        self.outline = np.ascontiguousarray(self.outline[ConvexHull(self.outline).vertices])

    def watch(
        self, duration: float, motion: tuple[Array, Twist2], people: tuple[Array, Array]
    ) -> list[Contact]:
        """Take note of one instant; return the contacts that were counted at it.

        Args:
            duration: Since the last instant [s].
            motion: Pose of the base in the map (3,), and its twist.
            people: Centres (n, 2) [m] and radii (n,) [m].
        """
        pose, twist = motion
        position, radius = people
        self.time += duration
        near = np.flatnonzero(np.hypot(*(position - pose[:2]).T) < 3.0)
        places, sizes = np.ascontiguousarray(position[near]), np.ascontiguousarray(radius[near])
        table = gaps(self.outline, np.array(pose), places, sizes)
        self._count(duration, motion, (places, table, sizes))
        touched = {}
        for k in np.flatnonzero((table[:, 0] <= 0.0) & (table[:, 0] > -sizes)):
            touched[f"visitor {near[k]}"] = (0.0, Point(*places[k]))
        before = len(self.touches.contacts)
        rate = np.array([twist.vx, twist.vy, twist.wz])
        self.touches.observe(self.time, "robot", (np.array(pose), rate, self.outline), touched)
        return self.touches.contacts[before:]

    def _count(
        self, duration: float, motion: tuple[Array, Twist2], seen: tuple[Array, Array, Array]
    ) -> None:
        (pose, twist), (places, table, sizes) = motion, seen
        close = table[:, 0] < PERSONAL
        if not close.any():
            return
        self.near += duration
        rim = float(np.hypot(*self.outline.T).max())
        if math.hypot(twist.vx, twist.vy) + rim * abs(twist.wz) > MOVES:
            self.near_moving += duration
        close &= table[:, 0] > -sizes  # who is inside has no side to be approached from
        if (approach(pose, twist, table[close, 1:], places[close]) > APPROACH).any():
            self.intruded += duration


def approach(pose: Array, twist: Twist2, points: Array, people: Array) -> Array:
    """Return how fast points of the footprint move towards people, shape (n,) [m/s].

    Args:
        pose: Of the base in the map, shape (3,).
        twist: Of the base, in its frame.
        points: Nearest points of the footprint, shape (n, 2) [m; map].
        people: Centres, shape (n, 2) [m; map].
    """
    velocity = transform((0.0, 0.0, pose[2]), [(twist.vx, twist.vy)])[0]
    arm = points - pose[:2]
    moving = velocity + twist.wz * np.column_stack((-arm[:, 1], arm[:, 0]))
    towards = people - points
    length = np.maximum(np.hypot(*towards.T), 1e-9)
    return np.asarray((moving * towards).sum(axis=1) / length)
