"""What a scan says of a place where something is thought to be: hidden, empty, or neither."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import wrap_array

MARGIN = 0.25
"""Returns this much nearer than a thing's near side hide it, this much farther pass it [m]."""
CORE = 0.6
"""Share of a thing's width whose beams are asked: its edges may be missed."""
SHARE = 0.5
"""At least this share of the beams asked has to agree."""


class Verdict(NamedTuple):
    """What a scan says of places, shape (m,) each; all False where no beam came back."""

    hidden: BoolArray
    """Something nearer hides it."""
    met: BoolArray
    """Beams end there."""
    empty: BoolArray
    """Beams pass through it."""


class View(NamedTuple):
    """A scan as returns by bearing, for looking up what lies in a direction."""

    place: Array
    """Of the lidar in the map, shape (2,) [m]."""
    yaw: float
    """Of the lidar in the map [rad]."""
    bearing: Array
    """Of each return in the lidar's axes, shape (k,) [rad]."""
    range: Array
    """Of each return, shape (k,) [m]."""
    spacing: float
    """Angle between neighbouring beams [rad]."""

    @staticmethod
    def of(points_in_lidar: Array, spacing: float, pose_lidar_in_map: Array) -> View:
        """Prepare a scan with returns at ``points_in_lidar`` (k, 2) [m]."""
        x, y = points_in_lidar[:, 0], points_in_lidar[:, 1]
        pose = np.asarray(pose_lidar_in_map, dtype=np.float64)
        bearing = np.arctan2(y, x)
        return View(pose[:2], float(pose[2]), bearing, np.hypot(x, y), max(abs(spacing), 1e-6))

    def judge(self, place: Array, radius: Array) -> Verdict:
        """Tell what lies where discs are thought to be.

        A beam that brought nothing back (open space, but also a lidar blinded by the sun) says
        nothing.

        Args:
            place: Centres in the map, shape (m, 2) [m].
            radius: Shape (m,) [m].
        """
        away = place - self.place
        far = np.maximum(np.hypot(away[:, 0], away[:, 1]), 1e-6)
        middle = np.arctan2(away[:, 1], away[:, 0]) - self.yaw
        half = CORE * np.arcsin(np.minimum(radius / far, 1.0))
        half = np.maximum(half, 0.75 * self.spacing)
        asked = np.abs(wrap_array(self.bearing - middle[:, None])) <= half[:, None]
        nearer = asked & (self.range < (far - radius - MARGIN)[:, None])
        beyond = asked & (self.range > (far + radius + MARGIN)[:, None])
        enough = SHARE * np.maximum(1.0, np.floor(2.0 * half / self.spacing))
        hidden = nearer.sum(axis=1) >= enough
        met = ~hidden & (asked & ~nearer & ~beyond).any(axis=1)
        empty = ~hidden & ~met & (beyond.sum(axis=1) >= enough)
        return Verdict(hidden, met, empty)
