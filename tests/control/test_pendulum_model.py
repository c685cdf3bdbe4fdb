"""The pendulum beside the robot: it foresees, and is pulled only by what it did not foresee."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from robotics.control import pendulum
from robotics.control.com_observer import Seen
from robotics.control.pendulum_model import PendulumModel
from robotics.control.walk_parameters import WalkParameters

WALK, PERIOD, OMEGA = WalkParameters(), 0.005, 4.4
DELAY = round(WALK.response / PERIOD)


def seen(com: np.ndarray, velocity: np.ndarray) -> Seen:
    """Return what is measured of a motion."""
    zero = np.zeros(2)
    return Seen(com, velocity, np.zeros((2, 2)), zero, zero, yaw=0.0, tilt=zero, tilt_rate=zero)


def follow(offset: float, ticks: int) -> tuple[PendulumModel, np.ndarray]:
    """Let a body sway over a moving pressure that is ``offset`` [m] from where the model has it.

    Returns:
        The model, and the body's true place at the time for which the model stands.
    """
    model = PendulumModel.at_rest(WALK, PERIOD)
    com, velocity = np.zeros(2), np.zeros(2)
    late = deque([(com, velocity)] * DELAY)
    for _ in range(ticks):
        model.correct(seen(*late.popleft()), omega=OMEGA, stepping=True)
        dcm = pendulum.divergent(model.com, model.velocity, OMEGA)
        asked = 2.0 * dcm
        late.append((com, velocity))
        there = asked + np.array([offset, 0.0])
        com, velocity = pendulum.advance(com, velocity, there, omega=OMEGA, time=PERIOD)
        model.advance(asked + model.drift, omega=OMEGA)
    return model, com


def test_what_was_foreseen_pulls_at_nothing() -> None:
    """A body that does what is asked is known exactly, although it is seen late."""
    model, com = follow(0.0, 400)
    assert model.com == pytest.approx(com, abs=1e-9)
    assert model.drift == pytest.approx(np.zeros(2), abs=1e-9)


def test_a_lasting_error_becomes_a_drift() -> None:
    """A pressure that is always 1 cm off is learned in a few seconds."""
    model, _ = follow(0.01, 1600)
    assert model.drift == pytest.approx([0.01, 0.0], abs=0.002)


def test_a_landing_is_taken_in_from_when_it_happened() -> None:
    """After a landing the model is where it would be, had it known of the new foot at once."""
    model = PendulumModel.at_rest(WALK, PERIOD)
    for _ in range(40):
        model.advance(np.array([-0.01, 0.0]), omega=OMEGA)
    com, velocity = model._past[0]
    model.land(np.array([0.2, 0.1]), omega=OMEGA)
    expected, _ = pendulum.advance(
        com, velocity, np.array([0.2, 0.1]), omega=OMEGA, time=DELAY * PERIOD
    )
    assert model.com == pytest.approx(expected, abs=1e-12)
