"""Nothing but gravity, contacts and motors moves the greeter: balances of a recorded walk."""

from __future__ import annotations

import numpy as np
import pytest
from greeter_trial import run
from ledger import HANDS, G, Ledger

from robotics.control import steps
from robotics.control.whole_body import JointReference
from robotics.core.arrays import Array
from robotics.core.messages import Goal, Twist2
from robotics.robots.greeter import locomotion

STEP = 0.00125
"""Half the usual one: what the engine's own integration leaves unexplained of the vertical momentum
is 1.0, 0.46 and 0.24 % at 2.5, 1.25 and 0.625 ms, so it is of the step, and no force."""
SECONDS = 4.5


def wish(time: float) -> tuple[Goal, Twist2]:
    """Stand, then walk at 0.25 m/s."""
    return Goal(), Twist2(0.25 if time > 2.2 else 0.0)


@pytest.fixture(scope="module")
def walk() -> Ledger:
    """Standing, then walking at 0.25 m/s, booked step by step."""
    ledger = Ledger()
    witness = run(SECONDS, wish, step=STEP, watch=ledger.watch)
    assert not witness.fell
    return ledger


def test_momentum_is_the_sum_of_weight_and_contacts(walk: Ledger) -> None:
    """Δp = ∫ (gravity + contact forces) dt, to 1 % of what it moves about with."""
    momentum = np.array([one.linear for one in walk.sums])
    unexplained = momentum[1:] - momentum[0] - np.cumsum(walk.impulse, axis=0)
    assert (np.abs(unexplained).max(axis=0) < 0.01 * np.ptp(momentum, axis=0)).all()


def test_angular_momentum_is_the_sum_of_contact_moments(walk: Ledger) -> None:
    """ΔL = ∫ Σ r × f dt about the centre of mass, to 1 %.

    About the vertical the turning friction of the soles is missing in the engine's list: at most
    2 mm times the load.
    """
    momentum = np.array([one.angular for one in walk.sums])
    unexplained = momentum[1:] - momentum[0] - np.cumsum(walk.turning, axis=0)
    level = np.abs(unexplained[:, :2]).max(axis=0)
    assert (level < 0.01 * np.ptp(momentum, axis=0)[:2]).all()
    load = np.array(walk.impulse)[:, 2] + STEP * walk.sums[0].mass * G
    steps = np.abs(np.diff(unexplained[:, 2], prepend=0.0))
    assert (steps < 0.002 * load + 2e-3).all()


def test_no_energy_comes_from_nowhere(walk: Ledger) -> None:
    """Motors' work minus what is gained is lost to friction and shocks: in 50 ms never negative."""
    energy = np.array([one.energy for one in walk.sums])
    lost = np.cumsum(walk.work) - (energy[1:] - energy[0])
    window = round(0.05 / STEP)
    assert (lost[window:] - lost[:-window]).min() > -2e-3  # of some 80 mJ on the average
    assert lost[-1] > 1.0
    assert np.sum(walk.work) > lost[-1] - np.ptp(energy)


def test_nothing_holds_it_and_nobody_moves_it(walk: Ledger) -> None:
    """No constraint in the engine; whoever sets a force, speed or place from outside is refused."""
    assert walk.constraints == 0
    assert len(walk.refused) == len(HANDS)
    assert walk.base_mass > 1.0


def test_without_feed_forward_it_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servos without the torque that is foreseen give way under its weight."""

    def no_torque(dynamics: object, walk: object, body: object, joints: JointReference) -> Array:
        return np.zeros(len(joints.position))

    monkeypatch.setattr(locomotion, "torques", no_torque)
    assert run(3.0, wish).fell


def test_with_the_pressure_on_the_wrong_side_it_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A walk whose centre of pressure is mirrored in the sole chases ξ away."""
    limit = steps.limit_cop
    monkeypatch.setattr(steps, "limit_cop", lambda walk, cop: limit(walk, -np.asarray(cop)))
    assert run(9.0, wish).fell
