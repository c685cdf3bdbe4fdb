"""The measure of the trunk on the beat: a known lag is found, and what is no dance has none."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from robotics.behaviour.clips import curve

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from beating.phase import phases

TIME = np.arange(0.0, 24.0, 0.005)
KNOTS = tuple(float(one) for one in np.arange(0.0, 24.0, 0.75))
SWAY = curve(KNOTS, tuple(0.015 * (-1) ** k for k in range(len(KNOTS))))


@pytest.mark.parametrize("lag", [-0.04, 0.0, 0.03, 0.12])
def test_a_known_lag_is_found_beside_the_motion_of_balance(lag: float) -> None:
    """Smaller by 0.6, with 3 mm at another rate and noise upon it: right to 9 ms."""
    noise = 0.001 * np.random.default_rng(0).standard_normal(len(TIME))
    true = 0.6 * np.array([SWAY.angle(max(one - lag, 0.0)) for one in TIME])
    true += 0.003 * np.sin(2.0 * np.pi * 0.31 * TIME + 1.0) + noise
    found = phases(SWAY, TIME, true, 0.006, 24.0, axis="left")
    assert len(found) >= 4
    assert all(one.is_clear for one in found)
    assert max(abs(one.lag - lag) for one in found) < 0.009


def test_what_is_no_dance_has_no_phase() -> None:
    """Other motion is not clear; where the feet step, or nothing is asked, there is no stretch."""
    other = 0.01 * np.sin(2.0 * np.pi * 0.23 * TIME)
    assert not any(one.is_clear for one in phases(SWAY, TIME, other, 0.006, 24.0, axis="left"))
    stepping = np.full(len(TIME), np.nan)
    assert phases(SWAY, TIME, stepping, 0.006, 24.0, axis="left") == []
    assert phases(SWAY, TIME, other, 0.05, 24.0, axis="left") == []
