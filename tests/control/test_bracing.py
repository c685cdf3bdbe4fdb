"""Falling softly: legs apart at once, joints held off their ends, the rest yields."""

import math
from dataclasses import replace

import numpy as np
import pytest

from robotics.control.dynamics import Dynamics
from robotics.control.landing import apart, at_rest, brace, cushioned, limp, yielding
from robotics.core.messages import Joints
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
JOINTS = MODEL.joints
STAND, _ = standing_pose()
LOWER, UPPER, EFFORT = (JOINTS.column(name) for name in ("lower", "upper", "effort"))
LEFT, RIGHT = JOINTS.index("left_hip_roll"), JOINTS.index("right_hip_roll")


def _rolled(left: float, right: float) -> np.ndarray:
    position = np.array(STAND)
    position[LEFT], position[RIGHT] = left, right
    return position


@pytest.mark.parametrize("direction", [0.0, math.pi / 2, -math.pi / 2, math.pi])
def test_braced_its_knees_are_far_apart_and_no_joint_is_near_its_end(direction: float) -> None:
    """Twice the distance of standing: the yaw of bent thighs counts more than their roll."""
    posture = brace(direction, JOINTS).posture
    assert (posture > LOWER + 0.2).all()
    assert (posture < UPPER - 0.2).all()
    dynamics = Dynamics(MODEL)

    def gap(position: np.ndarray) -> float:
        dynamics.place(position)
        return float(dynamics.sole(0)[0][1] - dynamics.sole(1)[0][1])

    assert gap(posture) > 2.0 * gap(STAND)


@pytest.mark.parametrize("rolls", [(0.0, 0.0), (-0.2, -0.2), (0.55, 0.5), (-0.1, 0.3)])
def test_the_legs_go_apart_from_where_they_are(rolls: tuple[float, float]) -> None:
    """By as much on both sides, within their limits; nothing else moves."""
    position = _rolled(*rolls)
    found = apart(JOINTS, position)
    assert found[LEFT] - found[RIGHT] == pytest.approx(0.7)
    assert max(abs(found[LEFT]), abs(found[RIGHT])) <= 0.7 + 1e-9
    others = np.delete(np.arange(len(JOINTS)), [LEFT, RIGHT])
    assert (found[others] == position[others]).all()


def test_a_leg_that_is_out_already_does_not_come_back() -> None:
    """It would swing its foot into the other one."""
    found = apart(JOINTS, _rolled(0.6, -0.4))
    assert (found[LEFT], found[RIGHT]) == pytest.approx((0.6, -0.4))


def test_joints_yield_but_not_at_their_ends() -> None:
    """All of the torque where the joint will be at its end, its usual share well inside."""
    still = Joints.at_rest(STAND)
    for usual in (yielding(JOINTS), limp(JOINTS, 0.1)):
        assert cushioned(JOINTS, still, usual) == pytest.approx(usual)
        pressed = replace(still, position=np.array(UPPER))
        assert cushioned(JOINTS, pressed, usual) == pytest.approx(EFFORT)
        elbow = JOINTS.index("left_elbow")
        speed = np.zeros(len(JOINTS))
        speed[elbow] = 12.0  # 0.36 rad in 0.03 s, of 0.5 rad
        driven = cushioned(JOINTS, replace(still, velocity=speed), usual)
        assert usual[elbow] < driven[elbow] < EFFORT[elbow]
        assert np.delete(driven, elbow) == pytest.approx(np.delete(usual, elbow))


def test_lying_it_holds_no_joint_at_its_end() -> None:
    """What was pushed to its stop is held a little inside; the rest as it lies."""
    held = at_rest(JOINTS, np.array(UPPER))
    assert (held < UPPER - 0.1).all()
    assert at_rest(JOINTS, STAND) == pytest.approx(STAND)
