"""What the sweeper does all day: sweeps zones by priority, fills up, empties, rests, comes home."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.mission import Event, MissionReport
from robotics.core.arrays import Array, frozen
from robotics.core.messages import BaseGoal, Cover, Goal, State, Stay, Tools
from robotics.core.parts import Progress, Status
from robotics.mapping.places import Site
from robotics.planning.docking import Docking, Phase, failed
from robotics.robots.duty import Duty
from robotics.robots.means import Means
from robotics.robots.sweeper import zones
from robotics.robots.sweeper.acting import CLOSING, SPOKEN, around, perform, performed, remarks
from robotics.robots.sweeper.antics import Antics
from robotics.robots.sweeper.choosing import Next, choose_next, is_usable, resting
from robotics.robots.sweeper.day import Day, clock_of
from robotics.robots.sweeper.leaving import Leaving
from robotics.robots.sweeper.litter import LitterReports
from robotics.robots.sweeper.manners import Manners
from robotics.robots.sweeper.progress import DayMemory, DayProgress
from robotics.robots.sweeper.states import NEEDS, table
from robotics.robots.sweeper.supplies import is_served, level, urgent_need
from robotics.robots.sweeper.work import Work, is_inside

MARGIN = 5.0
"""It wants to be in the dock so long before its time is over [s]."""
FRESH = 0.5
"""So long after a new base goal the planner may still speak about the last one [s]."""
NOTHING_COMES = 20.0
"""A station that has given nothing for so long does not work [s]."""


def build_mission(
    site: Site,
    *,
    seconds: float,
    behaviours: Mapping[str, Behaviour],
    progress: Callable[[], Progress] | None = None,
    day: Day | None = None,
    clock: float | None = None,
    memory: DayMemory | None = None,
    means: Means | None = None,
) -> SweeperMission:
    """Return the sweeper's mission.

    Args:
        site: The map, with a place of kind ``dock_charge`` and zones of kind ``sweep``.
        seconds: From the first estimate until it has to be back in the dock [s].
        behaviours: The folder ``behaviours/sweeper``.
        progress: What the planner says about the last base goal; None if nobody can tell.
        day: The plan; None for all zones at any time.
        clock: Time of day at the first estimate [s since midnight]; None for when the day opens.
        memory: What it remembers of a day that was interrupted; it then knows ``seconds`` and
            ``clock`` itself.
        means: Certificates and songs.

    Raises:
        UnknownName: The site has no charging dock.
    """
    day = day or Day.plain(site)
    begun = DayProgress.begin(day, seconds, day.opens if clock is None else clock)
    day_progress = begun if memory is None else DayProgress.recall(day, memory)
    return SweeperMission(site, day_progress, behaviours, progress or Progress, means)


@dataclass(slots=True)
class _Now:
    """What it is at; after a restart all of it is found out anew."""

    next: Next = field(default_factory=Next)
    docking: Docking | None = None
    trouble: str = ""
    """Why it asked for help."""
    at_hand: bool = False
    """Whether it has just been served: the next station is near."""
    served: float = -math.inf
    """The level that a station has reached, and since when [s]."""
    since: float = 0.0


class SweeperMission(Duty):
    """Works through its day and comes home."""

    def __init__(
        self,
        site: Site,
        day: DayProgress,
        behaviours: Mapping[str, Behaviour],
        progress: Callable[[], Progress],
        means: Means | None = None,
    ) -> None:
        super().__init__(table(), self._work, behaviours, means)
        self._site, self._progress = site, progress
        self._dock = frozen(site.place("dock_charge").pose)
        self.day, self._antics = day, Antics(self._dock)
        self._manners, self._leaving = Manners(self.acts), Leaving(site)
        self._litter, self._sweeping, self._now = LitterReports(self.acts, day), Work(), _Now()
        self._state: State | None = None

    # ---------------------------------------------------------------- as a Mission
    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""
        self._state = state
        self.day.look(state)
        self._litter.look(state)
        return self._conduct.decide(state)

    def memory(self) -> DayMemory:
        """Return what has to outlive a restart."""
        serving = self.machine.is_in("working/service")
        return replace(
            self.day.memory(),
            requests=self.day.requests + self._manners.requests,
            station=self._now.next.station if serving else self.day.station,
        )

    def begin_service(self, _: Event) -> None:
        """Take note of the station: what was bound for before a restart is taken up."""
        self.day.station = ""

    def report(self) -> MissionReport:
        """Return what it has done so far."""
        day, state = self.day, self.machine.state
        counts = day.counts(self._manners.requests)
        home = state in ("finished", "returning/docked")
        return MissionReport("sweeper", state, home, counts, tuple(day.notes), self.history)

    # ---------------------------------------------------------------- callbacks of the table
    def has_zone(self) -> bool:
        """Guard: it was at work on a zone."""
        return bool(self.day.begun)

    def begin_undock(self, event: Event) -> None:
        """Remember where it stood, and say that work begins, once a day."""
        assert self._state is not None
        self._leaving.begin(self._state.pose_base_in_map)
        self._now.docking = None
        perform(self.acts, ("reversing",) if self.day.started else ("starting",), event.time)
        self.day.started = True

    def begin_zone(self, _: Event) -> None:
        """Take note of the zone."""
        choice = self._now.next.choice
        if choice is None or choice.fits:
            return
        name, needed = choice.zone.name, choice.total
        self.day.note(f"no zone fits whole: only part of {name}, which needs {needed:.0f} s")

    def begin_serve(self, event: Event) -> None:
        """Say what it does there."""
        self._now.served, self._now.since = -math.inf, event.time
        self.acts.begin(SPOKEN[self._now.next.station], event.time)

    def begin_help(self, event: Event) -> None:
        """Call for a person."""
        lost = event.name == "lost_for_long"
        self.acts.begin("help" if lost else "help_way", event.time)
        what = "it was lost" if lost else "it could not get home"
        self._now.trouble = event.reason
        self.day.note(f"{what} ({event.reason}) and asked for help at {event.time:.0f} s")

    def begin_docked(self, event: Event) -> None:
        """Say whether this is the end of the day."""
        assert self._state is not None
        self._now.docking = None
        self.day.over = not resting(self.day, self._site, self._state, dock=self._dock)[0]
        perform(self.acts, CLOSING if self.day.over else ("resting",), event.time)

    # ---------------------------------------------------------------- deciding
    def _work(self, state: State) -> Goal:
        self.acts.world = around(state)
        event, reason = self._next(state)
        if event:
            self.machine.fire(Event(event, state.time, reason))
            perform(self.acts, remarks(reason), state.time, 40.0)
        seen, parked = self.acts.advance(self.acts.world), self.machine.is_in("returning/docked")
        return performed(self._antics.allow(self._goal(state), seen, state, parked=parked), seen)

    def _next(self, state: State) -> tuple[str, str]:
        """Return the event that is due, with its reason; "" for none."""
        where, lasted = self.machine.state, state.time - self.machine.since
        if where.startswith("working"):
            due = self._has_to_go(state, where)
            if due[0]:
                return due
        lost = self._sight(state, where)
        if lost or where.endswith("lost") or where == "working/help":
            return lost, self.sight.reason
        told = self._progress() if lasted > FRESH else Progress()
        if where == "returning/docked":
            return self._rest(state)
        if where == "working/undock":
            if self.day.station:  # it was on its way there, or in it, when it was interrupted
                self._now.next = Next(station=self.day.station)
                return "supply", "going on where it was interrupted"
            return "away" if self._leaving.is_away(state, lasted) else "", ""
        if where == "working/choose":
            return self._choose(state)
        if where == "working/service/serve":
            return self._serve(state)
        if where == "returning/help":
            return self._helpless(state, told), ""
        if where.startswith(("working/service", "returning")):
            return self._docked_or_held(state, where, told)
        return self._cover(state, where, told)

    def _has_to_go(self, state: State, where: str) -> tuple[str, str]:
        left = self.day.left
        home = zones.way_home(state.pose_base_in_map[:2], self._dock)
        if left < home + MARGIN:
            return "time_up", f"{left:.0f} s left, {home:.0f} s to go home"
        if self.day.raining and not where.endswith("serve"):
            return "pause", f"it rains {state.tools.rain:.1f} mm/h"
        if where.startswith("working/cover"):
            name = self.day.begun
            if name and self.day.day.left(name, self.day.clock) <= 0.0:
                return "zone_done", f"{name} is closed at {clock_of(self.day.clock)}"
            need = urgent_need(state, self.day.day.supplies)
            if need is not None:
                self._now.next = Next(station=need.kind, reason=need.reason)
                if not is_usable(need.kind, self.day, self._site):
                    return "pause", need.reason
                return NEEDS[need.kind == "dock_water"], need.reason
            if state.battery.charge <= self.day.day.supplies.charge_least:
                return "pause", f"battery at {state.battery.charge:.0%}"
        return "", ""

    def _choose(self, state: State) -> tuple[str, str]:
        now = self._now
        now.next = choose_next(
            self.day, self._site, state, dock=self._dock, at_hand=now.at_hand, margin=MARGIN
        )
        now.docking = None
        if now.next.choice is not None:
            self.day.begun, now.at_hand = now.next.choice.zone.name, False
            self._sweeping.begin(now.next.choice, state)
        return now.next.event, now.next.reason

    def _rest(self, state: State) -> tuple[str, str]:
        """Charge until the day goes on, or is over."""
        goes_on, wait = resting(self.day, self._site, state, dock=self._dock)
        if not goes_on:
            self.day.over = True
            busy = self.acts.runner.is_busy() or self._antics.is_away
            return ("", "") if busy else ("finished", wait)
        self._now.next = Next(reason=wait)
        return ("", "") if wait else ("go_on", "")

    def _serve(self, state: State) -> tuple[str, str]:
        now, kind = self._now, self._now.next.station
        reached = level(kind, state)
        if reached > now.served + 0.005:
            now.served, now.since = reached, state.time
        if is_served(kind, state):
            self.day.services[kind] = self.day.services.get(kind, 0) + 1
            now.at_hand = True
            return "served", f"{kind[5:]} at {abs(reached):.0%}"
        if state.time - now.since > NOTHING_COMES:
            self._break(kind, "it gives nothing")
            return "served", f"the station for {kind[5:]} gives nothing"
        return "", ""

    def _break(self, kind: str, why: str) -> None:
        self.day.broken.append(kind)
        self.day.note(f"the station {kind} could not be used ({why}): somebody has to look at it")

    def _docked_or_held(self, state: State, where: str, told: Progress) -> tuple[str, str]:
        """Answer on the way into a station."""
        docking = self._station()
        home = where.startswith("returning")
        if docking.phase is Phase.FAILED or told.status is Status.IMPOSSIBLE:
            why = failed(docking) or told.reason or "no way there"
            self._now.docking = None
            if home:
                return "stuck", why
            self._break(self._now.next.station, why)
            return "unserved", why
        if where.endswith("approach"):
            if docking.phase is Phase.DONE:
                return "docked", ""
            if docking.phase is Phase.STAGE:
                return "astray", "it stands beside the line"
            if self._manners.is_held_up(state, Progress(Status.MOVING)):
                self._manners.ask(state.time)
            return "", ""
        if docking.is_inside:
            return "aligned", ""
        if where.endswith("wait"):
            return ("cleared", "") if self._manners.is_let_through(state) else ("", "")
        if self._manners.is_held_up(state, told):
            return "blocked", told.reason or "people stand in the way"
        return "", ""

    def _cover(self, state: State, where: str, told: Progress) -> tuple[str, str]:
        """Answer while at work on a zone."""
        if told.fraction > 0.0 and self.day.begun:
            self.day.fractions[self.day.begun] = told.fraction
        if told.status in (Status.DONE, Status.IMPOSSIBLE):
            self._manners.give_up()
            return "zone_done", self._close_zone(told, state)
        if where.endswith("wait"):
            return ("cleared", "") if self._manners.is_let_through(state) else ("", "")
        if self._manners.is_held_up(state, told):
            return "blocked", told.reason or "people stand in the way"
        inside = told.working or is_inside(self._site.zones.get(self.day.begun), state)
        return ("arrived", "") if where.endswith("transit") and inside else ("", "")

    def _close_zone(self, told: Progress, state: State) -> str:
        done = told.status is Status.DONE
        if done:
            self._sweeping.end(self.day, state)
        name = self.day.close(done=done)
        if done:
            return f"{name}: {told.fraction:.0%}"
        self.day.note(f"{name} was given up: {told.reason or 'impossible'}")
        return told.reason

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
                self.acts.say_politely("help", state.time, every=30.0)
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
        self.acts.say_politely("help_way", state.time, every=30.0)
        return ""

    # ---------------------------------------------------------------- goals
    def _station(self) -> Docking:
        """Return the way into the station that it is bound for."""
        if self._now.docking is None:
            pose: Array = self._dock
            if self.machine.is_in("working"):
                pose = self._site.place(self._now.next.station).pose
            self._now.docking = Docking(np.asarray(pose))
        return self._now.docking

    def _goal(self, state: State) -> Goal:
        where, name = self.machine.state, self.day.begun
        choice = self._now.next.choice
        part = "" if choice is None or choice.fits else ", as much as the time allows"
        if where == "working/cover/sweep":
            tools, speed = self._sweeping.settings(state, self.day, self._site, dock=self._dock)
            tools = tools if self._progress().working else Tools()  # turns on ground swept before
            return Goal(Cover(name, speed), tools=tools, activity=f"sweeping {name}{part}")
        base, activity = self._base(state, where, f"{name}{part}")
        return Goal(base, activity=activity)

    def _base(self, state: State, where: str, name: str) -> tuple[BaseGoal, str]:
        zone, what = Cover(self.day.begun), self._now.next.reason
        station = f"the station for {self._now.next.station[5:]}"
        stands = {
            "working/choose": "choosing what comes next",
            "working/service/serve": f"at {station}",
            "working/lost": "finding out where it is",
            "working/help": f"lost: asking for help: {self._now.trouble}",
            "returning/lost": "finding out where it is",
            "returning/docked": f"in the dock: {what}" if what else "parked in the dock",
            "finished": "parked in the dock",
        }
        if where in stands:
            return Stay(), stands[where]
        if where == "working/undock":
            return self._leaving.base(), "leaving the dock"
        if where == "working/cover/transit":
            return zone, f"driving to {name}"
        if where == "working/cover/wait":
            return zone, "asking people to let it pass"
        if where == "returning/help":
            base = Stay() if self._is_lost_for_help() else self._station().staging
            return base, f"asking for help: {self._now.trouble}"
        there = station if where.startswith("working") else "the dock"
        said = "asking people to let it pass" if where.endswith("wait") else f"driving to {there}"
        return self._station().base(state), said
