"""Messages survive the way to JSON and back, bit for bit."""

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.core.errors import InvalidMessage
from robotics.core.messages import (
    Battery,
    Command,
    Contacts,
    Cover,
    Drive,
    Goal,
    GoTo,
    Imu,
    Joints,
    Observation,
    Posture,
    Scan,
    State,
    Stay,
    Tools,
    Utterance,
)
from robotics.record.codec import decode, encode

finite = st.floats(allow_nan=False, allow_infinity=False, width=64)


@given(st.lists(finite, min_size=3, max_size=3), st.lists(finite, min_size=3, max_size=3))
def test_every_float_comes_back_bit_for_bit(position: list[float], rate: list[float]) -> None:
    """A float64 written as JSON reads back as the same float64."""
    sent = Observation(0.1, Joints.at_rest(np.array(position)), Imu(rate, [0.0, 0.0, 9.81]))
    read = decode(Observation, encode(sent))
    assert read.joints.position.tobytes() == sent.joints.position.tobytes()
    assert read.imu.angular_velocity.tobytes() == sent.imu.angular_velocity.tobytes()


def test_an_observation_with_everything_in_it_reads_back_the_same() -> None:
    """Encoding what was decoded gives the same text."""
    sent = Observation(
        12.345,
        Joints.at_rest(np.linspace(-1, 1, 22)),
        Imu(np.zeros(3), np.array([0.1, 0.2, 9.8])),
        scan=Scan(np.linspace(-3, 3, 5), np.array([1.0, np.inf, 2.0, np.inf, 3.0])),
        contacts=Contacts(np.arange(8.0).reshape(2, 4), ("bumper_front",)),
        battery=Battery(0.5, 23.1, True),
        faults=("lidar blinded",),
        heard=("你好",),
    )
    read = decode(Observation, encode(sent))
    assert encode(read) == encode(sent)
    assert read.scan is not None
    assert np.isinf(read.scan.range).tolist() == [False, True, False, True, False]
    assert read.heard == ("你好",)


@pytest.mark.parametrize(
    "base",
    [
        Stay(),
        GoTo(np.array([1.0, 2.0, 3.0])),
        Cover("apron"),
        Cover("apron", 0.5),
        Drive(np.zeros(3)),
    ],
)
def test_every_kind_of_base_goal_reads_back_as_itself(base: Stay | GoTo | Cover | Drive) -> None:
    """The kind of a base goal is written with it."""
    goal = Goal(
        base, Posture("wave", 1.0, np.ones(3)), Utterance("你好", "hello", 1.0, 2.0), Tools(1)
    )
    read = decode(Goal, encode(goal))
    assert type(read.base) is type(base)
    assert encode(read) == encode(goal)


def test_a_command_keeps_what_the_guard_wrote_on_it() -> None:
    """The reason of a stop is part of the recording."""
    sent = Command(np.zeros(5), np.ones(5), stopped_by="obstacle ahead")
    assert decode(Command, encode(sent)).stopped_by == "obstacle ahead"


def test_nan_cannot_be_recorded_because_it_cannot_be_built() -> None:
    """NaN is refused by the message itself, so null always means infinite."""
    with pytest.raises(InvalidMessage, match=r"Command.target"):
        Command(np.array([np.nan]), np.ones(1))


def test_a_state_is_written_without_what_the_observation_says_already() -> None:
    """Joint readings stand in the recording once."""
    state = State(
        1.0, np.zeros(3), np.zeros(3), Joints.at_rest(np.zeros(2)), np.zeros(2), np.zeros(3)
    )
    assert b"joints" not in encode(state)


def test_a_field_that_was_not_known_yet_has_its_default() -> None:
    """Recordings of before it was added are read; a message without what all have is none."""
    rest = Imu(np.zeros(3), np.array([0.0, 0.0, 9.81]))
    written = orjson.loads(encode(Observation(1.0, Joints.at_rest(np.zeros(2)), rest)))
    old = {name: value for name, value in written.items() if name not in ("gnss", "heard")}
    assert encode(decode(Observation, old)) == encode(decode(Observation, written))
    with pytest.raises(KeyError):
        decode(Observation, {name: value for name, value in old.items() if name != "time"})
