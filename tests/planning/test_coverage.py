"""Coverage plans sweep what can be reached, stay inside and touch nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from planning_grounds import SHAPE, SWEEPING, TOOL, blocked, swept_share
from shapely import Polygon, wkt
from shapely.geometry import Point, box

from robotics.core.arrays import Array, BoolArray
from robotics.mapping.grid import Grid
from robotics.planning.coverage.mask import densely, mark, mask_of
from robotics.planning.coverage.planner import cover
from robotics.planning.coverage.region import region_of
from robotics.planning.coverage.touchup import touch_up
from robotics.planning.space import Space

PLAZA = wkt.loads((Path(__file__).parent / "data" / "plaza.wkt").read_text())
ROOM = box(0, 0, 20, 6)
SHAPES = {
    "rectangle": ROOM,
    "slanted": shapely.affinity.rotate(box(0, 0, 14, 8), 27),
    "L": box(0, 0, 16, 5).union(box(0, 0, 6, 14)),
    "hole": box(0, 0, 16, 10).difference(Point(8, 5).buffer(1.2)),
    "two holes": box(0, 0, 18, 9).difference(box(5, 3, 7, 5)).difference(box(11, 4, 13, 6)),
}


@pytest.mark.parametrize("name", SHAPES)
def test_open_zones_are_swept(name: str) -> None:
    """Where only holes stand, at least 99 % of what can be reached is swept, touching nothing."""
    shape = SHAPES[name]
    space = Space.of(blocked(shape, walled=False), SHAPE)
    x, y = shape.representative_point().coords[0]
    found = cover(shape, space, SWEEPING, (x, y, 0.3))
    path = found.plan.path[found.plan.working]
    assert swept_share(found.region.reachable, path) >= 0.99
    assert found.region.reachable.area >= 0.985 * shape.area
    assert space.clearance(found.plan.path[2:]).min() > -0.04
    assert shapely.LineString(found.plan.path[5:, :2]).within(shape.buffer(2.6))


def test_a_walled_plaza_is_swept() -> None:
    """A concave plaza with six holes, walled all around: 99 % swept, the base never outside."""
    space = Space.of(blocked(PLAZA), SHAPE)
    found = cover(PLAZA, space, SWEEPING, (2.0, 2.0, 0.0))
    assert found.plan.reason == ""
    assert swept_share(found.region.reachable, found.plan.path[found.plan.working]) >= 0.99
    assert swept_share(PLAZA, found.plan.path[found.plan.working]) >= 0.985
    assert shapely.LineString(found.plan.path[:, :2]).within(PLAZA)
    assert space.clearance(found.plan.path).min() > -0.05
    length = float(np.hypot(*np.diff(found.plan.path[:, :2], axis=0).T).sum())
    assert length < 1.12 * PLAZA.area  # lanes, turns, ways, and passes into 22 closed corners


def test_a_plan_comes_with_speeds_and_flags() -> None:
    """Poses are at most 0.11 m apart, speeds within limits, zero at both ends, tools mostly on."""
    found = cover(ROOM, Space.of(blocked(ROOM), SHAPE), SWEEPING, (2, 2, 0))
    step = np.hypot(*np.diff(found.plan.path[:, :2], axis=0).T)
    assert step.max() < 0.11
    assert found.plan.speed.max() == pytest.approx(0.8)
    assert found.plan.speed[[0, -1]] == pytest.approx(0.0)
    assert found.plan.working.mean() > 0.7


def test_planning_is_a_function() -> None:
    """The same zone gives the same path, bit for bit."""
    space = Space.of(blocked(ROOM), SHAPE)
    first, second = (cover(ROOM, space, SWEEPING, (2, 2, 0)).plan.path for _ in range(2))
    assert np.array_equal(first, second)


def test_impossible_zones_have_reasons() -> None:
    """A zone narrower than the robot, and one behind a wall, give empty plans that say why."""
    narrow = box(0, 0, 10, 0.9)
    plan = cover(narrow, Space.of(blocked(narrow), SHAPE), SWEEPING, (2, 0.45, 0)).plan
    assert plan.is_empty
    assert "too narrow" in plan.reason
    grid = blocked(ROOM)
    wall = grid.cells.copy()
    wall[:, 108:112] = True
    behind = Space.of(grid.like(wall), SHAPE)
    plan = cover(box(12, 0, 20, 6), behind, SWEEPING, (3, 3, 0)).plan
    assert plan.is_empty
    assert plan.reason == "no way to the zone"


def _swept(space: Space, stretches: list[Array]) -> tuple[Grid, BoolArray]:
    """Return what can be reached of the room, and what the stretches swept of it."""
    mask = mask_of(region_of(ROOM, space, TOOL, SWEEPING.fit).reachable, 0.05)
    swept = np.zeros(mask.cells.shape, dtype=np.bool_)
    for path in stretches:
        mark(swept, np.array([*mask.origin, mask.resolution]), TOOL.discs, densely(path))
    return mask, swept


def test_what_was_left_out_is_swept_later() -> None:
    """After a plan of which a fifth was skipped, a second one brings the rest above 99 %."""
    space = Space.of(blocked(ROOM), SHAPE)
    path = cover(ROOM, space, SWEEPING, (2, 2, 0)).plan.path
    parts = [path[: len(path) // 3], path[len(path) * 8 // 15 :]]
    mask, swept = _swept(space, parts)
    missing = mask.cells & ~swept
    assert missing.sum() > 0.05 * mask.cells.sum()
    again = touch_up(mask.like(missing), space, SWEEPING, path[-1])
    _, swept = _swept(space, [*parts, again.path])
    assert (mask.cells & swept).sum() > 0.99 * mask.cells.sum()
    assert space.clearance(again.path).min() > -0.05


def test_the_mark_of_a_disc_has_its_area() -> None:
    """A disc of radius r marks π r² of cells, and a drive of length s adds 2 r s."""
    mask = np.zeros((400, 400), dtype=np.bool_)
    frame, disc = np.array([0.0, 0.0, 0.02]), np.array([(0.0, 0.0, 1.0)])
    mark(mask, frame, disc, np.array([(3.0, 4.0, 0.7)]))
    assert mask.sum() * 0.0004 == pytest.approx(np.pi, rel=0.01)
    mark(mask, frame, disc, densely(np.array([(3.0, 4.0, 0.0), (5.0, 4.0, 0.0)])))
    assert mask.sum() * 0.0004 == pytest.approx(np.pi + 4.0, rel=0.01)


def test_polygons_become_masks() -> None:
    """A shape's mask has the shape's area, holes left out."""
    shape = Polygon(PLAZA)
    assert mask_of(shape, 0.1).cells.sum() * 0.01 == pytest.approx(shape.area, rel=0.005)
