"""Rays against convex prisms, upright cylinders and the ground, without a physics engine."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from sim.world_model import Solid


class Prisms(NamedTuple):
    """Convex prisms as planes. A named tuple, since compiled code takes it."""

    planes: Array
    """Sides as outward normal and offset (nx, ny, d), n·p <= d inside; shape (s, 3)."""
    first: IntArray
    """Where the sides of each prism begin in ``planes``, shape (k + 1,)."""
    height: Array
    """(bottom, top) of each prism, shape (k, 2) [m]."""
    disc: Array
    """A circle round each prism: x, y, radius; shape (k, 3) [m]."""


def prisms(solids: tuple[Solid, ...]) -> Prisms:
    """Return the planes of solids with convex outlines, anticlockwise."""
    planes, first, discs = [], [0], []
    for solid in solids:
        corners = np.array(solid.polygon)
        side = np.roll(corners, -1, axis=0) - corners
        normal = np.stack([side[:, 1], -side[:, 0]], axis=1)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        planes.append(np.column_stack([normal, np.einsum("ij,ij->i", normal, corners)]))
        first.append(first[-1] + len(corners))
        centre = corners.mean(axis=0)
        discs.append((*centre, np.linalg.norm(corners - centre, axis=1).max()))
    return Prisms(
        np.concatenate(planes) if planes else np.zeros((0, 3)),
        np.array(first, dtype=np.int64),
        np.array([(solid.bottom, solid.top) for solid in solids]).reshape(-1, 2),
        np.array(discs).reshape(-1, 3),
    )


def near(prisms: Prisms, point: Array, reach: float) -> IntArray:
    """Return which prisms come within ``reach`` [m] of ``point`` (2,)."""
    off = np.hypot(prisms.disc[:, 0] - point[0], prisms.disc[:, 1] - point[1])
    return np.flatnonzero(off - prisms.disc[:, 2] <= reach)


@compiled
def _hit_prism(planes: Array, height: Array, start: Array, beam: Array) -> float:
    """Return where the ray enters (distance), infinite if it misses or starts inside."""
    enter, leave = 0.0, np.inf
    for row in range(planes.shape[0] + 2):
        if row < planes.shape[0]:
            speed = planes[row, 0] * beam[0] + planes[row, 1] * beam[1]
            room = planes[row, 2] - planes[row, 0] * start[0] - planes[row, 1] * start[1]
        elif row == planes.shape[0]:
            speed, room = beam[2], height[1] - start[2]
        else:
            speed, room = -beam[2], start[2] - height[0]
        if abs(speed) < 1e-12:
            if room < 0.0:
                return np.inf
        elif speed > 0.0:
            leave = min(leave, room / speed)
        else:
            enter = max(enter, room / speed)
    return enter if 0.0 < enter <= leave else np.inf


@compiled
def _hit_cylinder(cylinder: Array, start: Array, beam: Array) -> float:
    """Return the distance to the side of an upright cylinder (x, y, radius, height)."""
    x, y = start[0] - cylinder[0], start[1] - cylinder[1]
    a = beam[0] * beam[0] + beam[1] * beam[1]
    b = x * beam[0] + y * beam[1]
    c = x * x + y * y - cylinder[2] * cylinder[2]
    root = b * b - a * c
    if a < 1e-12 or root < 0.0 or c < 0.0:
        return np.inf
    distance = (-b - np.sqrt(root)) / a
    z = start[2] + distance * beam[2]
    return distance if distance > 0.0 and 0.0 <= z <= cylinder[3] else np.inf


@compiled
def cast(prisms: Prisms, among: IntArray, cylinders: Array, start: Array, beams: Array) -> Array:
    """Return the distance that each ray goes before it meets something, infinite for none.

    Args:
        prisms: The solids.
        among: Which of them to look at, shape (k,).
        cylinders: Visitors: x, y, radius, height; shape (v, 4) [m].
        start: Where the rays begin, shape (3,) [m].
        beams: Unit directions, shape (m, 3).

    Returns:
        Shape (m,) [m]; the ground is at z = 0.
    """
    found = np.full(beams.shape[0], np.inf)
    for row in range(beams.shape[0]):
        beam = beams[row]
        nearest = -start[2] / beam[2] if beam[2] < -1e-12 else np.inf
        for solid in among:
            planes = prisms.planes[prisms.first[solid] : prisms.first[solid + 1]]
            nearest = min(nearest, _hit_prism(planes, prisms.height[solid], start, beam))
        for visitor in range(cylinders.shape[0]):
            nearest = min(nearest, _hit_cylinder(cylinders[visitor], start, beam))
        found[row] = nearest
    return found
