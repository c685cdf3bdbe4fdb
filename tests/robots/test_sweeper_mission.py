"""Scenes of the sweeper's day: zones that fit, home in time, manners, lost and found, stops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mission_stage import Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.messages import Battery, Cover, Drive, Goal, Stay, ToolReadings
from robotics.robots.sweeper.antics import BRUSH
from robotics.robots.sweeper.joints import load
from robotics.robots.sweeper.manners import POLITE_EVERY
from robotics.robots.sweeper.mission import SweeperMission, build_mission
from robotics.robots.sweeper.zones import Offer, choose, sweeping_time, way_home

BEHAVIOURS = load_behaviours(asset("behaviours/sweeper"), load().joints)
ZONES = {
    "lawn": (8.0, 5.0, 20.0, 13.0),
    "east": (20.5, 2.5, 29.0, 10.5),
    "west": (-22.0, 5.0, -7.0, 13.0),
    "pier": (-3.3, -24.0, 3.3, -3.0),
}
DOCK = np.array([9.5, 2.0, -math.pi / 2])
SMALL = {"patch": (8.0, 5.0, 12.0, 9.0)}
LEAVES = (
    *("working/undock", "working/cover/transit", "working/cover/sweep", "working/cover/wait"),
    *("working/lost", "working/help", "returning/transit", "returning/wait", "returning/lost"),
    "returning/docked",
)


def scene(
    seconds: float,
    *walkers: Walker,
    zones: dict[str, tuple[float, float, float, float]] | None = None,
) -> tuple[Stage, SweeperMission]:
    """Return a stage with the sweeper in its dock."""
    stage = Stage(DOCK, list(walkers))
    site = open_site(ZONES if zones is None else zones)
    lengths = [sweeping_time(zone) for zone in site.zones.values()]
    stage.cover_seconds = min(lengths, default=60.0)
    mission = build_mission(site, seconds=seconds, behaviours=BEHAVIOURS, progress=stage.progress)
    return stage, mission


def swept(stage: Stage) -> list[str]:
    """Return the zones swept, in order."""
    names = [goal.base.zone for _, goal in stage.goals if isinstance(goal.base, Cover)]
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("minutes", [2, 5, 20])
def test_it_is_in_the_dock_before_the_time_is_over(minutes: int) -> None:
    """However much there is to do; tools are off on the way and at the end."""
    stage, mission = scene(60.0 * minutes)
    stage.run(mission, 60.0 * minutes)
    report = mission.report()
    assert report.finished
    assert math.dist(stage.pose[:2], DOCK[:2]) < 0.15
    assert abs(stage.pose[2] - DOCK[2]) < 0.15
    docked = next(line.time for line in report.history if line.target == "returning/docked")
    assert docked <= 60.0 * minutes
    working = [goal for time, goal in stage.goals if goal.tools.brush > 0.0 and time < docked]
    assert working
    assert all(isinstance(goal.base, Cover) for goal in working)
    shown = [goal for time, goal in stage.goals if goal.tools.brush > 0.0 and time >= docked]
    assert all("in the dock" in goal.activity and goal.tools.brush <= BRUSH for goal in shown)


def test_the_zones_are_those_that_fit() -> None:
    """Two minutes: a part, and it says so; five: the nearest; twenty: several, nearest first."""
    stage, mission = scene(120.0)
    stage.run(mission, 120.0)
    assert len(swept(stage)) == 1
    assert mission.report().counts["zones_finished"] == 0
    assert "only part of" in mission.report().notes[0]
    assert any("as much as the time allows" in goal.activity for _, goal in stage.goals)

    stage, mission = scene(300.0)
    stage.run(mission, 300.0)
    assert swept(stage) == ["lawn"]
    assert mission.report().counts["zones_finished"] == 1

    stage, mission = scene(1200.0)
    stage.run(mission, 1200.0)
    assert swept(stage)[:2] == ["lawn", "east"]
    assert mission.report().counts["zones_finished"] >= 3


def test_without_time_for_anything_it_stays_in_the_dock() -> None:
    """And says why."""
    stage, mission = scene(45.0)
    stage.run(mission, 45.0)
    assert swept(stage) == []
    assert "too short" in mission.report().notes[0]
    assert mission.report().finished


def test_the_estimate_follows_area_and_turns() -> None:
    """Twice the area costs more; a compact zone less than a ragged one with more swaths."""
    site = open_site({"a": (0, 0, 10, 10), "long": (0, 0, 20, 10), "thin": (0, 0, 50, 2)})
    times = {name: sweeping_time(zone) for name, zone in site.zones.items()}
    assert times["thin"] < times["a"] < times["long"]
    assert math.isclose(times["a"], 1.15 * (100 / 0.62 + 10 * 6.0))


def test_the_choice_leaves_time_for_the_way_home() -> None:
    """What is chosen as whole fits with both ways; nothing at all is chosen below the least."""
    site = open_site(ZONES)
    start = DOCK[:2]
    for seconds in range(30, 1500, 30):
        offers = [Offer(zone) for zone in site.zones.values()]
        choice = choose(offers, start, dock=DOCK, seconds=float(seconds), partly=True)
        if choice is None:
            assert seconds < 100
        elif choice.fits:
            assert choice.sweeping < choice.total <= seconds
    assert way_home(start, DOCK) > 0.0


def test_it_backs_out_of_the_dock_first() -> None:
    """About its own clearance, slowly, and says that work begins."""
    stage, mission = scene(300.0)
    stage.run(mission, 8.0)
    backing = [goal.base for _, goal in stage.goals if isinstance(goal.base, Drive)]
    assert backing
    assert all(base.twist[0] == -0.2 for base in backing)
    assert "starting" in [name for _, name in stage.spoken()]
    assert swept(stage) == ["lawn"]


def test_it_asks_kindly_and_thanks() -> None:
    """People stand in the way for 30 s: asked at most every 12 s, thanked once when they go."""
    stage, mission = scene(
        300.0, Walker(1, (9.5, 0.5), (0.0, 0.0), between=(20.0, 50.0)), zones=SMALL
    )
    stage.blocked = (20.0, 50.0)
    stage.run(mission, 19.0)
    assert mission.machine.state == "working/cover/sweep"
    stage.people[0].start = (float(stage.pose[0]), float(stage.pose[1]) - 1.2)
    stage.run(mission, 70.0)
    asked = [at for at, name in stage.spoken() if name == "excuse_me"]
    assert 2 <= len(asked) <= 3
    assert min(np.diff(asked)) >= POLITE_EVERY
    thanked = [at for at, name in stage.spoken() if name == "thank_you"]
    assert len(thanked) == 1
    assert 50.0 <= thanked[0] < 52.0
    assert mission.machine.state == "working/cover/sweep"
    waiting = [goal for time, goal in stage.goals if 25.0 < time < 49.0]
    assert all(goal.tools.brush == 0.0 for goal in waiting)


def test_brushes_turn_slowly_near_people() -> None:
    """Within two metres ahead: no spray either."""
    stage, mission = scene(300.0, zones=SMALL)
    stage.run(mission, 20.0)
    front = stage.pose[:2] + 1.8 * np.array([math.cos(stage.pose[2]), math.sin(stage.pose[2])])
    stage.people = [Walker(1, (float(front[0]), float(front[1])), (0.0, 0.0))]
    gentle = stage.run(mission, 20.2).tools
    assert gentle.brush < 0.6
    assert gentle.spray == 0.0
    stage.people = []
    assert stage.run(mission, 20.4).tools.brush > 0.8


def test_lost_it_stands_and_goes_on_when_it_knows_again() -> None:
    """Ten seconds without a fit; the same zone goes on."""
    stage, mission = scene(300.0, zones=SMALL)
    stage.more = lambda time: {"quality": 0.2 if 20.0 <= time < 30.0 else 0.9}
    stage.run(mission, 29.0)
    assert stage.goals[-1][1] == Goal(activity="finding out where it is")
    stage.run(mission, 33.0)
    assert mission.machine.state.startswith("working/cover")
    assert swept(stage) == ["patch"]


def test_lost_for_long_it_asks_for_help_and_can_still_be_found() -> None:
    """After 20 s; a person turns it to where it knows the place."""
    stage, mission = scene(400.0, zones=SMALL)
    stage.more = lambda time: {"quality": 0.2 if 20.0 <= time < 60.0 else 0.9}
    stage.run(mission, 45.0)
    assert mission.machine.state == "working/help"
    assert "help" in [name for _, name in stage.spoken()]
    assert isinstance(stage.goals[-1][1].base, Stay)
    stage.run(mission, 65.0)
    assert mission.machine.state.startswith("working/cover")


@pytest.mark.parametrize(
    ("change", "event"),
    [
        ({"battery": Battery(0.15)}, "low_battery"),
        ({"tools": ToolReadings(bin=0.97)}, "pause"),
        ({"tools": ToolReadings(water=0.01)}, "pause"),
    ],
)
def test_what_runs_out_sends_it_home(change: dict[str, object], event: str) -> None:
    """Battery, bin, water, at a site without stations: to the dock, and there the day ends."""
    stage, mission = scene(400.0, zones=SMALL)
    stage.more = lambda time: change if time > 20.0 else {}
    stage.run(mission, 100.0)
    assert event in [line.event for line in mission.history]
    assert mission.report().finished


def test_a_zone_that_cannot_be_reached_is_given_up() -> None:
    """The reason is kept, and it goes home."""
    from robotics.core.parts import Progress, Status

    stage, _ = scene(300.0, zones=SMALL)
    told = Progress(Status.IMPOSSIBLE, "a market stall stands on it")
    mission = build_mission(
        open_site(SMALL), seconds=300.0, behaviours=BEHAVIOURS, progress=lambda: told
    )
    stage.run(mission, 40.0)
    assert "patch was given up: a market stall stands on it" in mission.report().notes
    assert mission.machine.is_in("returning") or mission.report().finished


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_stop_is_obeyed_in_every_state(leaf: str) -> None:
    """Stands still, tools off, silent; and after a reset it goes on with its zone."""
    stage, mission = scene(130.0, zones=SMALL)
    if "wait" in leaf:
        stage.people = [Walker(1, (9.5, 3.0), (0.0, 0.0)), Walker(2, (9.5, 1.0), (0.0, 0.0))]
        stage.people += [Walker(3 + k, (9.5, 1.5 + 0.5 * k), (0.0, 0.0)) for k in range(8)]
        stage.blocked = (15.0 if "working" in leaf else np.inf, np.inf)
    if leaf in ("working/lost", "working/help"):
        stage.more = lambda time: {"quality": 0.1 if time > 15.0 else 1.0}
    if leaf == "returning/lost":
        stage.more = lambda time: {"quality": 0.1 if "returning" in mission.machine.state else 1.0}
    while mission.machine.state != leaf:
        assert stage.time < 130.0, f"{leaf} was never reached, but {mission.machine.state}"
        stage.run(mission, stage.time + 0.05)
        if leaf == "returning/wait" and mission.machine.is_in("returning"):
            stage.blocked = (0.0, np.inf)
    mission.stop("a hand on the button")
    stage.run(mission, stage.time + 1.0)
    last = [goal for _, goal in stage.goals[-20:]]
    assert all(goal == Goal(activity="stopped: a hand on the button") for goal in last)
    assert mission.reset()
    stage.run(mission, stage.time + 0.2)
    assert mission.machine.state != "stopped"


def test_the_same_scene_gives_the_same_goals() -> None:
    """No clock and no chance in it."""
    runs = []
    for _ in range(2):
        stage, mission = scene(120.0, Walker(1, (9.0, 6.0), (0.1, 0.0)))
        stage.run(mission, 100.0)
        runs.append([(time, repr(goal)) for time, goal in stage.goals])
    assert runs[0] == runs[1]
