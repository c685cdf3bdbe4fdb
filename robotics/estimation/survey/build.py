"""From the sightings of a drive to a map: lay scans together, close loops, count cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import compose, relative, transform
from robotics.estimation.survey.graph import Edge, optimise
from robotics.estimation.survey.loops import Caution, loops
from robotics.estimation.survey.raster import draw
from robotics.estimation.survey.registration import Surface, register
from robotics.estimation.survey.sighting import Sighting, Spacing, keyframes
from robotics.mapping.grid import Grid

Told = Callable[[str, float], None]
"""Told what is being done, and how much of it is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Method:
    """How a map is made."""

    resolution: float = 0.05
    """Side of a cell [m]."""
    spacing: Spacing = field(default_factory=Spacing)
    caution: Caution = field(default_factory=Caution)
    window: int = 12
    """A scan is laid over so many keyframes before it."""
    rounds: int = 3
    """Loops are looked for so often, each time with the map straightened by the ones before."""
    slip: float = 0.05
    """One sigma of odometry's distance, as a share of it …"""
    slip_turn: float = math.radians(3.0)
    """… and of its heading between two keyframes [rad]."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A drive laid straight."""

    frames: tuple[Sighting, ...]
    poses: Array
    """Of the keyframes in the map, shape (n, 3)."""
    edges: tuple[Edge, ...]
    occupancy: Grid
    """int8: 100 occupied, 0 free, -1 unknown."""

    @property
    def closures(self) -> int:
        """How many loops were closed."""
        return sum(edge.is_closure for edge in self.edges)

    @property
    def length(self) -> float:
        """Way driven [m]."""
        return float(np.hypot(*np.diff(self.poses[:, :2], axis=0).T).sum())


def build(
    sightings: Sequence[Sighting],
    *,
    start: Array,
    method: Method | None = None,
    told: Told = lambda what, share: None,
) -> Survey:
    """Make a map from a drive.

    Args:
        sightings: Every turn of the lidar, in the order of time; at least one with enough returns.
        start: Where in the map the drive began, (x, y, yaw), shape (3,).
        method: Other numbers than the usual ones.
        told: Told about the progress.

    Raises:
        ValueError: No sighting has enough returns.
    """
    method = method or Method()
    frames = keyframes(sightings, method.spacing)
    if not frames:
        raise ValueError(f"no scan with {method.spacing.points_least} returns")
    poses, edges = _follow(frames, start, method, told)
    closures: list[Edge] = []
    for turn in range(method.rounds):
        told("closing loops", turn / method.rounds)
        closures = loops(frames, poses, method.caution)
        poses = optimise(poses, [*edges, *closures])
    told("drawing the map", 0.0)
    occupancy = draw(frames, poses, method.resolution)
    return Survey(tuple(frames), poses, (*edges, *closures), occupancy)


def _follow(
    frames: Sequence[Sighting], start: Array, method: Method, told: Told
) -> tuple[Array, list[Edge]]:
    """Lay every keyframe over the ones before; return poses (n, 3) and the edges between them."""
    poses = np.zeros((len(frames), 3))
    poses[0] = start
    edges: list[Edge] = []
    for k in range(1, len(frames)):
        step = relative(frames[k - 1].pose_base_in_odometry, frames[k].pose_base_in_odometry)
        guess = compose(poses[k - 1], step)
        first = max(0, k - method.window)
        seen = [transform(poses[j], frames[j].points_in_base) for j in range(first, k)]
        prior = _turned(_trust(step, method), float(poses[k - 1, 2]))
        fit = register(frames[k].points_in_base, Surface.of(np.vstack(seen)), guess, prior=prior)
        poses[k] = fit.pose
        measured = relative(poses[k - 1], poses[k])
        information = _turned(fit.information, -float(poses[k - 1, 2]))
        edges.append(Edge(k - 1, k, measured, information))
        told("laying scans together", k / len(frames))
    return poses, edges


def _trust(step: Array, method: Method) -> Array:
    """Return the information matrix (3, 3) of a step of odometry."""
    shift = 0.02 + method.slip * math.hypot(step[0], step[1])
    turn = math.radians(0.3) + method.slip_turn * min(1.0, abs(float(step[2])) + 0.2)
    return np.diag([shift**-2, shift**-2, turn**-2])


def _turned(information: Array, yaw: float) -> Array:
    """Return an information matrix (3, 3) for axes turned by ``-yaw`` [rad]."""
    turn = np.eye(3)
    turn[:2, :2] = [[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]]
    return np.asarray(turn @ information @ turn.T)
