"""Everything around that is not in the site map: seen, followed, named."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from robotics.core.arrays import Array, IntArray
from robotics.core.geometry import rotation2, transform
from robotics.core.messages import Obstacle
from robotics.mapping.field import SurfaceField
from robotics.mapping.segments import (
    EXPLAINED,
    HIDDEN,
    LONG,
    NOBODY,
    RADIUS,
    RANGE,
    Cutting,
    X,
    Y,
    cut,
    unexplained,
)
from robotics.mapping.tracks import Tracking, Tracks
from robotics.mapping.view import View


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
    A track that is not seen is judged by the beams that should have met it: behind something
    nearer it is carried on for seconds, where the beams pass through it is dropped soon.
    """

    surfaces: SurfaceField
    tracking: Tracking = field(default_factory=Tracking)
    cutting: Cutting = field(default_factory=Cutting)
    obstacles: tuple[Obstacle, ...] = ()
    tracks: Tracks = field(default_factory=lambda: Tracks.fresh(0))
    _time: float | None = None
    _duration: float = 0.0
    _ids: int = 0

    def predict(self, time: float) -> Array:
        """Move all tracks on to ``time`` [s].

        Returns:
            Circles (x, y, radius) in the map of all that moves, shape (m, 3) [m].
        """
        self._duration = 0.0 if self._time is None else max(0.0, time - self._time)
        self._time = time
        self.tracks.predict(self._duration, self.tracking)
        moving = self.tracks.mobile
        return np.column_stack((self.tracks.place[moving], self.tracks.radius[moving]))

    def update(
        self,
        time: float,
        returns: Returns,
        *,
        pose_lidar_in_map: Array,
        doubt: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Take in one scan; ``predict`` must have been called for its ``time`` [s].

        Args:
            time: When the scan was taken [s].
            returns: The scan.
            pose_lidar_in_map: Where it was taken, shape (3,).
            doubt: One sigma of that pose: of its place [m] and of its yaw [rad].
        """
        tracks, tracking = self.tracks, self.tracking
        seen = self._segment(returns, pose_lidar_in_map, doubt)
        rows, columns = self._associate(seen, returns.spacing)
        self._correct(time, seen[columns], rows, returns.spacing)
        unseen = np.ones(len(tracks), dtype=np.bool_)
        unseen[rows] = False
        lost = np.flatnonzero(unseen)
        patience = np.full(len(tracks), tracking.patience)
        patience[lost] = self._judge_unseen(lost, returns, pose_lidar_in_map)
        tracks.keep(time - tracks.seen <= patience)
        tracks.begin(self._newcomers(time, np.delete(seen, columns, axis=0), returns.spacing))
        self.obstacles = tracks.obstacles(time, tracking)

    def forget(self) -> None:
        """Drop all tracks: nothing is known of where they are."""
        self.tracks = Tracks.fresh(0)
        self.obstacles = ()

    def carry(self, pose_before: Array, pose_after: Array) -> None:
        """Move all that walks along with a pose in the map (3,) that was found to be another.

        What never moved is dropped: it may be a wall, seen from a wrong pose.
        """
        tracks = self.tracks
        tracks.keep(tracks.mobile)
        turn = rotation2(float(pose_after[2] - pose_before[2])).T
        for name in ("place", "rest", "shadow"):
            away = getattr(tracks, name) - pose_before[:2]
            setattr(tracks, name, away @ turn + pose_after[:2])
        tracks.speed = tracks.speed @ turn

    def _segment(
        self, returns: Returns, pose_lidar_in_map: Array, doubt: tuple[float, float]
    ) -> Array:
        """Return the table of ``segments.cut`` with centres in the map."""
        points = returns.points_in_lidar
        if len(points) == 0:
            return np.zeros((0, 6))
        ranges = np.hypot(points[:, 0], points[:, 1])
        in_map = transform(pose_lidar_in_map, points)
        cutting = self.cutting._replace(
            explained=self.cutting.explained + min(2.0 * doubt[0], 0.1),
            explained_far=self.cutting.explained_far + min(2.0 * doubt[1], 0.03),
        )
        kept = unexplained(in_map, ranges, self.surfaces, cutting)
        owner = np.full(len(points), EXPLAINED, dtype=np.int64)
        owner[kept] = self._owners(in_map[kept])
        turn = np.array([float(returns.count), returns.spacing])
        seen = cut(points, returns.beams, owner, turn, cutting)
        seen[:, [X, Y]] = transform(pose_lidar_in_map, seen[:, [X, Y]])
        return seen

    def _owners(self, in_map: Array) -> IntArray:
        """Return for each point (k, 2) the walker that it should be on, shape (k,)."""
        tracks = self.tracks
        known = np.flatnonzero(tracks.mobile & (tracks.var < 0.02))
        owner = np.full(len(in_map), NOBODY, dtype=np.int64)
        if len(known) < 2:
            return owner
        away = in_map[:, None] - tracks.place[known]
        depth = np.hypot(away[..., 0], away[..., 1]) - tracks.radius[known]
        nearest = depth.argmin(axis=1)
        close = depth[np.arange(len(in_map)), nearest] < 0.25
        owner[close] = known[nearest[close]]
        return owner

    def _associate(self, seen: Array, spacing: float) -> tuple[IntArray, IntArray]:
        """Match tracks with sightings (Hungarian method); return the indices of both.

        The cost is the squared Mahalanobis distance plus the logarithm of its variance, so that
        a vague track takes nothing from a sharp one, plus half of the radii's.
        """
        tracks, tracking = self.tracks, self.tracking
        if not len(tracks) or not len(seen):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        off = tracks.place[:, None] - seen[:, [X, Y]]
        square = off[..., 0] ** 2 + off[..., 1] ** 2
        total = tracks.var[:, None] + self._variance(seen, spacing) + tracking.surprise**2
        thick = (tracks.radius[:, None] - seen[:, RADIUS]) ** 2
        thick /= tracks.var_radius[:, None] + 0.1**2
        young = 3.0 * (tracks.hits < tracking.hits)[:, None]
        cost = square / total + 2.0 * np.log(total / tracking.surprise**2) + 0.5 * thick + young
        inside = square <= np.minimum(tracking.gate**2 * total, tracking.gate_most**2)
        rows, columns = linear_sum_assignment(np.where(inside, np.minimum(cost, 500.0), 1e4))
        good = inside[rows, columns]
        return rows[good].astype(np.int64), columns[good].astype(np.int64)

    def _correct(self, time: float, seen: Array, which: IntArray, spacing: float) -> None:
        """Take in the sightings ``seen`` (k, 6) of tracks ``which`` (k,)."""
        if not len(which):
            return
        tracks, is_long = self.tracks, seen[:, LONG] > 0.0
        whole = ~is_long & (seen[:, HIDDEN] == 0.0)
        step = 0.25 * spacing * seen[:, RANGE]
        odd = tracks.measure_radius(which, seen[:, RADIUS], 0.02**2 + step**2, whole)
        tracks.correct(which, seen[:, [X, Y]], self._variance(seen, spacing), odd)
        tracks.note(time, which, is_long, self.tracking)

    def _judge_unseen(self, lost: IntArray, returns: Returns, pose_lidar_in_map: Array) -> Array:
        """Return how long each track of ``lost`` (k,) may be unseen from now on (k,) [s].

        A walker who would have left a shadow but is not seen must have stopped in it: it is put
        back to where it was hidden, as long as that place is hidden.
        """
        tracks, tracking = self.tracks, self.tracking
        view = View.of(returns.points_in_lidar, returns.spacing, pose_lidar_in_map)
        hidden, met, empty = view.judge(tracks.place[lost], tracks.radius[lost])
        back = ~hidden & ~met & np.isfinite(tracks.shadow[lost, 0])
        if back.any():
            shadow = np.where(back[:, None], tracks.shadow[lost], tracks.place[lost])
            back &= view.judge(shadow, tracks.radius[lost]).hidden
            put = lost[back]
            tracks.place[put] = tracks.shadow[put]
            tracks.speed[put] = 0.0
            hidden, empty = hidden | back, empty & ~back
        tracks.shadow[lost[hidden]] = tracks.place[lost[hidden]]
        tracks.empty[lost] = np.where(empty, tracks.empty[lost] + self._duration, 0.0)
        confirmed = tracks.hits[lost] >= tracking.hits
        standing = np.hypot(*tracks.speed[lost].T) < tracking.pace
        long = np.where(standing, tracking.patience_standing, tracking.patience_hidden)
        patience = np.where(hidden & confirmed, long, tracking.patience)
        gone = tracks.empty[lost] > tracking.patience_empty
        patience[gone] = 0.0
        return np.where(confirmed, patience, tracking.patience_empty)

    def _variance(self, seen: Array, spacing: float) -> Array:
        """Return the variance of measured centres (k,) [m²]; half-hidden things count for less."""
        far = self.tracking.noise_far * spacing * seen[:, RANGE]
        hidden = self.tracking.noise_hidden * seen[:, HIDDEN]
        return np.asarray(self.tracking.noise**2 + far**2 + hidden**2)

    def _newcomers(self, time: float, seen: Array, spacing: float) -> Tracks:
        """Return tracks of the sightings ``seen`` (k, 6)."""
        new = Tracks.fresh(len(seen))
        new.id += np.arange(self._ids + 1, self._ids + 1 + len(seen))
        self._ids += len(seen)
        new.place, new.rest = seen[:, [X, Y]], seen[:, [X, Y]]
        new.var, new.var_speed[:] = self._variance(seen, spacing), self.tracking.speed_sigma**2
        new.radius, new.is_long = seen[:, RADIUS].copy(), seen[:, LONG] > 0.0
        step = 0.25 * spacing * seen[:, RANGE]
        new.var_radius = 0.02**2 + step**2 + (0.3 * seen[:, HIDDEN]) ** 2
        new.born[:] = new.seen[:] = time
        return new


def away_from(points_in_map: Array, circles: Array, *, margin: float) -> Array:
    """Return weights (k,): 0 for points (k, 2) within ``margin`` [m] of a circle (m, 3), else 1."""
    if len(circles) == 0 or len(points_in_map) == 0:
        return np.ones(len(points_in_map))
    x = points_in_map[:, 0, None] - circles[:, 0]
    y = points_in_map[:, 1, None] - circles[:, 1]
    inside = x * x + y * y < (circles[:, 2] + margin) ** 2
    return np.where(inside.any(axis=1), 0.0, 1.0)
