"""What a person writes in a world file: the schema, with every size in metres.

Angles end in ``_deg``. An area is given as exactly one of ``rect: [west, south, east, north]``,
``polygon: [[x, y], …]`` or ``arc`` (closed by its chord); a course as one of ``line`` or ``arc``.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from shapely import Polygon, is_valid_reason

from robotics.core.config import Schema

Number = Annotated[float, Field(allow_inf_nan=False)]
Length = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Point = tuple[Number, Number]
Outline = tuple[Point, ...]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Colour = tuple[Share, Share, Share]


def _simple(outline: Outline) -> Outline:
    shape = Polygon(outline)
    if not shape.is_valid:
        raise ValueError(f"the polygon crosses itself: {is_valid_reason(shape)}")
    if shape.area < 1e-6:
        raise ValueError("the polygon has no area")
    return outline


def _ordered(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(f"give [least, most]; {pair[0]} is more than {pair[1]}")
    return pair


def _one_of(entry: Schema, *names: str) -> None:
    given = [name for name in names if getattr(entry, name) is not None]
    if len(given) != 1:
        raise ValueError(f"give exactly one of {', '.join(names)}; found {given or 'none'}")


class Arc(Schema):
    """A piece of a circle, run from ``from_deg`` to ``to_deg`` (anticlockwise if rising)."""

    centre: Point
    radius: Length
    from_deg: Number = 0.0
    to_deg: Number = 360.0
    sides: Annotated[int, Field(ge=2, le=360)] = 24

    def points(self) -> Outline:
        """Return ``sides + 1`` points of the arc, both ends included."""
        start, turn = math.radians(self.from_deg), math.radians(self.to_deg - self.from_deg)
        angles = [start + turn * i / self.sides for i in range(self.sides + 1)]
        x, y = self.centre
        return tuple((x + self.radius * math.cos(a), y + self.radius * math.sin(a)) for a in angles)


class Area(Schema):
    """A surface: a rectangle, a polygon, or the part of a disc that an arc cuts off."""

    rect: tuple[Number, Number, Number, Number] | None = None
    polygon: Annotated[Outline, Field(min_length=3), AfterValidator(_simple)] | None = None
    arc: Arc | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        _one_of(self, "rect", "polygon", "arc")
        if self.rect and not (self.rect[0] < self.rect[2] and self.rect[1] < self.rect[3]):
            raise ValueError(f"rect {list(self.rect)} must be [west, south, east, north]")
        return self

    def outline(self) -> Outline:
        """Return the corners, anticlockwise, the first not repeated."""
        if self.rect:
            west, south, east, north = self.rect
            return ((west, south), (east, south), (east, north), (west, north))
        points = self.polygon or (self.arc.points() if self.arc else ())
        if math.dist(points[0], points[-1]) < 1e-9:
            points = points[:-1]
        return points if Polygon(points).exterior.is_ccw else points[::-1]


class Course(Schema):
    """A line along the ground."""

    line: Annotated[Outline, Field(min_length=2)] | None = None
    arc: Arc | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        _one_of(self, "line", "arc")
        if any(math.dist(a, b) < 1e-6 for a, b in pairwise(self.points())):
            raise ValueError("two neighbouring points of the line are the same")
        return self

    def points(self) -> Outline:
        """Return the corners of the course, in order."""
        return self.line or (self.arc.points() if self.arc else ())


class Bounds(Schema):
    """The edge of the map; nothing may lie outside."""

    west: Number
    south: Number
    east: Number
    north: Number

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not (self.west < self.east and self.south < self.north):
            raise ValueError("west must be less than east, and south less than north")
        return self


class MapSettings(Schema):
    """How the site map is drawn."""

    resolution: Annotated[float, Field(ge=0.01, le=1.0)] = 0.1
    scan_resolution: Annotated[float, Field(ge=0.01, le=1.0)] = 0.05
    scan_heights: Annotated[tuple[Length, Length], AfterValidator(_ordered)] = (0.6, 0.91)
    robot_height: Length = 1.3
    full_speed: Length = 1.2
    georeference: tuple[float, float, float, float] | None = None
    """Latitude, longitude [°], height [m] of the origin; direction of x from east [°]."""


class Paving(Area):
    """Ground that may be walked on; all else is sea or street."""

    name: Name
    colour: Colour = (0.72, 0.70, 0.66)


class Lawn(Area):
    """A convex bed of grass, raised behind a kerb on every side."""

    name: Name
    height: Length = 0.12

    @model_validator(mode="after")
    def _check_convex(self) -> Self:
        shape = Polygon(self.outline())
        if shape.convex_hull.area > shape.area * (1.0 + 1e-9):
            raise ValueError("a lawn must be convex; give it as two")
        return self


class Kerb(Course):
    """A kerb; ``raised`` tells on which side, walking along the line, the ground is higher."""

    raised: Literal["left", "right"] = "left"
    height: Length = 0.12
    width: Length = 0.15


class Railing(Course):
    """Posts and chains: one thin panel, because no robot may pass between the chains."""

    post_spacing: Length = 2.5
    height: Length = 1.1
    thickness: Length = 0.12


class Wall(Course):
    """A plain wall."""

    height: Length = 1.5
    thickness: Length = 0.2


class Bench(Schema):
    """A stone bench."""

    at: Point
    yaw_deg: Number = 0.0
    length: Length = 1.6
    width: Length = 0.45
    height: Length = 0.45


class Lamps(Schema):
    """Lamp posts with lotus heads: at single points, or in a row."""

    at: Outline = ()
    row: tuple[Point, Point] | None = None
    every: Length = 20.0
    pedestal: Length = 0.22
    height: Length = 4.2

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.at and self.row is None:
            raise ValueError("give 'at' (points) or 'row' (first and last point)")
        if self.row is not None and self.row[0] == self.row[1]:
            raise ValueError("the two ends of 'row' are the same")
        return self


class Bin(Schema):
    """A round litter bin."""

    at: Point
    radius: Length = 0.28
    height: Length = 1.05


class Stall(Schema):
    """A box: a stall, a kiosk, a booth, a cabinet; with an awning if wished."""

    name: Name
    at: Point
    size: tuple[Length, Length] = (2.4, 1.6)
    yaw_deg: Number = 0.0
    height: Length = 2.3
    awning: Amount = 0.0
    colour: Colour = (0.75, 0.35, 0.25)


class Pavilion(Schema):
    """An octagonal two-storey pavilion with double eaves, and a ring of columns."""

    name: Name
    centre: Point
    core_radius: Length = 5.6
    column_radius: Length = 7.4
    eaves: tuple[Length, Length] = (8.8, 6.4)
    storeys: tuple[Length, Length] = (4.2, 7.6)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.core_radius < self.column_radius < self.eaves[0]:
            raise ValueError("core_radius < column_radius < eaves[0] must hold")
        return self


class Tree(Schema):
    """A black pine."""

    at: Point
    trunk: Length = 0.16
    crown: Length = 1.9
    height: Length = 5.0


class Slow(Area):
    """Where robots go slowly; ``speed`` in m/s."""

    speed: Length


class Zone(Area):
    """An area to sweep; solids that stand in it are cut out."""

    title: str


class Dock(Schema):
    """A station of the sweeper; ``pose`` is [x, y, yaw in degrees]."""

    title: str = ""
    pose: tuple[Number, Number, Number]


class Docks(Schema):
    """The three stations of the sweeper."""

    charge: Dock
    water: Dock | None = None
    tip: Dock | None = None


class Place(Dock):
    """A named place."""

    kind: Literal["greeter", "start", "visitors"]


class Route(Schema):
    """A way that visitors take, from where they come in to where they go out."""

    line: Annotated[Outline, Field(min_length=2)]
    weight: Length = 1.0
    width: Length = 3.0


class Attraction(Schema):
    """Something to stop at; ``share`` of those who pass do, for ``dwell`` [least, most] seconds."""

    at: Point
    radius: Length = 2.0
    dwell: Annotated[tuple[Amount, Amount], AfterValidator(_ordered)]
    share: Share = 0.5


class Visitors(Schema):
    """Who is there."""

    count: Annotated[int, Field(ge=0, le=500)]
    families: Share = 0.3
    runners: Annotated[int, Field(ge=0)] = 0
    strollers: Annotated[int, Field(ge=0)] = 0
    routes: dict[Name, Route]
    attractions: dict[Name, Attraction] = Field(default_factory=dict)
    hands: Share = 0.0
    """Of those who stop before the greeter, who would like to shake hands."""
    questions: Share = 0.0
    """Of those who stop before the greeter, who ask it something."""
    bumps: Annotated[int, Field(ge=0, le=20)] = 0
    """Children who run into the greeter in one run."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.count and not self.routes:
            raise ValueError("visitors need at least one route")
        return self


