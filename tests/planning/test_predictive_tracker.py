"""The predictive tracker on simple bodies: it arrives, gives way, waits, stays within limits."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from planning_grounds import SHAPE, WHEELS, blocked
from shapely.geometry import LineString, Point, box

from robotics.core.arrays import Array
from robotics.core.geometry import integrate
from robotics.core.messages import (
    Drive,
    Goal,
    GoTo,
    Joints,
    Kind,
    Obstacle,
    Plan,
    State,
    Stay,
    Twist2,
)
from robotics.mapping.local_map import LocalMap
from robotics.planning.predictive.config import Limits, PredictiveConfig, Sampling
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.profile import Pace, speeds
from robotics.planning.smoothing import arc, joined, straight
from robotics.planning.space import Space

HALL = box(0, 0, 16, 10)
SPACE = Space.of(blocked(HALL), SHAPE)
ROUND = np.array([(0.0, 0.0, 0.25)])
WALKER = PredictiveConfig(
    Limits(0.25, 0.45, 0.3, 0.9, sideways=0.08, backward=0.12), sampling=Sampling(samples=300)
)
PACE = Pace(speed=1.0, acceleration=0.45, turn_rate=0.9)
QUICK = replace(WHEELS, sampling=Sampling(samples=300))


@dataclass
class Body:
    """Does what the tracker says, within its accelerations, ``late`` decisions late."""

    tracker: PredictiveTracker
    pose: Array
    late: int = 0
    people: tuple[Obstacle, ...] = ()
    quality: float = 1.0
    time: float = 0.0
    twist: Array = field(default_factory=lambda: np.zeros(3))
    trail: list[Array] = field(default_factory=list)
    commands: list[Array] = field(default_factory=list)
    _queue: deque[Array] = field(default_factory=deque)

    def state(self) -> State:
        """Return what it knows: all."""
        rest, joints = np.zeros(3), Joints.at_rest(np.zeros(0))
        return State(
            self.time, self.pose, self.twist, joints, rest[:2], rest,
            obstacles=self.people, quality=self.quality,
        )  # fmt: skip

    def step(self, goal: Goal, plan: Plan) -> None:
        """Advance by 50 ms."""
        wanted = self.tracker.track(self.state(), goal, plan)
        limits = self.tracker.config.limits
        self.commands.append(np.array([wanted.vx, wanted.vy, wanted.wz]))
        self._queue.append(self.commands[-1])
        now = self._queue.popleft() if len(self._queue) > self.late else np.zeros(3)
        a = limits.acceleration
        rates = 0.05 * np.array([a, a, limits.angular_acceleration])
        self.twist = self.twist + np.clip(now - self.twist, -rates, rates)
        self.pose = integrate(self.pose, self.twist, 0.05)
        self.time += 0.05
        self.trail.append(self.pose)


def plan_along(path: Array, *, working: bool = False, pace: Pace = PACE) -> Plan:
    """Return a plan for a path (n, 3)."""
    return Plan(path, speeds(path, pace), np.full(len(path), working))


def someone(x: float, y: float, *velocity: float) -> Obstacle:
    """Return a person."""
    return Obstacle(1, np.array([x, y]), np.array(velocity or (0.0, 0.0)), 0.25, Kind.PERSON)


def gap(body: Body) -> float:
    """Return the gap from the footprint to the nearest person [m]."""
    there = [(*one.position_in_map, one.radius) for one in body.people]
    space = Space(SPACE.distance, body.tracker.space.discs)
    return float(space.with_standing(there).clearance(body.pose)[0])


def run(body: Body, plan: Plan, seconds: float) -> None:
    """Drive for a while."""
    for _ in range(round(seconds / 0.05)):
        body.step(Goal(), plan)


@pytest.mark.parametrize("config", [QUICK, WALKER])
def test_a_post_on_the_way_is_passed(config: PredictiveConfig) -> None:
    """A thing that only the tracks know stands on the path: it is passed, the end is reached."""
    wheels = config is QUICK
    space = SPACE if wheels else Space(SPACE.distance, ROUND)
    body = Body(PredictiveTracker(config, space), np.array([3.0, 5.0, 0.0]))
    body.people = (Obstacle(1, np.array([5.5, 5.05]), np.zeros(2), 0.2, Kind.STATIC),)
    pace = PACE if wheels else Pace(0.25, 0.15, 0.4)
    plan = plan_along(straight((3.0, 5.0), (8.0, 5.0)), pace=pace)
    least = np.inf
    for _ in range(round((25.0 if wheels else 60.0) / 0.05)):
        body.step(Goal(), plan)
        least = min(least, gap(body))
    assert math.dist(body.pose[:2], (8.0, 5.0)) < 0.05
    assert least > 0.0


def test_the_map_around_is_asked() -> None:
    """A wall that only the local map knows is driven around; without the map it would be hit."""
    unknown = blocked(HALL)
    wall = unknown.like(unknown.cells | _strip(unknown.centres()))
    known, truth = Space.of(unknown, SHAPE), Space.of(wall, SHAPE)
    local = LocalMap(wall, resolution=0.1)
    body = Body(PredictiveTracker(QUICK, known, local), np.array([3.0, 5.0, 0.0]))
    plan = plan_along(straight((3.0, 5.0), (11.0, 5.0)))
    assert truth.clearance(plan.path).min() < 0.0
    run(body, plan, 30.0)
    assert math.dist(body.pose[:2], (11.0, 5.0)) < 0.05
    assert truth.clearance(np.array(body.trail)).min() > 0.0


def test_a_way_is_ended_close_beside_a_wall() -> None:
    """So near to things that to stand costs less than to go on: it arrives all the same."""
    for start in (2.0, 7.7):
        body = Body(PredictiveTracker(QUICK, SPACE), np.array([start, 0.72, 0.0]))
        assert SPACE.clearance(body.pose)[0] < 0.2
        run(body, plan_along(straight((start, 0.72), (8.0, 0.72))), 20.0)
        assert body.pose[0] == pytest.approx(8.0, abs=0.05)


def _strip(centres: Array) -> Array:
    x, y = centres[..., 0], centres[..., 1]
    return np.asarray((abs(x - 7.0) < 0.15) & (y > 4.6) & (y < 7.5))


def test_somebody_who_crosses_is_given_way() -> None:
    """The robot slows or waits, keeps its distance, and then goes on."""
    body = Body(PredictiveTracker(QUICK, SPACE), np.array([3.0, 5.0, 0.0]))
    plan = plan_along(straight((3.0, 5.0), (12.0, 5.0)))
    least = np.inf
    for k in range(600):
        body.people = (someone(7.0, 10.0 - 0.05 * k, 0.0, -1.0),)
        body.step(Goal(), plan)
        least = min(least, gap(body))
    assert least > 0.3
    assert math.dist(body.pose[:2], (12.0, 5.0)) < 0.05


def test_two_who_come_abreast_are_made_way_for() -> None:
    """They walk straight on as if the robot were not there: it leaves their way in time."""
    body = Body(PredictiveTracker(QUICK, SPACE), np.array([2.0, 5.0, 0.0]))
    plan = plan_along(straight((2.0, 5.0), (13.0, 5.0)))
    least = np.inf
    for k in range(500):
        x = 13.0 - 0.04 * k
        body.people = (someone(x, 4.4, -0.8, 0.0), someone(x, 5.5, -0.8, 0.0))
        body.step(Goal(), plan)
        least = min(least, gap(body))
    assert least > 0.3
    assert math.dist(body.pose[:2], (13.0, 5.0)) < 0.05


def test_a_blocked_corridor_is_waited_at() -> None:
    """Nobody can pass: the robot stands, says for how long, and goes on when the way is free."""
    grid = blocked(box(0, 0, 16, 1.6))
    body = Body(PredictiveTracker(QUICK, Space.of(grid, SHAPE)), np.array([3.0, 0.8, 0.0]))
    plan = plan_along(straight((3.0, 0.8), (12.0, 0.8)))
    body.people = (someone(7.0, 0.8),)
    run(body, plan, 25.0)
    assert gap(body) > 0.1
    assert body.tracker.waiting > 5.0
    assert not body.twist.any()
    body.people = ()
    run(body, plan, 15.0)
    assert math.dist(body.pose[:2], (12.0, 0.8)) < 0.05
    assert body.tracker.waiting == 0.0


def test_a_working_line_is_followed_to_two_centimetres() -> None:
    """Put 20 cm beside a swath, the robot comes back to it, and stays within 2 cm, late or not."""
    for late in (0, 1):
        config = replace(QUICK, delay=0.05 * late)
        body = Body(PredictiveTracker(config, SPACE), np.array([2.0, 5.2, 0.0]), late)
        run(body, plan_along(straight((2.0, 5.0), (13.0, 5.0)), working=True), 20.0)
        trail = np.array(body.trail)
        assert np.abs(trail[(trail[:, 0] > 5.0), 1] - 5.0).max() < 0.02
        assert math.dist(body.pose[:2], (13.0, 5.0)) < 0.05


def gaps_to_an_oncoming_person(delay: float) -> Array:
    """Return the least gaps [m] to people who come on four lines, commands being 150 ms late."""
    gaps = []
    for side in (4.7, 4.9, 5.1, 5.3):
        config = replace(QUICK, delay=delay)
        body = Body(PredictiveTracker(config, SPACE), np.array([3.0, 5.0, 0.0]), 3)
        plan = plan_along(straight((3.0, 5.0), (12.0, 5.0)))
        least = np.inf
        for k in range(400):
            body.people = (someone(14.0 - 0.06 * k, side, -1.2, 0.0), someone(7.5, 3.9))
            body.step(Goal(), plan)
            least = min(least, gap(body))
        gaps.append(least)
    return np.array(gaps)


def test_a_late_robot_that_knows_its_delay_keeps_the_gap_to_oncoming_people() -> None:
    """With commands 150 ms late, nobody who comes on any of four lines is passed too near."""
    assert gaps_to_an_oncoming_person(0.15).min() > 0.1


def test_the_delay_is_worth_compensating() -> None:
    """With commands 150 ms late, a winding path is kept twice as well by who knows the delay."""
    left = arc((3.0, 5.0, 0.0), radius=1.5, angle=1.5)
    bends = joined([straight((1.0, 5.0), (3.0, 5.0)), left, arc(left[-1], radius=1.5, angle=-1.5)])
    end = bends[-1, :2] + (4.0, 0.0)
    path = joined([bends, straight(bends[-1, :2], end)])
    errors = []
    for delay in (0.15, 0.0):
        body = Body(PredictiveTracker(replace(QUICK, delay=delay), SPACE), path[0].copy(), 3)
        run(body, plan_along(path), 16.0)
        off = [LineString(path[:, :2]).distance(Point(*pose[:2])) for pose in body.trail]
        errors.append(float(np.sqrt(np.mean(np.square(off)))))
    assert errors[0] < 0.03
    assert errors[0] < 0.5 * errors[1]


def test_a_walker_keeps_its_limits() -> None:
    """Among people a holonomic robot is never told more than its limits."""
    space = Space(SPACE.distance, ROUND)
    body = Body(PredictiveTracker(WALKER, space), np.array([6.0, 5.0, 2.0]))
    plan = plan_along(straight((6.0, 5.0), (9.0, 5.0)), pace=Pace(0.25, 0.15, 0.4))
    for k in range(500):
        body.people = (someone(9.0 - 0.02 * k, 5.1, -0.4, 0.0), someone(8.0, 4.4))
        body.step(Goal(), plan)
    commands = np.array(body.commands)
    limits = WALKER.limits
    assert commands[:, 0].max() <= limits.speed + 1e-9
    assert commands[:, 0].min() >= -limits.backward - 1e-9
    assert np.abs(commands[:, 1]).max() <= limits.sideways + 1e-9
    assert np.abs(commands[:, 2]).max() <= limits.turn_rate + 1e-9
    assert np.abs(commands[:, 1]).max() > 0.01


def test_a_robot_unsure_of_its_place_is_slow() -> None:
    """Below quality 0.6 the speed falls in proportion; goals' own bounds hold, too."""
    plan, fastest = plan_along(straight((2.0, 5.0), (13.0, 5.0))), []
    for quality, bound in ((1.0, np.inf), (0.3, np.inf), (1.0, 0.4)):
        body = Body(PredictiveTracker(QUICK, SPACE), np.array([2.0, 5.0, 0.0]), quality=quality)
        goal = Goal(base=GoTo(np.array([13.0, 5.0, 0.0]), speed=bound))
        for _ in range(120):
            body.step(goal, plan)
        fastest.append(max(command[0] for command in body.commands))
    assert fastest[0] > 0.95
    assert fastest[1] == pytest.approx(0.6, abs=0.01)
    assert fastest[2] == pytest.approx(0.4, abs=0.01)


