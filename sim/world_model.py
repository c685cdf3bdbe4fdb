"""What a world is made of once its file is read: plain values, every size spelled out.

Everything is in the map frame: origin as the file chose it, x east, y north, z up, metres.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from robotics.core.errors import UnknownName
from sim.weather import Weather

Point = tuple[float, float]
Outline = tuple[Point, ...]
Pose = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Solid:
    """An upright prism that never moves."""

    name: str
    kind: str
    polygon: Outline
    """Convex, anticlockwise, the first corner not repeated [m]."""
    bottom: float
    top: float
    colour: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Kerb:
    """The foot of a kerb; the raised side is always on the left of the line (and is a solid)."""

    line: Outline
    height: float


@dataclass(frozen=True, slots=True)
class Paving:
    """Ground that may be driven and walked on (lawns lie on top of it)."""

    name: str
    polygon: Outline
    colour: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Zone:
    """An area with a meaning: ``kind`` is "sweep", "keepout" or "slow"."""

    name: str
    title: str
    kind: str
    polygon: Outline
    holes: tuple[Outline, ...] = ()
    speed: float = float("inf")
    """Speed limit in a "slow" zone [m/s]."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pose (x, y, yaw [rad]) with a name.

    ``kind`` is "dock_charge", "dock_water", "dock_tip", "greeter", "start" (``name`` is then the
    robot's) or "visitors".
    """

    name: str
    title: str
    kind: str
    pose: Pose


@dataclass(frozen=True, slots=True)
class Route:
    """A visitors' way through free space, from entry to exit; walkers keep within its width."""

    name: str
    line: Outline
    weight: float
    width: float


@dataclass(frozen=True, slots=True)
class Attraction:
    """Where ``share`` of those who pass within ``radius`` stop for ``dwell`` (least, most) [s]."""

    name: str
    position: Point
    radius: float
    dwell: tuple[float, float]
    share: float


@dataclass(frozen=True, slots=True)
class VisitorPlan:
    """Who comes, and which ways they take."""

    count: int
    families: float
    """Share of visitors who walk in a family, 0 … 1."""
    runners: int
    """Children who run about."""
    strollers: int
    routes: tuple[Route, ...]
    attractions: tuple[Attraction, ...]
    hands: float = 0.0
    """Share of those who stop before the greeter who would like to shake hands …"""
    questions: float = 0.0
    """… and who ask it something."""
    bumps: int = 0
    """Children who run into the greeter in one run."""


@dataclass(frozen=True, slots=True)
class Litter:
    """``pieces`` lie within ``radius`` of ``position``."""

    position: Point
    radius: float
    pieces: int


@dataclass(frozen=True, slots=True)
class Leaves:
    """Needles and leaves under a tree: ``density`` [g/m²] within ``radius`` [m]."""

    position: Point
    radius: float
    density: float


@dataclass(frozen=True, slots=True)
class DirtPlan:
    """What lies on the ground: dust [g/m²], ``kerb_factor`` times as much along kerbs."""

    dust: float
    kerb_factor: float
    kerb_width: float
    litter: tuple[Litter, ...]
    leaves: tuple[Leaves, ...]


@dataclass(frozen=True, slots=True)
class MapPlan:
    """How the site map is drawn."""

    resolution: float
    """Side of a cell [m]."""
    scan_resolution: float
    """Side of a cell of the layer that lidars are matched against [m]."""
    scan_heights: tuple[float, float]
    """Lowest and highest lidar plane [m]."""
    robot_height: float
    """What begins above is no obstacle [m]."""
    full_speed: float
    """The speed that 100 % in the speed mask stands for [m/s]."""
    georeference: tuple[float, float, float, float] | None = None
    """Latitude, longitude [°], height [m] of the origin; direction of x from east [°]."""


@dataclass(frozen=True, slots=True)
class World:
    """A place, fully spelled out."""

    name: str
    title: str
    bounds: tuple[float, float, float, float]
    """(west, south, east, north) [m]."""
    map: MapPlan
    paving: tuple[Paving, ...]
    solids: tuple[Solid, ...]
    kerbs: tuple[Kerb, ...]
    zones: tuple[Zone, ...]
    places: tuple[Place, ...]
    visitors: VisitorPlan
    dirt: DirtPlan
    weather: Weather = field(default_factory=Weather)

    def place(self, kind: str, name: str = "") -> Place:
        """Return the first place of ``kind`` (and ``name``, if given).

        Raises:
            UnknownName: There is none.
        """
        for place in self.places:
            if place.kind == kind and name in ("", place.name):
                return place
        available = [p.name if name else p.kind for p in self.places if not name or p.kind == kind]
        raise UnknownName(
            f"place of kind {kind}" if name else "kind of place", name or kind, available
        )
