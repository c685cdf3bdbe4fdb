"""The brush is led along the kerb that is there, not along the one on the map."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import integrate, rotation2, transform
from robotics.core.messages import (
    Cover,
    Goal,
    GroundSight,
    Joints,
    Kind,
    Litter,
    Obstacle,
    Plan,
    State,
    Twist2,
)
from robotics.mapping.grid import Grid
from robotics.planning.brush_led import BrushLed
from robotics.planning.kerb_following import KerbFollowing, KerbTracker
from robotics.planning.kerb_path import SideBrush, kerb_path
from robotics.planning.predictive.config import Limits, PredictiveConfig, Sampling, Weights
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.profile import Pace, speeds
from robotics.planning.space import Space

BRUSH = SideBrush(0.50, 0.36, 0.20)
NUMBERS = KerbFollowing((0.50, 0.56), 0.62, 0.40)
PERIOD = 0.02
DELAY = 2
"""Of the plant in periods: 40 ms."""
LIMITS = Limits(1.2, 1.0, 0.6, 1.5, backward=0.4)
GOAL = Goal(Cover("court"))


@dataclass(slots=True)
class Recorder:
    """An inner tracker that remembers what it was told and drives straight on."""

    space: Space
    states: list[State] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    def track(self, state: State, goal: Goal, plan: Plan) -> Twist2:
        """Remember."""
        self.states.append(state)
        self.plans.append(plan)
        return Twist2(0.6)


def spaces() -> tuple[Space, tuple[Space, Space]]:
    """Return open ground for a round robot, and the same twice for the kerbside."""
    open_ground = Grid(np.zeros((300, 300), np.bool_), 0.1, np.array([-15.0, -15.0]))
    whole = Space.of(open_ground, [(0.0, 0.0, 0.5)])
    left, right = (replace(whole, discs=np.array([(0.0, 0.0, r)])) for r in (0.3, 0.2))
    return whole, (left, right)


def state_at(pose: Array, time: float, kerb: Array, twist: Array | None = None) -> State:
    """Return a state that sees a kerb (k, 2)."""
    rest = np.zeros(3)
    seen = GroundSight(kerb)
    motion = rest if twist is None else twist
    return State(time, pose, motion, Joints.at_rest(rest[:0]), rest[:2], rest, ground=seen)


LINE = np.array([(-10.0, 0.0), (10.0, 0.0)])
PATH, SIDE = kerb_path(LINE, 1.0, BRUSH)
PLAN = Plan(
    PATH,
    speeds(PATH, Pace(0.6, 0.45, 0.9)),
    np.ones(len(PATH), dtype=np.bool_),
    kerb_side=SIDE,
)


def points(off: float, turn: float = 0.0, at: float = 0.0) -> Array:
    """Return sightings of a kerb that is ``off`` to the left of the mapped one, turned at x."""
    x = np.arange(at - 0.8, at + 1.4, 0.06)
    noise = np.random.default_rng(2).normal(0.0, 0.003, len(x))
    return np.column_stack((x, off + np.tan(turn) * (x - at) + noise))


def settled(kerb: Array, pose: Array, seconds: float = 3.0) -> tuple[KerbTracker, State]:
    """Return a follower that looked at a kerb from one place, and what its inner one was told."""
    whole, beside = spaces()
    inner = Recorder(whole)
    tracker = KerbTracker(inner, (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
    path = PATH[np.abs(PATH[:, 0] - pose[0]).argmin() :]
    plan = Plan(path, np.full(len(path), 0.6), kerb_side=np.ones(len(path)))
    for k in range(int(seconds / PERIOD)):
        tracker.track(state_at(pose, PERIOD * k, kerb), GOAL, plan)
    return tracker, inner.states[-1]


HERE = np.array([-0.50, -0.57, 0.0])
"""The brush touches the kerb of the map at (0, 0), 1 cm away."""


@pytest.mark.parametrize("off", [-0.10, -0.03, 0.0, 0.05, 0.12])
@pytest.mark.parametrize("turn", [-0.03, 0.0, 0.03])
def test_the_pose_is_moved_so_that_the_real_kerb_lies_on_the_mapped_one(
    off: float, turn: float
) -> None:
    """Shift and turn of the map are found to 5 mm and 0.6°; the inner tracker sees them."""
    tracker, told = settled(points(off, turn), HERE)
    assert tracker.shift[1] == pytest.approx(-off, abs=0.005)
    assert tracker.turn == pytest.approx(-turn, abs=0.01)
    brush = transform(told.pose_base_in_map, (0.50, 0.56))[0]
    assert brush[1] == pytest.approx(-0.01 - off, abs=0.005)
    assert brush[0] == pytest.approx(0.0, abs=0.005)


def test_feet_and_benches_do_not_pull() -> None:
    """A third of the points 6 to 20 cm before the kerb: the shift is still right to 1 cm."""
    kerb = points(0.05)
    kerb[8:14, 1] -= 0.06
    kerb[24:30, 1] -= 0.20
    tracker, _ = settled(kerb, HERE)
    assert tracker.shift[1] == pytest.approx(-0.05, abs=0.01)


def test_the_shift_is_bounded_and_other_kerbs_do_not_count() -> None:
    """0.2 m off is as far as it goes to look, 0.15 m as far as it moves."""
    tracker, _ = settled(points(0.20), HERE)
    assert float(np.hypot(*tracker.shift)) <= NUMBERS.most + 1e-9
    tracker, _ = settled(points(0.6), HERE)
    assert not tracker.shift.any()


def test_it_changes_no_faster_than_it_may() -> None:
    """A kerb that seems to jump by 12 cm takes most of a second."""
    whole, beside = spaces()
    tracker = KerbTracker(Recorder(whole), (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
    last = tracker.shift
    for k in range(100):
        tracker.track(state_at(HERE, PERIOD * k, points(0.12)), GOAL, PLAN_FROM_HERE)
        assert float(np.hypot(*(tracker.shift - last))) <= NUMBERS.rate * 0.1 + 1e-9
        last = tracker.shift
    assert tracker.shift[1] < -0.10


PLAN_FROM_HERE = Plan(PATH[300:], np.full(len(PATH) - 300, 0.6), kerb_side=SIDE[300:])


def test_where_the_kerb_is_hidden_the_map_takes_over() -> None:
    """What was seen holds for some seconds, then fades to nothing."""
    tracker, _ = settled(points(0.08), HERE)
    none, plan = np.zeros((0, 2)), tracker._plan
    assert plan is not None
    for k in range(150, 150 + int(30.0 / PERIOD)):
        tracker.track(state_at(HERE, PERIOD * k, none), GOAL, plan)
        if abs(PERIOD * k - 3.0 - 0.8 * NUMBERS.hold) < 0.5 * PERIOD:
            assert tracker.shift[1] == pytest.approx(-0.08, abs=0.006)
    assert abs(tracker.shift[1]) < 0.001


def test_away_from_kerbs_it_is_the_inner_tracker() -> None:
    """The same state and plan, the same space, whatever is seen."""
    whole, beside = spaces()
    inner = Recorder(whole)
    tracker = KerbTracker(inner, (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
    plan = Plan(PATH, np.full(len(PATH), 0.6))
    state = state_at(PATH[0], 0.0, points(0.05))
    assert tracker.track(state, GOAL, plan) == Twist2(0.6)
    assert inner.states[0] is state
    assert inner.plans[0] is plan
    assert inner.space is whole
    tracker.track(state_at(PATH[0], 0.1, points(0.05)), GOAL, PLAN)
    assert inner.space is beside[0]


def test_a_plan_that_does_not_tell_of_kerbs_is_held_against_the_map() -> None:
    """Where its brush is beside a mapped kerb it is led along that, as if it had said so."""
    whole, beside = spaces()
    tracker = KerbTracker(Recorder(whole), (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
    k = int(np.abs(PATH[:, 0] - HERE[0]).argmin())
    plan = Plan(PATH[k:], np.full(len(PATH) - k, 0.6), np.ones(len(PATH) - k, dtype=np.bool_))
    for step in range(60):
        tracker.track(state_at(HERE, 0.05 * step, points(0.05)), GOAL, plan)
    assert tracker.shift[1] == pytest.approx(-0.05, abs=0.005)


def test_the_nose_stops_before_a_kerb_that_is_not_on_the_map() -> None:
    """The nearer it is the slower; 5 cm before it the robot stands. It may always back off."""
    whole, beside = spaces()
    tracker = KerbTracker(Recorder(whole), (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
    speed = []
    for k, x in enumerate(np.arange(-2.0, -0.6, 0.02)):
        pose = np.array([x, -0.57, 0.0])
        across = np.column_stack((np.zeros(9), np.linspace(-1.0, -0.2, 9)))
        speed.append(tracker.track(state_at(pose, 0.05 * k, across), GOAL, PLAN).vx)
    assert speed[0] == pytest.approx(0.6)
    assert (np.diff(speed) <= 1e-9).all()
    assert speed[-1] == 0.0
    assert speed[-6] > 0.0


def test_a_small_piece_of_litter_ahead_is_no_kerb() -> None:
    """A bottle whose step looks like a kerb's does not stop the machine; too large a piece does."""
    whole, beside = spaces()
    pose, bottle = np.array([-0.75, -0.57, 0.0]), np.array([[0.0, -0.6]])
    for fits, speed in ((True, 0.6), (False, 0.21)):
        tracker = KerbTracker(Recorder(whole), (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
        piece = Litter(1, bottle[0], 0.22, 0.07, fits)
        state = state_at(pose, 0.0, bottle)
        state = replace(state, ground=replace(state.ground, litter=(piece,)))
        assert tracker.track(state, GOAL, PLAN).vx == pytest.approx(speed, abs=0.02)


def test_what_the_nose_has_passed_was_no_kerb() -> None:
    """The step of a piece that has just gone under the machine stops it no more."""
    whole, beside = spaces()
    for x, speed in ((0.40, 0.6), (0.60, 0.0)):
        tracker = KerbTracker(Recorder(whole), (LINE,), beside, NUMBERS, BrushLed(0.50, 0.36))
        seen = np.array([(-0.75 + x, -0.6)])
        state = state_at(np.array([-0.75, -0.57, 0.0]), 0.0, seen)
        assert tracker.track(state, GOAL, PLAN).vx == pytest.approx(speed)


def test_time_that_runs_backwards_begins_anew() -> None:
    """Nothing of the run before is left."""
    tracker, _ = settled(points(0.08), HERE)
    tracker.track(state_at(PATH[0], 0.0, np.zeros((0, 2))), GOAL, Plan.none("none"))
    assert not tracker.shift.any()
    assert tracker.turn == 0.0


def real_tracker(kerb: Array) -> KerbTracker:
    """Return the follower around the predictive controller on open ground."""
    whole, beside = spaces()
    config = PredictiveConfig(
        LIMITS, Weights(hard=0.08, doubt=0.3), Sampling(step=0.14), delay=0.04, flowing=True
    )
    return KerbTracker(
        PredictiveTracker(config, whole), (kerb,), beside, NUMBERS, BrushLed(0.50, 0.36)
    )


def drive(tracker: KerbTracker, plan: Plan, true_kerb: Array, seconds: float) -> Array:
    """Drive a unicycle with 40 ms of delay; return its poses, shape (n, 3).

    It sees the points of the true kerb that the down-tilted lidar would have seen on the last
    metres, 3 mm off.
    """
    rng, pose, motion = np.random.default_rng(5), plan.path[0].copy(), np.zeros(3)
    step = np.hypot(*np.diff(true_kerb, axis=0).T)
    place = np.arange(0.0, step.sum(), 0.06)
    along = np.append(0.0, np.cumsum(step))
    dense = np.column_stack([np.interp(place, along, column) for column in true_kerb.T])
    dense += rng.normal(0.0, 0.003, dense.shape)
    waiting, rows = [np.zeros(3)] * DELAY, []
    for k in range(int(seconds / PERIOD)):
        here = (dense - pose[:2]) @ rotation2(float(pose[2]))
        seen = dense[(here[:, 0] < 1.33) & (here[:, 0] > -1.0) & (np.abs(here[:, 1]) < 1.4)]
        told = tracker.track(state_at(pose, PERIOD * k, seen, motion), GOAL, plan)
        waiting.append(np.array([told.vx, told.vy, told.wz]))
        limit = np.array([0.6, 0.6, 1.5]) * PERIOD
        motion = motion + np.clip(waiting.pop(0) - motion, -limit, limit)
        pose = integrate(pose, motion, PERIOD)
        rows.append(pose)
    return np.array(rows)


def brush_gap(poses: Array, line: Array, side: float = 1.0) -> Array:
    """Return the least gap of the brush to points along a line, its ends left out [m]."""
    step = np.hypot(*np.diff(line, axis=0).T)
    place = np.arange(0.6, step.sum() - 1.6, 0.05)
    along = np.append(0.0, np.cumsum(step))
    foot = np.column_stack([np.interp(place, along, column) for column in line.T])
    least = np.full(len(foot), np.inf)
    for pose in poses:
        centre = transform(pose, (BRUSH.x, side * BRUSH.y))[0]
        least = np.minimum(least, np.hypot(*(foot - centre).T) - BRUSH.radius)
    return least


def test_along_a_kerb_that_the_map_draws_wrong_the_brush_stays_at_it() -> None:
    """The true kerb leaves the mapped one by 8 cm to either side: mean 2 cm, p95 3.5 cm."""
    true = np.array([(-10.0, 0.0), (-6.0, 0.0), (-5.0, 0.08), (-1.0, 0.08), (1.0, -0.08)])
    true = np.vstack((true, (5.0, -0.08), (10.0, -0.08)))
    poses = drive(real_tracker(LINE), PLAN, true, 38.0)
    gap = np.abs(brush_gap(poses, true))
    assert gap.mean() < 0.02
    assert np.quantile(gap, 0.95) < 0.035
    blind = drive(real_tracker(LINE + np.array([0.0, 50.0])), PLAN, true, 38.0)
    assert np.abs(brush_gap(blind, true)).mean() > 0.04


def test_around_an_inner_corner_the_brush_leads() -> None:
    """To the kerb ahead, back, aside, and pulled around: mean 2 cm, p95 3.5 cm, body clear."""
    line = np.array([(-3.0, 0.0), (3.0, 0.0), (3.0, -4.0)])
    path, side = kerb_path(line, 1.0, BRUSH)
    working = np.ones(len(path), dtype=np.bool_)
    plan = Plan(path, speeds(path, Pace(0.6, 0.45, 0.9)), working, kerb_side=side)
    poses = drive(real_tracker(line), plan, line, 45.0)
    gap = np.abs(brush_gap(poses, line))
    assert gap.mean() < 0.02
    assert np.quantile(gap, 0.95) < 0.035
    corners = np.vstack([transform(p, [(0.62, 0.4), (-0.5, 0.4), (0.62, -0.4)]) for p in poses])
    assert corners[:, 0].max() < 2.95
    assert corners[:, 1].max() < -0.05


def test_around_an_inner_corner_it_waits_for_people() -> None:
    """While somebody is within reach the brush does not move on."""
    line = np.array([(-1.0, 0.0), (3.0, 0.0), (3.0, -4.0)])
    path, side = kerb_path(line, 1.0, BRUSH)
    plan = Plan(path, np.full(len(path), 0.4), kerb_side=side)
    tracker = real_tracker(line)
    led = next(k for k, part in enumerate(_parts(tracker, plan)) if part)
    tracker._enter(led)
    pose = tracker._parts[led].plan.path[0]
    person = Obstacle(1, pose[:2] - np.array([0.0, 1.0]), np.zeros(2), 0.3, Kind.PERSON)
    state = replace(state_at(pose, 0.0, np.zeros((0, 2))), obstacles=(person,))
    assert tracker.track(state, GOAL, plan) == Twist2()
    free = tracker.track(state_at(pose, 0.1, np.zeros((0, 2))), GOAL, plan)
    assert math.hypot(free.vx, free.wz) > 0.0


def test_an_inner_corner_is_led_also_where_nothing_before_it_is_at_a_kerb() -> None:
    """The way to it is driven to its end, then the brush leads, no faster than is asked."""
    line = np.array([(0.0, 0.0), (3.0, 0.0), (3.0, -4.0)])
    path, side = kerb_path(line, 1.0, BRUSH)
    first = int(np.flatnonzero(side == 0.0)[-1])
    side[:first] = 0.0
    whole, beside = spaces()
    tracker = KerbTracker(Recorder(whole), (line,), beside, NUMBERS, BrushLed(0.50, 0.36))
    plan = Plan(path[first - 9 :], np.full(len(path) - first + 9, 0.4), kerb_side=side[first - 9 :])
    slow = Goal(Cover("court", speed=0.1))
    none, speeds_told = np.zeros((0, 2)), []
    for k, pose in enumerate([*plan.path[:10], *[plan.path[9]] * 40]):
        told = tracker.track(state_at(pose, 0.05 * k, none), slow, plan)
        speeds_told.append(math.hypot(told.vx - 0.36 * told.wz, 0.5 * told.wz))
    assert tracker._stretch is not None
    assert 0.05 < speeds_told[-1] < 0.11


def _parts(tracker: KerbTracker, plan: Plan) -> list[bool]:
    """Return which parts of a plan are led, after the tracker took it in."""
    tracker.track(state_at(plan.path[0], -1.0, np.zeros((0, 2))), GOAL, plan)
    return [part.led for part in tracker._parts]
