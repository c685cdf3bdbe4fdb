"""What a group of visitors does from entry to exit: the way, and the halts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from shapely import LineString, Point
from shapely.ops import nearest_points

from robotics.core.arrays import Array
from sim.paths import Paths
from sim.world_model import Attraction, Route, World


@dataclass(frozen=True, slots=True)
class Trip:
    """One walker's way: corners, and how long to halt at each, looking where."""

    points: Array
    """(k, 2) [m]."""
    halt: Array
    """Time to stand at each corner, 0 for passing (k,) [s]."""
    gaze: Array
    """Point to look at while halting (k, 2) [m]."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """A halt that a group agreed on."""

    along: float
    spot: Attraction
    dwell: float


class Guide:
    """Draws trips for groups."""

    def __init__(self, world: World, paths: Paths) -> None:
        self.paths = paths
        self._spots = world.visitors.attractions
        stations = [np.array(p.pose) for p in world.places if p.kind == "greeter"]
        self._station: Array | None = stations[0] if stations else None

    def trips(self, route: Route, size: int, rng: np.random.Generator) -> list[Trip]:
        """Return a trip for each of ``size`` members: the same halts, side by side."""
        line = LineString(route.line)
        stops = self._stops(line, route.width, rng)
        room = max(0.0, route.width / 2 - 0.3)
        middle = rng.uniform(-room, room)
        aside = middle + 0.7 * (np.arange(size) - (size - 1) / 2)
        turns = rng.uniform(-0.6, 0.6, len(stops))
        return [
            self._trip(line, stops, float(np.clip(aside[m], -room - 0.35, room + 0.35)), turns + f)
            for m, f in enumerate(0.3 * (np.arange(size) - (size - 1) / 2))
        ]

    def _stops(self, line: LineString, width: float, rng: np.random.Generator) -> list[_Stop]:
        found = []
        for spot in self._spots:
            passes = line.distance(Point(spot.position)) <= spot.radius + width / 2
            wants = rng.random() < spot.share
            dwell = float(rng.uniform(*spot.dwell))
            if passes and wants:
                found.append(_Stop(line.project(Point(spot.position)), spot, dwell))
        return sorted(found, key=lambda stop: stop.along)

    def _trip(self, line: LineString, stops: list[_Stop], aside: float, turns: Array) -> Trip:
        corners = [self._beside(line, d, aside) for d in _corner_distances(line)]
        entries = [(d, c, 0.0, c) for d, c in zip(_corner_distances(line), corners, strict=True)]
        for stop, turn in zip(stops, turns, strict=True):
            place, gaze = self._standing(stop.spot, float(turn))
            entries.append((stop.along, place, stop.dwell, gaze))
        entries.sort(key=lambda entry: entry[0])
        points, halt, gaze_points = [entries[0][1]], [entries[0][2]], [entries[0][3]]
        for (_, a, _, _), (_, b, dwell, gaze) in pairwise(entries):
            way = self.paths.between(a, b)
            points += list(way)
            halt += [0.0] * (len(way) - 1) + [dwell]
            gaze_points += [gaze] * len(way)
        return Trip(np.array(points), np.array(halt), np.array(gaze_points))

    def _beside(self, line: LineString, distance: float, aside: float) -> Array:
        """Return the free point ``aside`` [m] to the left of the line."""
        here = np.array(line.interpolate(distance).coords[0])
        ends = [line.interpolate(d).coords[0] for d in (max(0.0, distance - 0.5), distance + 0.5)]
        along = np.subtract(ends[1], ends[0])
        left = np.array([-along[1], along[0]]) / max(1e-9, math.hypot(*along))
        for part in (1.0, 0.6, 0.3):
            point = here + part * aside * left
            if self.paths.clear(here, point):
                return point
        return self.paths.snapped(here)

    def _standing(self, spot: Attraction, turn: float) -> tuple[Array, Array]:
        """Return where to stand and what to look at.

        Before the greeter: 2.0 to 2.4 m from its station, ``turn`` off its front. Elsewhere: near
        the spot, facing the nearest thing.
        """
        centre = np.array(spot.position)
        station = self._station
        if (
            station is not None
            and math.dist(station[:2], centre) < spot.radius + 2.5
            and (spot.name == "greeter")
        ):
            distance = 2.2 + 0.2 * math.sin(7.0 * turn)
            bearing = station[2] + turn
            place = station[:2] + distance * np.array([math.cos(bearing), math.sin(bearing)])
            return self.paths.snapped(place), station[:2]
        thing = np.array(nearest_points(self.paths.edge, Point(centre))[0].coords[0])
        off = 1.2 * turn * np.array([-(thing - centre)[1], (thing - centre)[0]])
        place = centre + off / max(1e-9, math.dist(thing, centre))
        return self.paths.snapped(place), thing


def _corner_distances(line: LineString) -> Array:
    pieces = np.hypot(*np.diff(np.asarray(line.coords), axis=0).T)
    return np.concatenate([[0.0], np.cumsum(pieces)])


def rest_of(trip: Trip, part: float) -> Trip:
    """Return what is left of a trip after ``part`` (0 to 1) of its length."""
    lengths = np.hypot(*np.diff(trip.points, axis=0).T)
    gone = np.concatenate([[0.0], np.cumsum(lengths)])
    distance = part * gone[-1]
    k = int(np.clip(np.searchsorted(gone, distance, side="right"), 1, len(gone) - 1))
    share = (distance - gone[k - 1]) / max(1e-9, lengths[k - 1])
    here = trip.points[k - 1] + share * (trip.points[k] - trip.points[k - 1])
    return Trip(
        np.vstack([here, trip.points[k:]]),
        np.concatenate([[0.0], trip.halt[k:]]),
        np.vstack([here, trip.gaze[k:]]),
    )


def drawn_apart(places: Array, trips: list[Trip]) -> Array:
    """Draw members who would stand on one another apart, backwards along their ways."""
    for i in range(1, len(places)):
        back = trips[i].points[0] - trips[i].points[1]
        back = back / max(1e-9, math.hypot(*back))
        while np.hypot(*(places[:i] - places[i]).T).min() < 0.5:
            places[i] = places[i] - 0.25 * back
    return places
