"""A site as the robots know it: map layers, zones, places and kerbs, read from open formats.

A folder holds ``site.yaml`` (what a robot would hit), ``scan.yaml`` (what a lidar sees),
``keepout.yaml`` and ``speed.yaml`` (Nav2's filter masks), each in the ROS map_server format, and
``places.geojson``: points (``kind``, ``yaw`` in radians), polygons (sweep, keepout and slow zones)
and lines (kerbs) in metres of the map frame. All but ``site.yaml`` and ``places.geojson`` may be
left out. ``georeference`` in ``site.yaml`` says where on Earth the map's origin is, and how far its
x axis is turned from east: ``[latitude, longitude, height, yaw]`` in degrees and metres.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from shapely import Polygon, is_valid_reason

from robotics.core.arrays import Array, frozen
from robotics.core.errors import MapError, UnknownName
from robotics.core.georeference import SiteOrigin
from robotics.mapping.grid import UNKNOWN, Grid, polygon_mask, read_map

ZONE_KINDS = ("sweep", "keepout", "slow")
PLACE_KINDS = ("dock_charge", "dock_water", "dock_tip", "greeter", "start", "visitors")
KERB_KIND = "kerb"

OCCUPIED = 65
"""From this occupancy on, of 100, a cell is an obstacle (the threshold of map_server)."""


@dataclass(frozen=True, slots=True)
class Zone:
    """An area with a meaning."""

    name: str
    title: str
    kind: str
    """One of ``ZONE_KINDS``."""
    polygon: Array
    """Corners (k, 2), anticlockwise, the first not repeated [m; map]."""
    holes: tuple[Array, ...] = ()
    speed: float = math.inf
    """Speed limit in a slow zone [m/s]."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pose with a name; a place of kind "start" bears the name of its robot."""

    name: str
    title: str
    kind: str
    """One of ``PLACE_KINDS``."""
    pose: Array
    """(x, y, yaw) [m, rad; map]."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the robots work. All layers have the same cells."""

    name: str
    occupied: Grid
    """bool: static obstacles at any height that a robot would hit, and what is unknown."""
    scannable: Grid
    """bool: what a lidar sees."""
    keepout: Grid
    """bool: where no robot may go."""
    speed_limit: Grid
    """float: [m/s], infinite where there is none."""
    zones: Mapping[str, Zone]
    places: Mapping[str, Place]
    kerbs: tuple[Array, ...]
    """Feet of kerbs, polylines (k, 2); the raised side is on the left [m; map]."""
    origin: SiteOrigin | None = None
    """Where the map lies on Earth; None if nobody has said it."""

    def zone(self, name: str = "") -> Zone:
        """Return the sweep zone called ``name``, or the first one.

        Raises:
            UnknownName: There is none of that name, or none at all.
        """
        sweep = [zone for zone in self.zones.values() if zone.kind == "sweep"]
        for zone in sweep:
            if name in ("", zone.name):
                return zone
        raise UnknownName("sweep zone", name, [zone.name for zone in sweep])

    def place(self, kind: str, name: str = "") -> Place:
        """Return the place of ``kind`` called ``name``, or the first one of its kind.

        Raises:
            UnknownName: There is none.
        """
        found = [place for place in self.places.values() if place.kind == kind]
        for place in found:
            if name in ("", place.name):
                return place
        raise UnknownName(f"place of kind {kind}", name, [place.name for place in found])


def load_site(folder: Path) -> Site:
    """Read the map files of a site.

    Raises:
        MapError: A file is missing or broken, the layers do not fit each other, nothing is free,
            or a zone or place is not one that can be used.
    """
    path = folder / "site.yaml"
    base, keys = read_map(path)
    occupied = base.like((base.cells >= OCCUPIED) | (base.cells == UNKNOWN))
    if occupied.cells.all():
        raise MapError(path, "", "no cell is free", "check negate and the thresholds")
    scannable = _scan_layer(folder / "scan.yaml", base)
    keepout, _ = _layer(folder / "keepout.yaml", base)
    zones, places, kerbs = _read_places(folder / "places.geojson", base)
    kept_out = np.zeros(base.cells.shape, np.bool_) if keepout is None else keepout >= OCCUPIED
    speed = _speed(folder / "speed.yaml", base)
    for zone in zones.values():
        inside = polygon_mask(base, zone.polygon)
        if zone.kind == "keepout":
            kept_out[inside] = True
        elif zone.kind == "slow":
            speed[inside] = np.minimum(speed[inside], zone.speed)
    return Site(
        name=str(keys.get("name", folder.name)),
        occupied=occupied,
        scannable=scannable.like(scannable.cells >= OCCUPIED),
        keepout=base.like(kept_out),
        speed_limit=base.like(speed),
        zones=MappingProxyType(zones),
        places=MappingProxyType(places),
        kerbs=kerbs,
        origin=_origin(path, keys.get("georeference")),
    )


