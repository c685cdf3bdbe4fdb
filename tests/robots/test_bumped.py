"""Somebody runs into the greeter: it stands, says that no harm is done, and goes on."""

from __future__ import annotations

import numpy as np
from mission_stage import Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.messages import GoTo, Kind, Stay
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import GreeterMission, build_mission

BEHAVIOURS = load_behaviours(asset("behaviours/greeter"), load().joints)
STANDS = (0.0, 0.0)
CHILD = Walker(7, (3.5, 0.1), (-1.2, 0.0), Kind.CHILD, between=(10.0, 16.0), stands_at=12.3)


def scene(*walkers: Walker) -> tuple[Stage, GreeterMission]:
    """Return a stage with people and the mission on it; the robot looks along +x."""
    stage = Stage(np.zeros(3), list(walkers))
    mission = build_mission(
        open_site(), seconds=200.0, behaviours=BEHAVIOURS, progress=stage.progress
    )
    return stage, mission


def states(mission: GreeterMission) -> list[str]:
    """Return the mission states entered so far, below ``working``."""
    lines = [line for line in mission.history if line.machine == "greeter"]
    return [line.target.removeprefix("working/") for line in lines]


def jolted(stage: Stage, at: float) -> None:
    """Let the base be found moving for 0.2 s from ``at`` [s] on."""
    push = {"twist_base_in_base": np.array([-0.4, 0.0, 0.0])}
    stage.more = lambda time: push if at <= time < at + 0.2 else {}


def test_a_child_runs_into_it_it_stands_comforts_and_goes_on() -> None:
    """One bump, one comfort; then it is about its work again."""
    stage, mission = scene(CHILD)
    jolted(stage, 12.35)
    stage.run(mission, 13.0)
    assert mission.machine.state == "working/bumped"
    goal = stage.goals[-1][1]
    assert isinstance(goal.base, Stay)
    assert goal.posture.look_at_in_map is not None
    assert goal.voice is not None
    assert goal.voice.behaviour == "bumped"
    stage.run(mission, 40.0)
    assert "bumped" not in mission.machine.state
    assert states(mission).count("bumped") == 1
    assert mission.report().counts["bumped"] == 1
    assert [name for _, name in stage.spoken()].count("bumped") == 1


def test_a_jolt_with_nobody_beside_it_is_no_bump() -> None:
    """It may have been its own foot."""
    stage, mission = scene(Walker(1, (2.5, 0.0), STANDS))
    jolted(stage, 12.35)
    stage.run(mission, 20.0)
    assert "bumped" not in states(mission)


def test_somebody_close_without_a_jolt_is_no_bump() -> None:
    """People stand at arm's length to shake hands."""
    stage, mission = scene(Walker(1, (0.85, 0.0), STANDS))
    stage.run(mission, 60.0)
    assert "bumped" not in states(mission)


def test_bumped_on_its_way_it_walks_on_to_the_same_people() -> None:
    """It leans on its steps as it never does by itself; then it sets out again."""
    runs = Walker(7, (3.2, -4.0), (0.0, 1.2), Kind.CHILD, between=(4.0, 9.0))
    stage, mission = scene(Walker(1, (7.0, 0.0), STANDS), runs)
    stage.more = lambda time: {"tilt": np.array([0.2, 0.0])} if 7.0 < time < 7.6 else {}
    stage.run(mission, 7.0)
    assert isinstance(stage.goals[-1][1].base, GoTo)
    stage.run(mission, 8.0)
    assert mission.machine.state == "working/bumped"
    stage.run(mission, 40.0)
    assert states(mission).count("visit") == 2
    assert mission.report().counts["visits_met"] == 1
