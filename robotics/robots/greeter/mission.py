"""What the greeter does all day: notices, greets, follows, says goodbye, takes a few steps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.guests import Guest
from robotics.behaviour.mission import Event, MissionReport
from robotics.core.arrays import Array, frozen
from robotics.core.geometry import transform, wrap
from robotics.core.messages import Drive, Goal, GoTo, Posture, State
from robotics.core.parts import Progress, Status
from robotics.mapping.places import Site
from robotics.robots.duty import Duty
from robotics.robots.greeter.audience import Audience, Seen
from robotics.robots.greeter.elbow_room import ElbowRoom
from robotics.robots.greeter.states import table

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
"""Never farther from its station [m]."""
SPEED = 0.2
"""Of the steps [m/s]."""
TURN_RATE = 0.4
"""[rad/s]."""
FACED = math.radians(15.0)
"""A turn is over when its guest is so near to straight ahead [rad]."""
PATIENCE = 12.0
"""For one stretch or turn [s]."""
FAILED = 3
"""It asks for help after so many ways home in a row that led nowhere."""
AGAIN = 30.0
"""So long after asking for help it tries again, and asks again [s]."""
FAREWELL_TIME = 6.0
"""Left for the last bow [s]."""


def build_mission(
    site: Site,
    *,
    seconds: float,
    behaviours: Mapping[str, Behaviour],
    progress: Callable[[], Progress] | None = None,
) -> GreeterMission:
    """Return the greeter's mission.

    Args:
        site: The map; a place of kind ``greeter`` is its station.
        seconds: How long it works, from the first estimate on [s].
        behaviours: The folder ``behaviours/greeter``.
        progress: What the planner says about the last base goal; None if nobody can tell.
    """
    return GreeterMission(site, seconds, behaviours, progress or Progress)


@dataclass(slots=True)
class _Tally:
    greeted: int = 0
    greetings: int = 0
    strolls: int = 0
    turns: int = 0
    failed: int = 0
    """Ways home in a row that led nowhere."""
    help: tuple[str, ...] = ()
    """What it asked for help about."""


class GreeterMission(Duty):
    """Greets every visitor once, and groups together."""

    def __init__(
        self,
        site: Site,
        seconds: float,
        behaviours: Mapping[str, Behaviour],
        progress: Callable[[], Progress],
    ) -> None:
        self.audience = Audience()
        super().__init__(table(), self._work, behaviours)
        self._site, self._seconds, self._progress = site, seconds, progress
        self._behaviours = behaviours
        self._tally = _Tally()
        self._start: float | None = None
        self._station = self._stroll = frozen(np.zeros(3))
        self._next_stroll = self._next_return = 0.0
        self._clip, self._group = "", 0
        self._elbow_room = ElbowRoom()
        self._looks_at: Guest | None = None
        self._turns_to: Guest | None = None
        self._company_until = 0.0

    # ------------------------------------------------------------------ as a Mission

    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""
        if self._start is None:
            self._start = state.time
            self._station = self._find_station(state.pose_base_in_map)
            self._next_stroll = state.time + STROLL_FIRST
        return self._conduct.decide(state)

    def report(self) -> MissionReport:
        """Return what it has done so far."""
        tally = self._tally
        names = ("greeted", "greetings", "strolls", "turns")
        counts = {name: getattr(tally, name) for name in names}
        notes = () if tally.strolls else ("it found no free moment for its few steps",)
        notes = (*notes, *(f"it asked for help: {reason}" for reason in tally.help))
        state = self.machine.state
        return MissionReport("greeter", state, state == "finished", counts, notes, self.history)

    # ------------------------------------------------------------------ callbacks of the table

    def begin_greeting(self, event: Event) -> None:
        """Choose the greeting by who is there, and start it."""
        guests = self.audience.greet()
        self._group = len(guests)
        several, child = len(guests) > 1, any(guest.child for guest in guests)
        self._clip = "greet_family" if several else "greet_child" if child else "greet_morning"
        self._speaker.say(self._clip, event.time)
        self._tally.greetings += 1
        self._tally.greeted += len(guests)

    def begin_following(self, event: Event) -> None:
        """Remember that there is company."""
        self._company_until = event.time + 2.0

    def begin_farewell(self, event: Event) -> None:
        """Start to say goodbye."""
        self._speaker.say("farewell", event.time)

    def begin_turn(self, _: Event) -> None:
        """Remember to whom."""
        aside = self.audience.aside()
        self._turns_to = None if aside is None else aside.guest
        self._tally.turns += 1

    def begin_help(self, event: Event) -> None:
        """Call for a person, and keep the reason."""
        self._speaker.say("help", event.time)
        self._tally.help = (*self._tally.help, event.reason)

    def begin_leaving(self, event: Event) -> None:
        """Start the last bow."""
        self._speaker.say("bow", event.time)

    # ------------------------------------------------------------------ deciding

    def _work(self, state: State) -> Goal:
        self.audience.update(state)
        assert self._start is not None
        self.sight.look(state)
        over = state.time - self._start >= self._seconds - FAREWELL_TIME
        due = "time_up" if over and self.machine.is_in("working") else self._next(state)
        self._fire(due, state)
        goal = self._goal(state)
        return replace(goal, voice=self._speaker.current(state.time))

    def _fire(self, event: str, state: State) -> None:
        if event:
            lost = self.sight.reason if event.startswith("lost") else ""
            blocked = "its way home is blocked" if event == "stuck" else ""
            self.machine.fire(Event(event, state.time, lost or blocked))

    def _next(self, state: State) -> str:
        """Return the event that is due in the present state; "" for none."""
        where, lasted = self.machine.state, state.time - self.machine.since
        if where == "leaving":
            return "finished" if lasted >= self._behaviours["bow"].duration else ""
        if where == "working/greet":
            return self._greeting_goes_on(state, lasted)
        if where in ("working/lost", "working/help"):
            return self._helpless(state, where, lasted)
        if self.sight.is_lost and self.machine.table.answers(where, "lost"):
            return "lost"
        stepping = where in ("working/stroll/out", "working/stroll/back")  # a few seconds
        if self.audience.waiting() and not stepping:
            return "near"
        where = where.removeprefix("working/")
        if where.startswith("stroll/"):
            return self._strolling(state, where, lasted)
        choices = {
            "idle": self._idling,
            "notice": self._noticing,
            "follow": self._following,
            "farewell": self._parting,
            "turn": self._turning,
        }
        return choices[where](state, lasted) if where in choices else ""

    def _helpless(self, state: State, where: str, lasted: float) -> str:
        """Wait until it knows where it is, ask for help if that takes long; try the way again."""
        if where == "working/lost":
            if self.sight.is_found:
                return "found"
            return "lost_for_long" if self.sight.is_lost_for_long else ""
        if self.machine.history[-1].event == "lost_for_long":
            self._speaker.say_politely("help", state.time, every=AGAIN)
            return "found" if self.sight.is_found else ""
        if lasted < AGAIN:
            return ""
        self._tally.failed = FAILED - 1
        return "again"

    def _greeting_goes_on(self, state: State, lasted: float) -> str:
        length = self._behaviours[self._clip].duration
        if lasted < 0.6 * length:  # who joins now belongs to the group
            late = self.audience.greet()
            self._group += len(late)
            self._tally.greeted += len(late)
        talking = self._speaker.current(state.time) is not None
        return "" if talking or lasted < length else "greeted"

    def _idling(self, state: State, lasted: float) -> str:
        if self.audience.aside() is not None and lasted > 1.0:
            return "aside"
        if self.audience.coming():
            return "noticed"
        if self._tally.failed >= FAILED:
            return "stuck"
        if self._is_off_station(state) and state.time >= self._next_return:
            return "away"
        return "restless" if self._may_stroll(state) else ""

    def _noticing(self, state: State, lasted: float) -> str:
        if self.audience.aside() is not None and lasted > 1.0:
            return "aside"
        if self.audience.coming():
            self._company_until = state.time + 1.5
        return "settled" if state.time > self._company_until and lasted > 1.6 else ""

    def _following(self, state: State, lasted: float) -> str:
        if self.audience.aside() is not None and lasted > 1.0:
            return "aside"
        if not self.audience.within(3.5):
            return "left" if state.time > self._company_until else ""
        self._company_until = state.time + 1.5
        if lasted > 10.0:  # they stay: show them the way, at most once a minute
            self._speaker.say_politely("point_the_way", state.time, every=60.0)
        if lasted < 2.0 or self._speaker.current(state.time) or self.audience.within(CROWDED):
            return ""
        if self._from_station(state) > 0.35 and state.time >= self._next_return:
            return "away"
        return "restless" if self._may_stroll(state) else ""

    def _parting(self, state: State, lasted: float) -> str:
        talking = self._speaker.current(state.time) is not None
        return "" if talking or lasted < self._behaviours["farewell"].duration else "settled"

    def _turning(self, state: State, lasted: float) -> str:
        aside = self.audience.find(self._turns_to)
        self._next_return = state.time + 20.0
        tethered = self._from_station(state) < LEASH
        if aside is None or abs(aside.bearing) < FACED or lasted > PATIENCE or not tethered:
            return "settled"
        return ""

    def _strolling(self, state: State, where: str, lasted: float) -> str:
        goal = self._stroll if where == "stroll/out" else self._station
        told = (
            self._progress() if lasted > 0.5 else Progress()
        )  # earlier, it is about the last goal
        over = told.status in (Status.DONE, Status.IMPOSSIBLE) or lasted > PATIENCE
        offset = math.dist(goal[:2], state.pose_base_in_map[:2])
        turned = abs(wrap(float(goal[2] - state.pose_base_in_map[2])))
        there = offset < 0.12 and turned < 0.2
        if where == "stroll/pause":
            return "away" if lasted > 2.0 else ""
        crowded = bool(self.audience.within(CROWDED))
        if where == "stroll/back":
            if over and not crowded and self._is_off_station(state):
                self._tally.failed += 1
            self._tally.failed = 0 if there else self._tally.failed
            over = over or crowded
            if there or over:
                self._next_return = state.time + 10.0
            return "home" if there or over else ""
        over = over or crowded
        return "reached" if there or over or self._from_station(state) > LEASH else ""

    # ------------------------------------------------------------------ its station

    def _find_station(self, pose: Array) -> Array:
        """Return the map's station, if the robot stands on it, else where it stands."""
        for place in self._site.places.values():
            if place.kind == "greeter" and math.dist(place.pose[:2], pose[:2]) < 0.5:
                return frozen(place.pose)
        return frozen(pose)

    def _from_station(self, state: State) -> float:
        return math.dist(self._station[:2], state.pose_base_in_map[:2])

    def _is_off_station(self, state: State) -> bool:
        turned = abs(wrap(float(self._station[2] - state.pose_base_in_map[2])))
        return self._from_station(state) > 0.35 or turned > 0.6

    def _may_stroll(self, state: State) -> bool:
        """Whether it is time for a few steps and there is room; the goal is set if so."""
        waited = state.time - self._next_stroll
        assert self._start is not None
        left = self._start + self._seconds - state.time
        if waited < 0.0 or left < 2.5 * PATIENCE or state.quality < 0.5:
            return False
        clear = STROLL_FREE if waited < OVERDUE else 0.5 * STROLL_FREE
        if self.audience.within(clear):
            return False
        for goal in transform(self._station, STROLLS):
            crowded = any(math.dist(one.guest.position, goal) < 1.5 for one in self.audience.seen)
            if self._is_free(goal) and not crowded:
                self._stroll = frozen([*goal, self._station[2]])
                self._next_stroll = state.time + STROLL_EVERY
                self._tally.strolls += 1
                return True
        return False

    def _is_free(self, point: Array) -> bool:
        """Whether the map has half a metre of room around ``point`` (2,)."""
        around = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
        ring = point + 0.5 * np.column_stack([np.cos(around), np.sin(around)])
        points = np.vstack([point, ring])
        taken = self._site.occupied.value(points, True) | self._site.keepout.value(points, True)
        return not bool(np.any(taken))

    # ------------------------------------------------------------------ goals

    def _goal(self, state: State) -> Goal:
        where, since = self.machine.state.removeprefix("working/"), self.machine.since
        here, many = self._target(state), len(self.audience.within(3.5))
        face = None if here is None else self.audience.face_of(here)
        if where == "stroll/out":
            return Goal(GoTo(self._stroll, speed=SPEED), activity="taking a few steps")
        if where == "stroll/back":
            return Goal(GoTo(self._station, speed=SPEED), activity="walking back to its station")
        if where == "turn":
            activity = "turning to people who stand aside"
            return Goal(self._turn(), Posture(look_at_in_map=face), activity=activity)
        pointing = self._speaker.current(state.time)
        if where == "follow" and pointing and pointing.behaviour == "point_the_way":
            posture = Posture(self._gesture("point_the_way", state), pointing.start)
            return Goal(posture=posture, activity="showing the way")
        clip, activity = {
            "idle": ("sway", "swaying and looking around"),
            "notice": ("notice", f"noticing {people(max(many, 1))}"),
            "greet": (self._clip, f"greeting {people(self._group)}"),
            "follow": ("breathe", f"following {people(max(many, 1))} with its face"),
            "farewell": ("farewell", "saying goodbye"),
            "stroll/pause": ("breathe", "standing and looking at the sea"),
            "lost": ("", "finding out where it is"),
            "help": ("", f"asking for help: {self._tally.help[-1] if self._tally.help else ''}"),
            "leaving": ("bow", "bowing: the visit is over"),
        }.get(where, ("", where))
        posture = Posture(self._gesture(clip, state), since, look_at_in_map=face)
        return Goal(posture=posture, activity=activity)

    def _gesture(self, clip: str, state: State) -> str:
        """Return ``clip``, or a movement without arms while somebody could walk into them."""
        return clip if self._elbow_room.allows(clip, state) else "breathe"

    def _turn(self) -> Drive:
        aside = self.audience.find(self._turns_to)
        bearing = 0.0 if aside is None else aside.bearing
        rate = float(np.clip(1.2 * bearing, -TURN_RATE, TURN_RATE))
        return Drive(np.array([0.0, 0.0, rate]))

    def _target(self, state: State) -> Seen | None:
        """Return whom to look at: the same as before unless somebody is clearly nearer."""
        near = [one for one in self.audience.within(5.0) if abs(one.bearing) < math.radians(130)]
        if not near or self.machine.state == "working/idle":
            self._looks_at = None
            return None
        same = [one for one in near if one.guest is self._looks_at]
        chosen = same[0] if same and same[0].distance < near[0].distance + 0.5 else near[0]
        self._looks_at = chosen.guest
        return chosen


def people(count: int) -> str:
    """Return "one visitor", "two visitors", … for the activity text."""
    words = ("no", "one", "two", "three", "four", "five", "six")
    number = words[count] if count < len(words) else str(count)
    return f"{number} visitor{'' if count == 1 else 's'}"
