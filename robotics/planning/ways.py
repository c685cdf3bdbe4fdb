"""Plans to a pose: a route, its bends, the last stretch, and manoeuvres where it is tight."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import compose, wrap
from robotics.core.messages import GoTo, Plan
from robotics.mapping.grid import Grid
from robotics.planning.kinematic.maneuver import Maneuver, Vehicle, find_maneuver
from robotics.planning.profile import Pace, speeds
from robotics.planning.search import Room, find_route_in_slices
from robotics.planning.slices import Slices, whole
from robotics.planning.smoothing import bounded, joined, straight
from robotics.planning.space import Space

BEND = 0.5
"""Least radius of the bends on a way [m]; wider ones are taken where there is room."""
TIGHT = 3.0
"""A goal in a tight place is manoeuvred to from about so far away [m]."""
BUDGET = 8_000
"""Poses that a manoeuvre may open."""
CLOSE = 0.8
"""Within this share of the tolerance the robot is at its goal's place."""
AHEAD = 0.8
"""A way that begins within this of the robot's yaw leads ahead [rad]."""
_BEND, _POSES, _OPENED = 50, 3, 10
"""What is counted for rounding a corner, how many poses of a speed profile count one, and what is
counted for a pose that a manoeuvre opens (it is not cut); see ``slices``."""
HOPELESS = ("goal occupied", "goal outside the map", "goal not finite")
"""Reasons that no waiting will mend."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How one robot gets to poses.

    Attributes:
        pace: Limits of its drives.
        room: Space it keeps.
        approach: Last stretch to a pose, driven straight along its yaw where there is room [m].
        margin: Footprint to obstacle along a path [m].
        vehicle: How it moves in tight places; None if it only turns on the spot.
    """

    pace: Pace
    room: Room
    approach: float = 0.0
    margin: float = 0.02
    vehicle: Vehicle | None = None

    def warm_up(self, discs: Array) -> None:
        """Compile now what a manoeuvre needs, for a footprint of discs (k, 3)."""
        if self.vehicle is not None:
            floor = Grid(np.zeros((80, 80), np.bool_), 0.1, np.zeros(2))
            space = Space.of(floor, discs)
            find_maneuver(space, (4.0, 4.0, 0.0), (4.5, 4.1, 0.0), self.vehicle)

    def plan(self, pose: Array, base: GoTo, space: Space, *, moving: float = 0.0) -> Plan:
        """Return the plan from ``pose`` (3,) to a goal, or an empty one with the reason.

        See ``plan_in_slices``.
        """
        return whole(self.plan_in_slices(pose, base, space, moving=moving))

    def first_in_slices(self, pose: Array, base: GoTo, spaces: Sequence[Space]) -> Slices[Plan]:
        """Return the plan through the first of ``spaces`` that has a way, in slices."""
        plan = Plan.none("no way through")
        for space in spaces:
            plan = yield from self.plan_in_slices(pose, base, space)
            if not plan.is_empty:
                break
        return plan

    def plan_in_slices(
        self, pose: Array, base: GoTo, space: Space, *, moving: float = 0.0
    ) -> Slices[Plan]:
        """Return the plan from ``pose`` (3,) to a goal, or an empty one with the reason, in slices.

        A robot that drives already, at ``moving`` [m/s], goes on where the way leads ahead.
        """
        goal = base.pose_in_map
        if not np.isfinite(goal).all():
            return Plan.none("goal not finite")
        if not space.distance.inside(goal[:2]):
            return Plan.none("goal outside the map")
        if not space.free(goal)[0]:
            return Plan.none("goal occupied")
        if math.dist(pose[:2], goal[:2]) <= CLOSE * base.tolerance:
            here = np.array([[pose[0], pose[1], goal[2]]])  # only the yaw is left to be mended
            return Plan(here, np.zeros(1))
        path, reason = yield from self._driven(pose, goal, space)
        if reason and self.vehicle is not None and reason not in HOPELESS:
            found = yield from self._maneuver(pose, goal, space)
            path, reason = found.path, found.reason
        if len(path) == 0:
            return Plan.none(reason)
        yield len(path) // _POSES
        limited = replace(self.pace, speed=min(self.pace.speed, base.speed))
        onwards = abs(wrap(float(path[0, 2] - pose[2]))) < AHEAD
        begin = max(0.0, moving) if onwards else 0.0
        return Plan(path, speeds(path, limited, begin), reason=reason)

    def _driven(self, pose: Array, goal: Array, space: Space) -> Slices[tuple[Array, str]]:
        """Return a way with turns on the spot, shape (n, 3), and why there is none."""
        last = self._last_stretch(pose, goal, space)
        room = replace(self.room, standing=space.standing)
        if len(last) == 1 and self.vehicle is not None and not space.roomy(goal):
            return (yield from self._tight(pose, goal, space, room))
        route = yield from find_route_in_slices(space.distance, pose[:2], last[0, :2], room)
        if route.reason:
            return np.zeros((0, 3)), route.reason
        yield len(route.points) * _BEND
        return self._joined(route.points, last, space), ""

    def _last_stretch(self, pose: Array, goal: Array, space: Space) -> Array:
        before = compose(goal, (-self.approach, 0.0, 0.0))
        far = math.dist(pose[:2], goal[:2]) > self.approach > 0.0
        if not far:
            return goal[None, :]
        last = straight(before[:2], goal[:2])
        return last if space.free(last, self.margin).all() else goal[None, :]

    def _maneuver(self, pose: Array, goal: Array, space: Space) -> Slices[Maneuver]:
        assert self.vehicle is not None
        found = find_maneuver(space, pose, goal, self.vehicle, budget=BUDGET)
        yield found.expansions * _OPENED
        return found

    def _tight(
        self, pose: Array, goal: Array, space: Space, room: Room
    ) -> Slices[tuple[Array, str]]:
        """Return a route to near the goal and a manoeuvre from there."""
        if math.dist(pose[:2], goal[:2]) < TIGHT:
            near = yield from self._maneuver(pose, goal, space)
            return near.path, near.reason
        route = yield from find_route_in_slices(space.distance, pose[:2], goal[:2], room)
        if route.reason:
            return np.zeros((0, 3)), route.reason
        way = self._joined(route.points, np.zeros((0, 3)), space)
        left = np.hypot(way[:, 0] - goal[0], way[:, 1] - goal[1])
        far = way[: int(np.flatnonzero(left >= TIGHT)[-1]) + 1]
        end = far[-1]
        found = yield from self._maneuver(end, goal, space)
        if len(found.path) == 0:
            return np.zeros((0, 3)), found.reason
        return joined([far, found.path]), found.reason

    def _joined(self, points: Array, last: Array, space: Space) -> Array:
        """Return poses along corners and the last stretch, bends rounded where that is free.

        The way bends into the last stretch within its first quarter.
        """
        if len(last) > 1:
            points = np.vstack((points[:, :2], 0.5 * (last[0, :2] + last[-1, :2]), last[-1, :2]))
        return joined([bounded(points, BEND, space, margin=self.margin), last[-1:]])
