"""What one lidar turn of a survey drive saw, and from where odometry says it was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, checked
from robotics.core.geometry import relative


@dataclass(frozen=True, slots=True)
class Sighting:
    """One turn of the lidar."""

    time: float
    """[s]."""
    pose_base_in_odometry: Array
    """(x, y, yaw) by dead reckoning, shape (3,)."""
    points_in_base: Array
    """Returns that do not move, levelled, shape (k, 2) [m]."""
    lidar_in_base: Array
    """Where the rays start, shape (2,) [m]."""

    def __post_init__(self) -> None:
        pose = checked("Sighting", "pose_base_in_odometry", self.pose_base_in_odometry, (3,))
        object.__setattr__(self, "pose_base_in_odometry", pose)
        points = checked("Sighting", "points_in_base", self.points_in_base, (None, 2))
        object.__setattr__(self, "points_in_base", points)
        lidar = checked("Sighting", "lidar_in_base", self.lidar_in_base, (2,))
        object.__setattr__(self, "lidar_in_base", lidar)


@dataclass(frozen=True, slots=True)
class Spacing:
    """When a sighting is worth keeping."""

    step: float = 0.4
    """After so much way [m] …"""
    turn: float = math.radians(15.0)
    """… or so much turning [rad] …"""
    pause: float = 2.0
    """… or so much time: people move on [s]."""
    points_least: int = 30
    """With fewer returns it fixes nothing."""


def keyframes(sightings: Sequence[Sighting], spacing: Spacing | None = None) -> list[Sighting]:
    """Return the sightings that stand apart from the ones kept before them."""
    spacing = spacing or Spacing()
    kept: list[Sighting] = []
    for one in sightings:
        if len(one.points_in_base) < spacing.points_least:
            continue
        if kept:
            last = kept[-1].pose_base_in_odometry
            dx, dy, dyaw = relative(last, one.pose_base_in_odometry)
            moved = np.hypot(dx, dy) >= spacing.step or abs(dyaw) >= spacing.turn
            if not moved and one.time - kept[-1].time < spacing.pause:
                continue
        kept.append(one)
    return kept
