"""Furniture into convex prisms: from what a person wrote to what a ray or a wheel meets."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.weather import Weather
from sim.world_model import (
    Attraction,
    DirtPlan,
    Kerb,
    Leaves,
    Litter,
    MapPlan,
    Outline,
    Paving,
    Place,
    Point,
    Pose,
    Route,
    Solid,
    VisitorPlan,
    World,
    Zone,
)
from sim.world_schema import Pavilion, Stall, WorldFile

Colour = tuple[float, float, float, float]

STONE: Colour = (0.62, 0.61, 0.58, 1.0)
GRASS: Colour = (0.33, 0.50, 0.24, 1.0)
IRON: Colour = (0.20, 0.22, 0.24, 1.0)
WALL: Colour = (0.80, 0.76, 0.68, 1.0)
GRANITE: Colour = (0.70, 0.69, 0.67, 1.0)
LOTUS: Colour = (0.96, 0.93, 0.84, 1.0)
BIN: Colour = (0.16, 0.38, 0.30, 1.0)
CANVAS: Colour = (0.93, 0.90, 0.82, 1.0)
TILES: Colour = (0.83, 0.60, 0.18, 1.0)
LACQUER: Colour = (0.62, 0.17, 0.13, 1.0)
BARK: Colour = (0.35, 0.25, 0.18, 1.0)
NEEDLES: Colour = (0.13, 0.29, 0.17, 1.0)

_LAWN_BELOW_KERB = 0.01
"""Grass ends this much below the kerb stones round it, so that both can be seen [m]."""


def disc(centre: Point, radius: float, sides: int = 8) -> Outline:
    """Return a regular polygon whose corners lie on the circle, flat sides to the axes."""
    angles = [(2 * i + 1) * math.pi / sides for i in range(sides)]
    return tuple(
        (centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles
    )


def box(centre: Point, size: tuple[float, float], yaw: float = 0.0) -> Outline:
    """Return a rectangle of ``size`` (along, across) turned by ``yaw`` [rad]."""
    c, s = math.cos(yaw), math.sin(yaw)
    half = [(sx * size[0] / 2, sy * size[1] / 2) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return tuple((centre[0] + c * x - s * y, centre[1] + s * x + c * y) for x, y in half)


def strips(line: Outline, left: float, right: float, extend: float = 0.0) -> Iterator[Outline]:
    """Yield one rectangle for each piece of a line, ``left`` and ``right`` of it wide.

    Args:
        line: Corners of the course.
        left: Width on the left of the direction of travel [m].
        right: Width on its right [m].
        extend: How far each rectangle reaches beyond both ends, to close corners [m].
    """
    for (ax, ay), (bx, by) in pairwise(line):
        length = math.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length, (by - ay) / length
        ax, ay, bx, by = ax - extend * ux, ay - extend * uy, bx + extend * ux, by + extend * uy
        yield (
            (ax + right * uy, ay - right * ux),
            (bx + right * uy, by - right * ux),
            (bx - left * uy, by + left * ux),
            (ax - left * uy, ay + left * ux),
        )


class _Pile:
    """Solids on their way into a world; gives each a name of its own."""

    def __init__(self) -> None:
        self.solids: list[Solid] = []
        self._counts: dict[str, int] = {}

    def add(
        self, kind: str, polygon: Outline, span: tuple[float, float], colour: Colour, name: str = ""
    ) -> None:
        number = self._counts[kind] = self._counts.get(kind, 0) + 1
        self.solids.append(Solid(name or f"{kind}_{number}", kind, polygon, *span, colour))


def expand(name: str, file: WorldFile) -> World:
    """Return the world that ``file`` describes; nothing is checked across its sections here."""
    pile = _Pile()
    kerbs = _ground(pile, file)
    _barriers(pile, file)
    _furniture(pile, file)
    for stall in file.stalls:
        _stall(pile, stall)
    if file.pavilion is not None:
        _pavilion(pile, file.pavilion)
    edge, plan = file.bounds, file.map
    return World(
        name=name,
        title=file.title,
        bounds=(edge.west, edge.south, edge.east, edge.north),
        map=MapPlan(
            resolution=plan.resolution,
            scan_resolution=plan.scan_resolution,
            scan_heights=plan.scan_heights,
            robot_height=plan.robot_height,
            full_speed=plan.full_speed,
            georeference=plan.georeference,
        ),
        paving=tuple(Paving(p.name, p.outline(), (*p.colour, 1.0)) for p in file.paving),
        solids=tuple(pile.solids),
        kerbs=tuple(kerbs),
        zones=_zones(file),
        places=_places(file),
        visitors=_visitors(file),
        dirt=_dirt(file),
        weather=_weather(file),
    )


def _ground(pile: _Pile, file: WorldFile) -> list[Kerb]:
    kerbs = []
    for lawn in file.lawns:
        ring = (*lawn.outline(), lawn.outline()[0])
        pile.add("lawn", lawn.outline(), (0.0, lawn.height - _LAWN_BELOW_KERB), GRASS, lawn.name)
        for strip in strips(ring, 0.15, 0.0):
            pile.add("kerb", strip, (0.0, lawn.height), STONE)
        kerbs.append(Kerb(ring, lawn.height))
    for kerb in file.kerbs:
        line = kerb.points() if kerb.raised == "left" else kerb.points()[::-1]
        for strip in strips(line, kerb.width, 0.0):
            pile.add("kerb", strip, (0.0, kerb.height), STONE)
        kerbs.append(Kerb(line, kerb.height))
    return kerbs


def _barriers(pile: _Pile, file: WorldFile) -> None:
    for railing in file.railings:
        half = railing.thickness / 2
        for strip in strips(railing.points(), half, half, half):
            pile.add("railing", strip, (0.0, railing.height), IRON)
        for post in _along(railing.points(), railing.post_spacing):
            pile.add("post", box(post, (0.16, 0.16)), (0.0, railing.height + 0.12), STONE)
    for wall in file.walls:
        half = wall.thickness / 2
        for strip in strips(wall.points(), half, half, half):
            pile.add("wall", strip, (0.0, wall.height), WALL)


def _along(line: Outline, spacing: float) -> Iterator[Point]:
    """Yield points on each piece of a line, its ends included, ``spacing`` apart or a bit less."""
    for (ax, ay), (bx, by) in pairwise(line):
        count = max(1, math.ceil(math.hypot(bx - ax, by - ay) / spacing - 1e-9))
        for i in range(count):
            yield (ax + (bx - ax) * i / count, ay + (by - ay) * i / count)
    if line[0] != line[-1]:
        yield line[-1]


def _row(ends: tuple[Point, Point], every: float) -> Iterator[Point]:
    """Yield points every ``every`` metres from the first of ``ends``, not beyond the last."""
    (ax, ay), (bx, by) = ends
    length = math.hypot(bx - ax, by - ay)
    for i in range(math.floor(length / every + 1e-9) + 1):
        part = i * every / length
        yield (ax + (bx - ax) * part, ay + (by - ay) * part)


def _furniture(pile: _Pile, file: WorldFile) -> None:
    for bench in file.benches:
        yaw = math.radians(bench.yaw_deg)
        pile.add("bench", box(bench.at, (bench.length, bench.width), yaw), (0, bench.height), STONE)
    for lamps in file.lamps:
        points: Sequence[Point] = (*lamps.at, *(_row(lamps.row, lamps.every) if lamps.row else ()))
        for point in points:
            pile.add("lamp", disc(point, lamps.pedestal), (0.0, 1.2), GRANITE)
            pile.add("pole", disc(point, 0.08), (1.2, lamps.height), IRON)
            pile.add("lotus", disc(point, 0.3), (lamps.height - 0.2, lamps.height + 0.25), LOTUS)
    for one in file.bins:
        pile.add("bin", disc(one.at, one.radius), (0.0, one.height), BIN)
    for tree in file.trees:
        pile.add("trunk", disc(tree.at, tree.trunk), (0.0, 0.5 * tree.height), BARK)
        for part, (low, high) in ((1.0, (0.45, 0.65)), (0.75, (0.65, 0.85)), (0.4, (0.85, 1.0))):
            span = (low * tree.height, high * tree.height)
            pile.add("canopy", disc(tree.at, part * tree.crown), span, NEEDLES)


def _stall(pile: _Pile, stall: Stall) -> None:
    yaw = math.radians(stall.yaw_deg)
    body = box(stall.at, stall.size, yaw)
    pile.add("stall", body, (0.0, stall.height), (*stall.colour, 1.0), stall.name)
    if stall.awning:
        size = (stall.size[0] + 2 * stall.awning, stall.size[1] + 2 * stall.awning)
        pile.add("awning", box(stall.at, size, yaw), (stall.height, stall.height + 0.15), CANVAS)


def _pavilion(pile: _Pile, hall: Pavilion) -> None:
    low, high = hall.storeys
    pile.add("pavilion", disc(hall.centre, hall.core_radius), (0.0, low), LACQUER, hall.name)
    for corner in disc(hall.centre, hall.column_radius):
        pile.add("column", disc(corner, 0.25), (0.0, low), LACQUER)
    pile.add("eaves", disc(hall.centre, hall.eaves[0]), (low, low + 0.5), TILES)
    pile.add("storey", disc(hall.centre, 0.8 * hall.core_radius), (low + 0.5, high), WALL)
    pile.add("eaves", disc(hall.centre, hall.eaves[1]), (high, high + 0.5), TILES)
    pile.add("roof", disc(hall.centre, 0.55 * hall.eaves[1]), (high + 0.5, high + 1.5), TILES)
    pile.add("roof", disc(hall.centre, 0.2 * hall.eaves[1]), (high + 1.5, high + 2.8), TILES)


def _zones(file: WorldFile) -> tuple[Zone, ...]:
    sweep = [Zone(n, z.title, "sweep", z.outline()) for n, z in file.zones.items()]
    keepout = [Zone(n, "", "keepout", area.outline()) for n, area in file.keepout.items()]
    slow = [Zone(n, "", "slow", z.outline(), speed=z.speed) for n, z in file.slow.items()]
    return (*sweep, *keepout, *slow)


def _pose(pose: tuple[float, float, float]) -> Pose:
    return (pose[0], pose[1], math.radians(pose[2]))


def _places(file: WorldFile) -> tuple[Place, ...]:
    docks = {"charge": file.docks.charge, "water": file.docks.water, "tip": file.docks.tip}
    found = [
        Place(name, dock.title, f"dock_{name}", _pose(dock.pose))
        for name, dock in docks.items()
        if dock is not None
    ]
    found += [Place(n, p.title, p.kind, _pose(p.pose)) for n, p in file.places.items()]
    return tuple(found)


def _visitors(file: WorldFile) -> VisitorPlan:
    plan = file.visitors
    return VisitorPlan(
        count=plan.count,
        families=plan.families,
        runners=plan.runners,
        strollers=plan.strollers,
        routes=tuple(Route(n, r.line, r.weight, r.width) for n, r in plan.routes.items()),
        attractions=tuple(
            Attraction(n, a.at, a.radius, a.dwell, a.share) for n, a in plan.attractions.items()
        ),
        hands=plan.hands,
        questions=plan.questions,
        bumps=plan.bumps,
    )


def _dirt(file: WorldFile) -> DirtPlan:
    plan = file.dirt
    return DirtPlan(
        dust=plan.dust,
        kerb_factor=plan.kerb_factor,
        kerb_width=plan.kerb_width,
        litter=tuple(Litter(spot.at, spot.radius, spot.pieces) for spot in plan.litter),
        leaves=tuple(Leaves(t.at, 1.3 * t.crown, plan.leaves) for t in file.trees),
    )


def _weather(file: WorldFile) -> Weather:
    plan = file.weather
    showers = tuple((one.begin, one.end, one.rain) for one in plan.showers)
    return Weather(plan.temperature, plan.humidity, plan.wind, plan.radiation, showers)