def _origin(path: Path, value: Any) -> SiteOrigin | None:
    """Return where the map lies on Earth, from (latitude, longitude, height, yaw) [°, °, m, °]."""
    if value is None:
        return None
    allowed = "give [latitude, longitude, height, yaw] in degrees and metres"
    numbers = value if isinstance(value, list) and len(value) == 4 else []
    if not numbers or not all(isinstance(one, int | float) for one in numbers):
        raise MapError(path, "georeference", f"{value!r} is not allowed", allowed)
    latitude, longitude, height, yaw = (float(one) for one in numbers)
    if not (abs(latitude) <= 90.0 and abs(longitude) <= 180.0 and math.isfinite(height + yaw)):
        raise MapError(path, "georeference", f"{value!r} is no place on Earth", allowed)
    return SiteOrigin(math.radians(latitude), math.radians(longitude), height, math.radians(yaw))


def _scan_layer(path: Path, base: Grid) -> Grid:
    """Return what a lidar sees: a layer that may have finer cells, or the map itself."""
    if not path.exists():
        return base
    layer, _ = read_map(path)
    size, wanted = (np.array(grid.cells.shape) * grid.resolution for grid in (layer, base))
    if np.abs(size - wanted).max() > max(layer.resolution, base.resolution):
        problem = (
            f"{size[1]:g} × {size[0]:g} m differ from site.yaml's {wanted[1]:g} × {wanted[0]:g}"
        )
        raise MapError(path, "image", problem, "draw all layers over the same area")
    _check_origin(path, layer, base)
    return layer


def _layer(path: Path, base: Grid) -> tuple[np.ndarray[Any, Any] | None, dict[str, Any]]:
    """Return the occupancy of a further layer, None if its file does not exist, and its keys."""
    if not path.exists():
        return None, {}
    layer, keys = read_map(path)
    if not math.isclose(layer.resolution, base.resolution, rel_tol=1e-6):
        problem = f"{layer.resolution:g} differs from site.yaml's {base.resolution:g}"
        raise MapError(path, "resolution", problem, "draw all layers with the same resolution")
    if layer.cells.shape != base.cells.shape:
        rows, cols = layer.cells.shape
        problem = f"{cols} × {rows} pixels differ from site.yaml's {base.cells.shape[::-1]}"
        raise MapError(path, "image", problem, "draw all layers with the same size")
    _check_origin(path, layer, base)
    return layer.cells, keys


def _check_origin(path: Path, layer: Grid, base: Grid) -> None:
    if np.abs(layer.origin - base.origin).max() > 0.01 * base.resolution:
        problem = f"{layer.origin.tolist()} differs from site.yaml's {base.origin.tolist()}"
        raise MapError(path, "origin", problem, "give all layers the same origin")


def _speed(path: Path, base: Grid) -> Array:
    """Return the speed limit [m/s] of every cell from Nav2's speed mask.

    As in Nav2's speed filter, a cell's value v stands for ``base + multiplier · v``: percent of
    the full speed if ``type`` is 1, m/s if it is 2; 0 and unknown mean no limit. Nav2 keeps these
    three numbers in its parameters; here they stand in the mask's YAML, with ``full_speed`` [m/s].
    """
    values, keys = _layer(path, base)
    if values is None:
        return np.full(base.cells.shape, np.inf)
    kind = keys.get("type", 1)
    if kind not in (1, 2):
        raise MapError(path, "type", f"{kind!r} is not allowed", "1 (percent) or 2 (m/s)")
    numbers = {"base": 0.0, "multiplier": 1.0, "full_speed": 1.0}
    for key in numbers:
        value = keys.get(key, numbers[key])
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MapError(path, key, f"{value!r} is not a number", "give a number")
        numbers[key] = float(value)
    if kind == 1 and "full_speed" not in keys:
        raise MapError(path, "full_speed", "is missing", "say what 100 percent is in m/s")
    unit = numbers["full_speed"] / 100.0 if kind == 1 else 1.0
    limit = unit * (numbers["base"] + numbers["multiplier"] * np.arange(101.0))
    if limit[1:].min() <= 0.0:
        raise MapError(path, "multiplier", "a limit is not positive", "mend base and multiplier")
    table = np.concatenate((limit, [np.inf]))  # index -1 (unknown) finds the last entry
    table[0] = np.inf
    return np.asarray(table[values])


def _read_places(
    path: Path, base: Grid
) -> tuple[dict[str, Zone], dict[str, Place], tuple[Array, ...]]:
    zones: dict[str, Zone] = {}
    places: dict[str, Place] = {}
    kerbs: list[Array] = []
    for number, feature in enumerate(_features(path)):
        reader = _Feature(path, f"features[{number}]", feature, base)
        kind = reader.kind()
        if kind == KERB_KIND:
            kerbs.append(reader.line())
        elif kind in ZONE_KINDS:
            reader.add(zones, reader.zone())
        else:
            reader.add(places, reader.place())
    return zones, places, tuple(kerbs)


