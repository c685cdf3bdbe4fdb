"""Pieces of litter: bodies with a place, a size and a mass, taken one by one or not at all."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from robotics.core.arrays import Array, BoolArray
from sim import brushes
from sim.brushes import NONE, ROLLER, tool_at
from sim.cleaning.laws import Laws
from sim.sweeping import WINDROW_Y, Stroke
from sim.world_model import DirtPlan

KINDS = np.array(
    [
        (0.55, 0.08, 0.010, 0.002),  # wrappers, tickets
        (0.20, 0.09, 0.080, 0.010),  # paper cups
        (0.12, 0.22, 0.065, 0.030),  # bottles
        (0.09, 0.12, 0.065, 0.016),  # cans
        (0.04, 0.35, 0.200, 0.150),  # cartons
    ]
)
"""Share, longest side [m], height [m], mass [kg] of what people leave behind (shares assumed)."""
MOUTH = (0.30, 0.12)
"""Longest side and height of the largest piece that the roller can take [m] (assumed: what fits
between the roller and its hood)."""


class Litter:
    """What lies about.

    Attributes:
        position: Shape (m, 2) [m].
        size: Longest side, shape (m,) [m].
        height: Shape (m,) [m].
        mass: Shape (m,) [kg].
        lying: False for those that were taken, shape (m,).
    """

    def __init__(
        self, plan: DirtPlan, holds: Callable[[float, float], bool], rng: np.random.Generator
    ) -> None:
        """Scatter the pieces of ``plan`` over the places that ``holds`` tells (x, y) [m]."""
        self._holds, self._rng = holds, rng
        found = [np.zeros((0, 2))]
        for spot in plan.litter:
            reach = spot.radius * np.sqrt(rng.random(spot.pieces))
            bearing = rng.uniform(0.0, 2.0 * np.pi, spot.pieces)
            off = np.column_stack([reach * np.cos(bearing), reach * np.sin(bearing)])
            found.append(np.array(spot.position) + off)
        pieces = np.concatenate(found)
        self.position: Array = np.array([p for p in pieces if holds(*p.tolist())]).reshape(-1, 2)
        kinds = rng.choice(len(KINDS), len(self.position), p=KINDS[:, 0])
        self.size, self.height, self.mass = (KINDS[kinds, k] for k in (1, 2, 3))
        self.lying: BoolArray = np.ones(len(self.position), dtype=np.bool_)

    def drop(self, x: float, y: float) -> float:
        """Let a new piece fall at (x, y) [m]; return its mass [kg], 0 where nothing can lie."""
        if not self._holds(x, y):
            return 0.0
        kind = KINDS[self._rng.choice(len(KINDS), p=KINDS[:, 0])]
        self.position = np.vstack([self.position, (x, y)])
        self.size, self.height = np.append(self.size, kind[1]), np.append(self.height, kind[2])
        self.mass, self.lying = np.append(self.mass, kind[3]), np.append(self.lying, True)
        return float(kind[3])

    @property
    def fitting(self) -> BoolArray:
        """Which pieces fit into the mouth, shape (m,)."""
        return np.asarray((self.size <= MOUTH[0]) & (self.height <= MOUTH[1]))

    def lying_mass(self) -> Array:
        """Return the mass of each piece that still lies there, else 0, shape (m,) [kg]."""
        return np.where(self.lying, self.mass, 0.0)

    def brush(self, stroke: Stroke, laws: Laws) -> float:
        """Let brushes throw pieces inwards and the roller take them; return what it took [kg]."""
        taken, fitting = 0.0, self.fitting
        off = self.position - (stroke.x, stroke.y)
        c, s = math.cos(stroke.yaw), math.sin(stroke.yaw)
        for k in np.flatnonzero(self.lying & (np.hypot(*off.T) < brushes.REACH)):
            x, y = c * off[k, 0] + s * off[k, 1], c * off[k, 1] - s * off[k, 0]
            tool = tool_at(float(x), float(y))
            if tool == NONE or (tool == ROLLER and not (stroke.takes and fitting[k])):
                continue
            rate = (laws.roller if tool == ROLLER else laws.side)[2] * stroke.brush
            if self._rng.random() > 1.0 - math.exp(-rate * stroke.duration):
                continue
            if tool == ROLLER:
                self.lying[k] = False
                taken += float(self.mass[k])
                continue
            y = math.copysign(0.5 * WINDROW_Y, y)
            moved = (stroke.x + c * x - s * y, stroke.y + s * x + c * y)
            if self._holds(*moved):
                self.position[k] = moved
        return taken
