"""Where the robot is in the map: odometry predicts, each lidar turn corrects."""

from __future__ import annotations

import math
from dataclasses import InitVar, dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.geometry import compose
from robotics.estimation.correlate import EFFORT, Area, Effort, Search
from robotics.estimation.odometry import Increment
from robotics.estimation.relocalise import Caution, Hunt, Trusted
from robotics.estimation.scan_match import Belief, Matching, Sight, View, align, look
from robotics.mapping.field import SurfaceField
from robotics.mapping.grid import Grid
from robotics.mapping.pyramid import Pyramid, pyramid

AT_START, LATER = Trusted(0.5, 0.2), Trusted(0.3, 0.2)


@dataclass(frozen=True, slots=True)
class Trust:
    """How the quality is reckoned, and what follows from it."""

    smoothing: float = 0.3
    """Share of each new scan in the quality."""
    short: float = 0.6
    """How much a return in free space counts against the pose: people stand there, too."""
    beams_least: float = 12.0
    """Fewer static-looking returns than this say nothing."""
    fade: float = 5.0
    """Time constant with which the quality falls while scans say nothing [s]."""
    vague: float = 1.5
    """One sigma of the position at which the quality is halved [m]."""
    poor: float = 0.5
    """Below this, the surroundings of the pose are searched, and soon the whole map."""
    pause: float = 0.5
    """Time between two searches of the surroundings [s]."""
    lost_after: float = 0.3
    """Time for which the fit is poor before the whole map is searched [s]."""
    gain: float = 0.10
    """Fit that a pose found near by must have more than the old one."""
    unsettled: float = 0.35
    """Largest quality as long as another place seems as likely."""
    unconfirmed: float = 0.45
    """Largest quality until the map was searched for such places."""
    start: Trusted = AT_START
    """How far the first pose is trusted, which a person gave."""
    later: Trusted = LATER
    """The same for the last pose before the robot was lost."""


NEAR = EFFORT._replace(floor=0, found=16, near_best=0.9, apart=0.25, least=0.15, nodes=20_000)
"""What finds a robot that is off by a step."""


@dataclass(frozen=True, slots=True)
class Window:
    """Where is searched at once when a scan fits badly, around a pose."""

    shift: float = 1.0
    """± [m]."""
    turn: float = math.radians(20.0)
    """± [rad]."""
    pull: float = 0.04
    """Score that the far edge of the window must gain over its centre (ties along a corridor)."""
    effort: Effort = NEAR
    bounds: int = 8_000
    """Where the search stops."""


