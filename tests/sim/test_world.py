"""Worlds: what loads is a place to work in, and what is wrong says so with its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from shapely import LineString, MultiPoint, Point, Polygon, unary_union
from shapely.geometry.base import BaseGeometry

from robotics.core.errors import ConfigError, UnknownName
from sim.world import World, load_world, world_names

YARD = (Path(__file__).parents[2] / "sim" / "worlds" / "yard.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pier() -> World:
    """Return the pier."""
    return load_world("zhanqiao")


def footprints(world: World, *kinds: str) -> BaseGeometry:
    """Return the ground under the solids of these kinds; without kinds, of all in a robot's way."""
    wanted = [s for s in world.solids if (s.kind in kinds if kinds else s.bottom < 1.3)]
    return unary_union([Polygon(s.polygon) for s in wanted])


@pytest.mark.parametrize("name", world_names())
def test_every_solid_is_a_convex_prism(name: str) -> None:
    """A physics engine takes only convex hulls: each solid is its own, with height."""
    for solid in load_world(name).solids:
        shape = Polygon(solid.polygon)
        assert shape.exterior.is_ccw
        assert shape.is_valid
        assert shape.area == pytest.approx(shape.convex_hull.area, rel=1e-9)
        assert 0.0 <= solid.bottom < solid.top
        assert all(0.0 <= part <= 1.0 for part in solid.colour)


@pytest.mark.parametrize("name", world_names())
def test_solids_have_names_of_their_own(name: str) -> None:
    """A contact report names the thing that was touched."""
    names = [solid.name for solid in load_world(name).solids]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", world_names())
def test_kerbs_are_raised_on_their_left(name: str) -> None:
    """A point 5 cm to the left of a kerb's line is in a kerb, 5 cm to the right is on paving."""
    world = load_world(name)
    raised = footprints(world, "kerb", "lawn")
    for kerb in world.kerbs:
        (ax, ay), (bx, by) = kerb.line[:2]
        length = math.hypot(bx - ax, by - ay)
        middle = ((ax + bx) / 2, (ay + by) / 2)
        step = (-(by - ay) / length * 0.05, (bx - ax) / length * 0.05)
        assert raised.covers(Point(middle[0] + step[0], middle[1] + step[1]))
        assert not raised.intersects(Point(middle[0] - step[0], middle[1] - step[1]))
        assert kerb.height == 0.12 or (name == "kerbs" and 0.0 < kerb.height < 0.12)


def test_the_pier_has_its_real_size(pier: World) -> None:
    """8 m clear between the railings, 440 m long, ending at an octagon with a way round it."""
    panels = footprints(pier, "railing")
    for y in (-3.0, -220.0, -437.0):
        across = LineString([(-4.9, y), (4.9, y)]).intersection(panels)
        inner = [x for part in across.geoms for x, _ in part.coords if abs(x) < 4.05]
        assert max(inner) - min(inner) == pytest.approx(8.0, abs=0.01)
    deck = next(p for p in pier.paving if p.name == "pier")
    assert min(y for _, y in deck.polygon) == pytest.approx(-440, abs=1.5)
    hall = next(s for s in pier.solids if s.kind == "pavilion")
    assert len(hall.polygon) == 8
    centre = Polygon(hall.polygon).centroid
    columns = footprints(pier, "column", "pavilion")
    ring = Point(centre).buffer(9.5).exterior
    assert ring.distance(footprints(pier)) > 1.0
    assert ring.distance(columns) < 2.5


def test_the_railing_leaves_no_gap(pier: World) -> None:
    """From the deck, no way of any width leads into the sea on either side."""
    panels = footprints(pier, "railing")
    for x in (-4.5, 4.5):
        beyond = LineString([(0.0, -0.5), (0.0, -439.0), (x, -439.0), (x, -0.5)])
        assert beyond.intersects(panels)
    for side in (-4.06, 4.06):
        assert panels.covers(LineString([(side, 0.0), (side, -439.9)]))


