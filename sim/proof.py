"""What the quality report needs of the onlooker: for each zone the ground before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString, Polygon
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.core.raster import Raster, pack
from sim.dirt import Dirt
from sim.sweeping import RESOLUTION as DIRT_RESOLUTION
from sim.swept import RESOLUTION, SweptMask
from sim.world_model import World, Zone

OUTSIDE, UNREACHABLE, MOST = 255, 254, 250
"""Marks among the passes: not in the zone, out of the brushes' reach; and the highest count."""
FINE_AREA = 500.0
"""Zones up to this size are shown finely [m²]."""
FINE, COARSE = 0.1, 0.2
"""Sides of the cells in which dirt is shown [m]."""
STEP = 0.01
"""Dirt is told to this [g/m²]."""
KERB_STRIP = 0.10
"""Dirt this near a kerb is the dirt at the kerb [m]."""


class Proof:
    """Remembers the first load of the ground; tells it beside the present one, by zone."""

    def __init__(self, world: World, dirt: Dirt) -> None:
        self._dirt = dirt
        self._zones = {z.name: z for z in world.zones if z.kind == "sweep"}
        self._kerbs = MultiLineString([kerb.line for kerb in world.kerbs])
        self._before = _load(dirt).astype(np.float32)
        self._at_kerb: dict[str, BoolArray] = {}

    def account(self, name: str, mask: SweptMask) -> dict[str, Any]:
        """Return all about one zone: plain JSON values.

        Keys: ``title``, ``area_m2``; ``passes``, a raster of how often each cell was swept
        (``OUTSIDE`` and ``UNREACHABLE`` mark cells that cannot be); ``before`` and ``after``,
        rasters of dirt [g/m²], litter not counted; ``litter_left``, rows of (x, y); the figures of
        ``sim.swept.SweptMask`` and ``mass_before_kg``, ``mass_after_kg``.
        """
        zone = self._zones[name]
        passes = np.where(mask.zone, np.minimum(mask.visits, MOST), OUTSIDE).astype(np.uint8)
        passes[mask.zone & ~mask.reachable & (mask.visits == 0)] = UNREACHABLE
        before, after = (self._shown(zone, load) for load in (self._before, _load(self._dirt)))
        return {
            "title": zone.title,
            "area_m2": round(float(mask.zone.sum()) * RESOLUTION**2, 2),
            "passes": pack(Raster(passes, mask.corner, RESOLUTION)),
            "before": pack(before, STEP),
            "after": pack(after, STEP),
            "litter_left": self._litter_left(zone),
            "covered_fraction": round(mask.covered_fraction, 5),
            "covered_whole_fraction": round(mask.covered_whole_fraction, 5),
            "reachable_fraction": round(mask.reachable_fraction, 5),
            "repeat_fraction": round(mask.repeat_fraction, 5),
            "swept_area_m2": round(mask.swept_area, 2),
            "mass_before_kg": round(self._dirt.initial_mass(name), 5),
            "mass_after_kg": round(self._dirt.mass_in(name), 5),
        }

    def kerb_mass(self, names: tuple[str, ...]) -> tuple[float, float]:
        """Return what lay, and what lies, within ``KERB_STRIP`` of kerbs in these zones [kg]."""
        now = _load(self._dirt)
        strips = [self._strip(name) for name in names]
        return (
            sum(float(self._before[strip].sum()) for strip in strips),
            sum(float(now[strip].sum()) for strip in strips),
        )

    def _strip(self, name: str) -> BoolArray:
        """Return the cells of a zone whose centre is near a kerb, shape (rows, columns)."""
        if name not in self._at_kerb:
            zone = self._zones[name]
            near = Polygon(zone.polygon, zone.holes).intersection(self._kerbs.buffer(KERB_STRIP))
            self._at_kerb[name] = _inside(near, _raster(self._dirt, self._before))
        return self._at_kerb[name]

    def _shown(self, zone: Zone, load: NDArray[Any]) -> Raster:
        """Return the load of a zone [g/m²] on cells large enough for a picture."""
        shape = Polygon(zone.polygon, zone.holes)
        whole = _raster(self._dirt, load)
        side = FINE if shape.area <= FINE_AREA else COARSE
        factor = max(1, round(side / whole.resolution))
        west, south, east, north = shape.bounds
        first = [
            int((a - b) / whole.resolution)
            for a, b in zip((west, south), whole.origin, strict=True)
        ]
        columns, rows = (
            -(-round((high - low) / whole.resolution) // factor) * factor
            for low, high in ((west, east), (south, north))
        )
        window = whole.cells[first[1] : first[1] + rows, first[0] : first[0] + columns]
        padded = np.zeros((rows, columns))
        padded[: window.shape[0], : window.shape[1]] = window
        blocks = padded.reshape(rows // factor, factor, columns // factor, factor)
        corner = tuple(o + f * whole.resolution for o, f in zip(whole.origin, first, strict=True))
        area = (factor * whole.resolution) ** 2
        return Raster(
            1000.0 * blocks.sum(axis=(1, 3)) / area,
            (corner[0], corner[1]),
            factor * whole.resolution,
        )

    def _litter_left(self, zone: Zone) -> list[list[float]]:
        pieces = self._dirt.pieces[self._dirt.lying]
        if not len(pieces):
            return []
        inside = shapely.contains_xy(Polygon(zone.polygon, zone.holes), *pieces.T)
        return [[round(float(x), 2), round(float(y), 2)] for x, y in pieces[inside]]


def _load(dirt: Dirt) -> Array:
    """Return all that lies on and flies above each cell, litter apart, (rows, columns) [kg]."""
    return dirt.load()


def _raster(dirt: Dirt, cells: NDArray[Any]) -> Raster:
    ground = dirt.ground
    return Raster(cells, (ground.x, ground.y), DIRT_RESOLUTION)


def _inside(shape: BaseGeometry, raster: Raster) -> BoolArray:
    """Return which cells have their centre in ``shape``; only the cells around it are asked."""
    found = np.zeros(raster.cells.shape, dtype=np.bool_)
    if shape.is_empty:
        return found
    shapely.prepare(shape)
    x, y = raster.centres()
    west, south, east, north = shape.bounds
    near = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    found[near] = shapely.contains_xy(shape, x[near], y[near])
    return found
