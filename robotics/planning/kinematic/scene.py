"""What compiled searches ask about a place: how free it is at a pose, and along a curve.

The measure is that of ``Space.clearance``: the exact distance field at each disc of the
footprint. The distance at the base alone settles most poses: farther from everything than the
footprint reaches is free, nearer than the disc inside it is not.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.planning.kinematic.words import drive
from robotics.planning.space import Space, interpolate

SLACK = 2.0
"""By how much the field, interpolated, may differ from the distance it stands for, and half a
cell [cells]: at most 0.71 at each of two points, and 0.5."""
MARGIN = 0.01
"""What a path keeps from obstacles [m], unless it starts or ends nearer to one."""
_LEAST = 0.0005
"""Shortest half step between two looks [m], where there is no margin at all."""


class Scene(NamedTuple):
    """A ``Space`` as plain arrays."""

    values: Array
    """Distance field, shape (rows, cols) [m]."""
    frame: Array
    """(x, y) of its corner and its resolution, shape (3,) [m]."""
    discs: Array
    """Footprint, shape (k, 3) [m]."""
    standing: Array
    """Discs in the map that stand in the way, shape (j, 3) [m]."""
    size: Array
    """(reach, inside, arm, half width): farthest point of the footprint, radius of the disc around
    the base that it covers, farthest centre of a disc, half of its width; shape (4,) [m]."""
    margin: float
    """Gap to keep [m]."""


def scene_of(space: Space, margin: float) -> Scene:
    """Return the arrays of ``space``, with ``margin`` [m] to be kept."""
    discs = space.discs
    arm = np.hypot(discs[:, 0], discs[:, 1])
    width = float((np.abs(discs[:, 1]) + discs[:, 2]).max())
    inside = covered_radius(discs)
    size = np.array([space.turning_radius, inside, float(arm.max()), max(inside, width)])
    values = np.ascontiguousarray(space.distance.cells)
    return Scene(values, space.frame, discs, space.standing, size, margin)


def covered_radius(discs: Array) -> float:
    """Return the radius of the largest disc around the base that discs (k, 3) cover [m].

    Along each of 96 rays the covered stretch from the base is followed outwards.
    """
    least = math.inf
    for angle in np.arange(96) * (math.tau / 96):
        along = discs[:, 0] * math.cos(angle) + discs[:, 1] * math.sin(angle)
        aside = discs[:, 1] * math.cos(angle) - discs[:, 0] * math.sin(angle)
        half = np.sqrt(np.maximum(discs[:, 2] ** 2 - aside**2, 0.0)) * (np.abs(aside) < discs[:, 2])
        end = 0.0
        for near, far in sorted(zip(along - half, along + half, strict=True)):
            if near <= end + 1e-9 and far > near:
                end = max(end, far)
        least = min(least, end)
    return float(least)


@compiled
def _to_border(scene: Scene, x: float, y: float) -> float:
    """Return how far a point is inside the outermost cells' centres [m]."""
    u, v = x - scene.frame[0], y - scene.frame[1]
    rows, cols = scene.values.shape
    half, scale = 0.5 * scene.frame[2], scene.frame[2]
    return float(min(min(u, v), min(cols * scale - u, rows * scale - v)) - half)


@compiled
def gap(scene: Scene, x: float, y: float, yaw: float) -> float:
    """Return at most the clearance at a pose, and exactly that near obstacles [m].

    The map's border counts as an obstacle for the centre of each disc, as in ``interpolate``.
    """
    x0, y0, resolution = scene.frame[0], scene.frame[1], scene.frame[2]
    here = interpolate(scene.values, (x - x0) / resolution - 0.5, (y - y0) / resolution - 0.5)
    slack = SLACK * resolution
    if here < scene.size[1] - slack:
        return -1.0
    least = min(here, _to_border(scene, x, y)) - scene.size[0] - slack
    for k in range(len(scene.standing)):
        aside = math.hypot(x - scene.standing[k, 0], y - scene.standing[k, 1])
        least = min(least, aside - scene.standing[k, 2] - scene.size[0])
    if least > scene.margin:
        return float(least)
    c, s = math.cos(yaw), math.sin(yaw)
    least = np.inf
    for j in range(len(scene.discs)):
        px = x + c * scene.discs[j, 0] - s * scene.discs[j, 1]
        py = y + s * scene.discs[j, 0] + c * scene.discs[j, 1]
        u, v = (px - x0) / resolution - 0.5, (py - y0) / resolution - 0.5
        least = min(least, interpolate(scene.values, u, v) - 0.5 * resolution - scene.discs[j, 2])
        least = min(least, _to_border(scene, px, py))
        for k in range(len(scene.standing)):
            aside = math.hypot(px - scene.standing[k, 0], py - scene.standing[k, 1])
            least = min(least, aside - scene.standing[k, 2] - scene.discs[j, 2])
        if least < scene.margin:
            return float(least)
    return float(least)


@compiled
def clear(scene: Scene, pose: Array, kind: float, length: float, radius: float) -> bool:
    """Return whether a segment keeps the margin, and move ``pose`` (3,) to its end if so.

    It is walked in steps that the clearance allows: no point of the footprint moves farther than
    the gap to the nearest obstacle, or than where the margin lasts between two looks.

    Args:
        scene: The place.
        pose: Where the segment starts, (x, y, yaw); the end, afterwards, or any pose of it.
        kind: +1 left, -1 right, 0 straight.
        length: Signed [m].
        radius: Of an arc [m].
    """
    spin = 1.42 * (1.0 + (scene.size[2] / radius if kind != 0.0 else 0.0))
    x, y, yaw = pose[0], pose[1], pose[2]
    done, whole = 0.0, abs(length)
    while done < whole:
        free = gap(scene, pose[0], pose[1], pose[2])
        if free < scene.margin:
            return False
        done = min(whole, done + max(free, 2.0 * scene.margin, 2.0 * _LEAST) / spin)
        part = math.copysign(done / radius, length)
        pose[0], pose[1], pose[2] = 0.0, 0.0, yaw
        drive(pose, kind, part)
        pose[0], pose[1] = x + radius * pose[0], y + radius * pose[1]
    return bool(gap(scene, pose[0], pose[1], pose[2]) >= scene.margin)
