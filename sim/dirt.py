"""Dust, sand, leaves and litter on the ground, and what a sweeper, wind and water do to them.

The laws and their sources are in ``sim.cleaning.laws``, the cells in ``sim.sweeping``, raised dust
in ``sim.cleaning.air``. Every kilogram is accounted for, see ``Account``. All masses in kg.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Polygon, unary_union

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import transform
from robotics.core.messages import ToolReadings
from sim import brushes
from sim.cleaning.air import air_over, drift, pour
from sim.cleaning.laws import Laws
from sim.cleaning.layout import lay_out
from sim.cleaning.litter import Litter
from sim.cleaning.supply import LITTERING, Supply, spread
from sim.sweeping import BLOCK, REACH, RESOLUTION, Stroke, work
from sim.walls import walkable
from sim.weather import Weather
from sim.world_model import World

MARGIN = 1.0
"""How far beyond the sweep zones dirt lies [m]."""
BULK_DENSITY = np.array([900.0, 1500.0, 80.0])
"""Of each class, loose in the bin [kg/m³] (assumed)."""
LITTER_DENSITY = 40.0
"""Of litter, loose in the bin [kg/m³] (assumed)."""
BIN_VOLUME = 0.060
"""[m³]: 60 l, as in the trial of this class of sweeper in Norway (at.no, project 498234)."""
RUNOFF = 0.5
"""Rain above this film runs off [kg/m²]: what fills the texture of paving, 0.5 mm."""
_NOBODY = np.zeros((0, 2))


@dataclass(frozen=True, slots=True)
class Account:
    """Where all mass is, or has gone, since the beginning [kg]."""

    ground: float
    """Dust, sand and leaves on the ground."""
    litter: float
    """Pieces on the ground."""
    airborne: float
    bin: float
    """All that has ever come into the bin, tipped out since or not."""
    gone: float
    """Blown out of the area, or settled where no dirt is counted (lawns, roofs)."""
    brought: float
    """By wind and people."""

    @property
    def total(self) -> float:
        """What was there at the beginning: constant to rounding."""
        here = self.ground + self.litter + self.airborne + self.bin + self.gone
        return here - self.brought


class Dirt:
    """What lies around, and what has been taken away.

    Attributes:
        ground: The fields on cells.
        litter: The pieces.
        first: Dust, sand and leaves on each cell at the beginning, (rows, columns) float32 [kg].
        water_used: All that was sprayed [kg].
        weather: What dries the ground and moves the dust.
    """

    def __init__(
        self,
        world: World,
        rng: np.random.Generator,
        *,
        weather: Weather | None = None,
        laws: Laws | None = None,
    ) -> None:
        """Spread the dirt.

        Args:
            world: The place: its sweep zones, kerbs and plan of dirt.
            rng: Source of the initial load, and of luck with single pieces.
            weather: None for that of the world.
            laws: Constants other than the usual ones.
        """
        self._rng = rng
        self.laws, self.weather = laws or Laws(), weather or world.weather
        zones = [z for z in world.zones if z.kind == "sweep"]
        self._shapes = {z.name: Polygon(z.polygon, z.holes) for z in zones}
        covered = unary_union([shape.buffer(MARGIN) for shape in self._shapes.values()])
        self._layout = lay_out(covered.intersection(walkable(world)), zones, world.kerbs)
        load = spread(world.dirt, self._layout, rng)
        self.first = load.sum(axis=0).astype(np.float32)
        self.ground = self._layout.ground(load)
        self.litter = Litter(world.dirt, lambda x, y: self._layout.cell(x, y) is not None, rng)
        self._supply = Supply(self._layout, load, rng)
        self._air, self._step = air_over(self._layout.open, self.laws, self.weather)
        self._taken = np.zeros(3)
        self._litter_taken = self._gone = self._brought = 0.0
        self.water_used = 0.0
        self._time = self._dried = self._rain = self._waiting = 0.0
        self._haze = (0, 0, 0, 0)
        self._brought_to = np.zeros(len(self._layout.members))
        self._dropped_in = dict.fromkeys(self._shapes, 0.0)
        self._initial = {name: self.mass_in(name) for name in self._shapes}
        self._initial_at_kerb = {name: self.kerb_mass_in(name) for name in self._shapes}
        self._warm_up()

    def sweep(
        self,
        pose: Array,
        *,
        brush: float,
        spray: float,
        duration: float,
        fan: float = 1.0,
        takes: bool = True,
        people: Array = _NOBODY,
    ) -> None:
        """Let the tools work where they are for ``duration`` [s], and let dust and water settle.

        To be called about 10 times a second, with the tools off too, for time goes on.

        Args:
            pose: True (x, y, yaw) of the sweeper's base in the map, shape (3,).
            brush: All brushes, 0 (off) to 1 (full).
            spray: What really comes out of the spray bar, as part of its full flow, 0 to 1.
            duration: At most 0.2 s, so that no cell is jumped over.
            fan: Suction, 0 (off) to 1 (full).
            takes: Whether the bin has room.
            people: Where people walk, shape (n, 2) [m]: they bring new dirt.
        """
        self._pass_time(duration, people)
        x, y, yaw = (float(value) for value in pose)
        water = float(spray) * brushes.SPRAY_FLOW * duration
        stroke = Stroke(
            x, y, yaw, float(brush), float(fan), water, bool(takes), float(duration),
            self._dried, self._rain,
        )  # fmt: skip
        self.water_used += water
        if brush > 0.0 or water > 0.0:
            near = self._blocks(x, y)
            pour(self.ground, self._air, near)
            work(self.ground, self.laws, stroke, self._taken)
            self._haze = near if self._haze[0] >= self._haze[1] else _hull(self._haze, near)
        if brush > 0.0:
            self._litter_taken += self.litter.brush(stroke, self.laws)
        self._blow(duration)

    # ------------------------------------------------------------------------ where mass is

    @property
    def account(self) -> Account:
        """Where all mass is now."""
        return Account(
            ground=float(self.ground.load.sum()) + float(self._air.fallen.sum()),
            litter=float(self.litter.lying_mass().sum()),
            airborne=float(self.ground.flying.sum()),
            bin=self.bin_mass,
            gone=self._gone,
            brought=self._brought,
        )

    def total_mass(self) -> float:
        """Return all mass that was there at the beginning, wherever it is now [kg]."""
        return self.account.total

    @property
    def bin_mass(self) -> float:
        """What has come into the bin since the beginning [kg]."""
        return float(self._taken.sum()) + self._litter_taken

    @property
    def bin_fraction(self) -> float:
        """The same as parts of the bin, by volume, for leaves and litter are light."""
        volume = float((self._taken / BULK_DENSITY).sum()) + self._litter_taken / LITTER_DENSITY
        return volume / BIN_VOLUME

    def mass_in(self, zone: str) -> float:
        """Return what lies in and flies above a sweep zone, and fits into the mouth [kg].

        Pieces of litter that are too large are for people to take: ``too_large_in``.
        """
        k = self._layout.zones.index(zone)
        dust = float(self.ground.tally[self._layout.members[:, k]].sum())
        above = self._air.fallen + self.ground.flying * self._layout.open
        dust += float((above * self._layout.zone_part[k]).sum())
        return dust + self._litter_in(zone)

    def too_large_in(self, zone: str) -> float:
        """Return the pieces in a sweep zone that are too large for the mouth [kg]."""
        return self._litter_in(zone, fitting=False)

    def initial_mass(self, zone: str) -> float:
        """Return what lay in a sweep zone at the beginning [kg]."""
        return self._initial[zone]

    def brought_into(self, zone: str) -> float:
        """Return what wind and people have brought into a sweep zone since [kg]."""
        k = self._layout.zones.index(zone)
        return float(self._brought_to[self._layout.members[:, k]].sum()) + self._dropped_in[zone]

    def removed_fraction(self, zone: str) -> float:
        """Return which part of a zone's first load, and what came since, is gone, 0 to 1."""
        had = self._initial[zone] + self.brought_into(zone)
        return 1.0 - self.mass_in(zone) / had if had > 0.0 else 0.0

    def kerb_mass_in(self, zone: str) -> float:
        """Return dust, sand and leaves within 10 cm of the kerbs of a sweep zone [kg]."""
        members = self._layout.members
        k = self._layout.zones.index(zone)
        settled = float((self._air.fallen * self._layout.kerb_part[k]).sum())
        return settled + float(self.ground.tally[members[:, k] & members[:, -1]].sum())

    def initial_kerb_mass(self, zone: str) -> float:
        """Return the same for the beginning [kg]."""
        return self._initial_at_kerb[zone]

    def raised_in(self, zone: str) -> float:
        """Return all fine dust that brushes have raised in a sweep zone [kg]."""
        k = self._layout.zones.index(zone)
        open_part = self._layout.zone_part[k] * (self._layout.open > 0.0)
        return float((self.ground.raised * open_part).sum())

    def load(self) -> Array:
        """Return all that lies on and flies above each cell, litter apart, (rows, columns) [kg]."""
        above = self._air.fallen + self.ground.flying * self._layout.open
        each = above / np.maximum(self._layout.open * BLOCK * BLOCK, 1e-9)
        spread_out = np.repeat(np.repeat(each, BLOCK, axis=0), BLOCK, axis=1)
        lying = self.ground.load.sum(axis=0)
        return np.asarray(lying + np.where(self.ground.label != 0, spread_out, 0.0))

    @property
    def pieces(self) -> Array:
        """Where pieces of litter lie or lay, shape (m, 2) [m]."""
        return self.litter.position

    @property
    def lying(self) -> BoolArray:
        """Which of them are still on the ground, shape (m,)."""
        return self.litter.lying

    # ------------------------------------------------------------------------ for sensors

    def around(self, pose: Array) -> ToolReadings:
        """Return what the tools' sensors read with the sweeper's base at ``pose`` (3,).

        Dust beside the brushes (the dustier side), the ground ahead, temperature and rain; the
        levels of tank and bin are not known here.
        """
        beside = [(brushes.SIDE_X, side * brushes.HALF_WIDTH) for side in (1.0, -1.0)]
        left, right, ahead = transform(pose, [*beside, (brushes.SENSE_X, 0.0)]).tolist()
        return ToolReadings(
            dust=max(self.dust(*left), self.dust(*right)),
            wetness=self.wetness(*ahead),
            temperature=self.weather.temperature,
            rain=self.weather.rain(self._time),
        )

    def wetness(self, x: float, y: float) -> float:
        """Return how wet the ground is at (x, y) [m]: 0 dry, 1 from a film of 0.1 mm on."""
        cell = self._layout.cell(x, y)
        sprayed = 0.0
        if cell is not None:
            sprayed = max(0.0, float(self.ground.film[cell]) - self._since(cell))
        return min(1.0, (sprayed + self._rain) / self.laws.slurry[0])

    def dust(self, x: float, y: float) -> float:
        """Return the dust in the air at (x, y) [m], mixed over its height [mg/m³]."""
        side = BLOCK * RESOLUTION
        a, b = int((y - self.ground.y) / side), int((x - self.ground.x) / side)
        rows, columns = self.ground.flying.shape
        if not (0 <= a < rows and 0 <= b < columns):
            return 0.0
        return 1e6 * float(self.ground.flying[a, b]) / (side * side * self.laws.height)

    # ------------------------------------------------------------------------ inside

    def _warm_up(self) -> None:
        """Compile what the loop calls, on a stroke of no time."""
        nothing = Stroke(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, False, 0.0, 0.0, 0.0)
        work(self.ground, self.laws, nothing, self._taken)
        pour(self.ground, self._air, (0, 0, 0, 0))
        drift(self.ground, self._air, (0, 0, 0, 0))

    def _pass_time(self, duration: float, people: Array) -> None:
        """Let water dry, rain fall, and new dirt come."""
        self._time += duration
        drying = self.weather.evaporation() * duration
        self._dried += drying
        self._rain += self.weather.rain(self._time) * duration / 3600.0
        self._rain = min(RUNOFF, max(0.0, self._rain - drying))
        for r, c, portion in self._supply.bring(duration, people):
            label = self.ground.label[r, c]
            self.ground.load[:, r, c] += portion
            self.ground.tally[label] += portion
            self._brought += float(portion.sum())
            self._brought_to[label] += float(portion.sum())
        if len(people) and self._rng.random() < LITTERING * duration * len(people):
            self._drop(*people[self._rng.integers(len(people))].tolist())

    def _drop(self, x: float, y: float) -> None:
        """Let somebody lose a piece of litter at (x, y) [m]."""
        mass = self.litter.drop(x, y)
        self._brought += mass
        if mass == 0.0 or not self.litter.fitting[-1]:
            return
        for name, shape in self._shapes.items():
            self._dropped_in[name] += mass if shapely.contains_xy(shape, x, y) else 0.0

    def _blow(self, duration: float) -> None:
        """Move raised dust in steps that are short enough."""
        self._waiting += duration
        while self._waiting >= self._step:
            self._waiting -= self._step
            if self._haze[0] < self._haze[1]:
                gone, *window = drift(self.ground, self._air, self._haze)
                self._gone += gone
                self._haze = (window[0], window[1], window[2], window[3])

    def _blocks(self, x: float, y: float) -> tuple[int, int, int, int]:
        """Return the window of blocks that tools at (x, y) [m] may touch."""
        side = BLOCK * RESOLUTION
        rows, columns = self.ground.flying.shape
        spans = []
        for at, corner, count in ((y, self.ground.y, rows), (x, self.ground.x, columns)):
            low, high = ((at - corner + sign * REACH) / side for sign in (-1, 1))
            spans += [min(count, max(0, math.floor(low))), min(count, max(0, math.floor(high) + 1))]
        return spans[0], spans[1], spans[2], spans[3]

    def _since(self, cell: tuple[int, int]) -> float:
        return self._dried - float(self.ground.dried[cell])

    def _litter_in(self, zone: str, *, fitting: bool = True) -> float:
        if not len(self.pieces):
            return 0.0
        inside = shapely.contains_xy(self._shapes[zone], *self.pieces.T)
        inside &= self.litter.fitting == fitting
        return float(self.litter.lying_mass()[inside].sum())


def _hull(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return the window that holds two windows."""
    return min(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), max(a[3], b[3])
