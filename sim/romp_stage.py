"""The child at play of a place that runs into the greeter, and what came of it.

It is one of the visitors. At a time that is drawn from a random stream of its own the first child
near enough, with nobody in its way, runs for the robot: for that while it has a body that pushes
and is pushed (``sim.romp``), and its figure among the visitors goes with it. When it has stepped
back it is a visitor like all others again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import rotation2
from sim.bullet import BulletWorld
from sim.mechanism import BulletMechanism
from sim.romp import Child, RompingChild
from sim.visitors import Visitors

EARLIEST, LATEST = 20.0, 80.0
"""A child may set out from a time between these on [s]."""
SPEEDS = (0.6, 0.8)
"""At which it runs [m/s]."""
NEAR, FAR = 1.1, 5.0
"""So far from the robot it sets out [m]."""
CLEAR = 0.55
"""Nobody else is so near to its way [m]."""
UPRIGHT = 0.15
"""A robot that leans more has trouble of its own: no child runs then [rad]."""
GIVES_UP = 9.0
"""A child that has not met the robot by then goes back to its family [s]."""
WATCHED = 4.0
"""The robot is watched for so long after the touch; felled, until it stands [s]."""
FALLEN, STANDS = math.radians(45.0), math.radians(15.0)
"""Lean of a robot that has fallen, and of one that stands [rad]."""
BEFORE = 3
"""Instants before the touch of which the robot's approach is the mean: 0.15 s."""


@dataclass(slots=True)
class RunIn:
    """One child that ran into the robot."""

    time: float
    """Of the touch [s]."""
    who: int
    """The visitor's ``id``."""
    speed: float
    """Of the child at the touch [m/s]."""
    bearing: float
    """Where it came from, seen from the robot's front, left positive [rad]."""
    approach: float
    """How fast the robot moved towards the child before the touch, negative away [m/s]."""
    walking: bool
    """Whether the robot was under way."""
    impulse: float = 0.0
    """Given to the robot along the ground [N·s]."""
    force: float = 0.0
    """Largest, mean of 10 ms [N]."""
    fell: bool = False
    up_after: float | None = None
    """A robot that fell stood again so long after the touch [s]."""

    def row(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "time": round(self.time, 2),
            "partner": f"visitor {self.who}",
            "speed": round(self.speed, 2),
            "bearing_deg": round(math.degrees(self.bearing)),
            "approach": round(self.approach, 3),
            "walking": self.walking,
            "impulse_ns": round(self.impulse, 2),
            "force_n": round(self.force, 1),
            "fell": self.fell,
            "up_after": None if self.up_after is None else round(self.up_after, 1),
        }


