"""Scenes of the greeter's day: who is noticed, greeted once, followed; steps; stops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mission_stage import Stage, Walker, open_site

from robotics.app import ask_to_power_down
from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.messages import Battery, Drive, Goal, GoTo, Kind, Posture, Stay
from robotics.robots.greeter.activity import people
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import GreeterMission, build_mission
from robotics.robots.greeter.strolling import LEASH, SPEED

BEHAVIOURS = load_behaviours(asset("behaviours/greeter"), load().joints)
LEAVES = (
    *("working/idle", "working/notice", "working/greet", "working/follow", "working/farewell"),
    *("working/turn", "working/stroll/out", "working/stroll/pause", "working/stroll/back"),
    "leaving",
)


def scene(*walkers: Walker, seconds: float = 120.0) -> tuple[Stage, GreeterMission]:
    """Return a stage with people and the mission on it; the robot looks along +x."""
    stage = Stage(np.zeros(3), list(walkers))
    mission = build_mission(
        open_site(), seconds=seconds, behaviours=BEHAVIOURS, progress=stage.progress
    )
    return stage, mission


def visited(mission: GreeterMission) -> list[str]:
    """Return the mission states entered so far."""
    return [line.target for line in mission.history if line.machine == "greeter"]


def greetings(stage: Stage) -> list[tuple[float, str]]:
    """Return when which greeting was said."""
    return [one for one in stage.spoken() if one[1].startswith("greet_")]


def test_a_visitor_is_noticed_greeted_once_followed_and_seen_off() -> None:
    """The whole visit of one adult, who stops at 1.3 m and is gone after 20 s."""
    come = Walker(1, (8.0, 0.3), (-1.0, 0.0), between=(2.0, 20.0), stands_at=8.7)
    stage, mission = scene(come)
    stage.run(mission, 12.0)
    seen = visited(mission)
    assert seen[:3] == ["working/idle", "working/notice", "working/greet"]
    assert [name for _, name in greetings(stage)] == ["greet_morning"]
    said_at = greetings(stage)[0][0]
    assert math.isclose(8.0 - (said_at - 2.0), 2.8, abs_tol=0.3)
    stage.run(mission, 40.0)
    assert len(greetings(stage)) == 1
    assert visited(mission)[3:6] == ["working/follow", "working/farewell", "working/idle"]
    assert "farewell" in [name for _, name in stage.spoken()]
    assert mission.report().counts["greeted"] == 1


def test_it_looks_at_whom_it_greets_and_says_what_it_does() -> None:
    """Face point at the visitor's face, wave clip since the greeting's start, plain activity."""
    stage, mission = scene(Walker(1, (2.0, 0.5), (0.0, 0.0), Kind.CHILD))
    goal = stage.run(mission, 2.0)
    assert goal.activity == "greeting one visitor"
    assert goal.posture.clip == "greet_child"
    assert goal.voice is not None
    assert goal.posture.start == goal.voice.start
    assert goal.posture.look_at_in_map is not None
    np.testing.assert_allclose(goal.posture.look_at_in_map, [2.0, 0.5, 1.05])
    assert isinstance(goal.base, Stay)


def test_a_group_gets_one_greeting() -> None:
    """Two people side by side, the second half a second later."""
    pair = [
        Walker(1, (6.0, 0.4), (-1.0, 0.0), between=(1.0, 30.0), stands_at=5.5),
        Walker(2, (6.5, -0.4), (-1.0, 0.0), between=(1.0, 30.0), stands_at=5.7),
    ]
    stage, mission = scene(*pair)
    stage.run(mission, 25.0)
    assert [name for _, name in greetings(stage)] == ["greet_family"]
    assert mission.report().counts["greeted"] == 2


def test_who_comes_during_a_greeting_is_greeted_next() -> None:
    """Too late for the first, not forgotten."""
    stage, mission = scene(
        Walker(1, (2.0, 0.5), (0.0, 0.0), between=(1.0, 40.0)),
        Walker(2, (2.0, -0.8), (0.0, 0.0), between=(4.5, 40.0)),
    )
    stage.run(mission, 20.0)
    assert len(greetings(stage)) == 2
    assert mission.report().counts["greeted"] == 2


def test_flickering_numbers_are_not_greeted_again() -> None:
    """The same person under a new number every two seconds."""
    pieces = [
        Walker(10 + k, (1.8, 0.3), (0.0, 0.0), between=(2.0 * k, 2.0 * k + 1.8)) for k in range(15)
    ]
    stage, mission = scene(*pieces)
    stage.run(mission, 30.0)
    assert len(greetings(stage)) == 1


def test_a_stream_of_passers_by_is_greeted() -> None:
    """People pass at 1 to 3 m, one every 4 s: at least nine of ten are greeted."""
    count = 20
    stream = [
        Walker(k, (9.0, 1.0 + 0.1 * k), (-1.1, 0.0), between=(4.0 * k, 4.0 * k + 16.0))
        for k in range(count)
    ]
    stage, mission = scene(*stream, seconds=120.0)
    stage.run(mission, 100.0)
    assert mission.report().counts["greeted"] >= 0.9 * count


def test_who_passes_behind_is_left_alone() -> None:
    """No greeting to people at its back."""
    stage, mission = scene(Walker(1, (-2.0, -6.0), (0.0, 1.2), between=(1.0, 12.0)))
    stage.run(mission, 14.0)
    assert greetings(stage) == []


def test_it_turns_to_who_stands_aside() -> None:
    """Somebody waits at 85 degrees: the body turns, on the spot, until it faces them."""
    stage, mission = scene(Walker(1, (0.2, 2.0), (0.0, 0.0)))
    stage.run(mission, 20.0)
    assert "working/turn" in visited(mission)
    bearing = math.atan2(2.0 - stage.pose[1], 0.2 - stage.pose[0]) - stage.pose[2]
    assert abs(bearing) < math.radians(20.0)
    assert float(np.hypot(*stage.pose[:2])) < 0.05
    turning = [goal.base for _, goal in stage.goals if isinstance(goal.base, Drive)]
    assert max(abs(base.twist[2]) for base in turning) <= 0.4


def test_alone_it_takes_a_few_steps_and_comes_back() -> None:
    """Out about half a metre and home again, never beyond its leash, at least twice in 2 min."""
    stage, mission = scene(seconds=150.0)
    stage.run(mission, 140.0)
    assert mission.report().counts["strolls"] == 2
    reach = np.array([np.hypot(*pose[:2]) for pose in stage.path])
    assert 0.4 <= reach.max() <= 0.6 < LEASH
    assert reach[-1] < 0.2
    assert all(g.base.speed <= SPEED for _, g in stage.goals if isinstance(g.base, GoTo))
    walks = [goal.base for _, goal in stage.goals if isinstance(goal.base, GoTo)]
    assert len({id(base.pose_in_map) for base in walks}) == 3  # out, out, home: they compare
    assert all(g.posture.clip == "" for _, g in stage.goals if isinstance(g.base, GoTo))


def test_it_does_not_walk_with_people_near_or_where_there_is_no_room() -> None:
    """Somebody at 1.4 m; walls around; a bad fit."""
    stage, mission = scene(Walker(1, (1.4, 0.0), (0.0, 0.0)))
    stage.run(mission, 50.0)
    assert not any(isinstance(goal.base, GoTo) for _, goal in stage.goals)
    site = open_site()
    walls = site.occupied.cells.copy()
    walls[:, 252:256] = walls[252:256] = walls[244:248] = True
    closed = type(site)(
        **{
            **{f: getattr(site, f) for f in site.__slots__},
            "occupied": site.occupied.like(walls),
        }
    )
    walled = Stage(np.zeros(3))
    walled.run(build_mission(closed, seconds=120.0, behaviours=BEHAVIOURS), 60.0)
    assert not any(isinstance(goal.base, GoTo) for _, goal in walled.goals)
    stage, mission = scene()
    stage.more = lambda time: {"quality": 0.45}
    stage.run(mission, 60.0)
    assert not any(isinstance(goal.base, GoTo) for _, goal in stage.goals)


def test_in_a_busy_place_it_steps_between_two_talks() -> None:
    """Company at 2 m all the time, greeted: some steps are due, to where nobody is."""
    company = [Walker(1, (2.0, 0.2), (0.0, 0.0)), Walker(2, (2.0, -0.4), (0.0, 0.0))]
    stage, mission = scene(*company, seconds=150.0)
    stage.run(mission, 120.0)
    assert mission.report().counts["strolls"] >= 1
    gaps = [math.dist(pose[:2], one.start) for pose in stage.path for one in company]
    assert min(gaps) > 1.0
    assert max(float(np.hypot(*pose[:2])) for pose in stage.path) <= 0.6


def test_a_visitor_ends_the_steps() -> None:
    """It ends its few steps, stands and greets, and goes home when they have left."""
    stage, mission = scene(Walker(1, (3.6, 0.0), (-1.0, 0.0), between=(16.0, 30.0), stands_at=17.5))
    stage.run(mission, 18.6)
    assert "working/stroll/out" in visited(mission)
    assert isinstance(stage.goals[-1][1].base, Stay)
    assert len(greetings(stage)) == 1
    stage.run(mission, 60.0)
    assert float(np.hypot(*stage.pose[:2])) < 0.35


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_stop_is_obeyed_in_every_state(leaf: str) -> None:
    """Wherever it is: stands still, is silent, says why; nothing moves it until a reset."""
    walkers = {
        "working/notice": [Walker(1, (4.5, 0.0), (-0.3, 0.0))],
        "working/greet": [Walker(1, (2.0, 0.0), (0.0, 0.0))],
        "working/follow": [Walker(1, (2.0, 0.0), (0.0, 0.0))],
        "working/farewell": [Walker(1, (2.0, 0.0), (0.0, 0.0), between=(0.0, 9.0))],
        "working/turn": [Walker(1, (0.2, 2.0), (0.0, 0.0))],
    }.get(leaf, [])
    stage, mission = scene(*walkers, seconds=20.0 if leaf == "leaving" else 120.0)
    while mission.machine.state != leaf:
        assert stage.time < 60.0, f"{leaf} was never reached"
        stage.run(mission, stage.time + 0.05)
    mission.stop("the user pressed Ctrl-C")
    for _ in range(40):
        goal = stage.run(mission, stage.time + 0.05)
        still = Posture(stay_seated=True)
        assert goal == Goal(posture=still, activity="stopped: the user pressed Ctrl-C")
    assert mission.machine.state == "stopped"
    assert mission.reset()


def test_when_time_is_up_it_bows_and_stands() -> None:
    """The last seconds, and then nothing."""
    stage, mission = scene(seconds=30.0)
    stage.run(mission, 25.0)
    assert mission.machine.state == "leaving"
    assert stage.goals[-1][1].posture.clip == "bow"
    assert stage.run(mission, 30.0).activity.startswith("finished")
    assert mission.report().finished


def test_a_low_battery_and_a_fault_end_the_visit() -> None:
    """With a bow, or at once."""
    stage, mission = scene()
    stage.more = lambda time: {"battery": Battery(0.15 if time > 5.0 else 1.0)}
    assert stage.run(mission, 10.0).activity.startswith("finished")
    stage, mission = scene()
    stage.more = lambda time: {"faults": ("head_yaw hot",) if time > 5.0 else ()}
    assert stage.run(mission, 10.0).activity == "fault: the body reports head_yaw hot"


def test_it_sits_down_where_its_power_is_about_to_go() -> None:
    """After the last bow on a low battery, or when it is told so; not after an ordinary stop."""
    stage, mission = scene()
    stage.more = lambda time: {"battery": Battery(0.15 if time > 5.0 else 1.0)}
    assert not stage.run(mission, 5.5).posture.sit  # it bows first
    assert stage.run(mission, 10.0).posture.sit
    stage, mission = scene()
    stage.run(mission, 2.0)
    mission.stop("Ctrl-C")
    assert not stage.run(mission, 2.5).posture.sit
    ask_to_power_down({"greeter": mission}, "the host shuts down")
    assert stage.run(mission, 3.0).posture.sit
    assert mission.reset()
    assert not stage.run(mission, 4.0).posture.stay_seated


def test_one_that_lies_does_not_sit_up_for_its_power() -> None:
    """A fault comes before it, and whoever lies stays as it is."""
    stage, mission = scene()
    stage.more = lambda time: {"faults": ("head_yaw hot",) if time > 1.0 else ()}
    stage.run(mission, 3.0)
    mission.power_down("the host shuts down")
    posture = stage.run(mission, 4.0).posture
    assert posture.crouch
    assert not posture.sit


def test_the_same_scene_gives_the_same_goals() -> None:
    """No clock and no chance in it."""
    runs = []
    for _ in range(2):
        stage, mission = scene(Walker(1, (6.0, 0.5), (-0.8, 0.0), between=(3.0, 11.0)))
        stage.run(mission, 40.0)
        runs.append([(time, repr(goal)) for time, goal in stage.goals])
    assert runs[0] == runs[1]


def test_numbers_are_words() -> None:
    """As far as words go."""
    assert [people(n) for n in (1, 2, 9)] == ["one visitor", "two visitors", "9 visitors"]
