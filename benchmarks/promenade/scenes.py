"""Where people walk: places with walls and pillars, flows of people, and the robot's rounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site
from sim.raycast import Prisms, prisms
from sim.world_model import Solid

CELL = 0.05
"""Of the site's grids [m]."""
FENCE = 0.5
"""Thickness of the walls around [m]."""
Box: TypeAlias = tuple[float, float, float, float]
"""x0, y0, x1, y1 [m]."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One place, its people and the robot's work there."""

    name: str
    size: tuple[float, float]
    """The ground is 0 to this [m]."""
    people: int
    solids: tuple[Box, ...]
    flows: tuple[tuple[Box, ...], ...]
    """Each person walks to and fro through boxes, in this order; one box alone: anywhere in it."""
    rounds: tuple[tuple[tuple[float, float], ...], ...]
    """Ways that the robot goes round and round [m]; one of them in each episode."""
    pause: tuple[float, float] = (0.0, 4.0)
    """People stand this long where their way ends, at least and at most [s]."""
    stand: float = 10.0
    """The robot stands so long in the flow at the first place of its round [s]."""

    @property
    def density(self) -> float:
        """People per area [1/m²]."""
        return self.people / float(self.walkable().area)

    def peopled(self, density: float) -> Scene:
        """Return the same place with about ``density`` people per area [1/m²]."""
        return replace(self, people=max(1, round(density * float(self.walkable().area))))

    def walkable(self) -> BaseGeometry:
        """Return the ground without solids."""
        return box(0.0, 0.0, *self.size).difference(
            shapely.union_all([box(*one) for one in self.solids])
        )

    def prisms(self) -> Prisms:
        """Return what the lidar sees of the place."""
        return prisms(tuple(_solid(one) for one in (*self.solids, *self._fence())))

    def site(self) -> Site:
        """Return the robot's map."""
        margin = 1.0
        shape = [round((side + 2.0 * margin) / CELL) for side in self.size[::-1]]
        solid = np.ones(shape, dtype=np.bool_)
        k = round(margin / CELL)
        solid[k:-k, k:-k] = False
        for x0, y0, x1, y1 in self.solids:
            cells = [round((v + margin) / CELL) for v in (x0, y0, x1, y1)]
            solid[max(0, cells[1]) : cells[3], max(0, cells[0]) : cells[2]] = True
        grid = Grid(solid, CELL, np.array([-margin, -margin]))
        free = grid.like(np.zeros_like(solid))
        unlimited = grid.like(np.full(solid.shape, np.inf))
        return Site(self.name, grid, grid, free, unlimited, {}, {}, ())

    def _fence(self) -> tuple[Box, ...]:
        w, h = self.size
        return (
            (-FENCE, -FENCE, w + FENCE, 0.0),
            (-FENCE, h, w + FENCE, h + FENCE),
            (-FENCE, 0.0, 0.0, h),
            (w, 0.0, w + FENCE, h),
        )


def _solid(one: Box) -> Solid:
    x0, y0, x1, y1 = one
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    return Solid("wall", "wall", corners, 0.0, 2.5, (0.7, 0.7, 0.7, 1.0))


def _pillars(*places: tuple[float, float], half: float = 0.4) -> tuple[Box, ...]:
    return tuple((x - half, y - half, x + half, y + half) for x, y in places)


PLAZA = Scene(
    "plaza",
    (26.0, 24.0),
    32,
    _pillars((7.5, 7.0), (18.5, 7.5), (7.0, 17.0), (19.0, 16.5)),
    (
        ((0.8, 3.0, 2.5, 21.0), (23.5, 3.0, 25.2, 21.0)),
        ((3.0, 0.8, 23.0, 2.5), (3.0, 21.5, 23.0, 23.2)),
    ),
    (
        ((13.0, 12.0), (22.5, 12.5), (13.0, 20.0), (3.5, 11.5), (13.0, 4.0)),
        ((13.0, 12.0), (3.5, 4.0), (22.5, 4.0), (22.5, 20.0), (3.5, 20.0)),
    ),
)  # fmt: skip
CORRIDOR = Scene(
    "corridor",
    (40.0, 7.5),
    18,
    (),
    (((0.8, 0.8, 4.0, 6.7), (36.0, 0.8, 39.2, 6.7)),),
    (
        ((20.0, 3.75), (35.0, 2.2), (35.0, 5.0), (5.0, 5.2), (5.0, 2.5)),
        ((20.0, 2.5), (34.0, 5.0), (6.0, 2.0)),
    ),
)
GATE = Scene(
    "gate",
    (30.0, 14.0),
    20,
    ((14.7, -0.5, 15.3, 4.2), (14.7, 9.8, 15.3, 14.5)),
    (((1.0, 1.0, 8.0, 13.0), (14.8, 5.0, 15.2, 9.0), (22.0, 1.0, 29.0, 13.0)),),
    (
        ((10.0, 7.0), (20.0, 7.0), (25.0, 3.0), (20.0, 7.0), (10.0, 7.0), (4.0, 11.0)),
        ((8.0, 3.0), (22.0, 11.0), (22.0, 3.0), (8.0, 11.0)),
    ),
)  # fmt: skip
GROUPS = Scene(
    "groups",
    (24.0, 22.0),
    30,
    _pillars((12.0, 6.0), (12.0, 16.0)),
    (((2.0, 2.0, 22.0, 20.0),),),
    (
        ((12.0, 11.0), (20.5, 11.0), (20.5, 18.5), (3.5, 18.5), (3.5, 3.5), (20.5, 3.5)),
        ((4.0, 11.0), (20.0, 18.0), (20.0, 4.0)),
    ),
    pause=(25.0, 90.0),
)
OPEN = Scene(
    "open",
    (26.0, 26.0),
    36,
    _pillars((13.0, 13.0), (5.0, 21.0)),
    (((1.5, 1.5, 24.5, 24.5),),),
    (
        ((8.0, 8.0), (20.0, 6.0), (21.0, 19.0), (8.0, 17.0)),
        ((13.0, 5.0), (22.0, 13.0), (13.0, 22.0), (4.0, 13.0)),
    ),
)

SCENES = (PLAZA, CORRIDOR, GATE, GROUPS, OPEN)


def recorded_scene(low: Array, high: Array) -> Scene:
    """Return an empty place around recorded tracks, with a round through the middle of them.

    Args:
        low: Least x and y of the tracks, shape (2,) [m]; the place's origin lies 3 m beyond.
        high: Largest.
    """
    w, h = (float(side) + 6.0 for side in high - low)
    near, far = 0.25, 0.75
    way = ((0.5, 0.5), (far, 0.5), (far, far), (near, near), (near, 0.5), (0.5, far), (0.5, near))
    return Scene(
        "recorded", (w, h), 0, (), (), (tuple((x * w, y * h) for x, y in way),), stand=10.0
    )
