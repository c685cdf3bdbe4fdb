"""Navigator and tracker on a perfect unicycle: arrive, sweep, wait, go around, give up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from planning_grounds import NAVIGATION, SHAPE, WHEELS, Unicycle, blocked, standing, swept_share
from shapely.geometry import Point, box

from robotics.core.geometry import wrap
from robotics.core.messages import Cover, Drive, Goal, GoTo, Kind, Obstacle, Stay, Tools
from robotics.core.parts import Status
from robotics.mapping.places import Zone
from robotics.planning.navigator import Navigator
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.space import Space

HALL = box(0, 0, 16, 10)
ZONE = box(3, 2, 11, 7)
ZONES = {"z": Zone("z", "", "sweep", np.array(ZONE.exterior.coords)[:-1])}
SPACE = Space.of(blocked(HALL), SHAPE)
SWEEP = Goal(base=Cover("z"), tools=Tools(brush=1.0))


def _drive(robot: Unicycle, goal: Goal, seconds: float) -> Status:
    for _ in range(round(seconds / 0.05)):
        robot.step(goal)
        if robot.navigator.progress.status in (Status.DONE, Status.IMPOSSIBLE):
            break
    return robot.navigator.progress.status


@pytest.mark.parametrize("yaw", [0.0, 1.6, -2.5])
def test_it_arrives_within_five_centimetres(yaw: float) -> None:
    """From any side, a GoTo ends within 5 cm and 0.05 rad, and says so."""
    robot = Unicycle.on(SPACE, (3.0, 3.0, 0.5))
    goal = np.array([12.0, 6.0, yaw])
    assert _drive(robot, Goal(base=GoTo(goal)), 60.0) is Status.DONE
    assert math.dist(robot.pose[:2], goal[:2]) < 0.05
    assert abs(wrap(float(robot.pose[2]) - yaw)) < 0.05
    assert robot.navigator.plan(robot.state(), Goal(base=GoTo(goal))).reason == "arrived"


def test_a_plan_stays_the_same_object() -> None:
    """While it is valid, the plan is kept, so that the tracker keeps its place."""
    robot = Unicycle.on(SPACE, (3.0, 3.0, 0.5))
    goal = Goal(base=GoTo(np.array([12.0, 6.0, 0.0])))
    first = robot.navigator.plan(robot.state(), goal)
    for _ in range(100):
        robot.step(goal)
    assert robot.navigator.plan(robot.state(), goal) is first


def test_a_zone_is_swept_accurately() -> None:
    """Free of people: all swept, and on swaths the base is within 3 cm of its path."""
    robot = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones=ZONES)
    errors = []
    for _ in range(round(240 / 0.05)):
        robot.step(SWEEP)
        cursor = robot.tracker._cursor
        straight_on = abs(robot.twist[2]) < 0.1 and robot.twist[0] > 0.5
        if cursor is not None and not cursor.turning and not cursor.done and straight_on:
            errors.append(abs(cursor.errors(robot.pose)[0]))
        if robot.navigator.progress.status is Status.DONE:
            break
    assert robot.navigator.progress.status is Status.DONE
    assert robot.navigator.progress.reason == "covered"
    assert swept_share(ZONE, np.array(robot.trail)) > 0.99
    assert np.percentile(errors, 95) < 0.03


def test_a_zone_with_somebody_in_it_is_swept_around() -> None:
    """A person who stands in the zone is not touched; ≥ 95 % of the rest is swept."""
    robot = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones=ZONES, obstacles=(standing(7.0, 4.4),))
    assert _drive(robot, SWEEP, 420.0) is Status.DONE
    space = SPACE.with_standing([(7.0, 4.4, 0.3)])
    assert space.clearance(np.array(robot.trail)).min() > 0.05
    assert swept_share(ZONE.difference(Point(7.0, 4.4).buffer(0.9)), np.array(robot.trail)) > 0.95


def test_somebody_who_walks_by_is_let_pass() -> None:
    """Somebody crossing is neither touched nor closed in on while the robot moves."""
    robot = Unicycle.on(SPACE, (2.0, 5.0, 0.0))
    goal = Goal(base=GoTo(np.array([13.0, 5.0, 0.0])))
    least = np.inf
    for k in range(800):
        position = np.array([7.0, 11.0 - 1.0 * 0.05 * k])
        robot.obstacles = (Obstacle(1, position, np.array([0.0, -1.0]), 0.25, Kind.PERSON),)
        robot.step(goal)
        if abs(robot.twist[0]) + abs(robot.twist[2]) > 0.05:
            there = SPACE.with_standing([(*position, 0.25)])
            least = min(least, float(there.clearance(robot.pose)[0]))
    assert robot.navigator.progress.status is Status.DONE
    assert least > 0.1


def test_a_blocked_gate_is_reported() -> None:
    """Where somebody fills the only gate, the status says blocked, nobody is touched."""
    grid = blocked(HALL)
    wall = grid.cells.copy()
    wall[:60, 98:102], wall[82:, 98:102] = True, True
    space = Space.of(grid.like(wall), SHAPE)
    robot = Unicycle.on(space, (4.0, 5.0, 0.0), obstacles=(standing(8.0, 5.1, 0.4),))
    assert _drive(robot, Goal(base=GoTo(np.array([13.0, 5.0, 0.0]))), 30.0) is Status.BLOCKED
    robot.obstacles = ()
    assert _drive(robot, Goal(base=GoTo(np.array([13.0, 5.0, 0.0]))), 60.0) is Status.DONE


@pytest.mark.parametrize(
    ("goal", "reason"),
    [
        (Goal(base=GoTo(np.array([13.0, 9.9, 0.0]))), "goal occupied"),
        (Goal(base=GoTo(np.array([60.0, 5.0, 0.0]))), "goal outside the map"),
        (Goal(base=Cover("nowhere")), "there is no zone 'nowhere' to sweep; zones: z"),
    ],
)
def test_impossible_goals_have_reasons(goal: Goal, reason: str) -> None:
    """An impossible goal gives an empty plan, its reason, and a robot that stays."""
    robot = Unicycle.on(SPACE, (3.0, 3.0, 0.5), zones=ZONES)
    plan = robot.navigator.plan(robot.state(), goal)
    assert plan.is_empty
    assert plan.reason == reason
    assert robot.navigator.progress.status is Status.IMPOSSIBLE
    robot.step(goal)
    assert not robot.twist.any()


def test_slow_zones_are_slow() -> None:
    """Where the site limits the speed, the plan does too."""
    limit = SPACE.distance.like(np.where(SPACE.distance.centres()[..., 0] > 8.0, 0.3, np.inf))
    navigator = Navigator(NAVIGATION, SPACE, speed_limit=limit)
    robot = Unicycle(navigator, PredictiveTracker(WHEELS, SPACE), np.array([3.0, 5.0, 0.0]))
    plan = navigator.plan(robot.state(), Goal(base=GoTo(np.array([13.0, 5.0, 0.0]))))
    assert plan.speed[plan.path[:, 0] > 8.1].max() <= 0.3
    assert plan.speed[plan.path[:, 0] < 7.9].max() > 0.6


def test_stay_and_drive_need_no_path() -> None:
    """Stay stands; Drive drives what is asked, and stops for what stands in front."""
    robot = Unicycle.on(SPACE, (3.0, 5.0, 0.0))
    assert robot.navigator.plan(robot.state(), Goal(base=Stay())).reason == "stay"
    ahead = Goal(base=Drive(np.array([0.5, 0.0, 0.0])))
    for _ in range(60):
        robot.step(ahead)
    assert robot.twist[0] == pytest.approx(0.5)
    robot.obstacles = (standing(7.0, 5.0),)
    for _ in range(200):
        robot.step(ahead)
    assert robot.pose[0] < 7.0 - 0.3 - 0.7
    assert robot.twist[0] < 0.02


def test_the_same_run_twice() -> None:
    """Navigator and tracker are functions of what they are given, bit for bit."""
    ends = []
    for _ in range(2):
        robot = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones=ZONES, obstacles=(standing(7.0, 2.6),))
        for _ in range(400):
            robot.step(SWEEP)
        ends.append(robot.pose)
    assert np.array_equal(ends[0], ends[1])
