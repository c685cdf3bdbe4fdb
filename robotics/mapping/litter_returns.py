"""Returns of the down-tilted lidar that can come from litter: small lumps on flat ground."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array, BoolArray

RAISED = 0.02
"""Returns so high above the ground around them are from something on it [m]: 3.5 sigma of the
noise; flat paper stays below."""
GROUND = 0.03
"""Returns within this of where the ground should be tell where it is [m]."""
LEAST = 30
"""Of them are needed; with fewer the ground is where it should be."""
SPLIT = 0.08
"""Neighbouring returns farther from each other are from two things [m]."""
GAP = 2
"""So many beams between two raised returns may have met no raised thing."""
BESIDE = 6
"""Beams on either side of a lump that should see the ground."""
TALLEST, WIDEST = 0.35, 0.70
"""What is taller or wider is no litter but a person, a bench, a step [m]."""


def levelled(points_in_base: Array) -> Array:
    """Return heights above the ground as this turn shows it, shape (m,) [m].

    A base that nods or rolls a little lifts one side of the lidar's line on the ground; a straight
    line through the ground's own returns takes that out.

    Args:
        points_in_base: Returns, shape (m, 3) [m]; NaN where nothing came back.
    """
    y, z = points_in_base[:, 1], points_in_base[:, 2]
    flat = np.abs(z) < GROUND
    if flat.sum() < LEAST:
        return z
    across, up = y[flat], z[flat]
    middle, level = across.mean(), up.mean()
    off = across - middle
    slope = float(off @ (up - level)) / max(float(off @ off), 1e-6)
    return np.asarray(z - level - slope * (y - middle))


def lumps(points_in_base: Array, height: Array) -> list[tuple[Array, bool]]:
    """Return groups of neighbouring raised returns, (k, 3) each, z above the ground [m].

    With each of them comes whether it lies alone, ground seen on both sides of it: the top of a
    kerb reaches to where the view ends.

    Args:
        points_in_base: Returns in the order of their bearings, shape (m, 3) [m].
        height: Above the ground, shape (m,) [m]; NaN where nothing came back.
    """
    beams = np.flatnonzero(height > RAISED)
    if len(beams) < 2:
        return []
    points = np.column_stack((points_in_base[beams, :2], height[beams]))
    far = np.abs(np.diff(points, axis=0)).max(axis=1) > SPLIT
    cuts = np.flatnonzero(far | (np.diff(beams) > GAP)) + 1
    groups = zip(np.split(points, cuts), np.split(beams, cuts), strict=True)
    ground = np.abs(height) < RAISED
    return [
        (lump, _ground_beside(ground, int(among[0]), int(among[-1])))
        for lump, among in groups
        if len(lump) > 1
    ]


def _ground_beside(ground: BoolArray, first: int, last: int) -> bool:
    """Return whether most beams on either side of a group met the ground."""
    right, left = ground[max(0, first - BESIDE) : first], ground[last + 1 : last + 1 + BESIDE]
    return int(right.sum()) >= BESIDE // 2 and int(left.sum()) >= BESIDE // 2


def is_small(lump: Array) -> bool:
    """Return whether a lump (k, 3) can be a piece of litter."""
    wide = float(np.hypot(*(lump[-1, :2] - lump[0, :2])))
    return wide < WIDEST and float(lump[:, 2].max()) < TALLEST
