"""A zone is judged when the sweeper works in it, not when it passes through."""

import numpy as np
import pytest

from sim.swept import SweptMask
from sim.swept_zones import SweptZones
from sim.world import World, load_world


@pytest.fixture(scope="module")
def world() -> World:
    """The pier: five sweep zones."""
    return load_world("zhanqiao")


def _zones(world: World) -> SweptZones:
    return SweptZones(world, {z.name: z for z in world.zones if z.kind == "sweep"})


def _drive(
    zones: SweptZones, start: tuple[float, float], seconds: float, since: float = 0.0
) -> None:
    """Drive west to east at 0.8 m/s with brushes on."""
    for k in range(int(seconds * 20)):
        zones.mark(np.array([start[0] + 0.04 * k, start[1], 0.0]), since + 0.05 * k)


def test_before_any_work_the_first_zone_stands_unswept(world: World) -> None:
    """The figures are zero, not absent."""
    zones = _zones(world)
    assert zones.names == ("huatan",)
    assert zones.share("covered_fraction") == 0.0


def test_the_zone_worked_in_is_judged(world: World) -> None:
    """A lane through the western plaza; a zone nobody was in does not count."""
    zones = _zones(world)
    _drive(zones, (-21.0, 9.0), 12.0)
    assert zones.names == ("xipian",)
    alone = SweptMask(world, next(z for z in world.zones if z.name == "xipian"))
    for k in range(240):
        alone.mark(np.array([-21.0 + 0.04 * k, 9.0, 0.0]), 0.05 * k)
    assert zones.share("covered_fraction") == pytest.approx(alone.covered_fraction)
    assert zones.swept_area == pytest.approx(alone.swept_area)


def test_passing_through_for_two_seconds_is_no_work(world: World) -> None:
    """Otherwise every transit would spoil the figures."""
    zones = _zones(world)
    _drive(zones, (-21.0, 9.0), 12.0)
    for k in range(40):
        zones.mark(np.array([24.0 + 0.04 * k, 6.0, 0.0]), 20.0 + 0.05 * k)
    assert zones.names == ("xipian",)


def test_two_zones_are_weighted_by_their_size(world: World) -> None:
    """The larger zone counts for more."""
    zones = _zones(world)
    _drive(zones, (-21.0, 9.0), 12.0)
    _drive(zones, (21.0, 6.0), 8.0, since=30.0)
    assert zones.names == ("xipian", "binhai")
    masks = {z.name: SweptMask(world, z) for z in world.zones if z.name in zones.names}
    reachable = {name: mask.reachable.sum() for name, mask in masks.items()}
    swept = zones.share("covered_fraction") * sum(reachable.values())
    assert swept > 0.0
    assert zones.share("covered_fraction") < 0.5
