"""The onlooker: sees everything as it is, tells the report and never a controller.

The definitions by which a run is judged are in the classes that do the counting: contacts and
blame in ``sim.touches``, nearness and greeting in ``sim.encounters``, swept ground in
``sim.swept``, removed dirt in ``sim.dirt``; clearances, falls and distances here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely import Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, IntArray, checked
from robotics.core.errors import UnknownName
from robotics.core.geometry import transform
from robotics.core.messages import Utterance
from sim.dirt import Dirt
from sim.encounters import Encounters
from sim.kerb_gap import KerbGap
from sim.proof import Proof, kerb_account
from sim.swept_zones import SweptZones
from sim.touches import Touches
from sim.visitors import Visitors
from sim.world_model import World

GREETER = "greeter"
SWEEPER = "sweeper"
FALL_TILT = math.radians(45.0)
"""A trunk tilted more has fallen [rad]."""
FALL_HEIGHT = 0.3
"""A base lower than this has fallen [m]."""
STRIDE = 0.05
"""Distance is added up in pieces of at least this, so that swaying on the spot adds none [m]."""
SHARES = (
    "covered_fraction",
    "covered_whole_fraction",
    "reachable_fraction",
    "repeat_fraction",
)
"""Figures of ``sim.swept.SweptMask`` that are told."""
PATH_PERIOD = 0.5
"""[s]."""


@dataclass(frozen=True, slots=True)
class TrueBody:
    """What an onlooker sees of one robot at one instant. All of it true, nothing estimated."""

    pose: Array
    """Base (x, y, yaw) in the map, shape (3,) [m, rad]."""
    footprint: Array
    """Outline of body and tools on the ground in the base frame, shape (k, 2) [m]."""
    twist: Array
    """Velocity (vx, vy, wz) in the base frame, shape (3,) [m/s, rad/s]."""
    contacts: tuple[tuple[str, float], ...] = ()
    """(what, force [N]) of every touch beyond standing on the ground: a solid's name, a robot's
    name, or "visitor i" with i the row in ``Visitors``."""
    brush: float = 0.0
    """0 (off) to 1."""
    spray: float = 0.0
    """0 (off) to 1."""
    said: tuple[Utterance, ...] = ()
    """What it has begun to say; the same utterance may be shown any number of times."""
    tilt: float = 0.0
    """Angle between the base's z axis and the vertical [rad]."""
    height: float | None = None
    """Of the base above the ground [m]; None for a robot that has no legs to fall from."""

    def __post_init__(self) -> None:
        for name, shape in (("pose", (3,)), ("twist", (3,)), ("footprint", (None, 2))):
            value = checked("TrueBody", name, getattr(self, name), shape)
            object.__setattr__(self, name, value)


@dataclass(slots=True)
class _Track:
    """What is kept of one robot.

    * Clearance to visitors: the gap between the footprint and the edge of a visitor's disc,
      negative where they overlap. To solids: the gap between the footprint and the outline of
      every solid that begins below the robots' height, kerbs and lawns included; 0 at a touch.
    * A *fall*: tilt above ``FALL_TILT`` or base below ``FALL_HEIGHT``; counted once until the
      robot has stood up again (tilt below half of that, height above). Only robots with legs.
    * Distance: the way of the base in pieces of ``STRIDE``.
    """

    path: list[tuple[float, float, float, float]] = field(default_factory=list)
    anchor: Array | None = None
    distance: float = 0.0
    visitor: float = math.inf
    solid: float = math.inf
    least_visitor: float = math.inf
    least_solid: float = math.inf
    falls: int = 0
    lies: bool = False

    def move(self, time: float, pose: Array) -> None:
        if self.anchor is None:
            self.anchor = pose[:2]
        step = float(np.hypot(*(pose[:2] - self.anchor)))
        if step >= STRIDE:
            self.distance, self.anchor = self.distance + step, pose[:2]
        if not self.path or time - self.path[-1][0] >= PATH_PERIOD - 1e-9:
            x, y, yaw = (round(float(v), 3) for v in pose)
            self.path.append((round(time, 3), x, y, yaw))

    def measure(self, visitor: float, solid: float) -> None:
        self.visitor, self.solid = visitor, solid
        self.least_visitor = min(self.least_visitor, visitor)
        self.least_solid = min(self.least_solid, solid)

    def balance(self, tilt: float, height: float | None) -> None:
        if height is None:
            return
        if not self.lies and (tilt > FALL_TILT or height < FALL_HEIGHT):
            self.falls, self.lies = self.falls + 1, True
        elif self.lies and tilt < FALL_TILT / 2 and height > FALL_HEIGHT:
            self.lies = False


