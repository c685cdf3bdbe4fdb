"""The crowd benchmark's judge: contacts, blame and personal space as they are defined."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from shapely import Point, Polygon

from robotics.core.arrays import Array
from robotics.core.geometry import transform
from robotics.core.messages import Twist2

pytest.importorskip("pybullet", reason="the benchmark uses the simulation")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from promenade.judge import Judge, approach, gaps, pushed_out

BOX = np.array([(0.6, 0.4), (-0.5, 0.4), (-0.5, -0.4), (0.6, -0.4)])
REST = Twist2()


def watched(twist: Twist2, xs: Array, *, robot: float = 0.0) -> Judge:
    """Return the judge after a person came along y = 0 through ``xs``, one every 50 ms."""
    judge, x = Judge(BOX), robot
    for place in xs:
        x += 0.05 * twist.vx
        pose, people = np.array([x, 0.0, 0.0]), np.array([[place, 0.0]])
        judge.watch(0.05, (pose, twist), (people, np.array([0.25])))
    return judge


def test_gaps_are_those_of_shapely() -> None:
    """The gap to a disc outside equals the distance of the polygon to it; inside it is negative."""
    rng = np.random.default_rng(2)
    judge = Judge(BOX)
    for _ in range(100):
        pose = rng.uniform(-2, 2, 3)
        people = rng.uniform(-3, 3, (20, 2))
        table = gaps(judge.outline, pose, people, np.full(20, 0.25))
        polygon = Polygon(transform(pose, BOX))
        for row, place in zip(table, people, strict=True):
            point = Point(*place)
            inside = polygon.contains(point)
            depth = polygon.exterior.distance(point)
            assert row[0] == pytest.approx((-depth if inside else depth) - 0.25, abs=1e-9)
            assert polygon.exterior.distance(Point(*row[1:])) < 1e-9


def test_who_walks_into_a_standing_robot_is_not_its_fault() -> None:
    """A person walks at a robot that stands, into it and through it: contacts, none caused."""
    judge = watched(REST, np.arange(2.0, -2.0, -0.06))
    assert len(judge.touches.contacts) >= 1
    assert judge.touches.caused == 0
    assert judge.near > 0.0
    assert judge.near_moving == 0.0
    assert judge.intruded == 0.0


def test_a_robot_that_drives_into_somebody_caused_it() -> None:
    """The person stands, the robot comes: caused, and personal space was entered by the robot."""
    judge = watched(Twist2(0.5), np.full(60, 1.5))
    assert judge.touches.caused >= 1
    assert judge.intruded > 0.0


def test_stopping_just_before_the_touch_is_not_enough() -> None:
    """Within 0.15 s of a stop the touch still counts as caused."""
    judge = Judge(BOX)
    for k, twist in enumerate([Twist2(0.3)] * 5 + [REST] * 2):
        person = np.array([[0.9 if k < 6 else 0.84, 0.0]])
        judge.watch(0.05, (np.zeros(3), twist), (person, np.array([0.25])))
    assert judge.touches.caused == 1


def test_backing_off_from_somebody_is_not_caused() -> None:
    """A robot that retreats from a faster person is caught up and has caused nothing."""
    judge = watched(Twist2(-0.3), np.arange(1.5, 0.3, -0.07))
    assert judge.touches.contacts
    assert judge.touches.caused == 0
    assert judge.intruded == 0.0
    assert judge.near_moving > 0.0


def test_driving_past_somebody_at_a_corner_is_not_caused() -> None:
    """They slide along the side of a robot that drives on: no point of it comes towards them."""
    judge = Judge(BOX)
    for k in range(20):
        pose, person = np.array([0.03 * k, 0.0, 0.0]), np.array([[0.55 + 0.02 * k, 0.645]])
        judge.watch(0.05, (pose, Twist2(0.6)), (person, np.array([0.25])))
    assert judge.touches.contacts
    assert judge.touches.caused == 0


def test_turning_counts() -> None:
    """A corner that swings towards a person approaches at ω r; the far side does not."""
    pose, turn = np.zeros(3), Twist2(0.0, 0.0, 1.0)
    corner = np.array([[0.6, 0.0]])
    assert approach(pose, turn, corner, np.array([[0.6, 1.0]])) == pytest.approx(0.6)
    assert approach(pose, turn, corner, np.array([[0.6, -1.0]])) == pytest.approx(-0.6)


def test_nobody_walks_through_a_robot() -> None:
    """Who walks into its side stops there, touches it, and slides on the way they were going."""
    square = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    pose = np.array([2.0, 1.0, 0.3])
    radius = np.array([0.25, 0.25])
    came = np.array([2.0 + 0.6, 1.05]), np.array([9.0, 9.0])
    step = np.array([(-0.06, 0.02), (0.05, 0.0)])
    there = pushed_out(square, pose, (np.array(came), radius), step)
    gap = gaps(square, pose, there, radius)[:, 0]
    assert -0.006 < gap[0] <= 0.0
    assert (there[0] - came[0]) @ np.array([-math.sin(0.3), math.cos(0.3)]) > 0.01
    assert np.array_equal(there[1], came[1])
