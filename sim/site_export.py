"""A world as map files that other tools open: ROS map_server layers, Nav2 masks, GeoJSON.

Written with shapely, not with the robots' own map code, so that the two can be held against each
other. The images' top is the north, as map_server wants it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from shapely import Polygon, contains_xy, prepare
from shapely.geometry.base import BaseGeometry

from sim.world_model import Outline, Solid, World, Zone

BoolArray = NDArray[np.bool_]

_FREE, _OCCUPIED = 254, 0


def export_site(world: World, folder: Path) -> None:
    """Write ``site``, ``scan``, ``keepout`` and ``speed`` (.yaml and .png) and ``places.geojson``.

    The site's occupied cells are those with their centre in a solid that begins below the robots'
    height. The scan layer has finer cells: lidars are matched against it. The keep-out mask holds
    the keep-out zones and all that is not paved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    raster = _Raster(world, world.map.resolution)
    fine = _Raster(world, world.map.scan_resolution)
    height, (low, high) = world.map.robot_height, world.map.scan_heights
    solid = raster.filled(_shape(s) for s in world.solids if s.bottom < height)
    seen = fine.filled(
        _shape(s) for s in world.solids if s.bottom <= high and s.top >= low and s.bottom < height
    )
    kept_out = raster.filled(_polygon(z) for z in world.zones if z.kind == "keepout")
    kept_out |= ~raster.filled(Polygon(paved.polygon) for paved in world.paving)
    for name, mask in (("site", solid), ("scan", seen), ("keepout", kept_out)):
        pixels = np.where(mask, _OCCUPIED, _FREE)
        keys: dict[str, Any] = {"mode": "trinary", "occupied_thresh": 0.65, "free_thresh": 0.25}
        if name == "site":
            keys["name"] = world.name
            if world.map.georeference is not None:
                keys["georeference"] = list(world.map.georeference)
        (fine if name == "scan" else raster).write(folder, name, pixels, keys)
    _write_speed(world, raster, folder)
    text = json.dumps(_collection(world), ensure_ascii=False, indent=1)
    (folder / "places.geojson").write_text(text + "\n", encoding="utf-8")


def _write_speed(world: World, raster: _Raster, folder: Path) -> None:
    """Write the speed mask: percent of ``full_speed``, 0 where there is no limit (Nav2's type 1).

    Darkness is the value: with the thresholds at 0 and 1, mode "scale" reads percent back.
    """
    percent = np.zeros(raster.shape)
    for zone in (z for z in world.zones if z.kind == "slow"):
        value = min(100.0, max(1.0, round(100.0 * zone.speed / world.map.full_speed)))
        inside = raster.filled([_polygon(zone)])
        lower = inside & ((percent == 0.0) | (percent > value))
        percent[lower] = value
    keys = {
        "mode": "scale",
        "occupied_thresh": 1.0,
        "free_thresh": 0.0,
        "type": 1,
        "base": 0.0,
        "multiplier": 1.0,
        "full_speed": world.map.full_speed,
    }
    raster.write(folder, "speed", np.rint(255.0 * (1.0 - percent / 100.0)), keys)


class _Raster:
    """The cells of a site map; row 0 is the south."""

    def __init__(self, world: World, resolution: float) -> None:
        west, south, east, north = world.bounds
        self.resolution = resolution
        self.origin = (west, south)
        self.shape = (
            math.ceil((north - south) / self.resolution - 1e-9),
            math.ceil((east - west) / self.resolution - 1e-9),
        )

    def filled(self, shapes: Iterable[BaseGeometry]) -> BoolArray:
        """Return which cells have their centre in one of the shapes."""
        mask = np.zeros(self.shape, dtype=np.bool_)
        for shape in shapes:
            prepare(shape)
            west, south, east, north = shape.bounds
            rows = self._span(south, north, axis=1)
            cols = self._span(west, east, axis=0)
            ys = self.origin[1] + self.resolution * (np.arange(rows.start, rows.stop) + 0.5)
            xs = self.origin[0] + self.resolution * (np.arange(cols.start, cols.stop) + 0.5)
            mask[rows, cols] |= contains_xy(shape, *np.meshgrid(xs, ys))
        return mask

    def _span(self, low: float, high: float, *, axis: int) -> slice:
        size = self.shape[1 - axis]
        first, last = ((end - self.origin[axis]) / self.resolution for end in (low, high))
        return slice(max(0, math.floor(first)), min(size, math.ceil(last)))

    def write(self, folder: Path, name: str, pixels: NDArray[Any], keys: dict[str, Any]) -> None:
        """Write an image with brightness ``pixels`` (rows from the south) and its YAML."""
        image = Image.fromarray(np.asarray(pixels[::-1], dtype=np.uint8))
        image.save(folder / f"{name}.png", compress_level=6)
        lines = [
            f"image: {name}.png",
            f"resolution: {self.resolution}",
            f"origin: [{self.origin[0]}, {self.origin[1]}, 0.0]",
            "negate: 0",
            *(f"{key}: {value}" for key, value in keys.items()),
        ]
        (folder / f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _shape(solid: Solid) -> Polygon:
    return Polygon(solid.polygon)


def _polygon(zone: Zone) -> Polygon:
    return Polygon(zone.polygon, zone.holes)


def _ring(outline: Outline) -> list[list[float]]:
    return [list(point) for point in (*outline, outline[0])]


def _feature(geometry: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": geometry, "coordinates": coordinates},
        "properties": properties,
    }


def _collection(world: World) -> dict[str, Any]:
    """Return zones, kerbs and places as GeoJSON, in metres of the map frame."""
    features = []
    for zone in world.zones:
        properties: dict[str, Any] = {"name": zone.name, "kind": zone.kind, "title": zone.title}
        if zone.kind == "slow":
            properties["speed"] = zone.speed
        rings = [_ring(zone.polygon), *(_ring(hole[::-1]) for hole in zone.holes)]
        features.append(_feature("Polygon", rings, properties))
    for number, kerb in enumerate(world.kerbs, start=1):
        named = {"name": f"kerb_{number}", "kind": "kerb", "title": "", "height": kerb.height}
        features.append(_feature("LineString", [list(p) for p in kerb.line], named))
    for place in world.places:
        x, y, yaw = place.pose
        named = {"name": place.name, "kind": place.kind, "title": place.title, "yaw": yaw}
        features.append(_feature("Point", [x, y], named))
    return {"type": "FeatureCollection", "name": world.name, "features": features}
