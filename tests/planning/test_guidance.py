"""The cost to go: equal to an independent Dijkstra, and a way down that touches nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from robotics.core.arrays import Array
from robotics.mapping.grid import Grid
from robotics.mapping.local_map import LocalMap
from robotics.planning.predictive.guidance import (
    TIGHT,
    cost_to_go,
    descend,
    guidance_to,
    step_costs,
)

RADIUS, COMFORT = 0.22, 0.5


def local_map(seed: int, *, side: float = 4.0, share: float = 0.01) -> LocalMap:
    """Return a window at the origin on a site strewn with single blocked cells."""
    rng = np.random.default_rng(seed)
    cells = rng.random((240, 240)) < share
    cells[112:128, 112:128] = False
    local = LocalMap(Grid(cells, 0.05, np.array([-6.0, -6.0])), side=side)
    return local


def graph(price: Array, resolution: float) -> csr_array:
    """Return the ways between cells as a matrix: entry (to, from) is the cost of the step."""
    rows, cols = price.shape
    to, back, cost = [], [], []
    for (r, c), here in np.ndenumerate(price):
        for i, j in [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]:
            if not (0 <= r + i < rows and 0 <= c + j < cols):
                continue
            there = price[r + i, c + j]
            worst = max(here, price[r + i, c], price[r, c + j])
            if there == np.inf or worst == np.inf or (worst >= TIGHT > there):
                continue
            to.append(r * cols + c)
            back.append((r + i) * cols + c + j)
            cost.append(there * resolution * math.hypot(i, j))
    return csr_array((cost, (to, back)), shape=(price.size, price.size))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_costs_equal_an_independent_dijkstra(seed: int) -> None:
    """Scipy's Dijkstra on the same graph gives the same costs, from several roots."""
    local = local_map(seed, side=2.5)
    price = step_costs(local.distance.cells, 0.05, 0.1, 0.3)
    free = np.flatnonzero(price < TIGHT)
    roots = free[[3, len(free) // 2]]
    start = np.array([0.4, 0.0])
    matrix = graph(price, 0.05)
    expected = np.minimum(*(dijkstra(matrix, indices=roots) + start[:, None]))
    found = cost_to_go(price, roots, start, 0.05).ravel()
    assert np.array_equal(np.isfinite(found), np.isfinite(expected))
    finite = np.isfinite(expected)
    assert found[finite] == pytest.approx(expected[finite], abs=1e-9)
    assert finite.sum() > 500


def test_going_down_reaches_the_root_without_touching() -> None:
    """From wherever the robot fits and a way exists, the descent ends at the root, always free."""
    local, rng = local_map(5, side=8.0, share=0.004), np.random.default_rng(1)
    guide = guidance_to(local, np.array([[3.0, 3.0]]), radius=RADIUS, comfort=COMFORT)
    price = step_costs(local.distance.cells, 0.05, RADIUS, COMFORT)
    root = local.distance.centres().reshape(-1, 2)[int(guide.cells.argmin())]
    starts = np.argwhere((price < TIGHT) & np.isfinite(guide.cells))
    for row, col in starts[rng.choice(len(starts), 60)]:
        way = descend(guide.cells, guide.frame, local.distance.centres()[row, col])
        assert np.allclose(way[-1], root)
        room = local.distance.value(way, 0.0) - 0.025
        assert (room >= RADIUS).all()


def test_a_robot_in_a_tight_place_is_led_out() -> None:
    """A start that does not keep the radius has a way to free ground, but none leads through it."""
    local = local_map(6, side=6.0, share=0.008)
    guide = guidance_to(local, np.array([[0.0, 0.0]]), radius=RADIUS, comfort=COMFORT)
    price = step_costs(local.distance.cells, 0.05, RADIUS, COMFORT)
    tight = np.argwhere((price == TIGHT) & np.isfinite(guide.cells))
    assert len(tight) > 20
    for row, col in tight[::37]:
        way = descend(guide.cells, guide.frame, local.distance.centres()[row, col])
        steps = local.distance.index(way)
        fits = price[steps] < TIGHT
        assert (np.diff(fits.astype(int)) >= 0).all()


def test_the_root_is_where_the_path_leaves_the_window() -> None:
    """Of a path that leads out, the last free point inside counts."""
    local = LocalMap(None, side=4.0)
    path = np.column_stack((np.linspace(0.0, 5.0, 51), np.zeros(51), np.zeros(51)))
    guide = guidance_to(local, path, radius=RADIUS, comfort=COMFORT)
    r, c = np.unravel_index(int(guide.cells.argmin()), guide.cells.shape)
    x, y = local.distance.centres()[r, c]
    assert x == pytest.approx(1.9, abs=0.1)
    assert abs(y) < 0.06


def test_a_far_place_is_reached_over_the_border() -> None:
    """On open ground the cost to go to a place outside is nearly the straight distance."""
    local = LocalMap(None, side=4.0)
    guide = guidance_to(local, (7.0, 0.5), radius=RADIUS, comfort=COMFORT)
    centres = local.distance.centres()
    straight = np.hypot(centres[..., 0] - 7.0, centres[..., 1] - 0.5)
    assert (guide.cells >= straight - 1e-6).all()
    assert (guide.cells <= 1.09 * straight).all()


def test_more_room_is_preferred() -> None:
    """Of two gaps in a wall the wider one is taken although it is a little farther."""
    cells = np.zeros((80, 80), np.bool_)
    cells[40, :] = True
    cells[40, 38:48] = False
    cells[40, 52:78] = False
    local = LocalMap(Grid(cells, 0.05, np.array([-2.0, -2.0])), side=4.0)
    guide = guidance_to(local, (0.15, 1.5), radius=RADIUS, comfort=COMFORT)
    way = descend(guide.cells, guide.frame, np.array([0.15, -1.0]))
    crossing = way[np.abs(way[:, 1]).argmin()]
    assert crossing[0] > 0.6


def test_no_way_is_infinite() -> None:
    """Behind a closed wall, and for a target in one, the costs are infinite or few, never wrong."""
    cells = np.zeros((80, 80), np.bool_)
    cells[40, :] = True
    local = LocalMap(Grid(cells, 0.05, np.array([-2.0, -2.0])), side=4.0)
    guide = guidance_to(local, (0.0, 1.5), radius=RADIUS, comfort=COMFORT)
    assert np.isinf(guide.cells[10, 40])
    assert len(descend(guide.cells, guide.frame, np.array([0.0, -1.5]))) == 0
    assert np.isfinite(guide.cells[70, 40])