@dataclass(slots=True)
class Romps:
    """Lets children of a place run into its greeter.

    Attributes:
        visitors: Who is there.
        most: How many run in one run of the place.
        rng: Of the times and speeds.
        bullet: None where nothing can be touched: nobody runs.
        robot: Who is run into.
        met: What happened so far.
    """

    visitors: Visitors
    most: int
    rng: np.random.Generator
    bullet: BulletWorld | None = None
    robot: BulletMechanism | None = None
    met: list[RunIn] = field(default_factory=list)
    _runs: int = 0
    _due: float = math.inf
    _speed: float = 0.0
    _who: int = -1
    _set_out: float = 0.0
    _child: RompingChild | None = None
    _approach: list[Array] = field(default_factory=list)
    _last: Array | None = None

    def __post_init__(self) -> None:
        self._draw(0.0)

    def _draw(self, time: float) -> None:
        """Draw when the next child may set out, and how fast it is."""
        self._due = time + float(self.rng.uniform(EARLIEST, LATEST))
        self._speed = float(self.rng.uniform(*SPEEDS))

    def look(
        self, time: float, pose: Array, twist: Array, tilt: float, *, busy: bool = False
    ) -> None:
        """Go on; to be called 20 times a second.

        Args:
            time: [s].
            pose: The greeter's true base (x, y, yaw) in the map, shape (3,).
            twist: Its velocity in the base frame, shape (3,).
            tilt: Its lean [rad].
            busy: Whether somebody has its hand: no child runs then.
        """
        if self.bullet is None or self.robot is None:
            return
        velocity = rotation2(float(pose[2])) @ twist[:2]
        if self._child is not None:
            self._attend(time, pose, velocity)
        elif self._runs < self.most and time >= self._due and tilt < UPRIGHT and not busy:
            self._choose(time, pose)
        self._follow_up(time, tilt)

    # ------------------------------------------------------------------------------- who runs

    def _choose(self, time: float, pose: Array) -> None:
        """Let the nearest child whose way is free set out."""
        off = self.visitors.position - pose[:2]
        distance = np.hypot(*off.T)
        for row in np.argsort(distance):
            child = self.visitors.kind[row] in ("child", "runner")
            if child and NEAR < distance[row] < FAR and self._is_free(int(row), pose[:2]):
                self._begin(time, int(row))
                return

    def _is_free(self, row: int, robot: Array) -> bool:
        """Whether nobody stands in the way of visitor number ``row`` to the robot, (2,) [m]."""
        start = self.visitors.position[row]
        way = robot - start
        others = np.delete(self.visitors.position, row, axis=0) - start
        share = np.clip(others @ way / float(way @ way), 0.0, 1.0)
        gaps = np.hypot(*(others - share[:, None] * way).T)
        return bool((gaps > CLEAR).all())

    def _begin(self, time: float, row: int) -> None:
        """Give a visitor a body that pushes, in place of the one that only walks."""
        assert self.bullet is not None
        assert self.robot is not None
        self._who, self._set_out = int(self.visitors.id[row]), time
        self._runs += 1
        start, height = self.visitors.position[row], float(self.visitors.height[row])
        child = Child(speed=self._speed, height=height)
        self._child = RompingChild(
            self.bullet,
            self.robot,
            child,
            start,
            self.visitors.velocity[row],
            figure=f"visitor {row}",
        )
        self._approach.clear()

    # ------------------------------------------------------------------------- how it goes on

    def _attend(self, time: float, pose: Array, velocity: Array) -> None:
        """Lead the visitor's figure after the child, and take down what happens."""
        child = self._child
        assert child is not None
        place = child.position()
        there = self.visitors.lead(self._who, place, child.velocity())
        self._note_touch(child, pose, velocity)
        late = child.bump.touched is None and time - self._set_out > GIVES_UP
        if not there or late or child.bump.phase == "done":
            self.visitors.lead(self._who, None)
            child.remove()
            self._child = None
            self._draw(time)

    def _note_touch(self, child: RompingChild, pose: Array, velocity: Array) -> None:
        bump, off = child.bump, child.position() - pose[:2]
        towards = off / max(float(np.hypot(*off)), 1e-9)
        if bump.touched is None:
            self._approach = [*self._approach[1 - BEFORE :], np.asarray(velocity)]
            self._last = child.velocity()
            return
        if not self.met or self.met[-1].who != self._who:
            before = np.mean(self._approach or [velocity], axis=0)
            run = child.velocity() if self._last is None else self._last
            bearing = math.atan2(towards[1], towards[0]) - float(pose[2])
            self.met.append(
                RunIn(
                    time=bump.touched,
                    who=self._who,
                    speed=float(np.hypot(*run)),
                    bearing=math.remainder(bearing, math.tau),
                    approach=float(before @ towards),
                    walking=bool(np.hypot(*before) > 0.1),
                )
            )
        one = self.met[-1]
        one.impulse, one.force = float(np.hypot(*bump.impulse)), bump.peak

    def _follow_up(self, time: float, tilt: float) -> None:
        """See whether the robot kept its feet."""
        for one in self.met:
            if not one.fell and time - one.time < WATCHED:
                one.fell = tilt > FALLEN
            elif one.fell and one.up_after is None and tilt < STANDS:
                one.up_after = time - one.time

    def figures(self) -> dict[str, Any]:
        """Return the figures so far: plain JSON values."""
        return {"bumps": len(self.met), "bump_falls": sum(one.fell for one in self.met)}

    def rows(self) -> list[dict[str, Any]]:
        """Return all that is known of each, plain JSON values."""
        return [one.row() for one in self.met]
