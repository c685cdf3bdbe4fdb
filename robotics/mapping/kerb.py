"""The kerb beside the robot, from a lidar that looks down at the ground in front.

A kerb is found as a step: ground, a face, a top. The ranges that such a step would give are
compared with those measured, so that the noise of the ranges does not bias the place, as it does
when a line is laid through all points of a band of heights (measured there: 0.2 to 1.9 m off).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, BoolArray, frozen
from robotics.core.geometry import inverse, transform
from robotics.core.messages import Scan


@dataclass(frozen=True, slots=True)
class Mounting:
    """Where the down-tilted lidar is; for a tilted base, of the levelled base."""

    position_in_base: Array
    """Shape (3,) [m], z above the ground."""
    rotation_in_base: Array
    """Shape (3, 3)."""


@dataclass(frozen=True, slots=True)
class Step:
    """What counts as a kerb."""

    height_least: float = 0.04
    """[m]."""
    height_most: float = 0.30
    """Higher steps are walls [m]."""
    sigma: float = 0.015
    """One sigma of a range: 1 cm of noise, and paving that is not flat [m]."""
    proof: float = 60.0
    """By so much must the step explain the scan better than flat ground (χ²)."""
    points: int = 4
    """Least number of returns from the ground, and of those from the face and the top."""
    misfit: float = 2.5
    """Mean χ² of the raised returns above which they are something else (a foot, grass)."""


@dataclass(frozen=True, slots=True)
class Kerb:
    """A kerb as a straight line through the foot of its face, in the base frame."""

    distance: float
    """From the base's origin, square to the line, positive on the left [m]."""
    angle: float
    """Direction of the line against the base's x axis [rad], within ±π/2."""
    height: float
    """Of its top; of the part of its face that is in view where the top is not [m]."""
    point: Array
    """Where on the line it was seen, shape (2,) [m]."""


def detect_kerb(
    scan: Scan, mounting: Mounting, *, angle: float = 0.0, step: Step | None = None
) -> Kerb | None:
    """Find the kerb in one turn of the down-tilted lidar.

    Args:
        scan: In the lidar's frame.
        mounting: Of the lidar.
        angle: About how the kerb runs against the base's x axis [rad]: a single turn does not
            tell; ``KerbLine`` does.
        step: What counts as a kerb.

    Returns:
        The clearer one of left and right, or None where there is no step.
    """
    found = [_found(scan, mounting, side, (angle, step or Step())) for side in (1.0, -1.0)]
    better = [one for one in found if one is not None]
    return max(better, key=lambda one: one[0])[1] if better else None


def kerb_beside(
    scan: Scan, mounting: Mounting, side: float, *, angle: float = 0.0, step: Step | None = None
) -> Kerb | None:
    """Find the kerb on one side, 1 for the left, -1 for the right; else as ``detect_kerb``."""
    found = _found(scan, mounting, side, (angle, step or Step()))
    return None if found is None else found[1]


def _found(
    scan: Scan, mounting: Mounting, side: float, wanted: tuple[float, Step]
) -> tuple[float, Kerb] | None:
    """Return (proof, kerb) on a side; ``wanted`` is about how it runs, and what counts as one."""
    angle, step = wanted
    usable = np.isfinite(scan.range) & (scan.range > 0.05)
    if usable.sum() < 2 * step.points:
        return None
    profile = _Profile.of(scan.angle[usable], scan.range[usable], mounting, angle)
    found = None if profile is None else profile.step(side, step)
    if profile is None or found is None:
        return None
    proof, offset, height = found
    along = np.array([math.cos(angle), math.sin(angle)])
    seen = np.abs(profile.across - offset).argmin()
    where = float(profile.points[seen, :2] @ along)
    return proof, Kerb(offset, angle, height, frozen(offset * profile.normal + where * along))