def _features(path: Path) -> list[Any]:
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MapError(path, "", error.strerror or str(error), "give a readable file") from error
    except UnicodeDecodeError as error:
        raise MapError(path, f"byte {error.start}", "not UTF-8", "save it as UTF-8") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MapError(path, place, f"not JSON: {error.msg}", "mend it") from error
    if not isinstance(tree, dict) or tree.get("type") != "FeatureCollection":
        raise MapError(path, "type", "not a FeatureCollection", "give GeoJSON features")
    features = tree.get("features")
    if not isinstance(features, list):
        raise MapError(path, "features", "not a list", "give a list of features")
    return features


@dataclass(frozen=True, slots=True)
class _Feature:
    """One GeoJSON feature on its way into a zone, a place or a kerb."""

    path: Path
    where: str
    feature: Any
    base: Grid

    def fault(self, problem: str, cure: str) -> MapError:
        return MapError(self.path, self.where, problem, cure)

    def property(self, key: str, default: Any = None) -> Any:
        found = self.feature.get("properties") if isinstance(self.feature, dict) else None
        return found.get(key, default) if isinstance(found, dict) else default

    def kind(self) -> str:
        kind = self.property("kind")
        allowed = (*ZONE_KINDS, *PLACE_KINDS, KERB_KIND)
        if kind not in allowed:
            raise self.fault(f"kind {kind!r} is not known", f"allowed: {', '.join(allowed)}")
        return str(kind)

    def name(self) -> str:
        name = self.property("name")
        if not isinstance(name, str) or not name:
            raise self.fault("it has no name", "add properties.name")
        return name

    def add(self, table: dict[str, Any], item: Zone | Place) -> None:
        if item.name in table:
            raise self.fault(f"the name '{item.name}' stands twice", "rename one of them")
        table[item.name] = item

    def coordinates(self, geometry: str) -> Any:
        found = self.feature.get("geometry")
        if not isinstance(found, dict) or found.get("type") != geometry:
            kind = self.property("kind")
            raise self.fault(f"its geometry is not a {geometry}", f"a {kind} is a {geometry}")
        return found.get("coordinates")

    def points(self, values: Any, least: int) -> Array:
        try:
            points = np.array([[float(x) for x in point[:2]] for point in values]).reshape(-1, 2)
        except (TypeError, ValueError, IndexError):
            points = np.zeros((0, 2))
        if len(points) < least or not np.isfinite(points).all():
            raise self.fault("its coordinates are broken", f"give {least} or more [x, y]")
        size = np.array(self.base.cells.shape[::-1]) * self.base.resolution
        low, high = self.base.origin - 1e-6, self.base.origin + size + 1e-6
        out = points[((points < low) | (points > high)).any(axis=1)]
        if len(out):
            cure = f"the map is {low.round(2).tolist()} to {high.round(2).tolist()}"
            named = self.property("name", "it")
            raise self.fault(f"'{named}' lies outside the map at {out[0].tolist()}", cure)
        return points

    def line(self) -> Array:
        return frozen(self.points(self.coordinates("LineString"), 2))

    def ring(self, values: Any) -> Array:
        points = self.points(values, 4)
        shape = Polygon(points)
        if not shape.is_valid or shape.area <= 0.0:
            reason = is_valid_reason(shape) if not shape.is_valid else "no area"
            raise self.fault(f"zone '{self.name()}' crosses itself: {reason}", "mend its corners")
        closed = np.allclose(points[0], points[-1])
        points = points[:-1] if closed else points
        return frozen(points if shape.exterior.is_ccw else points[::-1])

    def zone(self) -> Zone:
        rings = self.coordinates("Polygon")
        if not isinstance(rings, list) or not rings:
            raise self.fault("its coordinates are broken", "give one or more rings")
        polygon, *holes = [self.ring(ring) for ring in rings]
        kind, speed = self.kind(), self.property("speed", math.inf)
        if kind == "slow" and not (isinstance(speed, int | float) and 0.0 < speed < math.inf):
            raise self.fault(f"speed {speed!r} is not allowed", "give m/s, more than 0")
        title = str(self.property("title", ""))
        return Zone(self.name(), title, kind, polygon, tuple(holes), float(speed))

    def place(self) -> Place:
        (point,) = self.points([self.coordinates("Point")], 1)
        yaw = self.property("yaw", 0.0)
        if isinstance(yaw, bool) or not isinstance(yaw, int | float) or not math.isfinite(yaw):
            raise self.fault(f"yaw {yaw!r} is not allowed", "give radians")
        title = str(self.property("title", ""))
        return Place(self.name(), title, self.kind(), frozen([*point, float(yaw)]))
