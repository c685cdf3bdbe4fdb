"""The greeter walks to a place among visitors: the planning core, the gait and physics together."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from robotics.app import Member, run
from robotics.core.messages import Goal, GoTo, State, Tick
from robotics.core.parts import Status
from robotics.mapping.places import load_site
from robotics.robots.catalog import assemble
from robotics.session import Options, open_stage

GOAL = np.array([2.0, 8.0, 0.0])


@dataclass
class Errand:
    """A mission of one goal."""

    goal: Goal = field(default_factory=lambda: Goal(GoTo(GOAL)))

    def decide(self, state: State) -> Goal:
        """Stand for two seconds, then go."""
        return self.goal if state.time > 2.0 else Goal()

    def stop(self, reason: str) -> None:
        """Nothing to do."""


def _looking(look: Callable[[float], None]) -> Callable[[Member, Tick], None]:
    """Let the onlooker look 20 times a second."""
    due = [0.0]

    def on_tick(member: Member, tick: Tick) -> None:
        if tick.observation.time >= due[0]:
            due[0] = tick.observation.time + 0.05
            look(tick.observation.time)

    return on_tick


def test_walks_to_a_place_among_visitors(tmp_path: Path) -> None:
    """Nearly three metres past twenty people: it arrives, falls not, touches nobody."""
    options = Options("zhanqiao", ("greeter",), minutes=0.6, seed=4)
    stage = open_stage(options, tmp_path)
    robot, _ = assemble("greeter", load_site(tmp_path), seconds=options.seconds)
    member = Member(robot, Errand(), stage.backends["greeter"])
    places: list[list[float]] = []

    def look(time: float) -> None:
        stage.look(time)
        places.append(stage.scene()["robots"]["greeter"]["position"][:2])

    run([member], until=options.seconds, on_tick=_looking(look))
    summary = stage.summary()
    assert robot.planner.progress.status is Status.DONE
    assert math.dist(places[-1], GOAL[:2]) < 0.2
    assert summary["falls"] == 0
    assert summary["contacts_caused"] == 0
