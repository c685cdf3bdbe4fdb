"""The greeter walks under physics, by its own sensors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from greeter_trial import Witness, run

from robotics.core.messages import Command, Goal, State, Twist2


def walk(time: float) -> tuple[Goal, Twist2]:
    """Go ahead at 0.25 m/s for 6.5 s, then stand."""
    return Goal(), Twist2(vx=0.25 if 2.0 < time < 8.5 else 0.0)


def turn(time: float) -> tuple[Goal, Twist2]:
    """Turn left on the spot for about 45°, then stand."""
    return Goal(), Twist2(wz=0.4 if 2.0 < time < 4.4 else 0.0)


@pytest.fixture(scope="module")
def walking() -> Witness:
    """A walk of about a metre and a half."""
    return run(11.0, walk)


def test_walks_a_metre_and_a_half_and_stops(walking: Witness) -> None:
    """It gets there, about straight, without falling, and stands at the end."""
    pose = np.array(walking.pose)
    assert not walking.fell
    assert 1.2 < pose[-1, 0] < 1.7
    assert abs(pose[-1, 1]) < 0.2
    assert np.ptp(pose[-100:, 0]) < 0.02


def test_lifts_its_feet_and_plants_them(walking: Witness) -> None:
    """Each foot rises by centimetres again and again, and slides little while it is down."""
    soles = np.array(walking.soles)
    for side in (0, 1):
        high = soles[:, side, 2] > 0.02
        lifts = int(np.count_nonzero(np.diff(high.astype(int)) == 1))
        assert lifts >= 6
        down = (soles[1:, side, 2] < 0.004) & (soles[:-1, side, 2] < 0.004)
        slid = np.hypot(*np.diff(soles[:, side, :2], axis=0).T)[down].sum()
        assert slid < 0.15 * np.ptp(soles[:, side, 0])


def test_keeps_its_trunk_up(walking: Witness) -> None:
    """The trunk leans by less than six degrees and does not sink."""
    assert min(walking.upright) > math.cos(math.radians(6.0))
    assert min(walking.height[100:]) > 0.45


def test_turns_on_the_spot() -> None:
    """It turns by about 45° and stays where it was."""
    witness = run(7.0, turn)
    x, y, yaw = witness.pose[-1]
    assert not witness.fell
    assert yaw == pytest.approx(math.radians(45.0), abs=math.radians(15.0))
    assert math.hypot(x, y) < 0.15


def test_frozen_in_a_step_it_falls() -> None:
    """With constant targets from the middle of a step on it falls: walking is what holds it."""
    kept: list[Command] = []

    def freeze(state: State, command: Command) -> Command:
        if state.time < 3.2:
            return command
        kept.append(command)
        return kept[0]

    assert run(6.0, walk, alter=freeze).fell
