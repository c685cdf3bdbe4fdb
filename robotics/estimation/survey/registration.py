"""Lays a scan over points seen before: point-to-line matching with outliers weighed down.

Chen and Medioni, "Object modelling by registration of multiple range images" (1992), in the plane;
weights after Geman and McClure. Neighbours come from scipy's k-d tree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import transform, wrap

NOISE = 0.04
"""One sigma of a return against a line [m]: range noise, and that neighbours share errors."""
NEIGHBOURS = 6
"""Points that a line is put through."""
REACH = 0.6
"""They lie no farther apart than this [m]."""
BLOCK = 8.0
"""So many neighbouring returns count as one: they hit the same surface and share its errors."""
NEAREST = 0.25
"""At the last steps a point's partner is no farther than this [m]: far walls are thinly seen."""
ON_IT = 0.08
"""A point this near to the line lies on the surface [m]."""
CELL = 0.08
"""Points of a surface that share a cell of this size are thinned to one [m]."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Points with the lines that run through them."""

    points: Array
    """Shape (n, 2) [m]."""
    normals: Array
    """Unit vectors across the lines, shape (n, 2)."""
    tree: Any
    """scipy's k-d tree over the points."""

    @staticmethod
    def of(points: Array) -> Surface:
        """Put a line through every point (n, 2) that has neighbours along one."""
        points = thinned(points)
        if len(points) <= NEIGHBOURS:
            return Surface(np.zeros((0, 2)), np.zeros((0, 2)), None)
        normals, straight = lines_through(points)
        points, normals = points[straight], normals[straight]
        return Surface(points, normals, cKDTree(points) if len(points) else None)


@dataclass(frozen=True, slots=True)
class Fit:
    """Where a scan lies."""

    pose: Array
    """Of the scan in the frame of the surface, (x, y, yaw), shape (3,)."""
    information: Array
    """Inverse covariance of that, shape (3, 3)."""
    share: float
    """Part of the scan's points that lie on the surface, 0 to 1."""


def thinned(points: Array) -> Array:
    """Return the points (n, 2) without those that share a cell with an earlier one."""
    cells = np.floor(points / CELL).astype(np.int64)
    _, first = np.unique(cells, axis=0, return_index=True)
    return np.asarray(points[np.sort(first)])


def lines_through(points: Array) -> tuple[Array, BoolArray]:
    """Return unit normals (n, 2), and at which points the neighbours lie along a line (n,)."""
    found = cKDTree(points).query(points, k=NEIGHBOURS)
    gaps, near = np.asarray(found[0]), np.asarray(found[1])
    away = points[near] - points[near].mean(axis=1, keepdims=True)
    spread, axes = np.linalg.eigh(np.einsum("nki,nkj->nij", away, away) / NEIGHBOURS)
    straight = (gaps[:, -1] < REACH) & (spread[:, 0] < 0.1 * spread[:, 1])
    return axes[:, :, 0], straight


def register(
    points: Array, surface: Surface, guess: Array, *, prior: Array, gate: float = 0.6
) -> Fit:
    """Move a scan until it lies on a surface.

    Args:
        points: The scan in its own frame, shape (k, 2) [m].
        surface: What was seen before.
        guess: Pose (3,) of the scan in the surface's frame to start from.
        prior: Information matrix (3, 3) of that guess.
        gate: Points farther from the surface have no say at the first step [m]; it shrinks.

    Returns:
        The pose with the least ``Σ w r²/σ² + ‖pose - guess‖²``, what prior and scan together say
        about it, and how much of the scan fits.
    """
    pose, information = np.array(guess, dtype=float), np.array(prior, dtype=float)
    if surface.tree is None or len(points) == 0:
        return Fit(pose, information, 0.0)
    share = 0.0
    for turn in range(30):
        reach = max(NEAREST, gate * 0.8**turn)
        normal_matrix, gradient, share = _equations(points, surface, pose, reach)
        off = np.array([*(guess[:2] - pose[:2]), wrap(float(guess[2] - pose[2]))])
        information = prior + normal_matrix
        step = np.linalg.solve(information, gradient + prior @ off)
        pose = np.array([*(pose[:2] + step[:2]), wrap(float(pose[2] + step[2]))])
        if reach <= NEAREST and np.abs(step).max() < 1e-5:
            break
    return Fit(pose, information, share)


def _equations(
    points: Array, surface: Surface, pose: Array, reach: float
) -> tuple[Array, Array, float]:
    """Return the normal matrix (3, 3), the gradient (3,) and the share of points that fit."""
    there = transform(pose, points)
    gaps, nearest = surface.tree.query(there, distance_upper_bound=reach)
    met = np.isfinite(gaps)
    there, nearest = there[met], nearest[met]
    normals = surface.normals[nearest]
    residual = ((surface.points[nearest] - there) * normals).sum(axis=1)
    scale = 0.4 * reach
    weight = (scale**2 / (scale**2 + residual**2)) ** 2 / NOISE**2
    arm = there - pose[:2]
    turning = normals[:, 1] * arm[:, 0] - normals[:, 0] * arm[:, 1]
    slopes = np.column_stack((normals, turning))
    weighted = slopes * weight[:, None]
    fits = np.abs(residual) < ON_IT
    return (
        weighted.T @ slopes / BLOCK,
        weighted.T @ residual / BLOCK,
        float(fits.sum() / len(points)),
    )


def coarse_prior(shift: float = 0.3, turn: float = math.radians(10.0)) -> Array:
    """Return the information matrix (3, 3) of a guess that is off by ``shift`` [m], ``turn``."""
    return np.diag([shift**-2, shift**-2, turn**-2])
