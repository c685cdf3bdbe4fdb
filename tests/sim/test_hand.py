"""Handshakes under physics: the force stays bounded, nobody falls, the hand comes free."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from robotics.control.touch import FORCE_BOUND
from sim.bullet import BulletWorld
from sim.hand import CASES, TYPICAL, Manners, VisitorHand
from sim.hand_trial import HandTrial, Outcome, shake_hands

RELEASED = 3.6
"""From when it should be over until the arm is home [s]."""
QUICK = {
    "typical": TYPICAL,
    "yanks": CASES["yanks"],
    "holds on": replace(TYPICAL, shakes=1.0, holds=5.5),
    "never comes": CASES["never comes"],
}
"""The other cases are in ``benchmarks/handshake.py``."""


def check(outcome: Outcome) -> None:
    """What holds whatever the visitor does."""
    assert not outcome.fell
    assert outcome.force <= FORCE_BOUND
    assert outcome.peak <= 2.0 * FORCE_BOUND  # ISO/TS 15066: twice as much for a moment
    assert outcome.released_after is not None
    assert outcome.released_after <= RELEASED
    assert outcome.rest < 0.1
    assert outcome.speed <= 1.0


@pytest.mark.parametrize("case", list(QUICK))
def test_a_handshake_ends_well(case: str) -> None:
    """Bounded force, upright, arm home, speeds within the limits."""
    outcome = shake_hands(case, QUICK[case])
    check(outcome)
    states = [state for _, state in outcome.stages]
    assert ("held" in states) == (case != "never comes")
    assert ("consoling" in states) == (case == "never comes")
    assert outcome.slipped == (case == "yanks")
    if case == "typical":
        frequencies = [row[3] for row in outcome.felt if row[3] > 0.0]
        assert np.median(frequencies) == pytest.approx(TYPICAL.frequency, abs=0.25)


def test_a_thing_in_the_way_of_the_arm_is_not_hit_hard() -> None:
    """A fixed ball where the hand comes up: the arm stays there, pushing less than the bound."""
    trial = HandTrial("in the way", replace(TYPICAL, comes=False))
    engine = trial.world.engine
    shape = engine.createCollisionShape(engine.GEOM_SPHERE, radius=0.05)
    ball = int(engine.createMultiBody(0, shape, -1, (0.24, -0.22, 0.62)))
    forces = []
    while trial.since < 4.0 and not trial.outcome.fell:
        trial.tick()
        body, _ = trial.body.mechanism.link("right_hand")
        forces.append(sum(touch[9] for touch in engine.getContactPoints(body, ball)))
    trial.close()
    mean = np.convolve(forces, np.ones(2) / 2.0, mode="same")  # two ticks: 10 ms
    assert not trial.outcome.fell
    assert 1.0 < mean.max() <= FORCE_BOUND


class _Stand:
    """A robot's hand that is nailed to the air."""

    def __init__(self, world: BulletWorld) -> None:
        engine = world.engine
        shape = engine.createCollisionShape(engine.GEOM_SPHERE, radius=0.035)
        self.body = int(engine.createMultiBody(0, shape, -1, (0.3, 0.0, 0.6)))

    def link(self, name: str) -> tuple[int, int]:
        del name
        return self.body, -1

    def chain(self, link: int) -> tuple[int, ...]:
        return (link,)

    def place_of(self, link: int) -> np.ndarray:
        del link
        return np.array([0.3, 0.0, 0.6])

    def pivot(self, link: int, point: np.ndarray) -> np.ndarray:
        return point - self.place_of(link)

    def heading(self) -> float:
        return 0.0


def held(manners: Manners, seconds: float) -> VisitorHand:
    """Let a hand take another that does not give way at all."""
    world = BulletWorld()
    hand = VisitorHand(world, _Stand(world), manners, np.array([0.6, 0.0, 0.5]))  # type: ignore[arg-type]
    hand.offered = True
    world.advance(seconds)
    world.close()
    return hand


def test_the_visitor_is_as_strong_as_it_says() -> None:
    """Pulling at something fixed, the force between the hands is that of the muscles."""
    manners = replace(TYPICAL, pull=(0.5, 0.0, 0.0), shakes=0.0, holds=5.0, strength=12.0)
    grasp = held(manners, 5.0).grasp
    assert grasp.phase == "hold"
    assert grasp.force == pytest.approx(12.0, rel=0.03)


def test_a_grip_slips_where_more_is_asked() -> None:
    """Muscles stronger than the grip: the hand slips off, and the force was that of the grip."""
    manners = replace(TYPICAL, pull=(0.5, 0.0, 0.0), shakes=0.0, holds=5.0, strength=40.0)
    grasp = held(manners, 5.0).grasp
    assert grasp.slipped
    assert grasp.largest <= 1.05 * manners.grip
