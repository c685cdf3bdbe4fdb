"""Strings pulled tight: exact lines, no occupied cell crossed, never longer than the chain."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from grid_laws import random_free
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.arrays import Array, BoolArray
from robotics.mapping.distance import exact_distance
from robotics.mapping.grid import Grid, distance_field
from robotics.planning.grid_search.clearance import Field
from robotics.planning.grid_search.jumping import shortest
from robotics.planning.grid_search.packed import PackedGrid
from robotics.planning.grid_search.pulling import filled, keeps, pull_string
from robotics.planning.search import Room, find_route
from robotics.planning.space import Space

seeds = st.integers(0, 100_000)


def field_of(free: BoolArray) -> Field:
    """Return the field of a mask in cells of 1 m."""
    return Field.of(Grid(exact_distance(~free), 1.0, np.zeros(2)), np.zeros((0, 3)))


def crossed(a: Array, b: Array) -> Array:
    """Return the cells (column, row) in which finely sampled points of a line lie, (n, 2)."""
    line = a + np.linspace(0.0, 1.0, 1001)[:, None] * (b - a)
    return np.unique(np.floor(line + 0.5).astype(int), axis=0)


@settings(max_examples=50, deadline=None)
@given(seeds, st.floats(0.0, 0.4))
def test_a_line_is_free_as_fine_sampling_says(seed: int, density: float) -> None:
    """A line is accepted only if no sample of it lies on a blocked cell."""
    free = random_free(seed, 30, 37, density)
    field = field_of(free)
    rng = np.random.default_rng(seed)
    for _ in range(10):
        a, b = rng.uniform(-0.4, (36.4, 29.4), (2, 2))
        cells = crossed(a, b)
        if keeps(field, np.array([a, b]), 0.5):
            assert free[cells[:, 1], cells[:, 0]].all()


def test_a_line_through_a_corner_touches_all_four_cells() -> None:
    """Exactly between two blocked cells, or past the corner of one, there is no way."""
    field = field_of(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=bool))
    assert not keeps(field, np.array([(0, 1), (1, 0)]), 0.5)
    assert not keeps(field, np.array([(0.5, 2.0), (2.0, 0.5)]), 0.5)
    assert keeps(field, np.array([(0, 2), (2, 2)]), 0.5)


@settings(max_examples=100, deadline=None)
@given(seeds, st.floats(0.0, 0.4))
def test_a_tight_string_crosses_nothing(seed: int, density: float) -> None:
    """Its corners are the chain's, its lines are free, and it is no longer than the chain."""
    free = random_free(seed, 60, 60, density)
    cells = np.argwhere(free)
    if not len(cells):
        return
    start, goal = np.random.default_rng(seed).choice(cells, (2,)).tolist()
    way = shortest(PackedGrid.of(free), tuple(start), tuple(goal))
    if not len(way.corners):
        return
    tight = pull_string(field_of(free), filled(way.corners), 0.5, 0.5)
    assert tight[0].tolist() == start
    assert tight[-1].tolist() == goal
    assert np.hypot(*np.diff(tight, axis=0).T).sum() <= way.cost + 1e-9
    for a, b in zip(tight[:-1, ::-1].astype(float), tight[1:, ::-1].astype(float), strict=True):
        over = crossed(a, b)
        assert free[over[:, 1], over[:, 0]].all()


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from([0.0, 0.5]), st.floats(0.1, 0.35))
def test_a_route_is_free_for_a_round_robot(seed: int, comfort: float, radius: float) -> None:
    """From free ends every point of the way keeps the radius, as ``Space`` measures it."""
    rng = np.random.default_rng(seed)
    walls = rng.random((90, 70)) < 0.01
    walls[[0, -1]] = walls[:, [0, -1]] = True
    occupied = Grid(walls, 0.1, np.array([-2.0, 1.0]))
    field = distance_field(occupied)
    space = Space(field, np.array([(0.0, 0.0, radius)]))
    start, goal = occupied.origin + rng.uniform(0.3, (6.7, 8.7), (2, 2))
    route = find_route(field, start, goal, Room(radius, comfort))
    if route.reason:
        return
    for k, (a, b) in enumerate(pairwise(route.points)):
        line = a + np.linspace(0.0, 1.0, 200)[:, None] * (b - a)
        clearance = space.clearance(np.column_stack((line, np.zeros(200))))
        if 0 < k < len(route.points) - 2:
            assert clearance.min() > -1e-6
            assert field.value(line, 0.0).min() >= radius
        elif clearance[0] > 0.0 < clearance[-1]:  # in the cell of an end to its centre
            assert clearance.min() > -0.5 * occupied.resolution


