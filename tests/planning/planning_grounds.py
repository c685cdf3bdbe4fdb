"""Places, a robot's shape and a perfect unicycle for the tests of planning."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from shapely import Polygon

from robotics.core.arrays import Array
from robotics.core.geometry import integrate
from robotics.core.messages import Goal, Joints, Kind, Obstacle, State, Twist2
from robotics.mapping.grid import Grid, polygon_mask
from robotics.planning.coverage.mask import densely, mark, mask_of
from robotics.planning.coverage.shape import Sweeping, Tool
from robotics.planning.navigator import Navigator, NavigatorConfig
from robotics.planning.predictive.config import Limits, PredictiveConfig
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.profile import Pace
from robotics.planning.search import Room
from robotics.planning.space import Space

SHAPE = np.array(
    [
        (0.50, 0.36, 0.20),
        (0.50, -0.36, 0.20),
        (0.42, 0.00, 0.28),
        (0.08, 0.14, 0.28),
        (0.08, -0.14, 0.28),
        (-0.30, 0.20, 0.283),
        (-0.30, -0.20, 0.283),
    ]
)
ROLLER = [(0.10, y, 0.05) for y in np.linspace(-0.30, 0.30, 9)]
TOOL = Tool(np.array([(0.50, 0.36, 0.20), (0.50, -0.36, 0.20), *ROLLER]), 0.56, 0.50, 0.10)
SWEEPING = Sweeping(TOOL, Pace(speed=0.8, acceleration=0.45, turn_rate=0.9))
NAVIGATION = NavigatorConfig(SWEEPING.pace, Room(0.58, 0.95), SWEEPING, approach=1.0)
WHEELS = PredictiveConfig(
    Limits(1.2, 1.0, acceleration=0.6, angular_acceleration=1.5, backward=0.4)
)


def blocked(shape: Polygon, *, walled: bool = True, resolution: float = 0.1) -> Grid:
    """Return a map: the holes of ``shape`` are occupied and, if walled, all around it too."""
    x0, y0, x1, y1 = shape.bounds
    size = (math.ceil((y1 - y0 + 4) / resolution), math.ceil((x1 - x0 + 4) / resolution))
    grid = Grid(np.zeros(size, dtype=np.bool_), resolution, np.array([x0 - 2, y0 - 2]))
    cells = ~polygon_mask(grid, shape.exterior.coords[:-1]) if walled else grid.cells.copy()
    for hole in shape.interiors:
        cells |= polygon_mask(grid, hole.coords[:-1])
    return grid.like(cells)


def swept_share(area: Polygon, path: Array) -> float:
    """Return which part of ``area`` the tool sweeps along ``path`` (n, 3)."""
    mask = mask_of(area, 0.05)
    swept = np.zeros(mask.cells.shape, dtype=np.bool_)
    mark(swept, np.array([*mask.origin, mask.resolution]), TOOL.discs, densely(path))
    return float((swept & mask.cells).sum() / mask.cells.sum())


def standing(x: float, y: float, radius: float = 0.3) -> Obstacle:
    """Return somebody who stands."""
    return Obstacle(1, np.array([x, y]), np.zeros(2), radius, Kind.PERSON)


@dataclass
class Unicycle:
    """A robot whose base does what the tracker says, within its accelerations."""

    navigator: Navigator
    tracker: PredictiveTracker
    pose: Array
    obstacles: tuple[Obstacle, ...] = ()
    time: float = 0.0
    twist: Array = field(default_factory=lambda: np.zeros(3))
    trail: list[Array] = field(default_factory=list)

    @staticmethod
    def on(space: Space, pose: tuple[float, float, float], **more: object) -> Unicycle:
        """Put the sweeper's planner and tracker on a place."""
        navigator = Navigator(NAVIGATION, space, more.pop("zones", {}))  # type: ignore[arg-type]
        obstacles = more.pop("obstacles", ())
        tracker = PredictiveTracker(WHEELS, space)
        return Unicycle(navigator, tracker, np.array(pose), obstacles)  # type: ignore[arg-type]

    def state(self) -> State:
        """Return a perfect state."""
        still, joints = np.zeros(3), Joints.at_rest(np.zeros(0))
        return State(
            self.time, self.pose, self.twist, joints, still[:2], still, obstacles=self.obstacles
        )

    def step(self, goal: Goal) -> Twist2:
        """Advance by 50 ms."""
        state = self.state()
        wanted = self.tracker.track(state, goal, self.navigator.plan(state, goal))
        rates = 0.05 * np.array([0.6, 0.6, 1.5])
        change = np.array([wanted.vx, wanted.vy, wanted.wz]) - self.twist
        self.twist = self.twist + np.clip(change, -rates, rates)
        self.pose = integrate(self.pose, self.twist, 0.05)
        self.time += 0.05
        self.trail.append(self.pose)
        return wanted
