"""A joint that is told to go and does not."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.robots.plausible import StuckJoints

PERIOD = 0.005
NAMES = tuple(f"joint {number}" for number in range(12))


def told_to_swing(jammed: int, seconds: float = 0.3) -> tuple[str, ...]:
    """Swing all joints by half a radian; the first ``jammed`` stay where they are."""
    watch, found = StuckJoints(NAMES, PERIOD), ()
    for tick in range(round(seconds / PERIOD)):
        told = np.full(len(NAMES), 0.5 * np.sin(2.0 * np.pi * tick * PERIOD))
        position, velocity = told.copy(), np.full(len(NAMES), 1.0)
        position[:jammed], velocity[:jammed] = 0.0, 0.0
        found = watch.look(told, position, velocity)
    return found


@pytest.mark.parametrize("jammed", [0, 1, 2])
def test_a_jammed_joint_is_named(jammed: int) -> None:
    """Those that stand while they are told to go, and no others."""
    assert told_to_swing(jammed) == tuple(f"{name} blocked" for name in NAMES[:jammed])


def test_a_whole_robot_that_stands_is_not_jammed() -> None:
    """A late line shows all joints where they were: that is not for here to judge."""
    assert told_to_swing(3) == told_to_swing(12) == ()
