"""Zones to be swept: the plaza, generated ones, and those of files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Polygon, wkt

from robotics.mapping.grid import UNKNOWN, Grid, read_map

PLAZA = Path(__file__).parent / "plaza.wkt"
OCCUPIED = 65
"""From this occupancy on, of 100, a cell of a map is an obstacle."""
SMALLEST = 20.0
"""Parts of a map smaller than this are no zone [m²]."""


def plaza() -> Polygon:
    """Return the concave plaza with six holes (4,372 m²)."""
    shape = wkt.loads(PLAZA.read_text(encoding="utf-8"))
    assert isinstance(shape, Polygon)
    return shape


def generated(rng: Generator, area: float) -> Polygon:
    """Return a zone of about ``area`` [m²]: a bent outline with dents, some holes in it."""
    while True:
        count = int(rng.integers(5, 12))
        angle = np.sort(rng.uniform(0.0, 2.0 * math.pi, count))
        radius = rng.uniform(0.55, 1.0, count)
        points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
        points = points * (1.0, rng.uniform(0.5, 1.0))
        shape = Polygon(points)
        if not shape.is_valid or shape.area < 0.3:
            continue
        shape = shapely.affinity.scale(shape, *[math.sqrt(area / shape.area)] * 2)
        for _ in range(int(rng.integers(0, 2 + area // 700))):
            x0, y0, x1, y1 = shape.bounds
            place = np.array([rng.uniform(x0, x1), rng.uniform(y0, y1)])
            size = rng.uniform(0.8, 0.06 * math.sqrt(area) + 1.2)
            hole: shapely.Geometry = shapely.Point(place).buffer(size)
            if rng.random() < 0.5:
                hole = shapely.box(*(place - size * np.array([1.0, 0.6])), *(place + size))
            if shape.buffer(-1.6).contains(hole):
                shape = shape.difference(hole)
        if isinstance(shape, Polygon) and shape.buffer(-0.6).geom_type == "Polygon":
            return shape


def of_file(path: Path) -> list[Polygon]:
    """Return the zones of a GeoJSON or WKT file [m], or the free ground of a map (its YAML)."""
    if path.suffix == ".wkt":
        return list(shapely.get_parts(wkt.loads(path.read_text(encoding="utf-8"))))
    if path.suffix in (".yaml", ".yml"):
        return _free_ground(*_map(path))
    tree = json.loads(path.read_text(encoding="utf-8"))
    features = tree.get("features", [tree])
    found = []
    for feature in features:
        shape = feature.get("geometry", feature)
        kind = (feature.get("properties") or {}).get("kind", "sweep")
        if shape.get("type") in ("Polygon", "MultiPolygon") and kind == "sweep":
            found += list(shapely.get_parts(shapely.geometry.shape(shape)))
    return found


def _map(path: Path) -> tuple[Grid, float]:
    grid, _ = read_map(path)
    blocked = (grid.cells >= OCCUPIED) | (grid.cells == UNKNOWN)
    return grid.like(~blocked), grid.resolution


def _free_ground(free: Grid, size: float) -> list[Polygon]:
    """Return the connected free ground of a map, steps of its cells smoothed."""
    padded = np.pad(free.cells, ((0, 0), (1, 1))).astype(np.int8)
    row, start = np.nonzero(np.diff(padded, axis=1) == 1)
    _, stop = np.nonzero(np.diff(padded, axis=1) == -1)
    x0, y0 = free.origin
    low = y0 + row * size
    runs = shapely.box(x0 + start * size, low, x0 + stop * size, low + size)
    shape = shapely.union_all(runs).buffer(-0.5 * size).simplify(size)
    parts = [part for part in shapely.get_parts(shape) if part.area > SMALLEST]
    return sorted(parts, key=lambda part: -part.area)
