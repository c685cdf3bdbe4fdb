"""Sampling, profiles and cursors: what a path means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.arrays import Array
from robotics.core.geometry import integrate, wrap
from robotics.planning.course import course_of, leg_length
from robotics.planning.cursor import cursor_of
from robotics.planning.profile import Pace, duration, leg_breaks, speeds
from robotics.planning.smoothing import along, arc, joined, rounded, straight

PACE = Pace(speed=0.8, acceleration=0.5, turn_rate=0.9)
CORNERS = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (9.0, 5.0)])


@given(st.floats(-3, 3), st.floats(0.2, 4), st.floats(-3, 3).filter(lambda a: abs(a) > 0.05))
def test_an_arc_is_what_a_constant_twist_drives(yaw: float, radius: float, angle: float) -> None:
    """The end of an arc is that of the unicycle with v / wz = radius."""
    pose = np.array([1.0, -2.0, yaw])
    end = arc(pose, radius=radius, angle=angle)[-1]
    twist = (radius, 0.0, math.copysign(1.0, angle))
    there = integrate(pose, twist, abs(angle))
    assert end[:2] == pytest.approx(there[:2], abs=1e-9)
    assert wrap(float(end[2] - there[2])) == pytest.approx(0.0, abs=1e-9)


def test_corners_are_turned_or_rounded() -> None:
    """``along`` stops at each corner; ``rounded`` has no stop between its ends."""
    assert leg_breaks(along(CORNERS)).sum() == 6
    assert leg_breaks(rounded(CORNERS, 0.8)).sum() == 2


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), min_size=2, max_size=8))
def test_speeds_respect_every_limit(corners: list[tuple[float, float]]) -> None:
    """Speed, acceleration, turn rate and sideways acceleration hold along any path."""
    points = np.round(np.array(corners), 1)
    points = points[np.append(True, np.hypot(*np.diff(points, axis=0).T) > 0.2)]
    if len(points) < 2:
        return
    path = rounded(points, 0.8)
    speed = speeds(path, PACE)
    length = np.hypot(*np.diff(path[:, :2], axis=0).T)
    moving = length > 1e-6
    gain = np.abs(np.diff(speed**2))[moving] / (2.0 * length[moving])
    bend = np.abs(np.mod(np.diff(path[:, 2]) + np.pi, 2 * np.pi) - np.pi)[moving] / length[moving]
    mean = np.minimum(speed[1:], speed[:-1])[moving]
    assert speed.max() <= 0.8 + 1e-9
    assert gain.max() <= 0.5 + 1e-6
    assert (mean * bend).max() <= 0.9 + 0.02
    assert (mean**2 * bend).max() <= 0.5 + 0.02


def test_a_straight_line_takes_the_trapezoid_s_time() -> None:
    """Length / speed + speed / acceleration, the textbook's trapezoid."""
    assert duration(straight((0, 0), (10, 0)), PACE) == pytest.approx(
        10 / 0.8 + 0.8 / 0.5, rel=0.06
    )


def test_backwards_is_slower() -> None:
    """Poses driven against their yaw have the speed for going back."""
    assert speeds(straight((0, 0), (5, 0), reverse=True), PACE).max() == pytest.approx(0.4)


def _walk(path: Array) -> list[int]:
    cursor, seen = cursor_of(path), []
    for pose in path:
        for _ in range(3):
            cursor.update(pose)
        seen.append(cursor.index)
    assert cursor.done
    return seen


def test_a_cursor_reaches_the_end_and_never_goes_back() -> None:
    """Carried along turns, bends and a reverse stretch, the index only grows, to the last pose."""
    there = along(CORNERS)
    back = straight(CORNERS[-1], CORNERS[-1] - (1.0, 0.0), reverse=True)
    seen = _walk(joined([there, back]))
    assert (np.diff(seen) >= 0).all()


def test_legs_have_one_gear_each() -> None:
    """A path forwards, backwards, forwards is three legs."""
    out, back = straight((0, 0), (3, 0)), straight((3, 0), (1, 0), reverse=True)
    course = course_of(joined([out, back, straight((1, 0), (1, 2))]))
    assert course.legs[:, 2].tolist() == [1, -1, 1]
    assert [leg_length(course, leg) for leg in range(3)] == pytest.approx([3.0, 2.0, 2.0])
