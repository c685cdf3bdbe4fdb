"""Messages cannot be built wrong, and cannot be changed."""

import dataclasses

import numpy as np
import pytest

from robotics.core.errors import InvalidMessage
from robotics.core.messages import Command, GoTo, Joints, Plan, Scan, Twist2


def test_a_message_keeps_a_copy_that_nobody_can_change() -> None:
    """Neither through the array that it was built from, nor through its own."""
    source = np.zeros(3)
    command = Command(source, np.ones(3))
    source[0] = 5.0
    assert command.target[0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        command.target[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        command.target = source  # type: ignore[misc]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(bad: float) -> None:
    """A command, a twist and a goal with NaN cannot be built."""
    with pytest.raises(InvalidMessage, match=r"Command\.target.*finite"):
        Command(np.array([bad]), np.ones(1))
    with pytest.raises(InvalidMessage, match="Twist2"):
        Twist2(bad, 0.0, 0.0)
    with pytest.raises(InvalidMessage, match="GoTo"):
        GoTo(np.array([bad, 0.0, 0.0]))


def test_a_beam_without_an_echo_is_allowed() -> None:
    """Infinite range is a fact, not a fault."""
    assert np.isinf(Scan(np.zeros(1), np.array([np.inf])).range[0])


@pytest.mark.parametrize("size", [2, 4])
def test_arrays_of_a_message_have_one_length(size: int) -> None:
    """Three positions and another number of speeds do not make joints."""
    with pytest.raises(InvalidMessage, match=r"Joints\.velocity"):
        Joints(np.zeros(3), np.zeros(size), np.zeros(3), np.ones(3, dtype=bool), np.zeros(3))


def test_an_empty_plan_says_why() -> None:
    """Failure to plan is a value."""
    plan = Plan.none("goal occupied")
    assert plan.is_empty
    assert plan.reason == "goal occupied"
    assert not Plan(np.zeros((2, 3))).is_empty
