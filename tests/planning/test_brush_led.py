"""A brush led along a line by a robot on two wheels: the law, its stability, the cut plan."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import integrate, transform
from robotics.core.messages import Plan
from robotics.planning.brush_led import BrushLed, Stretch, parts_of, stretch_of
from robotics.planning.kerb_path import SideBrush, kerb_path

LAW = BrushLed(0.50, 0.36)
LINE = np.column_stack((np.arange(0.0, 4.01, 0.05), np.zeros(81)))
PERIOD = 0.02
DELAY = 3
"""Of the plant in periods: sensing, command, motor."""


def base_of(brush: tuple[float, float], yaw: float, side: float) -> Array:
    """Return the pose of the base whose brush's centre is at a point."""
    x, y = transform((0.0, 0.0, yaw), (LAW.x, side * LAW.y))[0]
    return np.array([brush[0] - x, brush[1] - y, yaw])


def led(off: float, yaw: float, side: float = 1.0, seconds: float = 18.0) -> Array:
    """Return brush place, its distance from the line and the heading of a drive, shape (n, 3).

    The plant is a unicycle that does what it was told ``DELAY`` periods ago, with accelerations of
    0.6 m/s² and 1.5 rad/s².
    """
    stretch, pose, motion = Stretch(LINE, side), base_of((0.0, off), yaw, side), np.zeros(3)
    waiting, rows = [np.zeros(3)] * DELAY, []
    for _ in range(int(seconds / PERIOD)):
        told = stretch.twist(LAW, pose, motion, PERIOD)
        waiting.append(np.array([told.vx, told.vy, told.wz]))
        limit = np.array([0.6, 0.6, 1.5]) * PERIOD
        motion = motion + np.clip(waiting.pop(0) - motion, -limit, limit)
        pose = integrate(pose, motion, PERIOD)
        rows.append((*transform(pose, (LAW.x, side * LAW.y))[0], pose[2]))
        if stretch.done:
            break
    return np.array(rows)


def test_the_brush_gets_the_velocity_that_the_law_wants() -> None:
    """By finite differences on the exact motion: s along the line, -k e across it."""
    law = BrushLed(0.50, 0.36, delay=0.0, acceleration=1e9)
    for yaw in (-1.2, -0.4, 0.0, 0.7):
        for side in (1.0, -1.0):
            stretch, pose = Stretch(LINE, side), base_of((0.5, 0.03), yaw, side)
            stretch.place = 0.5
            told = stretch.twist(law, pose, np.zeros(3), PERIOD)
            after = integrate(pose, (told.vx, told.vy, told.wz), 1e-6)
            point = (law.x, side * law.y)
            moved = (transform(after, point)[0] - transform(pose, point)[0]) / 1e-6
            assert moved / moved[0] * law.speed == pytest.approx((law.speed, -0.06), abs=1e-4)


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("yaw", [-1.57, -0.8, 0.0, 0.8, 1.57])
@pytest.mark.parametrize("off", [-0.03, 0.0, 0.03])
def test_brush_and_heading_settle_with_delay(off: float, yaw: float, side: float) -> None:
    """From any heading up to square to the line the brush is back within 1.5 m.

    It swings past by no more than 1 cm, and the robot comes to trail straight behind.
    """
    rows = led(off, yaw, side)
    later = rows[rows[:, 0] > 1.5]
    assert np.abs(later[:, 1]).max() < 0.005
    assert np.abs(rows[:, 1]).max() < abs(off) + 0.01
    assert abs(rows[-1, 2]) < 0.02
    assert rows[-1, 0] > 3.95


def test_it_stops_at_the_end_and_never_exceeds_its_turn_rate() -> None:
    """The speed wished along the line falls towards its end."""
    stretch = Stretch(LINE, 1.0)
    for x in np.arange(0.0, 3.995, 0.002):
        told = stretch.twist(LAW, base_of((x, 0.0), -1.5, 1.0), np.zeros(3), PERIOD)
        assert abs(told.wz) <= LAW.turn_rate + 1e-9
    assert stretch.done


def test_a_plan_is_cut_where_the_way_of_the_axle_is_tight() -> None:
    """An inner corner has one part that is led; end to end the parts are the plan."""
    line = np.array([(0.0, 0.0), (5.0, 0.0), (5.0, -5.0)])
    path, side = kerb_path(line, 1.0, SideBrush(0.50, 0.36, 0.20))
    n = len(path)
    plan = Plan(path, np.full(n, 0.5), np.ones(n, dtype=np.bool_), kerb_side=side)
    parts = parts_of(plan)
    assert [part.led for part in parts] == [False, True, False]
    for one, after in pairwise(parts):
        assert (one.plan.path[-1] == after.plan.path[0]).all()
    assert (parts[0].plan.path[0] == path[0]).all()
    assert (parts[-1].plan.path[-1] == path[-1]).all()
    stretch = stretch_of(parts[1].plan, LAW)
    assert stretch.side == 1.0
    assert stretch.centres[:, 0] == pytest.approx(np.full(len(stretch.centres), 4.79), abs=1e-6)


@pytest.mark.parametrize("side", [0.0, 1.0])
def test_other_plans_stay_whole(side: float) -> None:
    """Bends of 2.4 m along a kerb, turns on the spot, and plans without a kerb: the same object."""
    arc = np.arange(0.0, 1.5, 0.02)
    bend = np.column_stack((2.4 * np.sin(arc), 2.4 * (1.0 - np.cos(arc)), arc))
    turned = bend[-1] + np.array([0.0, 0.0, math.pi / 2])
    on = turned - np.array([0.5, 0.0, 0.0])
    path = np.vstack((bend, turned, on))
    plan = Plan(path, np.ones(len(path)), kerb_side=np.full(len(path), side))
    assert [part.plan for part in parts_of(plan)] == [plan]
