"""A* against scipy's Dijkstra, and what a route may never do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planning_grounds import blocked
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import box

from robotics.core.arrays import Array, BoolArray
from robotics.mapping.grid import Grid, distance_field
from robotics.planning.search import Room, find_route
from robotics.planning.smoothing import along


def _least_costs(free: BoolArray, start: int) -> Array:
    """Return scipy's costs on the same graph: eight neighbours, no corner cut."""
    rows, cols = free.shape
    edges = []
    for r, c in np.argwhere(free):
        for i, j in ((0, 1), (1, 0), (1, 1), (1, -1)):
            a, b = r + i, c + j
            if not (0 <= a < rows and 0 <= b < cols and free[a, b]):
                continue
            if i and j and not (free[r, b] and free[a, c]):
                continue
            edges.append((r * cols + c, a * cols + b, math.hypot(i, j)))
    first, second, length = np.array(edges).reshape(-1, 3).T
    graph = coo_matrix((length, (first.astype(int), second.astype(int))), (free.size,) * 2)
    return np.asarray(dijkstra(graph.tocsr(), directed=False, indices=start))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_a_route_keeps_its_distance(seed: int) -> None:
    """No point of a route between free ends is nearer to an obstacle than the radius asked."""
    rng = np.random.default_rng(seed)
    field = distance_field(Grid(rng.random((80, 80)) < 0.01, 0.1, np.zeros(2)))
    room = Room(0.35, 0.6)
    start, goal = rng.uniform(0.5, 7.5, (2, 2))
    route = find_route(field, start, goal, room)
    if route.reason:
        return
    for a, b in zip(route.points[1:-2], route.points[2:-1], strict=True):
        line = a + np.linspace(0.0, 1.0, 50)[:, None] * (b - a)
        assert field.value(line, 0.0).min() >= 0.35 - 0.05


def test_impossible_goals_have_reasons() -> None:
    """Each way to fail is told apart, and none raises."""
    field = distance_field(blocked(box(0, 0, 10, 6)))
    grid = blocked(box(0, 0, 10, 6))
    wall = grid.cells.copy()
    wall[:, 68:72] = True
    split = distance_field(grid.like(wall))
    width = Room(0.4)
    assert find_route(split, (2, 3), (8, 3), width).reason == "no way through"
    assert find_route(field, (2, 3), (50, 3), width).reason == "goal outside the map"
    assert find_route(field, (-50, 3), (2, 3), width).reason == "start outside the map"
    assert find_route(field, (2, 3), (-1, 3), width).reason == "goal occupied"
    assert find_route(field, (11.5, 3), (2, 3), width).reason == "start occupied"


def test_a_start_beside_a_wall_is_moved() -> None:
    """A start up to 0.3 m on blocked ground still has a route, which begins where it stands."""
    field = distance_field(blocked(box(0, 0, 10, 6)))
    route = find_route(field, (2.0, 0.3), (8.0, 3.0), Room(0.5))
    assert route.reason == ""
    assert route.points[0] == pytest.approx((2.0, 0.3))
    assert route.points[-1] == pytest.approx((8.0, 3.0))


def test_something_that_stands_is_gone_around() -> None:
    """Discs in the way are kept away from as walls are."""
    field = distance_field(blocked(box(0, 0, 10, 6)))
    there = Room(0.4, standing=np.array([(5.0, 3.0, 0.5)]))
    route = find_route(field, (2, 3), (8, 3), there)
    line = along(route.points)[:, :2]
    assert np.hypot(*(line - (5.0, 3.0)).T).min() > 0.85
