"""Standing: the pressure law, idle motion, and how numbers settle."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control import pendulum
from robotics.control.balance import (
    Settling,
    StandParameters,
    breath,
    idle_sway,
    needs_step,
    standing_cop,
)

STAND = StandParameters()
OMEGA = pendulum.rate(0.5)


def test_pendulum_is_brought_back_from_inside_the_region() -> None:
    """Every start that standing claims to hold comes to rest over the target."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        com = rng.uniform(STAND.capture_low, STAND.capture_high)
        velocity = np.zeros(2)
        for _ in range(600):
            cop = standing_cop(STAND, pendulum.divergent(com, velocity, OMEGA), np.zeros(2))
            com, velocity = pendulum.advance(com, velocity, cop, omega=OMEGA, time=0.005)
        assert com == pytest.approx(np.zeros(2), abs=2e-3)


def test_region_asks_for_a_step_beyond_its_edge() -> None:
    """ξ inside is stood out, beyond any edge it is stepped out."""
    assert not needs_step(STAND, np.zeros(2))
    for edge in ((0.08, 0.0), (-0.06, 0.0), (0.0, 0.12), (0.0, -0.12)):
        assert needs_step(STAND, np.array(edge))


def test_idle_motion_is_small_slow_and_begins_at_rest() -> None:
    """Sway stays within 1 cm and 2 cm/s and starts from zero; breath within 3 mm."""
    time = np.arange(0.0, 120.0, 0.01)
    sway = np.array([idle_sway(STAND, float(t)) for t in time])
    lift = np.array([breath(STAND, float(t)) for t in time])
    assert sway[0] == 0.0
    assert np.abs(sway).max() <= 0.01
    assert np.abs(np.diff(sway)).max() / 0.01 < 0.02
    assert np.abs(lift).max() <= 0.003 + 1e-12


@pytest.mark.parametrize("dt", [0.001, 0.005, 0.05, 0.5])
def test_settling_never_overshoots(dt: float) -> None:
    """A step is followed to the end, without overshoot, for any length of tick."""
    number = Settling(0.0, 0.3)
    values = [number.follow(1.0, dt) for _ in range(int(6.0 / dt))]
    assert max(values) <= 1.0 + 1e-9
    assert values[-1] == pytest.approx(1.0, abs=1e-2)
