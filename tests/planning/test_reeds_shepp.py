"""Shortest curves: no drive is shorter, symmetries, known lengths, other programs' lengths."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from robotics.core.arrays import Array
from robotics.core.geometry import integrate, wrap
from robotics.planning.kinematic.words import SEGMENTS, drive, shortest

BOTH, AHEAD = np.array([1.0, 1.0, 0.0]), np.array([0.0, 1.0, 0.0])
RULES = pytest.mark.parametrize("rule", [BOTH, AHEAD], ids=["both", "ahead"])

poses = st.tuples(st.floats(-6, 6), st.floats(-6, 6), st.floats(-math.pi, math.pi)).map(np.array)


def _length(pose: Array, rule: Array = BOTH) -> float:
    return shortest(np.array(pose, dtype=float), rule, np.empty((2, SEGMENTS)))


def _end(word: Array) -> Array:
    pose = np.zeros(3)
    for kind, length in word.T:
        drive(pose, kind, length)
    return pose


def _seen_from(a: Array, b: Array) -> Array:
    c, s = math.cos(a[2]), math.sin(a[2])
    x, y = b[:2] - a[:2]
    return np.array([c * x + s * y, c * y - s * x, b[2] - a[2]])


@given(st.floats(-3, 3), st.floats(-3, 3), st.sampled_from([-1.0, 0.0, 1.0]))
def test_a_segment_is_what_a_constant_twist_drives(yaw: float, length: float, kind: float) -> None:
    """Turning radius one: one radian a metre."""
    pose = np.array([1.0, -2.0, yaw])
    there = integrate(pose, (1.0, 0.0, kind), length)
    drive(pose, kind, length)
    assert pose[:2] == pytest.approx(there[:2], abs=1e-9)
    assert wrap(float(pose[2] - there[2])) == pytest.approx(0.0, abs=1e-9)


@RULES
@settings(max_examples=200, deadline=None)
@given(pose=poses)
def test_a_word_leads_to_its_pose(rule: Array, pose: Array) -> None:
    """Driven segment by segment it ends there, and its length is the length that was told."""
    word = np.empty((2, SEGMENTS))
    length = shortest(pose, rule, word)
    end = _end(word)
    assert end[:2] == pytest.approx(pose[:2], abs=1e-7)
    assert wrap(float(end[2] - pose[2])) == pytest.approx(0.0, abs=1e-7)
    assert np.abs(word[1]).sum() == pytest.approx(length, abs=1e-7)
    if rule is AHEAD:
        assert word[1].min() >= -1e-8


@RULES
def test_no_random_drive_is_shorter(rule: Array) -> None:
    """Of 20,000 random drives of up to six segments none gets to its end on less way."""
    rng = np.random.default_rng(4)
    for _ in range(20_000):
        count = int(rng.integers(1, 7))
        lengths = rng.uniform(-2.0 if rule is BOTH else 0.0, 2.0, count)
        word = np.array([rng.choice([-1.0, 0.0, 1.0], count), lengths])
        assert _length(_end(word), rule) <= np.abs(lengths).sum() + 1e-7


def test_no_optimised_drive_is_shorter() -> None:
    """Least squares of scipy over five segments, from the best word and from random ones."""
    rng = np.random.default_rng(7)
    for _ in range(12):
        pose = np.array([*rng.uniform(-3, 3, 2), rng.uniform(-math.pi, math.pi)])
        least = _length(pose)
        for _ in range(4):
            kinds = rng.choice([-1.0, 0.0, 1.0], SEGMENTS)

            def miss(lengths: Array, kinds: Array = kinds, pose: Array = pose) -> Array:
                end = _end(np.array([kinds, lengths]))
                return np.array([*(end[:2] - pose[:2]), math.sin(0.5 * (end[2] - pose[2]))])

            found = minimize(
                lambda lengths: float(np.sqrt(lengths**2 + 1e-8).sum()),
                rng.uniform(-2, 2, SEGMENTS),
                constraints={"type": "eq", "fun": miss},
                method="SLSQP",
            )
            if found.success and np.abs(miss(found.x)).max() < 1e-8:
                assert np.abs(found.x).sum() >= least - 1e-4


def test_known_lengths() -> None:
    """Straight, a half turn on the spot, a quarter circle, a parallel shift."""
    assert _length(np.array([5.0, 0.0, 0.0])) == pytest.approx(5.0)
    assert _length(np.array([-5.0, 0.0, 0.0])) == pytest.approx(5.0)
    assert _length(np.array([0.0, 0.0, math.pi])) == pytest.approx(math.pi)
    assert _length(np.array([1.0, 1.0, 0.5 * math.pi])) == pytest.approx(0.5 * math.pi)
    assert _length(np.array([0.0, 2.0, math.pi])) == pytest.approx(math.pi)
    assert _length(np.array([0.0, 0.0, 0.0])) == pytest.approx(0.0, abs=1e-9)
    assert _length(np.array([-5.0, 0.0, 0.0]), AHEAD) == pytest.approx(5.0 + 2 * math.pi, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(poses)
def test_symmetries(pose: Array) -> None:
    """Mirrored, with time reversed, and driven back from the pose, the length is the same."""
    x, y, yaw = pose
    length = _length(pose)
    assert _length(np.array([x, -y, -yaw])) == pytest.approx(length, abs=1e-7)
    assert _length(np.array([-x, y, -yaw])) == pytest.approx(length, abs=1e-7)
    back = _seen_from(pose, np.zeros(3))
    assert _length(back) == pytest.approx(length, abs=1e-7)
    mirrored = _length(np.array([x, -y, -yaw]), AHEAD)
    assert mirrored == pytest.approx(_length(pose, AHEAD), abs=1e-7)


@settings(max_examples=200, deadline=None)
@given(poses, poses)
def test_it_is_a_distance(a: Array, b: Array) -> None:
    """At least Euclid's and the angle; over a third pose it is no shorter; ahead only, longer."""
    length = _length(a)
    assert length >= math.hypot(a[0], a[1]) - 1e-9
    assert length >= abs(wrap(float(a[2]))) - 1e-9
    assert _length(b) <= length + _length(_seen_from(a, b)) + 1e-7
    assert length <= _length(a, AHEAD) + 1e-7


