"""Plans pulled to kerbs: the brush's edge at the wish, the body off, all else as it was."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from robotics.core.arrays import Array
from robotics.core.geometry import transform
from robotics.mapping.grid import Grid
from robotics.planning.coverage.pulled import pulled
from robotics.planning.smoothing import bounded, rounded, straight
from robotics.planning.space import Space
from robotics.robots.sweeper.config import footprint_discs, hard_outline, kerbside

BRUSH = kerbside(()).brush
STRAIGHT = np.array([(-4.0, 3.0), (16.0, 3.0)])
AROUND = np.linspace(0.0, 2.0 * math.pi, 91)
CURVED = 4.0 * np.column_stack((np.cos(AROUND), np.sin(AROUND)))
CORNERED = np.array([(16.0, 3.0), (6.0, 3.0), (6.0, 7.0), (16.0, 7.0), (16.0, 3.0)])[::-1]


def place(*solid: shapely.Geometry) -> Space:
    """Return a place of 30 m by 30 m around the origin where some shapes are occupied."""
    x, y = np.meshgrid(*(0.1 * np.arange(300) - 14.95,) * 2)
    cells = shapely.contains_xy(shapely.union_all(solid), x, y)
    return Space.of(Grid(cells, 0.1, np.array([-15.0, -15.0])), footprint_discs())


def edges(path: Array, kerb: Array, side: float) -> Array:
    """Return how far the brush on a side is from a kerb at each pose [m]."""
    spots = np.array([transform(pose, (BRUSH.x, side * BRUSH.y))[0] for pose in path])
    return np.asarray(shapely.distance(LineString(kerb), shapely.points(spots))) - BRUSH.radius


def bodies(path: Array, kerb: Array) -> float:
    """Return the least distance of the hard body from a kerb [m]."""
    hulls = [Polygon(transform(pose, hard_outline())).convex_hull for pose in path]
    return min(hull.distance(LineString(kerb)) for hull in hulls)


def working(path: Array) -> Array:
    """Return that the tools work all along a path."""
    return np.ones(len(path), dtype=np.bool_)


def north() -> tuple[Array, Space]:
    """Return a way with a bend in and a bend out, 6 cm from a straight kerb, and the place."""
    corners = [(-9.0, 0.0), (-5.0, 0.0), (-2.0, 2.38), (10.0, 2.38), (12.0, 0.0), (14.0, 0.0)]
    return rounded(corners, 1.5), place(box(-4.0, 3.0, 15.0, 14.0))


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_along_a_straight_kerb_the_brush_is_at_the_wish(side: float) -> None:
    """Within 5 mm of it on the run, never beyond the kerb, the body 5 cm off; either side."""
    path, space = north()
    mirror = np.array([1.0, side, side])
    x, y = np.meshgrid(*(0.1 * np.arange(300) - 14.95,) * 2)
    solid = shapely.contains_xy(box(-4.0, 3.0, 15.0, 14.0), x, side * y)
    space = Space.of(Grid(solid, 0.1, np.array([-15.0, -15.0])), footprint_discs())
    kerb = STRAIGHT * mirror[:2]
    path = path * mirror
    moved, led = pulled(path, working(path), kerbside((kerb,)), space)
    gap = edges(moved, kerb, side)
    run = (moved[:, 0] > -0.5) & (moved[:, 0] < 8.0)
    assert np.abs(gap[run] - BRUSH.gap).max() < 0.005
    assert gap.min() > -0.001
    assert bodies(moved, kerb) > 0.05
    assert (led[run] == side).all()
    assert (led[moved[:, 0] < -4.0] == 0.0).all()


def test_poses_away_from_kerbs_stay_as_they_are() -> None:
    """Bit for bit before the bend in, and after the base is back on its way."""
    path, space = north()
    moved, _ = pulled(path, working(path), kerbside((STRAIGHT,)), space)
    changed = np.flatnonzero((moved != path).any(axis=1))
    assert path[changed[0], 0] > -4.0
    assert path[changed[-1], 0] < 13.9
    assert len(moved) == len(path)
    assert np.abs(moved - path).max() < 0.15
    far, led = pulled(path, working(path), kerbside((np.add(STRAIGHT, (0.0, 9.0)),)), space)
    assert (far == path).all()
    assert not led.any()


def test_where_no_tool_works_nothing_is_pulled() -> None:
    """On the ways between, and for the same plan the same comes out again."""
    path, space = north()
    idle, led = pulled(path, ~working(path), kerbside((STRAIGHT,)), space)
    assert (idle == path).all()
    assert not led.any()
    once, again = (pulled(path, working(path), kerbside((STRAIGHT,)), space) for _ in range(2))
    assert (once[0] == again[0]).all()
    assert (once[1] == again[1]).all()


def test_a_way_at_the_wish_is_left_there() -> None:
    """What leads the brush along the kerb already is moved by less than 1 mm."""
    line = straight((-2.0, 3.0 - 0.56 - BRUSH.gap), (8.0, 3.0 - 0.56 - BRUSH.gap))
    space = place(box(-4.0, 3.0, 15.0, 14.0))
    moved, led = pulled(line, working(line), kerbside((STRAIGHT,)), space)
    assert np.abs(moved - line).max() < 1e-3
    assert (led[:-13] == 1.0).all()


def test_around_a_curved_kerb() -> None:
    """A round bed of 4 m, driven around at 8 cm: the brush follows the arc at the wish."""
    turn = np.linspace(0.0, 1.6 * math.pi, 240)
    radius = 4.0 + 0.56 + 0.08
    path = np.column_stack((radius * np.cos(turn), radius * np.sin(turn), turn + 0.5 * math.pi))
    space = place(Polygon(CURVED))
    moved, led = pulled(path, working(path), kerbside((CURVED,)), space)
    gap = edges(moved, CURVED, 1.0)
    assert np.abs(gap[15:-20] - BRUSH.gap).max() < 0.005
    assert gap.min() > -0.02
    assert bodies(moved, CURVED) > 0.05
    assert (led[15:-20] == 1.0).all()


def test_around_an_outer_corner_the_body_never_comes_near() -> None:
    """Along one side, around the corner in a bend, along the next; the tail does not swing in."""
    space = place(Polygon(CORNERED))
    corners = [(14.0, 2.38), (5.38, 2.38), (5.38, 7.0)]
    path = bounded(corners, 0.4, Space(space.distance, space.discs))
    moved, led = pulled(path, working(path), kerbside((CORNERED,)), space)
    gap = edges(moved, CORNERED, -1.0)
    along = (moved[:, 0] > 8.5) & (moved[:, 0] < 12.0)
    assert np.abs(gap[along] - BRUSH.gap).max() < 0.006
    assert gap.min() > -0.02
    assert bodies(moved, CORNERED) > 0.05
    assert (led[along] == -1.0).all()


def test_a_thing_beside_the_kerb_keeps_its_room() -> None:
    """A post 3 cm from the brush's old way: there it stays where it was."""
    path, _ = north()
    space = place(box(-4.0, 3.0, 15.0, 14.0), box(4.0, 2.7, 4.2, 2.9)).with_standing(
        [[4.1, 2.98, 0.01]]
    )
    moved, _ = pulled(path, working(path), kerbside((STRAIGHT,)), space)
    at = np.abs(moved[:, 0] - 3.6) < 0.05
    assert moved[at, 1] == pytest.approx(path[at, 1], abs=0.04)


def test_odd_paths_come_back() -> None:
    """Empty ones, single poses, turns on the spot."""
    _, space = north()
    for path in (np.zeros((0, 3)), np.zeros((1, 3)), np.array([(0.0, 2.4, 0.0), (0.0, 2.4, 1.0)])):
        moved, led = pulled(path, working(path), kerbside((STRAIGHT,)), space)
        assert moved.shape == path.shape
        assert len(led) == len(path)