@dataclass(slots=True)
class Localisation:
    """An iterated extended Kalman filter over (x, y, yaw) of the base in the map.

    ``quality`` is the share of the static-looking returns (those on no tracked walker) that end
    on a mapped surface, smoothed over about three turns. Returns in free space count for a part
    only, since unknown people cause them; returns from behind mapped walls count in full. It is
    lower where the pose is vague (a long way along a featureless corridor), at most
    ``trust.unconfirmed`` until the map was searched for places that look alike, and at most
    ``trust.unsettled`` while there is one that is as likely.

    At the start, and whenever the fit stays poor, a ``Hunt`` goes through the whole map beside
    the tracking; it is worked on by ``predict``, in slices.
    """

    surfaces: SurfaceField
    pose: Array
    """Pose of the base in the map, shape (3,)."""
    covariance: Array = field(default_factory=lambda: np.diag([0.25, 0.25, 0.07]))
    """Of (x, y, yaw) in the map, shape (3, 3)."""
    matching: Matching = field(default_factory=Matching)
    trust: Trust = Trust()
    caution: Caution = field(default_factory=Caution)
    window: Window = Window()
    quality: float = 0.0
    jumped: bool = False
    """Whether the last correction moved the pose by a search."""
    ground: InitVar[Grid | None] = None
    """Where a robot can be; None if that is not known."""
    scores: Pyramid = field(init=False)
    hunt: Hunt | None = None
    """The search for another place that is under way."""
    _fit_now: float = 0.0
    _poor_for: float = 0.0
    _since_search: float = math.inf
    _since_scan: float = 0.0
    _corrected: bool = False
    _verified: bool = False
    _was_right: bool = False
    _doubted: bool = False

    _anchor: Array = field(init=False)

    def __post_init__(self, ground: Grid | None) -> None:
        self.scores = pyramid(self.surfaces, ground=ground)
        self._anchor = np.array(self.pose, dtype=np.float64)

    def predict(self, step: Increment, *, duration: float) -> None:
        """Move by one odometry ``step`` that took ``duration`` [s]."""
        c, s = math.cos(self.pose[2]), math.sin(self.pose[2])
        right, up = c * step.dx - s * step.dy, s * step.dx + c * step.dy
        by_pose = np.array([[1.0, 0.0, -up], [0.0, 1.0, right], [0.0, 0.0, 1.0]])
        by_step = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        noise = by_step * np.array([step.var_x, step.var_y, step.var_yaw]) @ by_step.T
        self.covariance = by_pose @ self.covariance @ by_pose.T + noise
        self.pose = compose(self.pose, (step.dx, step.dy, step.dyaw))
        self._anchor = compose(self._anchor, (step.dx, step.dy, step.dyaw))
        self._since_search += max(0.0, duration)
        self._since_scan += max(0.0, duration)
        if self.hunt is not None:
            self.hunt.predict(step, max(0.0, duration))

    def correct(
        self,
        points: Array,
        weights: Array,
        *,
        origin: ArrayLike = (0.0, 0.0),
        open_ends: ArrayLike = (),
    ) -> None:
        """Fit a scan to the map.

        Args:
            points: Returns in the base frame, shape (k, 2) [m].
            weights: Trust in each, 0 (on a walker) to 1, shape (k,).
            origin: Where the lidar is in the base, shape (2,) [m].
            open_ends: Points that beams without return surely passed, shape (m, 2) [m].
        """
        self.jumped = False
        gap, self._since_scan = self._since_scan, 0.0
        if weights.sum() < self.trust.beams_least:
            return
        sight = _sight(points, weights, origin, open_ends)
        fitted = self._match(sight, Belief(self.pose, self._information()))
        fit = self._judge(sight, fitted[0])
        poor = max(fit, self.quality if self._corrected else 0.0) < self.trust.poor
        if (poor or not self._corrected) and self._since_search >= self.trust.pause:
            found = self._look_around(sight, fit=fit)
            if found is not None:
                fitted, fit = found
        self._poor_for = self._poor_for + gap if fit < self.trust.poor else 0.0
        self._take(*fitted, fit=fit)
        self._follow_hunt(sight)

    def fade(self, duration: float) -> None:
        """Trust the pose less after ``duration`` [s] without a useful scan."""
        self.quality *= math.exp(-max(0.0, duration) / self.trust.fade)

    def _information(self) -> Array:
        return np.asarray(np.linalg.inv(self.covariance + np.diag([1e-10, 1e-10, 1e-12])))

    def _match(self, sight: Sight, prior: Belief) -> tuple[Array, Array]:
        """Return the fitted pose (3,) and its covariance (3, 3)."""
        pose, seen = align(sight.points, sight.weights, self.surfaces, prior, self.matching)
        return pose, np.asarray(np.linalg.inv(prior.information + seen))

    def _judge(self, sight: Sight, pose: Array) -> float:
        """Return how well a scan fits at ``pose``, 0 to 1."""
        return self._fit_of(look(sight._replace(open_ends=_NONE), self.surfaces, pose))

    def _fit_of(self, view: View) -> float:
        against = view.through + self.trust.short * view.short
        return view.explained / max(1e-9, view.explained + against)

    def _look_around(self, sight: Sight, *, fit: float) -> tuple[tuple[Array, Array], float] | None:
        """Return the match that starts from the best pose near by, if it fits clearly better."""
        self._since_search = 0.0
        window, (x, y, yaw) = self.window, self.pose.tolist()
        low, high = (x - window.shift, y - window.shift), (x + window.shift, y + window.shift)
        area = Area(low, high, yaw, window.turn)
        search = Search.of(self.scores, sight.points[sight.weights > 0.5], area, window.effort)
        search.advance(window.bounds)
        if not len(search.poses):
            return None
        off = search.poses - self.pose
        away = (off[:, 0] ** 2 + off[:, 1] ** 2) / window.shift**2 + (off[:, 2] / window.turn) ** 2
        coarse = search.poses[np.argmax(search.shares - window.pull * away)]
        loose = np.diag([0.15, 0.15, math.radians(4.0)]) ** 2
        fitted = self._match(sight, Belief(coarse, np.linalg.inv(loose)))
        better = self._judge(sight, fitted[0])
        if better < fit + self.trust.gain:
            return None
        self.jumped, self._verified, self.hunt = True, False, None
        return fitted, better

    def _take(self, pose: Array, covariance: Array, *, fit: float) -> None:
        weight = self.trust.smoothing if self._corrected and not self.jumped else 1.0
        self.pose = np.asarray(pose, dtype=np.float64)
        self.covariance = 0.5 * (covariance + covariance.T)
        self._fit_now += weight * (fit - self._fit_now)
        vague = math.sqrt(max(self.covariance[0, 0], self.covariance[1, 1])) / self.trust.vague
        self.quality = self._fit_now / (1.0 + vague**4)
        self._corrected = True

    def _follow_hunt(self, sight: Sight) -> None:
        """Begin, weigh or end the search for another place; keep the quality low until then."""
        hunt = self.hunt
        if hunt is None:
            if not self._verified or self._poor_for >= self.trust.lost_after:
                trusted = self.trust.later if self._was_right else self.trust.start
                self.hunt = Hunt(self.scores, self.surfaces, self.matching, self.caution, trusted)
                self.hunt.begin(sight, self._anchor, self.pose)
                self._verified = False
        elif not hunt.is_searching:
            hunt.weigh(sight, self.pose)
            self._doubted = hunt.is_settled and not hunt.confirms
            winner = hunt.winner
            if winner is not None and not winner.is_here:
                self._jump(winner.pose, sight)
            elif hunt.confirms or hunt.is_over:
                self.hunt, self._verified = None, hunt.confirms
        if self._verified and self._poor_for <= 0.0:
            self._anchor, self._was_right = self.pose.copy(), True
        if self._doubted or not self._verified:
            most = self.trust.unsettled if self._doubted else self.trust.unconfirmed
            self.quality = min(self.quality, most)

    def _jump(self, pose: Array, sight: Sight) -> None:
        """Believe to be somewhere else, near ``pose`` (3,)."""
        loose = np.diag([0.5, 0.5, 0.1]) ** 2
        fitted = self._match(sight, Belief(pose, np.linalg.inv(loose)))
        self.jumped, self.hunt, self._verified, self._doubted = True, None, True, False
        self._poor_for = 0.0
        self._take(*fitted, fit=self._judge(sight, fitted[0]))


_NONE = np.zeros((0, 2))


def _sight(points: Array, weights: Array, origin: ArrayLike, open_ends: ArrayLike) -> Sight:
    """Return the scan as compiled code wants it."""
    ends = np.array(open_ends, dtype=np.float64).reshape(-1, 2)
    place = np.array(origin, dtype=np.float64)
    return Sight(np.array(points, order="C"), np.array(weights), ends, place)
