"""Sitting down and up: what is written can be done, and what goes wrong is noticed."""

import math

import numpy as np
import pytest

from robotics.control import sitting_moves as moves
from robotics.control.dynamics import Dynamics
from robotics.control.on_soles import SoleBalance, pitch_on_soles
from robotics.control.sitting import Course, Sitting, SittingParameters, is_seated
from robotics.core.messages import Contacts, Joints, State
from robotics.robots.greeter.config import PERIOD
from robotics.robots.greeter.joints import JOINT_NAMES, load
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
DYNAMICS = Dynamics(MODEL)
STAND, _ = standing_pose()
WEIGHT = MODEL.mass * 9.81
SEAT = moves.SEAT.frame.posture(MODEL.joints)


def _state(pitch: float, position: np.ndarray, load: float = 0.0, roll: float = 0.0) -> State:
    return State(
        time=0.0,
        pose_base_in_map=np.zeros(3),
        twist_base_in_base=np.zeros(3),
        joints=Joints.at_rest(position),
        tilt=np.array([roll, pitch]),
        angular_velocity_base_in_base=np.zeros(3),
        contacts=Contacts(np.full((2, 4), load / 8)),
    )


def _sitting() -> Sitting:
    return Sitting(MODEL.joints, DYNAMICS, PERIOD)


@pytest.mark.parametrize("stages", [moves.DOWN, moves.UP])
def test_every_posture_is_within_the_limits_as_written(stages: tuple[moves.Stage, ...]) -> None:
    """No keyframe asks for what the robot cannot do and is silently cut."""
    for stage in stages:
        for side in ("left", "right"):
            own = stage.frame.left if side == "left" else stage.frame.right
            for name, angle in {**stage.frame.both, **own}.items():
                joint = MODEL.joints.joints[MODEL.joints.index(f"left_{name}")]
                assert joint.lower <= angle <= joint.upper, name


def test_on_its_soles_the_written_pitch_is_that_of_the_legs() -> None:
    """Within a tenth of a radian: a heel that gives, not a mistake."""
    for stage in (*moves.DOWN, *moves.UP):
        if stage.balanced:
            over_soles = pitch_on_soles(MODEL.joints, stage.frame.posture(MODEL.joints))
            assert stage.pitch == pytest.approx(over_soles, abs=0.15)


def test_all_the_weight_is_over_the_soles_where_only_they_carry() -> None:
    """The centre of mass is 3 cm inside them wherever the hands let go or are not there yet."""
    for stage in (*moves.DOWN, *moves.UP):
        if stage.balanced:
            posture = stage.frame.posture(MODEL.joints)
            balance = SoleBalance(MODEL.joints, DYNAMICS, PERIOD)
            pitch = pitch_on_soles(MODEL.joints, posture)
            turn = np.array(
                [
                    [math.cos(pitch), 0.0, math.sin(pitch)],
                    [0.0, 1.0, 0.0],
                    [-math.sin(pitch), 0.0, math.cos(pitch)],
                ]
            )
            assert -0.09 + 0.03 < balance._ahead(posture, turn) < 0.12 - 0.03


@pytest.mark.parametrize("way", ["down", "up"])
def test_it_ends_where_it_should_without_a_jump(way: str) -> None:
    """A trunk that is always where it is expected: down into the seat, up into a squat."""
    sitting = _sitting()
    stages = moves.DOWN if way == "down" else moves.UP
    last = np.array(STAND if way == "down" else SEAT)
    sitting.go_down(last) if way == "down" else sitting.go_up(last)
    course, largest = Course.BUSY, 0.0
    while course is Course.BUSY:
        number = min(sitting._moves.number, len(stages) - 1)
        over_soles = pitch_on_soles(MODEL.joints, sitting._moves.position)
        pitch = over_soles if stages[number].balanced else stages[number].pitch
        assert pitch is not None
        target, course = sitting.advance(_state(pitch, sitting._moves.position))
        largest = max(largest, float(np.abs(target - last).max()))
        last = target
    assert course is Course.DONE, sitting.why
    assert largest < 0.06
    end = SEAT if way == "down" else moves.UP[-1].frame.posture(MODEL.joints)
    assert last == pytest.approx(end, abs=0.26)  # the ankles still balance


def test_a_trunk_that_is_not_where_it_should_be_ends_it() -> None:
    """On its soles it is noticed at once, and which way it tips."""
    sitting = _sitting()
    sitting.go_down(STAND)
    _, course = sitting.advance(_state(0.5, STAND))
    assert course is Course.FAILED
    assert sitting.ahead
    assert "tipped by" in sitting.why


def test_a_trunk_that_leans_ends_it() -> None:
    """Between hands and heels, at the end of a stage."""
    sitting = _sitting()
    sitting.go_up(SEAT)
    course = Course.BUSY
    while course is Course.BUSY:
        _, course = sitting.advance(_state(-0.05, SEAT, roll=0.4))
    assert course is Course.FAILED
    assert "leaned by" in sitting.why


def test_it_turns_back_only_while_the_hands_carry() -> None:
    """Later it stands up first."""
    sitting = _sitting()
    sitting.go_up(SEAT)
    assert sitting.turn_back()
    sitting.go_up(SEAT)
    while sitting._moves.number < len(moves.BACK):
        sitting.advance(_state(moves.UP[sitting._moves.number].pitch or 0.0, SEAT))
    assert not sitting.turn_back()


def test_who_sits_is_known_from_joints_tilt_and_load() -> None:
    """Not one that stands, squats, lies, or stands on its head."""
    parameters = SittingParameters()
    seen = {
        "sits": _state(0.05, SEAT, 0.2 * WEIGHT),
        "stands": _state(0.0, STAND, WEIGHT),
        "hangs as if it sat": _state(0.0, SEAT, 0.9 * WEIGHT),
        "lies with bent hips": _state(-1.5, SEAT),
    }
    sits = {
        what: is_seated(state, MODEL.joints, WEIGHT, parameters) for what, state in seen.items()
    }
    assert sits == {what: what == "sits" for what in seen}


def test_without_torque_the_seat_leans_on_its_stops() -> None:
    """The centre of mass is ahead of the hips: what gravity does to the hips, their stops take."""
    hips = [JOINT_NAMES.index(f"{side}_hip_pitch") for side in ("left", "right")]
    assert (SEAT[hips] <= MODEL.joints.column("lower")[hips] + 0.03).all()
