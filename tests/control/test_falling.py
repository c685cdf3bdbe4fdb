"""A fall is seen by the capture point, and not where there is none."""

import math
from dataclasses import replace

import numpy as np
import pytest

from robotics.control.dynamics import Dynamics
from robotics.control.falling import FallDetector, FallParameters, StepAhead
from robotics.core.messages import Contacts, Joints, State
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
DYNAMICS = Dynamics(MODEL)
STAND, _ = standing_pose()


def _state(tilt: tuple[float, float] = (0.0, 0.0), rate: tuple[float, float] = (0.0, 0.0)) -> State:
    return State(
        time=0.0,
        pose_base_in_map=np.zeros(3),
        twist_base_in_base=np.zeros(3),
        joints=Joints.at_rest(STAND),
        tilt=np.array(tilt),
        angular_velocity_base_in_base=np.array([*rate, 0.0]),
        contacts=Contacts(np.full((2, 4), MODEL.mass * 9.81 / 8)),
    )


def _detector() -> FallDetector:
    return FallDetector(DYNAMICS, FallParameters(), period=0.005)


def _falls(state: State, ticks: int = 4) -> tuple[bool, FallDetector]:
    detector = _detector()
    cried = [detector.falls(state) for _ in range(ticks)]
    return any(cried), detector


def test_standing_is_no_fall() -> None:
    """The capture point is over the soles, with centimetres to spare."""
    falls, detector = _falls(_state())
    assert not falls
    assert detector.signs.beyond < -0.05


def test_the_capture_point_moves_as_the_pendulum_says() -> None:
    """Turning about the soles at rate w moves ξ by h·w/ω with ω² = g/h."""
    height = 0.5
    slow, fast = (_falls(_state(rate=(0.0, w)))[1].signs.beyond for w in (0.6, 1.1))
    expected = 0.5 * height * math.sqrt(height / 9.81)
    assert fast - slow == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(
    ("rate", "way"),
    [((0.0, 3.0), 0.0), ((0.0, -3.0), math.pi), ((-3.0, 0.0), math.pi / 2),
     ((3.0, 0.0), -math.pi / 2)],
)  # fmt: skip
def test_a_fall_and_its_way_are_seen(rate: tuple[float, float], way: float) -> None:
    """Ahead, back, to the left, to the right."""
    falls, detector = _falls(_state(rate=rate))
    assert falls
    assert abs(math.remainder(detector.signs.direction - way, 2 * math.pi)) < 0.5


def test_one_bad_reading_is_no_fall() -> None:
    """It has to last."""
    detector = _detector()
    assert not detector.falls(_state())
    assert not detector.falls(_state(rate=(0.0, 9.0)))
    assert not detector.falls(_state())


def test_a_trunk_that_tips_is_a_fall_without_any_foot() -> None:
    """Where the feet have lost the ground the tilt tells."""
    tipping = replace(_state(tilt=(0.0, 0.45), rate=(0.0, 1.0)), contacts=Contacts())
    assert _falls(tipping)[0]


def test_lifting_the_robot_upright_is_no_fall() -> None:
    """No load on the soles, no speed."""
    assert not _falls(replace(_state(), contacts=Contacts()))[0]


@pytest.mark.parametrize(("length", "falls"), [(0.5, False), (0.15, True)])
def test_a_step_that_will_land_under_it_is_no_fall(length: float, falls: bool) -> None:
    """ξ is 0.2 m ahead of the soles; the step lands in 0.1 s, far enough ahead or not."""
    state, detector = _state(rate=(0.0, 2.7)), _detector()
    step = StepAhead(1, np.array([length, 0.13]), 0.1)
    cried = [detector.falls(state, step) for _ in range(4)]
    assert 0.17 < detector.signs.beyond < 0.25
    assert any(cried) == falls
    assert any(detector.falls(state) for _ in range(4))


def test_no_step_catches_what_is_too_far_off() -> None:
    """However far ahead the foot is said to land."""
    state, detector = _state(rate=(0.0, 4.0)), _detector()
    step = StepAhead(1, np.array([0.9, 0.13]), 0.1)
    assert any(detector.falls(state, step) for _ in range(4))
