"""Which event is due in each state of the greeter's mission."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.guests import Guest
from robotics.core.messages import Goal, State, Utterance
from robotics.core.parts import Progress
from robotics.mapping.places import Site
from robotics.robots.duty import Duty
from robotics.robots.greeter import visiting
from robotics.robots.greeter.account import Account
from robotics.robots.greeter.acting import COMPANY
from robotics.robots.greeter.audience import APPROACH, GREET, Audience, is_slow
from robotics.robots.greeter.conversation import PAUSE, Conversation, sentences
from robotics.robots.greeter.hailing import Hails
from robotics.robots.greeter.handshake import CLIP
from robotics.robots.greeter.offering import Offers
from robotics.robots.greeter.shows import STAYED, Shows
from robotics.robots.greeter.states import table
from robotics.robots.greeter.strolling import CROWDED, FAILED, LEASH, PATIENCE, Strolls
from robotics.robots.means import Means

FACED = math.radians(15.0)
"""A turn is over when its guest is so near to straight ahead [rad]."""
AGAIN = 30.0
"""So long after asking for help it tries again, and asks again [s]."""
KEPT_WAITING = 4.0
"""A question that has waited so long comes before the next greeting [s]."""
PROMISED = 1.5
"""A wish that cannot be granted within this time is promised [s]."""
FAREWELL_TIME = 6.0
"""Left for the last bow [s]."""
CALMED = 2.5
"""Who ran into it has so long to step back [s]."""
STAYED_WITH, WITH = 8.0, 2.0
"""Company that stands so near [m] is left for somebody who lingers after so long [s]."""


@dataclass(slots=True)
class Now:
    """What it is about."""

    greeting: str = ""
    group: int = 0
    """How many are greeted together."""
    show: str = ""
    turns_to: Guest | None = None
    company_until: float = 0.0
    owed: str = ""
    """Words that are to be said as soon as the mouth is free; "" for none."""
    answer: tuple[Utterance, ...] = ()
    """Sentences of an answer that are still to be said."""
    spoke: float = -1e9
    """When it began to say what it owed [s]."""
    wished: float | None = None
    """When somebody wished for something that has not begun [s]."""


class Deciding(Duty, ABC):
    """The greeter's mission without its deeds: ``GreeterMission`` adds them.

    Args:
        site: The map.
        seconds: How long it works [s].
        behaviours: The repertoire.
        progress: What the planner says about the last base goal.
        means: Knowledge, hands, certificates.
    """

    def __init__(
        self,
        site: Site,
        seconds: float,
        behaviours: Mapping[str, Behaviour],
        progress: Callable[[], Progress],
        means: Means,
    ) -> None:
        self.audience = Audience()
        super().__init__(table(), self._work, behaviours, means)
        self._conduct.sits = True
        self._site, self._seconds, self._progress = site, seconds, progress
        self._account = Account()
        self._talk = Conversation(behaviours, means.answer)
        self._shows, self._offers = Shows(behaviours), Offers(means.felt)
        self._strolls = Strolls(site, self.audience)
        self._visits = visiting.Visits(self._strolls, self.audience)
        self._hails = Hails(self.acts, self.audience)
        self._start: float | None = None
        self._now = Now()

    @abstractmethod
    def _work(self, state: State) -> Goal:
        """Decide while the mission is neither starting nor at rest."""

    @property
    def _behaviours(self) -> Mapping[str, Behaviour]:
        return self.acts.runner.repertoire

    def _next(self, state: State) -> str:
        """Return the event that is due in the present state; "" for none."""
        where, lasted = self.machine.state, state.time - self.machine.since
        if where == "leaving":
            self._hail(state.time)
            over = lasted >= self._behaviours["bow"].duration
            return "finished" if over and not self.acts.current(state.time) else ""
        if where in ("working/lost", "working/help"):
            return self._helpless(where, lasted)
        if self.sight.is_lost and self.machine.table.answers(where, "lost"):
            return "lost"
        where = where.removeprefix("working/")
        busy: dict[str, Callable[[State, float], str]] = {
            "greet": self._greeting_goes_on,
            "answer": self._answering,
            "show": self._showing,
            "handshake": self._shaking,
            "bumped": self._calming,
        }
        self._grant(state)
        self._say_owed(state.time)
        if where in busy:
            return busy[where](state, lasted)
        urgent = self._urgent(state, where, lasted)
        if urgent:
            return urgent
        stepping = where in ("stroll/out", "stroll/back", "visit")
        if where == "visit" and self._visits.others_wait() and not self.acts.current(state.time):
            return "near"
        if stepping:
            self._hail(state.time)
        elif self._leaves_for_somebody(state, where, lasted):
            return "lingers"
        elif self.audience.waiting() and not self.acts.current(state.time):
            return "near"
        if where not in ("turn", "stroll/out") and self._asked_for(state.time) >= 0.0:
            return "asked"
        if where == "visit":
            return self._visits.due(state, lasted, self._progress())
        if where.startswith("stroll/"):
            return self._strolls.due(state, where.removeprefix("stroll/"), lasted, self._progress())
        choices: dict[str, Callable[[State, float], str]] = {
            "idle": self._idling,
            "notice": self._noticing,
            "follow": self._following,
            "farewell": self._parting,
            "turn": self._turning,
        }
        return choices[where](state, lasted) if where in choices else ""

    def _urgent(self, state: State, where: str, lasted: float) -> str:
        """Return what comes before the next greeting: in a busy place there is always one.

        Who stands before it first: a hand is soon shaken, and meanwhile the mouth greets.
        """
        if where in ("idle", "notice", "follow") and self._offers.is_due(state.time):
            return "hand"
        if where not in ("idle", "follow"):
            return ""
        free = not self.acts.runner.is_busy() and self.acts.current(state.time) is None
        if free and self._show_is_due(state):
            return "show"
        if lasted > 0.3 and self._asked_for(state.time) >= KEPT_WAITING:
            return "asked"
        away = self._strolls.away(state) > LEASH and state.time >= self._strolls.next_return
        if away and self._shows.is_near(state.time) and not self.audience.within(CROWDED):
            return "away" if free else ""
        return ""

    def _leaves_for_somebody(self, state: State, where: str, lasted: float) -> bool:
        """Whether it walks to somebody who lingers now: nobody nearer waits for it."""
        if where not in ("idle", "notice", "follow") or self.acts.current(state.time) is not None:
            return False
        if self._asked_for(state.time) >= 0.0 or self._shows.is_near(state.time):
            return False
        standing = [one for one in self.audience.within(GREET) if is_slow(one.guest)]
        stays = where == "follow" and (lasted < STAYED_WITH or self.acts.runner.is_busy())
        if stays and any(one.distance <= WITH for one in standing):
            return False
        first = any(not one.guest.is_greeted(state.time) for one in standing)
        crowded = any(
            one.distance < CROWDED or (one.closing > APPROACH and one.distance < WITH)
            for one in self.audience.seen
        )
        return not first and not crowded and self._visits.wishes(state, self._left(state))

    def _helpless(self, where: str, lasted: float) -> str:
        """Wait until it knows where it is, ask for help if that takes long; try the way again."""
        if where == "working/lost":
            if self.sight.is_found:
                return "found"
            return "lost_for_long" if self.sight.is_lost_for_long else ""
        if self.machine.history[-1].event == "lost_for_long":
            self.acts.begin("help", self.acts.world.time, every=AGAIN)
            return "found" if self.sight.is_found else ""
        if lasted < AGAIN:
            return ""
        self._strolls.failed = FAILED - 1
        return "again"

    def _asked_for(self, time: float) -> float:
        """Return for how long a question has waited [s], -1 if none."""
        known = self._means.answer is not None and self._talk.waiting(time)
        return self._talk.waited(time) if known else -1.0

    def _grant(self, state: State) -> None:
        """Take wishes, whatever it is doing; promise politely what has to wait."""
        time, kind = state.time, self._talk.take_wish()
        if kind == "hand":
            self._offers.ask(time)
        elif kind and not self._shows.ask(kind, time, self._left(state)):
            self._now.owed = "wish_not_now"
        if kind:
            self._now.wished = time if self._now.wished is None else self._now.wished
        if self._shows.gives_up(time, self._left(state)):
            self._now.owed = "wish_not_now"
        waits = self._shows.owes() or self._offers.is_asked(time)
        self._now.wished = self._now.wished if waits else None
        if waits and self._now.wished is not None and time - self._now.wished > PROMISED:
            self._now.owed, self._now.wished = self._now.owed or "wish_later", None

    def _answer(self, whole: Utterance) -> None:
        """Answer sentence by sentence: who comes is greeted between two."""
        first, *rest = sentences(whole)
        self.acts.speaker.speak(first)
        self._now.answer = tuple(rest)

    def _say_on(self, time: float) -> None:
        """Say the next sentence of an answer when the mouth is free, after a word to who comes."""
        if not self._now.answer or self.acts.current(time) is not None:
            return
        self._hail(time, short=True)
        if self.acts.current(time) is None:
            first, *rest = self._now.answer
            self.acts.speaker.speak(replace(first, start=time + PAUSE))
            self._now.answer = tuple(rest)

    def _say_owed(self, time: float) -> None:
        """Say what is still to be said, when the mouth is free."""
        name = self._now.owed
        if name and self.acts.current(time) is None and not self._hails.sings:
            self._now.owed, self._now.spoke = "", time
            if name == CLIP:
                self.acts.begin(name, time)
            elif name in self._behaviours:
                self.acts.speaker.say(name, time)

    def _hail(self, time: float, *, short: bool = False) -> None:
        """Say hello to who comes, whatever arms and legs are doing."""
        if time <= self._now.spoke:  # the words that it owed begin with this tick
            return
        self._note(self._hails.call(time, self._clock(time), short=short))

    def _note(self, guests: list[Guest]) -> None:
        """Take note of a greeting of ``guests``; nothing if there are none."""
        self._account.greetings += bool(guests)
        self._account.greeted += len(guests)

    def _greeting_goes_on(self, state: State, lasted: float) -> str:
        name = self._now.greeting
        length = self._behaviours[name].duration if name else 0.0
        if lasted < length:
            self._hail(state.time)  # who comes while the arms are still up
        talking = self.acts.current(state.time) is not None
        return "" if lasted < length or talking else "greeted"

    def _answering(self, state: State, lasted: float) -> str:
        self._say_on(state.time)
        talking = self.acts.current(state.time) is not None
        return "" if talking or self._now.answer or lasted < 0.8 else "answered"

    def _showing(self, state: State, _: float) -> str:
        name, time = self._now.show, state.time
        kind = self._behaviours[name].kind if name in self._behaviours else ""
        if self.audience.within(self._shows.too_near(name)):
            self.acts.runner.stop(name, time, "somebody comes too near")
        elif name and self.acts.runner.is_busy(name):
            self._note(self._hails.while_showing(name, time, self._clock(time)))
        self._say_on(time)
        free = self.acts.current(time) is None
        if kind == "dance" and free and self._asked_for(time) >= KEPT_WAITING / 2.0:
            reply = self._talk.reply(time)
            if reply is not None:
                self._answer(reply.utterance)
        return "" if name and self.acts.runner.is_busy(name) else "shown"

    def _shaking(self, state: State, lasted: float) -> str:
        over = self._offers.go_on(self.audience, state.time)
        part = self._offers.part
        if not part.clip:  # the arm is on its way home
            self.acts.runner.stop(CLIP, state.time, "the hand goes home")
        self._now.owed = part.say or self._now.owed
        if not self._now.owed:
            self._hail(state.time, short=True)
        return "shaken" if over and lasted > 0.1 else ""

    def _calming(self, state: State, lasted: float) -> str:
        """Stand until it has said that no harm is done, and has itself under control."""
        return "calmed" if lasted > CALMED and self.acts.current(state.time) is None else ""

    def _idling(self, state: State, lasted: float) -> str:
        if self.audience.aside() is not None and lasted > 1.0:
            return "aside"
        if self.audience.coming():
            return "noticed"
        if self._strolls.failed >= FAILED:
            return "stuck"
        if self._strolls.is_off(state) and state.time >= self._strolls.next_return:
            return "away"
        return "restless" if self._strolls.may_go(state) else ""

    def _noticing(self, state: State, lasted: float) -> str:
        if self.audience.aside() is not None and lasted > 1.0:
            return "aside"
        if self.audience.coming():
            self._now.company_until = state.time + 1.5
        return "settled" if state.time > self._now.company_until and lasted > 1.6 else ""

    def _following(self, state: State, lasted: float) -> str:
        if self.audience.aside() is not None and lasted > 1.0:
            return "aside"
        if not self.audience.within(COMPANY):
            return "left" if state.time > self._now.company_until else ""
        self._now.company_until = state.time + 1.5
        free = not self.acts.runner.is_busy()
        if lasted > STAYED and free and self._small_show_is_due(state):
            return "show"
        if lasted > 10.0:  # they stay: show them the way, at most once a minute
            self.acts.begin("show_the_way", state.time, every=60.0)
        if lasted < 2.0 or self.acts.current(state.time) or self.audience.within(CROWDED):
            return ""
        if self._strolls.away(state) > 0.35 and state.time >= self._strolls.next_return:
            return "away"
        return "restless" if self._strolls.may_go(state) else ""

    def _show_is_due(self, state: State) -> bool:
        """Whether one is due; at its station, where people come by, unless it is late or asked."""
        here = self._shows.owes() or self._shows.is_late(state.time)
        if self._strolls.away(state) > LEASH and not here:
            return False
        self._now.show = self._shows.due(self.audience, self.acts.world, self._left(state))
        return bool(self._now.show)

    def _small_show_is_due(self, state: State) -> bool:
        self._now.show = self._shows.small_due(state.time, self._left(state))
        return bool(self._now.show)

    def _left(self, state: State) -> float:
        """Return the time until the last bow [s]."""
        assert self._start is not None
        return self._start + self._seconds - FAREWELL_TIME - state.time

    def _parting(self, _: State, lasted: float) -> str:
        over = lasted >= self._behaviours["farewell"].duration
        return "settled" if over and not self.acts.runner.is_busy() else ""

    def _turning(self, state: State, lasted: float) -> str:
        aside = self.audience.find(self._now.turns_to)
        self._strolls.next_return = state.time + 20.0
        tethered = self._strolls.away(state) < visiting.LEASH + 1.0
        if aside is None or abs(aside.bearing) < FACED or lasted > PATIENCE or not tethered:
            return "settled"
        return ""

    def _clock(self, time: float) -> float:
        return self._means.clock + time - (self._start or 0.0)
