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
SPEED = 0.8
"""While sweeping [m/s]."""
TURN_TIME = 6.0
"""For the turn at the end of a swath: two quarter turns at up to 1 rad/s, brake and start at
0.6 m/s² [s]."""
CROWD = 1.15
"""Part more that people cost (own choice)."""
TRANSIT_SPEED = 0.6
"""Mean on the way, with the starts, turns and slow zones on it [m/s]."""
DETOUR = 1.3
"""A path's length over the straight line's (own choice)."""
DOCKING_TIME = 20.0
"""Allowed for turning in front of the dock and the last slow metres [s]."""
LEAST = 40.0
"""Sweeping for less time than this is not worth the way [s]."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The zone to sweep next."""

    zone: Zone
    sweeping: float
    """Estimated time for the whole of it, without the ways [s]."""
    total: float
    """The same with the way there and home [s]."""
    fits: bool
    """Whether that is less than the time left."""


def sweeping_time(zone: Zone) -> float:
    """Return the time to sweep the whole of ``zone`` [s].

    Path length = area / spacing; one turn for each swath along the longer side of the smallest
    enclosing rectangle.
    """
    area = Polygon(zone.polygon, [*zone.holes])
    corners = get_coordinates(area.minimum_rotated_rectangle)
    sides = np.hypot(*np.diff(corners[:3], axis=0).T)
    swaths = math.ceil(float(sides.min()) / SPACING)
    return CROWD * (float(area.area) / (SPACING * SPEED) + swaths * TURN_TIME)


def way_time(start: Array, end: Array) -> float:
    """Return the time to drive between two points (2,) [s]."""
    return DETOUR * math.dist(start[:2], end[:2]) / TRANSIT_SPEED


def way_home(position: Array, dock: Array) -> float:
    """Return the time to be back in the ``dock`` (3,) from ``position`` (2,) [s]."""
    return way_time(position, dock) + DOCKING_TIME


def choose(
    zones: Iterable[Zone], position: Array, *, dock: Array, seconds: float, partly: bool
) -> Choice | None:
    """Return the nearest zone that can be swept whole in the time left.

    Args:
        zones: Those not swept yet.
        position: Where the robot is, (2,).
        dock: Where it has to be at the end, (3,).
        seconds: Time left [s].
        partly: If none fits whole, return the one that needs the least time, as long as a
            worthwhile part can be swept.
    """
    choices = [_price(zone, position, dock, seconds) for zone in zones]
    whole = [one for one in choices if one.fits]
    if whole:
        return min(whole, key=lambda one: way_time(position, _nearest(one.zone, position)))
    parts = [one for one in choices if one.total - one.sweeping + LEAST <= seconds]
    return min(parts, key=lambda one: one.total) if partly and parts else None


def _price(zone: Zone, position: Array, dock: Array, seconds: float) -> Choice:
    centre = np.asarray(Polygon(zone.polygon).centroid.coords[0])
    sweeping = sweeping_time(zone)
    total = way_time(position, _nearest(zone, position)) + sweeping + way_home(centre, dock)
    return Choice(zone, sweeping, total, total <= seconds)


def _nearest(zone: Zone, position: Array) -> Array:
    """Return the corner of ``zone`` (2,) that is nearest to ``position``."""
    distances = np.hypot(*(zone.polygon - position[:2]).T)
    return np.asarray(zone.polygon[int(np.argmin(distances))])
