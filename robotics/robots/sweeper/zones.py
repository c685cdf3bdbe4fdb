"""Which zone to sweep next: what each one costs, and what still fits."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from shapely import Polygon, get_coordinates

from robotics.core.arrays import Array
from robotics.mapping.places import Zone

SPACING = 1.0
"""Between two swaths: the swept width of 1.12 m less an overlap [m]."""
SPEED = 0.62
"""While sweeping in haste: what its plans reach on straight stretches [m/s]; with it a zone of
96 m² takes 233 s, and took 230 to 240 s in four runs."""
CAREFUL = 0.27
"""While sweeping as clean as it can: what the cleaning law asks for on open ground, people now and
then near: the mean of a zone of 96 m² at Zhanqiao was 0.25 [m/s]."""
TURN_TIME = 6.0
"""For the turn at the end of a swath: two quarter turns at up to 1 rad/s, brake and start at
0.6 m/s² [s]."""
CROWD = 1.15
"""Part more that people cost (own choice)."""
TRANSIT_SPEED = 0.6
"""Mean on the way, with the starts, turns and slow zones on it [m/s]."""
DETOUR = 1.3
"""A path's length over the straight line's (own choice)."""
DOCKING_TIME = 16.0
"""For turning before a station, the last slow metre and the check at rest, without the way there:
``benchmarks/dock.py`` has 24 s in the middle from 2 to 6 m away, of which ``way_time`` is 9 s; from
Zhanqiao's nearest zone, 7 to 10 m away, three runs took 4 to 9 s more than ``way_time`` [s]."""
LEAST = 40.0
"""Sweeping for less time than this is not worth the way [s]."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A zone that may be swept now."""

    zone: Zone
    priority: int = 5
    """1 comes first."""
    done: float = 0.0
    """Part of it that was swept already, 0 to 1."""
    begun: bool = False
    """Whether it was at work on it: it is ended before anything else is begun."""
    window: float = math.inf
    """For how long it may still be swept [s]."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The zone to sweep next."""

    zone: Zone
    sweeping: float
    """Estimated time for what is left of it, in haste, without the ways [s]."""
    total: float
    """The same with the way there and home [s]."""
    fits: bool
    """Whether that is less than the time left."""
    careful: float = 0.0
    """Estimated time for what is left of it, as clean as it can [s]."""


def sweeping_time(zone: Zone, speed: float = SPEED) -> float:
    """Return the time to sweep the whole of ``zone`` at ``speed`` [m/s] on straight stretches [s].

    Path length = area / spacing; one turn for each swath along the longer side of the smallest
    enclosing rectangle.
    """
    area = Polygon(zone.polygon, [*zone.holes])
    corners = get_coordinates(area.minimum_rotated_rectangle)
    sides = np.hypot(*np.diff(corners[:3], axis=0).T)
    swaths = math.ceil(float(sides.min()) / SPACING)
    return CROWD * (float(area.area) / (SPACING * speed) + swaths * TURN_TIME)


def way_time(start: Array, end: Array) -> float:
    """Return the time to drive between two points (2,) [s]."""
    return DETOUR * math.dist(start[:2], end[:2]) / TRANSIT_SPEED


def way_home(position: Array, dock: Array) -> float:
    """Return the time to be back in the ``dock`` (3,) from ``position`` (2,) [s]."""
    return way_time(position, dock) + DOCKING_TIME


def choose(
    offers: Iterable[Offer], position: Array, *, dock: Array, seconds: float, partly: bool
) -> Choice | None:
    """Return the zone to sweep now: the one begun, then by priority, then the nearest that fits.

    Args:
        offers: Those that may be swept.
        position: Where the robot is, (2,).
        dock: Where it has to be at the end, (3,).
        seconds: Time left [s].
        partly: If none fits whole, return the one that needs the least time, as long as a
            worthwhile part can be swept.
    """
    priced = [(one, _price(one, position, dock, seconds)) for one in offers]
    whole = [pair for pair in priced if pair[1].fits]
    if whole:
        return min(whole, key=lambda pair: _rank(pair[0], position))[1]
    least = [
        pair
        for pair in priced
        if pair[1].total - pair[1].sweeping + LEAST <= _room(pair[0], seconds)
    ]
    if not (partly and least):
        return None
    return min(least, key=lambda pair: (not pair[0].begun, pair[0].priority, pair[1].total))[1]


def _rank(offer: Offer, position: Array) -> tuple[bool, int, float]:
    return not offer.begun, offer.priority, way_time(position, _nearest(offer.zone, position))


def _room(offer: Offer, seconds: float) -> float:
    return min(seconds, offer.window)


def _price(offer: Offer, position: Array, dock: Array, seconds: float) -> Choice:
    zone, left = offer.zone, max(0.0, 1.0 - offer.done)
    centre = np.asarray(Polygon(zone.polygon).centroid.coords[0])
    there = way_time(position, _nearest(zone, position))
    sweeping, careful = left * sweeping_time(zone), left * sweeping_time(zone, CAREFUL)
    total = there + sweeping + way_home(centre, dock)
    fits = total <= seconds and there + sweeping <= offer.window
    return Choice(zone, sweeping, total, fits, careful)


def _nearest(zone: Zone, position: Array) -> Array:
    """Return the corner of ``zone`` (2,) that is nearest to ``position``."""
    distances = np.hypot(*(zone.polygon - position[:2]).T)
    return np.asarray(zone.polygon[int(np.argmin(distances))])
