"""Finds places that were seen before, and how the two visits lie to each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from robotics.core.arrays import Array
from robotics.core.geometry import relative, transform
from robotics.estimation.correlate import EFFORT, Area, Search
from robotics.estimation.survey.graph import Edge
from robotics.estimation.survey.registration import Surface, coarse_prior, register
from robotics.estimation.survey.sighting import Sighting
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid
from robotics.mapping.pyramid import pyramid


@dataclass(frozen=True, slots=True)
class Caution:
    """When two visits count as a loop."""

    apart: int = 15
    """Keyframes between the two, at least."""
    near: float = 3.0
    """They may be this far apart at most as the map stands now [m] …"""
    drift: float = 0.03
    """… and this much more for every metre driven between them."""
    farthest: float = 10.0
    """Never farther than this [m]."""
    share: float = 0.6
    """Part of the later scan that has to lie on what was seen earlier."""
    every: int = 2
    """Every so many keyframes a loop is looked for."""
    beside: int = 4
    """Keyframes on both sides of the earlier one that are laid together."""


def loops(frames: Sequence[Sighting], poses: Array, caution: Caution) -> list[Edge]:
    """Return an edge for every keyframe that sees again what a much earlier one saw.

    Args:
        frames: The keyframes.
        poses: Where they are as the map stands now, shape (n, 3).
        caution: What is believed.
    """
    way = np.append(0.0, np.cumsum(np.hypot(*np.diff(poses[:, :2], axis=0).T)))
    tree = cKDTree(poses[:, :2])
    found = []
    for later in range(caution.apart, len(frames), caution.every):
        around = np.array(tree.query_ball_point(poses[later, :2], caution.farthest), dtype=int)
        around = around[around <= later - caution.apart]
        gap = np.hypot(*(poses[around, :2] - poses[later, :2]).T)
        allowed = caution.near + caution.drift * (way[later] - way[around])
        around, gap = around[gap <= allowed], gap[gap <= allowed]
        if len(around):
            edge = _closure(frames, poses, (int(around[gap.argmin()]), later), caution)
            found += [edge] if edge is not None else []
    return found


def _closure(
    frames: Sequence[Sighting], poses: Array, pair: tuple[int, int], caution: Caution
) -> Edge | None:
    """Return how keyframe ``pair[1]`` lies to ``pair[0]``, None if that is not certain."""
    earlier, later = pair
    surface = Surface.of(laid_together(frames, poses, earlier, caution.beside))
    if surface.tree is None:
        return None
    points = frames[later].points_in_base
    guess = _searched(surface, points, relative(poses[earlier], poses[later]))
    fit = register(points, surface, guess, prior=coarse_prior())
    if fit.share < caution.share or _is_vague(fit.information):
        return None
    return Edge(earlier, later, fit.pose, fit.information, is_closure=True)


def laid_together(frames: Sequence[Sighting], poses: Array, middle: int, beside: int) -> Array:
    """Return the points of the keyframes around ``middle`` in its frame, shape (n, 2) [m]."""
    span = range(max(0, middle - beside), min(len(frames), middle + beside + 1))
    return np.vstack(
        [transform(relative(poses[middle], poses[k]), frames[k].points_in_base) for k in span]
    )


def _searched(surface: Surface, points: Array, guess: Array) -> Array:
    """Return the best pose (3,) near ``guess`` by exact correlative search."""
    shift, turn, cell = 1.5, math.radians(25.0), 0.1
    low = surface.points.min(axis=0) - 2.0
    size = np.ceil((surface.points.max(axis=0) + 2.0 - low) / cell).astype(int)
    solid = np.zeros(size[::-1], dtype=np.bool_)
    cols, rows = np.floor((surface.points - low) / cell).astype(int).T
    solid[rows, cols] = True
    levels = pyramid(surface_field(Grid(solid, cell, low)))
    x, y, yaw = (float(value) for value in guess)
    area = Area((x - shift, y - shift), (x + shift, y + shift), yaw, turn)
    search = Search.of(levels, points, area, EFFORT._replace(floor=0, found=1, nodes=50_000))
    while not search.advance(20_000):
        pass
    return np.asarray(search.poses[0]) if len(search.poses) else guess


def _is_vague(information: Array) -> bool:
    """Whether some direction is fixed worse than by 10 cm."""
    place = np.linalg.inv(information)[:2, :2]
    return float(np.linalg.eigvalsh(place).max()) > 0.1**2