def test_zones_are_as_large_as_intended(pier: World) -> None:
    """The first zone fits a run of five minutes; the others are small, middling and large."""
    area = {z.name: Polygon(z.polygon, z.holes).area for z in pier.zones if z.kind == "sweep"}
    assert next(iter(area)) == "huatan"
    assert 90 <= area["huatan"] <= 110
    assert 60 <= area["binhai"] <= 80
    assert 110 <= area["xipian"] <= 130
    assert 270 <= area["zhongting"] <= 310
    assert 100 <= area["qiaotou"] <= 150
    charge = Point(pier.place("dock_charge").pose[:2])
    first = next(z for z in pier.zones if z.name == "huatan")
    assert Polygon(first.polygon).distance(charge) < 5.0


def test_the_first_zone_lies_along_a_kerb_and_lets_people_pass(pier: World) -> None:
    """One side is a kerb's foot; on the others 2 m are free beside the zone."""
    zone = Polygon(next(z for z in pier.zones if z.name == "huatan").polygon)
    kerbs = unary_union([LineString(k.line) for k in pier.kerbs])
    assert zone.exterior.intersection(kerbs).length == pytest.approx(12.0)
    west, south, east, _ = zone.bounds
    blocked = footprints(pier)
    for beside in (
        LineString([(west - 1.0, south), (west - 1.0, 12.0)]),
        LineString([(west, south - 1.0), (east, south - 1.0)]),
        LineString([(east + 1.0, south), (east + 1.0, 12.0)]),
    ):
        assert beside.distance(blocked) > 0.999


def test_solids_are_cut_out_of_zones(pier: World) -> None:
    """Sweep zones hold no solid, their rings run the right way, and lamps in them are holes."""
    blocked = footprints(pier)
    for zone in pier.zones:
        shape = Polygon(zone.polygon, zone.holes)
        assert shape.exterior.is_ccw
        if zone.kind == "sweep":
            assert shape.intersection(blocked).area < 1e-6
    assert len(next(z for z in pier.zones if z.name == "zhongting").holes) == 2


@pytest.mark.parametrize("name", world_names())
def test_visitors_stream_by_the_greeter(name: str) -> None:
    """Most routes, by weight, pass within 3 m of the greeter, and none runs into it."""
    world = load_world(name)
    if not world.visitors.routes:
        pytest.skip("nobody walks there")
    greeter = Point(world.place("greeter").pose[:2])
    distance = {r.name: LineString(r.line).distance(greeter) for r in world.visitors.routes}
    near = sum(r.weight for r in world.visitors.routes if distance[r.name] <= 3.0)
    assert near >= 0.6 * sum(r.weight for r in world.visitors.routes)
    assert min(distance.values()) >= 1.0


@pytest.mark.parametrize("name", world_names())
def test_no_solid_is_seen_by_one_lidar_only(name: str) -> None:
    """The two robots' scan planes meet the same solids, so one map serves both."""
    world = load_world(name)
    low, high = world.map.scan_heights
    for solid in world.solids:
        assert not low < solid.top < high
        assert not low < solid.bottom < high


def test_the_yard_is_what_the_tests_expect() -> None:
    """Small, walled, one zone of 12 m², four visitors."""
    yard = load_world("yard")
    walls = MultiPoint([c for s in yard.solids if s.kind == "wall" for c in s.polygon])
    assert walls.envelope.area == pytest.approx(14.2 * 10.2, rel=0.01)
    (zone,) = [z for z in yard.zones if z.kind == "sweep"]
    assert Polygon(zone.polygon).area == pytest.approx(12.0)
    assert yard.visitors.count == 4
    assert yard.place("start", "sweeper").pose[2] == pytest.approx(math.pi / 2)
    with pytest.raises(UnknownName, match="available: greeter, sweeper"):
        yard.place("start", "dog")


def test_an_unknown_world_lists_those_there_are() -> None:
    """A slip of the finger gets the right name back."""
    known = "did you mean 'zhanqiao'\\? available: kerbs, yard, zhanqiao"
    with pytest.raises(UnknownName, match=known):
        load_world("zhanqiaoo")
    with pytest.raises(ConfigError, match="No such file"):
        load_world("nowhere/park.yaml")


