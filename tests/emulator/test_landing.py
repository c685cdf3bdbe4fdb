"""A walker whose host is gone ends its step: at every phase of a step it comes to stand."""

import numpy as np
import pytest
from rig import Rig, undergo

from robotics.wire import boards
from sim import faults

INSTANTS = (2.6, 2.7, 2.75, 2.8, 2.85, 2.9, 3.0, 3.1, 3.15, 3.2, 3.3, 3.4)
"""Of two steps, 0.36 s each [s]."""
BEGIN = [pytest.param(at, marks=[pytest.mark.slow] * (at not in (3.0, 3.1))) for at in INSTANTS]


@pytest.mark.parametrize("begin", BEGIN)
def test_a_killed_host_leaves_a_robot_on_its_feet(begin: float) -> None:
    """The board leads the swing foot down; the arms stay where they were."""
    account = undergo("greeter", faults.paused(np.inf), moving=True, begin=begin, seconds=2.4)
    assert not account.fell
    assert account.upright[-1] > 0.95
    assert account.speed[-1] < 0.2


@pytest.mark.slow
@pytest.mark.parametrize("fault", [faults.paused(0.2), faults.unplugged(np.inf)])
def test_a_late_host_and_a_pulled_cable_are_the_same_to_the_legs(fault: faults.Fault) -> None:
    """A host that comes back in the middle of the landing does not meddle."""
    account = undergo("greeter", fault, moving=True, begin=2.9, seconds=2.4)
    assert not account.fell
    assert account.upright[-1] > 0.95
    assert account.state == "fault"


def test_the_pose_that_is_left_has_both_feet_down() -> None:
    """Standing there is none; while stepping one comes at least every 20 ms, and is obeyed last."""
    told = []

    def watch(rig: Rig) -> None:
        board = rig.backend.line.segment.named(boards.SENSOR_IDS[0])[0]
        told.append((rig.account.time[-1], board.memory["landing_time"]))

    undergo("greeter", None, moving=True, begin=2.6, seconds=0.3, watch=watch)
    spans = np.array(told)
    assert not spans[spans[:, 0] < 0.8, 1].any()
    stepping = spans[spans[:, 0] > 2.5, 1]
    assert (stepping > 0).all()
    assert stepping.max() <= 1000.0 * (0.36 + 0.1)
    assert len(np.unique(stepping)) > 10
