"""Scan to map: Gauss-Newton on the distance field, and how well a scan fits; compiled."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.mapping.field import SurfaceField, sample


class Matching(NamedTuple):
    """Constants of the match."""

    noise: float = 0.08
    """One sigma of a beam against the map [m]: range noise (1 cm), the map's cells (2 cm), and
    that neighbouring beams share their errors, so that 360 of them count as about ten."""
    scale: float = 0.10
    """Residual at which a beam has lost three quarters of its weight, at the end [m]."""
    scale_first: float = 0.40
    """The same at the first iteration [m]; it shrinks from there."""
    beams_least: float = 1.5
    """A direction that fewer full beams than this fix is left to odometry."""
    lever: float = 4.0
    """Distance at which a turn counts like a shift [m]."""
    iterations: int = 15


class Belief(NamedTuple):
    """A Gaussian over the pose of the base in the map."""

    pose: Array
    """(x, y, yaw), shape (3,)."""
    information: Array
    """Inverse covariance, shape (3, 3)."""


@compiled
def align(
    points: Array, weights: Array, field: SurfaceField, prior: Belief, matching: Matching
) -> tuple[Array, Array]:
    """Find the pose that fits ``prior`` and the points best (iterated Kalman update).

    Minimises ``Σ wᵢ ρ(d(pᵢ))/σ² + ‖pose - prior‖²`` by Gauss-Newton, where d is the map's signed
    distance at the point and ρ the Geman-McClure kernel, weight ``(c²/(c²+d²))²``. The scale c
    shrinks from iteration to iteration (graduated non-convexity).

    Args:
        points: Scan in the base frame, shape (k, 2) [m].
        weights: Trust in each point, 0 to 1, shape (k,).
        field: The map.
        prior: The pose predicted by odometry.
        matching: Constants.

    Returns:
        The pose (3,) and what the scan alone says about it, an information matrix (3, 3) with
        zeros along the directions that the scan does not fix.
    """
    pose = prior.pose.copy()
    scale = matching.scale_first
    seen = np.zeros((3, 3))
    off = np.zeros(3)
    for _ in range(matching.iterations):
        hessian, gradient = _normal_equations(points, weights, field, pose, scale)
        _drop_weak(hessian, gradient, matching)
        for r in range(3):
            off[r] = pose[r] - prior.pose[r]
            for c in range(3):
                seen[r, c] = hessian[r, c] / matching.noise**2
        off[2] = _wrapped(off[2])
        step = _newton_step(seen, gradient, prior.information, off, matching.noise)
        step[2] = min(0.3, max(-0.3, step[2]))
        for r in range(3):
            pose[r] += step[r]
        settled = abs(step[0]) + abs(step[1]) < 2e-4 and abs(step[2]) < 1e-4
        if settled and scale <= matching.scale:
            break
        scale = max(matching.scale, 0.6 * scale)
    pose[2] = _wrapped(pose[2])
    return pose, seen


class Match(NamedTuple):
    """Where a scan was taken."""

    pose: Array
    """(x, y, yaw), shape (3,)."""
    covariance: Array
    """Shape (3, 3); that of the prior along directions which the scan does not fix."""
    share: float
    """Of the points, how many lie on a surface, 0 to 1."""


def match(
    points: Array, field: SurfaceField, prior: Belief, matching: Matching | None = None
) -> Match:
    """Match a scan with a map or a submap (``mapping.submap``).

    Args:
        points: In the base frame, shape (k, 2) [m].
        field: What they are matched with.
        prior: Where the scan should have been taken, and how surely.
        matching: Constants.

    Returns:
        The pose of the base in the field's frame.
    """
    seen = np.array(points, dtype=np.float64, order="C").reshape(-1, 2)
    sight = Sight(seen, np.ones(len(seen)), np.zeros((0, 2)), np.zeros(2))
    pose, information = align(
        sight.points, sight.weights, field, _writable(prior), matching or Matching()
    )
    covariance = np.asarray(np.linalg.inv(prior.information + information))
    return Match(pose, covariance, float(look(sight, field, pose).explained))


def _writable(prior: Belief) -> Belief:
    return Belief(np.array(prior.pose), np.array(prior.information, order="C"))


@compiled
def _wrapped(angle: float) -> float:
    return (angle + math.pi) % (2.0 * math.pi) - math.pi


@compiled
def _normal_equations(
    points: Array, weights: Array, field: SurfaceField, pose: Array, scale: float
) -> tuple[Array, Array]:
    """Return the sums of wJᵀJ (3, 3) and wJᵀd (3,); J is the gradient of d by the pose."""
    hessian = np.zeros((3, 3))
    gradient = np.zeros(3)
    c, s = math.cos(pose[2]), math.sin(pose[2])
    for i in range(points.shape[0]):
        ax = c * points[i, 0] - s * points[i, 1]
        ay = s * points[i, 0] + c * points[i, 1]
        d, gx, gy = sample(field, ax + pose[0], ay + pose[1])
        if abs(d) >= 0.95 * field.reach or _is_behind(ax, ay, gx, gy):
            continue
        kernel = scale * scale / (scale * scale + d * d)
        w = weights[i] * kernel * kernel
        gyaw = ax * gy - ay * gx
        hessian[0, 0] += w * gx * gx
        hessian[0, 1] += w * gx * gy
        hessian[0, 2] += w * gx * gyaw
        hessian[1, 1] += w * gy * gy
        hessian[1, 2] += w * gy * gyaw
        hessian[2, 2] += w * gyaw * gyaw
        gradient[0] += w * gx * d
        gradient[1] += w * gy * d
        gradient[2] += w * gyaw * d
    hessian[1, 0] = hessian[0, 1]
    hessian[2, 0] = hessian[0, 2]
    hessian[2, 1] = hessian[1, 2]
    return hessian, gradient


@compiled
def _is_behind(ax: float, ay: float, gx: float, gy: float) -> bool:
    """Whether free space grows on along the ray (ax, ay): the far side of a thin wall.

    A beam cannot end there, so its pull would hold the match on the wrong face.
    """
    return ax * gx + ay * gy > 0.2 * math.hypot(ax, ay)


@compiled
def _newton_step(seen: Array, gradient: Array, prior: Array, off: Array, noise: float) -> Array:
    """Return the solution (3,) of the normal equations of scan and prior, by elimination.

    Written out, because compiling calls into LAPACK takes ten seconds.
    """
    a = np.empty((3, 4))
    for r in range(3):
        right = -gradient[r] / noise**2
        for c in range(3):
            a[r, c] = seen[r, c] + prior[r, c]
            right -= prior[r, c] * off[c]
        a[r, 3] = right
    for k in range(3):
        for r in range(k + 1, 3):
            factor = a[r, k] / a[k, k]
            for c in range(k, 4):
                a[r, c] -= factor * a[k, c]
    step = np.zeros(3)
    for back in range(3):
        k = 2 - back
        total = a[k, 3]
        for c in range(k + 1, 3):
            total -= a[k, c] * step[c]
        step[k] = total / a[k, k]
    return step


@compiled
def _drop_weak(hessian: Array, gradient: Array, matching: Matching) -> None:
    """Remove, in place, the directions that hardly any beam fixes: along a corridor, say."""
    unit = np.ones(3)
    unit[2] = 1.0 / matching.lever
    scaled = np.empty((3, 3))
    for r in range(3):
        for c in range(3):
            scaled[r, c] = hessian[r, c] * unit[r] * unit[c]
    vectors = _eigenvectors(scaled)
    if min(scaled[0, 0], scaled[1, 1], scaled[2, 2]) >= matching.beams_least:
        return
    old = gradient.copy()
    for r in range(3):
        gradient[r] = 0.0
        for c in range(3):
            hessian[r, c] = 0.0
    for k in range(3):
        if scaled[k, k] < matching.beams_least:
            continue
        along = 0.0
        for c in range(3):
            along += vectors[c, k] * old[c] * unit[c]
        for r in range(3):
            gradient[r] += vectors[r, k] * along / unit[r]
            for c in range(3):
                part = vectors[r, k] * vectors[c, k] * scaled[k, k]
                hessian[r, c] += part / (unit[r] * unit[c])


@compiled
def _eigenvectors(matrix: Array) -> Array:
    """Turn a symmetric matrix (3, 3) into its diagonal, in place; return the vectors as columns.

    Jacobi's rotations (Golub and Van Loan, "Matrix Computations", 8.5).
    """
    vectors = np.eye(3)
    for _ in range(8):
        for p in range(2):
            for q in range(p + 1, 3):
                if abs(matrix[p, q]) <= 1e-15 * (abs(matrix[p, p]) + abs(matrix[q, q])):
                    continue
                slope = 0.5 * (matrix[q, q] - matrix[p, p]) / matrix[p, q]
                t = 1.0 / (abs(slope) + math.sqrt(1.0 + slope * slope))
                if slope < 0.0:
                    t = -t
                c = 1.0 / math.sqrt(1.0 + t * t)
                s = t * c
                for k in range(3):
                    a, b = matrix[k, p], matrix[k, q]
                    matrix[k, p], matrix[k, q] = c * a - s * b, s * a + c * b
                for k in range(3):
                    a, b = matrix[p, k], matrix[q, k]
                    matrix[p, k], matrix[q, k] = c * a - s * b, s * a + c * b
                    a, b = vectors[k, p], vectors[k, q]
                    vectors[k, p], vectors[k, q] = c * a - s * b, s * a + c * b
    return vectors


class View(NamedTuple):
    """What becomes of the returns of a scan at some pose; shares of their weight."""

    explained: float
    """They end within 0.15 m of a mapped surface that the lidar can see."""
    short: float
    """They end in free space: people, things that are new."""
    through: float
    """They went through a mapped surface: wrong pose, or something is gone."""
    apart: float = 0.0
    """Of the explained ones: from 0, all end on the surface, to their share, all 0.15 m off."""


class Sight(NamedTuple):
    """What a lidar at one place sees, in the base frame."""

    points: Array
    """Ends of the beams that came back, shape (k, 2) [m]."""
    weights: Array
    """Trust in each, 0 to 1, shape (k,)."""
    open_ends: Array
    """Points that beams without return surely passed, shape (m, 2) [m]."""
    origin: Array
    """Where the lidar is, shape (2,) [m]."""


@compiled
def look(sight: Sight, field: SurfaceField, pose: Array) -> View:
    """Hold a scan against what the map lets a lidar see from ``pose`` (3,) of the base."""
    c, s = math.cos(pose[2]), math.sin(pose[2])
    ox = c * sight.origin[0] - s * sight.origin[1] + pose[0]
    oy = s * sight.origin[0] + c * sight.origin[1] + pose[1]
    total, explained, through, apart = 1e-9, 0.0, 0.0, 0.0
    for i in range(sight.points.shape[0]):
        weight = sight.weights[i]
        if weight <= 0.0:
            continue
        x = c * sight.points[i, 0] - s * sight.points[i, 1] + pose[0]
        y = s * sight.points[i, 0] + c * sight.points[i, 1] + pose[1]
        total += weight
        d = sample(field, x, y)[0]
        if d < -WITHIN or not _is_clear(field, ox, oy, x, y):
            through += weight
        elif d <= WITHIN:
            explained += weight
            apart += weight * (d / WITHIN) ** 2
    for i in range(sight.open_ends.shape[0]):
        x = c * sight.open_ends[i, 0] - s * sight.open_ends[i, 1] + pose[0]
        y = s * sight.open_ends[i, 0] + c * sight.open_ends[i, 1] + pose[1]
        if not _is_clear(field, ox, oy, x, y):
            through += 1.0
            total += 1.0
    short = total - explained - through
    return View(explained / total, short / total, through / total, apart / total)


WITHIN = 0.15
"""A beam that ends this near to a mapped surface is explained [m]."""
BEFORE = 0.30
"""A surface that a beam meets in this last part of its way is the one that it ends on [m]."""


@compiled
def _is_clear(field: SurfaceField, ox: float, oy: float, x: float, y: float) -> bool:
    """Whether nothing mapped lies between the lidar (ox, oy) and the point (x, y).

    Steps as far as the distance field allows (sphere tracing).
    """
    length = math.hypot(x - ox, y - oy)
    way = 0.5 * field.resolution
    while way < length - BEFORE:
        part = way / length
        d = _nearest(field, ox + part * (x - ox), oy + part * (y - oy))
        if d < 0.0:
            return False
        way += max(d, field.resolution)
    return True


@compiled
def _nearest(field: SurfaceField, x: float, y: float) -> float:
    """Return the distance at the cell that holds the point; ``reach`` outside the map."""
    rows, columns = field.cells.shape
    c = math.floor((x - field.x) / field.resolution)
    r = math.floor((y - field.y) / field.resolution)
    if c < 0 or r < 0 or c >= columns or r >= rows:
        return field.reach
    return float(field.cells[r, c])
