"""Pinocchio behind our order of joints, against the model read without it and against itself."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control import dynamics as module
from robotics.control.dynamics import SIDES, Dynamics
from robotics.core.errors import MissingDependency
from robotics.core.rotation import matrix_from_rpy
from robotics.robots.greeter.joints import load

MODEL = load()
DYNAMICS = Dynamics(MODEL)
LOWER, UPPER = MODEL.joints.column("lower"), MODEL.joints.column("upper")


def posture(seed: int) -> np.ndarray:
    """Return a random posture within the limits."""
    return np.random.default_rng(seed).uniform(LOWER, UPPER)


@pytest.mark.parametrize("seed", range(5))
def test_kinematics_agree_with_the_plain_model(seed: int) -> None:
    """Centre of mass, soles and hands are where the numpy tree has them, in our joint order."""
    position = posture(seed)
    com = DYNAMICS.place(position)
    assert com == pytest.approx(MODEL.com_in_base(position), abs=1e-12)
    poses = MODEL.poses_in_base(position)
    for side, name in enumerate(SIDES):
        for (place, turn), link in (
            (DYNAMICS.sole(side), f"{name}_sole"),
            (DYNAMICS.link(f"{name}_hand"), f"{name}_hand"),
        ):
            assert place == pytest.approx(poses[link][0], abs=1e-12)
            assert turn == pytest.approx(poses[link][1], abs=1e-12)
    assert DYNAMICS.mass == pytest.approx(MODEL.mass)


def test_jacobians_are_derivatives() -> None:
    """Jacobians of soles and centre of mass agree with finite differences."""
    position, h = posture(7), 1e-6
    rotation = matrix_from_rpy(0.1, -0.2, 0.7)
    DYNAMICS.place(position, rotation_base=rotation)
    DYNAMICS.prepare_jacobians()
    soles = [DYNAMICS.sole_jacobian(side) for side in (0, 1)]
    centre = DYNAMICS.com_jacobian()
    for joint in range(len(position)):
        step = np.zeros(len(position))
        step[joint] = h
        ahead = DYNAMICS.place(position + step, rotation_base=rotation)
        ahead_soles = [DYNAMICS.sole(side)[0] for side in (0, 1)]
        behind = DYNAMICS.place(position - step, rotation_base=rotation)
        assert (ahead - behind) / (2 * h) == pytest.approx(centre[:, joint], abs=1e-8)
        for side in (0, 1):
            slope = (ahead_soles[side] - DYNAMICS.sole(side)[0]) / (2 * h)
            assert slope == pytest.approx(soles[side][:3, joint], abs=1e-8)


def test_gravity_is_the_slope_of_potential_energy() -> None:
    """Holding torques are the derivative of the height of the centre of mass times the weight."""
    position = posture(3)
    DYNAMICS.place(position)
    torque = DYNAMICS.gravity()
    expected = DYNAMICS.mass * 9.81 * DYNAMICS.com_jacobian()[2]
    assert torque == pytest.approx(expected, abs=1e-9)


def test_inverse_dynamics_at_rest_is_gravity_and_weight() -> None:
    """Without motion the torques are gravity's, and the base needs the weight at the centre."""
    position, zero = posture(4), np.zeros(len(LOWER))
    com = DYNAMICS.place(position)
    torque, force, moment = DYNAMICS.inverse_dynamics(zero, zero, acceleration_base=np.zeros(3))
    weight = np.array([0.0, 0.0, DYNAMICS.mass * 9.81])
    assert torque == pytest.approx(DYNAMICS.gravity(), abs=1e-9)
    assert force == pytest.approx(weight, abs=1e-9)
    assert moment == pytest.approx(np.cross(com, weight), abs=1e-9)


def test_missing_library_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Pinocchio the error says what to install."""
    monkeypatch.setattr(module, "pinocchio", None)
    with pytest.raises(MissingDependency, match=r"scenic-robots\[greeter\]"):
        Dynamics(MODEL)