@dataclass(frozen=True, slots=True)
class _Profile:
    """A scan as rays of the base frame over a plane of ground."""

    origin: Array
    rays: Array
    """Unit vectors, shape (m, 3)."""
    range: Array
    points: Array
    """Returns, shape (m, 3) [m]."""
    normal: Array
    """Square to the kerb, to the left, shape (2,)."""
    across: Array
    """How far each return lies along ``normal``, shape (m,) [m]."""
    ground: tuple[float, float]
    """Height of the ground at across = 0 [m], and its slope along ``across``."""

    @staticmethod
    def of(angles: Array, ranges: Array, mounting: Mounting, angle: float) -> _Profile | None:
        """Lay the ground under a scan; None where there is none."""
        flat = np.stack((np.cos(angles), np.sin(angles), np.zeros(len(angles))), axis=1)
        rays = flat @ np.asarray(mounting.rotation_in_base).T
        origin = np.asarray(mounting.position_in_base, dtype=np.float64)
        points = origin + ranges[:, None] * rays
        normal = np.array([-math.sin(angle), math.cos(angle)])
        across = points[:, :2] @ normal
        ahead = np.abs(across - float(origin[:2] @ normal)) < 0.35
        low, slope, level = ahead & (np.abs(points[:, 2]) < 0.08), 0.0, 0.0
        for limit in (0.02, 0.02, 0.02):
            if low.sum() < 4 or np.ptp(across[low]) < 0.1:
                return None
            slope, level = _line(across[low], points[low, 2])
            low = np.abs(points[:, 2] - level - slope * across) < limit
        return _Profile(origin, rays, ranges, points, normal, across, (level, slope))

    def step(self, side: float, step: Step) -> tuple[float, float, float] | None:
        """Return (proof, offset along the normal, height) of the step on a ``side`` (1 left)."""
        level, slope = self.ground
        height = self.points[:, 2] - level - slope * self.across
        mine = side * self.across > 0.0
        standing, flat = height > 0.5 * step.height_least, np.abs(height) < 0.5 * step.height_least
        raised = mine & standing & (height < 2.0 * step.height_most)
        if not raised.any():
            return None
        # ground behind a narrow kerb tells nothing of its foot, and whatever stands before the last
        # flat ground on this side of its top lies on that: litter, a foot
        middle = float(np.median(side * self.across[raised]))
        mine &= standing | (side * self.across < middle)
        flat &= mine
        if flat.sum() < step.points:
            return None
        edge = float((side * self.across[flat]).max())
        mine &= ~(standing & (side * self.across < edge - 0.05))
        raised = mine & standing & (height < 2.0 * step.height_most)
        if raised.sum() < step.points or mine.sum() - raised.sum() < step.points:
            return None
        top = self._top(height[raised])
        offset = float(np.quantile(side * self.across[raised], 0.1)) * side
        for reach in (0.25, 0.05, 0.02):
            tried = offset + np.linspace(-reach, reach, 41)
            tried = tried[side * tried > 0.0]
            if not len(tried):
                return None
            ranges, on_top = self._expected(tried, top, side)
            misfit = np.minimum(((self.range - ranges) / step.sigma) ** 2, 9.0)[:, mine]
            best = int(misfit.sum(axis=1).argmin())
            offset, topped = float(tried[best]), on_top[best] & mine
            if topped.sum() >= 3:
                top = float(np.median(height[topped]))
        above = mine & (height > top + 0.06)  # who stands on the kerb hides it
        mine &= ~above | (above.sum() > 0.4 * raised.sum())
        return self._judge(mine, (offset, top), side, step)

    def _judge(
        self, mine: BoolArray, found: tuple[float, float], side: float, step: Step
    ) -> tuple[float, float, float] | None:
        """Return the step with its proof if it is one."""
        offset, top = found
        if not step.height_least <= top <= step.height_most:
            return None
        with_step, _ = self._expected(np.array([offset]), top, side)
        without, _ = self._expected(np.array([side * 1e3]), top, side)
        fits = np.minimum(((self.range - with_step[0]) / step.sigma) ** 2, 9.0)[mine]
        flat = np.minimum(((self.range - without[0]) / step.sigma) ** 2, 9.0)[mine]
        raised = (without[0] - with_step[0])[mine] > step.sigma
        proof = float((flat - fits).sum())
        if raised.sum() < step.points or (~raised).sum() < step.points or proof < step.proof:
            return None
        return (proof, offset, top) if fits[raised].mean() < step.misfit else None

    @staticmethod
    def _top(heights: Array) -> float:
        """Return a first guess of the height of the top: the highest returns, less their noise."""
        return float(np.quantile(heights, 0.8))

    def _expected(self, offset: Array, top: float, side: float) -> tuple[Array, BoolArray]:
        """Return the ranges (c, m) over kerbs at ``offset`` (c,), and which lie on the top."""
        level, slope = self.ground
        over = self.rays[:, :2] @ self.normal
        start = float(self.origin[:2] @ self.normal)
        with np.errstate(divide="ignore", invalid="ignore"):
            fall = self.rays[:, 2] - slope * over
            drop = level + slope * start - self.origin[2]
            ground, upper = drop / fall, (drop + top) / fall
            ground, upper = (np.where(far > 0.0, far, np.inf) for far in (ground, upper))
            face = (offset[:, None] - start) / over
            z_face = face * fall - drop
        ground_across = np.where(np.isfinite(ground), start + ground * over, side * np.inf)
        beyond = side * (ground_across - offset[:, None]) > 0.0
        on_top = beyond & (z_face > top)
        ranges = np.where(beyond, np.where(on_top, upper, face), ground)
        return np.where(np.isfinite(ranges), ranges, 1e3), on_top


