"""Measure the localisation: accuracy among walkers, recovery when lost, the scan match and peers.

Usage: python benchmarks/localise.py [--site NAME|FILE] [--data LOG] [--trials N] [--walkers N]
                                     [--seed N] [--quick]

* Accuracy: both robots drive along the site's visitor routes among its visitors: the sweeper with
  slipping wheels and a biased gyro, the greeter with the drift of its steps and a swaying lidar.
* Recovery: a third of the trials each starts told a pose up to 5 m and 180° off, starts told any
  pose of the site, or is carried away after 2 s. The true place is drawn from where the robots
  work (sweep zones, docks, stations). Of each kind a third stands, drives slowly or turns. A trial
  has recovered when the pose is within 10 cm and 3° and the quality above 0.5 for good; a false
  recovery is a pose more than 0.5 m wrong with a quality above 0.5, for 2 s together or at the end.
  Some places have twins within the lidar's reach (the pier repeats itself every 20 m and when
  turned round); the fraction is given over all trials, and over the places without a twin.
* Scan match: a hall of 20 m, 360 beams of 1 cm noise, from up to ±0.3 m and ±0.15 rad off.
* --data: a log in CARMEN's format. A map is made of the poses in its first half; the second half
  is localised in it by odometry and laser, and held against the log's own poses.

The last line is one JSON object; times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.ndimage import label
from scipy.spatial import cKDTree

from robotics.core.arrays import Array, IntArray
from robotics.core.geometry import compose, integrate, relative, transform, wrap
from robotics.core.messages import Imu, Joints, Observation, Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.localisation import Localisation
from robotics.estimation.odometry import DifferentialDrive, Increment, WheelOdometry
from robotics.estimation.perception import Lidar, RangePerception, Start, warm_up
from robotics.estimation.scan_match import Belief, Matching, align
from robotics.estimation.wheeled import WheeledEstimator
from robotics.mapping.carmen import CarmenScan, read_carmen
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid, distance_field, polygon_mask
from robotics.mapping.obstacles import ObstacleTracker
from robotics.mapping.places import load_site
from robotics.mapping.submap import Seen, submap_field
from sim.raycast import cast, near, prisms
from sim.site_export import export_site
from sim.visitors import Visitors
from sim.world import load_world

PERIOD = 0.02
TURN = 5
"""Ticks from scan to scan."""
BEAMS = np.linspace(-math.pi, math.pi, 360, endpoint=False)
MOUNT = {"sweeper": np.array([0.10, 0.0, 0.60]), "greeter": np.array([0.05, 0.0, 0.30])}
HEIGHT = {"sweeper": 0.0, "greeter": 0.55}
"""Of the base above the ground [m]."""
SPEED = {"sweeper": 0.9, "greeter": 0.4}
DRIVE = DifferentialDrive(0.15, 0.64)
MOTIONS = ((0.0, 0.0), (0.3, 0.0), (0.0, 0.3))
"""(vx, wz) while it finds itself again."""


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
        self.anywhere, self.work = self._places()

    def _places(self) -> tuple[IntArray, IntArray]:
        """Return the cells that a robot can reach, and those of them where it works."""
        occupied = self.site.occupied
        parts, _ = label(self.room.cells > 0.5)
        home = next(p for p in self.site.places.values() if p.kind == "start").pose[:2]
        reached = (parts == parts[occupied.index(home)]) & (self.room.cells > 0.6)
        reached &= ~self.site.keepout.cells
        work = np.zeros(reached.shape, dtype=np.bool_)
        for zone in self.site.zones.values():
            if zone.kind == "sweep":
                work |= polygon_mask(occupied, zone.polygon)
        square = 2.0 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
        for place in self.site.places.values():
            if place.kind != "visitors":
                work |= polygon_mask(occupied, place.pose[:2] + square)
        return np.argwhere(reached), np.argwhere(reached & work)

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
        fresh = Localisation(self.surfaces, np.array(told), covariance)
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


@dataclass(slots=True)
class Body:
    """A robot that moves truly, and senses how far it came with the errors of its kind."""

    robot: str
    pose: Array
    rng: np.random.Generator
    wheels: Array = field(default_factory=lambda: np.zeros(2))
    step: Array = field(default_factory=lambda: np.zeros(3))
    twist: tuple[float, float] = (0.0, 0.0)
    errors: Array = field(init=False)
    phase: float = 0.0

    def __post_init__(self) -> None:
        self.errors = self.rng.normal(0.0, (0.01, 0.01, 0.005, 0.015, 0.003))

    def move(self, vx: float, wz: float) -> None:
        """Go on for one tick; each wheel slips by 1 % for good and 2 % at random."""
        new = integrate(self.pose, (vx, 0.0, wz), PERIOD)
        self.step, self.pose, self.twist = relative(self.pose, new), new, (vx, wz)
        slip = 1.0 + self.errors[:2] + self.rng.normal(0.0, 0.02, 2)
        half = 0.5 * wz * DRIVE.track
        rolled = np.array([vx - half, vx + half]) * slip * PERIOD
        self.wheels = self.wheels + rolled / DRIVE.wheel_radius
        self.phase += PERIOD

    @property
    def tilt(self) -> Array:
        """(roll, pitch) [rad]: the greeter sways as it walks, 1.5 Hz."""
        sway = 0.02 if self.robot == "greeter" and self.twist != (0.0, 0.0) else 0.0
        angle = 3.0 * math.pi * self.phase
        return sway * np.array([math.sin(angle), 0.5 * math.cos(2.0 * angle)])

    def observation(self, time_now: float, scan: Scan | None) -> Observation:
        """Return what the sweeper's sensors say."""
        position = np.zeros(5)
        position[:2] = np.round(self.wheels / DRIVE.quantum) * DRIVE.quantum
        gyro = self.rng.normal((0.0, 0.0, self.twist[1] + self.errors[2]), 0.01)
        force = self.rng.normal((0.0, 0.0, 9.81), 0.05)
        return Observation(time_now, Joints.at_rest(position), Imu(gyro, force), scan=scan)

    def increment(self) -> Increment:
        """Return the step as an odometry of steps would measure it."""
        way = math.hypot(self.step[0], self.step[1])
        noise = self.rng.normal(0.0, 1.0, 3)
        dx = self.step[0] * (1.0 + self.errors[3]) + 0.003 * noise[0] * math.sqrt(way)
        dy = self.step[1] + 0.002 * noise[1] * math.sqrt(way)
        dyaw = self.step[2] + (self.errors[4] + 0.01 * noise[2]) * PERIOD
        return Increment(
            dx, dy, dyaw, 0.03**2 * way + 1e-12, 0.015**2 * way + 1e-12, (0.01 * PERIOD) ** 2
        )


