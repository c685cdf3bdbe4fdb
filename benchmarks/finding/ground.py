"""A site with its visitors as rays see it, and where robots are on it."""

from __future__ import annotations

import itertools
import math
import tempfile
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.messages import Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.localisation import Localisation
from robotics.estimation.perception import Lidar, RangePerception, Start
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid, distance_field, polygon_mask
from robotics.mapping.obstacles import ObstacleTracker
from robotics.mapping.places import load_site
from robotics.mapping.walkable import walkable_ground
from robotics.planning.search import Room, find_route
from sim.raycast import cast, near, prisms
from sim.site_export import export_site
from sim.visitors import Visitors
from sim.world import load_world

BEAMS = np.linspace(-math.pi, math.pi, 360, endpoint=False)
MOUNT = {"sweeper": np.array([0.10, 0.0, 0.60]), "greeter": np.array([0.05, 0.0, 0.30])}
HEIGHT = {"sweeper": 0.0, "greeter": 0.55}
"""Of the base above the ground [m]."""


class Ground:
    """A site with its visitors, as rays see it."""

    def __init__(self, name: str, walkers: int) -> None:
        self.world = load_world(name)
        with tempfile.TemporaryDirectory() as folder:
            export_site(self.world, Path(folder))
            self.site = load_site(Path(folder))
        self.walkers = walkers
        self.surfaces = surface_field(self.site.scannable)
        self._prisms = prisms(self.world.solids)
        self.room = distance_field(self.site.occupied)
        self.walkable = walkable_ground(self.site)
        self.anywhere, self.used = self._cells()

    def _cells(self) -> tuple[IntArray, IntArray]:
        """Return the cells that a robot can reach, and those where it works and travels."""
        site, grid = self.site, self.site.occupied
        reached = walkable_ground(site, radius=0.5).cells & (self.room.cells > 0.6)
        reached &= ~site.keepout.cells
        used = np.zeros(reached.shape, dtype=np.bool_)
        stops = [p.pose[:2] for p in site.places.values() if p.kind != "visitors"]
        for zone in site.zones.values():
            if zone.kind == "sweep":
                used |= polygon_mask(grid, zone.polygon)
                stops.append(
                    _middle(zone.polygon, reached & polygon_mask(grid, zone.polygon), grid)
                )
        blocked = grid.like(grid.cells | site.keepout.cells)
        free = distance_field(blocked)
        for a, b in itertools.combinations(stops, 2):
            way = find_route(free, a, b, Room(0.45, 0.8)).points
            for start, end in itertools.pairwise(way):
                used |= polygon_mask(grid, _lane(start, end))
        return np.argwhere(reached), np.argwhere(reached & used)

    def draw(self, cells: IntArray, rng: np.random.Generator) -> Array:
        """Return a pose (3,) on one of the cells."""
        row, column = cells[rng.integers(len(cells))]
        grid = self.site.occupied
        at = grid.origin + grid.resolution * (np.array([column, row]) + 0.5)
        return np.array([*at, rng.uniform(-math.pi, math.pi)])

    def perception(self, robot: str, told: Array) -> RangePerception:
        """Return a fresh perception that starts from a pose (3,)."""
        start = Start(told)
        covariance = np.diag([start.sigma, start.sigma, start.sigma_yaw]) ** 2
        fresh = Localisation(self.surfaces, np.array(told), covariance, ground=self.walkable)
        lidar = Lidar(MOUNT[robot], base_height=HEIGHT[robot])
        return RangePerception(lidar, fresh, ObstacleTracker(self.surfaces))

    def scan(
        self, robot: str, pose: Array, visitors: Visitors, *, tilt: Array, rng: np.random.Generator
    ) -> Scan:
        """Return a turn of a robot's lidar, 1 cm one sigma."""
        turn = matrix_from_rpy(tilt[0], tilt[1], 0.0)
        c, s = math.cos(pose[2]), math.sin(pose[2])
        turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ turn
        eye = turn @ MOUNT[robot] + (pose[0], pose[1], HEIGHT[robot])
        beams = np.stack((np.cos(BEAMS), np.sin(BEAMS), np.zeros(360)), axis=1) @ turn.T
        people = np.column_stack([visitors.position, visitors.radius, visitors.height])
        among = near(self._prisms, eye[:2], 20.0)
        ranges = cast(self._prisms, among, people, eye, np.ascontiguousarray(beams))
        ranges = ranges + rng.normal(0.0, 0.01, 360)
        return Scan(BEAMS, np.where(ranges <= 20.0, ranges, np.inf))


def _middle(polygon: Array, cells: BoolArray, grid: Grid) -> Array:
    """Return the free point of a zone that is nearest to the middle of its corners, shape (2,)."""
    spots = grid.origin + grid.resolution * (np.argwhere(cells)[:, ::-1] + 0.5)
    away = np.hypot(*(spots - polygon.mean(axis=0)).T)
    return np.asarray(spots[np.argmin(away)])


def _lane(start: Array, end: Array) -> Array:
    """Return the corners (4, 2) of a lane 2 m wide."""
    way = end - start
    along = way / max(1e-9, float(np.hypot(*way)))
    across = np.array([-along[1], along[0]])
    return np.array([start - across, end - across, end + across, start + across])