def test_a_short_window_does_not_hide_the_shorter_way() -> None:
    """A way far round inside the first window loses against a shorter one outside of it."""
    occupied = np.zeros((400, 1000), dtype=bool)
    occupied[200, :] = True
    occupied[200, 145] = False  # a gap 20 m aside, out of the first window of 12 m
    occupied[198, 355:480] = occupied[202, 355:480] = True
    field = distance_field(Grid(occupied, 0.1, np.zeros(2)))
    route = find_route(field, (35.05, 19.0), (35.05, 21.1), Room(0.0))
    assert route.reason == ""
    assert np.abs(route.points[:, 0] - 14.55).min() < 0.1


@pytest.mark.parametrize("comfort", [0.0, 0.6])
def test_bad_input_has_a_reason(comfort: float) -> None:
    """NaN, infinity, no free ground, a map of one cell, NaN in the map or its discs: no error."""
    open_floor = Grid(np.full((20, 20), 5.0), 0.1, np.zeros(2))
    room = Room(0.3, comfort)
    for bad in ((np.nan, 1.0), (np.inf, 1.0), (1.0, -np.inf), (1e300, 1.0)):
        assert find_route(open_floor, bad, (1, 1), room).reason == "start outside the map"
        assert find_route(open_floor, (1, 1), bad, room).reason == "goal outside the map"
    full = distance_field(Grid(np.ones((20, 20), dtype=bool), 0.1, np.zeros(2)))
    assert find_route(full, (1, 1), (0.5, 0.5), room).reason == "start occupied"
    nothing = Grid(np.full((20, 20), np.nan), 0.1, np.zeros(2))
    assert find_route(nothing, (1, 1), (0.5, 0.5), room).reason == "start occupied"
    none = Grid(np.zeros((0, 0)), 0.1, np.zeros(2))
    assert find_route(none, (1, 1), (0.5, 0.5), room).reason == "start outside the map"
    empty = distance_field(Grid(np.zeros((1, 1), dtype=bool), 1.0, np.zeros(2)))
    assert find_route(empty, (0.2, 0.2), (0.7, 0.7), room).reason == ""
    strange = Room(0.3, comfort, np.array([(np.nan, 1.0, 0.2), (1.0, 1.0, np.inf)]))
    assert find_route(open_floor, (0.3, 0.3), (1.7, 1.7), strange).reason == ""


def test_same_start_and_goal() -> None:
    """A route to where one is: two points in one place."""
    floor = Grid(np.full((20, 20), 5.0), 0.1, np.zeros(2))
    for comfort in (0.0, 0.6):
        route = find_route(floor, (1.03, 1.02), (1.03, 1.02), Room(0.3, comfort))
        assert route.points == pytest.approx(np.array([(1.03, 1.02)] * 2))


def test_a_start_is_not_moved_through_a_wall() -> None:
    """Free ground behind a thin wall is no place to start from; that on this side is."""
    occupied = np.zeros((60, 60), dtype=bool)
    occupied[:, 30] = True
    field = distance_field(Grid(occupied, 0.05, np.zeros(2)))
    route = find_route(field, (1.40, 1.5), (0.4, 1.5), Room(0.2))
    assert route.reason == ""
    assert (route.points[:, 0] < 1.5).all()
    assert find_route(field, (1.40, 1.5), (2.5, 1.5), Room(0.2)).reason == "no way through"


def test_discs_are_gone_around_exactly() -> None:
    """With discs on open ground both searches keep their distance from each."""
    rng = np.random.default_rng(2)
    floor = Grid(np.full((120, 120), np.inf), 0.1, np.zeros(2))
    discs = np.column_stack((rng.uniform(2.0, 10.0, (12, 2)), rng.uniform(0.1, 0.6, 12)))
    for comfort in (0.0, 0.7):
        route = find_route(floor, (0.5, 0.5), (11.5, 11.5), Room(0.3, comfort, discs))
        assert route.reason == ""
        for a, b in zip(route.points[:-1], route.points[1:], strict=True):
            line = a + np.linspace(0.0, 1.0, 300)[:, None] * (b - a)
            for x, y, radius in discs:
                assert (np.hypot(*(line - (x, y)).T) >= radius + 0.3 - 0.03).all()