class Run:
    """One robot among visitors, estimating."""

    def __init__(
        self, ground: Ground, robot: str, *, told: Array, pose: Array, rng: np.random.Generator
    ) -> None:
        self.ground, self.rng = ground, rng
        self.body = Body(robot, pose, rng)
        self.visitors = Visitors(ground.world, rng, ground.walkers)
        perception = ground.perception(robot, told)
        self.perception = perception
        self.wheeled = WheeledEstimator((0, 1), WheelOdometry(DRIVE), perception)
        self.ticks = 0
        self.rows: list[tuple[float, float, float, float]] = []
        self.cost: list[float] = []

    def tick(self, vx: float, wz: float) -> None:
        """Sense, estimate, note the errors, move."""
        body, now = self.body, self.ticks * PERIOD
        scan = None
        tilt = body.tilt
        if self.ticks % TURN == 0:
            self.visitors.advance(TURN * PERIOD, np.array([[*body.pose[:2], 0.6]]))
            scan = self.ground.scan(body.robot, body.pose, self.visitors, tilt=tilt, rng=self.rng)
        seen = body.observation(now, scan)
        felt = tilt + self.rng.normal(0.0, 0.003, 2) if body.robot == "greeter" else np.zeros(2)
        began = time.process_time()
        if body.robot == "sweeper":
            state = self.wheeled.update(seen)
        else:
            lean = (float(felt[0]), float(felt[1]))
            state = self.perception.update(now, body.increment(), scan, tilt=lean)
        self.cost.append(1e3 * (time.process_time() - began))
        pose = state.pose_base_in_map
        off = math.dist(pose[:2], body.pose[:2])
        self.rows.append((now, off, abs(wrap(pose[2] - body.pose[2])), state.quality))
        ahead = integrate(body.pose, (vx, 0.0, 0.0), 1.0)
        if self.ground.room.value(ahead[:2], 0.0) < 0.45 and vx > 0.0:
            vx, wz = 0.0, 0.3
        body.move(vx, wz)
        self.ticks += 1


