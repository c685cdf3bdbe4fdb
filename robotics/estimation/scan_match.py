"""Scan to map: Gauss-Newton on the distance field, and a coarse search; compiled."""

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
    for _ in range(matching.iterations):
        hessian, gradient = _normal_equations(points, weights, field, pose, scale)
        _drop_weak(hessian, gradient, matching)
        seen = hessian / matching.noise**2
        off = pose - prior.pose
        off[2] = _wrapped(off[2])
        step = np.linalg.solve(
            seen + prior.information,
            -gradient / matching.noise**2 - prior.information @ off,
        )
        step[2] = min(0.3, max(-0.3, step[2]))
        pose += step
        settled = abs(step[0]) + abs(step[1]) < 2e-4 and abs(step[2]) < 1e-4
        if settled and scale <= matching.scale:
            break
        scale = max(matching.scale, 0.6 * scale)
    pose[2] = _wrapped(pose[2])
    return pose, seen


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
def _drop_weak(hessian: Array, gradient: Array, matching: Matching) -> None:
    """Remove, in place, the directions that hardly any beam fixes: along a corridor, say."""
    unit = np.array([1.0, 1.0, 1.0 / matching.lever])
    scaled = hessian * np.outer(unit, unit)
    values, vectors = np.linalg.eigh(scaled)
    if values[0] >= matching.beams_least:
        return
    keep = np.zeros((3, 3))
    for k in range(3):
        if values[k] >= matching.beams_least:
            keep += np.outer(vectors[:, k], vectors[:, k])
    hessian[:, :] = (keep @ scaled @ keep) / np.outer(unit, unit)
    gradient[:] = (keep @ (gradient * unit)) / unit


@compiled
def explained(
    points: Array, weights: Array, field: SurfaceField, pose: Array, within: float
) -> tuple[float, float]:
    """Return the weight of the points that lie ``within`` [m] of a mapped surface, and of all."""
    c, s = math.cos(pose[2]), math.sin(pose[2])
    good = 0.0
    for i in range(points.shape[0]):
        x = c * points[i, 0] - s * points[i, 1] + pose[0]
        y = s * points[i, 0] + c * points[i, 1] + pose[1]
        if abs(sample(field, x, y)[0]) <= within:
            good += weights[i]
    return good, weights.sum()


class Window(NamedTuple):
    """Where the coarse search looks, around a pose."""

    shift: float = 1.0
    """± [m]."""
    shift_step: float = 0.10
    turn: float = math.radians(20.0)
    """± [rad]."""
    turn_step: float = math.radians(2.0)
    stride: int = 3
    """Every so many points are used."""
    pull: float = 0.04
    """Score that the far edge of the window must gain over its centre."""


@compiled
def search(
    points: Array, weights: Array, field: SurfaceField, centre: Array, window: Window
) -> Array:
    """Return the pose (3,) on a lattice around ``centre`` that the points fit best.

    Correlative matching after Olson, "Real-time correlative scan matching", ICRA 2009, on a
    lattice small enough to be tried whole. The score is the mean of the Geman-McClure weight at
    0.15 m, less a pull to the centre that settles ties (along a corridor).
    """
    shifts = round(window.shift / window.shift_step)
    turns = round(window.turn / window.turn_step)
    total = max(1e-9, weights[:: window.stride].sum())
    best_score = -1.0
    best = centre.copy()
    for turn in range(-turns, turns + 1):
        yaw = centre[2] + turn * window.turn_step
        c, s = math.cos(yaw), math.sin(yaw)
        for right in range(-shifts, shifts + 1):
            for up in range(-shifts, shifts + 1):
                x = centre[0] + right * window.shift_step
                y = centre[1] + up * window.shift_step
                score = 0.0
                for i in range(0, points.shape[0], window.stride):
                    px = c * points[i, 0] - s * points[i, 1] + x
                    py = s * points[i, 0] + c * points[i, 1] + y
                    d = _nearest(field, px, py)
                    kernel = 0.0225 / (0.0225 + d * d)
                    score += weights[i] * kernel * kernel
                away = (right**2 + up**2) / shifts**2 + (turn / turns) ** 2
                score = score / total - window.pull * away
                if score > best_score:
                    best_score = score
                    best[0], best[1], best[2] = x, y, yaw
    return best


@compiled
def _nearest(field: SurfaceField, x: float, y: float) -> float:
    """Return the distance at the cell that holds the point; ``reach`` outside the map."""
    rows, columns = field.cells.shape
    c = math.floor((x - field.x) / field.resolution)
    r = math.floor((y - field.y) / field.resolution)
    if c < 0 or r < 0 or c >= columns or r >= rows:
        return field.reach
    return float(field.cells[r, c])
