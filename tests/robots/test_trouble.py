"""Trouble of every kind that does not end: both robots end in a call for help, with its reason.

In bounded time, with bounded turning; and they go on with their work when the trouble is over.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from mission_stage import TICK, Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.geometry import wrap
from robotics.core.messages import Drive, Goal, GoTo, Stay
from robotics.core.parts import Progress, Status
from robotics.estimation.perception import BLINDED, MISCOUNT
from robotics.robots.duty import HELP_AFTER, LOST_AFTER, SURE_AFTER, Duty, Sight
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.greeter import mission as greeter
from robotics.robots.sweeper import joints as sweeper_joints
from robotics.robots.sweeper import mission as sweeper

WORDS = {
    "greeter": load_behaviours(asset("behaviours/greeter"), greeter_joints.load().joints),
    "sweeper": load_behaviours(asset("behaviours/sweeper"), sweeper_joints.load().joints),
}
SITE = open_site({"patch": (8.0, 5.0, 12.0, 9.0)})
DOCK = np.array([9.5, 2.0, -math.pi / 2])
BEGIN = 25.0
"""When the trouble comes [s]."""
SLACK = 5.0


def _scene(robot: str, seconds: float = 400.0) -> tuple[Stage, Duty]:
    stage = Stage(DOCK if robot == "sweeper" else np.zeros(3))
    build = sweeper.build_mission if robot == "sweeper" else greeter.build_mission
    mission = build(SITE, seconds=seconds, behaviours=WORDS[robot], progress=stage.progress)
    stage.cover_seconds = 120.0
    return stage, mission


def _turned(stage: Stage, since: float) -> float:
    yaws = [pose[2] for pose in stage.path[round(since / TICK) :]]
    return float(sum(abs(wrap(float(b - a))) for a, b in pairwise(yaws)))


BLIND: dict[str, Callable[[float], dict[str, object]]] = {
    "a bad fit": lambda time: {"quality": 0.1},
    "no number": lambda time: {"quality": math.nan},
    "a blinded lidar": lambda time: {"quality": 0.05, "faults": (BLINDED,)},
    "a lidar that miscounts": lambda time: {"quality": 0.05, "faults": (MISCOUNT,)},
    "a fit that flickers": lambda time: {"quality": 0.1 if time % 6.0 < 4.0 else 0.9},
}


@pytest.mark.parametrize("robot", ["greeter", "sweeper"])
@pytest.mark.parametrize("kind", list(BLIND))
def test_not_knowing_where_it_is_ends_in_help(robot: str, kind: str) -> None:
    """It stands, asks within its time, shows why, and goes on when it knows again."""
    stage, mission = _scene(robot)
    stage.run(mission, BEGIN)
    stage.more = lambda time: BLIND[kind](time) if time < 100.0 else {"quality": 0.9}
    stage.run(mission, 99.9)
    helped = [line.time for line in mission.history if line.target.endswith("help")]
    share = 4.0 / 6.0 if "flickers" in kind else 1.0
    assert helped
    assert helped[0] < BEGIN + (HELP_AFTER + LOST_AFTER + SLACK) / share
    assert any(name == "help" for _, name in stage.spoken())
    assert not mission.machine.is_in("fault")
    assert _turned(stage, BEGIN) < 0.5
    if "flickers" not in kind:
        assert isinstance(stage.goals[-1][1].base, Stay)
        assert "asking for help" in stage.goals[-1][1].activity
        assert ("lidar" in stage.goals[-1][1].activity) is ("lidar" in kind)
    stage.run(mission, 110.0)
    assert mission.machine.is_in("working")
    assert not mission.machine.state.endswith(("lost", "help"))


def test_no_way_home_ends_in_help_and_goes_on_when_there_is_one() -> None:
    """What the planner says is the reason; the goal stays, so that the planner can try again."""
    stage, mission = _scene("sweeper", 120.0)
    told: list[Progress] = []

    def no_way(progress: Progress) -> Progress:
        home = mission.machine.is_in("returning") and stage.time < 200.0
        return Progress(Status.IMPOSSIBLE, "a market stall stands there") if home else progress

    mission._progress = lambda: no_way(stage.told)  # type: ignore[attr-defined]
    carry, stage._carry_out = stage._carry_out, lambda goal: None  # type: ignore[method-assign]

    def move(goal: Goal) -> None:
        if not (mission.machine.is_in("returning") and stage.time < 200.0):
            carry(goal)
        told.append(stage.told)

    stage._carry_out = move  # type: ignore[method-assign]
    stage.run(mission, 199.0)
    assert mission.machine.state == "returning/help"
    assert isinstance(stage.goals[-1][1].base, GoTo)
    assert "a market stall stands there" in stage.goals[-1][1].activity
    said = [name for _, name in stage.spoken()].count("help_way")
    assert 2 <= said <= 6
    stage.run(mission, 260.0)
    assert math.dist(stage.pose[:2], DOCK[:2]) < 0.15


def test_lost_on_the_way_home_ends_in_help() -> None:
    """There, too; and found again, it drives home."""
    stage, mission = _scene("sweeper", 90.0)
    stage.more = lambda time: {
        "quality": 0.1 if mission.machine.is_in("returning") and time < 150.0 else 0.9
    }
    stage.run(mission, 149.0)
    assert mission.machine.state == "returning/help"
    assert isinstance(stage.goals[-1][1].base, Stay)
    stage.run(mission, 220.0)
    assert math.dist(stage.pose[:2], DOCK[:2]) < 0.15


def test_people_who_never_go_away_do_not_hold_the_sweeper_for_ever() -> None:
    """It asks kindly while the planner has patience; then the zone is closed, and it goes home."""
    stage, mission = _scene("sweeper", 300.0)
    stage.run(mission, BEGIN)
    x, y, yaw = stage.pose
    front = (float(x + 1.2 * math.cos(yaw)), float(y + 1.2 * math.sin(yaw)))
    stage.people = [Walker(1, front, (0.0, 0.0), between=(0.0, 120.0))]
    stage.blocked = (BEGIN, 120.0)
    stage.run(mission, 60.0)
    assert mission.machine.state == "working/cover/wait"
    mission._progress = lambda: (  # type: ignore[attr-defined]
        Progress(Status.IMPOSSIBLE, "blocked") if mission.machine.is_in("working") else stage.told
    )
    stage.run(mission, 62.0)
    assert any("patch was given up: blocked" in note for note in mission.report().notes)  # type: ignore[attr-defined]
    assert mission.machine.is_in("returning")


def test_a_greeter_that_cannot_get_home_asks_for_help() -> None:
    """After a few tries; between two calls it tries again, and never turns about for nothing."""
    stage, mission = _scene("greeter")
    stage.run(mission, 2.0)
    stage.pose = np.array([1.5, 0.0, 0.0])
    stage.blocked = (2.0, 250.0)
    stage.run(mission, 240.0)
    helped = [line for line in mission.history if line.target == "working/help"]
    assert helped
    assert helped[0].reason == "its way home is blocked"
    assert helped[0].time < 100.0
    assert len(helped) <= 5
    assert _turned(stage, 2.0) < 0.5
    assert not any(isinstance(goal.base, Drive) for _, goal in stage.goals)
    stage.run(mission, 340.0)
    assert float(np.hypot(*stage.pose[:2])) < 0.35


def test_moments_of_sight_do_not_take_the_count_back() -> None:
    """Only after knowing for long where it is, the time without counts anew."""
    stage, _ = _scene("greeter")
    sight = Sight()
    for k in range(1200):
        stage.time = 0.05 * k
        quality = 0.2 if stage.time % 4.0 < 2.0 else 0.9
        stage.more = lambda time, quality=quality: {"quality": quality}  # type: ignore[misc]
        sight.look(stage.state())
    assert sight.is_lost_for_long
    stage.more = lambda time: {"quality": 0.9}
    for k in range(round(SURE_AFTER / 0.05) + 60):
        stage.time = 60.0 + 0.05 * k
        sight.look(stage.state())
    assert not sight.is_lost_for_long
