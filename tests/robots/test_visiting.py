"""Scenes of visits: to whom the greeter walks, where it stands before them, when it gives up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mission_stage import Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.messages import GoTo, Kind, Posture, Stay
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import GreeterMission, build_mission
from robotics.robots.greeter.visiting import LEASH, POLITE

BEHAVIOURS = load_behaviours(asset("behaviours/greeter"), load().joints)
STANDS = (0.0, 0.0)


def scene(*walkers: Walker, seconds: float = 200.0) -> tuple[Stage, GreeterMission]:
    """Return a stage with people and the mission on it; the robot looks along +x."""
    stage = Stage(np.zeros(3), list(walkers))
    mission = build_mission(
        open_site(), seconds=seconds, behaviours=BEHAVIOURS, progress=stage.progress
    )
    return stage, mission


def visited(mission: GreeterMission) -> list[str]:
    """Return the mission states entered so far, below ``working``."""
    lines = [line for line in mission.history if line.machine == "greeter"]
    return [line.target.removeprefix("working/") for line in lines]


def greetings(stage: Stage) -> list[float]:
    """Return when a greeting was said [s]."""
    return [time for time, name in stage.spoken() if name.startswith("greet_")]


def test_it_walks_to_somebody_who_lingers_greets_there_stays_and_goes_home() -> None:
    """At 5 m: it stands 1.4 m before them, faces them, greets once, and is home in the end."""
    stage, mission = scene(Walker(1, (5.0, 1.0), STANDS, between=(1.0, 40.0)))
    stage.run(mission, 16.0)
    assert visited(mission)[:4] == ["idle", "visit", "greet", "follow"]
    here = stage.pose
    assert math.dist(here[:2], (5.0, 1.0)) == pytest.approx(POLITE, abs=0.45)
    bearing = math.atan2(1.0 - here[1], 5.0 - here[0]) - here[2]
    assert abs(bearing) < math.radians(40.0)
    assert len(greetings(stage)) == 1
    met = greetings(stage)[0]
    stage.run(mission, met + 7.0)
    assert math.dist(stage.pose[:2], here[:2]) < 0.1  # it stays with them
    stage.run(mission, 80.0)
    assert math.hypot(*stage.pose[:2]) < 0.35
    counts = mission.report().counts
    assert (counts["visits"], counts["visits_met"], counts["greeted"]) == (1, 1, 1)


def test_on_its_way_it_looks_at_whom_it_walks_to_and_says_so() -> None:
    """A place through the planner, a face, no clip, words for people."""
    stage, mission = scene(Walker(1, (6.0, 0.0), STANDS, Kind.PERSON))
    goal = stage.run(mission, 5.0)
    assert isinstance(goal.base, GoTo)
    assert goal.activity == "walking to somebody who lingers"
    assert isinstance(goal.posture, Posture)
    assert goal.posture.clip == ""
    assert goal.posture.look_at_in_map is not None
    np.testing.assert_allclose(goal.posture.look_at_in_map, [6.0, 0.0, 1.5])
    places = {id(one.base.pose_in_map) for _, one in stage.goals if isinstance(one.base, GoTo)}
    assert len(places) == 1  # the same object: the planner compares


def test_who_walks_past_runs_alone_or_is_far_is_not_walked_to() -> None:
    """A passer-by, a child without an adult, somebody at 9 m, somebody beyond the leash."""
    for one in (
        Walker(1, (-6.0, 5.0), (1.2, 0.0), between=(1.0, 12.0)),
        Walker(1, (5.0, 0.0), STANDS, Kind.CHILD),
        Walker(1, (9.5, 0.0), STANDS),
    ):
        stage, mission = scene(one)
        stage.run(mission, 12.0)
        assert "visit" not in visited(mission)


def test_a_child_with_its_family_is() -> None:
    """An adult stands beside it."""
    family = [Walker(1, (5.0, 0.0), STANDS, Kind.CHILD), Walker(2, (5.3, 0.8), STANDS)]
    stage, mission = scene(*family)
    stage.run(mission, 25.0)
    assert visited(mission)[1:3] == ["visit", "greet"]
    assert mission.report().counts["greeted"] == 2


def test_it_never_comes_from_behind() -> None:
    """They stroll away to the left, slowly: its place is not at their back."""
    stage, mission = scene(Walker(1, (5.0, 0.0), (0.0, 0.25), between=(0.5, 40.0)))
    while "visit" not in visited(mission):
        stage.run(mission, stage.time + 0.05)
    goal = stage.goals[-1][1].base
    where = stage.people[0].seen(stage.time)
    assert isinstance(goal, GoTo)
    assert where is not None
    before = goal.pose_in_map[:2] - where.position_in_map
    assert before[1] > -0.3 * POLITE


def test_somebody_nearer_who_waits_comes_first() -> None:
    """They stop at 1.5 m while it is on its way: it stops and greets them, then walks on."""
    far = Walker(1, (7.0, 0.0), STANDS)
    near = Walker(2, (3.0, -0.9), STANDS, between=(5.0, 20.0))
    stage, mission = scene(far, near)
    stage.run(mission, 60.0)
    seen = visited(mission)
    assert seen[1:4] == ["visit", "greet", "follow"]
    assert seen.count("visit") == 2
    assert mission.report().counts["visits_met"] == 1
    assert mission.report().counts["greeted"] == 2


def test_who_passes_is_greeted_with_words_while_it_walks_on() -> None:
    """The way is not broken off."""
    far = Walker(1, (7.5, 0.0), STANDS)
    passing = Walker(2, (6.0, 1.5), (-1.2, 0.0), between=(3.0, 9.0))
    stage, mission = scene(far, passing)
    stage.run(mission, 30.0)
    assert visited(mission)[1:3] == ["visit", "greet"]
    assert mission.report().counts["greeted"] == 2


def test_it_gives_up_when_they_walk_away_and_goes_home() -> None:
    """No pursuit: it stands within seconds."""
    leaves = Walker(1, (6.0, 0.0), STANDS, between=(0.0, 5.0))
    gone = Walker(1, (6.0, 0.0), (1.0, 0.6), between=(5.05, 15.0))
    stage, mission = scene(leaves, gone)
    stage.run(mission, 9.0)
    assert visited(mission)[1:3] == ["visit", "idle"]
    assert isinstance(stage.goals[-1][1].base, Stay)
    stage.run(mission, 60.0)
    assert math.hypot(*stage.pose[:2]) < 0.35
    assert mission.report().counts["visits_met"] == 0


def test_it_gives_up_where_the_way_is_blocked() -> None:
    """After six seconds of waiting, not before."""
    stage, mission = scene(Walker(1, (6.0, 0.0), STANDS))
    stage.blocked = (3.0, 40.0)
    stage.run(mission, 8.0)
    assert mission.machine.state == "working/visit"
    stage.run(mission, 12.0)
    assert "gave_up" in [line.event for line in mission.history]


def test_it_never_leaves_its_leash() -> None:
    """People stand on a ring, farther and farther out, wherever it has come to."""
    people = [
        Walker(k, (4.0 * k * math.cos(k), 4.0 * k * math.sin(k)), STANDS) for k in range(1, 5)
    ]
    stage, mission = scene(*people, seconds=300.0)
    stage.run(mission, 280.0)
    assert max(math.hypot(*pose[:2]) for pose in stage.path) <= LEASH + 0.1
    assert mission.report().counts["visits_met"] >= 1


def test_a_question_on_the_way_is_answered() -> None:
    """It stops for it."""
    table = mission_events()
    assert ("asked", "working/visit", "working/answer") in table
    assert ("asked", "working/stroll/back", "working/answer") in table


def mission_events() -> set[tuple[str, str, str]]:
    """Return the transitions of the table."""
    _, mission = scene()
    return {(one.event, one.source, one.target) for one in mission.machine.table.transitions}


def test_a_stop_is_obeyed_on_the_way() -> None:
    """It stands still and says why."""
    stage, mission = scene(Walker(1, (6.0, 0.0), STANDS))
    while mission.machine.state != "working/visit":
        stage.run(mission, stage.time + 0.05)
    mission.stop("the user pressed Ctrl-C")
    assert isinstance(stage.run(mission, stage.time + 0.1).base, Stay)
    assert mission.machine.state == "stopped"


def test_lost_on_its_way_it_stands() -> None:
    """And does not walk on by what it believes."""
    stage, mission = scene(Walker(1, (6.0, 0.0), STANDS))
    stage.more = lambda time: {"quality": 0.1 if time > 5.0 else 1.0}
    stage.run(mission, 8.0)
    assert mission.machine.state == "working/lost"
    assert isinstance(stage.goals[-1][1].base, Stay)
