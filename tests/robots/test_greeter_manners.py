"""Whom the greeter greets once more, and how its answers leave room for a hello."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from mission_stage import Stage, Walker, open_site

from robotics.assets import asset
from robotics.behaviour.clips import load_behaviours
from robotics.core.messages import Utterance
from robotics.robots.greeter.conversation import PAUSE, sentences
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.mission import GreeterMission, build_mission
from robotics.robots.means import Means
from robotics.voice.answers.answerer import Answer
from robotics.voice.speech import duration

BEHAVIOURS = load_behaviours(asset("behaviours/greeter"), load().joints)
LONG = (
    "栈桥有四百四十米。走过去要六分钟！我走要一个小时。你猜为什么？",
    "440 m. Six minutes! An hour for me. Why?",
)


def scene(*walkers: Walker, heard: float = -1.0) -> tuple[Stage, GreeterMission]:
    """Return a stage on which somebody asks at ``heard`` [s] and gets a long answer."""
    stage = Stage(np.zeros(3), list(walkers))
    stage.more = lambda time: {"heard": ("多长",) if abs(time - heard) < 0.01 else ()}
    means = Means(answer=lambda text, time: Answer("pier", *LONG, "zh", 0.9))
    mission = build_mission(
        open_site(), seconds=300.0, behaviours=BEHAVIOURS, progress=stage.progress, means=means
    )
    return stage, mission


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        LONG,
        ("好！", "Yes, at 3.5 m, Mr. wave!"),
        ("一。二。三。", "One. Two and three."),
        ("一二三", "One. Two. Three."),
    ],
)
def test_sentences_say_the_same_in_both_languages(zh: str, en: str) -> None:
    """No word is lost, both have as many parts, and one begins after the other."""
    parts = sentences(Utterance(zh, en, 5.0, 9.0, "answer_x"))
    assert "".join(one.zh for one in parts) == zh
    assert " ".join(one.en for one in parts) == en
    assert all(one.zh and one.en and one.duration == duration(one.zh) for one in parts)
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + before.duration + PAUSE)


def test_who_comes_during_an_answer_is_greeted_between_two_sentences() -> None:
    """And the answer goes on to its last word."""
    stage, mission = scene(Walker(1, (2.0, 0.2), (0.0, 0.0)), heard=12.0)
    stage.people.append(Walker(2, (2.0, -0.7), (0.0, 0.0), between=(15.0, 60.0)))
    stage.run(mission, 35.0)
    said = [name for time, name in stage.spoken() if time > 11.5]
    first, last = said.index("answer_pier"), len(said) - 1 - said[::-1].index("answer_pier")
    assert any(name.startswith("greet") for name in said[first:last])
    assert said.count("answer_pier") == 4


def test_who_was_greeted_from_afar_and_comes_up_later_is_greeted_once_more() -> None:
    """Once, in a few words; whoever comes straight is greeted once in all."""
    stage, mission = scene(Walker(1, (2.7, 0.0), (0.0, 0.0), between=(0.0, 15.0)))
    stage.people.append(Walker(1, (2.7, 0.0), (-0.8, 0.0), between=(15.05, 60.0), stands_at=16.0))
    stage.run(mission, 45.0)
    greeted = [name for _, name in stage.spoken() if name.startswith("greet")]
    assert greeted.count("greet_closer") == 1
    assert len(greeted) == 2


def test_who_walks_past_hears_a_word_that_is_over_in_time() -> None:
    """Shorter than the three seconds that it takes to pass."""
    stage, mission = scene(Walker(1, (2.8, 6.0), (0.0, -1.2), between=(4.0, 14.0)))
    stage.run(mission, 10.0)
    spoken = [goal.voice for _, goal in stage.goals if goal.voice is not None]
    assert {one.behaviour for one in spoken} == {"greet_passing"}
    assert spoken[0].duration < 2.6


def test_a_hand_comes_before_the_next_greeting() -> None:
    """Who has stepped up does not wait while others come one after the other."""
    stage, mission = scene(Walker(1, (0.9, 0.0), (0.0, 0.0)))
    for k in range(8):
        begins = 6.0 + 2.5 * k
        stage.people.append(Walker(2 + k, (2.3, 1.0 - 0.3 * k), (0.0, 0.0), between=(begins, 60.0)))
    stage.run(mission, 20.0)
    entered = [line.time for line in mission.history if line.target == "working/handshake"]
    assert entered
    assert entered[0] < 12.0
