"""Tilt from a noisy, biased, shaken IMU."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.attitude import Attitude

GRAVITY = np.array([0.0, 0.0, 9.81])
DT = 0.005


def test_error_at_the_start_dies_out() -> None:
    """A wrong first reading is corrected in half a minute."""
    attitude = Attitude()
    true_tilt = matrix_from_rpy(0.1, -0.2, 0.0)
    attitude.update(np.zeros(3), GRAVITY, duration=0.0)
    for _ in range(6000):
        tilt = attitude.update(np.zeros(3), true_tilt.T @ GRAVITY, duration=DT)
    assert tilt == pytest.approx([0.1, -0.2], abs=0.01)


def test_bias_is_learned_at_rest() -> None:
    """After ten seconds of standing the bias of all three axes is known to 0.5 mrad/s."""
    rng = np.random.default_rng(3)
    attitude, bias = Attitude(), np.array([0.008, -0.01, 0.006])
    for _ in range(2000):
        gyro = bias + rng.normal(0.0, 0.01, 3)
        force = GRAVITY + rng.normal(0.0, 0.05, 3)
        tilt = attitude.update(gyro, force, duration=DT, still=True)
    assert attitude.bias == pytest.approx(bias, abs=7e-4)
    assert tilt == pytest.approx(np.zeros(2), abs=4e-3)


def test_bias_of_roll_and_pitch_is_found_without_rest() -> None:
    """Gravity alone tells the biases that would tip the horizon."""
    attitude, bias = Attitude(), np.array([0.01, -0.01, 0.0])
    for _ in range(20000):
        tilt = attitude.update(bias, GRAVITY, duration=DT)
    assert attitude.bias[:2] == pytest.approx(bias[:2], abs=1e-3)
    assert tilt == pytest.approx(np.zeros(2), abs=3e-3)


def test_follows_fast_turns_of_a_shaken_body() -> None:
    """Rocking by 0.1 rad at the pace of steps, with the accelerations of steps, is followed."""
    attitude, worst = Attitude(), 0.0
    rate = 2.0 * np.pi * 1.4
    for k in range(4000):
        time = k * DT
        roll, speed = 0.1 * np.sin(rate * time), 0.1 * rate * np.cos(rate * time)
        shake = np.array([0.5 * np.sin(2 * rate * time), 0.8 * np.sin(rate * time), 0.0])
        turn = matrix_from_rpy(roll, 0.0, 0.0)
        tilt = attitude.update(np.array([speed, 0.0, 0.0]), turn.T @ (GRAVITY + shake), duration=DT)
        if time > 5.0:
            worst = max(worst, abs(tilt[0] - roll), abs(tilt[1]))
    assert worst < 0.012