class Witness:
    """Watches a run and sums it up."""

    def __init__(
        self, world: World, visitors: Visitors, dirt: Dirt, *, zone: str | None = None
    ) -> None:
        """Take a seat.

        Args:
            world: The place.
            visitors: Its people, looked at whenever ``observe`` is called.
            dirt: Its dirt, only read; whoever runs the stage calls ``Dirt.sweep``.
            zone: The sweep zone to judge; None for those that the sweeper works in.

        Raises:
            UnknownName: The world has no such sweep zone.
        """
        zones = {z.name: z for z in world.zones if z.kind == "sweep"}
        if zone is not None and zone not in zones:
            raise UnknownName("sweep zone", zone, list(zones))
        judged = zones if zone is None else {zone: zones[zone]}
        self._visitors, self._dirt, self._title = visitors, dirt, world.title
        self._swept = SweptZones(world, judged)
        self._proof = Proof(world, dirt)
        self._kerb_gap, self._sweep_zones = KerbGap.of(k.line for k in world.kerbs), zones
        self._encounters = Encounters()
        self._touches = Touches()
        self._tracks: dict[str, _Track] = defaultdict(_Track)
        low = [s for s in world.solids if s.bottom < world.map.robot_height]
        self._solids: dict[str, BaseGeometry] = {s.name: Polygon(s.polygon) for s in low}
        self._tree = STRtree(list(self._solids.values()))
        self._poses: dict[str, list[float]] = {}

    def observe(self, time: float, bodies: Mapping[str, TrueBody]) -> None:
        """Look at everything once; to be called 20 times a second.

        Args:
            time: [s].
            bodies: Every robot by name.
        """
        where, radius, who = self._visitors.position, self._visitors.radius, self._visitors.id
        people = shapely.points(where)
        outlines = {n: Polygon(transform(b.pose, b.footprint)) for n, b in bodies.items()}
        for name, body in bodies.items():
            track, outline = self._tracks[name], outlines[name]
            track.move(time, body.pose)
            gaps = shapely.distance(outline, people) - radius
            track.measure(float(gaps.min()) if len(gaps) else math.inf, self._gap(outline))
            track.balance(body.tilt, body.height)
            touched = {
                self._partner(what, who): (force, self._shape(what, outlines))
                for what, force in body.contacts
            }
            motion = (body.pose, body.twist, body.footprint)
            self._touches.observe(time, name, motion, touched)
            self._poses[name] = [round(float(v), 3) for v in body.pose]
        sweeper, greeter = bodies.get(SWEEPER), bodies.get(GREETER)
        if sweeper is not None:
            self._kerb_gap.mark(sweeper.pose, time, sweeper.brush > 0.0)
            if sweeper.brush > 0.0:
                self._swept.mark(sweeper.pose, time)
        if greeter is not None:
            self._encounters.observe(time, greeter.pose, greeter.said, who=who, where=where)

    def snapshot(self) -> dict[str, Any]:
        """Return the figures so far: plain JSON values, small.

        Keys: ``poses`` (by robot: x, y, yaw), ``visitors`` (rows of id, x, y),
        ``clearance_visitor_m`` and ``clearance_solid_m`` (by robot, now; None where nobody is), and
        of ``summary`` the keys that are single numbers.
        """
        people = zip(self._visitors.id, self._visitors.position, strict=True)
        return {
            "poses": {name: list(pose) for name, pose in self._poses.items()},
            "visitors": [[int(i), round(float(x), 3), round(float(y), 3)] for i, (x, y) in people],
            "clearance_visitor_m": {n: _plain(t.visitor) for n, t in self._tracks.items()},
            "clearance_solid_m": {n: _plain(t.solid) for n, t in self._tracks.items()},
            **self._figures(),
        }

    def summary(self) -> dict[str, Any]:
        """Return the account of the whole run so far: plain JSON values.

        Keys that single numbers belong to:
            * ``contacts_total``, ``contacts_caused``: see ``sim.touches.Touches``.
            * ``covered_fraction`` (of what brushes can reach), ``covered_whole_fraction`` (of the
              whole zone), ``reachable_fraction``, ``repeat_fraction``, ``swept_area_m2``: see
              ``sim.swept.SweptMask``; only where there is a sweeper.
            * ``mass_removed_fraction``, ``kerb_mass_removed_fraction``, ``raised_fraction``,
              ``raised_g``, ``water_used_kg``: see ``sim.proof.Proof.shares``; as above.
            * ``near_visitors``, ``greeted_visitors``, ``greeted_fraction`` (None if nobody came
              near): see ``sim.encounters.Encounters``; only where there is a greeter.
            * ``falls``: see ``_Track``; only where a robot has legs.
        Others:
            * ``title``: of the place.
            * ``zone``: the sweep zones that are judged, see ``sim.swept_zones``.
            * ``min_clearance_m``, ``min_clearance_visitor_m``, ``min_clearance_solid_m``: by robot.
            * ``distance_m``: by robot.
            * ``contacts``: the first 200 as rows of time, robot, partner, force, caused.
            * ``kerb_gap_mean_m`` and its like, ``kerbs``: see ``sim.proof.kerb_account``.
            * ``ground``: all about each judged zone, see ``sim.proof.Proof.account``.
        """
        tracks = self._tracks
        return {
            **self._figures(),
            "title": self._title,
            "zone": ", ".join(self.zones),
            "min_clearance_m": {
                n: _plain(min(t.least_visitor, t.least_solid)) for n, t in tracks.items()
            },
            "min_clearance_visitor_m": {n: _plain(t.least_visitor) for n, t in tracks.items()},
            "min_clearance_solid_m": {n: _plain(t.least_solid) for n, t in tracks.items()},
            "distance_m": {n: round(t.distance, 2) for n, t in tracks.items()},
            "contacts": [contact.row() for contact in self._touches.contacts[:200]],
            **self._zones_account(),
        }

    @property
    def zones(self) -> tuple[str, ...]:
        """The sweep zones that are judged."""
        return self._swept.names

    def paths(self) -> dict[str, list[tuple[float, float, float, float]]]:
        """Return (time, x, y, yaw) of each robot, twice a second."""
        return {name: list(track.path) for name, track in self._tracks.items()}

    def _zones_account(self) -> dict[str, Any]:
        if SWEEPER not in self._tracks:
            return {}
        return {
            **kerb_account(self._kerb_gap, [self._sweep_zones[name] for name in self.zones]),
            "ground": {n: self._proof.account(n, self._swept.mask(n)) for n in self.zones},
        }

    def _figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = {
            "contacts_total": len(self._touches.contacts),
            "contacts_caused": self._touches.caused,
        }
        if SWEEPER in self._tracks:
            swept = self._swept
            figures |= {
                **{quantity: round(swept.share(quantity), 5) for quantity in SHARES},
                "swept_area_m2": round(swept.swept_area, 2),
                **self._proof.shares(self.zones),
                "water_used_kg": round(self._dirt.water_used, 4),
            }
        if GREETER in self._tracks:
            figures["falls"] = self._tracks[GREETER].falls
            near, greeted = self._encounters.near, self._encounters.greeted
            figures |= {
                "near_visitors": near,
                "greeted_visitors": greeted,
                "greeted_fraction": round(greeted / near, 5) if near else None,
            }
        return figures

    def _gap(self, outline: Polygon) -> float:
        found = self._tree.nearest(outline)
        return math.inf if found is None else float(outline.distance(self._tree.geometries[found]))

    def _partner(self, what: str, who: IntArray) -> str:
        row = _row(what)
        return what if row is None else f"visitor {int(who[row])}"

    def _shape(self, what: str, outlines: Mapping[str, Polygon]) -> BaseGeometry | None:
        row = _row(what)
        if row is not None:
            return Point(self._visitors.position[row])
        return outlines.get(what, self._solids.get(what))


def _row(what: str) -> int | None:
    kind, _, number = what.partition(" ")
    return int(number) if kind == "visitor" and number.isdigit() else None


def _plain(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
