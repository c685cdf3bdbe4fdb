"""Runs the tables: one machine, and the three machines with the stop latch that every robot has.

The only importer of ``transitions``. What that library does badly is kept out (each point has a
test): no ``to_<state>`` triggers; a table is verified before it is built; events are values with a
name, a time and a reason, and an unknown one is an error; ``fire`` says what happened, not what was
queued; callbacks and guards that raise lead to ``fault`` within the same call, and nothing of the
half-entered state runs; an event fired inside a callback waits for its turn. One thread owns all
machines.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from transitions.extensions import HierarchicalMachine
from transitions.extensions.nesting import NestedState

from robotics.behaviour import machine as tables
from robotics.behaviour.latch import PowerLimits as PowerLimits
from robotics.behaviour.latch import StopLatch as StopLatch
from robotics.behaviour.machine import SEPARATOR, Table, is_within
from robotics.behaviour.verify import verify
from robotics.core.errors import TableError, UnknownName
from robotics.core.messages import Goal, Posture, State

PERIOD = 0.05
"""Time between two decisions [s]; the goal is held in between."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    name: str
    time: float
    """[s]."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a machine's log."""

    time: float
    """[s]."""
    machine: str
    source: str
    target: str
    event: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MissionReport:
    """What a mission has to tell when it is over, or so far."""

    robot: str
    state: str
    finished: bool
    counts: Mapping[str, float]
    """Plain figures by name, with the unit in the name where there is one."""
    notes: tuple[str, ...]
    """Sentences for people: what was left out, and why."""
    history: tuple[Change, ...]


class _Nested(NestedState):
    separator = SEPARATOR


class _Library(HierarchicalMachine):
    state_cls = _Nested


class _Model:
    """Carries the library's generated attributes, away from every name of ours."""

    state: str
    trigger: Callable[[str], bool]


class Machine:
    """One table at work.

    Args:
        table: Is verified here.
        owner: Has the guards (no argument, returning bool) and the callbacks (one ``Event``).

    Raises:
        TableError: The table breaks a rule.
    """

    def __init__(self, table: Table, owner: object) -> None:
        findings = verify(table, owner)
        if findings:
            listed = "; ".join(str(finding) for finding in findings)
            raise TableError(f"state machine '{table.name}': {listed}; mend the table")
        self.table = table
        self.history: list[Change] = []
        self.since = 0.0
        """When the present state was entered [s]."""
        self._owner = owner
        self._model = _Model()
        self._answered = {
            (leaf, event)
            for leaf in table.leaves()
            for event in table.events
            if table.answers(leaf, event)
        }
        self._waiting: deque[Event] = deque()
        self._event = Event("", 0.0)
        self._busy = self._moved = False
        self._failure = ""
        _Library(
            self._model,
            states=[self._spell(state) for state in table.states],
            transitions=[self._step(step) for step in table.transitions],
            initial=table.initial,
            auto_transitions=False,
            queued=True,
            send_event=True,
            after_state_change=self._note,
        )

    @property
    def state(self) -> str:
        """Path of the present leaf state."""
        return self._model.state

    def is_in(self, path: str) -> bool:
        """Whether the present state is ``path`` or lies below it."""
        return is_within(self.state, path)

    def fire(self, event: Event) -> bool:
        """Answer ``event``; return whether a transition was made.

        Called from inside a callback, it only lets the event wait, and returns False.

        Raises:
            UnknownName: The table does not know this event.
        """
        if event.name not in self.table.events:
            raise UnknownName("event", event.name, list(self.table.events))
        self._waiting.append(event)
        if self._busy:
            return False
        self._busy, moved = True, False
        try:
            while self._waiting:
                moved |= self._answer(self._waiting.popleft())
        finally:
            self._busy = False
        return moved

    def _answer(self, event: Event) -> bool:
        source, self._event, self._moved = self.state, event, False
        if (source, event.name) not in self._answered:
            return False
        self._model.trigger(event.name)
        if self._moved:
            self.since = event.time
            line = Change(event.time, self.table.name, source, self.state, event.name, event.reason)
            self.history.append(line)
        if not self._failure:
            return self._moved
        dropped = ", ".join(lost.name for lost in self._waiting)
        self._waiting.clear()
        reason = self._failure + (f"; dropped: {dropped}" if dropped else "")
        try:  # _failure stays set on the way, so that no callback runs
            self._answer_failure(Event("fail", event.time, reason))
        finally:
            self._failure = ""
        return True

    def _answer_failure(self, event: Event) -> None:
        source = self.state
        self._event = event
        self._model.trigger(event.name)
        self.since = event.time
        line = Change(event.time, self.table.name, source, self.state, event.name, event.reason)
        self.history.append(line)

    def _note(self, _: Any) -> None:
        self._moved = True

    def _spell(self, state: tables.State) -> dict[str, Any]:
        spelled: dict[str, Any] = {"name": state.name}
        if state.enter:
            spelled["on_enter"] = [partial(self._call, state.enter)]
        if state.leave:
            spelled["on_exit"] = [partial(self._call, state.leave)]
        if state.children:
            spelled["initial"] = state.initial
            spelled["children"] = [self._spell(child) for child in state.children]
        return spelled

    def _step(self, step: tables.Transition) -> dict[str, Any]:
        return {
            "trigger": step.event,
            "source": step.source,
            "dest": step.target,
            "conditions": [partial(self._ask, name, True) for name in step.guards]
            + [partial(self._ask, name, False) for name in step.unless],
        }

    def _call(self, name: str, _: Any) -> None:
        if self._failure:
            return
        try:
            getattr(self._owner, name)(self._event)
        except Exception as error:  # a callback's fault becomes the state 'fault'
            self._failure = f"{name} raised {type(error).__name__}: {error}"

    def _ask(self, name: str, wanted: bool, _: Any) -> bool:
        if self._failure:
            return False
        try:
            return bool(getattr(self._owner, name)()) is wanted
        except Exception as error:  # a guard that fails forbids, and becomes the state 'fault'
            self._failure = f"{name} raised {type(error).__name__}: {error}"
            return False


