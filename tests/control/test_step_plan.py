"""One step, adapted to what is measured."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control import pendulum
from robotics.control.step_plan import Aim, StepPlan, aim
from robotics.control.walk_parameters import WalkParameters

WALK = WalkParameters()
OMEGA = pendulum.rate(WALK.com_height)
PERIOD = 0.005
STILL = np.zeros(3)


def begun(out: int) -> tuple[StepPlan, Aim]:
    """A step on the spot, and what it aims at."""
    plan = StepPlan(WALK, PERIOD, WALK.step_time)
    plan.begin(STILL, out)
    foot = np.array([0.0, 0.17 * out])
    return plan, aim(WALK, STILL, out, foot, drift=np.zeros(2), omega=OMEGA)


@pytest.mark.parametrize("out", [1, -1])
def test_an_undisturbed_step_pushes_nothing_back(out: int) -> None:
    """From the nominal offset on, hip and ankle are left alone and the time stays as it is."""
    plan, towards = begun(out)
    dcm = -towards.offset * (1.0, 1.0)
    dcm[1] = out * abs(float(dcm[1]))
    for tick in range(50):
        plan.adapt(dcm, towards, elapsed=tick * PERIOD, omega=OMEGA)
        dcm = pendulum.divergent_after(dcm, plan.cop, omega=OMEGA, time=PERIOD)
    assert not plan.push_back.any()
    assert plan.duration == pytest.approx(WALK.step_time, abs=0.01)


@pytest.mark.parametrize("out", [1, -1])
def test_over_the_outer_edge_the_leg_pushes_back(out: int) -> None:
    """ξ beyond the sole, away from the other foot: hip and ankle push towards that foot."""
    plan, towards = begun(out)
    dcm = np.array([0.0, -out * (WALK.cop_outward + 0.01)])
    for tick in range(10):
        plan.adapt(dcm, towards, elapsed=tick * PERIOD, omega=OMEGA)
    roll, pitch = plan.push_back
    assert 0.1 < out * roll <= WALK.largest_push_back
    assert pitch == 0.0
    for _ in range(round(2.0 / PERIOD)):
        plan.relax()
    assert np.abs(plan.push_back).max() < 0.01


@pytest.mark.parametrize("ahead", [1, -1])
def test_ahead_it_pushes_back_only_beyond_the_longest_step(ahead: int) -> None:
    """What a footprint can catch is left to the footprint."""
    for distance, pushes in ((0.08, False), (0.30, True)):
        plan, towards = begun(1)
        plan.adapt(np.array([ahead * distance, 0.03]), towards, elapsed=0.15, omega=OMEGA)
        assert (ahead * plan.push_back[1] > 0.0) == pushes
