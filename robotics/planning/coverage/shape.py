"""What a sweeping machine is, as far as plans for areas need to know."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.planning.coverage.pulled import Kerbside
from robotics.planning.profile import Pace
from robotics.planning.search import Room

SHORT = 0.7
"""Lanes end so much of their outer disc's radius before their end: what a round front leaves out
there, a cusp of s³ / (3 r) beside each lane, is 0.02 r²."""


@dataclass(frozen=True, slots=True)
class Tool:
    """What sweeps, in the base frame (x forward, y left) [m]."""

    discs: Array
    """Brushes and roller as discs (x, y, radius), shape (k, 3)."""
    half_width: float
    """Half of the swept width."""
    front: float
    """x of the line on which the brushes reach their full width."""
    rear: float
    """x of the last part that sweeps."""

    @property
    def outer(self) -> tuple[float, float, float]:
        """The disc that reaches farthest to the left: (x, y, radius) [m]."""
        x, y, radius = self.discs[int((self.discs[:, 1] + self.discs[:, 2]).argmax())]
        return float(x), float(y), float(radius)

    @property
    def short(self) -> float:
        """How much before its end a lane may stop [m]."""
        return SHORT * self.outer[2]

    @property
    def nose(self) -> float:
        """Farthest that it sweeps ahead of the base [m]."""
        return float((self.discs[:, 0] + self.discs[:, 2]).max())

    @property
    def turning_reach(self) -> float:
        """Farthest that it sweeps around the base when it turns on the spot [m]."""
        return float((np.hypot(self.discs[:, 0], self.discs[:, 1]) + self.discs[:, 2]).max())

    @property
    def sweeps_corners(self) -> bool:
        """Whether a turn on the spot sweeps a square corner to within 5 cm."""
        return self.turning_reach > math.sqrt(2.0) * self.half_width - 0.05


@dataclass(frozen=True, slots=True)
class Fit:
    """How close the path may go to edges [m]."""

    edge: float = 0.48
    """Base to the edge of the zone, where nothing stands there: the brush reaches over it."""
    wall: float = 0.06
    """Widest part of the robot to an obstacle of the map."""
    kerb: float = 0.01
    """Edge of the brush to a kerb, which is known exactly."""
    overlap: float = 0.035
    """Of two neighbouring lanes: position is known to 1 cm and kept to 2 cm."""
    least: float = 0.02
    """Footprint to obstacle at every pose of the path."""


@dataclass(frozen=True, slots=True)
class Sweeping:
    """All that coverage needs to know of a robot."""

    tool: Tool
    pace: Pace
    fit: Fit = field(default_factory=Fit)
    metre: float = 0.0
    """What a metre of turns costs beyond its time [s]: more makes them short and slow."""
    room: Room = field(default_factory=lambda: Room(0.58, 0.95))
    """Space on transits."""
    kerbside: Kerbside | None = None
    """The site's kerbs: brushes that pass by are led along them."""

    @property
    def spacing(self) -> float:
        """Largest distance of two neighbouring lanes [m]."""
        return 2.0 * self.tool.half_width - self.fit.overlap
