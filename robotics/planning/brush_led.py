"""The law that leads a side brush along a line where the way of the axle is too tight to follow.

The centre of a brush at (x, y) of the base moves with (vx - y ω, x ω) in the base frame. Both
numbers are free, so it can be given any velocity u: ω = u_left / x, vx = u_forward + y ω. With

    u = s t - k e n,

t and n along and left of the line, e the brush's distance to its left and s the speed wished along
it, ė = -k e: the brush goes to the line like exp(-k t), whatever the heading. What is left is the
heading's angle φ against the line, φ̇ = -(s / x) sin φ: stable as long as the brush goes forwards
along its line, the robot trails behind it. The axle goes back by itself where φ is large. From
sensing to acting the pose is predicted; the delay left out, k x < 1 m/s keeps it well damped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import integrate, rotation2, transform, wrap_array
from robotics.core.messages import Plan, Twist2

TIGHT = 0.8
"""A way of the axle that bends more is led by the brush [1/m]."""
TURNED = 0.3
"""If it turns the robot by at least so much in all [rad]."""
BRIDGE = 4
"""So many poses between two tight pieces belong to them."""
END = 0.02
"""The line ends so far before its last point [m]."""


@dataclass(frozen=True, slots=True)
class BrushLed:
    """The numbers of the law."""

    x: float
    """Of the left brush's centre in the base frame [m]."""
    y: float
    """[m]."""
    speed: float = 0.25
    """s, of the brush along its line [m/s]."""
    acceleration: float = 0.2
    """Of s [m/s²]."""
    gain: float = 2.0
    """k [1/s]."""
    delay: float = 0.06
    """From sensing to acting [s]."""
    turn_rate: float = 0.8
    """Of the base, at most [rad/s]."""


@dataclass(slots=True)
class Stretch:
    """A line for the brush's centre, and how far along it the brush is."""

    centres: Array
    """Shape (n, 2) [m; map]."""
    side: float
    """1 for the left brush, -1 for the right one."""
    place: float = 0.0
    """[m]."""
    speed: float = 0.0
    """s now [m/s]."""
    done: bool = False

    def twist(self, law: BrushLed, pose: Array, motion: Array, passed: float) -> Twist2:
        """Return the twist of the base.

        Args:
            law: Its numbers.
            pose: Of the base in the map, shape (3,).
            motion: Its twist, shape (3,).
            passed: Time since the last call [s].
        """
        pose = integrate(pose, motion, law.delay)
        brush = transform(pose, (law.x, self.side * law.y))[0]
        off, along, left = self._project(brush)
        if left < END:
            self.done = True
        limit = min(law.speed, math.sqrt(2.0 * law.acceleration * max(left, 0.0)) + 0.06)
        self.speed = min(limit, self.speed + law.acceleration * passed)
        c, s = math.cos(along), math.sin(along)
        back = min(max(law.gain * off, -0.15), 0.15)
        wished = rotation2(-float(pose[2])) @ (
            self.speed * c + back * s,
            self.speed * s - back * c,
        )
        turn = float(wished[1]) / law.x
        share = min(1.0, law.turn_rate / max(abs(turn), 1e-9))
        forward = float(wished[0]) + self.side * law.y * turn
        return Twist2(share * forward, 0.0, share * turn)

    def _project(self, point: Array) -> tuple[float, float, float]:
        """Return distance to the left of the line [m], its direction [rad], way left [m]."""
        way = np.diff(self.centres, axis=0)
        length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
        before = np.append(0.0, np.cumsum(length))
        raw = ((point - self.centres[:-1]) * way).sum(axis=1) / length
        part = np.clip(raw, 0.0, length)
        gap = np.hypot(*(self.centres[:-1] + part[:, None] * way / length[:, None] - point).T)
        place = before[:-1] + part
        gap[(place < self.place - 0.05) | (place > self.place + 0.3)] = np.inf
        k = int(gap.argmin())
        self.place = float(max(self.place, place[k]))
        ux, uy = way[k] / length[k]
        dx, dy = point - self.centres[k]
        return float(ux * dy - uy * dx), math.atan2(uy, ux), float(before[-1] - self.place)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a plan that is driven in one manner."""

    plan: Plan
    led: bool
    """Whether the brush leads."""


def parts_of(plan: Plan) -> list[Part]:
    """Return a plan cut where the brush must lead: beside kerbs, where the axle's way is tight."""
    if not plan.kerb_side.any() or len(plan.path) < 3:
        return [Part(plan, False)]
    step = np.hypot(*np.diff(plan.path[:, :2], axis=0).T)
    turn = np.abs(wrap_array(np.diff(plan.path[:, 2])))
    tight = (turn > TIGHT * step) & (step > 1e-4) & (plan.kerb_side[1:] != 0.0)
    parts, begin = [], 0
    for first, last in _runs(tight):
        if turn[first:last].sum() < TURNED:
            continue
        if first > begin:
            parts.append(Part(_cut(plan, begin, first + 1), False))
        parts.append(Part(_cut(plan, first, last + 1), True))
        begin = last
    if not begin:
        return [Part(plan, False)]
    if begin < len(plan.path) - 1:
        parts.append(Part(_cut(plan, begin, len(plan.path)), False))
    return parts


def stretch_of(plan: Plan, law: BrushLed) -> Stretch:
    """Return the line along which a part of a plan leads the brush."""
    sides = plan.kerb_side[plan.kerb_side != 0.0]
    side = float(sides[0])
    centres = [transform(pose, (law.x, side * law.y))[0] for pose in plan.path]
    return Stretch(np.array(centres), side)


def _runs(marks: Array) -> list[tuple[int, int]]:
    """Return where runs of True begin and end; those close to one another are one."""
    places = np.flatnonzero(marks)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > BRIDGE)
    begins = places[np.append(0, breaks + 1)]
    ends = places[np.append(breaks, len(places) - 1)] + 1
    return [(int(a), int(b)) for a, b in zip(begins, ends, strict=True)]


def _cut(plan: Plan, first: int, last: int) -> Plan:
    """Return the poses from ``first`` to before ``last`` of a plan."""
    return Plan(
        frozen(plan.path[first:last]),
        frozen(plan.speed[first:last]),
        plan.working[first:last],
        kerb_side=frozen(plan.kerb_side[first:last]),
    )
