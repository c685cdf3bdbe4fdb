"""Dust, sand, leaves and litter on the ground, and what a sweeper does to them.

A first, honest version: mass is conserved and nothing is swept that no bristle touched, but the
efficiencies are assumptions, marked as such, and there is no wind. All masses in kg.

Side brushes only throw dirt inwards, before the roller; the roller throws it into the bin. A dry
brush raises fine dust, which drifts and settles again; water keeps it down until it evaporates.
"""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely import MultiLineString, Polygon, unary_union
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from sim import brushes
from sim.brushes import NONE, ROLLER, tool_at
from sim.sweeping import (
    RESOLUTION,
    ROLLER_RATE,
    SIDE_RATE,
    SPRAY_FLOW,
    WINDROW_Y,
    Ground,
    Stroke,
    settle,
    wetness_at,
    work,
)
from sim.walls import walkable
from sim.world_model import World

MARGIN = 1.0
"""How far beyond the sweep zones dirt lies [m]."""
FINE_SHARE = 0.3
"""Fine part of the world's dust; the rest is sand (assumed)."""
PIECE_MASS = (0.002, 0.03)
"""Lightest and heaviest piece of litter: a wrapper, a full paper cup [kg]."""
BULK_DENSITY = np.array([900.0, 1500.0, 80.0])
"""Of each class, loose in the bin [kg/m³] (assumed)."""
LITTER_DENSITY = 40.0
"""Of litter, loose in the bin [kg/m³] (assumed)."""
BIN_VOLUME = 0.060
"""[m³]: 60 l, as in the trial of this class of sweeper in Norway (at.no, project 498234)."""


