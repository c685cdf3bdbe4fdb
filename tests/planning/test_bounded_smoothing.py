"""Corners rounded with a least radius: bend, room, ends, length."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from robotics.core.arrays import Array
from robotics.core.geometry import wrap_array
from robotics.mapping.grid import Grid
from robotics.planning.search import Room, find_route
from robotics.planning.smoothing import along, bounded
from robotics.planning.space import Space

DISC = np.array([(0.0, 0.0, 0.3)])
RADIUS = 0.5


def _open(size: int = 400) -> Space:
    return Space.of(Grid(np.zeros((size, size), dtype=np.bool_), 0.1, np.full(2, -10.0)), DISC)


def _length(path: Array) -> float:
    return float(np.hypot(*np.diff(path[:, :2], axis=0).T).sum())


def _bends(path: Array) -> Array:
    """Return the radius of the circle through the ends of each step that moves and turns."""
    step = np.diff(path, axis=0)
    chord, turn = np.hypot(step[:, 0], step[:, 1]), np.abs(wrap_array(step[:, 2]))
    bent = (chord > 1e-6) & (turn > 1e-6)
    return np.asarray(chord[bent] / (2.0 * np.sin(0.5 * turn[bent])))


corner_lists = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=9, unique=True
)


@settings(max_examples=60, deadline=None)
@given(corner_lists, st.floats(0.2, 2.0))
def test_no_bend_is_narrower_than_asked(corners: list[tuple[int, int]], radius: float) -> None:
    """Where it moves it turns on circles of at least the radius; elsewhere it turns on the spot."""
    path = bounded(np.array(corners) * 0.5, radius, _open())
    assert (_bends(path) >= radius * (1.0 - 1e-6)).all()


@settings(max_examples=60, deadline=None)
@given(corner_lists, st.floats(0.2, 2.0))
def test_ends_stay_and_it_grows_no_longer(corners: list[tuple[int, int]], radius: float) -> None:
    """First and last point and first and last heading are those of the corners."""
    points = np.array(corners) * 0.5
    path, sharp = bounded(points, radius, _open()), along(points)
    assert path[[0, -1], :2] == pytest.approx(sharp[[0, -1], :2])
    assert np.cos(path[[0, -1], 2]) == pytest.approx(np.cos(sharp[[0, -1], 2]))
    assert _length(path) <= _length(sharp) + 1e-9


def test_a_right_angle_is_cut_by_the_widest_arc_that_fits() -> None:
    """With 8 m on both sides it is 4 radii; with 1 m on one side what that side allows."""
    wide = bounded([(0, 0), (8, 0), (8, 8)], RADIUS, _open())
    assert _bends(wide).min() == pytest.approx(4.0 * RADIUS, rel=1e-6)
    short = bounded([(0, 0), (8, 0), (8, 1)], RADIUS, _open())
    assert _bends(short).min() == pytest.approx(1.0, rel=1e-6)


def test_what_is_too_short_for_the_radius_is_turned_on_the_spot() -> None:
    """A side of 0.3 m leaves no room for an arc of 0.5 m."""
    path = bounded([(0, 0), (8, 0), (8, 0.3)], RADIUS, _open())
    assert len(_bends(path)) == 0
    assert path == pytest.approx(along([(0, 0), (8, 0), (8, 0.3)]))


@settings(max_examples=30, deadline=None)
@example(2077)  # ends at the centre of a cell on the map's edge
@given(st.integers(0, 10_000))
def test_routes_stay_free_when_they_are_rounded(seed: int) -> None:
    """Among random posts, a free way stays free, looked at every centimetre."""
    rng = np.random.default_rng(seed)
    space = Space.of(Grid(rng.random((120, 120)) < 0.01, 0.1, np.zeros(2)), DISC)
    start, goal = rng.uniform(1.0, 11.0, (2, 2))
    route = find_route(space.distance, start, goal, Room(0.36))
    if route.reason or math.dist(start, goal) < 0.1:
        return
    path = bounded(route.points, RADIUS, space)
    if not space.free(along(route.points)).all():
        return  # an end that was moved onto free ground
    count = np.maximum(2, np.ceil(np.hypot(*np.diff(path[:, :2], axis=0).T) / 0.01).astype(int))
    for a, b, n in zip(path[:-1], path[1:], count, strict=True):
        turn = float(wrap_array(b[2] - a[2]))
        poses = a + np.linspace(0.0, 1.0, n)[:, None] * np.array([*(b - a)[:2], turn])
        assert space.clearance(poses).min() >= -0.005


def test_a_post_inside_the_corner_keeps_the_arc_narrow() -> None:
    """The widest arc would touch it, a narrower one does not."""
    cells = np.zeros((200, 200), dtype=np.bool_)
    cells[110, 60] = True  # at (6.05, 11.05), inside the corner at (7, 10)
    space = Space.of(Grid(cells, 0.1, np.zeros(2)), DISC)
    path = bounded([(1, 10), (7, 10), (7, 18)], RADIUS, space)
    assert space.free(path).all()
    assert RADIUS * (1 - 1e-6) <= _bends(path).min() < 4.0 * RADIUS


@pytest.mark.parametrize("points", [np.zeros((0, 2)), [(1.0, 1.0)], [(1.0, 1.0), (1.0, 1.0)]])
def test_nothing_to_drive_is_an_empty_path(points: list[tuple[float, float]]) -> None:
    """No corner, one corner, twice the same corner."""
    assert bounded(points, RADIUS, _open()).shape == (0, 3)
