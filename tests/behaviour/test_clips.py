"""Clips are smooth, restful at their ends, within the joints' limits, and clear of the body."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.assets import asset
from robotics.behaviour.clips import FADE, Behaviour, Clip, clips_of, curve, load_behaviours
from robotics.core.arrays import Array
from robotics.core.model import Model
from robotics.core.rotation import matrix_about
from robotics.robots.greeter.joints import load as load_greeter
from robotics.robots.sweeper.joints import load as load_sweeper

RATE = 200
GREETER = load_greeter()
BEHAVIOURS = load_behaviours(asset("behaviours/greeter"), GREETER.joints)
CLIPS = clips_of(BEHAVIOURS)
ARM_SPEED = 3.0


def times(clip: Clip) -> Array:
    """Return the instants of one playing at 200 Hz."""
    return np.arange(0.0, clip.duration, 1.0 / RATE)


def sampled(clip: Clip) -> Array:
    """Return the targets (k, joints) at those instants."""
    return np.array([clip.evaluate(time) for time in times(clip)])


@st.composite
def knots(draw: st.DrawFn) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Draw the knots of a curve."""
    count = draw(st.integers(2, 7))
    steps = draw(st.lists(st.floats(0.05, 3.0), min_size=count - 1, max_size=count - 1))
    angles = draw(st.lists(st.floats(-2.0, 2.0), min_size=count, max_size=count))
    return (0.0, *np.cumsum(steps).tolist()), tuple(angles)


@given(knots())
@settings(max_examples=200, deadline=None)
def test_a_curve_never_overshoots_its_knots(drawn: tuple[tuple[float, ...], ...]) -> None:
    """Between two knots the angle stays between theirs, and never turns back."""
    moments, angles = drawn
    one = curve(moments, angles)
    for place in range(len(moments) - 1):
        between = [one.angle(t) for t in np.linspace(moments[place], moments[place + 1], 60)]
        low, high = sorted(angles[place : place + 2])
        assert low - 1e-9 <= min(between)
        assert max(between) <= high + 1e-9
        turns = np.sign(np.round(np.diff(between), 12))
        assert len(set(turns.tolist()) - {0.0}) <= 1


@given(knots())
@settings(max_examples=100, deadline=None)
def test_a_curve_rests_at_both_ends_and_is_smooth(drawn: tuple[tuple[float, ...], ...]) -> None:
    """Speed and acceleration vanish at the ends; the speed is the angle's derivative."""
    moments, angles = drawn
    one = curve(moments, angles)
    tiny = 1e-6 * moments[-1]
    for end in (moments[0], moments[-1]):
        assert abs(one.speed(end)) < 1e-9
        assert abs(one.angle(end + tiny) - 2 * one.angle(end) + one.angle(end - tiny)) < 1e-9
    for inner in moments[1:-1]:
        assert math.isclose(one.speed(inner - 1e-9), one.speed(inner + 1e-9), abs_tol=1e-4)
    middle = 0.37 * moments[-1]
    slope = (one.angle(middle + tiny) - one.angle(middle - tiny)) / (2 * tiny)
    assert math.isclose(one.speed(middle), slope, rel_tol=1e-3, abs_tol=1e-3)


def test_between_rests_the_curve_is_minimum_jerk() -> None:
    """The known law: half way at half time, peak speed 15/8 of the mean."""
    one = curve((0.0, 2.0), (0.0, 1.0))
    assert math.isclose(one.angle(1.0), 0.5)
    assert math.isclose(one.speed(1.0), 1.875 / 2.0)
    assert math.isclose(one.angle(0.5), 10 / 4**3 - 15 / 4**4 + 6 / 4**5)


def test_the_expected_behaviours_are_there() -> None:
    """Every behaviour that a mission names exists, in both languages where it speaks."""
    wanted = "sway breathe notice wave greet_morning greet_family greet_child nod bow"
    assert set(wanted.split()) | {"point_the_way", "farewell", "thank"} <= set(BEHAVIOURS)
    sweeper = load_behaviours(asset("behaviours/sweeper"), load_sweeper().joints)
    assert {"excuse_me", "thank_you", "starting", "finished", "help"} <= set(sweeper)
    speaking: list[Mapping[str, Behaviour]] = [BEHAVIOURS, sweeper]
    for one in (behaviour for folder in speaking for behaviour in folder.values()):
        assert len(one.zh) == len(one.en)
        assert all(any("\u4e00" <= sign <= "\u9fff" for sign in text) for text in one.zh)
        assert all(text.isascii() for text in one.en)


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_keeps_the_limits(name: str) -> None:
    """Positions inside the URDF's limits, speeds below half of the motor's, arms below 3 rad/s."""
    clip, table = CLIPS[name], GREETER.joints
    targets = sampled(clip)
    rows = list(table.indices(*clip.joints))
    assert (targets >= table.column("lower")[rows]).all()
    assert (targets <= table.column("upper")[rows]).all()
    speeds = np.abs(np.diff(targets, axis=0)) * RATE
    assert (speeds <= 0.5 * table.column("velocity")[rows]).all()
    arms = [place for place, joint in enumerate(clip.joints) if not joint.startswith("head")]
    assert speeds[:, arms].max(initial=0.0) <= ARM_SPEED


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_starts_and_ends_at_rest_in_the_same_pose(name: str) -> None:
    """So clips can follow each other, and a loop has no seam."""
    clip = CLIPS[name]
    np.testing.assert_allclose(clip.velocity(0.0), 0.0, atol=1e-12)
    np.testing.assert_allclose(clip.velocity(clip.duration - 1e-9), 0.0, atol=1e-6)
    np.testing.assert_allclose(clip.evaluate(0.0), clip.evaluate(clip.duration - 1e-9), atol=1e-6)


