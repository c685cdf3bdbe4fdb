"""The cost to go around the robot, with those who stand still as things to go around."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.core.messages import Obstacle, State
from robotics.mapping.grid import Grid
from robotics.mapping.local_map import LocalMap
from robotics.planning.cursor import Cursor
from robotics.planning.predictive.guidance import guidance_to
from robotics.planning.space import Space

RENEWED = 0.2
"""The cost to go is computed anew this often [s]."""
STANDING = 0.15
"""Who is slower stands [m/s]."""
BERTH = 0.25
"""Those who stand are given so much more room than things [m]."""
TOWARDS = 0.85
"""Cosine of the angle within which somebody walks towards the robot."""
AHEAD = 1.2
"""His way is kept free for so long [s]; longer, and the cost to go swings with every turn."""
SIDE = 12.0
"""Of the window where there is no local map [m]."""


@compiled
def with_discs(values: Array, frame: Array, discs: Array) -> Array:
    """Return a distance field (rows, cols) [m] with discs (x, y, radius), (k, 3), added."""
    rows, cols = values.shape
    x0, y0, size = frame[0], frame[1], frame[2]
    result = values.copy()
    for r in range(rows):
        for c in range(cols):
            x, y = x0 + (c + 0.5) * size, y0 + (r + 0.5) * size
            for k in range(len(discs)):
                dx, dy = x - discs[k, 0], y - discs[k, 1]
                gap = math.sqrt(dx * dx + dy * dy) - discs[k, 2] + 0.5 * size
                result[r, c] = min(result[r, c], max(0.0, gap))
    return result


@dataclass(frozen=True, slots=True)
class Window:
    """A distance field around the robot, as ``guidance_to`` reads it."""

    distance: Grid


@dataclass(slots=True)
class Guide:
    """Keeps the cost to go up to date.

    Attributes:
        space: The site as this robot sees it.
        local_map: What the lidar adds; None to trust site and tracks.
    """

    space: Space
    local_map: LocalMap | None = None
    _time: float = -np.inf
    _leg: int = -1
    _cells: Array = field(default_factory=lambda: np.zeros((0, 0)))
    _frame: Array = field(default_factory=lambda: np.zeros(3))

    def forget(self) -> None:
        """Compute it anew next time."""
        self._time = -np.inf

    def field(self, state: State, cursor: Cursor) -> tuple[Array, Array]:
        """Return the cost to go (rows, cols) [m] along the present leg, and its frame (3,)."""
        if state.time - self._time >= RENEWED - 1e-6 or cursor.leg != self._leg:
            self._time, self._leg = state.time, cursor.leg
            last = int(cursor.course.legs[cursor.leg, 1])
            path = cursor.path[min(cursor.index, last) : last + 1, :2]
            radius = half_width(self.space.discs)
            guide = guidance_to(
                self._window(state), path, radius=radius, comfort=radius + max(0.3, 0.7 * radius)
            )
            self._cells, self._frame = guide.cells, guide.frame
        return self._cells, self._frame

    def _window(self, state: State) -> Window:
        """Return the distance field here, those who stand included."""
        if self.local_map is None:
            distance = _around(self.space.distance, state.pose_base_in_map[:2])
        else:
            distance = self.local_map.distance
        discs = [
            disc for one in state.obstacles for disc in in_the_way(one, state.pose_base_in_map)
        ]
        if discs:
            frame = np.array([*distance.origin, distance.resolution])
            distance = distance.like(with_discs(distance.cells, frame, np.array(discs)))
        return Window(distance)


def in_the_way(one: Obstacle, pose: Array) -> list[tuple[float, float, float]]:
    """Return discs (x, y, radius) that the way of a robot at ``pose`` (3,) had better avoid.

    Somebody who stands is one; somebody who comes towards the robot needs the stretch ahead of
    him. Whoever crosses or walks off is gone before the robot is there.
    """
    (x, y), (vx, vy) = one.position_in_map, one.velocity_in_map
    pace, away = math.hypot(vx, vy), math.hypot(pose[0] - x, pose[1] - y)
    radius = one.radius + BERTH
    if pace < STANDING:
        return [(float(x), float(y), radius)]
    if vx * (pose[0] - x) + vy * (pose[1] - y) < TOWARDS * pace * away:
        return []
    count = math.ceil(min(AHEAD * pace, away) / radius)
    along = radius / pace
    return [(float(x + k * along * vx), float(y + k * along * vy), radius) for k in range(count)]


def half_width(discs: Array) -> float:
    """Return half the width of a footprint of discs (k, 3) [m]."""
    return float((np.abs(discs[:, 1]) + discs[:, 2]).max())


def _around(distance: Grid, place: Array) -> Grid:
    """Return the part of a grid around a place (2,), within ``SIDE``."""
    row, col = (int(k) for k in distance.index(place))
    half = round(0.5 * SIDE / distance.resolution)
    low_row, low_col = max(0, row - half), max(0, col - half)
    part = distance.cells[low_row : max(1, row + half), low_col : max(1, col + half)]
    origin = distance.origin + distance.resolution * np.array([low_col, low_row])
    return Grid(np.ascontiguousarray(part), distance.resolution, origin)
