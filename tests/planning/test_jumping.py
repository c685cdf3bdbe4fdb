"""Jump point search against scipy's Dijkstra, and the laws of shortest ways."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from grid_laws import check_steps, graph, least_costs, random_free
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.arrays import Array, BoolArray
from robotics.planning.grid_search.jumping import shortest
from robotics.planning.grid_search.packed import PackedGrid
from robotics.planning.grid_search.pulling import filled

CITIES = Path(__file__).parents[2].parent / "shared" / "data" / "movingai"

seeds = st.integers(0, 100_000)
sides = st.integers(1, 140)
densities = st.floats(0.0, 0.9)


def some_pairs(free: BoolArray, seed: int, count: int) -> Array:
    """Return pairs of free cells (row, column), (k, 2, 2)."""
    cells = np.argwhere(free)
    if not len(cells):
        return np.zeros((0, 2, 2), dtype=int)
    return np.random.default_rng(seed).choice(cells, (count, 2))


@settings(max_examples=300, deadline=None)
@given(seeds, sides, sides, densities)
def test_costs_equal_dijkstra(seed: int, rows: int, cols: int, density: float) -> None:
    """At every density and shape, one row and widths that are no multiple of a word among them."""
    free = random_free(seed, rows, cols, density)
    packed, steps = PackedGrid.of(free), graph(free)
    for start, goal in some_pairs(free, seed, 4).tolist():
        way = shortest(packed, tuple(start), tuple(goal))
        wanted = least_costs(steps, start[0] * cols + start[1])[goal[0] * cols + goal[1]]
        assert way.cost == pytest.approx(wanted, abs=1e-6)
        assert len(way.corners) > 0 or not np.isfinite(wanted)


@settings(max_examples=100, deadline=None)
@given(seeds, sides, sides, densities)
def test_every_step_is_allowed(seed: int, rows: int, cols: int, density: float) -> None:
    """The way goes from start to goal over free neighbours, cuts no corner and costs its length."""
    free = random_free(seed, rows, cols, density)
    packed = PackedGrid.of(free)
    for start, goal in some_pairs(free, seed, 4).tolist():
        way = shortest(packed, tuple(start), tuple(goal))
        if not len(way.corners):
            continue
        cells = filled(way.corners)
        check_steps(free, cells)
        assert cells[0].tolist() == start
        assert cells[-1].tolist() == goal
        length = np.hypot(*np.diff(cells, axis=0).T).sum()
        assert way.cost == pytest.approx(length, abs=1e-6)


@settings(max_examples=100, deadline=None)
@given(seeds, sides, sides, densities)
def test_there_and_back_is_equally_far(seed: int, rows: int, cols: int, density: float) -> None:
    """The cost does not depend on the direction, to the last bit."""
    free = random_free(seed, rows, cols, density)
    packed = PackedGrid.of(free)
    for a, b in some_pairs(free, seed, 4).tolist():
        assert (
            shortest(packed, tuple(a), tuple(b)).cost == shortest(packed, tuple(b), tuple(a)).cost
        )


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.0, 0.6))
def test_turning_the_map_changes_no_cost(seed: int, density: float) -> None:
    """Mirrored and transposed maps have ways of the same length."""
    free = random_free(seed, 70, 90, density)
    for (r0, c0), (r1, c1) in some_pairs(free, seed, 2).tolist():
        cost = shortest(PackedGrid.of(free), (r0, c0), (r1, c1)).cost
        assert shortest(PackedGrid.of(free.T), (c0, r0), (c1, r1)).cost == cost
        assert shortest(PackedGrid.of(free[::-1]), (69 - r0, c0), (69 - r1, c1)).cost == cost
        assert shortest(PackedGrid.of(free[:, ::-1]), (r0, 89 - c0), (r1, 89 - c1)).cost == cost


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0.0, 0.6))
def test_obstacles_never_shorten_a_way(seed: int, density: float) -> None:
    """Fewer free cells, no cheaper ways."""
    free = random_free(seed, 64, 65, density)
    less = free & (np.random.default_rng(seed + 1).random(free.shape) > 0.05)
    for a, b in some_pairs(less, seed, 4).tolist():
        before = shortest(PackedGrid.of(free), tuple(a), tuple(b)).cost
        assert shortest(PackedGrid.of(less), tuple(a), tuple(b)).cost >= before


def test_open_ground_is_the_octile_distance() -> None:
    """Without obstacles nothing is searched: one expansion, the straight-and-slanting length."""
    way = shortest(PackedGrid.of(np.ones((300, 500), dtype=bool)), (10, 20), (250, 480))
    assert way.cost == pytest.approx(220.0 + 240.0 * math.sqrt(2.0))
    assert way.expanded == 1


def test_a_corner_is_not_cut() -> None:
    """Between two blocked cells that touch at a corner there is no way, round one there is."""
    assert shortest(PackedGrid.of([[1, 0], [0, 1]]), (0, 0), (1, 1)).cost == np.inf
    assert shortest(PackedGrid.of([[1, 1], [0, 1]]), (0, 0), (1, 1)).cost == 2.0


def test_bad_ends_give_no_way() -> None:
    """Outside, on blocked ground, on a map without cells: none, and no error."""
    packed = PackedGrid.of([[1, 0, 1]])
    for start, goal in (((0, 1), (0, 0)), ((0, 0), (0, 1)), ((0, 0), (0, 3)), ((-1, 0), (0, 0))):
        assert shortest(packed, start, goal).cost == np.inf
    assert shortest(PackedGrid.of(np.zeros((0, 0), dtype=bool)), (0, 0), (0, 0)).cost == np.inf
    assert shortest(packed, (0, 2), (0, 2)).cost == 0.0


def test_memory_grows_with_the_search() -> None:
    """A labyrinth of many jump points does not fit the first memory, and is solved all the same."""
    free = np.ones((255, 255), dtype=bool)
    free[1::2] = False
    for row in range(1, 255, 2):
        free[row, 0 if row // 2 % 2 else -1] = True
    rng = np.random.default_rng(1)
    dotted = np.ones((255, 255), dtype=bool)
    dotted[1::3, 1::3] = rng.random((85, 85)) < 0.1
    dotted[-3:, -4] = dotted[-4, -4:] = False  # the goal is walled in
    assert shortest(PackedGrid.of(free), (0, 0), (254, 254)).cost > 127 * 250
    way = shortest(PackedGrid.of(dotted), (0, 0), (254, 254))
    assert way.cost == np.inf
    assert way.expanded > 4096


@pytest.mark.skipif(not CITIES.is_dir(), reason="shared/data/movingai is not beside the checkout")
def test_published_optima_are_met() -> None:
    """On a city of the MovingAI set every fifth query has exactly the published length."""
    lines = (CITIES / "Boston_0_256.map").read_text(encoding="utf-8").split()
    packed = PackedGrid.of([[cell in ".GS" for cell in row] for row in lines[-256:]])
    queries = (CITIES / "Boston_0_256.map.scen").read_text(encoding="utf-8").splitlines()[1::5]
    for query in queries:
        c0, r0, c1, r1 = (int(part) for part in query.split()[4:8])
        wanted = float(query.split()[8])
        assert shortest(packed, (r0, c0), (r1, c1)).cost == pytest.approx(wanted, abs=1e-6)
