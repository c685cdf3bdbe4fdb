"""What the quality report needs of the onlooker: for each zone the ground before and after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from robotics.core.raster import Raster, pack
from sim.dirt import Dirt
from sim.kerb_gap import KerbGap
from sim.sweeping import RESOLUTION as DIRT_RESOLUTION
from sim.swept import RESOLUTION, SweptMask
from sim.world_model import World, Zone

OUTSIDE, UNREACHABLE, MOST = 255, 254, 250
"""Marks among the passes: not in the zone, out of the brushes' reach; and the highest count."""
FINE_AREA = 500.0
"""Zones up to this size are shown finely [m²]."""
FINE, COARSE = 0.1, 0.2
"""Sides of the cells in which dirt is shown [m]."""
KERB_FAR = 1.0
"""No gap is told beyond [m]."""
STEP = 0.01
"""Dirt is told to this [g/m²]."""


class Proof:
    """Remembers the first load of the ground; tells it beside the present one, by zone."""

    def __init__(self, world: World, dirt: Dirt) -> None:
        self._dirt = dirt
        self._zones = {z.name: z for z in world.zones if z.kind == "sweep"}
        self._before = dirt.first

    def account(self, name: str, mask: SweptMask) -> dict[str, Any]:
        """Return all about one zone: plain JSON values.

        Keys: ``title``, ``area_m2``; ``passes``, a raster of how often each cell was swept
        (``OUTSIDE`` and ``UNREACHABLE`` mark cells that cannot be); ``before`` and ``after``,
        rasters of dirt [g/m²], litter not counted; ``litter_left``, rows of (x, y); the figures of
        ``sim.swept.SweptMask`` and ``mass_before_kg``, ``mass_brought_kg`` (since, by wind and
        people), ``mass_after_kg``.
        """
        zone = self._zones[name]
        passes = np.where(mask.zone, np.minimum(mask.visits, MOST), OUTSIDE).astype(np.uint8)
        passes[mask.zone & ~mask.reachable & (mask.visits == 0)] = UNREACHABLE
        before, after = (self._shown(zone, load) for load in (self._before, self._dirt.load()))
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
            "mass_brought_kg": round(self._dirt.brought_into(name), 5),
            "mass_after_kg": round(self._dirt.mass_in(name), 5),
        }

    def shares(self, names: tuple[str, ...]) -> dict[str, float | None]:
        """Return what became of the dirt of some zones, shares of their first load.

        Keys: ``mass_removed_fraction`` (litter included, and what was brought since counted as if
        it had lain there), ``kerb_mass_removed_fraction`` (within 10 cm of a kerb; None without
        one), ``raised_fraction`` (dust that brushes threw up), and ``raised_g``.
        """
        dirt = self._dirt
        first, brought, left, kerb, kerb_left, raised = (
            sum(of(name) for name in names)
            for of in (
                *(dirt.initial_mass, dirt.brought_into, dirt.mass_in),
                *(dirt.initial_kerb_mass, dirt.kerb_mass_in, dirt.raised_in),
            )
        )
        had = first + brought
        return {
            "mass_removed_fraction": round(1.0 - left / had, 5) if had > 0.0 else 0.0,
            "kerb_mass_removed_fraction": round(1.0 - kerb_left / kerb, 5) if kerb > 0.0 else None,
            "raised_fraction": round(raised / first, 5) if first > 0.0 else 0.0,
            "raised_g": round(1000.0 * raised, 3),
        }

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


def _raster(dirt: Dirt, cells: NDArray[Any]) -> Raster:
    ground = dirt.ground
    return Raster(cells, (ground.x, ground.y), DIRT_RESOLUTION)


def kerb_account(gaps: KerbGap, zones: Sequence[Zone]) -> dict[str, Any]:
    """Return the gap along the kerbs of some zones: plain JSON values.

    Keys: ``kerb_gap_mean_m``, ``kerb_gap_p95_m``, ``kerb_missed_fraction``, ``kerb_touches``,
    ``kerb_m`` (see ``sim.kerb_gap.KerbGap``; None where nothing was swept); ``kerbs``, for each
    kerb ``name`` (as in the exported map), ``along_m``, ``where`` (rows of x, y) and ``gap_m``
    (None where no brush came within ``KERB_FAR``).
    """
    mine = np.zeros(len(gaps.point), dtype=np.bool_)
    for zone in zones:
        mine |= gaps.within(zone)
    some = gaps.part(mine)
    told = some.figures()
    figures = {
        "kerb_gap_mean_m": told["gap_mean_m"],
        "kerb_gap_p95_m": told["gap_p95_m"],
        "kerb_missed_fraction": told["missed_fraction"],
        "kerb_touches": int(told["touches"]),
        "kerb_m": told["kerb_m"],
    }
    lines = []
    for number in np.unique(some.line):
        on = some.line == number
        least = [round(float(g), 4) if g < KERB_FAR else None for g in some.gap[on]]
        lines.append(
            {
                "name": f"kerb_{int(number) + 1}",
                "along_m": [round(float(v), 3) for v in some.along[on]],
                "where": [[round(float(x), 3), round(float(y), 3)] for x, y in some.point[on]],
                "gap_m": least,
            }
        )
    plain = {k: round(v, 5) if math.isfinite(v) else None for k, v in figures.items()}
    return {**plain, "kerbs": lines}
