"""A hall with pillars, and walkers who mill about in it: the hard case for perception."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np

from robotics.core.arrays import Array, IntArray
from sim.world import Paving, Solid, World

HALL = 10.0
"""Half the side of the hall [m]."""
PILLARS = np.array([(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)])


class Crowd(Protocol):
    """Who walks about (``sim.visitors.Visitors``, ``Milling``)."""

    @property
    def position(self) -> Array:
        """Centres (n, 2) in the map [m]."""

    @property
    def velocity(self) -> Array:
        """Shape (n, 2) [m/s]."""

    @property
    def radius(self) -> Array:
        """Shape (n,) [m]."""

    @property
    def height(self) -> Array:
        """Shape (n,) [m]."""

    @property
    def kind(self) -> list[str]:
        """What each one is (n,)."""

    @property
    def id(self) -> IntArray:
        """Who each one is (n,)."""

    def advance(self, duration: float, robots: Array) -> None:
        """Move on by ``duration`` [s]."""


class Milling:
    """Walkers who go straight in a hall, and turn at its walls, at pillars and at each other."""

    def __init__(self, count: int, rng: np.random.Generator) -> None:
        sizes = {"adult": 0.25, "child": 0.18, "stroller": 0.40}
        self.kind = [str(k) for k in rng.choice(list(sizes), count, p=[0.7, 0.2, 0.1])]
        self.radius = np.array([sizes[kind] for kind in self.kind])
        self.height, self.id, self._rng = np.full(count, 1.7), np.arange(count), rng
        self.position = rng.uniform(0.5 - HALL, HALL - 0.5, (count, 2))
        course, pace = rng.uniform(-3.14, 3.14, count), rng.uniform(0.5, 1.5, count)
        self.velocity = np.stack((pace * np.cos(course), pace * np.sin(course)), 1)

    def advance(self, duration: float, robots: Array) -> None:
        """Step on, a little off the straight line; whoever touches something turns away."""
        before = self.position
        bend = self._rng.normal(0.0, 0.03, len(before))
        c, s = np.cos(bend)[:, None], np.sin(bend)[:, None]
        self.velocity = c * self.velocity + s * self.velocity[:, ::-1] * (-1.0, 1.0)
        self.position = before + duration * self.velocity
        posts = np.column_stack([PILLARS, np.full(len(PILLARS), 0.45)])
        for _ in range(3):
            for discs in (robots, posts, np.column_stack([self.position, self.radius])):
                self._part(discs, own=len(discs) == len(before))
            limit = HALL - 0.25 - self.radius[:, None]
            beyond = np.abs(self.position) > limit
            inward = np.where(beyond, -np.sign(self.position), np.sign(self.velocity))
            self.velocity = np.abs(self.velocity) * inward
            self.position = np.clip(self.position, -limit, limit)

    def _part(self, discs: Array, *, own: bool) -> None:
        """Push everyone out of ``discs`` (k, 3), half as far where these are walkers too."""
        away = self.position[:, None] - discs[:, :2]
        far = np.hypot(away[..., 0], away[..., 1]) + (1e6 * np.eye(len(discs)) if own else 0.0)
        deep = np.maximum(self.radius[:, None] + discs[:, 2] + 0.05 - far, 0.0)
        out = away / far[..., None]
        self.position = self.position + ((0.5 if own else 1.0) * deep[..., None] * out).sum(axis=1)
        towards = np.minimum((self.velocity[:, None] * out).sum(axis=2), 0.0) * (deep > 0.0)
        pace = np.hypot(*self.velocity.T)[:, None]
        turned = self.velocity - 1.5 * (towards[..., None] * out).sum(axis=1)
        self.velocity = turned * pace / np.maximum(np.hypot(*turned.T)[:, None], 0.1 * pace)


def hall(world: World) -> World:
    """Return a hall with pillars, in the place of ``world``."""
    walls = [(-1, -1, 1, -1), (1, -1, 1, 1), (-1, 1, 1, 1), (-1, -1, -1, 1)]
    boxes = [
        (HALL * x0 - 0.1, HALL * y0 - 0.1, HALL * x1 + 0.1, HALL * y1 + 0.1)
        for x0, y0, x1, y1 in walls
    ]
    boxes += [(x - 0.3, y - 0.3, x + 0.3, y + 0.3) for x, y in PILLARS]
    solids = tuple(
        Solid("wall", "wall", ((a, b), (c, b), (c, d), (a, d)), 0.0, 2.5, (0.5, 0.5, 0.5, 1.0))
        for a, b, c, d in boxes
    )
    rim = HALL + 1.0
    paved = Paving("hall", ((-rim, -rim), (rim, -rim), (rim, rim), (-rim, rim)), (0.5,) * 4)
    return replace(
        world, bounds=(-rim, -rim, rim, rim), paving=(paved,), solids=solids, kerbs=(), zones=(),
        places=(),
    )  # fmt: skip
