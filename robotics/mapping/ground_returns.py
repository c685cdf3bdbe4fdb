"""What a turn of the down-tilted lidar has met: flat ground, the kerb, or something else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, BoolArray, frozen
from robotics.core.messages import Scan
from robotics.mapping.kerb import Kerb, Mounting

FLAT = 0.02
"""Returns nearer than this to the plane of the ground are the ground [m]; the noise is 0.6 cm."""
BEFORE = 0.02
"""What stands so near before the foot of a kerb is counted to it [m]."""


@dataclass(frozen=True, slots=True)
class GroundReturns:
    """The returns of one turn in the levelled base frame, with what each of them is."""

    points_in_base: Array
    """Shape (m, 3) [m]; not finite where nothing came back."""
    flat: BoolArray
    """The ground that is driven on, shape (m,)."""
    kerb: BoolArray
    """The face of a kerb and all behind it, shape (m,)."""

    @property
    def others(self) -> Array:
        """What is neither: litter, feet, legs of benches, holes; shape (k, 3) [m; base]."""
        there = np.isfinite(self.points_in_base).all(axis=1)
        return self.points_in_base[there & ~self.flat & ~self.kerb]


def points_of(scan: Scan, mounting: Mounting) -> Array:
    """Return the returns of a turn in the base frame, shape (m, 3) [m]; NaN where none came."""
    flat = np.stack((np.cos(scan.angle), np.sin(scan.angle), np.zeros(len(scan.angle))), axis=1)
    far = np.where(np.isfinite(scan.range) & (scan.range > 0.05), scan.range, np.nan)
    rays = flat @ np.asarray(mounting.rotation_in_base).T
    return np.asarray(mounting.position_in_base + far[:, None] * rays)


def split_returns(points_in_base: Array, kerbs: tuple[Kerb, ...] = ()) -> GroundReturns:
    """Tell flat ground, kerbs and the rest apart.

    Args:
        points_in_base: From ``points_of``, shape (m, 3) [m].
        kerbs: Those that were found in this turn, at most one on each side.

    Returns:
        Returns within ``FLAT`` of the ground's plane are flat ground, all those behind the foot of
        a kerb are the kerb, however high; what is left is neither.
    """
    points = frozen(points_in_base)
    kerb = np.zeros(len(points), dtype=np.bool_)
    for one in kerbs:
        normal = np.array([-np.sin(one.angle), np.cos(one.angle)])
        side = 1.0 if one.distance > 0.0 else -1.0
        kerb |= side * (points[:, :2] @ normal - one.distance) > -BEFORE
    flat = (np.abs(points[:, 2]) < FLAT) & ~kerb
    return GroundReturns(points, flat, kerb)
