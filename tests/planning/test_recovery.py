"""Trouble of every kind, for ever, ends with a call for help, in time and without spinning.

And when the trouble is over, the robot goes on.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_grounds import NAVIGATION, SHAPE, WHEELS, Unicycle, blocked, standing
from shapely.geometry import box

from robotics.core.geometry import transform, wrap
from robotics.core.messages import Cover, Goal, GoTo, Kind, Obstacle, Stay, Tools
from robotics.core.parts import Status
from robotics.mapping.local_map import LocalMap
from robotics.mapping.places import Zone
from robotics.planning.coverage.planner import cover_steps
from robotics.planning.coverage.region import polygon_of
from robotics.planning.crossing import STAY, look_ahead
from robotics.planning.cursor import cursor_of
from robotics.planning.kinematic.maneuver import Vehicle
from robotics.planning.navigator import RETRY_LATE, Navigator
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.recovery import GRACE, PAUSE, Ladder, Patience, Rung
from robotics.planning.smoothing import straight
from robotics.planning.space import Space
from robotics.planning.ways import Ways

HALL = box(0, 0, 16, 10)
FREE = blocked(HALL)
SPACE = Space.of(FREE, SHAPE)
THERE = Goal(base=GoTo(np.array([13.0, 5.0, 0.0])))
PATIENCE = Patience(2.0, 6.0, 3.0)
WHOLE = NAVIGATION.way.whole


def _gate() -> Space:
    """Return two rooms with one gate of 2.2 m."""
    wall = FREE.cells.copy()
    wall[:59, 98:102], wall[81:, 98:102] = True, True
    return Space.of(FREE.like(wall), SHAPE)


def _crowd() -> tuple[Obstacle, ...]:
    """Return people who fill the gate."""
    return tuple(replace(standing(8.0, 4.2 + 0.55 * k, 0.3), id=k) for k in range(4))


def _boxed(at: tuple[float, float]) -> tuple[Obstacle, ...]:
    """Return things that stand close around a place, on all sides."""
    around = np.arange(14) * (2.0 * math.pi / 14)
    return tuple(
        replace(standing(at[0] + 1.15 * math.cos(a), at[1] + 1.15 * math.sin(a), 0.25), id=k)
        for k, a in enumerate(around)
    )


def _turned(robot: Unicycle, begin: int = 0) -> float:
    yaws = np.array([pose[2] for pose in robot.trail[begin:]])
    return float(np.abs([wrap(float(d)) for d in np.diff(yaws)]).sum())


@pytest.mark.parametrize("kind", ["gate", "boxed in"])
def test_trouble_for_ever_ends_in_help(kind: str) -> None:
    """Within its patience and the time to get there; turning is bounded; it stays given up."""
    space = _gate() if kind == "gate" else SPACE
    robot = Unicycle.on(space, (4.0, 5.0, 0.0))
    robot.obstacles = _crowd() if kind == "gate" else _boxed((4.2, 5.0))
    for _ in range(round((WHOLE + 25.0) / 0.05)):
        robot.step(THERE)
        if robot.navigator.progress.status is Status.IMPOSSIBLE:
            break
    assert robot.navigator.progress.status is Status.IMPOSSIBLE
    assert "blocked" in robot.navigator.progress.reason or robot.navigator.progress.reason
    assert _turned(robot) < 4.0 * math.pi
    begin = len(robot.trail)
    for _ in range(1200):
        robot.step(THERE)
    assert robot.navigator.progress.status is Status.IMPOSSIBLE
    assert _turned(robot, begin) < 0.2
    assert math.dist(robot.trail[begin][:2], robot.pose[:2]) < 0.2


@pytest.mark.parametrize("after", [8.0, 70.0])
def test_it_goes_on_when_the_trouble_is_over(after: float) -> None:
    """Before it has given up at once, after it within seconds; and it arrives."""
    robot = Unicycle.on(_gate(), (4.0, 5.0, 0.0), obstacles=_crowd())
    for _ in range(round(after / 0.05)):
        robot.step(THERE)
    robot.obstacles = ()
    for _ in range(round((RETRY_LATE + 40.0) / 0.05)):
        robot.step(THERE)
    assert robot.navigator.progress.status is Status.DONE


def test_somebody_on_the_goal_is_waited_for() -> None:
    """It waits, asks for help in the end, and arrives when they have gone."""
    robot = Unicycle.on(SPACE, (8.0, 5.0, 0.0), obstacles=(standing(13.0, 5.0),))
    robot.navigator.config = replace(NAVIGATION, way=PATIENCE)
    seen = set()
    for _ in range(round((PATIENCE.whole + 25.0) / 0.05)):
        robot.step(THERE)
        seen.add(robot.navigator.progress.status)
    assert {Status.MOVING, Status.BLOCKED, Status.IMPOSSIBLE} == seen
    assert _turned(robot) < 2.0 * math.pi
    robot.obstacles = ()
    for _ in range(round((RETRY_LATE + 25.0) / 0.05)):
        robot.step(THERE)
    assert robot.navigator.progress.status is Status.DONE


def test_a_blocked_zone_is_given_up_with_a_reason() -> None:
    """Boxed in while sweeping: blocked first, then impossible: the mission goes elsewhere."""
    zones = {"z": Zone("z", "", "sweep", np.array(box(3, 2, 11, 7).exterior.coords)[:-1])}
    robot = Unicycle.on(SPACE, (2.0, 5.0, 0.0), zones=zones)
    robot.navigator.config = replace(NAVIGATION, sweep=PATIENCE)
    goal, seen = Goal(base=Cover("z"), tools=Tools(brush=1.0)), set()
    for k in range(round((PATIENCE.whole + 30.0) / 0.05)):
        if k == 200:
            robot.obstacles = _boxed((float(robot.pose[0]), float(robot.pose[1])))
        robot.step(goal)
        seen.add(robot.navigator.progress.status)
    assert {Status.MOVING, Status.BLOCKED, Status.IMPOSSIBLE} <= seen
    assert "nothing else" in robot.navigator.progress.reason


# ------------------------------------------------------------------------ the ladder itself


def _climb(
    ladder: Ladder, seconds: float, place: object, *, start: float = 0.0
) -> list[tuple[float, Rung]]:
    cursor = cursor_of(straight((0.0, 0.0), (50.0, 0.0)))
    cursor.progress[2] = 0.0
    seen = []
    for k in range(round(seconds / 0.05)):
        time = start + 0.05 * k
        cursor.progress[1] = place(time)  # type: ignore[operator]
        seen.append((time, ladder.update(time, cursor, np.zeros(3))))
    return seen


def test_the_rungs_come_in_order_and_in_time() -> None:
    """Wait, around, back, help; each after its time."""
    ladder = Ladder(PATIENCE)
    ladder.begin(0.0)
    seen = _climb(ladder, 14.0, lambda time: 0.0)
    order = list(dict.fromkeys(rung for _, rung in seen))
    assert order == [Rung.NONE, Rung.WAIT, Rung.AROUND, Rung.BACK, Rung.HELP]
    first = next(time for time, rung in seen if rung is Rung.HELP)
    assert first == pytest.approx(PATIENCE.whole, abs=0.2)


@settings(max_examples=30)
@given(st.floats(0.0, 0.9), st.floats(0.3, 3.0))
def test_twitching_does_not_take_the_count_back(reach: float, period: float) -> None:
    """To and fro within less than a stride, however quick: help comes, in bounded time."""
    ladder = Ladder(PATIENCE)
    ladder.begin(0.0)
    seen = _climb(ladder, 40.0, lambda time: reach * abs(math.sin(math.pi * time / period)))
    first = next(time for time, rung in seen if rung is Rung.HELP)
    assert first < PATIENCE.whole + 20.0


def test_new_plans_do_not_take_the_count_back() -> None:
    """A new path every second, none of which is driven: help comes as soon."""
    ladder, time = Ladder(PATIENCE), 0.0
    ladder.begin(0.0)
    while ladder.rung is not Rung.HELP:
        _climb(ladder, 1.0, lambda time: 0.0, start=time)
        ladder.follow()
        time += 1.0
        assert time < PATIENCE.whole + 3.0


def test_progress_takes_it_back_and_a_goal_has_a_time_limit() -> None:
    """A robot that gets on is in no trouble, but not for ever."""
    ladder = Ladder(PATIENCE)
    ladder.begin(0.0, limit=60.0)
    seen = _climb(ladder, 70.0, lambda time: 0.4 * time)
    assert {rung for time, rung in seen if time < 59.0} == {Rung.NONE}
    assert ladder.rung is Rung.HELP


def test_after_help_there_is_little_patience() -> None:
    """A way that opens and closes again is given up in seconds, not in a whole ladder."""
    ladder = Ladder(PATIENCE)
    ladder.begin(0.0)
    _climb(ladder, 14.0, lambda time: 0.0)
    ladder.resume(14.0)
    seen = _climb(ladder, 10.0, lambda time: 0.0, start=14.0)
    first = next(time for time, rung in seen if rung is Rung.HELP)
    assert first - 14.0 <= GRACE + PAUSE + 0.1


# ------------------------------------------------------------------------ people in time


def _walking(x: float, y: float, vx: float, vy: float) -> Obstacle:
    return Obstacle(7, np.array([x, y]), np.array([vx, vy]), 0.25, Kind.PERSON)


def _crossing(obstacles: tuple[Obstacle, ...]) -> object:
    robot = Unicycle.on(SPACE, (2.0, 5.0, 0.0), obstacles=obstacles)
    plan = robot.navigator.plan(replace(robot.state(), obstacles=()), THERE)
    return look_ahead(robot.state(), plan, 0, SHAPE, 0.9)


def test_who_crosses_in_time_is_met_and_who_crosses_early_is_not() -> None:
    """The meeting is where both are at the same time; a later arrival is free."""
    met = _crossing((_walking(6.0, 9.5, 0.0, -1.0),))
    assert not met.is_free  # type: ignore[attr-defined]
    assert 2.0 < met.time < 8.0  # type: ignore[attr-defined]
    assert 0.0 < met.wait <= 4.0  # type: ignore[attr-defined]
    assert _crossing((_walking(6.0, 6.5, 0.0, -1.3),)).is_free  # type: ignore[attr-defined]
    assert _crossing((_walking(6.0, 9.5, 0.0, 1.0),)).is_free  # type: ignore[attr-defined]


def test_who_stands_in_the_way_stays() -> None:
    """No waiting helps; who stands beside the way is not met."""
    assert _crossing((standing(6.0, 5.0),)).wait == STAY  # type: ignore[attr-defined]
    assert _crossing((standing(6.0, 7.0),)).is_free  # type: ignore[attr-defined]


def test_it_goes_around_who_stands_without_waiting_first() -> None:
    """A detour that costs a second is taken before the robot ever comes to rest."""
    robot = Unicycle.on(SPACE, (2.0, 5.0, 0.0), obstacles=(standing(7.0, 5.0),))
    slow = 0
    for k in range(600):
        robot.step(THERE)
        slow += k > 60 and abs(robot.twist[0]) < 0.05 and abs(robot.twist[2]) < 0.05
        if robot.navigator.progress.status is Status.DONE:
            break
    assert robot.navigator.progress.status is Status.DONE
    assert slow < 20


def test_it_comes_later_instead_of_stopping() -> None:
    """For somebody who will cross, the plan is slowed up to there, and free again behind."""
    robot = Unicycle.on(SPACE, (2.0, 5.0, 0.0))
    plain = robot.navigator.plan(robot.state(), THERE)
    robot.obstacles = (_walking(6.5, 10.6, 0.0, -1.0),)
    speeds = []
    for _ in range(30):
        robot.step(THERE)
        speeds.append(robot.navigator.plan(robot.state(), THERE).speed.max())
    slowed = robot.navigator._plain is not None or min(speeds) < plain.speed.max() - 0.05
    other = robot.navigator._plan.path.shape != plain.path.shape
    assert slowed or other


def _two_gates() -> Space:
    """Return two rooms with a gate on the straight way and one aside."""
    wall = FREE.cells.copy()
    wall[:59, 98:102], wall[81:92, 98:102] = True, True
    wall[114:, 98:102] = True
    return Space.of(FREE.like(wall), SHAPE)


def test_a_gate_that_stays_blocked_is_left_for_another_one_and_a_crossing_is_not() -> None:
    """Who stands in the gate: the other one is quicker. Who only crosses: the same way, later."""
    ends = []
    for obstacle in (standing(8.0, 5.0, 0.4), _walking(7.6, 8.2, 0.0, -0.8)):
        robot = Unicycle.on(_two_gates(), (2.0, 5.0, 0.0), obstacles=(obstacle,))
        for _ in range(700):
            robot.step(THERE)
            if robot.obstacles[0].velocity_in_map.any():
                place = obstacle.position_in_map + robot.time * obstacle.velocity_in_map
                robot.obstacles = (replace(obstacle, position_in_map=place),)
            if robot.navigator.progress.status is Status.DONE:
                break
        assert robot.navigator.progress.status is Status.DONE
        ends.append((robot.time, max(pose[1] for pose in robot.trail)))
    assert ends[0][1] > 6.5  # through the other gate
    assert ends[0][0] < 30.0  # without waiting for long
    assert ends[1][1] < 6.0


# ------------------------------------------------------------------------ what the lidar sees


def test_what_only_the_lidar_sees_is_planned_around() -> None:
    """A barrier that no tracker reports: the local map has it, the plan avoids it in time."""
    local = LocalMap(FREE)
    navigator = Navigator(NAVIGATION, SPACE, local_map=local)
    barrier = np.column_stack((np.full(60, 6.0), np.linspace(3.5, 6.5, 60)))
    robot = Unicycle(navigator, PredictiveTracker(WHEELS, SPACE), np.array([2.0, 5.0, 0.0]))
    first = navigator.plan(robot.state(), THERE)
    for k in range(40):
        pose = robot.pose
        seen = transform((-pose[0], -pose[1], 0.0), barrier)
        robot.time = 0.05 * k
        state = replace(robot.state(), points_in_base=seen)
        plan = navigator.plan(state, THERE)
    assert plan is not first
    assert not plan.is_empty
    gap = np.hypot(plan.path[:, None, 0] - barrier[:, 0], plan.path[:, None, 1] - barrier[:, 1])
    assert gap.min() > 0.4


# ------------------------------------------------------------------------ bad input


def test_a_goal_in_a_wall_and_a_map_without_room() -> None:
    """Empty plans with their reasons; the robot stands."""
    full = Space.of(FREE.like(np.ones_like(FREE.cells)), SHAPE)
    for space, goal, reason in (
        (SPACE, (13.0, 9.9, 0.0), "goal occupied"),
        (SPACE, (99.0, 5.0, 0.0), "goal outside the map"),
        (full, (13.0, 5.0, 0.0), "goal occupied"),
    ):
        robot = Unicycle.on(space, (3.0, 3.0, 0.5))
        for _ in range(5):
            robot.step(Goal(base=GoTo(np.array(goal))))
        assert robot.navigator.progress.status is Status.IMPOSSIBLE
        assert robot.navigator.progress.reason == reason
        assert not robot.twist.any()


def test_a_start_in_a_wall_is_said_and_tried_again() -> None:
    """A pose estimate inside a wall: standing still; when it is right again, the way is found."""
    robot = Unicycle.on(SPACE, (3.0, -1.5, 0.0))
    robot.step(THERE)
    assert robot.navigator.progress.reason == "start occupied"
    assert not robot.twist.any()
    robot.pose = np.array([3.0, 5.0, 0.0])
    for _ in range(round(RETRY_LATE / 0.05) + 5):
        robot.step(THERE)
    assert robot.navigator.progress.status is Status.MOVING


def test_time_that_runs_backwards_stands_still_for_a_tick() -> None:
    """With the reason; then it plans anew."""
    robot = Unicycle.on(SPACE, (3.0, 5.0, 0.0))
    robot.time = 100.0
    assert not robot.navigator.plan(robot.state(), THERE).is_empty
    robot.time = 50.0
    plan = robot.navigator.plan(robot.state(), THERE)
    assert plan.is_empty
    assert plan.reason == "time ran backwards"
    robot.time = 50.05
    assert not robot.navigator.plan(robot.state(), THERE).is_empty


# ------------------------------------------------------------------------ zones


def test_a_zone_goes_on_where_it_was_left() -> None:
    """A stop for the localisation in the middle: what was swept stays swept, the path goes on."""
    zones = {"z": Zone("z", "", "sweep", np.array(box(3, 2, 11, 7).exterior.coords)[:-1])}
    robot = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones=zones)
    goal = Goal(base=Cover("z"), tools=Tools(brush=1.0))
    for _ in range(1000):
        robot.step(goal)
    before, pose = robot.navigator.progress.fraction, robot.pose
    left = len(robot.navigator._plan.path) - robot.navigator._cursor.index  # type: ignore[union-attr]
    assert before > 0.2
    for _ in range(40):
        robot.step(Goal(base=Stay()))
    for _ in range(12):
        robot.step(goal)
    assert robot.navigator.progress.fraction >= before
    plan = robot.navigator._plan
    assert abs(len(plan.path) - left) < 60
    assert math.dist(plan.path[0, :2], pose[:2]) < 0.6


def test_a_zone_s_plan_is_made_a_piece_in_each_tick() -> None:
    """It comes after the declared latency, or later: when all of its pieces had a tick."""
    outline = np.array(box(3, 2, 11, 7).exterior.coords)[:-1]
    zones = {"z": Zone("z", "", "sweep", outline)}
    robot = Unicycle.on(SPACE, (2.0, 2.0, 0.0), zones=zones)
    goal, first = Goal(base=Cover("z"), tools=Tools(brush=1.0)), None
    sweeping, pose = robot.navigator.config.sweeping, robot.state().pose_base_in_map
    assert sweeping is not None
    pieces = len(list(cover_steps(polygon_of(zones["z"]), SPACE, sweeping, pose)))
    assert pieces > 10
    for k in range(pieces + 30):
        plan = robot.navigator.plan(robot.state(), goal)
        if first is None and not plan.is_empty:
            first = k
        robot.time += 0.05
    assert first == max(pieces, round(NAVIGATION.latency / 0.05))


def test_a_narrow_berth_is_manoeuvred_into() -> None:
    """Where the straight approach does not fit, the footprint-exact planner finds the way in."""
    cells = FREE.cells.copy()
    cells[20:42, 60:100] = True  # a block, with
    cells[20:42, 74:91] = False  # a berth of 1.7 m, open to the north
    cells[42:62, 60:71] = True  # and a wall beside its mouth
    space = Space.of(FREE.like(cells), SHAPE)
    goal = GoTo(np.array([6.25, 1.1, math.pi / 2]))  # to be backed into
    ways = Ways(NAVIGATION.pace, NAVIGATION.room, 1.0, vehicle=Vehicle(0.4))
    plan = ways.plan(np.array([3.0, 7.5, 0.0]), goal, space)
    assert plan.reason == ""
    assert space.free(plan.path).all()
    assert np.allclose(plan.path[-1, :2], goal.pose_in_map[:2], atol=0.05)
