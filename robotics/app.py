"""The whole control flow: one tick, and the loop that serves any number of robots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from robotics.core.backend import Backend
from robotics.core.messages import Observation, Tick
from robotics.core.parts import Mission, Robot

Clock = Callable[[], float]

_SLACK = 1e-9
"""Times that differ by less are the same [s]."""


def no_clock() -> float:
    """Stand in for a clock where nobody asks how long a stage takes."""
    return 0.0


@dataclass(slots=True)
class StageTimes:
    """How long each stage of each tick took, by stage name [s]."""

    clock: Clock = no_clock
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _last: float = 0.0

    def begin(self) -> None:
        """A tick starts."""
        self._last = self.clock()

    def done(self, stage: str) -> None:
        """Stage ``stage`` ends now."""
        now = self.clock()
        self.seconds[stage].append(now - self._last)
        self._last = now


@dataclass(slots=True)
class Member:
    """One robot at work: its parts, its mission, its body."""

    robot: Robot
    mission: Mission
    backend: Backend
    times: StageTimes = field(default_factory=StageTimes)


def tick(robot: Robot, mission: Mission, observation: Observation, times: StageTimes) -> Tick:
    """Turn one observation into one command, through every stage."""
    times.begin()
    state = robot.estimator.update(observation)
    times.done("estimate")
    goal = mission.decide(state)
    times.done("decide")
    plan = robot.planner.plan(state, goal)
    times.done("plan")
    twist = robot.tracker.track(state, goal, plan)
    times.done("track")
    wished = robot.locomotion.move(state, goal, twist)
    times.done("move")
    sent = robot.guard.allow(state, wished)
    times.done("guard")
    return Tick(observation, state, goal, plan, twist, wished, sent)


def run(
    crew: Iterable[Member],
    *,
    until: float,
    on_tick: Callable[[Member, Tick], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """Serve every robot of ``crew`` until simulated or real time ``until`` [s].

    The robot whose observation is due first is always served first, and no body is observed before
    its turn: bodies that share one world stay in step. (To observe a body right after its command
    would take the world a whole period of the slowest robot ahead of the fastest.) Every body is
    closed at the end, whatever happens.

    Args:
        crew: The robots; their backends are reset here.
        until: Time of the last tick [s].
        on_tick: Called with every tick, after its command was handed to the body.
        should_stop: Asked before every tick; True ends the loop at once.
    """
    members = list(crew)
    try:
        waiting = {id(member): member.backend.reset() for member in members}
        due = {key: observation.time for key, observation in waiting.items()}
        while members and not should_stop():
            member = min(members, key=lambda one: due[id(one)])
            key = id(member)
            if due[key] > until + _SLACK:
                break
            observation = waiting.pop(key, None) or member.backend.observe()
            done = tick(member.robot, member.mission, observation, member.times)
            member.backend.act(done.sent)
            on_tick(member, done)
            due[key] = observation.time + member.backend.period
    finally:
        for member in members:
            member.backend.close()


def ask_to_stop(missions: Mapping[str, Mission], reason: str) -> None:
    """Tell every mission to end safely."""
    for mission in missions.values():
        mission.stop(reason)


@runtime_checkable
class PoweredDown(Protocol):
    """A mission that knows what to do before the power goes."""

    def power_down(self, reason: str) -> None:
        """Stop, and come to a rest that needs no motors."""


def ask_to_power_down(missions: Mapping[str, Mission], reason: str) -> None:
    """Tell every mission that the power goes; who knows nothing of that ends safely."""
    for mission in missions.values():
        if isinstance(mission, PoweredDown):
            mission.power_down(reason)
        else:
            mission.stop(reason)