_ASKED = "stop button"
"""Fault that somebody has made on purpose: it is believed at once, and latched as all are."""
_WEAK = "supply"
"""Fault of a body whose motors lack voltage: to stand takes less torque than to crouch."""


@dataclass(slots=True)
class _Body:
    """What the body reports, with how long it has."""

    patience: float = 0.5
    """A fault is believed when it lasts this long [s]."""
    faulty_since: float | None = None
    lies: bool = False
    """Whether it lies on the ground."""
    answers: bool = True
    """Whether every joint has answered and moved, with all its power, since the fault came: only
    then may it crouch."""


@dataclass(slots=True)
class Conduct:
    """The three machines of a robot, its stop latch, and the pace of its decisions.

    A robot's mission owns one and hands it its own work (see ``decide``).
    """

    mission: Machine
    work: Callable[[State], Goal]
    """Decides while the mission is neither starting nor at rest."""
    limits: PowerLimits = field(default_factory=PowerLimits)
    passing: frozenset[str] = frozenset()
    """Faults that the work itself deals with: they do not end it."""
    lying: str = "fallen"
    """The fault of a robot that lies on the ground."""
    sits: bool = False
    """Whether it can sit down on the ground, where its motors need no power."""
    latch: StopLatch = field(default_factory=StopLatch)
    safety: Machine = field(init=False)
    power: Machine = field(init=False)
    _held: Goal | None = None
    _due: float = 0.0
    _now: float = 0.0
    _body: _Body = field(default_factory=_Body)
    _loses_power: bool = False

    def __post_init__(self) -> None:
        self.safety = Machine(tables.safety_table(), self)
        self.power = Machine(tables.power_table(), self)

    def is_released(self) -> bool:
        """Guard: nobody asks for a stop any more."""
        return not self.latch.is_set

    def decide(self, state: State) -> Goal:
        """Return the goal: at 20 Hz a new one, in between the last; a stop is obeyed at once."""
        self._now = state.time
        stopping = self.latch.is_set and not self.is_resting
        if self._held is None or stopping or state.time >= self._due - 1e-9:
            self._due = state.time + PERIOD
            self._held = self._decide(state)
        return self._held

    @property
    def is_resting(self) -> bool:
        """Whether the mission is in a state in which the robot only stands still."""
        return self.mission.state in ("stopped", "fault")

    @property
    def history(self) -> tuple[Change, ...]:
        """The logs of the three machines, in order of time."""
        lines = [*self.safety.history, *self.power.history, *self.mission.history]
        return tuple(sorted(lines, key=lambda line: line.time))

    def stop(self, reason: str) -> None:
        """Latch a stop; obeyed at the next tick."""
        self.latch.set(reason)

    def power_down(self, reason: str) -> None:
        """Latch a stop before the power goes: who can sits down."""
        self._loses_power = True
        self.stop(reason)

    def reset(self) -> bool:
        """Release the latch and start again; return whether the mission left its stop or fault."""
        self.latch.release()
        self._loses_power = False
        self.safety.fire(Event("reset", self._now))
        return self.mission.fire(Event("reset", self._now))

    def _decide(self, state: State) -> Goal:
        self._watch_body(state)
        self._watch_power(state)
        if self.latch.is_set:
            for one in (self.safety, self.mission):
                if one.state not in ("stopped", "fault"):
                    one.fire(Event("stop", state.time, self.latch.reason))
        try:
            goal = self._goal(state)
        except Exception as error:  # a robot whose mission has a fault stands still and says so
            self.fail(state.time, f"{type(error).__name__}: {error}")
            goal = self._rest()
        if self.mission.state == "fault" and self.safety.state != "fault":
            self.safety.fire(Event("fail", state.time, self.mission.history[-1].reason))
        return self._rest() if self.is_resting else goal

    def fail(self, time: float, reason: str) -> None:
        """Go to ``fault``."""
        self.mission.fire(Event("fail", time, reason))
        self.safety.fire(Event("fail", time, reason))

    def _goal(self, state: State) -> Goal:
        if self.mission.state == "starting":
            if state.quality >= 0.4:
                self.mission.fire(Event("ready", state.time))
            elif state.time - self.mission.since > 30.0:
                self.fail(state.time, "the localisation found no fit within 30 s")
        if self.mission.state in ("starting", "finished") or self.is_resting:
            return self._rest()
        return self.work(state)

    def _rest(self) -> Goal:
        here = self.mission.state
        last = self.mission.history[-1].reason if self.mission.history else ""
        # what stands on legs sits down, if they all follow
        down = here == "fault" and self._body.answers
        empty = here == "finished" and self.power.state in ("low", "critical")
        sit = self.sits and here != "fault" and (self._loses_power or empty)
        crouch = (down or self._body.lies) and not sit  # one that lies does not get up
        posture = Posture(crouch=crouch, sit=sit, stay_seated=self.sits)
        return Goal(posture=posture, activity=f"{here}: {last}" if last else here)

    def _watch_body(self, state: State) -> None:
        faults = [fault for fault in state.faults if fault not in self.passing]
        self._body.lies = self.lying in state.faults
        if not faults:
            self._body.faulty_since, self._body.answers = None, True
            return
        is_able = not any(fault.endswith(" blocked") or fault == _WEAK for fault in faults)
        self._body.answers &= bool(state.joints.valid.all()) and is_able
        since = self._body.faulty_since
        self._body.faulty_since = state.time if since is None else since
        lasting = state.time - self._body.faulty_since >= self._body.patience
        lasting |= _ASKED in faults
        if lasting and self.mission.state != "fault":
            self.fail(state.time, f"the body reports {', '.join(faults)}")

    def _watch_power(self, state: State) -> None:
        charge, time = state.battery.charge, state.time
        if state.battery.charging:
            self.power.fire(Event("plugged", time))
        elif self.power.state == "charging":
            self.power.fire(Event("unplugged", time))
        if charge < self.limits.critical:
            self.power.fire(Event("critical", time, f"{charge:.0%} left"))
        elif charge < self.limits.low:
            self.power.fire(Event("low", time, f"{charge:.0%} left"))
        elif charge > self.limits.enough:
            self.power.fire(Event("full", time))
        if self.power.state in ("low", "critical"):
            self.mission.fire(Event("low_battery", time, f"battery at {charge:.0%}"))
