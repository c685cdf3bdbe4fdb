"""What a world must be, so that robots and people can work in it; checked across sections."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from shapely import LinearRing, Point, Polygon, box, prepare, unary_union
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from robotics.core.config import Location, fault_at
from sim.world_model import Outline, Solid, World, Zone

ROBOT_RADIUS = 0.45
"""A place must keep this far from every solid, and be reachable for a disc of this radius [m]."""

RUN_UP = 1.3
"""A robot drives straight into a dock from so far before it [m]
(``robotics.planning.docking.DockingConfig.staging``)."""

WALKER_RADIUS = 0.25
"""A visitors' route must keep this far from every solid [m]."""


def check(path: Path, world: World) -> World:
    """Return the world with the solids cut out of its sweep zones.

    Raises:
        ConfigError: With the line of the first thing that is wrong.
    """
    _check_names(path, world)
    _check_bounds(path, world)
    obstacles = unary_union([Polygon(s.polygon) for s in world.solids if _in_the_way(world, s)])
    ground = unary_union([Polygon(paved.polygon) for paved in world.paving])
    zones = tuple(
        _cut(path, zone, ground, obstacles) if zone.kind == "sweep" else zone
        for zone in world.zones
    )
    world = replace(world, zones=zones)
    free = _largest(ground.buffer(-ROBOT_RADIUS).difference(obstacles.buffer(ROBOT_RADIUS)))
    _check_places(path, world, free, obstacles)
    _check_routes(path, world, ground.difference(obstacles.buffer(WALKER_RADIUS)))
    return world


_SECTIONS = {
    "lawn": "lawns",
    "kerb": "kerbs",
    "railing": "railings",
    "post": "railings",
    "wall": "walls",
    "bench": "benches",
    "lamp": "lamps",
    "pole": "lamps",
    "lotus": "lamps",
    "bin": "bins",
    "stall": "stalls",
    "awning": "stalls",
    "trunk": "trees",
    "canopy": "trees",
}
_ZONES = {"sweep": "zones", "keepout": "keepout", "slow": "slow"}


def _in_the_way(world: World, solid: Solid) -> bool:
    return solid.bottom < world.map.robot_height


def _check_names(path: Path, world: World) -> None:
    """Zones have names of their own whatever their kind; so have docks and places."""
    zones = [(zone.name, _ZONES[zone.kind]) for zone in world.zones]
    places = [(p.name, "docks" if p.kind.startswith("dock_") else "places") for p in world.places]
    for named in (zones, places):
        seen: dict[str, str] = {}
        for name, section in named:
            if name in seen:
                problem = f"'{name}' is also a name in '{seen[name]}'"
                raise fault_at(path, (section, name), problem, "rename one of them")
            seen[name] = section


def _check_bounds(path: Path, world: World) -> None:
    edge = box(*world.bounds)
    cure = f"bounds are {list(world.bounds)} [west, south, east, north]"
    shapes: list[tuple[Location, str, Outline]] = []
    shapes += [(("paving", i), p.name, p.polygon) for i, p in enumerate(world.paving)]
    shapes += [((_ZONES[z.kind], z.name), z.name, z.polygon) for z in world.zones]
    shapes += [((_SECTIONS.get(s.kind, "pavilion"),), s.name, s.polygon) for s in world.solids]
    for location, name, polygon in shapes:
        if not edge.covers(Polygon(polygon)):
            raise fault_at(path, location, f"'{name}' lies outside the bounds", cure)


def _cut(path: Path, zone: Zone, ground: BaseGeometry, obstacles: BaseGeometry) -> Zone:
    """Return a sweep zone without what stands in it; it must stay in one piece, on paving."""
    whole = Polygon(zone.polygon)
    location: Location = ("zones", zone.name)
    if not ground.buffer(1e-6).covers(whole):
        cure = "keep the zone within 'paving', or pave more"
        raise fault_at(path, location, f"zone '{zone.name}' leaves the paving", cure)
    rest = whole.difference(obstacles)
    if not isinstance(rest, Polygon) or rest.is_empty:
        pieces = len(getattr(rest, "geoms", ()))
        problem = f"solids cut zone '{zone.name}' into {pieces} pieces"
        raise fault_at(path, location, problem, "leave one piece, or make several zones")
    return replace(
        zone, polygon=_ring(rest.exterior), holes=tuple(_ring(hole) for hole in rest.interiors)
    )


def _ring(ring: LinearRing) -> Outline:
    points = [(float(x), float(y)) for x, y in ring.coords[:-1]]
    return tuple(points if ring.is_ccw else points[::-1])


def _largest(region: BaseGeometry) -> BaseGeometry:
    """Return the largest connected part."""
    parts: list[BaseGeometry] = list(getattr(region, "geoms", [region]))
    return max(parts, key=lambda part: part.area)


def _check_places(path: Path, world: World, free: BaseGeometry, obstacles: BaseGeometry) -> None:
    prepare(free)
    for place in world.places:
        dock = place.kind.startswith("dock_")
        location: Location = ("docks" if dock else "places", place.name)
        point = Point(place.pose[:2])
        if free.covers(point):
            continue
        where = f"({place.pose[0]:g}, {place.pose[1]:g})"
        if obstacles.covers(point):
            inside = next(s for s in world.solids if Polygon(s.polygon).covers(point))
            problem = f"'{place.name}' at {where} is inside '{inside.name}'"
        else:
            problem = f"'{place.name}' at {where} cannot be reached"
        cure = f"put it on paving, {ROBOT_RADIUS} m from every solid, joined to the rest"
        raise fault_at(path, location, problem, cure)
    _check_run_ups(path, world, free)
    for zone in world.zones:
        if zone.kind == "sweep" and not free.intersects(Polygon(zone.polygon, zone.holes)):
            cure = f"leave {2 * ROBOT_RADIUS} m between solids on the way to it"
            raise fault_at(path, ("zones", zone.name), f"'{zone.name}' cannot be reached", cure)


def _check_run_ups(path: Path, world: World, free: BaseGeometry) -> None:
    """A robot has to get before each dock, and stand there with its nose towards it."""
    for place in world.places:
        x, y, yaw = place.pose
        before = Point(x - RUN_UP * math.cos(yaw), y - RUN_UP * math.sin(yaw))
        if place.kind.startswith("dock_") and not free.covers(before):
            where = f"({before.x:.2g}, {before.y:.2g})"
            problem = f"no room before '{place.name}': {where} cannot be reached"
            cure = f"a robot drives in from there along the pose's yaw; keep {RUN_UP} m free"
            raise fault_at(path, ("docks", place.name), problem, cure)


def _check_routes(path: Path, world: World, free: BaseGeometry) -> None:
    prepare(free)
    for route in world.visitors.routes:
        line = LineString(route.line)
        if not free.covers(line):
            x, y = line.difference(free).representative_point().coords[0]
            raise fault_at(
                path,
                ("visitors", "routes", route.name),
                f"the route meets a solid or leaves the paving near ({x:.1f}, {y:.1f})",
                f"keep it {WALKER_RADIUS} m from every solid",
            )
    for spot in world.visitors.attractions:
        if not free.covers(Point(spot.position)):
            raise fault_at(
                path,
                ("visitors", "attractions", spot.name),
                f"nobody can stand at ({spot.position[0]:g}, {spot.position[1]:g})",
                f"keep it on paving, {WALKER_RADIUS} m from every solid",
            )