def test_all_clips_share_one_rest_pose() -> None:
    """A joint starts at the same angle in whatever clip moves it."""
    rest: dict[str, float] = {}
    for clip in CLIPS.values():
        for joint, angle in zip(clip.joints, clip.evaluate(0.0), strict=True):
            assert math.isclose(rest.setdefault(joint, float(angle)), angle, abs_tol=1e-12)


def test_evaluating_is_pure_and_a_loop_repeats() -> None:
    """The same time gives the same pose, in any order; held after the end unless it loops."""
    sway, wave = CLIPS["sway"], CLIPS["wave"]
    first = sway.evaluate(3.21)
    sway.evaluate(0.4)
    np.testing.assert_array_equal(first, sway.evaluate(3.21))
    np.testing.assert_allclose(first, sway.evaluate(3.21 + sway.duration), atol=1e-9)
    np.testing.assert_array_equal(wave.evaluate(1e6), wave.evaluate(wave.duration))


def test_a_clip_takes_over_and_gives_back_gently() -> None:
    """Its weight is 0 at both ends, 1 in between, and never falls in a loop."""
    wave, sway = CLIPS["wave"], CLIPS["sway"]
    assert [wave.weight(time) for time in (0.0, FADE, wave.duration - FADE)] == [0.0, 1.0, 1.0]
    assert wave.weight(wave.duration) == 0.0
    assert sway.weight(10.0 * sway.duration) == 1.0


def test_the_wave_waves_three_times_with_the_hand_up() -> None:
    """The right hand comes above the shoulder and turns around six times there."""
    wave = CLIPS["wave"]
    hands = np.array([places(GREETER, pose(wave, time))["right_hand"] for time in times(wave)])
    shoulder = places(GREETER, {})["right_shoulder_pitch"]
    up = hands[:, 2] > shoulder[2]
    assert up.mean() > 0.35
    sideways = np.diff(hands[up, 1])
    turns = np.count_nonzero(np.diff(np.sign(sideways[np.abs(sideways) > 1e-5])))
    assert turns >= 5


def pose(clip: Clip, time: float) -> dict[str, float]:
    """Return the angles of a clip by joint."""
    return dict(zip(clip.joints, clip.evaluate(time).tolist(), strict=True))


def places(model: Model, angles: Mapping[str, float]) -> dict[str, Array]:
    """Return where each joint's child frame is in the base (by joint, and by link)."""
    frames = {model.base: (np.zeros(3), np.eye(3))}
    found: dict[str, Array] = {}
    for one in model.attachments:
        position, rotation = frames[one.parent]
        at = position + rotation @ one.position_child_in_parent
        turn = rotation @ one.rotation_child_in_parent
        if one.kind != "fixed":
            turn = turn @ matrix_about(one.axis, angles.get(one.name, 0.0))
        frames[one.child] = at, turn
        found[one.name] = found[one.child] = at
    return found


def distance_to_box(point: Array, centre: tuple[float, ...], size: tuple[float, ...]) -> float:
    """Return the distance of a point from a box [m]."""
    outside = np.abs(point - np.array(centre)) - np.array(size) / 2.0
    return float(np.linalg.norm(np.maximum(outside, 0.0)))


@pytest.mark.parametrize("name", CLIPS)
def test_the_arms_stay_clear_of_trunk_and_head(name: str) -> None:
    """Elbow to hand, as points, keep at least 4 cm (half a forearm and a margin) from both.

    The boxes are the sizes agreed for the trunk and the head; collision shapes are proved with
    the real meshes by the certificate of a later issue.
    """
    clip = CLIPS[name]
    for time in times(clip)[::10]:
        at = places(GREETER, pose(clip, time))
        for side in ("left", "right"):
            elbow, hand = at[f"{side}_elbow"], at[f"{side}_hand"]
            for share in np.linspace(0.0, 1.0, 5):
                point = elbow + share * (hand - elbow)
                assert distance_to_box(point, (0, 0, 0.20), (0.15, 0.20, 0.32)) > 0.04
                assert distance_to_box(point, (0.01, 0, 0.50), (0.16, 0.17, 0.17)) > 0.04
