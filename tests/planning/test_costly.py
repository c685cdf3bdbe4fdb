"""Ways at a cost against scipy's Dijkstra on the same costs."""

from __future__ import annotations

import numpy as np
import pytest
from grid_laws import check_steps, graph, least_costs, random_free
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.arrays import Array
from robotics.mapping.distance import exact_distance
from robotics.mapping.grid import Grid
from robotics.planning.grid_search.clearance import Field
from robotics.planning.grid_search.costly import PENALTY, Keep, cheapest

seeds = st.integers(0, 100_000)


def scene(seed: int, density: float) -> tuple[Field, Array]:
    """Return a random field with discs standing in it, and the space around each cell."""
    rng = np.random.default_rng(seed)
    rows, cols = rng.integers(1, 70, 2)
    occupied = ~random_free(seed, int(rows), int(cols), density)
    grid = Grid(0.1 * exact_distance(occupied), 0.1, rng.uniform(-3.0, 3.0, 2))
    reach = np.array([cols, rows]) * 0.1
    discs = np.column_stack((grid.origin + rng.random((3, 2)) * reach, rng.uniform(0.0, 0.5, 3)))
    discs = discs[: rng.integers(0, 4)]
    space = np.minimum(grid.cells, 1e6)
    for x, y, radius in discs:
        gap = np.hypot(*(grid.centres() - (x, y)).transpose(2, 0, 1)) - radius
        space = np.minimum(space, np.maximum(gap, 0.0))
    return Field.of(grid, discs), space


@settings(max_examples=200, deadline=None)
@given(seeds, st.floats(0.0, 0.5), st.floats(0.0, 0.2), st.floats(0.0, 0.8))
def test_costs_equal_dijkstra(seed: int, density: float, least: float, wide: float) -> None:
    """The cost is the least one over the whole map, with and without comfort, discs and walls."""
    field, space = scene(seed, density)
    keep = Keep(least + 0.05, least, least + wide - 0.1)
    free = space >= keep.least
    factor = np.ones(space.shape)
    if keep.comfort > keep.radius:
        lacking = (keep.comfort - space) / (keep.comfort - keep.radius)
        factor += PENALTY * np.clip(lacking, 0.0, 1.0)
    cells = np.argwhere(free)
    if not len(cells):
        return
    steps, cols = graph(free, factor), free.shape[1]
    for start, goal in np.random.default_rng(seed).choice(cells, (3, 2)).tolist():
        cost, way = cheapest(field, keep, tuple(start), tuple(goal))
        wanted = least_costs(steps, start[0] * cols + start[1])[goal[0] * cols + goal[1]]
        assert cost == pytest.approx(wanted, rel=1e-9)
        if np.isfinite(wanted):
            check_steps(free, way)
            assert way[0].tolist() == start
            assert way[-1].tolist() == goal
            lengths = np.hypot(*np.diff(way, axis=0).T)
            assert (lengths * factor[tuple(way[1:].T)]).sum() == pytest.approx(wanted, rel=1e-9)
        else:
            assert len(way) == 0


def test_comfort_keeps_away_from_walls() -> None:
    """In a wide corridor the way with comfort runs where nothing costs extra."""
    occupied = np.zeros((31, 200), dtype=bool)
    occupied[[0, -1]] = True
    field = Field.of(Grid(0.1 * exact_distance(occupied), 0.1, np.zeros(2)), np.zeros((0, 3)))
    cost, way = cheapest(field, Keep(0.25, 0.2, 0.8), (3, 5), (3, 190))
    middle = way[20:-20]
    assert field.values[tuple(middle.T)].min() >= 0.8
    assert cost < cheapest(field, Keep(0.25, 0.2, 1.2), (3, 5), (3, 190))[0]


def test_blocked_ends_give_no_way() -> None:
    """Neither from nor to a cell without room."""
    values = np.ones((5, 5))
    values[2, 2], values[1, 1] = 0.0, np.nan
    field = Field.of(Grid(values, 0.1, np.zeros(2)), np.zeros((0, 3)))
    keep = Keep(0.5, 0.4, 0.6)
    for ends in (((2, 2), (0, 0)), ((0, 0), (2, 2)), ((0, 0), (1, 1))):
        cost, way = cheapest(field, keep, *ends)
        assert cost == np.inf
        assert len(way) == 0
