"""Finding a way through unknown ground: free, kept while it is good, renewed when it is not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Goal, GoTo, Joints, State, Stay
from robotics.core.parts import Status
from robotics.mapping.local_map import LocalMap
from robotics.planning.wayfinder import Wayfinder, WayfinderConfig, evenly, smoothed

RADIUS = 0.25
GOAL = Goal(GoTo(frozen((5.0, 0.0, 0.0)), tolerance=0.3))


def state(time: float, points: ArrayLike = (), x: float = 0.0) -> State:
    """Return a state at (x, 0, 0) whose scan returned points (k, 2) in the map."""
    seen = np.asarray(points, dtype=float).reshape(-1, 2) - (x, 0.0)
    zero = np.zeros(3)
    pose = np.array([x, 0.0, 0.0])
    return State(time, pose, zero, Joints.at_rest(zero[:2]), zero[:2], zero, points_in_base=seen)


def wall(low: float, high: float) -> Array:
    """Return returns of a wall across the way at x = 2, from y = low to high [m]."""
    y = np.arange(low, high, 0.02)
    return np.column_stack((np.full(len(y), 2.0), y))


def wayfinder() -> Wayfinder:
    """Return a planner on an empty window."""
    return Wayfinder(WayfinderConfig(RADIUS, comfort=0.6, speed=1.0), LocalMap(None))


def test_open_ground_is_crossed_straight() -> None:
    """Without obstacles the path runs from the robot to the goal without a detour."""
    plan = wayfinder().plan(state(0.0), GOAL)
    assert np.allclose(plan.path[0, :2], 0.0)
    assert np.allclose(plan.path[-1, :2], (5.0, 0.0))
    assert np.abs(plan.path[:, 1]).max() < 0.1
    assert np.hypot(*np.diff(plan.path[:, :2], axis=0).T).sum() < 5.1


def test_a_plan_is_kept_until_something_stands_on_it() -> None:
    """The same object comes back, until a wall is seen; then the way leads around its end."""
    planner = wayfinder()
    plan = planner.plan(state(0.0), GOAL)
    assert planner.plan(state(0.3), GOAL) is plan
    around = planner.plan(state(0.6, wall(-1.5, 0.8)), GOAL)
    assert around is not plan
    room = planner.local_map.distance.value(around.path[:, :2], np.inf) - 0.025
    assert room.min() >= RADIUS - 0.06
    assert around.path[:, 1].max() > 0.8 + RADIUS


def test_a_robot_that_is_closed_in_gets_the_reason() -> None:
    """No way is a plan without poses, with its reason, and the robot counts as blocked."""
    planner = wayfinder()
    t = np.linspace(0.0, 2.0 * np.pi, 400)
    plan = planner.plan(state(0.0, 1.5 * np.column_stack((np.cos(t), np.sin(t)))), GOAL)
    assert plan.is_empty
    assert plan.reason == "no way through"
    assert planner.progress.status is Status.BLOCKED


def test_arriving_ends_the_way() -> None:
    """Within the tolerance there is nothing left to do."""
    planner = wayfinder()
    planner.plan(state(0.0), GOAL)
    assert planner.plan(state(9.0, x=4.8), GOAL).is_empty
    assert planner.progress.status is Status.DONE


def test_staying_needs_no_way() -> None:
    """Any other base goal ends the way."""
    planner = wayfinder()
    planner.plan(state(0.0), GOAL)
    assert planner.plan(state(0.1), Goal(Stay())).is_empty
    assert planner.progress.status is Status.IDLE


def test_smoothing_keeps_both_ends() -> None:
    """The moving average shrinks towards the ends, so that they stay; even points stay on it."""
    chain = np.cumsum(np.random.default_rng(2).normal(size=(50, 2)), axis=0)
    soft = smoothed(chain)
    assert np.allclose(soft[[0, -1]], chain[[0, -1]])
    assert np.abs(np.diff(soft, 2, axis=0)).mean() < np.abs(np.diff(chain, 2, axis=0)).mean()
    steps = np.hypot(*np.diff(evenly(np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 2.03)])), axis=0).T)
    assert steps == pytest.approx(np.full(len(steps), steps[0]), rel=0.35)
