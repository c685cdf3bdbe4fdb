"""A walker that loses a joint of a leg, or its IMU, in mid-step stays on its feet.

The servo is silent: it holds where it was told to be last. Knees are the worst, just after their
foot has left the ground: what they do after their last reading decides how long the leg is.
"""

import pytest
from rig import undergo

from robotics.robots.greeter.joints import JOINT_NAMES
from sim import faults

CASES = [
    ("right_knee", 2.8),
    ("right_knee", 3.1),
    ("left_knee", 2.6),
    ("left_knee", 3.1),
    ("right_ankle_pitch", 2.9),
    ("right_ankle_roll", 2.8),
]
"""Joint, and when it falls silent [s]: in swing and in stance."""


@pytest.mark.slow
@pytest.mark.parametrize(("joint", "begin"), CASES)
def test_a_leg_joint_that_falls_silent_in_mid_step(joint: str, begin: float) -> None:
    """Both feet come down, the trunk stays upright, and the mission is in fault."""
    fault = faults.silent(JOINT_NAMES.index(joint) + 1, joint)
    account = undergo("greeter", fault, moving=True, begin=begin, seconds=1.8)
    assert account.state == "fault"
    assert not account.fell
    assert account.upright[-1] > 0.95
    assert account.speed[-1] < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("begin", [2.75, 3.1])
def test_an_imu_that_freezes_in_mid_step(begin: float) -> None:
    """The step is ended, and it stands."""
    account = undergo("greeter", faults.frozen_imu(), moving=True, begin=begin, seconds=1.8)
    assert account.state == "fault"
    assert not account.fell
    assert account.upright[-1] > 0.95
