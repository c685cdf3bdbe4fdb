"""Words, tags, parameters, composition and steps."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.behaviour.compiled import Resource, Words
from robotics.behaviour.format.pace import spoken
from robotics.behaviour.format.tags import untag

GREETING = "kind: greeting\npriority: visitor\n"
TOUR = "kind: tour\npriority: visitor\n"


def test_a_tag_starts_a_gesture_at_its_word(desk: Any) -> None:
    """The clip of the gesture comes in when the words before it are out; the tag is not spoken."""
    one = desk.good(
        GREETING + 'say: {zh: "你好你好[wave]朋友[nod]！", en: "Hello[wave] hi[nod]!"}\n'
    )
    assert (one.zh, one.en) == (("你好你好朋友！",), ("Hello hi!",))
    assert one.words == (Words(0.0, ("你好你好朋友！",), ("Hello hi!",)),)
    start, second = spoken("你好你好"), spoken("你好你好朋友")
    assert one.clip is not None
    times = dict(zip(one.clip.joints, (curve.times for curve in one.clip.curves), strict=True))
    assert times["right_elbow"] == pytest.approx((start, start + 1.5, start + 3.0))
    assert times["head_pitch"] == pytest.approx((second, second + 0.5, second + 1.0))
    assert one.resources == {Resource.VOICE, Resource.ARM_RIGHT, Resource.HEAD}
    assert one.duration == pytest.approx(start + 3.0)


def test_readings_stay_for_the_voice_and_not_for_people(desk: Any) -> None:
    """`[重:zhong4]` is kept in the words and left out of what is shown."""
    one = desk.good(GREETING + 'say: {zh: "我[重:zhong4]重地说", en: "I stress it"}\n')
    assert one.words[0].zh == ("我[重:zhong4]重地说",)
    assert one.zh == ("我重重地说",)


@given(st.text(alphabet="你好重a b[]:w1é\u3000", max_size=30))
def test_any_text_comes_apart(text: str) -> None:
    """Never an exception; without brackets nothing changes; tags never reach the plain text."""
    found = untag(text)
    if not set("[]") & set(text):
        assert (found.text, found.plain, found.gestures, found.wrong) == (text, text, (), ())
    if not found.wrong:
        assert not set("[]") & set(found.plain)
        assert untag(found.text).plain == found.plain


def test_parameters_stand_in_values_and_texts(desk: Any) -> None:
    """The default, or what it is played with; a number stays a number."""
    text = GREETING + (
        "params: {cups: {type: integer, min: 1, max: 5, default: 2}}\n"
        'say: {zh: "${cups}杯", en: "${cups} cups"}\n'
        'tracks: {lights: [{time: 0, show: smile}, {time: "${cups}", show: wink}]}\n'
    )
    one = desk.good(text)
    assert (one.zh, one.lights[1].start) == (("2杯",), 2.0)
    more = desk.compiled("one", cups=4).behaviour
    assert (more.zh, more.lights[1].start, more.name) == (("4杯",), 4.0, "one(cups=4)")


def test_a_track_and_a_gesture_after_it_become_one_movement(desk: Any) -> None:
    """Held in between; no jump anywhere."""
    one = desk.good(
        GREETING
        + """\
tracks:
  voice: [{time: 5, say: {zh: "[wave]你好", en: "[wave]Hello"}}]
  arms: [{time: 0, pose: rest}, {time: 1.5, pose: open_wide}, {time: 3, pose: rest}]
"""
    )
    assert one.clip is not None
    place = one.clip.joints.index("right_elbow")
    values = [
        math.degrees(float(one.clip.evaluate(t)[place])) for t in (1.5, 3.0, 4.0, 5.0, 6.5, 8.0)
    ]
    assert values == pytest.approx([-30, -15, -15, -15, -30, -15])
    assert one.duration == 8.0
    assert one.words[0].start == 5.0


def test_steps_keep_their_order_and_their_ends(desk: Any) -> None:
    """Every kind of step, and the bound of all of them together."""
    desk.write(
        "cheer",
        GREETING
        + "params: {n: {type: integer, min: 1, max: 3, default: 1}}\n"
        + 'say: {zh: "${n}好", en: "${n} hurray"}\nduration: 2\n',
    )
    one = desk.good(
        TOUR
        + """\
steps:
  - say: {zh: 看, en: Look}
    gesture: nod
  - {go_to: pavilion, at_most: 30}
  - {wait: 2}
  - ask: {zh: 好吗, en: OK}
    at_most: 6
    choose:
      - {when: "heard  好|yes", do: [{play: cheer, with: {n: 3}}]}
      - {when: otherwise, do: [{wait: 1}]}
  - {repeat: {times: 3, do: [{play: nod}]}}
  - {wait_for: {event: visitor_near, at_most: 5, otherwise: [{look: ahead}]}}
  - {act: blink}
  - {sing: tune}
"""
    )
    kinds = [step.kind for step in one.steps]
    assert kinds == ["say", "go_to", "wait", "ask", "repeat", "wait_for", "act", "say"]
    say, way, _, ask, repeat, wait, act, sing = one.steps
    assert (say.name, say.arguments) == ("nod", (("nod", 0.0),))
    assert (way.name, way.seconds) == ("pavilion", 30.0)
    assert [when for when, _ in ask.branches] == ["heard 好 | yes", ""]
    assert ask.branches[0][1][0].name == "cheer(n=3)"
    assert (repeat.times, repeat.branches[0][1][0].name) == (3, "nod")
    assert (wait.name, wait.seconds, wait.branches[0][0]) == ("visitor_near", 5.0, "otherwise")
    assert (act.name, act.seconds) == ("blink", 1.0)
    assert sing.words is not None
    assert sing.words.song == "tune"
    talking = max(1.0, spoken("看")) + max(spoken("好吗"), spoken("OK"))
    assert one.duration == pytest.approx(talking + 30 + 2 + 6 + 2 + 3 * 1 + 5 + 1 + 12)
    wanted = {Resource.VOICE, Resource.HEAD, Resource.BASE, Resource.LIGHTS}
    assert one.resources == wanted


def test_what_is_played_with_parameters_is_in_the_repertoire(desk: Any) -> None:
    """Under the name that the step says, with its own words."""
    from robotics.behaviour.format.load import compile_all

    desk.write(
        "cheer",
        GREETING
        + "params: {n: {type: integer, min: 1, max: 3, default: 1}}\n"
        + 'say: {zh: "${n}好", en: "${n} hurray"}\n',
    )
    desk.write("show", TOUR + "steps: [{play: cheer, with: {n: 3}}]\n")
    found = compile_all(desk.library())
    assert {"cheer", "cheer(n=3)", "show"} <= set(found)
    assert found["cheer(n=3)"].behaviour.en == ("3 hurray",)
