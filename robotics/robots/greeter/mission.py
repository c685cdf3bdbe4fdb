"""What the greeter does all day: greets, answers, shows, shakes hands, takes a few steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.mission import Event, MissionReport
from robotics.behaviour.situation import Situation
from robotics.core.messages import BaseGoal, Drive, Goal, GoTo, Playing, Posture, State, Stay
from robotics.core.parts import Progress
from robotics.mapping.places import Site
from robotics.robots.greeter import acting
from robotics.robots.greeter.account import title
from robotics.robots.greeter.activity import activity
from robotics.robots.greeter.deciding import FAREWELL_TIME, Deciding
from robotics.robots.greeter.elbow_room import ElbowRoom
from robotics.robots.greeter.gaze import Gaze
from robotics.robots.greeter.greetings import farewells
from robotics.robots.greeter.handshake import CLIP
from robotics.robots.greeter.jolts import Jolts
from robotics.robots.greeter.strolling import SPEED
from robotics.robots.means import Means

INTERRUPTS = ("near", "asked", "lost", "bumped")
"""Events that break a visit off; it may set out for the same people again."""
BUMPED = "bumped"
"""What it says to who has run into it."""
TURN_RATE = 0.4
"""[rad/s]."""
STEPPING = ("stroll/out", "stroll/back", "visit", "turn", "lost", "help")
BACKGROUND = {"idle": "sway", **dict.fromkeys(STEPPING, "")}
"""What plays under everything else; in every other state it breathes."""


def build_mission(
    site: Site,
    *,
    seconds: float,
    behaviours: Mapping[str, Behaviour],
    progress: Callable[[], Progress] | None = None,
    means: Means | None = None,
) -> GreeterMission:
    """Return the greeter's mission.

    Args:
        site: The map; a place of kind ``greeter`` is its station.
        seconds: How long it works, from the first estimate on [s].
        behaviours: The folder ``behaviours/greeter``.
        progress: What the planner says about the last base goal; None if nobody can tell.
        means: Knowledge, hands, certificates.
    """
    return GreeterMission(site, seconds, behaviours, progress or Progress, means or Means())


class GreeterMission(Deciding):
    """Greets every visitor once, and groups together; answers; shows what it can."""

    def __init__(
        self,
        site: Site,
        seconds: float,
        behaviours: Mapping[str, Behaviour],
        progress: Callable[[], Progress],
        means: Means,
    ) -> None:
        super().__init__(site, seconds, behaviours, progress, means)
        self._elbows, self._gaze, self._jolts = ElbowRoom(), Gaze(), Jolts()
        self._told: BaseGoal = Stay()

    # ------------------------------------------------------------------ as a Mission

    def decide(self, state: State) -> Goal:
        """Return the goal for this tick."""
        if self._start is None:
            self._start = state.time
            self._strolls.begin(state, self._seconds)
            self._shows.begin(state.time)
        self._talk.hear(state.heard, state.time)
        return self._conduct.decide(state)

    def report(self) -> MissionReport:
        """Return what it has done so far."""
        state = self.machine.state
        account = replace(
            self._account,
            strolls=self._strolls.count,
            visits=self._visits.count,
            met=self._visits.met,
            replies=tuple(self._talk.replies),
            shaken=self._offers.shake.shaken,
            declined=self._offers.shake.declined,
        )
        return MissionReport(
            "greeter",
            state,
            state == "finished",
            account.counts(self._behaviours),
            account.notes(self._behaviours, self.acts.runner.notes),
            self.history,
        )

    # ------------------------------------------------------------------ callbacks of the table

    def begin_greeting(self, event: Event) -> None:
        """Choose the greeting by who is there and the time of day, and start it."""
        time = event.time
        self.acts.break_off(time, "somebody is to be greeted")
        guests = [one.guest for one in self.audience.strangers()]
        suited = self._hails.suited(guests, time, self._clock(time))
        self.audience.greet()
        self._now.greeting = self.acts.begin_one(suited, time)
        if not self._now.greeting and suited:  # arms and head are in use, the mouth is not
            self.acts.speaker.say(suited[0], time)
        self._now.group = len(guests)
        self._hails.said(self._now.greeting, time)
        self._note(guests)

    def begin_notice(self, event: Event) -> None:
        """Lift the chin."""
        self.acts.begin("notice", event.time)

    def begin_following(self, event: Event) -> None:
        """Remember that there is company."""
        self._now.company_until = event.time + 2.0

    def begin_farewell(self, event: Event) -> None:
        """Start to say goodbye."""
        self.acts.begin_one(farewells(self._clock(event.time), self._behaviours), event.time)

    def begin_turn(self, _: Event) -> None:
        """Remember to whom."""
        aside = self.audience.aside()
        self._now.turns_to = None if aside is None else aside.guest
        self._account.turns += 1

    def begin_visit(self, event: Event) -> None:
        """Set out; who is walked to is greeted there, not from afar."""
        self.acts.break_off(event.time, "somebody lingers some way off")
        self._visits.begin(event.time)
        self.audience.awaited = self._visits.guest

    def end_visit(self, event: Event) -> None:
        """Stand, wherever it is."""
        self.audience.awaited = None
        self._visits.end(event.time, interrupted=event.name in INTERRUPTS)

    def begin_bumped(self, event: Event) -> None:
        """Say that no harm is done."""
        self._account.bumped += 1
        self._now.answer = ()
        self.acts.break_off(event.time, "somebody ran into it")
        self.acts.speaker.hush()
        if BUMPED in self._behaviours:
            self.acts.begin(BUMPED, event.time)

    def begin_answer(self, event: Event) -> None:
        """Answer what was asked first, with a gesture."""
        self.acts.break_off(event.time, "something else is to be said")
        reply, self._now.answer = self._talk.reply(event.time), ()
        if reply is None:
            return
        self._answer(reply.utterance)
        if reply.gesture:
            self.acts.begin(reply.gesture, event.time)

    def begin_show(self, event: Event) -> None:
        """Start the show that is due, or say at once that it is over."""
        name, self._now.answer = self._now.show, ()
        if self.acts.begin(name, event.time):
            self._shows.began(name, event.time)
            self._account.shown = (*self._account.shown, name)
        else:
            self._shows.failed(name, event.time)
            self._now.show = ""

    def end_show(self, event: Event) -> None:
        """Break the show off, where it may be, if it has not ended."""
        self._hails.forget_song()
        self.acts.runner.stop(self._now.show, event.time, event.name)

    def begin_handshake(self, event: Event) -> None:
        """Offer the hand."""
        self.acts.break_off(event.time, "something else is to be said")
        self._offers.begin(event.time)

    def end_handshake(self, event: Event) -> None:
        """Take the hand back, if it is still out."""
        self._offers.end(event.time, event.name)
        self.acts.runner.stop(CLIP, event.time, event.name)

    def begin_help(self, event: Event) -> None:
        """Call for a person, and keep the reason."""
        self.acts.begin("help", event.time)
        self._account.help = (*self._account.help, event.reason)

    def begin_leaving(self, event: Event) -> None:
        """Start the last bow."""
        self.acts.break_off(event.time, "something else is to be said")
        self.acts.begin("bow", event.time)

    # ------------------------------------------------------------------ deciding

    def _work(self, state: State) -> Goal:
        self.audience.update(state)
        self._visits.look(state)
        self._offers.look(self.audience, state.time)
        self.sight.look(state)
        self.acts.world = self._look_around(state)
        assert self._start is not None
        over = state.time - self._start >= self._seconds - FAREWELL_TIME
        stands = isinstance(self._told, Stay)
        if self._jolts.felt(state, self.audience, stands=stands) and self._may("bumped"):
            self._fire("bumped", state)
        due = "time_up" if over and self.machine.is_in("working") else self._next(state)
        self._fire(due, state)
        where = self.machine.state.removeprefix("working/")
        self.acts.runner.background(self._beneath(where), state.time)
        seen = self.acts.advance(self.acts.world)
        self._account.hear(seen.voice)
        goal = self._goal(state, where)
        self._told = goal.base
        goal = replace(goal, voice=seen.voice, music=seen.music)
        return replace(goal, light=seen.light, chime=seen.chime)

    def _look_around(self, state: State) -> Situation:
        seen = self.acts.seen
        world = acting.situation(
            state,
            self.audience,
            heard=self._talk.take_all() if seen.listening else (),
            speaking=self.acts.current(state.time) is not None,
            held=self._means.felt().held,
        )
        walks = any(self.machine.is_in(f"working/{one}") for one in ("stroll", "turn", "visit"))
        arrived = acting.has_arrived(seen, self._site, state)
        return replace(world, standing=world.standing or not walks, arrived=arrived)

    def _may(self, event: str) -> bool:
        return bool(self.machine.table.answers(self.machine.state, event))

    def _fire(self, event: str, state: State) -> None:
        if event:
            lost = self.sight.reason if event.startswith("lost") else ""
            blocked = "its way home is blocked" if event == "stuck" else ""
            self.machine.fire(Event(event, state.time, lost or blocked))

    # ------------------------------------------------------------------ smaller parts

    def _beneath(self, where: str) -> str:
        wanted = BACKGROUND.get(where, "breathe")
        return wanted if wanted in self._behaviours else ""

    # ------------------------------------------------------------------ goals

    def _goal(self, state: State, where: str) -> Goal:
        seen, part, account = self.acts.seen, self._offers.part, self._account
        about = {
            "show": title(self._behaviours, self._now.show),
            "handshake": part.activity or "offers its hand",
            "help": account.help[-1] if account.help else "",
        }.get(where, "")
        near = len(self.audience.within(acting.COMPANY))
        told = activity(where, company=near, group=self._now.group, about=about)
        if where == "stroll/out":
            return Goal(GoTo(self._strolls.goal, speed=SPEED), activity=told)
        if where == "stroll/back":
            return Goal(GoTo(self._strolls.station, speed=SPEED), activity=told)
        if where == "visit":
            one = self.audience.find(self._visits.guest)
            whom = Posture(look_at_in_map=None if one is None else self.audience.face_of(one))
            return Goal(GoTo(self._visits.goal, speed=SPEED), whom, activity=told)
        here = self._gaze.target(self.audience, idle=where == "idle")
        face = None if here is None else self.audience.face_of(here)
        if where == "turn":
            return Goal(self._turn(), Posture(look_at_in_map=face), activity=told)
        if "show_the_way" in seen.running:
            told, face = "showing the way", None
        clips = acting.clips_with_room(seen, self._elbows, state)
        if part.clip:
            clips = (Playing(part.clip, part.start), *clips)
        look = acting.looked_at(seen, self._site, face)
        posture = acting.posture(clips, look, self._behaviours)
        base = acting.base(seen, self._site) if where == "show" else Stay()
        return Goal(base, replace(posture, hand=part.hand), activity=told)

    def _turn(self) -> Drive:
        aside = self.audience.find(self._now.turns_to)
        bearing = 0.0 if aside is None else aside.bearing
        rate = float(np.clip(1.2 * bearing, -TURN_RATE, TURN_RATE))
        return Drive(np.array([0.0, 0.0, rate]))
