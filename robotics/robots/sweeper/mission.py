"""What the sweeper does: leaves the dock, sweeps the zones that fit, is back in time.

Going home when the bin is full or the water is out is here; emptying and refilling come with
issue 3, so such a day ends in the dock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from shapely import Point, Polygon

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.guests import PEOPLE
from robotics.behaviour.mission import Event, MissionReport
from robotics.core.arrays import Array, frozen
from robotics.core.geometry import transform, wrap
from robotics.core.messages import BaseGoal, Cover, Drive, Goal, GoTo, State, Stay, Tools
from robotics.core.parts import Progress, Status
from robotics.mapping.places import Site
from robotics.robots.duty import Duty, Since
from robotics.robots.sweeper import zones
from robotics.robots.sweeper.states import table

MARGIN = 5.0
"""It wants to be in the dock so long before its time is over [s]."""
UNDOCK_LENGTH, UNDOCK_SPEED = 0.8, 0.2
"""Of backing out [m, m/s]."""
FRESH = 0.5
"""So long after a new base goal the planner may still speak about the last one [s]."""
HELD_UP = 1.5
"""It asks people to step aside after standing so long in front of them [s]."""
IN_THE_WAY = 2.5
"""People so near ahead are in the way [m]."""
POLITE_EVERY = 12.0
"""Between two requests [s]."""
SLOW_BRUSH = 2.0
"""Brushes turn slowly with people so near [m]."""
BIN_FULL, WATER_EMPTY = 0.95, 0.03
"""Fractions."""
WORK = Tools(brush=1.0, spray=0.3, fan=1.0)
GENTLE = Tools(brush=0.3, spray=0.0, fan=1.0)


def build_mission(
    site: Site,
    *,
    seconds: float,
    behaviours: Mapping[str, Behaviour],
    progress: Callable[[], Progress] | None = None,
) -> SweeperMission:
    """Return the sweeper's mission.

    Args:
        site: The map, with a place of kind ``dock_charge`` and zones of kind ``sweep``.
        seconds: From the first estimate until it has to be back in the dock [s].
        behaviours: The folder ``behaviours/sweeper``.
        progress: What the planner says about the last base goal; None if nobody can tell.

    Raises:
        UnknownName: The site has no charging dock.
    """
    return SweeperMission(site, seconds, behaviours, progress or Progress)


@dataclass(slots=True)
class _Memory:
    start: float | None = None
    closed: list[str] = field(default_factory=list)
    """Zones finished or given up."""
    finished: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    choice: zones.Choice | None = None
    undock_from: Array = field(default_factory=lambda: np.zeros(3))
    requests: int = 0
    asked: bool = False
    """Whether it has asked since it was last held up."""
    trouble: str = ""
    """Why it asked for help."""
    held: Since = field(default_factory=Since)
    free: Since = field(default_factory=Since)


class SweeperMission(Duty):
    """Sweeps what fits into its time and comes home."""

    def __init__(
        self,
        site: Site,
        seconds: float,
        behaviours: Mapping[str, Behaviour],
        progress: Callable[[], Progress],
    ) -> None:
        super().__init__(table(), self._work, behaviours)
        self._site, self._seconds, self._progress = site, seconds, progress
        self._dock = frozen(site.place("dock_charge").pose)
        self._memory = _Memory()
        self._state: State | None = None

    # ------------------------------------------------------------------ as a Mission

    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""
        if self._memory.start is None:
            self._memory.start = state.time
        self._state = state
        return self._conduct.decide(state)

    def report(self) -> MissionReport:
        """Return what it has done so far."""
        memory, state = self._memory, self.machine.state
        counts = {
            "zones_begun": len(memory.closed) + (memory.choice is not None),
            "zones_finished": len(memory.finished),
            "requests": memory.requests,
        }
        home = state in ("finished", "returning/docked")
        return MissionReport("sweeper", state, home, counts, tuple(memory.notes), self.history)

    # ------------------------------------------------------------------ callbacks of the table

    def has_zone(self) -> bool:
        """Guard: it was at work on a zone."""
        return self._memory.choice is not None

    def begin_undock(self, event: Event) -> None:
        """Remember where it stood, and say that work begins."""
        assert self._state is not None
        self._memory.undock_from = self._state.pose_base_in_map
        self._speaker.say("starting", event.time)

    def begin_zone(self, _: Event) -> None:
        """Take note of the zone."""
        choice = self._memory.choice
        assert choice is not None
        if not choice.fits:
            name, needed = choice.zone.name, choice.total
            note = f"no zone fits whole: only part of {name}, which needs {needed:.0f} s"
            self._memory.notes += [] if note in self._memory.notes else [note]

    def begin_help(self, event: Event) -> None:
        """Call for a person."""
        lost = event.name == "lost_for_long"
        self._speaker.say("help" if lost else "help_way", event.time)
        what = "it was lost" if lost else "it could not get home"
        self._memory.trouble = event.reason
        note = f"{what} ({event.reason}) and asked for help at {event.time:.0f} s"
        self._memory.notes.append(note)

    def begin_docked(self, event: Event) -> None:
        """Say that the work is done."""
        self._speaker.say("finished", event.time)

    # ------------------------------------------------------------------ deciding

    def _work(self, state: State) -> Goal:
        event, reason = self._next(state)
        if event:
            self.machine.fire(Event(event, state.time, reason))
        return replace(self._goal(state), voice=self._speaker.current(state.time))

    def _next(self, state: State) -> tuple[str, str]:
        """Return the event that is due, with its reason; "" for none."""
        where, lasted = self.machine.state, state.time - self.machine.since
        if where.startswith("working"):
            due = self._has_to_go_home(state)
            if due[0]:
                return due
        lost = self._sight(state, where)
        if lost or where.endswith("lost") or where == "working/help":
            return lost, self.sight.reason
        told = self._progress() if lasted > FRESH else Progress()
        if where == "returning/docked":
            talking = self._speaker.current(state.time) is not None
            return "" if talking else "finished", ""
        if where == "working/undock":
            return "away" if self._is_undocked(state, lasted) else "", ""
        if where == "working/choose":
            return self._choose(state)
        if where.startswith("returning") and self._is_docked(state):
            return "docked", ""
        if where == "returning/help":
            return self._helpless(state, told), ""
        if where.endswith("wait"):
            return self._waiting(state, told)
        if self._is_held_up(state, told, lasted):
            return "blocked", told.reason or "people stand in the way"
        return self._driving(state, where, told)

    def _driving(self, state: State, where: str, told: Progress) -> tuple[str, str]:
        if where == "returning/transit":
            stuck = told.status is Status.IMPOSSIBLE
            return ("stuck", told.reason or "no way home") if stuck else ("", "")
        if told.status in (Status.DONE, Status.IMPOSSIBLE):
            return "zone_done", self._close_zone(told)
        if where == "working/cover/transit" and (told.working or self._is_inside(state)):
            return "arrived", ""
        return "", ""

    def _has_to_go_home(self, state: State) -> tuple[str, str]:
        left = self._left(state)
        home = zones.way_home(state.pose_base_in_map[:2], self._dock)
        if left < home + MARGIN:
            return "time_up", f"{left:.0f} s left, {home:.0f} s to go home"
        if state.tools.bin >= BIN_FULL:
            return "bin_full", f"bin at {state.tools.bin:.0%}"
        if state.tools.water <= WATER_EMPTY:
            return "water_empty", f"water at {state.tools.water:.0%}"
        return "", ""

    def _left(self, state: State) -> float:
        start = self._memory.start
        return math.inf if start is None else start + self._seconds - state.time

    def _sight(self, state: State, where: str) -> str:
        """Return ``lost``, ``lost_for_long``, ``found`` or ""."""
        self.sight.look(state)
        lost_here = where == "returning/help" and self._is_lost_for_help()
        if where.endswith("lost") or where == "working/help" or lost_here:
            if self.sight.is_found:
                return "found"
            if self.sight.is_lost_for_long and not where.endswith("help"):
                return "lost_for_long"
            if where.endswith("help"):
                self._speaker.say_politely("help", state.time, every=30.0)
            return ""
        known = where in ("returning/docked", "returning/help")
        return "lost" if self.sight.is_lost and not known else ""

    def _is_lost_for_help(self) -> bool:
        """Whether it asked for help because it was lost."""
        return self.machine.history[-1].event == "lost_for_long"

    def _helpless(self, state: State, told: Progress) -> str:
        """Ask now and then; go on when the planner has found a way."""
        if self._is_lost_for_help():
            return ""
        if told.status in (Status.MOVING, Status.BLOCKED):
            return "cleared"
        self._speaker.say_politely("help_way", state.time, every=30.0)
        return ""

    def _is_undocked(self, state: State, lasted: float) -> bool:
        moved = math.dist(self._memory.undock_from[:2], state.pose_base_in_map[:2])
        in_dock = math.dist(self._memory.undock_from[:2], self._dock[:2]) < 0.6
        boxed_in = isinstance(self._undock(), Stay)
        return (
            not in_dock
            or boxed_in
            or moved >= UNDOCK_LENGTH
            or lasted > 3.0 * UNDOCK_LENGTH / UNDOCK_SPEED
        )

    def _choose(self, state: State) -> tuple[str, str]:
        memory = self._memory
        open_zones = [
            zone
            for zone in self._site.zones.values()
            if zone.kind == "sweep" and zone.name not in memory.closed
        ]
        memory.choice = zones.choose(
            open_zones,
            state.pose_base_in_map[:2],
            dock=self._dock,
            seconds=self._left(state) - MARGIN,
            partly=not memory.closed,
        )
        if memory.choice is not None:
            return "chosen", memory.choice.zone.name
        reason = "no further zone fits" if memory.closed else "the time is too short for any zone"
        memory.notes.append(f"{reason}: {len(open_zones)} left")
        return "all_done", reason

    def _close_zone(self, told: Progress) -> str:
        memory = self._memory
        name = memory.choice.zone.name if memory.choice else ""
        memory.choice = None
        memory.closed.append(name)
        if told.status is Status.DONE:
            memory.finished.append(name)
            return f"{name}: {told.fraction:.0%}"
        memory.notes.append(f"{name} was given up: {told.reason or 'impossible'}")
        return told.reason

    def _is_inside(self, state: State) -> bool:
        """Whether the robot is in its zone."""
        choice = self._memory.choice
        here = Point(state.pose_base_in_map[:2])
        return choice is not None and bool(Polygon(choice.zone.polygon).contains(here))

    # ------------------------------------------------------------------ manners

    def _people_ahead(self, state: State, reach: float) -> bool:
        """Whether a person stands within ``reach`` [m] in the front half."""
        x, y, yaw = state.pose_base_in_map
        for one in state.obstacles:
            dx, dy = one.position_in_map[0] - x, one.position_in_map[1] - y
            ahead = math.cos(yaw) * dx + math.sin(yaw) * dy > 0.0
            if one.kind in PEOPLE and ahead and math.hypot(dx, dy) < reach:
                return True
        return False

    def _is_held_up(self, state: State, told: Progress, lasted: float) -> bool:
        still = abs(float(state.twist_base_in_base[0])) < 0.05
        blocked = told.status is Status.BLOCKED or (still and told.status is Status.MOVING)
        there = self._people_ahead(state, IN_THE_WAY)
        return self._memory.held.lasted(blocked and there and lasted > FRESH, state.time) > HELD_UP

    def _waiting(self, state: State, told: Progress) -> tuple[str, str]:
        memory = self._memory
        if told.status in (Status.DONE, Status.IMPOSSIBLE):  # its patience is at an end
            memory.asked = False
            if self.machine.is_in("returning"):
                return ("stuck", told.reason) if told.status is Status.IMPOSSIBLE else ("", "")
            return "zone_done", self._close_zone(told)
        moving = abs(float(state.twist_base_in_base[0])) > 0.05
        gone = not self._people_ahead(state, IN_THE_WAY)
        if moving or memory.free.lasted(gone, state.time) > 0.3:
            if memory.asked:
                self._speaker.say_politely("thank_you", state.time, every=POLITE_EVERY)
            memory.asked, memory.held, memory.free = False, Since(), Since()
            return "cleared", ""
        if self._speaker.say_politely("excuse_me", state.time, every=POLITE_EVERY):
            memory.requests += 1
            memory.asked = True
        return "", ""

    # ------------------------------------------------------------------ goals

    def _is_docked(self, state: State) -> bool:
        turned = abs(wrap(float(self._dock[2] - state.pose_base_in_map[2])))
        near = math.dist(self._dock[:2], state.pose_base_in_map[:2]) < 0.15 and turned < 0.15
        still = abs(float(state.twist_base_in_base[0])) < 0.05
        return near and still

    def _goal(self, state: State) -> Goal:
        where, choice = self.machine.state, self._memory.choice
        name = choice.zone.name if choice else ""
        part = "" if choice is None or choice.fits else ", as much as the time allows"
        if where == "working/cover/sweep":
            gentle = self._people_ahead(state, SLOW_BRUSH)
            activity = f"sweeping {name}{part}"
            return Goal(Cover(name), tools=GENTLE if gentle else WORK, activity=activity)
        base, activity = self._base(where, name, part)
        return Goal(base, activity=activity)

    def _base(self, where: str, name: str, part: str) -> tuple[BaseGoal, str]:
        dock = GoTo(self._dock, tolerance=0.10, tolerance_yaw=0.10)
        goals: dict[str, tuple[BaseGoal, str]] = {
            "working/undock": (self._undock(), "leaving the dock"),
            "working/choose": (Stay(), "choosing a zone"),
            "working/cover/transit": (Cover(name), f"driving to {name}{part}"),
            "working/cover/wait": (Cover(name), "asking people to let it pass"),
            "working/lost": (Stay(), "finding out where it is"),
            "working/help": (Stay(), f"lost: asking for help: {self._memory.trouble}"),
            "returning/transit": (dock, "returning to the dock"),
            "returning/wait": (dock, "asking people to let it home"),
            "returning/lost": (Stay(), "finding out where it is"),
            "returning/docked": (Stay(), "parked in the dock"),
        }
        if where == "returning/help":
            base = Stay() if self._is_lost_for_help() else dock
            return base, f"asking for help: {self._memory.trouble}"
        return goals.get(where, (Stay(), where))

    def _undock(self) -> BaseGoal:
        """Return backing out of the dock, or standing if there is no room behind."""
        behind = [[-length, 0.0] for length in np.linspace(0.5, 0.6 + UNDOCK_LENGTH, 8)]
        points = transform(self._memory.undock_from, behind)
        if bool(np.any(self._site.occupied.value(points, True))):
            return Stay()
        return Drive(np.array([-UNDOCK_SPEED, 0.0, 0.0]))