# what is replaced in the yard, by what, and the error; LINE is the line of the replacement
FAULTS = {
    "unknown key": ("benches:", "bensches:", r"LINE \(bensches\): unknown key.*'benches'"),
    "unknown kind": ("kind: greeter", "kind: greter", r"LINE .*kind\): 'greter'.*'greeter'"),
    "negative size": ("height: 1.5", "height: -1.5", r"LINE .*: -1\.5 .*greater than 0"),
    "not finite": ("[5.8, -3.8]", "[.nan, -3.8]", r"LINE .*finite"),
    "crossing": (
        "rect: [0.5, 0.5, 4.5, 3.5]",
        "polygon: [[0, 0], [2, 2], [2, 0], [0, 2]]",
        r"LINE \(zones\.small\.polygon\).*crosses itself: self-intersection\[1 1\]",
    ),
    "turned rect": ("[0.5, 0.5, 4.5, 3.5]", "[4.5, 0.5, 0.5, 3.5]", r"LINE .*\[west, south"),
    "two shapes": (
        "rect: [0.5, 0.5, 4.5, 3.5]",
        "rect: [0, 0, 1, 1], arc: {centre: [0, 0], radius: 1}",
        r"LINE .*exactly one of rect, polygon, arc",
    ),
    "zone out of bounds": (
        "rect: [-6.5, -4.5, -4.0, -2.5]",
        "rect: [-9.5, -4.5, -4.0, -2.5]",
        r"LINE \(slow\.gate\): 'gate' lies outside the bounds; bounds are \[-7\.5, -5\.5",
    ),
    "zone off paving": (
        "[0.5, 0.5, 4.5, 3.5]",
        "[0.5, 0.5, 7.4, 3.5]",
        r"LINE \(zones\.small\): zone 'small' leaves the paving",
    ),
    "zone in pieces": (
        "rect: [0.5, 0.5, 4.5, 3.5]",
        "rect: [-6.0, -0.1, -5.0, 0.1]",
        r"LINE \(zones\.small\): solids cut zone 'small' into 2 pieces",
    ),
    "place in a solid": (
        "pose: [-4.5, 0.0, 180]",
        "pose: [-5.5, 0.0, 180]",
        r"LINE \(places\.bench\): 'bench' at \(-5\.5, 0\) is inside 'bench_1'",
    ),
    "dock in a corner": (
        "pose: [3.0, -3.5, -90]}\n\nplaces",
        "pose: [6.6, -3.5, -90]}\n\nplaces",
        r"LINE \(docks\.charge\): 'charge' at \(6\.6, -3\.5\) cannot be reached",
    ),
    "dock with its back to a wall": (
        "pose: [3.0, -3.5, -90]}\n\nplaces",
        "pose: [3.0, -3.5, 90]}\n\nplaces",
        r"LINE \(docks\.charge\): no room before 'charge': \(3, -4\.8\) cannot be reached",
    ),
    "route through a wall": (
        "[[-1.0, -4.0], [-1.0, 2.5]]",
        "[[-1.0, -4.0], [-1.0, 4.5]]",
        r"LINE \(visitors\.routes\.west_side\): the route meets a solid",
    ),
    "attraction in a wall": ("at: [-1.4, 1.0]", "at: [-7.0, 1.0]", r"LINE .*nobody can stand"),
    "same name twice": (
        "gate: {rect",
        "small: {rect",
        r"LINE \(slow\.small\): 'small' is also a name",
    ),
    "dwell": ("dwell: [4, 10]", "dwell: [10, 4]", r"LINE .*10\.0 is more than 4\.0"),
    "share": ("share: 0.8", "share: 1.8", r"LINE .*less than or equal to 1"),
    "missing": ("docks:\n  charge:", "docks:\n  water:", r"LINE .*'charge' is missing"),
    "curved lawn": (
        "benches:",
        "lawns: [{name: l, polygon: [[0, 0], [4, 0], [4, 4], [3, 1]]}]\nbenches:",
        r"LINE .*a lawn must be convex",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_world_names_line_value_and_cure(tmp_path: Path, fault: str) -> None:
    """Every fault is found, and its text leads to the line and to what is allowed."""
    old, new, text = FAULTS[fault]
    assert YARD.count(old) >= 1
    path = tmp_path / "park.yaml"
    changed = YARD.replace(old, new, 1)
    path.write_text(changed, encoding="utf-8")
    line = changed[: changed.index(new)].count("\n") + 1
    text = text.replace("LINE", f"line {line}")
    with pytest.raises(ConfigError, match=text) as caught:
        load_world(path)
    assert str(caught.value).startswith(str(path))
