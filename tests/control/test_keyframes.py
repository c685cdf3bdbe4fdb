"""Postures one after another: mirrored, within limits, and smooth."""

import numpy as np
import pytest

from robotics.control.keyframes import Keyframe, Moves, Way
from robotics.core.errors import UnknownName
from robotics.robots.greeter.joints import load

TABLE = load().joints


def test_the_right_side_mirrors_the_left_one() -> None:
    """Pitch keeps its sign, roll and yaw change it."""
    frame = Keyframe(1.0, {"hip_roll": 0.2, "hip_yaw": -0.1, "knee": 0.7})
    left, right = (
        frame.posture(TABLE)[list(TABLE.indices(*(f"{side}_{j}" for j in frame.both)))]
        for side in ("left", "right")
    )
    assert left == pytest.approx([0.2, -0.1, 0.7])
    assert right == pytest.approx([-0.2, 0.1, 0.7])


def test_mirroring_twice_gives_the_same() -> None:
    """And once, what the left limbs did the right ones do."""
    frame = Keyframe(1.0, {"knee": 1.0}, left={"hip_roll": 0.3}, right={"elbow": -1.0})
    assert frame.mirrored().mirrored() == frame
    mirrored = frame.mirrored().posture(TABLE)
    assert mirrored[TABLE.index("right_hip_roll")] == pytest.approx(-0.3)
    assert mirrored[TABLE.index("left_elbow")] == pytest.approx(-1.0)


def test_postures_stay_within_the_limits() -> None:
    """Whatever is written."""
    posture = Keyframe(1.0, {"knee": 9.0, "elbow": 9.0}).posture(TABLE)
    assert (posture <= TABLE.column("upper")).all()


def test_an_unknown_joint_is_named() -> None:
    """With what there is."""
    with pytest.raises(UnknownName, match="left_tail"):
        Keyframe(1.0, {"tail": 1.0}).posture(TABLE)


def test_moves_arrive_without_a_jump() -> None:
    """In position and in speed; a way that is too far for its time takes longer."""
    goal = Keyframe(0.05, {"knee": 2.0}).posture(TABLE)
    moves = Moves(TABLE, 0.005, np.zeros(22))
    moves.start((Way(0.05, goal), Way(0.2, np.zeros(22))), np.zeros(22))
    rows = [moves.position]
    while not moves.is_over:
        rows.append(moves.advance())
    path = np.array(rows)
    speed = np.abs(np.diff(path, axis=0)).max(axis=0) / 0.005
    assert (speed <= 1.21 * TABLE.column("velocity")).all()
    assert path.max(axis=0) == pytest.approx(goal, abs=1e-9)
    assert path[-1] == pytest.approx(np.zeros(22), abs=1e-12)
    assert np.abs(path[1] - path[0]).max() < 0.01
