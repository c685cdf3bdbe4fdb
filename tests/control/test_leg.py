"""The leg in closed form, against itself backwards and against the URDF."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.control.leg import forward, inverse, leg_geometry
from robotics.control.whole_body import leg_joints
from robotics.robots.greeter.joints import load

MODEL = load()
LEGS = [leg_geometry(MODEL, side) for side in ("left", "right")]
angle = st.floats(-0.6, 0.6)


@given(
    side=st.integers(0, 1),
    yaw=angle,
    roll=angle,
    pitch=st.floats(-1.5, 0.6),
    knee=st.floats(0.1, 2.2),
    ankle_pitch=st.floats(-0.9, 0.5),
    ankle_roll=angle,
)
def test_inverse_undoes_forward(
    side: int,
    yaw: float,
    roll: float,
    pitch: float,
    knee: float,
    ankle_pitch: float,
    ankle_roll: float,
) -> None:
    """Every posture of the workspace comes back from its sole pose, to 1e-12 in the pose."""
    wanted = np.array([yaw, roll, pitch, knee, ankle_pitch, ankle_roll])
    place, turned = forward(LEGS[side], wanted)
    found = inverse(LEGS[side], place, turned)
    place_again, turned_again = forward(LEGS[side], np.array(found.position))
    assert found.reachable
    assert np.abs(place_again - place).max() < 1e-12
    assert np.abs(turned_again - turned).max() < 1e-12


@pytest.mark.parametrize("side", [0, 1])
def test_forward_is_the_urdf(side: int) -> None:
    """The closed form and the tree of the URDF agree about the sole."""
    rng = np.random.default_rng(1)
    name = ("left", "right")[side]
    for _ in range(20):
        position = np.zeros(len(MODEL.joints))
        angles = rng.uniform(-0.6, 0.6, 6)
        position[leg_joints(MODEL)[side]] = angles
        place, turned = MODEL.pose_in_base(f"{name}_sole", position)
        mine, my_turn = forward(LEGS[side], angles)
        assert np.abs(mine - place).max() < 1e-12
        assert np.abs(my_turn - turned).max() < 1e-12


def test_out_of_reach_points_there() -> None:
    """A sole too far away gives a straight leg in its direction, and says so."""
    leg = LEGS[0]
    target = leg.hip_in_base + np.array([0.0, 0.0, -0.8])
    found = inverse(leg, target, np.eye(3))
    place, _ = forward(leg, np.array(found.position))
    assert not found.reachable
    assert found.position[3] < 0.05
    assert np.abs(place[:2] - target[:2]).max() < 1e-9
    assert place[2] > target[2]


def test_too_near_folds_the_knee() -> None:
    """A sole in the hip gives the most bent knee, finite angles, and says so."""
    leg = LEGS[1]
    found = inverse(leg, leg.hip_in_base + np.array([0.0, 0.0, -leg.sole_drop]), np.eye(3))
    assert not found.reachable
    assert np.isfinite(found.position).all()