class Dirt:
    """What lies around, and what has been taken away."""

    def __init__(self, world: World, rng: np.random.Generator) -> None:
        """Spread the dirt.

        Args:
            world: The place: its sweep zones, kerbs and plan of dirt.
            rng: Source of the initial load, and of luck with single pieces.
        """
        self._rng = rng
        zones = [Polygon(z.polygon, z.holes) for z in world.zones if z.kind == "sweep"]
        covered = unary_union([zone.buffer(MARGIN) for zone in zones])
        covered = covered.intersection(walkable(world))
        self._grid_x, self._grid_y, corner = _cells(covered)
        inside = shapely.contains_xy(_prepared(covered), self._grid_x, self._grid_y)
        load = self._spread(world, inside)
        empty = np.zeros(inside.shape)
        self.ground = Ground(load, empty, empty.copy(), empty.copy(), inside, *corner)
        self.pieces, self._piece_mass = self._litter(world)
        self.lying = np.ones(len(self.pieces), dtype=np.bool_)
        """Which ``pieces`` (m, 2) are still on the ground (m,)."""
        self._taken = np.zeros(3)
        self._litter_taken = 0.0
        self.water_used = 0.0
        """[kg]."""
        self._time = 0.0
        self._haze: tuple[int, int, int, int] | None = None
        self._zones = {
            z.name: self._window(Polygon(z.polygon, z.holes))
            for z in world.zones
            if z.kind == "sweep"
        }
        self._initial = {name: self.mass_in(name) for name in self._zones}

    def sweep(self, pose: Array, *, brush: float, spray: float, duration: float) -> None:
        """Let the tools work where they are for ``duration`` [s], and let dust and water settle.

        To be called about 10 times a second, with the tools off too, for time goes on.

        Args:
            pose: True (x, y, yaw) of the sweeper's base in the map, shape (3,).
            brush: All brushes, 0 (off) to 1 (full).
            spray: 0 (off) to 1 (full).
            duration: At most 0.2 s, so that no cell is jumped over.
        """
        self._time += duration
        x, y, yaw = (float(value) for value in pose)
        stroke = Stroke(x, y, yaw, float(brush), float(spray), self._time, duration)
        if brush > 0.0 or spray > 0.0:
            work(self.ground, stroke, self._taken)
            self.water_used += spray * SPRAY_FLOW * duration
        if brush > 0.0:
            self._brush_pieces(stroke)
            self._note_haze(x, y)
        self._settle(duration)

    @property
    def bin_mass(self) -> float:
        """What has come into the bin [kg]."""
        return float(self._taken.sum()) + self._litter_taken

    @property
    def bin_fraction(self) -> float:
        """What has come into the bin so far, in bins, by volume: leaves and litter are light."""
        volume = float((self._taken / BULK_DENSITY).sum()) + self._litter_taken / LITTER_DENSITY
        return volume / BIN_VOLUME

    def total_mass(self) -> float:
        """Return all mass, wherever it is now: constant to rounding [kg]."""
        parts = (self.ground.load.sum(), self.ground.airborne.sum(), self._lying_mass().sum())
        return float(sum(parts)) + self.bin_mass

    def mass_in(self, zone: str) -> float:
        """Return what lies in and flies above a sweep zone [kg]."""
        area, window, mask = self._zones[zone]
        ground = self.ground.load[:, *window].sum(axis=0) + self.ground.airborne[window]
        lies = ground[mask].sum()
        if len(self.pieces):
            lies += self._lying_mass()[shapely.contains_xy(area, *self.pieces.T)].sum()
        return float(lies)

    def initial_mass(self, zone: str) -> float:
        """Return what lay in a sweep zone at the beginning [kg]."""
        return self._initial[zone]

    def removed_fraction(self, zone: str) -> float:
        """Return which part of a zone's first load is no longer in it, 0 to 1."""
        first = self._initial[zone]
        return 1.0 - self.mass_in(zone) / first if first > 0.0 else 0.0

    def wetness(self, x: float, y: float) -> float:
        """Return how well water binds dust at (x, y) [m]: 0 dry, 1 wet."""
        r, c = int((y - self.ground.y) / RESOLUTION), int((x - self.ground.x) / RESOLUTION)
        rows, columns = self.ground.inside.shape
        if not (0 <= r < rows and 0 <= c < columns):
            return 0.0
        return float(wetness_at(self.ground, r, c, self._time))

    def _window(self, zone: Polygon) -> tuple[Polygon, tuple[slice, slice], BoolArray]:
        """Return a zone, the cells around it, and which of these have their centre in it."""
        west, south, east, north = zone.bounds
        columns = slice(*(int((x - self.ground.x) / RESOLUTION) for x in (west, east + RESOLUTION)))
        rows = slice(*(int((y - self.ground.y) / RESOLUTION) for y in (south, north + RESOLUTION)))
        shapely.prepare(zone)
        near_x, near_y = self._grid_x[rows, columns], self._grid_y[rows, columns]
        return zone, (rows, columns), shapely.contains_xy(zone, near_x, near_y)

    def _spread(self, world: World, inside: BoolArray) -> Array:
        """Return the initial load (3, rows, columns) [kg]."""
        plan, cell = world.dirt, RESOLUTION * RESOLUTION / 1000.0
        dust = plan.dust * self._rng.gamma(4.0, 0.25, inside.shape)
        if world.kerbs:
            kerbs = MultiLineString([kerb.line for kerb in world.kerbs]).buffer(plan.kerb_width)
            near = shapely.contains_xy(_prepared(kerbs), self._grid_x, self._grid_y)
            dust = np.where(near, plan.kerb_factor * dust, dust)
        leaves = np.zeros(inside.shape)
        for spot in plan.leaves:
            away = np.hypot(self._grid_x - spot.position[0], self._grid_y - spot.position[1])
            leaves += np.where(away < spot.radius, spot.density, 0.0)
        leaves *= self._rng.gamma(1.0, 1.0, inside.shape)
        load = np.stack([FINE_SHARE * dust, (1.0 - FINE_SHARE) * dust, leaves])
        return np.asarray(np.where(inside, load, 0.0) * cell)

    def _litter(self, world: World) -> tuple[Array, Array]:
        """Return position (m, 2) and mass (m,) of the pieces that lie where dirt can lie."""
        found = [np.zeros((0, 2))]
        for spot in world.dirt.litter:
            reach = spot.radius * np.sqrt(self._rng.random(spot.pieces))
            bearing = self._rng.uniform(0.0, 2.0 * np.pi, spot.pieces)
            off = np.column_stack([reach * np.cos(bearing), reach * np.sin(bearing)])
            found.append(np.array(spot.position) + off)
        pieces = np.concatenate(found)
        pieces = pieces[[self._holds(x, y) for x, y in pieces]] if len(pieces) else pieces
        return pieces, self._rng.uniform(*PIECE_MASS, len(pieces))

    def _holds(self, x: float, y: float) -> bool:
        c, r = int((x - self.ground.x) // RESOLUTION), int((y - self.ground.y) // RESOLUTION)
        rows, columns = self.ground.inside.shape
        return 0 <= r < rows and 0 <= c < columns and bool(self.ground.inside[r, c])

    def _lying_mass(self) -> Array:
        return np.where(self.lying, self._piece_mass, 0.0)

    def _brush_pieces(self, stroke: Stroke) -> None:
        """Move pieces under the side brushes inwards; take those under the roller, mostly."""
        off = self.pieces - (stroke.x, stroke.y)
        for k in np.flatnonzero(self.lying & (np.hypot(*off.T) < brushes.REACH)):
            c, s = math.cos(stroke.yaw), math.sin(stroke.yaw)
            x, y = c * off[k, 0] + s * off[k, 1], c * off[k, 1] - s * off[k, 0]
            tool = tool_at(float(x), float(y))
            if tool == NONE:
                continue
            rate = (ROLLER_RATE if tool == ROLLER else SIDE_RATE)[2] * stroke.brush
            if self._rng.random() > 1.0 - math.exp(-rate * stroke.duration):
                continue
            if tool == ROLLER:
                self.lying[k] = False
                self._litter_taken += float(self._piece_mass[k])
                continue
            y = math.copysign(WINDROW_Y, y)
            moved = (stroke.x + c * x - s * y, stroke.y + s * x + c * y)
            if self._holds(*moved):
                self.pieces[k] = moved

    def _note_haze(self, x: float, y: float) -> None:
        """Widen the window in which dust flies by what the brushes may have raised here."""
        reach = brushes.REACH
        c0, c1 = ((x + side * reach - self.ground.x) / RESOLUTION for side in (-1, 1))
        r0, r1 = ((y + side * reach - self.ground.y) / RESOLUTION for side in (-1, 1))
        old = self._haze or (10**9, -1, 10**9, -1)
        self._haze = (
            min(old[0], int(r0)), max(old[1], int(r1) + 1),
            min(old[2], int(c0)), max(old[3], int(c1) + 1),
        )  # fmt: skip

    def _settle(self, duration: float) -> None:
        if self._haze is None:
            return
        rows, columns = self.ground.inside.shape
        r0, r1, c0, c1 = self._haze
        window = (max(1, r0 - 1), min(rows - 1, r1 + 1), max(1, c0 - 1), min(columns - 1, c1 + 1))
        left = settle(self.ground, *window, duration)
        self._haze = left if left[1] > left[0] else None


def _prepared(shape: BaseGeometry) -> BaseGeometry:
    shapely.prepare(shape)
    return shape


def _cells(area: BaseGeometry) -> tuple[Array, Array, tuple[float, float]]:
    """Return the cells' centres (rows, columns) each, and the lower left corner; a free rim."""
    west, south, east, north = area.bounds
    x0, y0 = west - 2.0 * RESOLUTION, south - 2.0 * RESOLUTION
    columns, rows = (math.ceil(s / RESOLUTION) + 4 for s in (east - west, north - south))
    x = x0 + RESOLUTION * (np.arange(columns) + 0.5)
    y = y0 + RESOLUTION * (np.arange(rows) + 0.5)
    grid_x, grid_y = np.meshgrid(x, y)
    return grid_x, grid_y, (float(x0), float(y0))
