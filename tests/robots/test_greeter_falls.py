"""A greeter that has fallen lies still and says so; it never thrashes."""

import numpy as np
import pytest

from robotics.control.guard import SafetyGuard
from robotics.core.messages import Command, Joints, State
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.restraint import LIMP, NoDrive, WalkerGuard, has_fallen

TABLE = load().joints


def _state(tilt: tuple[float, float], angle: float = 0.0) -> State:
    joints = Joints.at_rest(np.full(22, angle))
    return State(1.0, np.zeros(3), np.zeros(3), joints, np.array(tilt), np.zeros(3))


def _guard() -> WalkerGuard:
    return WalkerGuard(
        SafetyGuard(TABLE, np.full(22, 10.0), PERIOD, NoDrive(), GreeterConfig().guard)
    )


def _wished(angle: float) -> Command:
    return Command(np.full(22, angle), TABLE.column("effort"))


@pytest.mark.parametrize(
    ("tilt", "fallen"), [((0.0, 0.0), False), ((0.5, 0.5), False), ((0.0, 1.2), True),
                         ((-1.5, 0.0), True), ((0.7, 0.7), True)]
)  # fmt: skip
def test_a_fall_is_known_by_the_trunk(tilt: tuple[float, float], fallen: bool) -> None:
    """Whichever way it falls."""
    assert has_fallen(np.array(tilt)) is fallen


def test_a_fallen_robot_yields_in_the_pose_that_it_has() -> None:
    """Whatever the controllers wish: the joints hold where they are, with a tenth of the torque."""
    guard = _guard()
    sent = guard.allow(_state((0.0, 1.3), angle=0.2), _wished(0.0))
    assert sent.stopped_by == "fallen"
    assert sent.target == pytest.approx(np.full(22, 0.2))
    assert sent.effort_limit == pytest.approx(LIMP * TABLE.column("effort"))


def test_a_fall_is_latched() -> None:
    """Rolling upright by chance does not switch the torque on again."""
    guard = _guard()
    first = guard.allow(_state((0.0, 1.3), angle=0.2), _wished(0.0))
    later = guard.allow(_state((0.0, 0.0), angle=-0.1), _wished(0.1))
    assert later.stopped_by == "fallen"
    assert later.target == pytest.approx(first.target)


def test_a_standing_robot_is_left_alone() -> None:
    """Small tilts of a walk change nothing."""
    assert _guard().allow(_state((0.1, -0.1)), _wished(0.01)).stopped_by == ""
