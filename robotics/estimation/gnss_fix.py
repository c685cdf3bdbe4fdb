"""Satellite fixes in localisation: a gated update of the pose in the map.

Out in the open a lidar may see too little to localise by; there an RTK receiver is at its best.
Beside walls it is the other way round, and a fix may be metres off while it calls itself good. So a
fix has to agree with what is believed, and one receiver's errors do not average out at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import FixKind, GnssFix
from robotics.core.georeference import SiteOrigin

DISAGREES = "satellites and map disagree"


@dataclass(slots=True)
class GnssAid:
    """Corrects a pose by the fixes of one receiver."""

    origin: SiteOrigin
    antenna_in_base: Array
    """The antenna's place, shape (2,) [m]."""
    kinds: tuple[FixKind, ...] = (FixKind.RTK_FIXED, FixKind.RTK_FLOAT)
    """Fixes that are used."""
    gate: float = 13.8
    """Largest squared Mahalanobis distance of a fix: χ² with two degrees of freedom, 99.9 %."""
    floor: float = 0.015
    """One sigma that a fix has at least [m]: the antenna's phase centre, the map itself."""
    memory: float = 2.0
    """Errors of fixes this close together are the same [s]; multipath turns over in seconds."""
    oldest: float = 0.5
    """Older fixes are not used [s]."""
    patience: float = 5.0
    """RTK fixes that disagree for so long mean that the pose is wrong, or the map's origin [s]."""
    used: int = 0
    """Fixes that have corrected the pose."""
    refused: int = 0
    """Fixes of a good kind that were too far off, or too old."""
    disagrees: bool = False
    """Whether good fixes have disagreed for longer than ``patience``."""
    _used_at: float = -math.inf
    _agreed_at: float | None = field(default=None)

    def correct(
        self, time: float, pose: Array, covariance: Array, fix: GnssFix, speed: float = 0.0
    ) -> tuple[Array, Array]:
        """Return pose (3,) and covariance (3, 3) in the map with what ``fix`` says.

        Args:
            time: Now [s].
            pose: What is believed, (x, y, yaw) of the base in the map.
            covariance: Of that.
            fix: Any; one that cannot be used changes nothing.
            speed: Of the base [m/s]: an old fix is of another place.
        """
        if fix.kind not in self.kinds:
            return pose, covariance
        if not 0.0 <= fix.age <= self.oldest:
            self.refused += 1
            return pose, covariance
        noise = self._noise(time, fix, speed)
        row, off = self._model(pose, fix)
        spread = row @ covariance @ row.T + noise
        distance = float(off @ np.linalg.solve(spread, off))
        if not self._judge(time, distance, fix):
            return pose, covariance
        gain = np.linalg.solve(spread, row @ covariance).T
        keep = np.eye(3) - gain @ row
        # Joseph's form: symmetric and positive whatever is rounded
        after = keep @ covariance @ keep.T + gain @ noise @ gain.T
        moved = pose + gain @ off
        moved[2] = math.remainder(moved[2], 2.0 * math.pi)
        return np.asarray(moved), np.asarray(0.5 * (after + after.T))

    def _noise(self, time: float, fix: GnssFix, speed: float) -> Array:
        """Return the covariance of a fix in the map (2, 2), as one of a row that errs alike."""
        own = self.origin.covariance_in_map(fix.covariance)
        own = own + (self.floor**2 + (speed * fix.age) ** 2) * np.eye(2)
        since = max(1e-3, time - self._used_at)
        return np.asarray(own * max(1.0, self.memory / since))

    def _model(self, pose: Array, fix: GnssFix) -> tuple[Array, Array]:
        """Return d antenna / d pose (2, 3), and how far off the antenna is seen (2,) [m]."""
        c, s = math.cos(pose[2]), math.sin(pose[2])
        x, y = np.asarray(self.antenna_in_base, dtype=np.float64)
        arm = np.array([c * x - s * y, s * x + c * y])
        row = np.array([[1.0, 0.0, -arm[1]], [0.0, 1.0, arm[0]]])
        return row, self.origin.position_in_map(fix) - (np.asarray(pose[:2]) + arm)

    def _judge(self, time: float, distance: float, fix: GnssFix) -> bool:
        """Return whether a fix is near enough, and keep account of it."""
        if self._agreed_at is None or time < self._agreed_at:
            self._agreed_at = time
        if distance <= self.gate:
            self.used += 1
            self._used_at = self._agreed_at = time
            self.disagrees = False
            return True
        self.refused += 1
        late = time - self._agreed_at > self.patience
        self.disagrees = self.disagrees or (late and fix.kind is FixKind.RTK_FIXED)
        return False