def _line(x: Array, y: Array) -> tuple[float, float]:
    """Return slope and value at zero of the least squares line through points (k,)."""
    mean_x, mean_y = float(x.mean()), float(y.mean())
    slope = float(((x - mean_x) * (y - mean_y)).sum() / max(float(((x - mean_x) ** 2).sum()), 1e-9))
    return slope, mean_y - slope * mean_x


@dataclass(slots=True)
class KerbLine:
    """The straight piece of kerb beside the robot, from turns on the last metre and a half."""

    mounting: Mounting
    window: float = 5.0
    """Older sightings are forgotten [s]."""
    reach: float = 1.5
    """So are those farther than this from the newest [m]."""
    spread: float = 0.25
    """Sightings that reach less far along the kerb do not tell its direction [m]."""
    off: float = 0.15
    """A sighting this far from the line begins a new one [m]."""
    _seen: list[tuple[float, Array, float]] = field(default_factory=list)
    _angle: float | None = None

    @property
    def polyline(self) -> Array:
        """Where the foot of the kerb was seen, oldest first, base frame, shape (k, 2) [m]."""
        return np.array([point for _, point, _ in self._seen]).reshape(-1, 2)

    def carry(self, step: Array) -> None:
        """Express what was seen in the base frame after a ``step`` (3,) of the base."""
        back = inverse(step)
        self._seen = [(t, transform(back, point[None])[0], h) for t, point, h in self._seen]
        if self._angle is not None:
            self._angle -= float(step[2])

    def update(self, time: float, scan: Scan | None) -> Kerb | None:
        """Take in a turn, if there is one, and return the kerb at ``time`` [s].

        None also as long as what was seen is too short to tell a direction.
        """
        found = None
        if scan is not None:
            found = detect_kerb(scan, self.mounting, angle=self._angle or 0.0)
        if found is not None:
            line = self._fit()
            if line is not None and abs(_offset(line, found.point)) > self.off:
                self._seen, self._angle = [], None
            self._seen.append((time, found.point, found.height))
        self._seen = [
            (t, point, height)
            for t, point, height in self._seen
            if 0.0 <= time - t <= self.window and math.dist(point, self._seen[-1][1]) <= self.reach
        ]
        return self._fit()

    def _fit(self) -> Kerb | None:
        """Lay a line through the sightings (total least squares)."""
        points = self.polyline
        if len(points) < 4 or not self._seen:
            self._angle = self._angle if len(points) else None
            return None
        middle = points.mean(axis=0)
        away = points - middle
        xx, yy, xy = (away[:, 0] ** 2).sum(), (away[:, 1] ** 2).sum(), away.prod(axis=1).sum()
        angle = 0.5 * math.atan2(2.0 * xy, xx - yy)
        if np.ptp(away @ (math.cos(angle), math.sin(angle))) >= self.spread:
            self._angle = angle
        if self._angle is None:
            return None
        height = float(np.median([h for _, _, h in self._seen]))
        distance = float(middle @ (-math.sin(self._angle), math.cos(self._angle)))
        return Kerb(distance, self._angle, height, frozen(points[-1]))


def _offset(line: Kerb, point: Array) -> float:
    """Return how far ``point`` (2,) lies to the left of a line [m]."""
    across = float(point @ (-math.sin(line.angle), math.cos(line.angle)))
    return across - line.distance
