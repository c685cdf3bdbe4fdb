"""What stands around the robot now: the site map and what the lidar adds to it, in a window."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import compose, transform
from robotics.core.messages import Kind, Litter, State
from robotics.mapping.grid import Grid, distance_field
from robotics.mapping.layers import shifted, take_scan
from robotics.mapping.litter import disc_over

MOVING = 0.15
"""Tracked things faster than this are not part of the map [m/s]."""
MOBILE = (Kind.PERSON, Kind.CHILD, Kind.CART)
"""Tracked things that may walk off at any time, and are not part of the map either."""


@dataclass(frozen=True, slots=True)
class Memory:
    """How the window looks and how long it remembers."""

    passes: int = 3
    """A cell is free again after the lidar saw through it so many times running."""
    unanswered: float = 3.0
    """Forgotten when nothing came back from its direction for so long [s]."""
    hidden: float = 60.0
    """Forgotten when something else hid it for so long [s]."""
    explained: float = 0.15
    """Returns this near to blocked cells of the site come from the site [m]."""
    halo: float = 0.15
    """Returns this near to the circle of a moving thing belong to it [m]."""
    slack: float = 1.0
    """The window follows when the robot is this far from its middle [m]."""
    jump: float = 0.3
    """A pose that jumps this far is a new localisation: obstacles are forgotten [m]."""
    fastest: float = 5.0
    """No robot moves faster than this [m/s]."""


def _nothing() -> Array:
    return np.zeros((0, 3))


@dataclass(slots=True)
class LocalMap:
    """Static ground, keep-out, kerbs and obstacles in a square window around the robot.

    One object is shared by all that plan for a robot. It depends on nothing but the states it was
    given, and works only when a new lidar turn came or the window has to follow the robot.

    Attributes:
        blocked: The site: True where the robot must not be, keep-out included; everything outside
            of it is blocked. None for unknown ground, which is free until something is seen.
        side: Side of the window [m].
        resolution: Side of a cell [m].
        lidar_in_base: Pose of the lidar (x, y, yaw) in the base frame.
        view: Its field of view, the same to both sides of its x axis [rad].
        body: The footprint as discs (x, y, radius) in the base frame, shape (k, 3) [m]: nothing
            stands where the robot is. Empty for none.
        memory: How long things are remembered.
        version: Counts the changes.
    """

    blocked: Grid | None
    side: float = 12.0
    resolution: float = 0.05
    lidar_in_base: tuple[float, float, float] = (0.0, 0.0, 0.0)
    view: float = 2.0 * math.pi
    body: Array = field(default_factory=_nothing)
    memory: Memory = field(default_factory=Memory)
    version: int = 0
    _size: int = field(init=False)
    _corner: tuple[int, int] | None = None
    _trust: Array = field(init=False)
    _kerb: Array = field(init=False)
    _low: BoolArray = field(init=False)
    """Where litter lies that must not be driven over."""
    _litter: tuple[Litter, ...] = ()
    _static: BoolArray = field(init=False)
    _explained: BoolArray = field(init=False)
    _distance: Grid = field(init=False)
    _stale: bool = True
    _scanned: float = -math.inf
    _time: float = -math.inf
    _pose: Array | None = None

    def __post_init__(self) -> None:
        """Make the window, and compile what a scan needs before a robot moves."""
        self._size = max(8, round(self.side / self.resolution))
        shape = (self._size, self._size)
        self._trust, self._kerb = np.zeros(shape), np.zeros(shape)
        self._static, self._explained = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
        self._low = np.zeros(shape, np.bool_)
        self.body = np.array(self.body, dtype=float).reshape(-1, 3)
        scan = (np.zeros((1, 2)), np.zeros(4), np.ones(1, np.bool_))
        take_scan(np.zeros((8, 8)), np.array([0.0, 0.0, 1.0]), scan, np.ones(3), self.body.copy())
        self._follow(np.zeros(3))
        self._measure()

    # ------------------------------------------------------------------ layers

    @property
    def origin(self) -> Array:
        """Map coordinates of the window's lower left corner, shape (2,) [m]."""
        row, col = self._corner or (0, 0)
        return self._anchor + self.resolution * np.array([col, row])

    @property
    def distance(self) -> Grid:
        """Distance of each cell's centre to that of the nearest blocked cell [m].

        Finite everywhere: where nothing is blocked, it is the window's diagonal.
        """
        if self._stale:
            self._measure()
        return self._distance

    @property
    def static(self) -> Grid:
        """True where the site is blocked."""
        return Grid(self._static, self.resolution, self.origin)

    @property
    def obstacles(self) -> Grid:
        """True where a lidar saw something that is not on the site map and does not move."""
        return Grid((self._trust > 0.0) | self._low, self.resolution, self.origin)

    @property
    def kerbs(self) -> Grid:
        """True where a kerb was reported."""
        return Grid(self._kerb > 0.0, self.resolution, self.origin)

    @property
    def occupied(self) -> Grid:
        """True where the robot must not be, for whatever reason."""
        cells = self._static | (self._trust > 0.0) | (self._kerb > 0.0) | self._low
        return Grid(cells, self.resolution, self.origin)

    # ------------------------------------------------------------------ news

    def update(self, state: State) -> bool:
        """Take in a state; a scan is looked at once, however often it comes.

        Returns:
            Whether the map changed.
        """
        if self._jumped(state):
            self._trust[:] = 0.0
            self._stale = True
        self._time, self._pose = state.time, state.pose_base_in_map
        changed = self._follow(state.pose_base_in_map)
        changed = self._avoid(state.ground.litter, moved=changed) or changed
        scanned = state.time - state.points_age
        if len(state.points_in_base) and abs(scanned - self._scanned) > 1e-6:
            passed = min(max(scanned - self._scanned, 0.0), 1.0)
            self._scanned = scanned
            changed = self._take(state, passed) or changed
        if changed or self._stale:
            self._measure()
            self.version += 1
            changed = True
        return changed

    def add_kerb(self, points_in_map: ArrayLike) -> None:
        """Block the cells of kerb points (k, 2) [m]; no ray that passes above them frees them."""
        rows, cols = self.occupied.index(np.asarray(points_in_map, dtype=float).reshape(-1, 2))
        inside = (rows >= 0) & (cols >= 0) & (rows < self._size) & (cols < self._size)
        if (self._kerb[rows[inside], cols[inside]] <= 0.0).any():
            self._kerb[rows[inside], cols[inside]] = 1.0
            self._stale = True

    def _avoid(self, litter: tuple[Litter, ...], *, moved: bool) -> bool:
        """Block the cells of litter that is too large to be taken; return whether any changed."""
        large = tuple(piece for piece in litter if not piece.fits)
        if not moved and [id(piece) for piece in large] == [id(piece) for piece in self._litter]:
            return False
        self._litter = large
        before, self._low = self._low, np.zeros_like(self._low)
        grid = Grid(self._low, self.resolution, self.origin)
        for piece in large:
            rows, cols = grid.index(disc_over(piece, self.resolution))
            inside = (rows >= 0) & (cols >= 0) & (rows < self._size) & (cols < self._size)
            self._low[rows[inside], cols[inside]] = True
        return not np.array_equal(before, self._low)

    def _jumped(self, state: State) -> bool:
        if self._pose is None:
            return False
        gap = math.dist(state.pose_base_in_map[:2], self._pose[:2])
        return gap > self.memory.jump + self.memory.fastest * max(0.0, state.time - self._time)

    def _take(self, state: State, passed: float) -> bool:
        """Mark and clear by the returns of ``state``, ``passed`` [s] after those before."""
        memory, pose = self.memory, state.pose_base_in_map
        points = np.ascontiguousarray(transform(pose, state.points_in_base))
        eye = np.array([*compose(pose, self.lidar_in_base), 0.5 * self.view])
        marks = ~self._of_site(points) & ~_of_movers(state, points, memory.halo)
        losses = (1.0 / memory.passes, passed / memory.unanswered, passed / memory.hidden)
        body = self.body.copy()
        if len(body):
            body[:, :2] = transform(pose, body[:, :2])
        frame = np.array([*self.origin, self.resolution])
        return take_scan(self._trust, frame, (points, eye, marks), np.array(losses), body)

    def _of_site(self, points: Array) -> BoolArray:
        if self.blocked is None:
            return np.zeros(len(points), np.bool_)
        explained = Grid(self._explained, self.resolution, self.origin)
        return np.asarray(explained.value(points, False), dtype=np.bool_)

    # ------------------------------------------------------------------ window

    @property
    def _anchor(self) -> Array:
        """Corner of the lattice: the site's own, so that cells of both coincide [m]."""
        return np.zeros(2) if self.blocked is None else np.asarray(self.blocked.origin)

    def _follow(self, pose: Array) -> bool:
        """Keep the robot within ``slack`` of the middle; return whether the window moved."""
        col, row = (int(k) for k in np.floor((pose[:2] - self._anchor) / self.resolution))
        wanted = (row - self._size // 2, col - self._size // 2)
        last, slack = self._corner, self.memory.slack / self.resolution
        if last is not None and max(abs(wanted[0] - last[0]), abs(wanted[1] - last[1])) <= slack:
            return False
        self._corner = wanted
        if last is not None:
            step = (wanted[0] - last[0], wanted[1] - last[1])
            self._trust, self._kerb = shifted(self._trust, *step), shifted(self._kerb, *step)
        self._show_site()
        self._stale = True
        return True

    def _show_site(self) -> None:
        """Copy the site's part of the window."""
        if self.blocked is None:
            return
        middle = self.resolution * (np.arange(self._size) + 0.5)
        site, (x, y) = self.blocked, self.origin
        cols = np.floor((x + middle - site.origin[0]) / site.resolution).astype(np.int64)
        rows = np.floor((y + middle - site.origin[1]) / site.resolution).astype(np.int64)
        height, width = site.cells.shape
        part = site.cells[np.ix_(np.clip(rows, 0, height - 1), np.clip(cols, 0, width - 1))]
        part = part | ((rows < 0) | (rows >= height))[:, None]
        self._static = np.ascontiguousarray(part | ((cols < 0) | (cols >= width))[None, :])
        gap = distance_field(Grid(self._static, self.resolution, self.origin)).cells
        self._explained = np.asarray(gap <= self.memory.explained)

    def _measure(self) -> None:
        field_m = distance_field(self.occupied)
        if not math.isfinite(field_m.cells[0, 0]):
            field_m = field_m.like(np.full(field_m.cells.shape, math.sqrt(2.0) * self.side))
        self._distance, self._stale = field_m, False


def _of_movers(state: State, points: Array, halo: float) -> BoolArray:
    """Return which of ``points`` (k, 2) in the map belong to things that move, shape (k,)."""
    mine = np.zeros(len(points), np.bool_)
    for one in state.obstacles:
        if one.kind in MOBILE or math.hypot(*one.velocity_in_map) > MOVING:
            gap = points - one.position_in_map
            mine |= (gap**2).sum(axis=1) < (one.radius + halo) ** 2
    return mine
