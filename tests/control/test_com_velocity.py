"""The velocity of the centre of mass: quick like the IMU, true like the legs."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control.com_observer import ObserverParameters
from robotics.control.com_velocity import ComVelocity
from robotics.robots.greeter.joints import load

PERIOD = 0.005
NUMBERS = ObserverParameters()


def observer() -> ComVelocity:
    """Return one with the greeter's numbers."""
    return ComVelocity(trust=NUMBERS.imu_trust, smoothing=NUMBERS.inner_filter, period=PERIOD)


def test_a_push_is_seen_at_once_through_noise() -> None:
    """0.4 m/s in 0.1 s: followed to 3 cm/s, where differences of the same noise are 10 off."""
    rng = np.random.default_rng(4)
    speed = np.clip((np.arange(400) * PERIOD - 1.0) / 0.1, 0.0, 1.0) * 0.4
    place = np.cumsum(speed) * PERIOD
    told = place + rng.normal(0.0, 5e-4, len(place))
    force = np.diff(speed, prepend=0.0) / PERIOD
    one, wrong = observer(), []
    for number in range(len(place)):
        there = np.array([told[number], 0.0])
        value = one.update(there, there, np.array([force[number], 0.0]))
        wrong.append(float(value[0]) - speed[number])
    late = np.array(wrong[150:])
    raw = np.diff(told)[150:] / PERIOD - speed[151:]
    assert np.sqrt(np.mean(late**2)) < 0.03
    assert np.sqrt(np.mean(raw**2)) > 0.1


def test_a_tilted_imu_does_not_run_away() -> None:
    """A tilt that is 0.01 rad wrong, at rest, stays a centimetre a second."""
    one = observer()
    for _ in range(2000):
        value = one.update(np.zeros(2), np.zeros(2), np.array([0.0981, 0.0]))
    assert value[0] == pytest.approx(0.0981 * NUMBERS.imu_trust, abs=0.002)


def test_legs_that_swing_move_the_centre_inside_the_body() -> None:
    """The trunk stands, the centre of mass moves against it: that is its velocity."""
    one = observer()
    for number in range(400):
        value = one.update(np.array([0.1 * PERIOD * number, 0.0]), np.zeros(2), np.zeros(2))
    assert value == pytest.approx([0.1, 0.0], abs=1e-3)


def test_the_imu_is_where_the_urdf_puts_it() -> None:
    """Height in the observer's numbers and in the model agree; it is on the base's axis."""
    model = load()
    place, turn = model.pose_in_base("imu", np.zeros(len(model.joints)))
    assert place == pytest.approx([0.0, 0.0, NUMBERS.imu_height])
    assert turn == pytest.approx(np.eye(3))