def follow(run: Run, line: Array, seconds: float) -> None:
    """Stand for a second, then drive along ``line`` (m, 2)."""
    at, speed = 1, SPEED[run.body.robot]
    while run.ticks * PERIOD < seconds and at < len(line):
        pose = run.body.pose
        ahead = line[at] - pose[:2]
        if math.hypot(*ahead) < 0.6:
            at += 1
            continue
        error = wrap(math.atan2(ahead[1], ahead[0]) - pose[2])
        moving = run.ticks * PERIOD > 1.0
        vx = speed * max(0.0, math.cos(error)) * moving
        run.tick(vx, float(np.clip(1.5 * error, -0.8, 0.8)) * moving)


def accuracy(ground: Ground, seconds: float, seed: int) -> dict[str, float]:
    """Return the errors from 2 s on, over both robots and all routes."""
    table: dict[str, list[Array]] = {}
    costs: list[float] = []
    print(f"{'robot':9}{'p50 cm':>8}{'p95 cm':>8}{'max cm':>8}{'p95 deg':>9}{'quality p1':>12}")
    for robot in ("sweeper", "greeter"):
        for number, route in enumerate(ground.world.visitors.routes):
            rng = np.random.default_rng((seed, number))
            line = np.array(route.line)
            line = line[ground.room.value(line, 0.0) > 0.6]
            pose = np.array([*line[0], math.atan2(*(line[1] - line[0])[::-1])])
            told = pose + rng.normal(0.0, (0.03, 0.03, 0.02))
            run = Run(ground, robot, told=told, pose=pose, rng=rng)
            follow(run, line, seconds)
            table.setdefault(robot, []).append(np.array(run.rows)[100:, 1:])
            costs += run.cost
        show(robot, np.vstack(table[robot]))
    errors = np.vstack([rows for runs in table.values() for rows in runs])
    show("both", errors)
    return {
        "position_p95_m": quantile(errors[:, 0], 0.95),
        "heading_p95_deg": math.degrees(quantile(errors[:, 1], 0.95)),
        "quality_p1": quantile(errors[:, 2], 0.01),
        "tick_ms_p99": quantile(np.array(costs), 0.99),
    }


def show(name: str, rows: Array) -> None:
    """Print one line of the table."""
    cm, degrees = 100.0 * rows[:, 0], np.degrees(rows[:, 1])
    half, most, worst = np.quantile(cm, 0.5), np.quantile(cm, 0.95), cm.max()
    turned, low = np.quantile(degrees, 0.95), np.quantile(rows[:, 2], 0.01)
    print(f"{name:9}{half:8.2f}{most:8.2f}{worst:8.2f}{turned:9.3f}{low:12.2f}")


def quantile(values: Array, share: float) -> float:
    """Return a quantile; infinite values are allowed."""
    return float(np.quantile(values, share, method="higher"))


KINDS = ("told ±5 m, ±180°", "told anywhere", "carried away")


