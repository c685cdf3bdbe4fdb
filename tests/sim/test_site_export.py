"""From a world to map files and back: the robots know what the world is, cell by cell."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from scipy.ndimage import label
from shapely import Polygon, contains_xy, unary_union
from shapely.geometry.base import BaseGeometry

from robotics.mapping.grid import Grid, distance_field
from robotics.mapping.places import Site, load_site
from sim.site_export import export_site
from sim.world import World, load_world, world_names

ROBOT_RADIUS = 0.45


Pair = tuple[World, Site, Path]


@pytest.fixture(scope="module", params=world_names())
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Return a world, what the robots read of it, and the folder between them."""
    world = load_world(request.param)
    folder = tmp_path_factory.mktemp("sites") / world.name
    export_site(world, folder)
    return world, load_site(folder), folder


def held(grid: Grid, shape: BaseGeometry) -> None:
    """Check that cells are set where their centres are in ``shape``.

    Looks at some thousand cells anywhere and some thousand along the edges of what is set, but not
    at those whose centre lies on the shape's very edge.
    """
    rng = np.random.default_rng(5)
    edges = np.argwhere(np.diff(grid.cells, axis=0)[:, :-1] | np.diff(grid.cells, axis=1)[:-1])
    anywhere = rng.integers(0, grid.cells.shape, (3000, 2))
    rows, cols = np.concatenate((anywhere, rng.choice(edges, 3000))).T
    centres = grid.centres()[rows, cols]
    sure = ~shapely.dwithin(shapely.points(centres), shape.boundary, 1e-6)
    inside = contains_xy(shape, centres[:, 0], centres[:, 1])
    assert_array_equal(grid.cells[rows, cols][sure], inside[sure])


def test_cells_are_occupied_where_solids_stand(pair: Pair) -> None:
    """At random cells, along all edges and inside solids, shapely says the same as the map."""
    world, site, _ = pair
    low = [Polygon(s.polygon) for s in world.solids if s.bottom < world.map.robot_height]
    held(site.occupied, unary_union(low))
    for solid in low[:: max(1, len(low) // 60)]:
        centre = solid.representative_point()
        assert site.occupied.value(centre.coords[0], False) or solid.area < 0.01


UNSEEN = ("bench", "kerb", "lawn")
"""Kinds of solids below every lidar."""


def test_lidars_see_what_is_tall_enough(pair: Pair) -> None:
    """Benches, kerbs and lawns are not on the scan layer; railings, bins and walls are."""
    world, site, _ = pair
    for solid in world.solids:
        inside = Polygon(solid.polygon).buffer(-0.4 * world.map.resolution)
        if inside.is_empty or solid.kind not in ("bench", "bin", "wall", "railing", "stall"):
            continue
        seen = site.scannable.value(inside.representative_point().coords[0], False)
        assert bool(seen) == (solid.top > world.map.scan_heights[0]), solid.name
    solids = unary_union([Polygon(s.polygon) for s in world.solids if s.kind not in UNSEEN])
    rows, cols = np.nonzero(site.scannable.cells)
    points = site.scannable.origin + site.scannable.resolution * (
        np.column_stack([cols, rows]) + 0.5
    )
    assert contains_xy(solids.buffer(1e-6), points).all()


def test_keepout_is_what_is_forbidden_or_unpaved(pair: Pair) -> None:
    """No robot may go into the sea, nor where the world says so."""
    world, site, _ = pair
    kept_out = unary_union([Polygon(z.polygon) for z in world.zones if z.kind == "keepout"])
    ground = unary_union([Polygon(p.polygon) for p in world.paving])
    west, south, east, north = world.bounds
    everything = Polygon([(west, south), (east, south), (east, north), (west, north)])
    held(site.keepout, everything.difference(ground).union(kept_out))


def test_speed_limits_come_back_in_metres_per_second(pair: Pair) -> None:
    """Slow zones hold their speed (to one percent of full speed); elsewhere there is no limit."""
    world, site, _ = pair
    slow = [z for z in world.zones if z.kind == "slow"]
    for zone in slow:
        point = Polygon(zone.polygon).representative_point().coords[0]
        assert float(site.speed_limit.value(point, 0.0)) == pytest.approx(
            zone.speed, abs=0.01 * world.map.full_speed
        )
    anywhere = unary_union([Polygon(z.polygon) for z in slow])
    limited = site.speed_limit.like(np.isfinite(site.speed_limit.cells))
    held(limited, anywhere)
    assert float(site.speed_limit.cells.min()) == min(z.speed for z in slow)


def test_zones_places_and_kerbs_come_back_whole(pair: Pair) -> None:
    """Names, kinds, titles, corners, holes, poses: nothing is lost on the way."""
    world, site, _ = pair
    assert site.name == world.name
    assert list(site.zones) == [z.name for z in world.zones]
    for zone in world.zones:
        read = site.zones[zone.name]
        assert (read.kind, read.title, read.speed) == (zone.kind, zone.title, zone.speed)
        assert_allclose(read.polygon, zone.polygon)
        assert [len(hole) for hole in read.holes] == [len(hole) for hole in zone.holes]
    assert [(p.name, p.kind, p.title, *p.pose) for p in world.places] == [
        (p.name, p.kind, p.title, *p.pose) for p in site.places.values()
    ]
    for kerb, line in zip(world.kerbs, site.kerbs, strict=True):
        assert_allclose(line, kerb.line)


def test_all_places_and_zones_are_joined(pair: Pair) -> None:
    """A disc of 0.45 m gets from the sweeper's start to every dock, place and sweep zone."""
    _, site, _ = pair
    free = (distance_field(site.occupied).cells > ROBOT_RADIUS) & ~site.keepout.cells
    regions = site.occupied.like(label(free)[0])
    home = int(regions.value(site.place("start", "sweeper").pose[:2], 0))
    assert home > 0
    for place in site.places.values():
        if place.kind != "visitors":  # they may stand where robots must not go
            assert int(regions.value(place.pose[:2], 0)) == home, place.name
    for zone in site.zones.values():
        if zone.kind == "sweep":
            inside = contains_xy(Polygon(zone.polygon, zone.holes), *_axes(regions))
            reached = inside & (regions.cells == home)
            assert np.count_nonzero(reached) > 0.5 * np.count_nonzero(inside), zone.name


def _axes(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    centres = grid.centres()
    return centres[..., 0], centres[..., 1]


def test_the_files_are_what_other_tools_expect(pair: Pair) -> None:
    """Grey PNGs whose top is the north, and plain GeoJSON with closed rings."""
    world, site, folder = pair
    for name in ("site", "scan", "keepout", "speed"):
        with Image.open(folder / f"{name}.png") as image:
            assert image.mode == "L"
            grid = site.scannable if name == "scan" else site.occupied
            assert image.size == grid.cells.shape[::-1]
    with Image.open(folder / "site.png") as image:
        assert_array_equal(np.asarray(image)[::-1] == 0, site.occupied.cells)
    tree = json.loads((folder / "places.geojson").read_text(encoding="utf-8"))
    assert tree["type"] == "FeatureCollection"
    kinds = {feature["geometry"]["type"] for feature in tree["features"]}
    assert kinds == {"Point", "Polygon", "LineString"}
    for feature in tree["features"]:
        if feature["geometry"]["type"] == "Polygon":
            assert all(ring[0] == ring[-1] for ring in feature["geometry"]["coordinates"])
    assert world.title


def test_an_export_is_the_same_twice(tmp_path: Path) -> None:
    """Bit for bit, so that a recording can name its map by a hash."""
    for folder in ("a", "b"):
        export_site(load_world("yard"), tmp_path / folder)
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
