"""Where a robot can be: on this side of walls, in reach of its places, whatever its map's cells."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid
from robotics.mapping.pyramid import pyramid
from robotics.mapping.walkable import reachable


def two_rooms() -> Grid:
    """Return two rooms of 4 × 4 m side by side, with a slit of 0.2 m between them."""
    cells = np.ones((50, 90), dtype=np.bool_)
    cells[5:45, 5:45] = False
    cells[5:45, 46:86] = False
    cells[20:22, 45] = False
    return Grid(cells, 0.1, np.array([-1.0, 2.0]))


def at(grid: Grid, x: float, y: float) -> bool:
    """Return the cell at a point."""
    return bool(grid.value(np.array([x, y]), False))


def test_a_slit_leads_nowhere() -> None:
    """Only the room of the place counts; with a place in both, both do."""
    map_ = two_rooms()
    one = reachable(map_, [(1.0, 4.0)])
    assert at(one, 1.0, 4.0)
    assert not at(one, 6.0, 4.0)
    both = reachable(map_, [(1.0, 4.0), (6.0, 4.0)])
    assert at(both, 6.0, 4.0)


def test_places_that_tell_nothing_rule_nothing_out() -> None:
    """Without a place on free ground, all free cells may be reached; corners of a room count."""
    map_ = two_rooms()
    nothing: tuple[Array, ...] = (np.zeros((0, 2)), np.array([[-0.9, 2.1]]))
    for places in nothing:
        assert (reachable(map_, places).cells == ~map_.cells).all()
    one = reachable(map_, [(1.0, 4.0)])
    assert one.cells[5:45, 5:45].mean() > 0.99


def test_squares_of_the_search_hold_ground_where_a_cell_of_theirs_does() -> None:
    """The mask of the top level equals asking each square's cells, at the map's edge, too."""
    map_ = two_rooms()
    scores = pyramid(surface_field(map_), ground=reachable(map_, [(1.0, 4.0)]), levels=4)
    assert scores.ground is not None
    rows, columns = scores.levels[0].shape
    row, column = (axis.ravel() for axis in np.mgrid[-2 : rows + 2, -2 : columns + 2])
    told = scores.holds_ground(column, row)
    for r, c, known in zip(row, column, told, strict=True):
        inside = 0 <= r < rows and 0 <= c < columns
        assert known == (inside and bool(scores.ground[r : r + 8, c : c + 8].any()))
    assert scores.is_ground(np.array([(1.0, 4.0), (6.0, 4.0), (99.0, 0.0)])).tolist() == [1, 0, 0]
    free = int(scores.ground.sum())
    assert scores.area == free * scores.resolution**2