@settings(max_examples=100, deadline=None)
@given(poses, st.floats(1.0, 3.0), st.floats(0.0, 2.0))
def test_weights_choose_among_words(pose: Array, weight: float, gear: float) -> None:
    """The cost is that of the word returned, at least its length, at most the shortest word's."""
    rule, word, other = np.array([1.0, weight, gear]), np.empty((2, 5)), np.empty((2, 5))
    cost, length = shortest(pose, rule, word), shortest(pose, BOTH, other)

    def priced(lengths: Array) -> float:
        driven = [value for value in lengths if abs(value) > 1e-8]
        changes = sum(a * b < 0.0 for a, b in pairwise(driven))
        return sum(max(value, -weight * value) for value in driven) + gear * changes

    assert cost == pytest.approx(priced(word[1]), abs=1e-6)
    assert length - 1e-7 <= cost <= priced(other[1]) + 1e-6


@RULES
def test_another_program_agrees(rule: Array) -> None:
    """OMPL's spaces give the same lengths, on random and on degenerate poses."""
    base = pytest.importorskip("ompl.base", reason="ompl is not installed")
    room = (base.ReedsSheppStateSpace if rule is BOTH else base.DubinsStateSpace)(1.0)
    states, rng = [room.allocState(), room.allocState()], np.random.default_rng(1)
    for i in range(2000):
        pose = np.array([*rng.uniform(-6, 6, 2), rng.uniform(-math.pi, math.pi)])
        if i % 4 == 0:
            pose = np.array([*np.round(pose[:2]), rng.integers(-1, 3) * 0.5 * math.pi])
        for state, (x, y, yaw) in zip(states, (np.zeros(3), pose), strict=True):
            state.setX(float(x))
            state.setY(float(y))
            state.setYaw(float(yaw))
        assert _length(pose, rule) == pytest.approx(room.distance(*states), abs=1e-5)
