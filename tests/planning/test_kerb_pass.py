"""Passes along the kerbs of a zone: all of them, led, joined by ways that are free."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box

from robotics.core.arrays import Array
from robotics.core.geometry import transform
from robotics.core.messages import Plan
from robotics.mapping.grid import Grid
from robotics.planning.kerb_pass import joined_plans, kerb_passes, kerb_plan, kerbs_of
from robotics.planning.kerb_path import SideBrush
from robotics.planning.space import Space
from robotics.robots.sweeper.config import SweeperConfig, footprint_discs, kerbside_discs

BRUSH = SideBrush(0.50, 0.36, 0.20)
SWEEPING = SweeperConfig().navigator.sweeping
ISLAND = np.array([(4.0, 4.0), (4.0, 7.0), (8.0, 7.0), (8.0, 4.0), (4.0, 4.0)])[::-1]
NORTH = np.array([(0.0, 12.0), (12.0, 12.0)])
ZONE = box(1.0, 1.0, 11.0, 12.0).difference(Polygon(ISLAND))
START = np.array([1.5, 1.5, 0.0])


def spaces() -> tuple[Space, tuple[Space, Space]]:
    """Return the place for the whole robot, and for the robot beside a kerb."""
    x, y = np.meshgrid(*(0.1 * np.arange(140) - 0.95,) * 2)
    solid = Polygon(ISLAND).union(box(-2.0, 12.0, 14.0, 14.0))
    cells = shapely.contains_xy(solid, x, y)
    space = Space.of(Grid(cells, 0.1, np.array([-1.0, -1.0])), footprint_discs())
    left, right = (replace(space, discs=kerbside_discs(side)) for side in (1.0, -1.0))
    return space, (left, right)


def brushed(path: Array, line: Array) -> Array:
    """Return the least gap of the brushes to points along a line [m]."""
    kerb = LineString(line)
    foot = np.array([kerb.interpolate(s).coords[0] for s in np.arange(0.1, kerb.length, 0.1)])
    least = np.full(len(foot), np.inf)
    for pose in path:
        for side in (1.0, -1.0):
            centre = transform(pose, (BRUSH.x, side * BRUSH.y))[0]
            least = np.minimum(least, np.hypot(*(foot - centre).T) - BRUSH.radius)
    return least


def test_the_kerbs_of_a_zone_are_those_at_its_edge() -> None:
    """Cut to the zone, joined where they meet, raised on the left as on the map."""
    halves = [NORTH[::-1] * (0.5, 1.0), (NORTH[::-1] * (0.5, 1.0)) + (6.0, 0.0)]
    far = np.array([(0.0, 20.0), (9.0, 20.0)])
    (one,) = kerbs_of(ZONE.intersection(box(0.0, 8.0, 12.0, 13.0)), [*halves, far])
    assert one[0] == pytest.approx((11.15, 12.0))
    assert one[-1] == pytest.approx((0.85, 12.0))
    assert kerbs_of(ZONE, []) == []
    assert kerbs_of(ZONE, [far]) == []


def test_one_plan_leads_the_brush_along_every_kerb() -> None:
    """The island's four sides and the north side: gap 1 cm, ways between are free, none working.

    Where it turns into a pass, with tools off, bristles may bend.
    """
    space, beside = spaces()
    passes = kerb_passes(ZONE, [ISLAND, NORTH], BRUSH, beside)
    assert len(passes) == 2
    plan, swept = kerb_plan(passes, space, SWEEPING, beside[0], START)
    assert not plan.is_empty
    assert plan.path[0] == pytest.approx(START)
    for line in (ISLAND, NORTH * (0.9, 1.0) + (0.6, 0.0)):
        gap = brushed(plan.path, line)
        assert np.quantile(np.abs(gap - BRUSH.gap), 0.90) < 0.02
        assert gap.min() > -0.15
    assert set(plan.kerb_side[plan.working]) == {1.0}
    assert (plan.kerb_side[~plan.working] == 0.0).all()
    assert beside[0].free(plan.path[~plan.working], -0.08).all()
    assert swept.area == pytest.approx(1.1 * 26.0, rel=0.25)


def test_where_something_stands_the_pass_is_cut() -> None:
    """A bench across the way of the base leaves two passes, both clear of it."""
    _, (left, right) = spaces()
    bench = np.array([(6.0, 11.2, 0.3)])
    blocked = (left.with_standing(bench), right.with_standing(bench))
    passes = kerb_passes(ZONE, [NORTH], BRUSH, blocked)
    assert len(passes) == 2
    for one in passes:
        assert (blocked[0].clearance(one.path) > -0.1).all()


def test_plans_are_joined_end_to_end() -> None:
    """Sides and tools stay with their poses; an empty plan adds its reason only."""
    space, beside = spaces()
    first, _ = kerb_plan(
        kerb_passes(ZONE, [NORTH], BRUSH, beside), space, SWEEPING, beside[0], START
    )
    on = np.vstack((first.path[-1], first.path[-1] + np.array([0.0, 0.0, 1.0])))
    then = Plan(on, np.zeros(2), np.ones(2, dtype=np.bool_), "left out")
    whole = joined_plans(first, then, SWEEPING)
    n = len(first.path)
    assert (whole.path[:n] == first.path).all()
    assert (whole.kerb_side[:n] == first.kerb_side).all()
    assert (whole.kerb_side[n:] == 0.0).all()
    assert whole.reason == "left out"
    assert joined_plans(Plan.none("x"), then, SWEEPING) is then
    assert (joined_plans(first, Plan.none("x"), SWEEPING).path == first.path).all()


def test_no_kerb_is_an_empty_plan_with_a_reason() -> None:
    """Failure is a value."""
    space, beside = spaces()
    plan, swept = kerb_plan(kerb_passes(ZONE, [], BRUSH, beside), space, SWEEPING, beside[0], START)
    assert plan.is_empty
    assert plan.reason
    assert swept.is_empty
