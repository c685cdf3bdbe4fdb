"""Where a map lies on Earth: its origin by latitude and longitude, its axes by their direction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.messages import GnssFix

SEMI_MAJOR, FLATTENING = 6_378_137.0, 1.0 / 298.257223563
"""Of the WGS 84 ellipsoid [m, 1] (NGA.STND.0036, 2014)."""
FARTHEST_APART = 5.0
"""Two places of a drive have to be at least so far apart to tell a direction from [m]."""


@dataclass(frozen=True, slots=True)
class SiteOrigin:
    """Where the map's origin is on Earth, and how its axes lie."""

    latitude: float
    """WGS 84 [rad]."""
    longitude: float
    """[rad]."""
    height: float = 0.0
    """Above the ellipsoid [m]."""
    yaw: float = 0.0
    """Direction of the map's x axis, counter-clockwise from east [rad]."""

    @property
    def written(self) -> tuple[float, float, float, float]:
        """Latitude, longitude, height and yaw as in a map's file [°, °, m, °]."""
        latitude, longitude = math.degrees(self.latitude), math.degrees(self.longitude)
        return latitude, longitude, self.height, math.degrees(self.yaw)

    def position_in_map(self, fix: GnssFix) -> Array:
        """Return where the antenna is in the map, shape (2,) [m]."""
        return self._seen(_on_earth(fix.latitude, fix.longitude, fix.height))

    def _seen_at(self, latitude: float, longitude: float) -> Array:
        return self._seen(_on_earth(latitude, longitude, self.height))

    def _seen(self, there: Array) -> Array:
        """Return where an earth-centred point (3,) is in the map, shape (2,) [m]."""
        away = there - _on_earth(self.latitude, self.longitude, self.height)
        sin_lat, cos_lat = math.sin(self.latitude), math.cos(self.latitude)
        sin_lon, cos_lon = math.sin(self.longitude), math.cos(self.longitude)
        east = np.array([-sin_lon, cos_lon, 0.0])
        north = np.array([-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat])
        return np.asarray(self._in_map @ np.array([east @ away, north @ away]))

    def place_at(self, position_in_map: ArrayLike) -> tuple[float, float]:
        """Return latitude and longitude of a place in the map, (x, y) [m], at the origin's height.

        Exact to micrometres over kilometres: each step is good to the curvature over its length.
        """
        wanted = np.asarray(position_in_map, dtype=np.float64)
        latitude, longitude = self.latitude, self.longitude
        for _ in range(4):
            off = self._in_map.T @ (wanted - self._seen_at(latitude, longitude))
            meridian, parallel = _radii(latitude, self.height)
            latitude += float(off[1]) / meridian
            longitude += float(off[0]) / parallel
        return latitude, longitude

    def covariance_in_map(self, covariance: Array) -> Array:
        """Return a covariance of (east, north) (2, 2) along the map's axes [m²]."""
        return np.asarray(self._in_map @ covariance @ self._in_map.T)

    @property
    def _in_map(self) -> Array:
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return np.array([[c, s], [-s, c]])


def _radii(latitude: float, height: float) -> tuple[float, float]:
    """Return metres of one radian north and of one radian east."""
    squared = FLATTENING * (2.0 - FLATTENING)
    bend = 1.0 - squared * math.sin(latitude) ** 2
    meridian = SEMI_MAJOR * (1.0 - squared) / bend**1.5
    return meridian + height, (SEMI_MAJOR / math.sqrt(bend) + height) * math.cos(latitude)


def _on_earth(latitude: float, longitude: float, height: float) -> Array:
    """Return earth-centred coordinates, shape (3,) [m]."""
    squared = FLATTENING * (2.0 - FLATTENING)
    normal = SEMI_MAJOR / math.sqrt(1.0 - squared * math.sin(latitude) ** 2)
    level = (normal + height) * math.cos(latitude)
    up = (normal * (1.0 - squared) + height) * math.sin(latitude)
    return np.array([level * math.cos(longitude), level * math.sin(longitude), up])


def origin_from(fix: GnssFix, position_in_map: ArrayLike, yaw: float = 0.0) -> SiteOrigin:
    """Return the origin of a map in which the antenna of ``fix`` stands at ``position_in_map``.

    Args:
        fix: Of a survey: an antenna held over a known place for a while.
        position_in_map: Shape (2,) [m].
        yaw: Direction of the map's x axis, counter-clockwise from east [rad].
    """
    origin = SiteOrigin(fix.latitude, fix.longitude, fix.height, yaw)
    for _ in range(4):  # each step is good to the curvature over its length: micrometres at the end
        off = np.asarray(position_in_map, dtype=np.float64) - origin.position_in_map(fix)
        c, s = math.cos(yaw), math.sin(yaw)
        east, north = -(c * off[0] - s * off[1]), -(s * off[0] + c * off[1])
        meridian, parallel = _radii(origin.latitude, fix.height)
        origin = SiteOrigin(
            origin.latitude + north / meridian,
            origin.longitude + east / parallel,
            fix.height,
            yaw,
        )
    return origin


def fitted(fixes: Sequence[GnssFix], places_in_map: ArrayLike) -> SiteOrigin:
    """Return the origin that brings the antenna's fixes nearest to where it was in the map.

    A turn and a shift in the plane by least squares (Umeyama, PAMI 13(4), 1991, without scale).

    Args:
        fixes: Of a drive, all of a good kind.
        places_in_map: Where the antenna was at each, shape (n, 2) [m].

    Raises:
        ValueError: Fewer than two fixes, or all at one place.
    """
    places = np.asarray(places_in_map, dtype=np.float64).reshape(-1, 2)
    if len(fixes) < 2 or np.ptp(places, axis=0).max() < FARTHEST_APART:
        raise ValueError(f"fixes have to be at least {FARTHEST_APART:g} m apart")
    level = SiteOrigin(fixes[0].latitude, fixes[0].longitude, fixes[0].height)
    seen = np.array([level.position_in_map(fix) for fix in fixes])
    a, b = places - places.mean(axis=0), seen - seen.mean(axis=0)
    yaw = math.atan2(float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()), float((a * b).sum()))
    c, s = math.cos(yaw), math.sin(yaw)
    first = places.mean(axis=0) - np.array([[c, s], [-s, c]]) @ seen.mean(axis=0)
    return origin_from(fixes[0], first, yaw)