def test_the_same_run_twice() -> None:
    """The commands are the same, bit for bit."""
    ends = []
    for _ in range(2):
        tracker = PredictiveTracker(QUICK, SPACE)
        body = Body(tracker, np.array([3.0, 5.0, 0.0]), people=(someone(6.0, 5.2),))
        plan = plan_along(straight((3.0, 5.0), (12.0, 5.0)))
        run(body, plan, 10.0)
        ends.append(np.array(body.commands))
    assert np.array_equal(ends[0], ends[1])


def test_without_a_way_it_stands() -> None:
    """An empty plan, Stay, a clock that runs backwards: rest, and no exception."""
    tracker = PredictiveTracker(QUICK, SPACE)
    body = Body(tracker, np.array([3.0, 5.0, 0.0]))
    assert tracker.track(body.state(), Goal(base=Stay()), Plan.none("stay")) == Twist2()
    plan = plan_along(straight((3.0, 5.0), (12.0, 5.0)))
    run(body, plan, 1.0)
    assert body.commands[-1][0] > 0.1
    body.time -= 0.5
    assert tracker.track(body.state(), Goal(), plan) == Twist2()
    body.time += 0.05
    assert tracker.track(body.state(), Goal(), plan).vx > 0.0


def test_a_drive_by_hand_is_slowed_and_bounded() -> None:
    """Turning is not bounded by the speed's cap; what stands in front is not driven into."""
    body = Body(PredictiveTracker(QUICK, SPACE), np.array([3.0, 5.0, 0.0]))
    turn = Goal(base=Drive(np.array([0.0, 0.0, 5.0])))
    body.step(turn, Plan.none("drive"))
    assert body.commands[-1] == pytest.approx([0.0, 0.0, 1.0])
    ahead = Goal(base=Drive(np.array([0.5, 0.0, 0.0])))
    body = Body(PredictiveTracker(QUICK, SPACE), np.array([3.0, 5.0, 0.0]))
    body.people = (someone(6.0, 5.0),)
    for _ in range(200):
        body.step(ahead, Plan.none("drive"))
    assert 0.05 < gap(body) < 1.0
    assert Point(body.pose[:2]).within(HALL)
