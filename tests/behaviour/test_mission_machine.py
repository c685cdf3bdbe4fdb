"""Each measured hazard of the state machine library, kept out; the latch, the pace, the power."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from robotics.behaviour.machine import State as Place
from robotics.behaviour.machine import Table, Transition
from robotics.behaviour.mission import PERIOD, Conduct, Event, Machine
from robotics.core.errors import TableError, UnknownName
from robotics.core.messages import Battery, Drive, Goal, Joints, State, Stay


class Owner:
    """Guards and callbacks of the table below, each of which can be told to fail."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.broken: set[str] = set()
        self.machine: Machine | None = None
        self.then: str = ""

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if name in self.broken:
            raise RuntimeError("boom")

    def is_released(self) -> bool:
        """Guard."""
        self._call("is_released")
        return True

    def is_ready(self) -> bool:
        """Guard."""
        self._call("is_ready")
        return True

    def begin(self, event: Event) -> None:
        """Entry of ``work/b``; may fire a further event."""
        self._call("begin")
        if self.then and self.machine:
            assert not self.machine.fire(Event(self.then, event.time))

    def finish(self, event: Event) -> None:
        """Exit of ``work/a``."""
        self._call("finish")


TABLE = Table(
    name="small",
    states=(
        Place("idle_now", "waits"),
        Place(
            "work",
            "works",
            (Place("a", "one", leave="finish"), Place("b", "two", enter="begin")),
            initial="a",
        ),
        Place("stopped", "stands"),
        Place("fault", "stands"),
        Place("done", "is over"),
    ),
    transitions=(
        Transition("go", "idle_now", "work", guards=("is_ready",)),
        Transition("next", "work/a", "work/b"),
        Transition("end", "work/b", "done"),
        *(Transition("stop", source, "stopped") for source in ("idle_now", "work", "done")),
        *(Transition("fail", one, "fault") for one in ("idle_now", "work", "stopped", "done")),
        *(
            Transition("reset", s, "idle_now", guards=("is_released",))
            for s in ("stopped", "fault")
        ),
    ),
    initial="idle_now",
    final=("done",),
    events=("go", "next", "end", "stop", "fail", "reset"),
)


@pytest.fixture
def owner() -> Owner:
    """A sound owner."""
    return Owner()


@pytest.fixture
def machine(owner: Owner) -> Machine:
    """The small machine."""
    owner.machine = Machine(TABLE, owner)
    return owner.machine


def test_events_move_the_machine_and_are_logged(machine: Machine) -> None:
    """Every change is logged with its time, both states, the event and its reason."""
    assert machine.state == "idle_now"
    assert machine.fire(Event("go", 1.0, "somebody"))
    assert machine.state == "work/a"
    assert machine.is_in("work")
    assert not machine.is_in("wor")
    line = machine.history[-1]
    assert (line.time, line.source, line.target) == (1.0, "idle_now", "work/a")
    assert (line.event, line.reason, machine.since) == ("go", "somebody", 1.0)


def test_an_unknown_event_is_an_error_and_an_unanswered_one_is_nothing(machine: Machine) -> None:
    """The library says True to both."""
    with pytest.raises(UnknownName, match="did you mean 'next'"):
        machine.fire(Event("nxt", 0.0))
    assert not machine.fire(Event("end", 0.0))
    assert machine.history == []


def test_there_is_no_back_door(machine: Machine) -> None:
    """The library's to_<state> triggers, which can leave a stop, do not exist anywhere."""
    machine.fire(Event("stop", 0.0))
    for event in ("to_work", "to", "to_idle_now"):
        with pytest.raises(UnknownName):
            machine.fire(Event(event, 0.0))
    assert [name for name in dir(machine) if name.startswith("to_")] == []
    assert machine.state == "stopped"


def test_a_wrong_table_is_not_built(owner: Owner) -> None:
    """Duplicates, typos and missing states are found before the machine exists."""
    bad = replace(TABLE, transitions=(*TABLE.transitions, Transition("next", "work/a", "done")))
    with pytest.raises(TableError, match=r"'small'.*shadowed.*mend the table"):
        Machine(bad, owner)
    with pytest.raises(TableError, match="no method 'is_ready'"):
        Machine(TABLE, object())


@pytest.mark.parametrize("broken", ["begin", "finish"])
def test_a_callback_that_raises_leads_to_fault(machine: Machine, owner: Owner, broken: str) -> None:
    """Nothing escapes, nothing else of the half-entered state runs, and the reason is kept."""
    owner.broken = {broken}
    machine.fire(Event("go", 0.0))
    assert machine.fire(Event("next", 1.0))
    assert machine.state == "fault"
    assert machine.history[-1].reason == f"{broken} raised RuntimeError: boom"
    if broken == "finish":
        assert "begin" not in owner.calls
    assert machine.fire(Event("reset", 2.0))
    assert machine.state == "idle_now"


def test_a_guard_that_raises_forbids_and_leads_to_fault(machine: Machine, owner: Owner) -> None:
    """It is not taken for a yes."""
    owner.broken = {"is_ready"}
    machine.fire(Event("go", 0.0))
    assert machine.state == "fault"
    assert all(line.target != "work/a" for line in machine.history)


def test_events_fired_inside_a_callback_wait_their_turn(machine: Machine, owner: Owner) -> None:
    """The state is entered wholly before the next event is answered."""
    owner.then = "end"
    machine.fire(Event("go", 0.0))
    machine.fire(Event("next", 1.0))
    assert machine.state == "done"
    assert [line.target for line in machine.history] == ["work/a", "work/b", "done"]


