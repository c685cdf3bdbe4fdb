"""Steps of a biped from its joints."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.geometry import compose
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.contact import FootContact
from robotics.estimation.leg_odometry import LegOdometry


def feet_seen_from(pose: np.ndarray, tilt: np.ndarray, feet_in_map: np.ndarray) -> np.ndarray:
    """Return planted feet (2, 3) in a base at ``pose`` that leans by ``tilt``."""
    turn = matrix_from_rpy(tilt[0], tilt[1], pose[2])
    base = np.array([pose[0], pose[1], 0.49])
    return np.asarray((feet_in_map - base) @ turn)


@pytest.mark.parametrize("carrying", [(1.0, 0.0), (0.0, 1.0), (0.4, 0.6)])
def test_base_over_planted_feet_is_followed(carrying: tuple[float, float]) -> None:
    """While the base moves, turns and leans over its feet, the steps add up to its true pose."""
    feet = np.array([[0.02, 0.08, 0.0], [-0.01, -0.08, 0.0]])
    seen: list[np.ndarray] = []
    odometry = LegOdometry(lambda position: seen[-1])
    poses = [np.array([0.05 * s, 0.02 * s * s, 0.3 * s]) for s in np.linspace(0, 1, 201)]
    guess = poses[0]
    for k, pose in enumerate(poses):
        tilt = np.array([0.05 * np.sin(0.1 * k), 0.04 * np.cos(0.07 * k)])
        seen.append(feet_seen_from(pose, tilt, feet))
        turn = matrix_from_rpy(tilt[0], tilt[1], 0.0)
        rate = turn.T @ np.array([0.0, 0.0, 0.3 / (200 * 0.005)])
        step = odometry.update(
            np.zeros(22),
            np.array(carrying),
            tilt=tilt,
            angular_velocity=rate,
            duration=0.005 if k else 0.0,
        )
        guess = compose(guess, (step.dx, step.dy, step.dyaw))
    assert guess == pytest.approx(poses[-1], abs=1e-3)
    assert odometry.turn == pytest.approx(0.3, abs=0.01)


def test_contact_has_a_dead_zone() -> None:
    """A foot loads at 12 % of the weight, unloads at 5 %, and keeps its state between."""
    contact = FootContact(100.0)
    loaded = []
    for force in (0.0, 10.0, 13.0, 8.0, 4.0, 8.0):
        corners = np.array([[force / 4] * 4, [25.0] * 4])
        loaded.append(bool(contact.update(corners, duration=0.01)[0]))
    assert loaded == [False, False, True, True, False, False]
    assert contact.shares == pytest.approx([0.0, 1.0])
    assert contact.planted == 0.0


def test_the_sum_of_accelerations_is_the_velocity() -> None:
    """What the horizon is freed of adds up to the speed over the feet, whatever the tilt."""
    odometry = LegOdometry(lambda position: np.array([[-float(position[0]), 0.1, -0.5]] * 2))
    place = gained = 0.0
    for tick in range(400):
        place += 0.005 * 0.3 * min(tick * 0.005, 1.0)
        odometry.update(
            np.array([place]),
            np.array([1.0, 0.0]),
            tilt=np.array([0.1 * math.sin(tick), 0.1]),
            angular_velocity=np.zeros(3),
            duration=0.005,
        )
        gained += 0.005 * float(odometry.acceleration[0])
    assert gained == pytest.approx(0.3, abs=0.01)


def test_nothing_is_known_of_acceleration_in_the_air() -> None:
    """Without a foot on the ground the accelerometer is left as it is."""
    odometry = LegOdometry(lambda position: np.full((2, 3), float(position[0])))
    for tick in range(20):
        odometry.update(
            np.array([0.01 * tick]),
            np.zeros(2),
            tilt=np.zeros(2),
            angular_velocity=np.zeros(3),
            duration=0.005,
        )
    assert not odometry.acceleration.any()
