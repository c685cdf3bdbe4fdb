"""Wheel odometry: exact arcs, gyro bias at rest, lost and slipping wheels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.geometry import compose, integrate
from robotics.estimation.odometry import DifferentialDrive, Increment, WheelOdometry, arc

DRIVE = DifferentialDrive(wheel_radius=0.15, track=0.64)
PERIOD = 0.02


def roll(
    odometry: WheelOdometry,
    vx: float,
    wz: float,
    *,
    ticks: int,
    valid: tuple[bool, bool] = (True, True),
    slip: float = 0.0,
) -> tuple[Array, list[Increment]]:
    """Drive with exact sensors; the left wheel rolls ``slip`` [m/s] too much.

    Returns:
        The pose (3,) that the steps add up to, and the steps.
    """
    steps, pose = [], np.zeros(3)
    speeds = np.array([vx - 0.5 * wz * DRIVE.track + slip, vx + 0.5 * wz * DRIVE.track])
    for k in range(ticks + 1):
        wheels = speeds * k * PERIOD / DRIVE.wheel_radius
        steps.append(
            odometry.update(
                np.where(valid, wheels, 0.0),
                np.array(valid),
                angular_velocity=np.array([0.0, 0.0, wz]),
                duration=PERIOD,
            )
        )
        pose = compose(pose, (steps[-1].dx, steps[-1].dy, steps[-1].dyaw))
    return pose, steps


@pytest.mark.parametrize(("vx", "wz"), [(0.8, 0.0), (0.8, 0.5), (-0.4, 0.9), (0.0, 1.0)])
def test_steps_add_up_to_the_circle(vx: float, wz: float) -> None:
    """Integrated steps equal the exact motion on the circle."""
    pose, _ = roll(WheelOdometry(DRIVE), vx, wz, ticks=250)
    assert pose == pytest.approx(integrate(np.zeros(3), (vx, 0.0, wz), 5.0), abs=1e-9)


def test_an_arc_is_the_chord_of_a_circle() -> None:
    """A quarter circle of radius 1 m ends at (1, 1); tiny angles join smoothly."""
    assert arc(0.5 * math.pi, 0.5 * math.pi) == pytest.approx((1.0, 1.0))
    assert arc(1.0, 1.9e-4) == pytest.approx(arc(1.0, 2.1e-4), abs=2e-5)


def test_gyro_bias_is_learnt_at_rest_only() -> None:
    """Ten seconds of standing give the bias within 1 mrad/s; driving changes it no more."""
    odometry, rng = WheelOdometry(DRIVE), np.random.default_rng(0)
    bias = np.array([0.004, -0.006, 0.009])
    for k in range(1000):
        wheel = 0.0 if k < 500 else 0.1 * (k - 500)
        reading = bias + rng.normal(0.0, 0.01, 3) + (0.0, 0.0, 0.2 if k >= 500 else 0.0)
        known = np.array([True, True])
        odometry.update(np.full(2, wheel), known, angular_velocity=reading, duration=PERIOD)
    assert odometry.bias.value == pytest.approx(bias, abs=1.5e-3)
    assert odometry.bias.uncertainty < 1e-3


@pytest.mark.parametrize("valid", [(True, False), (False, True)])
def test_one_lost_wheel_is_replaced_by_the_gyro(valid: tuple[bool, bool]) -> None:
    """The other wheel and the gyro give the same path, with less certainty, and the loss shows."""
    both, whole = WheelOdometry(DRIVE), WheelOdometry(DRIVE)
    pose, steps = roll(both, 0.6, 0.4, ticks=100, valid=valid)
    expected, certain = roll(whole, 0.6, 0.4, ticks=100)
    assert pose == pytest.approx(expected, abs=1e-9)
    assert both.lost
    assert not whole.lost
    assert steps[-1].var_x > certain[-1].var_x


def test_both_wheels_lost_means_going_on() -> None:
    """With no wheel at all the last speed is held, and the variance is large."""
    odometry = WheelOdometry(DRIVE)
    roll(odometry, 0.6, 0.0, ticks=100)
    lost = np.array([False, False])
    step = odometry.update(np.zeros(2), lost, angular_velocity=np.zeros(3), duration=PERIOD)
    assert step.dx == pytest.approx(0.6 * PERIOD, rel=1e-3)
    assert math.sqrt(step.var_x) > 1e-3
    assert odometry.lost


def test_a_spinning_wheel_does_not_turn_the_robot() -> None:
    """Wheels that contradict the gyro by far are not believed about the heading."""
    pose, _ = roll(WheelOdometry(DRIVE), 0.5, 0.0, ticks=100, slip=1.0)
    assert abs(pose[2]) < 1e-9


def test_an_encoder_that_jumps_is_lost_for_that_step() -> None:
    """A jump that no wheel could make is not taken for motion."""
    odometry, known = WheelOdometry(DRIVE), np.array([True, True])
    for wheels in ((0.0, 0.0), (0.0, 0.0), (500.0, 0.0)):
        step = odometry.update(
            np.array(wheels), known, angular_velocity=np.zeros(3), duration=PERIOD
        )
    assert odometry.lost
    assert abs(step.dx) < 1e-9


def test_variances_grow_with_the_distance() -> None:
    """Twice the way, twice the variance; steps compose."""
    _, short = roll(WheelOdometry(DRIVE), 0.5, 0.0, ticks=100)
    _, long = roll(WheelOdometry(DRIVE), 1.0, 0.0, ticks=100)
    assert sum(s.var_x for s in long) == pytest.approx(2 * sum(s.var_x for s in short), rel=0.01)
    both = Increment(1.0, 0.0, 0.5 * math.pi, 0.1, 0.2, 0.3).then(Increment(1.0, 0.0, 0.0, 0.1))
    assert (both.dx, both.dy, both.dyaw) == pytest.approx((1.0, 1.0, 0.5 * math.pi))
    assert (both.var_x, both.var_y, both.var_yaw) == pytest.approx((0.2, 0.2, 0.3))