def trial(ground: Ground, seed: int, number: int) -> tuple[float, bool, float, bool]:
    """Return (time to recover, was it falsely sure, longest tick [ms], has the place no twin)."""
    rng = np.random.default_rng((seed, 1, number))
    kind = number % 3
    vx, wz = MOTIONS[number // 3 % 3]
    robot = ("sweeper", "greeter")[number // 9 % 2]
    pose = ground.draw(ground.work, rng)
    off = np.array([*rng.uniform(-5.0, 5.0, 2), rng.uniform(-math.pi, math.pi)])
    told = (pose + off, ground.draw(ground.anywhere, rng), pose)[kind]
    run = Run(ground, robot, told=told, pose=pose, rng=rng)
    if kind == 2:
        while run.ticks * PERIOD < 2.0:
            run.tick(0.0, 0.0)
        run.body.pose = ground.draw(ground.work, rng)
    unique = is_unique(ground, run.body.pose)
    began = run.ticks
    while run.ticks - began < 7.0 / PERIOD:
        run.tick(vx, wz)
    rows = np.array(run.rows[began:])
    good = (rows[:, 1] < 0.1) & (rows[:, 2] < math.radians(3.0)) & (rows[:, 3] > 0.5)
    wrong = (rows[:, 1] > 0.5) & (rows[:, 3] > 0.5)
    bad = np.flatnonzero(~good)
    after = 0 if not len(bad) else int(bad[-1]) + 1
    taken = after * PERIOD if after < len(rows) else math.inf
    return taken, bool(wrong[-1]) or longest(wrong) * PERIOD > 2.0, max(run.cost), unique


def is_unique(ground: Ground, pose: Array) -> bool:
    """Whether the empty site shows something else at ``pose`` than at all other places.

    A search from a belief without any worth has to be sure of the true pose; otherwise the map
    has a twin of it, as far as the lidar reaches, and no standing robot could tell.
    """
    rng = np.random.default_rng(0)
    nobody = Visitors(ground.world, rng, 0)
    scan = ground.scan("sweeper", pose, nobody, tilt=np.zeros(2), rng=rng)
    perception = ground.perception("sweeper", np.array([*pose[:2] + 1e4, 0.0]))
    for turn in range(60):
        perception.update(0.1 * turn, Increment(), scan)
        if perception.localisation.quality > 0.5:
            break
    found = perception.localisation
    return found.quality > 0.5 and math.dist(found.pose[:2], pose[:2]) < 0.5


def longest(flags: Array) -> int:
    """Return the length of the longest stretch of True."""
    best = now = 0
    for flag in flags:
        now = now + 1 if flag else 0
        best = max(best, now)
    return best


def recovery(ground: Ground, trials: int, seed: int) -> dict[str, float]:
    """Return how often and how quickly a lost robot finds itself."""
    found = [trial(ground, seed, number) for number in range(trials)]
    taken, false, cost, unique = (np.array(column) for column in zip(*found, strict=True))
    print(f"\n{'lost':20}{'trials':>8}{'<= 5 s':>8}{'p50 s':>8}{'p95 s':>8}{'false':>8}")
    for kind, name in enumerate((*KINDS, "all")):
        part = slice(kind, None, 3) if kind < 3 else slice(None)
        share, p50, p95 = (
            np.mean(taken[part] <= 5.0),
            *(quantile(taken[part], q) for q in (0.5, 0.95)),
        )
        n, wrong = len(taken[part]), int(false[part].sum())
        print(f"{name:20}{n:8d}{share:8.3f}{p50:8.2f}{p95:8.2f}{wrong:8d}")
    alone = unique.astype(bool)
    print(f"at {alone.sum()} places without a twin: {np.mean(taken[alone] <= 5.0):.3f}")
    return {
        "recovery_trials": trials,
        "unique_places": int(alone.sum()),
        "recovery_fraction_unique": float(np.mean(taken[alone] <= 5.0)),
        "recovery_fraction": float(np.mean(taken <= 5.0)),
        "recovery_s_p50": quantile(taken, 0.5),
        "recovery_s_p95": min(quantile(taken, 0.95), 99.0),
        "false_recoveries": int(false.sum()),
        "recovery_tick_ms_max": float(np.quantile(cost, 0.9)),
    }


# ------------------------------------------------------------------------------------ peers

HALL = np.array(
    [(-12, -8), (10, -8), (10, -2), (14, -2), (14, 9), (-3, 9), (-3, 6), (-12, 6)], dtype=float
)
STALLS = (
    np.array([(2, 1), (4, 1), (4, 3), (2, 3)], dtype=float),
    np.array([(-7, -3), (-5, -4), (-4.5, -2.5), (-6.5, -1.5)]),
    np.array([(6, 5), (7, 5), (7, 6), (6, 6)], dtype=float),
)
Pair = tuple[Array, Array, Array, Array]
"""Target scan, source scan, pose of the target in the hall, true pose of source in target."""


def hall_field() -> Grid:
    """Return the hall's map, 5 cm."""
    grid = Grid(np.zeros((400, 600), dtype=np.bool_), 0.05, np.array([-14.0, -10.0]))
    cells = ~polygon_mask(grid, HALL)
    for stall in STALLS:
        cells |= polygon_mask(grid, stall)
    return grid.like(cells)


def hall_scan(pose: Array, rng: np.random.Generator) -> Array:
    """Return the returns (k, 2) seen from ``pose`` in the hall."""
    walls = np.vstack([np.hstack((p, np.roll(p, -1, axis=0))) for p in (HALL, *STALLS)])
    dx, dy = np.cos(pose[2] + BEAMS)[:, None], np.sin(pose[2] + BEAMS)[:, None]
    ex, ey = walls[:, 2] - walls[:, 0], walls[:, 3] - walls[:, 1]
    qx, qy = walls[:, 0] - pose[0], walls[:, 1] - pose[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        across = dx * ey - dy * ex
        along, share = (qx * ey - qy * ex) / across, (qx * dy - qy * dx) / across
    hit = (along > 0) & (share >= 0) & (share <= 1)
    ranges = np.where(hit, along, np.inf).min(axis=1) + rng.normal(0.0, 0.01, len(BEAMS))
    return ranges[:, None] * np.stack((np.cos(BEAMS), np.sin(BEAMS)), axis=1)


def kd_tree_icp(pair: Pair) -> Array:
    """Point-to-point ICP with scipy's kd-tree, 30 rounds."""
    target, source = pair[0], pair[1]
    tree, pose = cKDTree(target), np.zeros(3)
    for _ in range(30):
        moved = transform(pose, source)
        away, index = tree.query(moved, distance_upper_bound=0.6)
        kept = np.isfinite(away)
        a, b = moved[kept], target[index[kept]]
        u, _, v = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
        turn = v.T @ np.diag([1.0, np.sign(np.linalg.det(v.T @ u.T))]) @ u.T
        shift = b.mean(0) - turn @ a.mean(0)
        step = np.array([*shift, math.atan2(turn[1, 0], turn[0, 0])])
        pose = compose(step, pose)
        if np.abs(step).sum() < 1e-5:
            break
    return pose


def small_gicp_match() -> Callable[[Pair], Array] | None:
    """Return small_gicp's ICP, None where it is not installed."""
    try:
        import small_gicp
    except ImportError:
        return None

    def run(pair: Pair) -> Array:
        flat = [np.column_stack((points, np.zeros(len(points)))) for points in pair[:2]]
        found = small_gicp.align(
            *flat,
            registration_type="ICP",
            voxel_resolution=0.05,
            downsampling_resolution=0.02,
            max_correspondence_distance=0.6,
            num_threads=1,
        ).T_target_source
        return np.array([found[0, 3], found[1, 3], math.atan2(found[1, 0], found[0, 0])])

    return run


def matching(seed: int, trials: int) -> dict[str, float]:
    """Time the scan match beside its peers on the same pairs of scans."""
    rng = np.random.default_rng((seed, 2))
    surfaces = surface_field(hall_field())
    loose = np.linalg.inv(np.diag([0.3, 0.3, 0.15]) ** 2)
    constants, ones = Matching(), np.ones(360)

    def in_map(pair: Pair) -> Array:
        pose, _ = align(pair[1], ones, surfaces, Belief(pair[2], loose), constants)
        return relative(pair[2], pose)

    def scan_to_scan(pair: Pair) -> Array:
        local = submap_field([Seen(pair[0], np.zeros(2))])
        return align(pair[1], ones, local, Belief(np.zeros(3), loose), constants)[0]

    methods: dict[str, Callable[[Pair], Array] | None] = {
        "ours, scan to map": in_map,
        "ours, scan to scan": scan_to_scan,
        "small_gicp ICP": small_gicp_match(),
        "scipy kd-tree ICP": kd_tree_icp,
    }
    pairs = []
    for _ in range(trials):
        at = np.array([*rng.uniform((-3.0, -4.5), (1.0, 0.0)), rng.uniform(-3.0, 3.0)])
        step = rng.uniform(-1.0, 1.0, 3) * (0.3, 0.3, 0.15)
        pairs.append((hall_scan(at, rng), hall_scan(compose(at, step), rng), at, step))
    print(f"\n{'360 beams':22}{'ms':>8}{'mm':>8}{'mrad':>8}{'found':>8}")
    figures = {}
    for name, method in methods.items():
        if method is None:
            print(f"{name:22}not installed")
            continue
        figures[name] = timed(name, method, pairs)
    print(f"{'CSM (C, quoted)':22}{0.62:8.2f}{1.3:8.1f}")
    return {
        "scan_match_ms_360": figures["ours, scan to map"],
        "scan_to_scan_ms_360": figures["ours, scan to scan"],
        "small_gicp_ms_360": figures.get("small_gicp ICP", math.nan),
    }


def timed(name: str, method: Callable[[Pair], Array], pairs: list[Pair]) -> float:
    """Print a method's line and return its mean time [ms]."""
    method(pairs[0])
    began = time.process_time()
    found = [method(pair) for pair in pairs]
    spent = 1e3 * (time.process_time() - began) / len(pairs)
    off = np.array([pose - pair[3] for pose, pair in zip(found, pairs, strict=True)])
    mm, mrad = 1e3 * np.hypot(off[:, 0], off[:, 1]), 1e3 * np.abs(off[:, 2])
    share = np.mean((mm < 50.0) & (mrad < 20.0))
    print(f"{name:22}{spent:8.3f}{np.median(mm):8.1f}{np.median(mrad):8.2f}{share:8.2f}")
    return spent


# ------------------------------------------------------------------------------------- logs


def points_of(turn: CarmenScan) -> Array:
    """Return the returns of a log's scan, shape (k, 2) [m]."""
    seen = np.isfinite(turn.scan.range) & (turn.scan.range > 0.05)
    angle, reach = turn.scan.angle[seen], turn.scan.range[seen]
    return np.stack((reach * np.cos(angle), reach * np.sin(angle)), axis=1)


def log(path: Path) -> dict[str, float]:
    """Localise the second half of a log in a map of its first half."""
    turns = read_carmen(path)
    half = len(turns) // 2
    kept = [turns[0]]
    for turn in turns[:half]:
        off = relative(kept[-1].pose_laser, turn.pose_laser)
        if math.hypot(off[0], off[1]) > 0.25 or abs(off[2]) > 0.2:
            kept.append(turn)
    seen = [Seen(transform(t.pose_laser, points_of(t)), t.pose_laser[:2]) for t in kept]
    place = Localisation(submap_field(seen, reach=1.0), np.array(turns[half].pose_laser))
    last, rows, cost = turns[half], [], []
    for turn in turns[half:]:
        step = relative(last.pose_odometry, turn.pose_odometry)
        way, spin = math.hypot(step[0], step[1]), abs(step[2])
        noise = (0.1 * way + 0.002) ** 2, (0.1 * way + 0.002) ** 2, (0.1 * spin + 0.01) ** 2
        duration = max(0.0, turn.time - last.time)
        points = points_of(turn)
        began = time.process_time()
        place.predict(Increment(*step.tolist(), *noise), duration=duration)
        if len(points):
            place.correct(points, np.ones(len(points)))
        cost.append(1e3 * (time.process_time() - began))
        rows.append((place.pose, turn.pose_laser, place.quality, step))
        last = turn
    return judged(rows, cost)


def judged(rows: list[tuple[Array, Array, float, Array]], cost: list[float]) -> dict[str, float]:
    """Print and return how far the poses are from the log's, absolutely and step by step."""
    off = np.array([relative(theirs, ours) for ours, theirs, _, _ in rows])
    steps = np.array(
        [relative(relative(a[1], b[1]), relative(a[0], b[0])) for a, b in itertools.pairwise(rows)]
    ).reshape(-1, 3)
    far, apart = np.hypot(off[:, 0], off[:, 1]), np.hypot(steps[:, 0], steps[:, 1])
    figures = {
        "log_scans": len(rows),
        "log_position_m_p50": quantile(far, 0.5),
        "log_position_m_p95": quantile(far, 0.95),
        "log_heading_deg_p95": math.degrees(quantile(np.abs(off[:, 2]), 0.95)),
        "log_step_m_mean": float(apart.mean()) if len(apart) else 0.0,
        "log_step_deg_mean": math.degrees(float(np.abs(steps[:, 2]).mean())) if len(steps) else 0.0,
        "log_quality_p50": quantile(np.array([row[2] for row in rows]), 0.5),
        "log_ms_mean": float(np.mean(cost)),
    }
    print("\nlog: second half in a map of the first half, against the log's own poses")
    for key, value in figures.items():
        print(f"  {key:24}{value:12.4f}")
    return figures


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--data", type=Path, help="a log in CARMEN's format")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--walkers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="12 trials, 10 s drives")
    arguments = parser.parse_args()
    warm_up()
    ground = Ground(arguments.site, arguments.walkers)
    trials, seconds = (12, 10.0) if arguments.quick else (arguments.trials, 60.0)
    figures: dict[str, float] = {"walkers": arguments.walkers}
    figures |= accuracy(ground, seconds, arguments.seed)
    figures |= recovery(ground, trials, arguments.seed)
    figures |= matching(arguments.seed, 20 if arguments.quick else 200)
    if arguments.data is not None:
        figures |= log(arguments.data)
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
