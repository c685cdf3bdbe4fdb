"""The yielding arm: its bound by brute force, its feeling and its law by statics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control.dynamics import Dynamics
from robotics.control.touch import (
    FORCE_BOUND,
    Felt,
    TouchParameters,
    YieldingArm,
    bounded_strength,
    force_at,
    largest_force,
)
from robotics.core.arrays import Array
from robotics.core.messages import Hand, Joints, State
from robotics.robots.greeter.config import PERIOD, servos
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
DYNAMICS = Dynamics(MODEL)
PARAMETERS = TouchParameters()
STANDING = standing_pose()[0]
ARM = list(
    MODEL.joints.indices(
        "right_shoulder_pitch", "right_shoulder_roll", "right_shoulder_yaw", "right_elbow"
    )
)
OFFERED = np.radians([-38.0, -12.0, 0.0, -55.0])


def posed(arm: Array) -> Array:
    """Return the standing joints (22,) with the right arm at ``arm`` (4,)."""
    position = np.array(STANDING)
    position[ARM] = arm
    return position


def hand_jacobian(arm: Array) -> Array:
    """Return the Jacobian (3, 4) of the right hand."""
    DYNAMICS.place(posed(arm))
    DYNAMICS.prepare_jacobians()
    return DYNAMICS.link_jacobian("right_hand")[:3, ARM]


def weight(arm: Array) -> Array:
    """Return the torques (4,) that carry the arm."""
    DYNAMICS.place(posed(arm))
    return DYNAMICS.gravity()[ARM]


def state(time: float, arm: Array, *, force: Array | None = None, valid: bool = True) -> State:
    """Return the state of a robot whose right hand is pushed by ``force`` (3,) [N]."""
    effort = np.zeros(22)
    push = np.zeros(3) if force is None else force
    effort[ARM] = weight(arm) - hand_jacobian(arm).T @ push
    ok = np.ones(22, dtype=np.bool_)
    ok[ARM[0]] = valid
    joints = Joints(posed(arm), np.zeros(22), effort, ok, np.zeros(22))
    return State(time, np.zeros(3), np.zeros(3), joints, np.zeros(2), np.zeros(3))


def arm_of() -> YieldingArm:
    """Return a fresh arm."""
    return YieldingArm(DYNAMICS, MODEL.joints, servos(MODEL.joints), PARAMETERS, period=PERIOD)


def feel(arm: YieldingArm, seconds: float, **changes: object) -> Felt:
    """Let a hand that is held out feel the same for a while."""
    for tick in range(round(seconds / PERIOD)):
        now = state(tick * PERIOD, OFFERED, **changes)  # type: ignore[arg-type]
        arm.follow(now, Hand.OFFERED, posed(OFFERED))
    return arm.felt


@pytest.mark.parametrize("seed", range(4))
def test_largest_force_by_trying_every_direction(seed: int) -> None:
    """Of 40,000 directions, none allows more than the polytope's corner, and one nearly as much."""
    rng = np.random.default_rng(seed)
    jacobian = hand_jacobian(OFFERED + rng.uniform(-0.5, 0.3, 4))
    strength = rng.uniform(0.3, 2.0, 4)
    ways = rng.standard_normal((40_000, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    allowed = (strength / np.abs(ways @ jacobian)).min(axis=1)
    found = largest_force(jacobian, strength)
    assert allowed.max() <= found * (1.0 + 1e-9)
    assert allowed.max() > 0.9 * found


def test_the_motors_stay_below_their_bound_wherever_the_arm_is() -> None:
    """Held, no direction gets more than the bound; free, none with the elbow bent by 20°."""
    rng = np.random.default_rng(5)
    low, high = np.radians([-90.0, -60.0, -60.0, -130.0]), np.radians([30.0, 0.0, 60.0, -0.5])
    for _ in range(300):
        arm = rng.uniform(low, high)
        jacobian = hand_jacobian(arm)
        strength = bounded_strength(jacobian, PARAMETERS, held=True)
        assert (strength <= PARAMETERS.strength + 1e-12).all()
        assert largest_force(jacobian, strength) <= PARAMETERS.force * (1.0 + 1e-6)
        free = bounded_strength(jacobian, PARAMETERS, held=False)
        if arm[3] < math.radians(-20.0):
            assert largest_force(jacobian, free) <= FORCE_BOUND


def test_a_straight_arm_is_bones() -> None:
    """Along a straight arm nothing bounds the force: said as infinite, and the elbow gives way."""
    jacobian = hand_jacobian(np.zeros(4))
    assert largest_force(jacobian, np.ones(4)) == math.inf
    assert (bounded_strength(jacobian, PARAMETERS, held=True) == 0.0).all()
    assert (bounded_strength(jacobian, PARAMETERS, held=False) == PARAMETERS.least).all()


def test_a_force_is_felt_from_the_torques() -> None:
    """Statics backwards: 5 N in any direction come out within a tenth."""
    jacobian = hand_jacobian(OFFERED)
    for way in np.eye(3):
        force = 5.0 * way
        assert force_at(jacobian, jacobian.T @ force) == pytest.approx(force, abs=0.6)


def test_a_grip_is_felt_and_so_is_its_end() -> None:
    """3 N are somebody's hand after a while, 0.5 N never; free again, nobody's."""
    arm = arm_of()
    assert not feel(arm, 1.0, force=np.array([0.5, 0.0, 0.0])).held
    felt = feel(arm, 1.0, force=np.array([0.0, 0.0, -3.0]))
    assert felt.held
    assert felt.force == pytest.approx([0.0, 0.0, -3.0], abs=0.5)
    assert not feel(arm, 2.0).held


def test_a_reading_that_is_not_valid_is_not_felt() -> None:
    """One dead joint: what was felt stays, and nothing is made of the rest."""
    arm = arm_of()
    before = feel(arm, 1.0).force
    after = feel(arm, 1.0, force=np.array([20.0, 0.0, 0.0]), valid=False)
    assert np.isfinite(arm.command(posed(OFFERED))[0]).all()
    assert after.force == pytest.approx(before)
    assert not after.held


def test_an_arm_that_is_not_offered_is_as_it_was() -> None:
    """Without a hand in the goal, references, targets and limits pass untouched, bit for bit."""
    arm, reference = arm_of(), posed(np.radians([0.0, -10.0, 0.0, -28.0]))
    now = state(0.0, reference[ARM])
    assert arm.follow(now, Hand.NONE, reference) is reference
    target, effort = arm.command(reference)
    assert target is reference
    assert (effort == MODEL.joints.column("effort")).all()


def test_the_law_of_the_offered_hand() -> None:
    """At its place it asks for its weight; pulled away, for its stiffness more, within bounds."""
    arm, gain = arm_of(), servos(MODEL.joints).stiffness[ARM]
    feel(arm, 1.0)
    target, effort = arm.command(posed(OFFERED))
    assert gain * (target[ARM] - OFFERED) == pytest.approx(weight(OFFERED), abs=1e-6)
    assert (effort[ARM] <= np.abs(weight(OFFERED)) + PARAMETERS.strength + 1e-9).all()
    pulled = OFFERED + np.array([0.05, 0.0, 0.0, 0.0])
    arm.follow(state(1.005, pulled), Hand.OFFERED, posed(OFFERED))
    target, _ = arm.command(posed(OFFERED))
    asked = gain * (target[ARM] - pulled) - weight(pulled)
    assert asked[0] == pytest.approx(-PARAMETERS.offered * 0.05, rel=0.02)


@pytest.mark.parametrize("hand", list(Hand))
def test_torques_beyond_the_weight_stay_within_the_strength(hand: Hand) -> None:
    """Whatever the hand is there for and however far it is led, the limit holds."""
    arm, rng = arm_of(), np.random.default_rng(7)
    feel(arm, 0.5)
    for tick in range(100):
        led = OFFERED + rng.uniform(-0.6, 0.4, 4)
        now = state(1.0 + tick * PERIOD, led)
        arm.follow(now, hand, posed(OFFERED))
        target, effort = arm.command(posed(OFFERED))
        beyond = np.abs(effort[ARM]) - np.abs(weight(led))
        assert (beyond <= PARAMETERS.strength + 1e-6).all()
        assert np.isfinite(target).all()
