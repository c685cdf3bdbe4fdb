"""Stations of a site: who stands in one, still and well aligned, is charged, filled or emptied."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import relative
from sim.world_model import World

KINDS = ("dock_charge", "dock_water", "dock_tip")
"""Kinds of places that are stations."""
REACH, REACH_YAW = 0.03, math.radians(2.0)
"""How far a base may be off for the contacts, the filling nozzle and the hatch to meet [m, rad]
(assumed: self-aligning contact plates and funnels of this size)."""
STILL = 0.01
"""Slower than this it stands [m/s]."""
SETTLE = 2.0
"""A station begins after it has stood so long: it locks, and asks who is there [s] (assumed)."""
FILLING = 0.4
"""Flow of the water post [kg/s]: least flow of a garden tap (EN 806-3, table 2)."""
TIPPING = 0.002
"""Flow out of a tipped bin [m³/s]: 60 l in half a minute (assumed)."""


@dataclass(frozen=True, slots=True)
class Stations:
    """Where the stations of a world are."""

    poses: Mapping[str, Array] = field(default_factory=dict)
    """By kind, shape (k, 3) each: (x, y, yaw) of the base that stands in it."""

    @staticmethod
    def of(world: World | None) -> Stations:
        """Return the stations of a world."""
        places = () if world is None else world.places
        found = {kind: [p.pose for p in places if p.kind == kind] for kind in KINDS}
        return Stations({kind: np.array(poses).reshape(-1, 3) for kind, poses in found.items()})

    def at(self, pose: Array) -> str:
        """Return the kind of the station that a base at ``pose`` (3,) stands in; "" for none."""
        for kind, poses in self.poses.items():
            for station in poses:
                x, y, yaw = relative(station, pose)
                if math.hypot(x, y) <= REACH and abs(yaw) <= REACH_YAW:
                    return kind
        return ""


@dataclass(slots=True)
class Moored:
    """One body and the station that it stands in.

    Attributes:
        stations: All that there are.
        kind: Of the station that serves it now; "" for none.
    """

    stations: Stations
    kind: str = ""
    _stood: float = 0.0

    def look(self, pose: Array, speed: float, duration: float) -> str:
        """Return ``kind`` after ``duration`` [s] more at ``pose`` (3,) and ``speed`` [m/s]."""
        there = self.stations.at(pose) if speed < STILL else ""
        self._stood = self._stood + duration if there else 0.0
        self.kind = there if self._stood >= SETTLE else ""
        return self.kind