class Litter(Schema):
    """Where people leave things: ``pieces`` within ``radius``."""

    at: Point
    radius: Length = 2.0
    pieces: Annotated[int, Field(ge=1, le=1000)] = 10


class Dirt(Schema):
    """What lies on the ground: ``dust`` [g/m²], more of it in a strip along kerbs, leaves."""

    dust: Amount = 20.0
    kerb_factor: Annotated[float, Field(ge=1.0, le=100.0)] = 4.0
    kerb_width: Length = 0.4
    leaves: Amount = 15.0
    litter: tuple[Litter, ...] = ()


Wind = Annotated[float, Field(ge=-4.0, le=4.0)]


class Shower(Schema):
    """Rain ``begin`` seconds after the start, until ``end``, ``rain`` [mm/h]."""

    begin: Amount
    end: Amount
    rain: Length


class Weather(Schema):
    """Of the air [°C], relative humidity, ``wind`` towards [east, north] [m/s], sun [W/m²]."""

    temperature: Annotated[float, Field(ge=-30.0, le=50.0)] = 22.0
    humidity: Share = 0.65
    wind: tuple[Wind, Wind] = (1.5, 1.5)
    radiation: Annotated[float, Field(ge=0.0, le=1000.0)] = 300.0
    showers: tuple[Shower, ...] = ()


class WorldFile(Schema):
    """A world file."""

    title: str
    bounds: Bounds
    map: MapSettings = MapSettings()
    paving: Annotated[tuple[Paving, ...], Field(min_length=1)]
    lawns: tuple[Lawn, ...] = ()
    kerbs: tuple[Kerb, ...] = ()
    railings: tuple[Railing, ...] = ()
    walls: tuple[Wall, ...] = ()
    benches: tuple[Bench, ...] = ()
    lamps: tuple[Lamps, ...] = ()
    bins: tuple[Bin, ...] = ()
    stalls: tuple[Stall, ...] = ()
    pavilion: Pavilion | None = None
    trees: tuple[Tree, ...] = ()
    keepout: dict[Name, Area] = Field(default_factory=dict)
    slow: dict[Name, Slow] = Field(default_factory=dict)
    zones: dict[Name, Zone]
    docks: Docks
    places: dict[Name, Place]
    visitors: Visitors
    dirt: Dirt = Dirt()
    weather: Weather = Weather()
