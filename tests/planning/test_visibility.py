"""The speed past corners: the law of braking, and what does not matter."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.planning.predictive.visibility import CREEP, Caution, corners, speed_unseen

CAUTION = Caution(deceleration=0.6, reaction=0.25, half_width=0.56, front=0.7, rear=0.5)
WAY = np.column_stack((np.linspace(0.0, 6.0, 61), np.zeros(61)))


def room_with_wall_end(ahead: float, aside: float) -> Array:
    """Return returns by bearing of a wide hall in which a wall from the left ends at a corner."""
    angle = np.linspace(-math.pi, math.pi, 720, endpoint=False)
    far = 12.0 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    with np.errstate(divide="ignore"):
        wall = np.where(np.cos(angle) > 0.0, ahead / np.cos(angle), np.inf)
    hit = (wall * np.sin(angle) >= aside) & (wall < far)
    reach = np.where(hit, wall, far)
    return reach[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))


def test_the_corner_is_found_where_the_wall_ends() -> None:
    """The end of the wall is an edge; the plain hall has none."""
    found = corners(room_with_wall_end(3.0, 1.0), 6.0)
    assert len(found)
    assert np.abs(found - (3.0, 1.0)).max() < 0.05
    assert len(corners(room_with_wall_end(3.0, 30.0), 20.0)) == 0


def test_posts_and_people_hide_nobody() -> None:
    """A post casts a shadow, too, but nobody stays in it; a stall is another thing."""
    angle = np.linspace(-math.pi, math.pi, 720, endpoint=False)
    for half_width, hides in ((0.2, False), (0.7, True)):
        reach = np.where(np.abs(3.0 * np.tan(angle - 0.4)) < half_width, 3.0, 12.0)
        reach = np.where(np.cos(angle) > 0.0, reach, 12.0)
        points = reach[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
        assert bool(len(corners(points, 6.0))) == hides


def test_the_robot_stops_in_time_for_who_steps_out() -> None:
    """Driven at the speed allowed, braking after the reaction, it rests before the place."""
    for ahead in np.linspace(1.5, 5.0, 15):
        points = room_with_wall_end(float(ahead), 0.9)
        speed = speed_unseen(points, WAY, 1.2, caution=CAUTION)
        way = speed * CAUTION.reaction + speed**2 / (2.0 * CAUTION.deceleration)
        if speed > CREEP:
            assert way <= ahead - CAUTION.front - CAUTION.person - CAUTION.margin + 0.05


def test_nearer_corners_are_slower() -> None:
    """The speed allowed grows with the distance, and never falls below creeping."""
    speeds = [
        speed_unseen(room_with_wall_end(d, 0.9), WAY, 1.2, caution=CAUTION)
        for d in np.linspace(1.2, 5.5, 20)
    ]
    assert min(speeds) >= CREEP
    assert all(b >= a - 0.02 for a, b in pairwise(speeds))


def test_who_comes_too_late_does_not_matter() -> None:
    """A corner from which the walk takes longer than the robot's drive past it sets no limit."""
    near = speed_unseen(room_with_wall_end(2.0, 1.0), WAY, 1.2, caution=CAUTION)
    wide = speed_unseen(room_with_wall_end(2.0, 4.5), WAY, 1.2, caution=CAUTION)
    assert near < 1.2
    assert wide == math.inf


def test_what_is_passed_does_not_matter() -> None:
    """Corners beside and behind the robot set no limit."""
    assert speed_unseen(room_with_wall_end(0.5, 0.9), WAY, 1.2, caution=CAUTION) == math.inf
    mirrored = room_with_wall_end(2.0, 0.9) * (-1.0, -1.0)
    assert speed_unseen(mirrored, WAY, 1.2, caution=CAUTION) == math.inf


def test_the_two_sides_are_alike() -> None:
    """A corner on the right counts as much as its mirror image on the left."""
    left = room_with_wall_end(2.5, 0.9)
    right = (left * (1.0, -1.0))[::-1].copy()
    a = speed_unseen(left, WAY, 1.2, caution=CAUTION)
    b = speed_unseen(right, WAY, 1.2, caution=CAUTION)
    assert a == pytest.approx(b, abs=0.02)


def test_little_to_see_is_no_error() -> None:
    """No returns, one return, no way: no limit."""
    for count in (0, 1, 2):
        assert speed_unseen(np.ones((count, 2)), WAY, 1.2, caution=CAUTION) == math.inf
    assert speed_unseen(room_with_wall_end(2.0, 1.0), WAY[:1], 1.2, caution=CAUTION) == math.inf


def test_people_side_by_side_are_no_corner() -> None:
    """Three abreast are as wide as a stall; the robot does not creep past them as past a wall."""
    places = np.array([[2.0, 1.2], [2.0, 1.7], [2.0, 2.2]])
    angle = np.linspace(-math.pi, math.pi, 720, endpoint=False)
    beams = np.column_stack((np.cos(angle), np.sin(angle)))
    reach = np.full(len(angle), 12.0)
    for place in places:
        along = beams @ place
        off = np.abs(beams @ np.array([-place[1], place[0]]))
        hit = (along > 0.0) & (off < 0.25)
        reach[hit] = np.minimum(reach[hit], along[hit] - np.sqrt(0.0625 - off[hit] ** 2))
    points = reach[:, None] * beams
    people = np.column_stack((places, np.full(3, 0.25)))
    assert speed_unseen(points, WAY, 1.2, caution=CAUTION) < 1.2
    free = speed_unseen(points, WAY, 1.2, caution=CAUTION, people_in_base=people)
    assert math.isinf(free)
    wall = room_with_wall_end(3.0, 0.9)
    alone = speed_unseen(wall, WAY, 1.2, caution=CAUTION)
    assert speed_unseen(wall, WAY, 1.2, caution=CAUTION, people_in_base=people + 5.0) == alone