def test_events_lost_to_a_failure_are_named(machine: Machine, owner: Owner) -> None:
    """A queue that has to be dropped is not dropped in silence."""
    owner.broken, owner.then = {"begin"}, ""

    def begin(event: Event) -> None:
        machine.fire(Event("end", event.time))
        raise RuntimeError("boom")

    owner.begin = begin  # type: ignore[method-assign]
    machine.fire(Event("go", 0.0))
    machine.fire(Event("next", 1.0))
    assert machine.state == "fault"
    assert machine.history[-1].reason.endswith("dropped: end")


def test_a_failing_event_inside_a_queue_is_reported_as_it_was(machine: Machine) -> None:
    """``fire`` tells what happened, where the library's queue always says True."""
    machine.fire(Event("go", 0.0))
    assert machine.fire(Event("next", 0.0)) is True
    assert machine.fire(Event("next", 0.0)) is False


# ------------------------------------------------------------------------------- the conduct


def state_at(time: float, **more: object) -> State:
    """Return a healthy state."""
    three = np.zeros(3)
    sound = State(time, three, three, Joints.at_rest(np.zeros(1)), np.zeros(2), three)
    return replace(sound, **more)  # type: ignore[arg-type]


class Robot:
    """A mission with the skeleton only: it drives while it works."""

    def __init__(self, work: Callable[[State], Goal] | None = None) -> None:
        from robotics.behaviour.machine import mission_table

        self.decisions = 0
        table = mission_table(
            "robot", Place("working", "drives"), (), events=(), home=Place("returning", "drives")
        )
        self.machine = Machine(table, self)
        self.conduct = Conduct(self.machine, work or self.work)

    def is_released(self) -> bool:
        """Guard."""
        return self.conduct.is_released()

    def work(self, state: State) -> Goal:
        """Drive."""
        self.decisions += 1
        return Goal(Drive(np.array([1.0, 0.0, 0.0])))

    def run(self, start: float, end: float, **more: object) -> Goal:
        """Decide at 200 Hz; return the last goal."""
        goal = Goal()
        for tick in range(round(start * 200), round(end * 200)):
            goal = self.conduct.decide(state_at(tick / 200, **more))
        return goal


def test_it_decides_at_20_hz_and_holds_in_between() -> None:
    """One decision in ten ticks of 5 ms."""
    robot = Robot()
    robot.run(0.0, 2.0)
    assert robot.decisions == round(2.0 / PERIOD)


def test_a_stop_is_obeyed_at_the_next_tick_and_kept() -> None:
    """Not at the next decision; and nothing but a reset leads out."""
    robot = Robot()
    assert isinstance(robot.run(0.0, 1.005).base, Drive)
    robot.conduct.stop("a hand on the button")
    robot.conduct.stop("another")
    goal = robot.conduct.decide(state_at(1.005))
    assert isinstance(goal.base, Stay)
    assert goal.activity == "stopped: a hand on the button"
    assert isinstance(robot.run(1.01, 3.0).base, Stay)
    assert robot.conduct.safety.state == robot.machine.state == "stopped"
    assert robot.conduct.reset()
    assert isinstance(robot.run(3.0, 3.2).base, Drive)


def test_the_latch_alone_keeps_a_robot_still() -> None:
    """A reset event without releasing the latch moves nothing."""
    robot = Robot()
    robot.run(0.0, 0.5)
    robot.conduct.stop("stop")
    robot.run(0.5, 0.6)
    assert not robot.machine.fire(Event("reset", 0.6))
    assert isinstance(robot.run(0.6, 1.0).base, Stay)


def test_a_broken_decision_ends_in_fault_and_stands_still() -> None:
    """The loop goes on, the robot does not."""

    def work(state: State) -> Goal:
        if state.time > 1.0:
            raise ZeroDivisionError("no way")
        return Goal(Drive(np.array([1.0, 0.0, 0.0])))

    robot = Robot(work)
    goal = robot.run(0.0, 1.2)
    assert isinstance(goal.base, Stay)
    assert goal.activity == "fault: ZeroDivisionError: no way"
    assert robot.conduct.safety.state == "fault"


def test_a_lasting_fault_of_the_body_ends_the_work_and_a_flicker_does_not() -> None:
    """Half a second makes the difference."""
    robot = Robot()
    robot.run(0.0, 0.3, faults=("left_knee silent",))
    assert isinstance(robot.run(0.3, 0.6).base, Drive)
    goal = robot.run(0.6, 1.4, faults=("left_knee silent",))
    assert goal.activity == "fault: the body reports left_knee silent"


def test_it_does_not_start_lost() -> None:
    """Without a fit it waits, and gives up after half a minute."""
    robot = Robot()
    assert robot.run(0.0, 5.0, quality=0.1).activity == "starting"
    assert "no fit" in robot.run(5.0, 31.0, quality=0.1).activity


def test_a_low_battery_sends_it_home_and_does_not_flicker() -> None:
    """Low below 20 %, normal again only above 30 % or from the charger."""
    robot = Robot()
    robot.run(0.0, 0.5)
    robot.run(0.5, 1.0, battery=Battery(0.19))
    assert (robot.machine.state, robot.conduct.power.state) == ("returning", "low")
    robot.run(1.0, 1.5, battery=Battery(0.25))
    assert robot.conduct.power.state == "low"
    robot.run(1.5, 2.0, battery=Battery(0.07))
    assert robot.conduct.power.state == "critical"
    robot.run(2.0, 2.5, battery=Battery(0.5, charging=True))
    assert robot.conduct.power.state == "charging"
    robot.run(2.5, 3.0, battery=Battery(0.9))
    assert robot.conduct.power.state == "normal"
    assert [line.machine for line in robot.conduct.history].count("power") == 4
