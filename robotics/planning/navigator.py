"""Turns the mission's base goal into a plan, keeps it while it is good, climbs out of trouble."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.messages import BaseGoal, Cover, Drive, Goal, GoTo, Plan, State
from robotics.core.parts import Progress, Status
from robotics.mapping.grid import Grid
from robotics.mapping.local_map import LocalMap
from robotics.mapping.places import Zone
from robotics.planning import crossing
from robotics.planning.cursor import Cursor, cursor_of
from robotics.planning.goals import has_arrived, no_zone, same_goal
from robotics.planning.navigator_config import NavigatorConfig
from robotics.planning.predictive.config import PERIOD
from robotics.planning.profile import duration
from robotics.planning.recovery import Ladder, Rung, back_off, time_for
from robotics.planning.search import warm_up
from robotics.planning.slices import Slices, at_once
from robotics.planning.space import Space
from robotics.planning.surroundings import blocked_ahead, space_now
from robotics.planning.sweep_job import SweepJob, SweepMemory
from robotics.planning.thinking import Thinking
from robotics.planning.ways import HOPELESS, Ways

__all__ = ["Navigator", "NavigatorConfig"]

RETRY = 1.0
"""A robot that is blocked looks for another way this often [s]."""
RETRY_LATE = 5.0
"""After it has given up, it looks whether a way has opened this often [s]."""
LOOK = 0.5
"""The way ahead is asked for people and things this often [s]."""
WORTH = 1.5
"""A detour has to be quicker than waiting by this [s]."""


@dataclass(slots=True)
class Navigator:
    """The planner of both robots (``robotics.core.parts.Planner``)."""

    config: NavigatorConfig
    space: Space
    zones: Mapping[str, Zone] = field(default_factory=dict)
    speed_limit: Grid | None = None
    """Largest speed at each place [m/s]; None for no limits."""
    local_map: LocalMap | None = None
    """What the lidar sees around; fed here, read by the tracker, too."""
    progress: Progress = field(default_factory=Progress)
    _goal: BaseGoal | None = None
    _plan: Plan = field(default_factory=lambda: Plan.none("stay"))
    _plain: Plan | None = None
    """A way as it was planned, while a slower version is followed."""
    _cursor: Cursor | None = None
    _jobs: dict[str, SweepJob] = field(default_factory=dict)
    _job: SweepJob | None = None
    _ladder: Ladder = field(init=False)
    _backing: bool = False
    _thinking: Thinking = field(default_factory=Thinking)
    _time: float = -np.inf
    _look: float = -np.inf
    _retry: float = -np.inf
    _tries: int = 0
    _finished: bool = False
    _stuck: bool = False  # given up, for now

    def __post_init__(self) -> None:
        """Compile the search now, not when the first goal comes."""
        self._ladder = Ladder(self.config.way)
        warm_up()
        for pose in (np.zeros((1, 3)), frozen(np.zeros((1, 3)))):  # two types to the compiler
            self.space.clearance(pose)
        if self.config.slows:
            crossing.warm_up(self.space.discs)
        self.ways.warm_up(self.space.discs)

    @property
    def ways(self) -> Ways:
        """How this robot gets to poses."""
        c = self.config
        return Ways(c.pace, c.room, c.approach, c.margin, c.vehicle)

    def plan(self, state: State, goal: Goal) -> Plan:
        """Return the plan; the same object as long as it is valid."""
        if self.local_map is not None:
            self.local_map.update(state)
        if state.time < self._time - 1e-9:
            return self._start_over(state)
        fresh = not same_goal(goal.base, self._goal)
        if not fresh and state.time - self._time < PERIOD - 1e-6:
            return self._plan
        self._time = state.time
        if fresh:
            self._begin(state, goal.base)
        self._thinking.go_on(state)
        if isinstance(goal.base, Cover) and self._job is not None and not self._finished:
            self._job.litter = state.ground.litter
            self._job.touch(state.pose_base_in_map, brushing=goal.tools.brush > 0.0)
        if self._stuck and isinstance(goal.base, GoTo):
            self._try_again(state, goal.base)
        elif self._cursor is not None and not self._finished:
            self._cursor.update(state.pose_base_in_map)
            if isinstance(goal.base, GoTo):
                self._follow_way(state, goal.base)
            elif isinstance(goal.base, Cover):
                self._follow_sweep(state)
        return self._plan

    def memory(self) -> tuple[SweepMemory, ...]:
        """Return the progress on every zone that was begun and not ended, in the order begun."""
        return tuple(job.memory() for job in self._jobs.values())

    def recall(self, memories: tuple[SweepMemory, ...]) -> None:
        """Take up the progress that another process left; unknown zones are passed over."""
        for memory in memories:
            zone = self.zones.get(memory.zone)
            if zone is not None and self.config.sweeping is not None:
                job = SweepJob.recall(memory, zone, self.space, self.config.sweeping)
                self._jobs[zone.name] = job

    def _start_over(self, state: State) -> Plan:
        """Stand still for a tick and forget the goal: time ran backwards."""
        self._goal, self._job = None, None
        self._thinking.drop()
        self._time = self._look = self._retry = state.time
        self._stuck = self._finished = False
        self._adopt(Plan.none("time ran backwards"), state)
        self.progress = Progress(Status.BLOCKED, "time ran backwards")
        return self._plan

    def _begin(self, state: State, base: BaseGoal) -> None:
        self._goal, self._job = base, None
        self._thinking.drop()
        self._finished = self._stuck = False
        self._retry = -np.inf
        self._adopt(Plan.none("stay"), state)
        self._ladder = Ladder(self.config.sweep if isinstance(base, Cover) else self.config.way)
        self._ladder.begin(state.time)
        if isinstance(base, GoTo):
            self._set_out(state, base, self.space, first=True)
        elif isinstance(base, Cover):
            self._begin_sweeping(state, base)
        else:
            reason = "drive" if isinstance(base, Drive) else "stay"
            self._adopt(Plan.none(reason), state)
            self.progress = Progress(Status.IDLE)

    def _set_out(self, state: State, base: GoTo, *spaces: Space, first: bool = False) -> None:
        """Begin with the way through the first of ``spaces`` that has one; stand until then."""
        self._adopt(Plan.none("planning"), state)
        self.progress = Progress(Status.MOVING, "planning")
        work = self.ways.first_in_slices(state.pose_base_in_map, base, spaces)
        self._thinking.ask(state, work, partial(self._depart, base, first=first))

    def _depart(self, base: GoTo, state: State, plan: Plan, *, first: bool) -> None:
        self._adopt(plan, state)
        if has_arrived(state, base):
            self._finish("arrived", state)
        elif plan.is_empty:
            self._give_up(state, plan.reason)
        else:
            self.progress = Progress(Status.MOVING, plan.reason)
            if first:
                self._ladder.begin(state.time, limit=time_for(plan, self.config.pace))

    def _begin_sweeping(self, state: State, base: Cover) -> None:
        if self.config.sweeping is None or base.zone not in self.zones:
            known = self.zones if self.config.sweeping is not None else None
            self._give_up(state, no_zone(base, known))
            return
        job = self._jobs.get(base.zone)
        if job is None:
            zone = self.zones[base.zone]
            job = self._jobs[base.zone] = SweepJob.begin(zone, self.space, self.config.sweeping)
            work = job.first_plan(state.pose_base_in_map)
        else:
            work = job.resume(state.pose_base_in_map, self._space_now(state))
        self._job = job
        self._order(work, state)

    def _order(self, work: Slices[Plan], state: State) -> None:
        """Have a zone's plan made, and delivered when its time has come."""
        self._adopt(Plan.none("planning"), state)
        self.progress = Progress(Status.MOVING, "planning", self._fraction)
        self._thinking.ask(state, work, self._deliver, due=state.time + self.config.latency)

    def _deliver(self, state: State, plan: Plan) -> None:
        if self._job is None:
            return
        if not plan.is_empty:
            self._job.take(plan)
            self._adopt(plan, state)
            self.progress = Progress(Status.MOVING, plan.reason, self._fraction)
        elif self._job.rounds > 0:
            self._finish("covered", state)
        else:
            self._give_up(state, plan.reason)

    def _adopt(self, plan: Plan, state: State) -> None:
        if self.speed_limit is not None and not plan.is_empty:
            limit = self.speed_limit.value(plan.path[:, :2], np.inf)
            plan = replace(plan, speed=np.minimum(plan.speed, limit))
        self._plan, self._plain = plan, None
        self._cursor = None if plan.is_empty else cursor_of(plan.path)
        self._backing = False
        self._ladder.follow()

    def _finish(self, reason: str, state: State) -> None:
        done = 1.0 if self._job is None else self._fraction
        self._end(state, reason, Progress(Status.DONE, reason, done))

    def _end(self, state: State, reason: str, progress: Progress) -> None:
        self._finished = True
        self._thinking.drop()
        if self._job is not None:
            self._jobs.pop(self._job.zone.name, None)
        self._adopt(Plan.none(reason), state)
        self.progress = progress

    def _give_up(self, state: State, reason: str) -> None:
        """Stand, say why; a GoTo goes on by itself when a way has opened."""
        self._thinking.drop()
        told = Progress(Status.IMPOSSIBLE, reason, self._fraction)
        goal, hopeless = self._goal, reason in HOPELESS
        if isinstance(goal, GoTo) and not (hopeless and not self.space.free(goal.pose_in_map)[0]):
            self._stuck, self._retry = True, state.time + RETRY_LATE
            self._adopt(Plan.none(reason), state)
            self.progress = told
        else:
            self._end(state, reason, told)

    def _try_again(self, state: State, base: GoTo) -> None:
        if has_arrived(state, base):
            self._finish("arrived", state)
        elif state.time >= self._retry and not self._thinking.is_busy:
            self._retry = state.time + RETRY_LATE
            pose, space = state.pose_base_in_map, self._space_now(state)
            self._thinking.ask(state, self.ways.plan_in_slices(pose, base, space), self._go_again)

    def _go_again(self, state: State, plan: Plan) -> None:
        if not plan.is_empty and not plan.reason:
            self._stuck = False
            self._adopt(plan, state)
            self._ladder.resume(state.time)
            self.progress = Progress(Status.MOVING)

    @property
    def _fraction(self) -> float:
        return self._job.fraction if self._job is not None else 0.0

    def _follow_way(self, state: State, base: GoTo) -> None:
        cursor = self._cursor
        if cursor is None:
            return
        if cursor.done or (has_arrived(state, base) and cursor.remaining < 0.03):
            if has_arrived(state, base):
                self._finish("arrived", state)
            else:  # it has backed off, or was pushed off at the last moment
                self._set_out(state, base, self._space_now(state), self.space)
            return
        rung = self._ladder.update(state.time, cursor, state.pose_base_in_map)
        fraction = cursor.index / max(1, len(cursor.path) - 1)
        if rung is Rung.HELP:
            self._give_up(state, "blocked, and there is no way around")
        elif rung in (Rung.NONE, Rung.WAIT):
            self.progress = Progress(Status.MOVING, self._plan.reason, fraction)
            self._look_ahead(state, base)
        else:
            self.progress = Progress(Status.BLOCKED, "something stands there", fraction)
            if state.time >= self._retry and not self._thinking.is_busy:
                self._retry = state.time + RETRY
                work = self._way(state, base, self._space_now(state))
                self._thinking.ask(state, work, self._go_around)

    def _go_around(self, state: State, other: Plan) -> None:
        if not other.is_empty:
            self._adopt(other, state)
        else:
            self.progress = replace(self.progress, status=Status.BLOCKED, reason=other.reason)
        if self._ladder.rung is Rung.BACK:
            self._back_off(state)

    def _back_off(self, state: State) -> None:
        """Back off once for each trouble, where nobody stands behind."""
        if self._ladder.backed:
            return
        self._ladder.backed = True
        space = space_now(self.space, state, self.local_map, people=True)
        plan = back_off(space, state.pose_base_in_map, self.config.pace)
        if plan is not None:
            self._adopt(plan, state)
            self._backing = True

    def _look_ahead(self, state: State, base: GoTo) -> None:
        """Ask the way ahead for what stands on it and who will be on it."""
        if self._cursor is None or self._backing or state.time < self._look:
            return
        self._look, index, pose = state.time + LOOK, self._cursor.index, state.pose_base_in_map
        if blocked_ahead(self.local_map, self.space.discs, self._plan.path[index:], pose):
            self._detour(state, base, self._space_now(state), within=math.inf)
            return
        if not self.config.slows:
            return
        plain = self._plan if self._plain is None else self._plain
        met = crossing.look_ahead(state, plain, index, self.space.discs, self.config.pace.turn_rate)
        if met.is_free:
            if self._plain is not None:
                self._adopt(crossing.rest_of(self._plain, index), state)
            return
        if met.wait >= crossing.LONG and self._pass_around(state, base, met, plain.path[index:]):
            return
        late = met.time > LOOK and met.wait < crossing.STAY
        if late and self._plain is None:
            self._adopt(crossing.slowed(plain, index, met), state)
            self._plain = crossing.rest_of(plain, index)

    def _pass_around(self, state: State, base: GoTo, met: crossing.Crossing, rest: Array) -> bool:
        """Follow a detour around those who are met, if it is quicker than to wait for them."""
        assert met.blocked is not None
        self._look = state.time + RETRY
        there = self._space_now(state)
        space = there.with_standing(np.vstack((there.standing, met.blocked)))
        waiting = duration(rest, self.config.pace) + met.wait
        return self._detour(state, base, space, within=waiting - WORTH)

    def _way(self, state: State, base: GoTo, space: Space) -> Slices[Plan]:
        """Return a way through ``space`` for a robot that goes on as it moves."""
        moving = float(state.twist_base_in_base[0])
        return self.ways.plan_in_slices(state.pose_base_in_map, base, space, moving=moving)

    def _detour(self, state: State, base: GoTo, space: Space, *, within: float) -> bool:
        """Follow a way through ``space``, once found, if it takes less than ``within`` [s]."""
        before = self._plan
        if not self._thinking.is_busy and space.free(base.pose_in_map)[0]:
            then = partial(self._change_over, within)
            self._thinking.ask(state, self._way(state, base, space), then)
        return self._plan is not before

    def _change_over(self, within: float, state: State, other: Plan) -> None:
        if other.is_empty or other.reason or duration(other.path, self.config.pace) > within:
            return
        self._adopt(other, state)

    def _follow_sweep(self, state: State) -> None:
        cursor, job = self._cursor, self._job
        if cursor is None or job is None:
            return
        pose = state.pose_base_in_map
        if cursor.done:
            there = self._space_now(state)
            rest, again = job.resume(pose, there), at_once(job.next_plan, pose, there)
            self._order(rest if self._backing else again, state)
            return
        if not self._backing:
            job.index = cursor.index
        rung = self._ladder.update(state.time, cursor, pose)
        if rung is Rung.HELP:
            self._leave_it(state, job)
            return
        stuck = rung in (Rung.AROUND, Rung.BACK)
        if stuck and state.time >= self._retry:
            self._go_on_elsewhere(state, job)
        elif rung is Rung.NONE:
            self._tries = 0
        index = self._cursor.index if self._cursor is not None else 0
        working = bool(self._plan.working[index]) if not self._plan.is_empty else False
        status = Status.BLOCKED if stuck else Status.MOVING
        reason = "something stands there" if stuck else ""
        self.progress = Progress(status, reason, job.fraction, working)

    def _go_on_elsewhere(self, state: State, job: SweepJob) -> None:
        """Skip to a free part of the zone's path, farther each time; back off if that fails."""
        self._tries += 1
        self._retry = state.time + min(RETRY_LATE, RETRY * self._tries)
        if self._ladder.rung is Rung.BACK and not self._ladder.backed:
            self._back_off(state)
            return
        rest = job.skip(state.pose_base_in_map, self._space_now(state), self._tries - 1)
        if rest is not None:
            job.take(rest)
            self._adopt(rest, state)

    def _leave_it(self, state: State, job: SweepJob) -> None:
        """Look for what else is left of the zone; if there is nothing, it is given up."""
        plan = job.next_plan(state.pose_base_in_map, self._space_now(state))
        if plan.is_empty:
            self._give_up(state, "blocked, and nothing else of it can be reached")
        else:
            self._ladder.resume(state.time)
            self._order(at_once(lambda: plan), state)

    def _space_now(self, state: State) -> Space:
        return space_now(self.space, state, self.local_map)
