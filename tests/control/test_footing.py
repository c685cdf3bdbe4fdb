"""How a step ends over a leg of which a joint is stuck: both feet on the ground they were for."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.control.dynamics import SIDES
from robotics.control.footing import settled
from robotics.control.leg import forward, leg_geometry
from robotics.control.whole_body import leg_joints
from robotics.core.messages import Landing
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import standing_pose

MODEL = load()
LEGS = [leg_geometry(MODEL, side) for side in SIDES]
JOINTS = leg_joints(MODEL)
START = Landing(standing_pose()[0], 0.2)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("more", [-0.05, 0.0, 0.2, 0.4])
def test_a_stuck_knee_is_where_it_was_and_both_soles_stay_flat_and_level(
    side: int, more: float
) -> None:
    """The hips come down by as much on both sides; the feet stay where they were to go."""
    dead = int(JOINTS[side, 3])
    angle = float(START.target[dead]) + more
    found = settled(START, LEGS, JOINTS, dead=dead, angle=angle)
    assert found.duration == START.duration
    assert found.target[dead] == pytest.approx(angle, abs=0.02)
    moved = []
    for leg, one in zip(LEGS, JOINTS, strict=True):
        before, turn_before = forward(leg, START.target[one])
        after, turn_after = forward(leg, found.target[one])
        assert np.allclose(turn_before, turn_after, atol=1e-6)
        assert np.allclose(before[:2], after[:2], atol=1e-6)
        moved.append(after[2] - before[2])
    assert moved[0] == pytest.approx(moved[1], abs=1e-6)
    assert np.sign(round(moved[0], 4)) == np.sign(more)
    others = np.setdiff1d(np.arange(len(found.target)), JOINTS)
    assert np.array_equal(found.target[others], START.target[others])


def test_a_joint_far_out_of_reach_is_met_as_far_as_the_legs_go() -> None:
    """Finite, within the range of heights; never an exception."""
    for angle in (-2.0, 3.0):
        found = settled(START, LEGS, JOINTS, dead=int(JOINTS[0, 3]), angle=angle)
        assert np.isfinite(found.target).all()
