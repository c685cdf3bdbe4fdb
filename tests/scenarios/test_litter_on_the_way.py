"""Litter on the sweeper's way: a can is taken, a carton is driven around and reported once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from shapely import Polygon

from robotics.app import Member, run
from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.backend import Begin
from robotics.core.geometry import transform
from robotics.core.messages import Goal, GoTo, GroundSight, Joints, Litter, State, Tick, Tools
from robotics.mapping.places import load_site
from robotics.robots.memory import litter_reported
from robotics.robots.speaker import Speaker
from robotics.robots.sweeper.day import Day
from robotics.robots.sweeper.joints import load
from robotics.robots.sweeper.litter import LitterReports
from robotics.robots.sweeper.mission import build_mission
from robotics.robots.sweeper.progress import DayProgress
from robotics.robots.sweeper.robot import build
from sim.cleaning.shapes import boxes
from sim.scenario import FOOTPRINTS, SimStage, open_kinematic

CAN, CARTON, GOAL = (0.6, 1.3), (2.7, 1.15), (4.7, 1.2)
WORDS = load_behaviours(asset("behaviours/sweeper"), load().joints)


@dataclass
class Onward:
    """Drives to one place with the brushes on."""

    goal: Goal = field(
        default_factory=lambda: Goal(
            GoTo(np.array([*GOAL, 0.0]), speed=0.6), tools=Tools(brush=1.0)
        )
    )

    def decide(self, _: State) -> Goal:
        """Always the same."""
        return self.goal

    def stop(self, reason: str) -> None:
        """Nothing to end."""


def lay(stage: SimStage) -> None:
    """Put a can and a carton on the way."""
    litter = stage._dirt.litter
    litter.position = np.array([CAN, CARTON])
    litter.size, litter.height = np.array([0.12, 0.35]), np.array([0.065, 0.20])
    litter.mass, litter.lying = np.array([0.016, 0.15]), np.ones(2, dtype=np.bool_)


def test_a_can_is_taken_and_a_carton_is_driven_around(tmp_path: Path) -> None:
    """Both lie on the straight way; no part of the machine ever comes over the carton."""
    start = {"sweeper": Begin(pose=(-1.2, 1.2, 0.0))}
    stage = open_kinematic(
        "yard", robots=("sweeper",), seed=1, site_folder=tmp_path, visitors=0, begin=start
    )
    lay(stage)
    robot = build(load_site(tmp_path), (-1.2, 1.2, 0.0))
    member = Member(robot, Onward(), stage.backends["sweeper"])
    gaps, states = [], []

    def on_tick(_: Member, tick: Tick) -> None:
        states.append(tick.state)
        if len(states) % 5 == 0:
            stage.look(tick.observation.time)
            body = stage.bodies["sweeper"].body
            x, y, heading, length, width, _ = boxes(stage._dirt.litter)[-1]
            corners = 0.5 * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) * (length, width)
            outline = Polygon(transform(body.true_pose(), FOOTPRINTS["sweeper"]))
            gaps.append(outline.distance(Polygon(transform((x, y, heading), corners))))

    def there() -> bool:
        return bool(states) and math.dist(states[-1].pose_base_in_map[:2], GOAL) < 0.1

    run([member], until=40.0, on_tick=on_tick, should_stop=there)
    stage.close()
    assert there()
    assert stage._dirt.litter.lying.tolist() == [False, True]
    assert min(gaps) > 0.02
    (left,) = states[-1].ground.litter
    assert not left.fits
    assert math.dist(left.position_in_map, CARTON) < 0.08


def _state(time: float, *litter: Litter) -> State:
    n, rest = np.zeros(0), np.zeros(3)
    joints = Joints(n, n, n, np.zeros(0, dtype=np.bool_), n)
    return State(time, rest, rest, joints, rest[:2], rest, ground=GroundSight(litter=litter))


@pytest.fixture(name="day")
def day_of_the_yard(tmp_path: Path) -> DayProgress:
    """Return a day before it has begun."""
    open_kinematic("yard", robots=(), seed=1, site_folder=tmp_path, visitors=0).close()
    return DayProgress.begin(Day.plain(load_site(tmp_path)), 600.0, 8.0 * 3600.0)


def test_large_litter_is_reported_once_also_after_a_restart(day: DayProgress) -> None:
    """With its place and a polite sentence; not before it is sure, not again under a new number."""
    speaker = Speaker(WORDS)
    reports = LitterReports(speaker, day)
    large = Litter(4, np.array([2.0, 1.0]), 0.35, 0.2, fits=False)
    small = Litter(5, np.array([3.0, 1.0]), 0.12, 0.06)
    for k in range(60):
        reports.look(_state(0.1 * k, large, small))
        assert len(day.litter) == (0.1 * k >= 1.5 - 1e-9)
    assert speaker.turns == {"too_large": 1}
    assert day.counts(0)["litter_reported"] == 1
    assert "x 2.0 m, y 1.0 m" in day.notes[0]
    again = DayProgress.recall(day.day, day.memory())
    later = LitterReports(Speaker(WORDS), again)
    moved = Litter(1, np.array([2.1, 1.1]), 0.33, 0.2, fits=False)
    for k in range(60):
        later.look(_state(0.1 * k, moved))
    assert again.litter == day.litter


def test_the_report_gets_place_and_size(tmp_path: Path) -> None:
    """What the mission tells is what the quality report and the photographer read."""
    open_kinematic("yard", robots=(), seed=1, site_folder=tmp_path, visitors=0).close()
    mission = build_mission(load_site(tmp_path), seconds=600.0, behaviours=WORDS)
    large = Litter(4, np.array([2.0, 1.0]), 0.35, 0.2, fits=False)
    for k in range(30):
        mission._litter.look(_state(0.1 * k, large))
    (told,) = litter_reported(mission)
    assert (told["x"], told["y"], told["size"]) == (2.0, 1.0, 0.35)
    assert mission.report().counts["litter_reported"] == 1
