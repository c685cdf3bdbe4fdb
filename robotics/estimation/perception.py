"""Lidar and odometry together: pose, quality, obstacles. Both robots' estimators use it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import compose, transform
from robotics.core.messages import Obstacle, Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.localisation import Localisation
from robotics.estimation.odometry import Increment
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid
from robotics.mapping.obstacles import ObstacleTracker, Returns, away_from

BLINDED = "lidar blinded"
MISCOUNT = "lidar beam count wrong"


@dataclass(frozen=True, slots=True)
class Lidar:
    """How a planar lidar is mounted, and what it can tell."""

    position_in_base: Array
    """Shape (3,) [m]."""
    yaw_in_base: float = 0.0
    """[rad]."""
    base_height: float = 0.0
    """Height of the base's origin above the ground [m]."""
    beams: int = 360
    """Returns expected in a turn."""
    range_least: float = 0.10
    """Nearer returns are dropped [m]."""
    range_most: float = 20.0
    """Farther returns are dropped [m]."""
    ground: float = 0.12
    """Returns lower than this, plus 1.5 % of their range, are the ground [m]."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where the robot is told that it stands when it is switched on."""

    pose: Array
    """In the map, shape (3,)."""
    sigma: float = 0.5
    """One sigma of x and y [m]."""
    sigma_yaw: float = math.radians(15.0)
    """[rad]."""


@dataclass(frozen=True, slots=True)
class Perceived:
    """What lidar and odometry say together."""

    pose_base_in_map: Array
    """Shape (3,)."""
    covariance: Array
    """Of that pose, shape (3, 3)."""
    quality: float
    """0 (lost) to 1, see ``Localisation``."""
    obstacles: tuple[Obstacle, ...]
    """Valid at the time of the last scan, which is ``points_age`` ago."""
    points_in_base: Array
    """Returns of the last scan, carried along by odometry to the base of now, shape (k, 2) [m]."""
    points_age: float
    """[s]."""
    faults: tuple[str, ...] = ()


@dataclass(slots=True)
class RangePerception:
    """Localises by one lidar and follows what moves; knows nothing of wheels or legs."""

    lidar: Lidar
    localisation: Localisation
    tracker: ObstacleTracker
    blind_after: float = 0.5
    """Time without a usable return after which the lidar counts as blinded [s]."""
    turn_most: float = 0.15
    """After so long without a usable turn what is tracked moves on unseen [s]."""
    _time: float | None = None
    _tracked: float = 0.0
    _scanned: float = 0.0
    _useful: float = 0.0
    _points: Array = field(default_factory=lambda: frozen(np.zeros((0, 2))))
    _miscount: bool = False

    @staticmethod
    def of(
        scannable: Grid, start: Start, lidar: Lidar, *, ground: Grid | None = None
    ) -> RangePerception:
        """Prepare for a site.

        Args:
            scannable: True where a lidar beam ends.
            start: Where the robot is switched on.
            lidar: The mounting.
            ground: True where a robot can be; None if that is not known.
        """
        surfaces = surface_field(scannable)
        covariance = np.diag([start.sigma, start.sigma, start.sigma_yaw]) ** 2
        pose = np.array(start.pose, dtype=np.float64)
        return RangePerception(
            lidar,
            Localisation(surfaces, pose, covariance, ground=ground),
            ObstacleTracker(surfaces),
        )

    def update(
        self,
        time: float,
        increment: Increment,
        scan: Scan | None,
        *,
        tilt: tuple[float, float] = (0.0, 0.0),
    ) -> Perceived:
        """Take in one tick.

        Args:
            time: Time of the observation [s]; when it runs backwards, nothing is lost but its
                own step.
            increment: Step of the base since the last call.
            scan: A lidar turn that was taken now; None on most ticks.
            tilt: (roll, pitch) of the base [rad], to level the scan and drop the ground.
        """
        duration = 0.0 if self._time is None else max(0.0, time - self._time)
        if self._time is None or time < self._time:
            self._scanned = self._useful = self._tracked = time
            self.tracker.forget()
        self._time = time
        self.localisation.predict(increment, duration=duration)
        self._carry(increment)
        if scan is not None:
            self._take(time, scan, tilt)
        if time - self._tracked > self.turn_most:
            self._coast(time)
        faults = self._faults(time)
        if faults:
            self.localisation.fade(duration)
        return Perceived(
            pose_base_in_map=frozen(self.localisation.pose),
            covariance=frozen(self.localisation.covariance),
            quality=self.localisation.quality,
            obstacles=self.tracker.obstacles,
            points_in_base=self._points,
            points_age=time - self._scanned,
            faults=faults,
        )

    def _carry(self, step: Increment) -> None:
        """Express the kept points in the base frame after ``step``."""
        if len(self._points) == 0 or (step.dx == 0.0 and step.dy == 0.0 and step.dyaw == 0.0):
            return
        c, s = math.cos(step.dyaw), math.sin(step.dyaw)
        rotation = np.array([[c, -s], [s, c]])
        moved = (self._points - (step.dx, step.dy)) @ rotation
        moved.setflags(write=False)
        self._points = moved

    def _take(self, time: float, scan: Scan, tilt: tuple[float, float]) -> None:
        """Correct the pose, then look for obstacles.

        A turn without any return is none: the points age, and the lidar soon counts as blinded.
        """
        self._miscount = len(scan.angle) != self.lidar.beams
        if self._miscount:
            return
        returns, origin = level(scan, self.lidar, tilt)
        if not len(returns.beams):
            return
        points = transform((*origin, 0.0), returns.points_in_lidar)
        self._points, self._scanned, self._useful = frozen(points), time, time
        before, moving = self.localisation.pose, self.tracker.predict(time)
        in_map = transform(self.localisation.pose, points)
        weights = away_from(in_map, moving, margin=0.25)
        ends = open_ends(scan, self.lidar, tilt, origin=origin)
        self.localisation.correct(points, weights, origin=origin, open_ends=ends)
        if self.localisation.jumped:
            self.tracker.carry(before, self.localisation.pose)
        lidar_in_map = compose(self.localisation.pose, (*origin, 0.0))
        sigma = np.sqrt(np.diag(self.localisation.covariance))
        doubt = (float(sigma[:2].max()), float(sigma[2]))
        self.tracker.update(time, returns, pose_lidar_in_map=lidar_in_map, doubt=doubt)
        self._tracked = time

    def _coast(self, time: float) -> None:
        """Let the tracks grow old where no turn tells of them."""
        none, beams = np.zeros(0, dtype=np.int64), self.lidar.beams
        nothing = Returns(np.zeros((0, 2)), none, beams, 2.0 * math.pi / max(1, beams))
        self.tracker.predict(time)
        self.tracker.update(time, nothing, pose_lidar_in_map=self.localisation.pose)
        self._tracked = time

    def _faults(self, time: float) -> tuple[str, ...]:
        faults = (MISCOUNT,) if self._miscount else ()
        if time - self._useful > self.blind_after:
            faults = (*faults, BLINDED)
        return faults


