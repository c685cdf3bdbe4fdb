"""An oracle for the estimators: rooms of line segments, seen by an analytic ray caster."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import compose, integrate
from robotics.core.messages import Battery, Imu, Joints, Observation, Scan
from robotics.estimation.odometry import DifferentialDrive
from robotics.estimation.perception import Lidar
from robotics.mapping.grid import Grid, polygon_mask

DRIVE = DifferentialDrive(wheel_radius=0.15, track=0.64)
LIDAR = Lidar(np.array([0.10, 0.0, 0.60]))
BEAMS = np.linspace(-math.pi, math.pi, 360, endpoint=False)


@dataclass(frozen=True, slots=True)
class Room:
    """Solids with vertical walls; inside ``outline`` is free, beyond it solid, if there is one."""

    solids: tuple[Array, ...]
    """Polygons, each (k, 2) [m]."""
    outline: Array | None = None
    """Polygon (k, 2) [m]."""

    def segments(self) -> Array:
        """Return all walls (k, 4): x0, y0, x1, y1."""
        outlines = self.solids if self.outline is None else (*self.solids, self.outline)
        return np.vstack([np.hstack((p, np.roll(p, -1, axis=0))) for p in outlines])

    def draw(self, *, resolution: float = 0.05) -> Grid:
        """Return the map: cells whose centre is solid, so walls are off by up to half a cell."""
        corners = np.vstack([p for p in (*self.solids, self.outline) if p is not None])
        origin = corners.min(axis=0) - 1.0
        columns, rows = np.ceil((corners.max(axis=0) + 1.0 - origin) / resolution).astype(int)
        grid = Grid(np.zeros((rows, columns), dtype=np.bool_), resolution, origin)
        cells = grid.cells.copy()
        if self.outline is not None:
            cells |= ~polygon_mask(grid, self.outline)
        for solid in self.solids:
            cells |= polygon_mask(grid, solid)
        return grid.like(cells)


def box(x0: float, y0: float, x1: float, y1: float) -> Array:
    """Return a rectangle (4, 2)."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)


def hall() -> Room:
    """Return a hall of 26 × 17 m with niches, two pillars and a slanted stall."""
    outline = [(-12.01, -8.03), (10.02, -7.99), (10.02, -2.01), (14.01, -2.01)]
    outline += [(14.01, 9.02), (-3.02, 8.99), (-3.02, 6.01), (-12.01, 6.01)]
    stall = np.array([(-7, -3), (-5, -4), (-4.5, -2.5), (-6.5, -1.5)])
    return Room(
        (box(2.01, 1.02, 3.99, 3.01), box(6, 5.02, 7.03, 6.01), stall),
        np.array(outline, dtype=np.float64),
    )


def corridor() -> Room:
    """Return two walls 4 m apart and 200 m long, with no end in sight."""
    return Room((box(-100, -2.51, 100, -2.01), box(-100, 2.02, 100, 2.5)))


def cast(pose_lidar: Array, segments: Array, discs: Array, *, angle: Array = BEAMS) -> Array:
    """Return the true ranges (m,) [m] to segments (k, 4) and discs (x, y, radius) (n, 3)."""
    x, y, yaw = pose_lidar
    dx, dy = np.cos(yaw + angle)[:, None], np.sin(yaw + angle)[:, None]
    ex, ey = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    qx, qy = segments[:, 0] - x, segments[:, 1] - y
    with np.errstate(divide="ignore", invalid="ignore"):
        across = dx * ey - dy * ex
        along, share = (qx * ey - qy * ex) / across, (qx * dy - qy * dx) / across
        hit = (along > 0) & (share >= 0) & (share <= 1)
    ranges = np.where(hit, along, np.inf).min(axis=1, initial=np.inf)
    if len(discs):
        px, py = discs[:, 0] - x, discs[:, 1] - y
        ahead, aside = dx * px + dy * py, dx * py - dy * px
        root = discs[:, 2] ** 2 - aside**2
        near = ahead - np.sqrt(np.maximum(root, 0.0))
        hit = (root > 0) & (near > 0)
        ranges = np.minimum(ranges, np.where(hit, near, np.inf).min(axis=1, initial=np.inf))
    return np.asarray(np.where(ranges <= 20.0, ranges, np.inf))


@dataclass(slots=True)
class Rover:
    """A true differential drive in a room, with noisy sensors like the simulator's."""

    room: Room
    pose: Array
    rng: np.random.Generator
    discs: Array = field(default_factory=lambda: np.zeros((0, 3)))
    slip: float = 0.01
    period: float = 0.02
    tick: int = 0
    wheels: Array = field(default_factory=lambda: np.zeros(2))
    bias: float = 0.008
    _walls: Array = field(init=False)

    def __post_init__(self) -> None:
        self._walls = self.room.segments()

    def scan(self) -> Scan:
        """Return a noisy turn of the lidar, 1 cm one sigma."""
        ranges = cast(compose(self.pose, (0.10, 0.0, 0.0)), self._walls, self.discs)
        return Scan(BEAMS, ranges + self.rng.normal(0.0, 0.01, len(ranges)))

    def observe(self, wz: float = 0.0, *, scan: Scan | None = None) -> Observation:
        """Return what the sensors say now."""
        quantum = DRIVE.quantum
        position = np.zeros(5)
        position[:2] = np.round(self.wheels / quantum) * quantum
        gyro = self.rng.normal((0.0, 0.0, wz + self.bias), 0.01)
        force = self.rng.normal((0.0, 0.0, 9.81), 0.05)
        if scan is None and self.tick % 5 == 0:
            scan = self.scan()
        return Observation(
            self.tick * self.period,
            Joints.at_rest(position),
            Imu(gyro, force),
            scan=scan,
            battery=Battery(charge=0.5),
        )

    def drive(self, vx: float, wz: float) -> Observation:
        """Move on by one period with this twist; the wheels turn a little more than they roll."""
        self.pose = integrate(self.pose, (vx, 0.0, wz), self.period)
        turn = 0.5 * wz * DRIVE.track
        rolled = np.array([vx - turn, vx + turn]) * (1.0 + self.slip) * self.period
        self.wheels = self.wheels + rolled / DRIVE.wheel_radius
        self.tick += 1
        return self.observe(wz)
