"""Turns the mission's base goal into a plan, and keeps it while it is good."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import compose, wrap
from robotics.core.messages import BaseGoal, Cover, Drive, Goal, GoTo, Plan, State
from robotics.core.parts import Progress, Status
from robotics.mapping.grid import Grid
from robotics.mapping.places import Zone
from robotics.planning.avoidance import PERIOD
from robotics.planning.coverage import Sweeping
from robotics.planning.cursor import Cursor, cursor_of
from robotics.planning.profile import Pace, speeds
from robotics.planning.search import Room, find_route
from robotics.planning.smoothing import along, joined, rounded, straight
from robotics.planning.space import Space
from robotics.planning.sweep_job import SweepJob

STANDING = 0.15
"""Obstacles slower than this stand [m/s]."""
RETRY = 1.0
"""A robot that is blocked looks for another way this often [s]."""


@dataclass(frozen=True, slots=True)
class NavigatorConfig:
    """How one robot plans."""

    pace: Pace
    room: Room
    sweeping: Sweeping | None = None
    """None for a robot that does not sweep."""
    approach: float = 0.0
    """Last stretch to a GoTo pose, driven straight along its yaw where there is room [m]."""
    margin: float = 0.02
    """Footprint to obstacle along a path [m]."""
    patience_way: float = 2.0
    """Blocked this long on a GoTo, it looks for another way [s]."""
    patience_sweep: float = 4.0
    """Blocked this long while sweeping, it goes on elsewhere and comes back later [s]."""


@dataclass(slots=True)
class Navigator:
    """The planner of both robots (``robotics.core.parts.Planner``)."""

    config: NavigatorConfig
    space: Space
    zones: Mapping[str, Zone] = field(default_factory=dict)
    speed_limit: Grid | None = None
    """Largest speed at each place [m/s]; None for no limits."""
    progress: Progress = field(default_factory=Progress)
    """How the present goal is coming along."""
    _goal: BaseGoal | None = None
    _plan: Plan = field(default_factory=lambda: Plan.none("stay"))
    _cursor: Cursor | None = None
    _job: SweepJob | None = None
    _time: float = -np.inf
    _mark: tuple[float, int, float, float] = (0.0, 0, 0.0, 0.0)
    _retry: float = -np.inf
    _finished: bool = False

    def __post_init__(self) -> None:
        """Compile the search now, not when the first goal comes."""
        floor = Grid(np.ones((8, 8)), 0.1, np.zeros(2))
        find_route(floor, (0.1, 0.1), (0.7, 0.4), Room(0.1, 0.2))
        for pose in (np.zeros((1, 3)), frozen(np.zeros((1, 3)))):  # two types to the compiler
            self.space.clearance(pose)

    def plan(self, state: State, goal: Goal) -> Plan:
        """Return the plan; the same object as long as it is valid."""
        fresh = not _same(goal.base, self._goal)
        if not fresh and state.time - self._time < PERIOD - 1e-6:
            return self._plan
        self._time = state.time
        if fresh:
            self._begin(state, goal.base)
        if isinstance(goal.base, Cover) and self._job is not None and not self._finished:
            self._job.touch(state.pose_base_in_map, brushing=goal.tools.brush > 0.0)
        if self._cursor is not None and not self._finished:
            self._cursor.update(state.pose_base_in_map)
            self._follow(state, goal.base)
        return self._plan

    # ------------------------------------------------------------------ beginning

    def _begin(self, state: State, base: BaseGoal) -> None:
        self._goal, self._job, self._finished = base, None, False
        self._adopt(Plan.none("stay"), state)
        if isinstance(base, GoTo):
            self._set_out(state, base, self.space)
        elif isinstance(base, Cover):
            self._begin_sweeping(state, base)
        else:
            reason = "drive" if isinstance(base, Drive) else "stay"
            self._adopt(Plan.none(reason), state)
            self.progress = Progress(Status.IDLE)

    def _set_out(self, state: State, base: GoTo, space: Space) -> None:
        plan = self._way(state.pose_base_in_map, base, space)
        self._adopt(plan, state)
        status = Status.IMPOSSIBLE if plan.is_empty else Status.MOVING
        if _arrived(state, base):
            self._finish("arrived", state)
        else:
            self.progress = Progress(status, plan.reason)

    def _begin_sweeping(self, state: State, base: Cover) -> None:
        if self.config.sweeping is None or base.zone not in self.zones:
            known = ", ".join(sorted(self.zones)) or "none"
            reason = f"there is no zone '{base.zone}' to sweep; zones: {known}"
            if self.config.sweeping is None:
                reason = "this robot does not sweep"
            self._adopt(Plan.none(reason), state)
        else:
            zone = self.zones[base.zone]
            self._job = SweepJob.begin(zone, self.space, self.config.sweeping)
            self._adopt(self._job.first_plan(state.pose_base_in_map), state)
        status = Status.IMPOSSIBLE if self._plan.is_empty else Status.MOVING
        self.progress = Progress(status, self._plan.reason)

    def _adopt(self, plan: Plan, state: State) -> None:
        if self.speed_limit is not None and not plan.is_empty:
            limit = self.speed_limit.value(plan.path[:, :2], np.inf)
            plan = replace(plan, speed=np.minimum(plan.speed, limit))
        self._plan = plan
        self._cursor = None if plan.is_empty else cursor_of(plan.path)
        self._mark = (state.time, 0, 0.0, 0.0)

    def _finish(self, reason: str, state: State) -> None:
        self._finished = True
        self._adopt(Plan.none(reason), state)
        fraction = self._job.fraction if self._job is not None else 1.0
        self.progress = Progress(Status.DONE, reason, fraction)

    # ------------------------------------------------------------------ on the way

    def _follow(self, state: State, base: BaseGoal) -> None:
        blocked = self._blocked_for(state)
        if isinstance(base, GoTo):
            self._follow_way(state, base, blocked)
        elif self._job is not None and isinstance(base, Cover):
            self._follow_sweep(state, blocked)

    def _follow_way(self, state: State, base: GoTo, blocked: float) -> None:
        cursor = self._cursor
        if cursor is None:
            return
        if cursor.done or (_arrived(state, base) and cursor.remaining < 0.03):
            if _arrived(state, base):
                self._finish("arrived", state)
            else:  # pushed off at the last moment: once more from here
                self._set_out(state, base, self.space)
            return
        fraction = cursor.index / max(1, len(cursor.path) - 1)
        if blocked <= self.config.patience_way:
            self.progress = Progress(Status.MOVING, "", fraction)
            return
        self.progress = Progress(Status.BLOCKED, "something stands there", fraction)
        if state.time < self._retry:
            return
        self._retry = state.time + RETRY
        other = self._way(state.pose_base_in_map, base, self._space_now(state))
        if not other.is_empty:
            self._adopt(other, state)
        else:
            self.progress = Progress(Status.BLOCKED, other.reason, fraction)

    def _follow_sweep(self, state: State, blocked: float) -> None:
        cursor, job = self._cursor, self._job
        if cursor is None or job is None:
            return
        pose = state.pose_base_in_map
        if cursor.done:
            plan = job.next_plan(pose, self._space_now(state))
            if plan.is_empty:
                self._finish("covered", state)
                return
            self._adopt(plan, state)
        status, reason = Status.MOVING, ""
        if blocked > self.config.patience_sweep:
            status, reason = Status.BLOCKED, "something stands there"
            if state.time >= self._retry:
                self._retry = state.time + RETRY
                rest = job.skip(self._plan, cursor.index, pose, self._space_now(state))
                if rest is not None:
                    self._adopt(rest, state)
        index = self._cursor.index if self._cursor is not None else 0
        working = bool(self._plan.working[index]) if not self._plan.is_empty else False
        self.progress = Progress(status, reason, job.fraction, working)

    def _blocked_for(self, state: State) -> float:
        """Return how long nothing has moved on along the plan [s]."""
        if self._cursor is None:
            return 0.0
        since, leg, place, yaw = self._mark
        now = self._cursor
        turned = abs(wrap(float(state.pose_base_in_map[2]) - yaw)) > 0.1
        if now.leg != leg or abs(now.place - place) > 0.05 or (now.turning and turned):
            self._mark = (state.time, now.leg, now.place, float(state.pose_base_in_map[2]))
            return 0.0
        return state.time - since

    def _space_now(self, state: State) -> Space:
        """Return the map with what stands there now."""
        discs = [
            (*one.position_in_map, one.radius + 0.1)
            for one in state.obstacles
            if math.hypot(*one.velocity_in_map) < STANDING
        ]
        return self.space.with_standing(np.array(discs))

    # ------------------------------------------------------------------ a way

    def _way(self, pose: Array, base: GoTo, space: Space) -> Plan:
        """Return the plan from ``pose`` to a GoTo goal, or an empty one with the reason."""
        goal = base.pose_in_map
        if not space.free(goal)[0]:
            return Plan.none("goal occupied")
        before = compose(goal, (-self.config.approach, 0.0, 0.0))
        last = straight(before[:2], goal[:2]) if self.config.approach > 0.0 else goal[None, :]
        far = math.dist(pose[:2], goal[:2]) > self.config.approach
        if not (far and space.free(last, self.config.margin).all()):
            last = goal[None, :]
        room = Room(self.config.room.radius, self.config.room.comfort, space.standing)
        route = find_route(space.distance, pose[:2], last[0, :2], room)
        if route.reason:
            return Plan.none(route.reason)
        path = self._joined(route.points, last, space)
        pace = self.config.pace
        limited = Pace(min(pace.speed, base.speed), pace.acceleration, pace.turn_rate, pace.lateral)
        return Plan(path, speeds(path, limited))

    def _joined(self, points: Array, last: Array, space: Space) -> Array:
        """Return poses along corners and the last stretch, bends rounded where that is free."""
        first = along(points)
        if len(points) > 2:
            smooth = rounded(points, 0.8)
            if space.free(smooth, self.config.margin).all():
                first = smooth
        return joined([first, last])


def _same(a: BaseGoal, b: BaseGoal | None) -> bool:
    """Return whether two base goals ask for the same (their arrays forbid ``==``)."""
    if isinstance(a, GoTo) and isinstance(b, GoTo):
        return bool(np.array_equal(a.pose_in_map, b.pose_in_map)) and a.speed == b.speed
    if isinstance(a, Cover) and isinstance(b, Cover):
        return a.zone == b.zone
    return type(a) is type(b) and not isinstance(a, GoTo | Cover)


def _arrived(state: State, base: GoTo) -> bool:
    gap = math.dist(state.pose_base_in_map[:2], base.pose_in_map[:2])
    turn = abs(wrap(float(state.pose_base_in_map[2] - base.pose_in_map[2])))
    return gap <= base.tolerance and turn <= base.tolerance_yaw
