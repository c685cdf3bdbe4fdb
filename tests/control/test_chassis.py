"""Differential drive: forwards and backwards through its law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.control.chassis import DifferentialChassis
from robotics.core.messages import Twist2

CHASSIS = DifferentialChassis(0.15, 0.64, 10.0, acceleration=0.6, angular_acceleration=1.5)


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_wheels_and_twist_are_inverse(vx: float, wz: float) -> None:
    """Within the wheels' limits, the twist of the wheels of a twist is that twist."""
    back = CHASSIS.twist(CHASSIS.wheels(Twist2(vx, 0.0, wz)))
    assert (back.vx, back.wz) == pytest.approx((vx, wz), abs=1e-12)


@given(st.floats(-9.0, 9.0), st.floats(-9.0, 9.0))
def test_too_fast_keeps_the_curvature(vx: float, wz: float) -> None:
    """Saturated wheels drive the same circle, slower."""
    wheels = CHASSIS.wheels(Twist2(vx, 0.0, wz))
    back = CHASSIS.twist(wheels)
    assert np.abs(wheels).max() <= 10.0 + 1e-12
    assert back.vx * wz == pytest.approx(back.wz * vx, abs=1e-9)


def test_signs_follow_the_conventions() -> None:
    """Left is positive: turning left, the right wheel is the faster one."""
    left, right = CHASSIS.wheels(Twist2(0.0, 0.0, 0.5))
    assert left == pytest.approx(-right)
    assert right > 0.0


def test_acceleration_is_bounded() -> None:
    """From rest, one second leads to 0.6 m/s and 1.5 rad/s, no further than wanted."""
    twist = Twist2()
    for _ in range(50):
        twist = CHASSIS.towards(twist, Twist2(1.2, 0.0, 1.0), 0.02)
    assert (twist.vx, twist.wz) == pytest.approx((0.6, 1.0))
