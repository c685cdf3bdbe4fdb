"""The ends of a zone's kerbs: what the way along the outline leaves is driven along too."""

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
from robotics.planning.coverage.planner import cover
from robotics.planning.coverage.pulled import Kerbside
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.space import Space
from robotics.robots.sweeper.config import (
    SweeperConfig,
    footprint_discs,
    hard_outline,
    kerbside,
)

NORTH = np.array([(-10.0, 6.0), (14.0, 6.0)])
ZONE = box(-6.0, -2.0, 6.0, 6.0)
START = np.array([0.0, -4.0, 0.5])


def ground() -> Space:
    """Return open ground of 30 m by 30 m, raised north of y = 6."""
    _, y = np.meshgrid(*(0.1 * np.arange(300) - 14.95,) * 2)
    return Space.of(Grid(y > 6.0, 0.1, np.array([-15.0, -15.0])), footprint_discs())


def sweeper(*kerbs: Array) -> Sweeping:
    """Return the sweeper beside kerbs."""
    sweeping = SweeperConfig().navigator.sweeping
    assert sweeping is not None
    along: Kerbside | None = kerbside(kerbs) if kerbs else None
    return replace(sweeping, kerbside=along)


def gaps(plan: Plan, kerb: Array, zone: Polygon) -> Array:
    """Return how near a working brush comes to points of a kerb in a zone [m]."""
    places = LineString(kerb).intersection(zone.buffer(0.10))
    foot = shapely.line_interpolate_point(places, np.arange(0.05, places.length, 0.05))
    poses = plan.path[plan.working]
    spots = np.vstack([transform(pose, [(0.50, 0.36), (0.50, -0.36)]) for pose in poses])
    feet = shapely.get_coordinates(foot)
    away = np.hypot(*(feet[:, None] - spots).transpose(2, 0, 1))
    return np.asarray(away.min(axis=1) - 0.20)


@pytest.fixture(scope="module")
def plans() -> tuple[Plan, Plan]:
    """Return the plan for the zone as if there were no kerb, and with it."""
    space = ground()
    plain, led = (cover(ZONE, space, one, START).plan for one in (sweeper(), sweeper(NORTH)))
    return plain, led


def test_the_whole_kerb_of_a_zone_is_swept(plans: tuple[Plan, Plan]) -> None:
    """From end to end the brush passes within 2 cm; the plain plan leaves 6 cm and both ends."""
    plain, led = plans
    assert np.quantile(gaps(plain, NORTH, ZONE), 0.5) > 0.05
    assert gaps(led, NORTH, ZONE).max() < 0.02


def test_the_body_keeps_its_room_all_the_way(plans: tuple[Plan, Plan]) -> None:
    """Five centimetres between hard body and kerb; bristles bend by no more than 2 cm."""
    for pose in plans[1].path:
        assert transform(pose, hard_outline())[:, 1].max() < 5.95
    spots = np.vstack([transform(pose, [(0.5, 0.36), (0.5, -0.36)]) for pose in plans[1].path])
    assert spots[:, 1].max() < 5.82


def test_it_says_where_a_brush_is_led(plans: tuple[Plan, Plan]) -> None:
    """The kerb is led on the side where it is, also on the way back from its end."""
    plain, led = plans
    assert not plain.kerb_side.any()
    assert (led.kerb_side != 0.0).sum() > 100
    heading = np.cos(led.path[:, 2])
    assert (np.sign(heading) == led.kerb_side)[led.kerb_side != 0.0].all()


def test_passes_stay_in_the_zone_and_cost_little(plans: tuple[Plan, Plan]) -> None:
    """No working pose outside; two short passes and the ways to them, no more."""
    plain, led = plans
    assert shapely.intersects_xy(ZONE, *led.path[led.working][:, :2].T).all()
    lengths = [np.hypot(*np.diff(plan.path[:, :2], axis=0).T).sum() for plan in (plain, led)]
    assert lengths[1] < lengths[0] + 40.0


def test_the_same_plan_comes_out_again(plans: tuple[Plan, Plan]) -> None:
    """Bit for bit."""
    again = cover(ZONE, ground(), sweeper(NORTH), START).plan
    assert (again.path == plans[1].path).all()
    assert (again.kerb_side == plans[1].kerb_side).all()


def test_kerbs_of_other_zones_change_nothing() -> None:
    """A kerb far away: the plan is that without kerbs."""
    space, beyond = ground(), sweeper(np.add(NORTH, (0.0, 9.0)))
    plain, far = (cover(ZONE, space, one, START).plan for one in (sweeper(), beyond))
    assert (plain.path == far.path).all()
    assert (plain.working == far.working).all()
