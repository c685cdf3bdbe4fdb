"""Finds the way to a place through ground that nobody has mapped, as the lidar shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import BaseGoal, Goal, GoTo, Plan, State
from robotics.core.parts import Progress, Status
from robotics.mapping.local_map import LocalMap
from robotics.planning.predictive.guidance import descend, guidance_to

SPACING = 0.1
"""Between the poses of a path [m]."""
SMOOTH = 5
"""A path's points are averaged over so many neighbours on either side."""


@dataclass(frozen=True, slots=True)
class WayfinderConfig:
    """How one robot looks for its way."""

    radius: float
    """Half width of the robot [m]."""
    comfort: float
    """Room beyond which more is of no use [m]."""
    speed: float
    """Wanted everywhere on the way [m/s]."""
    period: float = 0.2
    """Time between two looks at the way [s]."""
    astray: float = 0.6
    """A robot this far from its path needs another one [m]."""
    renew: float = 1.0
    """Even a free path is found anew after this time [s]: the map has grown."""


@dataclass(slots=True)
class Wayfinder:
    """A planner that knows nothing but its window (``robotics.core.parts.Planner``).

    Ground that was not seen yet is taken for free; beyond the window the way is straight.
    """

    config: WayfinderConfig
    local_map: LocalMap
    progress: Progress = field(default_factory=Progress)
    """How the present goal is coming along."""
    _goal: BaseGoal | None = None
    _plan: Plan = field(default_factory=lambda: Plan.none("stay"))
    _looked: float = -math.inf
    _made: float = -math.inf

    def __post_init__(self) -> None:
        """Compile the search now, not when the first goal comes."""
        self._way(np.zeros(2), np.array([1.0, 0.0]))

    def plan(self, state: State, goal: Goal) -> Plan:
        """Return the plan; the same object as long as it is good."""
        self.local_map.update(state)
        base = goal.base
        if not isinstance(base, GoTo):
            self._goal, self._plan, self.progress = base, Plan.none("stay"), Progress()
            return self._plan
        fresh = not isinstance(self._goal, GoTo) or not np.array_equal(
            base.pose_in_map, self._goal.pose_in_map
        )
        self._goal = base
        if math.dist(state.pose_base_in_map[:2], base.pose_in_map[:2]) <= base.tolerance:
            self._plan = Plan.none("arrived")
            self.progress = Progress(Status.DONE, "arrived", 1.0)
        elif fresh or state.time - self._looked >= self.config.period - 1e-6:
            self._looked = state.time
            self._look(state, base, fresh=fresh)
        return self._plan

    def _look(self, state: State, base: GoTo, *, fresh: bool) -> None:
        pose = state.pose_base_in_map
        old = state.time - self._made >= self.config.renew
        if not fresh and not old and not self._plan.is_empty and self._is_good(pose):
            return
        way = self._way(pose[:2], base.pose_in_map[:2])
        if len(way) < 2:
            self._plan = Plan.none("no way through")
            self.progress = Progress(Status.BLOCKED, "no way through")
            return
        self._made = state.time
        speed = np.full(len(way), min(self.config.speed, base.speed))
        self._plan = Plan(with_yaw(way), speed)
        self.progress = Progress(Status.MOVING)

    def _is_good(self, pose: Array) -> bool:
        """Return whether the robot is on its path, and nothing stands on what is left of it."""
        path = self._plan.path[:, :2]
        gap = np.hypot(*(path - pose[:2]).T)
        nearest = int(gap.argmin())
        if gap[nearest] > self.config.astray:
            return False
        field_m = self.local_map.distance
        room = field_m.value(path[nearest:], np.inf) - 0.5 * field_m.resolution
        return bool((room >= self.config.radius).all())

    def _way(self, start: Array, end: Array) -> Array:
        """Return points every ``SPACING`` from ``start`` to ``end``, (k, 2) [m]; empty for none."""
        radius, comfort = self.config.radius, self.config.comfort
        guide = guidance_to(self.local_map, end[None], radius=radius, comfort=comfort)
        chain = descend(guide.cells, guide.frame, np.array(start, dtype=float))
        if len(chain) == 0:
            return chain
        ends = (np.asarray(start, dtype=float)[None], np.asarray(end, dtype=float)[None])
        return evenly(np.vstack((ends[0], smoothed(chain[1:]), ends[1])))


def smoothed(chain: Array) -> Array:
    """Return the moving average of neighbouring points (k, 2): the steps of the grid go."""
    count = len(chain)
    sums = np.vstack((np.zeros((1, 2)), np.cumsum(chain, axis=0)))
    k = np.arange(count)
    reach = np.minimum(SMOOTH, np.minimum(k, count - 1 - k))
    return np.asarray((sums[k + reach + 1] - sums[k - reach]) / (2 * reach + 1)[:, None])


def evenly(points: Array) -> Array:
    """Return points along a line (k, 2), ``SPACING`` apart, both ends kept."""
    length = np.hypot(*np.diff(points, axis=0).T)
    place = np.append(0.0, np.cumsum(length))
    kept = np.append(True, length > 1e-9)
    count = max(2, math.ceil(place[-1] / SPACING) + 1)
    want = np.linspace(0.0, place[-1], count)
    return np.column_stack([np.interp(want, place[kept], axis[kept]) for axis in points.T])


def with_yaw(points: Array) -> Array:
    """Return poses (k, 3) that look along a line of points (k, 2)."""
    step = np.diff(points, axis=0)
    yaw = np.arctan2(step[:, 1], step[:, 0])
    return np.column_stack((points, np.append(yaw, yaw[-1])))
