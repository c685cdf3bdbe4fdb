"""Where the robot is in the map: odometry predicts, each lidar turn corrects."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.geometry import compose
from robotics.estimation.odometry import Increment
from robotics.estimation.scan_match import Belief, Matching, Window, align, explained, search
from robotics.mapping.field import SurfaceField


@dataclass(frozen=True, slots=True)
class Trust:
    """How the quality is reckoned, and what follows from it."""

    within: float = 0.15
    """A beam that ends this near to a mapped surface is explained [m]."""
    smoothing: float = 0.3
    """Share of each new scan in the quality."""
    beams_least: float = 12.0
    """Fewer static-looking returns than this say nothing."""
    fade: float = 5.0
    """Time constant with which the quality falls while scans say nothing [s]."""
    poor: float = 0.5
    """Below this, the surroundings of the pose are searched."""
    pause: float = 0.5
    """Time between two searches [s]."""
    gain: float = 0.10
    """Share of beams that a found pose must explain more than the old one."""


@dataclass(slots=True)
class Localisation:
    """An iterated extended Kalman filter over (x, y, yaw) of the base in the map.

    ``quality`` is the share of the static-looking returns (those on no tracked walker) that end
    within 0.15 m of a mapped surface, smoothed over about three turns. It tells a lost robot from
    a found one where the place has shape; along a featureless corridor it cannot.
    """

    surfaces: SurfaceField
    pose: Array
    """Pose of the base in the map, shape (3,)."""
    covariance: Array = field(default_factory=lambda: np.diag([0.25, 0.25, 0.07]))
    """Of (x, y, yaw) in the map, shape (3, 3)."""
    matching: Matching = field(default_factory=Matching)
    trust: Trust = Trust()
    window: Window = field(default_factory=Window)
    quality: float = 0.0
    jumped: bool = False
    """Whether the last correction moved the pose by a search."""
    _since_search: float = math.inf
    _corrected: bool = False

    def predict(self, step: Increment, *, duration: float) -> None:
        """Move by one odometry ``step`` that took ``duration`` [s]."""
        c, s = math.cos(self.pose[2]), math.sin(self.pose[2])
        right, up = c * step.dx - s * step.dy, s * step.dx + c * step.dy
        by_pose = np.array([[1.0, 0.0, -up], [0.0, 1.0, right], [0.0, 0.0, 1.0]])
        by_step = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        noise = by_step * np.array([step.var_x, step.var_y, step.var_yaw]) @ by_step.T
        self.covariance = by_pose @ self.covariance @ by_pose.T + noise
        self.pose = compose(self.pose, (step.dx, step.dy, step.dyaw))
        self._since_search += max(0.0, duration)

    def correct(self, points: Array, weights: Array) -> None:
        """Fit a scan to the map.

        Args:
            points: Returns in the base frame, shape (k, 2) [m].
            weights: Trust in each, 0 (on a walker) to 1, shape (k,).
        """
        self.jumped = False
        if weights.sum() < self.trust.beams_least:
            return
        fitted = self._fit(points, weights, Belief(self.pose, self._information()))
        share = self._share(points, weights, fitted[0])
        poor = max(share, self.quality if self._corrected else 0.0) < self.trust.poor
        if (poor or not self._corrected) and self._since_search >= self.trust.pause:
            found = self._look_around(points, weights, share=share)
            if found is not None:
                fitted, share = found
        self._take(*fitted, share=share)

    def fade(self, duration: float) -> None:
        """Trust the pose less after ``duration`` [s] without a useful scan."""
        self.quality *= math.exp(-max(0.0, duration) / self.trust.fade)

    def _information(self) -> Array:
        return np.asarray(np.linalg.inv(self.covariance + np.diag([1e-10, 1e-10, 1e-12])))

    def _fit(self, points: Array, weights: Array, prior: Belief) -> tuple[Array, Array]:
        """Return the fitted pose (3,) and its covariance (3, 3)."""
        pose, seen = align(points, weights, self.surfaces, prior, self.matching)
        return pose, np.asarray(np.linalg.inv(prior.information + seen))

    def _share(self, points: Array, weights: Array, pose: Array) -> float:
        good, total = explained(points, weights, self.surfaces, pose, self.trust.within)
        return good / max(total, 1e-9)

    def _look_around(
        self, points: Array, weights: Array, *, share: float
    ) -> tuple[tuple[Array, Array], float] | None:
        """Return the fit that starts from the best pose near by, if it explains clearly more."""
        self._since_search = 0.0
        coarse = search(points, weights, self.surfaces, self.pose, self.window)
        loose = np.diag([0.15, 0.15, math.radians(4.0)]) ** 2
        fitted = self._fit(points, weights, Belief(coarse, np.linalg.inv(loose)))
        better = self._share(points, weights, fitted[0])
        if better < share + self.trust.gain:
            return None
        self.jumped = True
        return fitted, better

    def _take(self, pose: ArrayLike, covariance: Array, *, share: float) -> None:
        weight = self.trust.smoothing if self._corrected and not self.jumped else 1.0
        self.pose = np.asarray(pose, dtype=np.float64)
        self.covariance = 0.5 * (covariance + covariance.T)
        self.quality += weight * (share - self.quality)
        self._corrected = True
