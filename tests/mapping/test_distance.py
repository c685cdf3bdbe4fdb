"""The exact distance field against scipy's, and what holds for any distance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.ndimage import distance_transform_edt

from robotics.core.arrays import BoolArray
from robotics.mapping.distance import exact_distance
from robotics.mapping.grid import Grid, distance_field


def mask(seed: int, shape: tuple[int, int], density: float) -> BoolArray:
    """Return a random mask with at least one occupied cell."""
    rng = np.random.default_rng(seed)
    occupied = rng.random(shape) < density
    occupied[rng.integers(shape[0]), rng.integers(shape[1])] = True
    return occupied


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 90), st.integers(1, 90), st.floats(0.0, 1.0))
def test_it_equals_scipy(seed: int, rows: int, cols: int, density: float) -> None:
    """At every density and shape, down to one row, one column and one cell."""
    occupied = mask(seed, (rows, cols), density**3)
    assert_allclose(exact_distance(occupied), distance_transform_edt(~occupied), atol=1e-9)


def test_one_cell_is_a_cone() -> None:
    """Around a single occupied cell the field is the plain distance to it."""
    occupied = np.zeros((40, 70), dtype=bool)
    occupied[11, 60] = True
    rows, cols = np.indices(occupied.shape)
    assert_allclose(exact_distance(occupied), np.hypot(rows - 11, cols - 60))


@pytest.mark.parametrize("shape", [(3, 4), (1, 1), (0, 5), (5, 0)])
def test_without_obstacles_it_is_infinite(shape: tuple[int, int]) -> None:
    """Nothing occupied, or no cells at all, is no error."""
    assert_array_equal(exact_distance(np.zeros(shape, dtype=bool)), np.full(shape, np.inf))


def test_turning_the_map_turns_the_field() -> None:
    """Rows and columns are worth the same, to the last bit."""
    occupied = mask(3, (50, 83), 0.02)
    field = exact_distance(occupied)
    for turned in (np.transpose, np.flipud, np.fliplr):
        assert_array_equal(exact_distance(turned(occupied)), turned(field))


def test_more_obstacles_never_give_more_room() -> None:
    """The field falls or stays wherever obstacles are added."""
    few = mask(4, (60, 60), 0.01)
    assert (exact_distance(few | mask(5, (60, 60), 0.01)) <= exact_distance(few)).all()


def test_a_grid_has_it_in_metres() -> None:
    """``distance_field`` scales by the resolution and keeps the frame."""
    grid = Grid(mask(6, (30, 31), 0.05), 0.25, np.array([1.0, -2.0]))
    field = distance_field(grid)
    assert_allclose(field.cells, 0.25 * exact_distance(grid.cells))
    assert_array_equal(field.origin, grid.origin)
