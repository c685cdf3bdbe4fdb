"""Planar poses and rotations obey the laws of their groups, and agree with scipy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from robotics.core import rotation
from robotics.core.geometry import (
    compose,
    integrate,
    inverse,
    relative,
    rotation2,
    transform,
    wrap,
    wrap_array,
)

coordinate = st.floats(-100, 100)
angle = st.floats(-10, 10)
pose = st.tuples(coordinate, coordinate, angle).map(np.array)


@given(pose)
def test_a_pose_composed_with_its_inverse_is_nothing(p: np.ndarray) -> None:
    """On both sides."""
    assert compose(p, inverse(p)) == pytest.approx(np.zeros(3), abs=1e-9)
    assert compose(inverse(p), p) == pytest.approx(np.zeros(3), abs=1e-9)


@given(pose, pose, pose)
def test_composition_is_associative(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    """The grouping does not matter, up to a full turn."""
    left, right = compose(compose(a, b), c), compose(a, compose(b, c))
    assert left[:2] == pytest.approx(right[:2], abs=1e-8)
    assert wrap(left[2] - right[2]) == pytest.approx(0.0, abs=1e-9)


@given(pose, pose)
def test_relative_undoes_compose(a: np.ndarray, b: np.ndarray) -> None:
    """Seen from a, what stands at a∘b stands at b."""
    seen = relative(a, compose(a, b))
    assert seen[:2] == pytest.approx(b[:2], abs=1e-8)
    assert wrap(seen[2] - b[2]) == pytest.approx(0.0, abs=1e-9)


@given(pose, pose)
def test_a_transformed_point_is_the_position_of_a_composed_pose(
    a: np.ndarray, b: np.ndarray
) -> None:
    """Points and poses use the same frames."""
    assert transform(a, b[:2])[0] == pytest.approx(compose(a, b)[:2], abs=1e-9)


@given(angle)
def test_wrapped_angles_are_in_range_and_turn_the_same_way(a: float) -> None:
    """Wrapping changes the number, not the direction."""
    assert -math.pi < wrap(a) <= math.pi
    assert rotation2(wrap(a)) == pytest.approx(rotation2(a), abs=1e-9)
    assert rotation2(float(wrap_array(a))) == pytest.approx(rotation2(a), abs=1e-9)


@given(pose, st.floats(-2, 2), st.floats(-1, 1), st.floats(-2, 2), st.floats(0.0, 3.0))
def test_integration_is_exact(p: np.ndarray, vx: float, vy: float, wz: float, t: float) -> None:
    """Many small steps end where one large step ends."""
    twist = np.array([vx, vy, wz])
    small = p
    for _ in range(64):
        small = integrate(small, twist, t / 64)
    large = integrate(p, twist, t)
    assert small[:2] == pytest.approx(large[:2], abs=1e-6)


@given(st.floats(-3, 3), st.floats(-1.5, 1.5), st.floats(-3, 3))
def test_rotations_agree_with_scipy(roll: float, pitch: float, yaw: float) -> None:
    """Roll-pitch-yaw, quaternion order and axis-angle are scipy's."""
    peer = Rotation.from_euler("xyz", [roll, pitch, yaw])
    ours = rotation.matrix_from_rpy(roll, pitch, yaw)
    assert ours == pytest.approx(peer.as_matrix(), abs=1e-12)
    assert rotation.matrix_from_quaternion(peer.as_quat()) == pytest.approx(ours, abs=1e-12)
    assert rotation.rpy_from_matrix(ours) == pytest.approx((roll, pitch, yaw), abs=1e-7)


def test_axis_angle_agrees_with_scipy() -> None:
    """Rodrigues' formula, for axes in every direction."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        axis = rng.normal(size=3)
        axis /= np.linalg.norm(axis)
        turn = rng.uniform(-3, 3)
        peer = Rotation.from_rotvec(axis * turn).as_matrix()
        assert rotation.matrix_about(axis, turn) == pytest.approx(peer, abs=1e-12)
