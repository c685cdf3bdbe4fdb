"""Arms and head: blending, limits, looking."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control.posture import PostureParameters, UpperBody
from robotics.core.errors import UnknownName
from robotics.core.messages import Joints, Posture, State
from robotics.robots.greeter.config import REST
from robotics.robots.greeter.joints import load

TABLE = load().joints
PARAMETERS = PostureParameters(rest=REST, head_in_base=(0.05, 0.0, 0.55), base_height=0.49)
SHOULDER = TABLE.index("right_shoulder_pitch")
YAW, PITCH = TABLE.indices("head_yaw", "head_pitch")


class Raise:
    """An arm held up, and a leg joint that is none of its business."""

    joints = ("right_shoulder_pitch", "left_knee")
    duration = 2.0
    loop = False

    def evaluate(self, time: float) -> np.ndarray:
        """Return the targets at ``time``."""
        return np.array([-2.5 + 0.2 * math.sin(3.0 * time), 1.0])


def upper() -> UpperBody:
    """Return an upper body that can raise its arm."""
    start = np.zeros(len(TABLE))
    for name, angle in REST.items():
        start[TABLE.index(name)] = angle
    return UpperBody(TABLE, PARAMETERS, {"raise": Raise()}, start=start, period=0.005)


def state(time: float, pose: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> State:
    """Return a state at rest."""
    joints = Joints.at_rest(np.zeros(len(TABLE)))
    return State(time, np.array(pose), np.zeros(3), joints, np.zeros(2), np.zeros(3))


def play(wishes: list[tuple[float, Posture]]) -> np.ndarray:
    """Return the angles (k, n) of following each wish for its time [s]."""
    body, rows, time = upper(), [], 0.0
    for duration, wish in wishes:
        for _ in range(round(duration / 0.005)):
            time += 0.005
            rows.append(body.advance(state(time), wish, feet_apart=0.0))
    return np.array(rows)


def test_clip_is_taken_up_and_let_go_smoothly() -> None:
    """Interrupted half-way and at its end, no joint jumps in angle or in speed."""
    rows = play(
        [
            (0.5, Posture()),
            (0.9, Posture(clip="raise", start=0.5)),
            (0.4, Posture()),
            (3.0, Posture(clip="raise", start=1.8)),
            (1.5, Posture()),
        ]
    )
    speed = np.diff(rows, axis=0) / 0.005
    assert (np.abs(speed) <= 0.7 * TABLE.column("velocity") + 1e-9).all()
    assert np.abs(np.diff(speed, axis=0)).max() < 0.35
    assert rows[:, SHOULDER].min() < -2.4
    assert rows[-1] == pytest.approx(rows[0], abs=1e-3)


def test_clip_moves_no_leg() -> None:
    """What a clip says about legs is ignored: they belong to balance."""
    rows = play([(1.5, Posture(clip="raise", start=0.0))])
    assert np.abs(rows[:, TABLE.index("left_knee")]).max() == 0.0


def test_head_turns_to_a_point() -> None:
    """The face ends up towards the point, within the limits, without a jerk."""
    point = np.array([2.0, 1.0, 1.5])
    rows = play([(2.0, Posture(look_at_in_map=point))])
    assert rows[-1, YAW] == pytest.approx(math.atan2(1.0, 1.95), abs=1e-2)
    assert rows[-1, PITCH] == pytest.approx(-math.atan2(0.46, math.hypot(1.95, 1.0)), abs=1e-2)
    behind = play([(3.0, Posture(look_at_in_map=np.array([-2.0, 0.1, 1.0])))])
    assert behind[-1, YAW] == pytest.approx(PARAMETERS.look_limit[0], abs=1e-2)
    assert np.abs(np.diff(behind[:, YAW], n=2)).max() / 0.005 < 0.6


def test_looking_is_from_where_the_robot_stands() -> None:
    """The same point is elsewhere for a robot that has turned."""
    body = upper()
    gaze = body.gaze(np.array([1.0, 1.0, math.pi / 2]), np.array([1.0, 3.0, 1.04]))
    assert gaze == pytest.approx([0.0, 0.0], abs=1e-9)


def test_unknown_clip_is_named() -> None:
    """A clip that does not exist is an error that lists those that do."""
    with pytest.raises(UnknownName, match="raise"):
        upper().advance(state(0.0), Posture(clip="rise"), feet_apart=0.0)
