"""A walker whose body has a fault sits down, but only on legs that all follow."""

import numpy as np

from robotics.behaviour.machine import State as Place
from robotics.behaviour.machine import mission_table
from robotics.behaviour.mission import Conduct, Machine
from robotics.core.messages import Goal, Joints, State


class _Owner:
    def is_released(self) -> bool:
        """Guard."""
        return True


def _state(time: float, faults: tuple[str, ...], answering: bool = True) -> State:
    valid = np.array([True, answering])
    joints = Joints(np.zeros(2), np.zeros(2), np.zeros(2), valid, np.zeros(2))
    return State(
        time=time,
        pose_base_in_map=np.zeros(3),
        twist_base_in_base=np.zeros(3),
        joints=joints,
        tilt=np.zeros(2),
        angular_velocity_base_in_base=np.zeros(3),
        faults=faults,
    )


def _rest(answering: bool) -> Goal:
    """Return the goal a second after a fault came."""
    table = mission_table(
        "walker",
        working=Place("working", "works"),
        transitions=(),
        events=(),
        home=Place("leaving", "leaves"),
    )
    conduct = Conduct(Machine(table, _Owner()), lambda state: Goal())
    conduct.decide(_state(0.0, ()))
    goal = Goal()
    for tick in range(1, 30):
        goal = conduct.decide(_state(0.05 * tick, ("elbow hot",), answering))
    assert conduct.mission.state == "fault"
    return goal


def test_it_sits_down_when_all_joints_answer() -> None:
    """The crouch is stable without balance."""
    assert _rest(True).posture.crouch


def test_it_stays_standing_when_a_joint_is_silent() -> None:
    """With a knee that does not follow, going down would be falling."""
    assert not _rest(False).posture.crouch
