"""No arm goes out while somebody could walk into it."""

import numpy as np
import pytest

from robotics.core.messages import Joints, Obstacle, State
from robotics.robots.greeter.elbow_room import ELBOW_ROOM, MARGIN, ElbowRoom, gap_ahead


def _state(*people: Obstacle) -> State:
    joints = Joints.at_rest(np.zeros(22))
    pose = np.array([1.0, 2.0, 0.0])
    return State(0.0, pose, np.zeros(3), joints, np.zeros(2), np.zeros(3), obstacles=people)


def _person(distance: float, speed: float = 0.0) -> Obstacle:
    """Return somebody straight ahead, walking towards the robot at ``speed`` [m/s]."""
    return Obstacle(1, np.array([1.0 + distance, 2.0]), np.array([-speed, 0.0]), 0.25)


def test_the_gap_counts_where_people_will_be() -> None:
    """At 1 m/s somebody comes 0.7 m nearer in the time that an arm needs; never behind the base."""
    assert gap_ahead(_state(), _person(2.0)) == pytest.approx(1.75)
    assert gap_ahead(_state(), _person(2.0, 1.0)) == pytest.approx(1.05)
    assert gap_ahead(_state(), _person(0.5, 5.0)) == pytest.approx(-0.25)
    assert gap_ahead(_state(), _person(2.0, -1.0)) == pytest.approx(1.75)


def test_arms_stay_down_until_there_is_clearly_room() -> None:
    """The second threshold is wider than the first: no flapping."""
    room = ElbowRoom()
    edge = 0.25 + ELBOW_ROOM
    assert room.allows("wave", _state(_person(edge + 0.02)))
    assert not room.allows("wave", _state(_person(edge - 0.02)))
    assert not room.allows("wave", _state(_person(edge + MARGIN - 0.02)))
    assert room.allows("wave", _state(_person(edge + MARGIN + 0.02)))


def test_a_nod_needs_no_room() -> None:
    """Head and breath go on in a crowd."""
    assert ElbowRoom().allows("nod", _state(_person(0.3)))
    assert ElbowRoom().allows("wave", _state())
