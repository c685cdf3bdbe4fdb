"""The distance field against geometry, and its gradient against differences."""

from __future__ import annotations

import numpy as np
import pytest

from robotics.mapping.field import SurfaceField, sample, surface_field
from robotics.mapping.grid import Grid


def block() -> SurfaceField:
    """Return the field of one solid 1 × 2 m block, drawn on cell borders."""
    cells = np.zeros((100, 100), dtype=np.bool_)
    cells[40:60, 30:70] = True
    return surface_field(Grid(cells, 0.05, np.array([-1.0, -2.0])))


@pytest.mark.parametrize(
    ("x", "y", "distance"),
    [
        (1.5, 1.4, 0.4),
        (1.5, -0.3, 0.3),
        (0.2, 0.5, 0.3),
        (1.5, 0.9, -0.1),
        (1.5, 0.2, -0.2),
        (1.5, 1.0, 0.0),
        (2.5, 0.5, 0.0),
    ],
)
def test_distance_to_a_block_is_that_to_its_faces(x: float, y: float, distance: float) -> None:
    """Zero lies on the face, not on cell centres; inside is negative."""
    assert sample(block(), x, y)[0] == pytest.approx(distance, abs=1e-6)


def test_distance_around_a_corner_is_euclidean_to_a_cell() -> None:
    """Beyond a corner the distance is that to the corner, within the size of a cell."""
    assert sample(block(), 2.5 + 0.3, 1.0 + 0.4)[0] == pytest.approx(0.5, abs=0.03)


def test_distance_is_cut_off_far_away_and_outside() -> None:
    """Far from all surfaces, and off the map, nothing pulls."""
    assert sample(block(), -0.9, 2.9) == (1.0, 0.0, 0.0)
    assert sample(block(), 1e6, -1e6) == (1.0, 0.0, 0.0)


def test_gradient_is_the_derivative_of_the_distance() -> None:
    """The gradient equals central differences inside a cell of the interpolation."""
    field, rng, step = block(), np.random.default_rng(0), 1e-6
    for x, y in rng.uniform((-0.9, -0.9), (3.5, 2.4), (200, 2)):
        _, gx, gy = sample(field, x, y)
        by_x = (sample(field, x + step, y)[0] - sample(field, x - step, y)[0]) / (2 * step)
        by_y = (sample(field, x, y + step)[0] - sample(field, x, y - step)[0]) / (2 * step)
        assert (gx, gy) == pytest.approx((by_x, by_y), abs=1e-5)
