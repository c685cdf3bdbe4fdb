"""The handshake's table and its times: every way through it, and that it always ends."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.assets import asset
from robotics.behaviour.verify import verify
from robotics.control.touch import Felt
from robotics.core.messages import Hand
from robotics.robots.greeter import handshake as module
from robotics.robots.greeter.handshake import Handshake, table

STEP = 0.05
FREE = Felt(yielding=True)
HELD = Felt(held=True, yielding=True)
SHAKEN = Felt(np.array([0.0, 0.0, 3.0]), held=True, frequency=2.0, amplitude=0.03, yielding=True)
HOME = Felt()
LONGEST = 40.0
"""No handshake takes longer than its own times together [s]."""


def play(*parts: tuple[float, Felt], welcome: bool = True) -> tuple[list[str], list[str]]:
    """Begin, and let the hand feel each thing for a while; return (states, words)."""
    shake, time = Handshake(), 10.0
    shake.begin(time)
    states, words = [shake.machine.state], []
    for seconds, felt in parts:
        for _ in range(round(seconds / STEP)):
            part = shake.decide(time, felt, welcome=welcome)
            words += [part.say] if part.say else []
            if shake.machine.state != states[-1]:
                states.append(shake.machine.state)
            time += STEP
    return states, words


def test_the_table_is_sound() -> None:
    """The verifier finds nothing: every state ends, every promise holds."""
    assert verify(table(), Handshake) == ()


def test_somebody_shakes_and_lets_go() -> None:
    """Offer, grip, rhythm, thanks, home; said are the offer and the thanks."""
    states, words = play((2.0, FREE), (2.5, SHAKEN), (0.5, FREE), (1.0, HOME))
    wanted = ["offering", "waiting", "held", "shaking", "thanking", "ready"]
    assert states == wanted
    assert words == ["handshake", "handshake_thanks"]


def test_nobody_comes() -> None:
    """After its patience it says that it does not matter."""
    states, words = play((9.0, FREE), (1.0, HOME))
    assert states == ["offering", "waiting", "consoling", "ready"]
    assert words == ["handshake", "handshake_no_matter"]


def test_the_guest_leaves() -> None:
    """It waits for nobody else."""
    states, _ = play((1.0, FREE), (1.0, HOME), welcome=False)
    assert states[:2] == ["offering", "consoling"]


def test_a_still_hand_is_shaken_a_little() -> None:
    """It begins by itself, then has had enough."""
    states, _ = play((2.0, FREE), (3.0, HELD))
    assert states == ["offering", "waiting", "held", "leading", "releasing"]


def test_a_hand_that_stays_is_asked_for() -> None:
    """It asks for its hand, and in the end goes without a word."""
    states, words = play((2.0, FREE), (15.0, SHAKEN), (1.0, FREE))
    wanted = ["offering", "waiting", "held", "shaking", "releasing", "asking", "withdrawing"]
    wanted.append("ready")
    assert states == wanted
    assert words == ["handshake", "handshake_let_go"]


def test_a_pull_that_hurts_ends_the_shaking() -> None:
    """It goes soft at once."""
    pull = Felt(np.array([25.0, 0.0, 0.0]), held=True, frequency=2.0, yielding=True)
    states, _ = play((2.0, FREE), (0.6, SHAKEN), (0.1, pull))
    assert states[-1] == "releasing"


def test_who_takes_the_hand_late_has_it() -> None:
    """On its way home it is still there for somebody."""
    states, _ = play((7.0, FREE), (1.0, HELD))
    assert states[2:4] == ["consoling", "held"]


@pytest.mark.parametrize("seconds", [0.5, 2.0, 2.6, 4.0, 6.0, 8.0])
def test_a_stop_takes_the_arm_home_from_everywhere(seconds: float) -> None:
    """No clip, no hand, no word, whatever it was doing."""
    shake, time = Handshake(), 0.0
    shake.begin(time)
    while time < seconds:
        shake.decide(time, FREE if time < 2.0 else SHAKEN)
        time += STEP
    shake.stop(time, "it steps")
    part = shake.decide(time, SHAKEN)
    assert (part.clip, part.hand, part.say) == ("", Hand.NONE, "")
    assert shake.machine.state == "withdrawing"


@pytest.mark.parametrize("seed", range(20))
def test_it_always_ends(seed: int) -> None:
    """Whatever the hand feels, at random, it is over within its own times together."""
    rng, shake, time = np.random.default_rng(seed), Handshake(), 0.0
    shake.begin(time)
    felt = (FREE, HELD, SHAKEN, HOME)
    choice = 0
    while not shake.is_over:
        choice = int(rng.integers(4)) if rng.random() < 0.05 else choice
        shake.decide(time, felt[choice])
        time += STEP
        assert time < LONGEST


def test_begins_again_after_the_end_only() -> None:
    """A second offer during the first changes nothing; the words come again each time."""
    shake = Handshake()
    shake.begin(0.0)
    assert shake.decide(0.0, FREE).say == "handshake"
    shake.begin(0.1)
    assert shake.decide(0.1, FREE).say == ""
    assert shake.decide(0.1, FREE).start == 0.0


def test_every_word_and_pose_exists() -> None:
    """The behaviours that it names are in the repertoire."""
    folder = asset("behaviours/greeter")
    for name in {*module._WORDS.values(), module.CLIP}:
        assert (folder / f"{name}.yaml").is_file()