def warm_up() -> None:
    """Compile all kernels, or load them from disk, before a robot moves; takes seconds at most.

    A box of 4 × 4 m with a post in it is looked at, first from a wrong place.
    """
    solid = np.ones((120, 120), dtype=np.bool_)
    solid[20:100, 20:100] = False
    room = Grid(solid, 0.05, np.array([-3.0, -3.0]))
    angle = np.linspace(-math.pi, math.pi, 360, endpoint=False)
    ranges = 2.0 / np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    ranges[100:110] = 1.0
    perception = RangePerception.of(room, Start(np.array([0.6, 0.3, 0.1])), Lidar(np.zeros(3)))
    for turn in range(5):
        perception.update(0.1 * turn, Increment(), Scan(angle, ranges))


def level(scan: Scan, lidar: Lidar, tilt: tuple[float, float]) -> tuple[Returns, Array]:
    """Lay a scan flat.

    Args:
        scan: A turn in the frame of the lidar.
        lidar: The mounting.
        tilt: (roll, pitch) of the base [rad].

    Returns:
        The returns that are neither infinite, too near, too far nor the ground, seen from the
        lidar along the levelled base's axes; and the lidar's place (2,) in the levelled base [m].
    """
    angle, ranges = scan.angle, scan.range
    kept = (ranges >= lidar.range_least) & (ranges <= lidar.range_most)
    reach = np.where(kept, ranges, 0.0)
    turned = angle + lidar.yaw_in_base
    rays = np.stack((reach * np.cos(turned), reach * np.sin(turned)), axis=1)
    origin = np.asarray(lidar.position_in_base, dtype=np.float64)
    if tilt != (0.0, 0.0):
        rotation = matrix_from_rpy(tilt[0], tilt[1], 0.0)
        origin = rotation @ origin
        low = rays @ rotation[2, :2] + origin[2] + lidar.base_height
        kept = kept & (low > lidar.ground + 0.015 * reach)
        rays = rays @ rotation[:2, :2].T
    beams = np.flatnonzero(kept)
    spacing = 2.0 * math.pi / max(1, len(angle))
    if len(angle) > 1:
        spacing = float(angle[-1] - angle[0]) / (len(angle) - 1)
    return Returns(rays[beams], beams, len(angle), spacing), origin[:2]


def open_ends(scan: Scan, lidar: Lidar, tilt: tuple[float, float], *, origin: Array) -> Array:
    """Return points in the base that beams without return surely passed, shape (m, 2) [m].

    A tilted beam rises or sinks, so it tells only of what it met within 15 cm of its height.
    """
    angle = scan.angle[np.isposinf(scan.range)] + lidar.yaw_in_base
    reach = min(0.95 * lidar.range_most, 0.15 / max(1e-3, math.hypot(*tilt)))
    return origin + reach * np.stack((np.cos(angle), np.sin(angle)), axis=1)
