"""The twist that the steps follow."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control.twist_ramp import TwistRamp
from robotics.control.walk_parameters import WalkParameters

WALK, PERIOD = WalkParameters(), 0.005


def test_any_wish_is_followed_within_limits_and_without_jumps() -> None:
    """Speeds, accelerations and the sum over directions keep to their limits."""
    ramp, rng, last = TwistRamp(WALK, PERIOD), np.random.default_rng(3), np.zeros(3)
    for _ in range(60):
        wish = rng.normal(0.0, 3.0, 3)
        for _ in range(50):
            value = ramp.advance(wish)
            assert (np.abs(value - last) <= np.array(WALK.acceleration) * PERIOD + 1e-12).all()
            assert -WALK.fastest_back - 1e-9 <= value[0] <= WALK.largest_twist[0] + 1e-9
            last = value


def test_backwards_has_a_limit_of_its_own() -> None:
    """A wish of 1 m/s back becomes the fastest step back."""
    ramp = TwistRamp(WALK, PERIOD)
    for _ in range(2000):
        value = ramp.advance(np.array([-1.0, 0.0, 0.0]))
    assert value == pytest.approx([-WALK.fastest_back, 0.0, 0.0], abs=1e-6)


def test_directions_share_one_limit() -> None:
    """Everything at once is slower in each."""
    ramp = TwistRamp(WALK, PERIOD)
    for _ in range(4000):
        value = ramp.advance(np.array([9.0, 9.0, 9.0]))
    assert float(np.linalg.norm(value / WALK.largest_twist)) == pytest.approx(1.0, abs=1e-6)
