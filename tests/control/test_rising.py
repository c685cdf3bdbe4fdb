"""Which way a robot lies, and what an attempt to get up does when something is wrong."""

import math

import numpy as np
import pytest

from robotics.control.dynamics import Dynamics
from robotics.control.rising import (
    Lying,
    Outcome,
    Rising,
    lying,
    nose_down,
    soles_on_ground,
    up_in_base,
)
from robotics.control.rising_moves import FROM_FRONT, ROLL_LEFT
from robotics.core.messages import Contacts, Joints, State
from robotics.core.rotation import matrix_from_rpy
from robotics.robots.greeter.config import PERIOD
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
DYNAMICS = Dynamics(MODEL)
STAND, _ = standing_pose()


def _state(tilt: tuple[float, float], load: float = 0.0) -> State:
    return State(
        time=0.0,
        pose_base_in_map=np.zeros(3),
        twist_base_in_base=np.zeros(3),
        joints=Joints.at_rest(STAND),
        tilt=np.array(tilt),
        angular_velocity_base_in_base=np.zeros(3),
        contacts=Contacts(np.full((2, 4), load / 8)),
    )


def _rising() -> Rising:
    return Rising(MODEL.joints, DYNAMICS, PERIOD, lambda soles: STAND)


@pytest.mark.parametrize(
    ("tilt", "down"),
    [((0.0, 1.5), Lying.FRONT), ((0.0, -1.5), Lying.BACK), ((-1.5, 0.0), Lying.LEFT),
     ((1.5, 0.0), Lying.RIGHT), ((math.pi, 1.2), Lying.FRONT)],
)  # fmt: skip
def test_which_side_is_down(tilt: tuple[float, float], down: Lying) -> None:
    """Roll to the right is positive, nose down too."""
    assert lying(np.array(tilt)) is down


def test_up_is_the_third_row_of_the_rotation() -> None:
    """Whatever roll and pitch."""
    for roll, pitch in np.random.default_rng(1).uniform(-1.5, 1.5, (20, 2)):
        expected = matrix_from_rpy(float(roll), float(pitch), 0.4)[2]
        assert up_in_base(np.array([roll, pitch])) == pytest.approx(expected, abs=1e-12)


def test_the_pitch_goes_on_beyond_a_right_angle() -> None:
    """A trunk 2 rad nose down has roll π and pitch π - 2."""
    assert nose_down(np.array([0.0, 1.0])) == pytest.approx(1.0)
    assert nose_down(np.array([math.pi, math.pi - 2.0])) == pytest.approx(2.0)


def test_an_attempt_ends_where_the_trunk_is_not_as_foreseen() -> None:
    """It stays flat on the ground while the moves think it has come up."""
    rising, flat = _rising(), _state((0.0, 1.55))
    rising.start(flat)
    outcome = Outcome.BUSY
    for _ in range(3000):
        _, outcome = rising.advance(flat)
        if outcome is not Outcome.BUSY:
            break
    assert outcome is Outcome.FAILED
    assert "trunk" in rising.why


def test_rolling_over_and_over_is_given_up() -> None:
    """A robot that stays on its back has a reason to say."""
    rising, back = _rising(), _state((0.0, -1.5))
    rising.start(back)
    for _ in range(6000):
        _, outcome = rising.advance(back)
        if outcome is Outcome.FAILED:
            break
    assert "still lies on its back" in rising.why


def test_targets_go_on_without_a_jump() -> None:
    """From the joints as they are, through every stage."""
    rising, flat = _rising(), _state((0.0, 1.9))
    rising.start(flat)
    last = STAND
    for _ in range(600):
        target, _ = rising.advance(flat)
        assert np.abs(target - last).max() < 0.06
        last = target


def test_a_robot_in_a_squat_only_stands_up() -> None:
    """One that caught itself does not lie down first; it says that it stands after a while."""
    rising, upright = _rising(), _state((0.0, 0.02), load=MODEL.mass * 9.81)
    rising.start(upright)
    outcomes = [rising.advance(upright)[1] for _ in range(700)]
    assert Outcome.STANDS in outcomes
    assert Outcome.FAILED not in outcomes


def test_soles_are_found_from_the_joints() -> None:
    """In standing: abreast, the stance width apart, straight."""
    soles = soles_on_ground(DYNAMICS, _state((0.0, 0.0)))
    assert soles == pytest.approx(np.array([[0.0, 0.085, 0.0], [0.0, -0.085, 0.0]]), abs=2e-3)


def test_every_posture_is_within_the_limits_as_written() -> None:
    """No keyframe asks for what the robot cannot do and is silently cut."""
    for frame in (*(stage.frame for stage in FROM_FRONT), *ROLL_LEFT):
        for name, angle in {**frame.both, **frame.left}.items():
            joint = MODEL.joints.joints[MODEL.joints.index(f"left_{name}")]
            assert joint.lower <= angle <= joint.upper, name
