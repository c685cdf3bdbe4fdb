"""The kerb benchmark's drives: along every kerb of the court, on a map that is wrong as it says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from shapely import LineString

from robotics.core.geometry import transform
from robotics.mapping.places import Site, load_site
from robotics.planning.profile import Pace
from sim.site_export import export_site
from sim.world import World, load_world

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))

from kerbside.drives import BRUSH, OFF, drives, mapped

Court = tuple[World, Site]


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Court:
    """Return the court, and the map of it that the robot is given."""
    world = load_world("kerbs")
    folder = tmp_path_factory.mktemp("court")
    export_site(mapped(world), folder)
    return world, load_site(folder)


def test_the_map_differs_only_by_shoes_and_the_last_kerb(court: Court) -> None:
    """All other kerbs and solids are where they are; that one is off by what ``OFF`` says."""
    world, site = court
    shown = mapped(world)
    assert shown.kerbs[:-1] == world.kerbs[:-1]
    off = np.array(shown.kerbs[-1].line) - np.array(world.kerbs[-1].line)
    assert off[:, 0] == pytest.approx(OFF[::-1])
    assert not off[:, 1].any()
    gone = {solid.name for solid in world.solids} - {solid.name for solid in shown.solids}
    assert len(gone) == 3 + len(world.kerbs[-1].line) - 1
    assert {"shoe_1", "shoe_2", "shoe_3"} <= gone
    assert len(site.kerbs) == len(world.kerbs)


def test_the_brush_of_every_drive_is_at_its_kerb(court: Court) -> None:
    """On the map, wherever a drive says that it follows a kerb: 1 cm, 1.5 mm more in bends."""
    _, site = court
    for drive in drives(site):
        plan = drive.plan(Pace(0.6, 0.45, 0.9))
        kerb = LineString(drive.line)
        at = plan.kerb_side != 0.0
        spots = [transform(p, (BRUSH.x, drive.side * BRUSH.y))[0] for p in plan.path[at]]
        gap = np.array([kerb.distance(LineString([s, s + 1e-9])) for s in spots]) - BRUSH.radius
        beside = gap < 0.05
        assert beside.mean() > 0.8, drive.name
        assert np.abs(gap[beside] - BRUSH.gap).max() < 0.04, drive.name
        assert np.quantile(np.abs(gap[beside] - BRUSH.gap), 0.95) < 0.003, drive.name
        assert plan.working.all()
