"""What the ground ahead looks like: the foot of the kerb, remembered over the last metres.

The down-tilted lidar meets the ground on one line across the way, 0.83 m ahead of the brushes. A
kerb is found in each of its turns (``mapping.kerb``: a step model laid on the ranges) and kept in
the frame of the odometry, where it stays in place relative to the robot: a correction of the
localisation moves the robot on the map, not the kerb beside its brush.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, BoolArray, IntArray, frozen
from robotics.core.geometry import compose, inverse, transform
from robotics.core.messages import GroundSight, Scan
from robotics.mapping.ground_returns import points_of, split_returns
from robotics.mapping.kerb import Kerb, Mounting, kerb_beside

AHEAD = 1.33
"""Where the lidar's plane meets the ground [m; x of the base]."""
BESIDE = 0.8
"""And about where a kerb beside the way crosses it [m]."""
SAME = 0.03
"""Two sightings nearer than this are one [m]."""
RAISED = (0.04, 0.09)
"""Heights of returns from the face of a kerb that lies across the way [m]."""
ACROSS = 6
"""Least number of beams that must meet it in one turn."""
APART = 5
"""Every so many of them are kept."""


@dataclass(slots=True)
class KerbWatch:
    """Finds the kerb on both sides and ahead, and remembers it.

    Attributes:
        mounting: Of the down-tilted lidar.
        kerbs: Feet of the kerbs of the site map, (k, 2) each [m]: they only say about how a kerb
            runs that is seen for the first time; where it is, the lidar says.
        window: Turns of this time tell how a kerb runs [s].
        memory: Older sightings are forgotten [s].
        reach: So are those farther than this from the base [m].
        found: The kerbs of the last turn, and
        points_in_base: its returns, NaN where nothing came back, shape (m, 3) [m].
    """

    mounting: Mounting
    kerbs: tuple[Array, ...] = ()
    window: float = 1.0
    memory: float = 10.0
    reach: float = 2.5
    found: tuple[Kerb, ...] = ()
    points_in_base: Array = field(default_factory=lambda: np.zeros((0, 3)))
    _odometry: Array = field(default_factory=lambda: np.zeros(3))
    _rows: Array = field(default_factory=lambda: np.zeros((0, 4)))
    _low: tuple[float, BoolArray] | None = None
    _starts: Array = field(init=False)
    _ways: Array = field(init=False)

    def __post_init__(self) -> None:
        lines = [line for line in self.kerbs if len(line) > 1]
        ways = [np.diff(line, axis=0) for line in lines]
        self._starts = np.vstack([np.zeros((0, 2)), *(line[:-1] for line in lines)])
        self._ways = np.vstack([np.zeros((0, 2)), *ways])

    def update(
        self, time: float, step: Array, pose_base_in_map: Array, scan: Scan | None
    ) -> GroundSight:
        """Return what is known of the ground at ``time`` [s].

        Args:
            time: Of the observation [s].
            step: (3,) of the base since the last call, by odometry.
            pose_base_in_map: Shape (3,).
            scan: A turn of the down-tilted lidar, if one came.
        """
        self._odometry = compose(self._odometry, step)
        if scan is not None:
            self._look(time, pose_base_in_map, scan)
        if not len(self._rows):
            return GroundSight()
        here = inverse(self._odometry)
        near = transform(here, self._rows[:, 1:3])
        return GroundSight(frozen(transform(pose_base_in_map, near)))

    def _look(self, time: float, pose: Array, scan: Scan) -> None:
        """Take in a turn."""
        self._forget(time)
        hints = {side: self._direction(time, pose, side) for side in (1.0, -1.0)}
        seen = [kerb_beside(scan, self.mounting, s, angle=a) for s, a in hints.items()]
        self.found = tuple(one for one in seen if one is not None)
        points = self.points_in_base = points_of(scan, self.mounting)
        for one in self.found:
            self._add(time, one.point[None], math.copysign(1.0, one.distance))
        self._add(time, self._across(time, points), 0.0)

    def _forget(self, time: float) -> None:
        rows = self._rows
        away = np.hypot(*(rows[:, 1:3] - self._odometry[:2]).T)
        age = time - rows[:, 0]
        self._rows = rows[(away < self.reach) & (age >= 0.0) & (age < self.memory)]

    def _add(self, time: float, points_in_base: Array, side: float) -> None:
        """Remember points (k, 2) of one side, or 0 for those across the way."""
        for point in transform(self._odometry, points_in_base):
            mine = np.flatnonzero(self._rows[:, 3] == side)
            if side and len(mine):
                last = mine[-1]
                if math.dist(self._rows[last, 1:3], point) < SAME:
                    self._rows[last, 1:3] += 0.3 * (point - self._rows[last, 1:3])
                    continue
                if self._strays(point, mine[-8:]):
                    continue
            self._rows = np.vstack((self._rows, (time, *point, side)))

    def _strays(self, point: Array, last: IntArray) -> bool:
        """Return whether a sighting lies between others but off them: a foot, a leaf, a gap."""
        near = self._rows[last, 1:3]
        near = near[np.hypot(*(near - point).T) < 0.4]
        if len(near) < 5:
            return False
        middle = near.mean(axis=0)
        _, spread, axes = np.linalg.svd(near - middle)
        straight = spread[1] < 0.01 * math.sqrt(len(near)) and spread[0] > 0.1
        off = abs(float((point - middle) @ axes[1]))
        return bool(straight and 0.04 < off < 0.10)

    def _direction(self, time: float, pose: Array, side: float) -> float:
        """Return about how the kerb on a side runs against the base's x axis [rad], ±π/2."""
        angle = self._mapped(pose, side)
        if angle is None:
            angle = self._measured(time, side)
        return angle - math.pi * round(angle / math.pi) if angle is not None else 0.0

    def _mapped(self, pose: Array, side: float) -> float | None:
        """Return how the kerb of the map runs that is nearest to where it is looked for."""
        if not len(self._starts):
            return None
        spot = transform(pose, (AHEAD, side * BESIDE))[0]
        length = np.maximum((self._ways**2).sum(axis=1), 1e-12)
        part = np.clip(((spot - self._starts) * self._ways).sum(axis=1) / length, 0.0, 1.0)
        gap = np.hypot(*(self._starts + part[:, None] * self._ways - spot).T)
        best = int(gap.argmin())
        if gap[best] > 0.8:
            return None
        return math.atan2(self._ways[best, 1], self._ways[best, 0]) - float(pose[2])

    def _measured(self, time: float, side: float) -> float | None:
        """Return how the kerb seen in the window runs (total least squares)."""
        mine = (self._rows[:, 3] == side) & (time - self._rows[:, 0] <= self.window)
        points = self._rows[mine, 1:3]
        if len(points) < 4 or np.ptp(points, axis=0).max() < 0.2:
            return None
        _, _, axes = np.linalg.svd(points - points.mean(axis=0))
        return math.atan2(axes[0, 1], axes[0, 0]) - float(self._odometry[2])

    def _across(self, time: float, points: Array) -> Array:
        """Return the foot of what lies across the way, shape (k, 2) [m; base].

        A beam that met flat ground in the last turn and meets something raised now has come upon a
        face, whose foot is below the return: from turn to turn the lidar's line moves by less than
        the way in which it climbs a face.
        """
        low = split_returns(points).flat
        before, self._low = self._low, (time, low)
        if before is None or not 0.0 < time - before[0] < 0.25 or len(before[1]) != len(low):
            return np.zeros((0, 2))
        height, beside = points[:, 2], np.abs(points[:, 1])
        met = before[1] & (height > RAISED[0]) & (height < RAISED[1]) & (beside < 0.6)
        return points[met, :2][::APART] if met.sum() >= ACROSS else np.zeros((0, 2))
