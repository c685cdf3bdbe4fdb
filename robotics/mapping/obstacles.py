"""Everything around that is not in the site map: seen, followed, named."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from robotics.core.arrays import Array, IntArray
from robotics.core.geometry import transform
from robotics.core.messages import Obstacle
from robotics.mapping.field import SurfaceField
from robotics.mapping.segments import HIDDEN, LONG, RADIUS, RANGE, Cutting, X, Y, cut, unexplained
from robotics.mapping.tracks import Track, Tracking


@dataclass(frozen=True, slots=True)
class Returns:
    """The returns of one lidar turn, levelled."""

    points_in_lidar: Array
    """In the order of the beams, seen from the lidar, shape (k, 2) [m]."""
    beams: IntArray
    """Beam number of each, growing, shape (k,)."""
    count: int
    """Beams in a turn."""
    spacing: float
    """Angle between neighbouring beams [rad]."""


@dataclass(slots=True)
class ObstacleTracker:
    """Segments each scan, matches the pieces with tracks, keeps the tracks alive.

    ``obstacles`` are valid at the time of the last scan; only tracks with three sightings count.
    """

    surfaces: SurfaceField
    tracking: Tracking = field(default_factory=Tracking)
    cutting: Cutting = field(default_factory=Cutting)
    obstacles: tuple[Obstacle, ...] = ()
    tracks: list[Track] = field(default_factory=list)
    _time: float | None = None
    _ids: int = 0

    def predict(self, time: float) -> Array:
        """Move all tracks on to ``time`` [s].

        Returns:
            Circles (x, y, radius) in the map of all that moves, shape (m, 3) [m].
        """
        duration = 0.0 if self._time is None else max(0.0, time - self._time)
        self._time = time
        for track in self.tracks:
            track.predict(duration, self.tracking)
        moving = [(track.x, track.y, track.radius) for track in self.tracks if track.mobile]
        return np.array(moving, dtype=np.float64).reshape(-1, 3)

    def update(self, time: float, returns: Returns, *, pose_lidar_in_map: Array) -> None:
        """Take in one scan; ``predict`` must have been called for its ``time`` [s]."""
        seen = self._segment(returns, pose_lidar_in_map)
        free = self._associate(time, seen, returns.spacing)
        for row in seen[free]:
            self._begin(time, row, returns.spacing)
        oldest = time - self.tracking.patience
        self.tracks = [track for track in self.tracks if track.seen > oldest]
        self.obstacles = tuple(
            track.obstacle(time, self.tracking)
            for track in self.tracks
            if track.hits >= self.tracking.hits
        )

    def forget(self) -> None:
        """Drop all tracks: the pose jumped, so they stand where nothing is."""
        self.tracks = []
        self.obstacles = ()

    def _segment(self, returns: Returns, pose_lidar_in_map: Array) -> Array:
        """Return the table of ``segments.cut`` with centres in the map."""
        points = returns.points_in_lidar
        if len(points) == 0:
            return np.zeros((0, 6))
        ranges = np.hypot(points[:, 0], points[:, 1])
        in_map = transform(pose_lidar_in_map, points)
        kept = unexplained(in_map, ranges, self.surfaces, self.cutting)
        turn = np.array([float(returns.count), returns.spacing])
        seen = cut(points, returns.beams, kept, turn, self.cutting)
        seen[:, [X, Y]] = transform(pose_lidar_in_map, seen[:, [X, Y]])
        return seen

    def _associate(self, time: float, seen: Array, spacing: float) -> IntArray:
        """Match tracks and sightings (Hungarian method); return the rows left over.

        The cost is the distance, with half the difference of the radii, cut off at the gate.
        """
        free = np.ones(len(seen), dtype=np.bool_)
        if not self.tracks or not len(seen):
            return np.flatnonzero(free)
        at = np.array([(track.x, track.y, track.radius) for track in self.tracks])
        apart = np.hypot(at[:, None, 0] - seen[:, X], at[:, None, 1] - seen[:, Y])
        cost = apart + 0.5 * np.abs(at[:, None, 2] - seen[:, RADIUS])
        cost = np.where(apart > self.tracking.gate, 10.0 * self.tracking.gate, cost)
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if apart[i, j] > self.tracking.gate:
                continue
            track, row = self.tracks[i], seen[j]
            hidden, is_long = bool(row[HIDDEN]), bool(row[LONG])
            track.is_long = is_long and not track.mobile
            whole = not hidden and not is_long
            track.correct(row[X], row[Y], variance=self._variance(row, spacing))
            track.note(time, float(row[RADIUS]), whole=whole, tracking=self.tracking)
            free[j] = False
        return np.flatnonzero(free)

    def _variance(self, row: Array, spacing: float) -> float:
        """Return the variance of a measured centre [m²]; half-hidden things count for less."""
        far = self.tracking.noise_far * spacing * float(row[RANGE])
        hidden = 0.15 if row[HIDDEN] else 0.0
        return self.tracking.noise**2 + far**2 + hidden**2

    def _begin(self, time: float, row: Array, spacing: float) -> None:
        self._ids += 1
        self.tracks.append(
            Track(
                id=self._ids,
                x=float(row[X]),
                y=float(row[Y]),
                radius=float(row[RADIUS]),
                born=time,
                seen=time,
                start=(float(row[X]), float(row[Y])),
                is_long=bool(row[LONG]),
                var=self._variance(row, spacing),
                cov=0.0,
                var_speed=self.tracking.speed_sigma**2,
            )
        )


def away_from(points_in_map: Array, circles: Array, *, margin: float) -> Array:
    """Return weights (k,): 0 for points (k, 2) within ``margin`` [m] of a circle (m, 3), else 1."""
    if len(circles) == 0 or len(points_in_map) == 0:
        return np.ones(len(points_in_map))
    apart = points_in_map[:, None, :] - circles[None, :, :2]
    inside = np.hypot(apart[..., 0], apart[..., 1]) < circles[:, 2] + margin
    return np.where(inside.any(axis=1), 0.0, 1.0)
