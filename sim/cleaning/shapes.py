"""Pieces of litter as boxes on the ground, and rays that meet them."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from sim.cleaning.litter import Litter

GOLDEN = math.pi * (3.0 - math.sqrt(5.0))
"""Turn from one piece to the next [rad]: by the golden angle they lie in all directions."""
THIN = 0.06
"""No piece is narrower than this, or than it is high [m]."""


def boxes(litter: Litter) -> Array:
    """Return the pieces that lie there: x, y, heading, length, width, height; shape (k, 6)."""
    there = np.flatnonzero(litter.lying)
    heading = np.remainder(GOLDEN * there, np.pi)
    length, height = litter.size[there], litter.height[there]
    width = np.minimum(length, np.maximum(height, THIN))
    return np.column_stack([litter.position[there], heading, length, width, height])


def box_distances(start: Array, beams: Array, boxes: Array) -> Array:
    """Return how far each ray goes before it meets a box, by the slab method (Kay, Kajiya 1986).

    Args:
        start: Where the rays begin, shape (3,) [m].
        beams: Unit directions, shape (m, 3).
        boxes: As from ``boxes``, shape (k, 6).

    Returns:
        Shape (m,) [m]; infinite where none is met.
    """
    if not len(boxes):
        return np.full(len(beams), np.inf)
    c, s = np.cos(boxes[:, 2]), np.sin(boxes[:, 2])
    off = start[:2] - boxes[:, :2]
    origin = np.stack((c * off[:, 0] + s * off[:, 1], c * off[:, 1] - s * off[:, 0]))
    flat = beams[:, None, :2]
    way = np.stack((c * flat[..., 0] + s * flat[..., 1], c * flat[..., 1] - s * flat[..., 0]))
    half = 0.5 * boxes[:, 3:5].T
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = np.stack((-half - origin, half - origin))[:, :, None] / way
        ends = np.stack((-start[2] + 0.0 * half[0], boxes[:, 5] - start[2]))[:, None]
        ends = ends / beams[None, :, 2:]
    enter = np.maximum(np.fmin(sides[0], sides[1]).max(axis=0), np.fmin(ends[0], ends[1]))
    leave = np.minimum(np.fmax(sides[0], sides[1]).min(axis=0), np.fmax(ends[0], ends[1]))
    met = (enter <= leave) & (enter > 0.0)
    return np.asarray(np.where(met, enter, np.inf).min(axis=1))


def near(boxes: Array, place: Array, reach: float) -> Array:
    """Return the boxes within ``reach`` [m] of ``place`` (2,)."""
    return np.asarray(boxes[np.abs(boxes[:, :2] - place).max(axis=1, initial=0.0) < reach])
