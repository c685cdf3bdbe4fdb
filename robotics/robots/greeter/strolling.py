"""The greeter's station, and the few real steps that it takes around it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import transform, wrap
from robotics.core.messages import State
from robotics.core.parts import Progress, Status
from robotics.mapping.places import Site
from robotics.robots.greeter.audience import Audience

STROLL_EVERY = 75.0
"""[s]."""
STROLL_FIRST = 15.0
"""[s] after the start."""
STROLLS = ((0.6, 0.0), (0.5, 0.0), (0.0, 0.5), (0.0, -0.5))
"""Goals of the steps seen from the station, the first one with room is taken [m]."""
STROLL_FREE = 3.0
"""Nobody may be nearer when it starts [m]; half of it when it has waited ``OVERDUE``."""
OVERDUE = 15.0
"""In a busy place nobody is ever alone [s]."""
CROWDED = 1.0
"""It stops stepping with somebody so near [m]."""
LEASH = 1.0
"""Never farther from its station [m], unless a behaviour leads it away."""
SPEED = 0.45
"""At most [m/s]; a few steps never come to it."""
PATIENCE, TURNS = 12.0, 5.0
"""For one stretch or turn, and for the half turns before and after a way home [s]."""
SLOWEST = 0.08
"""A long way home may take so much longer that it is walked at this speed [m/s]."""
FAILED = 3
"""It asks for help after so many ways home in a row that led nowhere."""


@dataclass(slots=True)
class Strolls:
    """When it steps out, and when it is time to go home.

    Attributes:
        site: The map; a place of kind ``greeter`` is its station.
        audience: Who is near.
        station: Where it belongs, pose (3,) in the map.
        goal: Of the steps out, pose (3,) in the map.
        count: Steps out so far.
        failed: Ways home in a row that led nowhere.
        next_return: It does not go home before [s].
    """

    site: Site
    audience: Audience
    station: Array = field(default_factory=lambda: frozen(np.zeros(3)))
    goal: Array = field(default_factory=lambda: frozen(np.zeros(3)))
    count: int = 0
    failed: int = 0
    next_return: float = 0.0
    _next: float = 0.0
    _ends: float = math.inf

    def begin(self, state: State, seconds: float) -> None:
        """Take the map's station, if the robot stands on it, else where it stands.

        Args:
            state: The first one.
            seconds: How long it works [s].
        """
        pose = state.pose_base_in_map
        self._next, self._ends = state.time + STROLL_FIRST, state.time + seconds
        self.station = frozen(pose)
        for place in self.site.places.values():
            if place.kind == "greeter" and math.dist(place.pose[:2], pose[:2]) < 0.5:
                self.station = frozen(place.pose)

    def away(self, state: State) -> float:
        """Return how far it is from its station [m]."""
        return math.dist(self.station[:2], state.pose_base_in_map[:2])

    def is_off(self, state: State) -> bool:
        """Whether it stands elsewhere, or is turned away."""
        turned = abs(wrap(float(self.station[2] - state.pose_base_in_map[2])))
        return self.away(state) > 0.35 or turned > 0.6

    def may_go(self, state: State) -> bool:
        """Whether it is time for a few steps and there is room; the goal is set if so."""
        waited = state.time - self._next
        left = self._ends - state.time
        if waited < 0.0 or left < 2.5 * PATIENCE or state.quality < 0.5 or self.is_off(state):
            return False
        clear = STROLL_FREE if waited < OVERDUE else 0.5 * STROLL_FREE
        if self.audience.within(clear):
            return False
        for goal in transform(self.station, STROLLS):
            crowded = any(math.dist(one.guest.position, goal) < 1.5 for one in self.audience.seen)
            if self.is_free(goal) and not crowded:
                self.goal = frozen([*goal, self.station[2]])
                self._next = state.time + STROLL_EVERY
                self.count += 1
                return True
        return False

    def due(self, state: State, where: str, lasted: float, told: Progress) -> str:
        """Return the event that is due ``lasted`` [s] after ``stroll/…`` was entered; or "".

        Args:
            state: Where it is.
            where: ``out``, ``pause`` or ``back``.
            lasted: [s].
            told: What the planner says about the way.
        """
        if where == "pause":
            return "away" if lasted > 2.0 else ""
        if lasted <= 0.5:  # the planner still speaks of the last goal
            told = Progress()
        goal = self.goal if where == "out" else self.station
        offset = math.dist(goal[:2], state.pose_base_in_map[:2])
        turned = abs(wrap(float(goal[2] - state.pose_base_in_map[2])))
        there = offset < 0.12 and turned < 0.2
        late = lasted > PATIENCE + max(offset - LEASH, 0.0) / SLOWEST + TURNS * (where == "back")
        over = told.status in (Status.DONE, Status.IMPOSSIBLE) or late
        crowded = bool(self.audience.within(CROWDED))
        if where == "out":
            gone = there or over or crowded or self.away(state) > LEASH
            return "reached" if gone else ""
        if over and not crowded and self.is_off(state):
            self.failed += 1
        self.failed = 0 if there else self.failed
        if there or over or crowded:
            self.next_return = state.time + 10.0
            return "home"
        return ""

    def is_free(self, point: Array) -> bool:
        """Whether the map has half a metre of room around ``point`` (2,)."""
        around = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
        ring = point + 0.5 * np.column_stack([np.cos(around), np.sin(around)])
        points = np.vstack([point, ring])
        taken = self.site.occupied.value(points, True) | self.site.keepout.value(points, True)
        return not bool(np.any(taken))
