"""Measure perception against the truth: who is seen, where, how fast, as what, and what it costs.

Usage: python benchmarks/perception.py [--site NAME|FILE] [--walkers N] [--minutes M] [--seed N]
                                       [--quick]

A lidar of 360 beams (1 cm one sigma, 10 Hz) is driven along the site's visitor routes among the
simulator's visitors, and through a milling crowd of 50 within 10 m; the greeter's sways. A walker
counts as in view within 8 m while at least half of its width, and two beams, meet it, from 0.3 s
after it came into view. The kerb is looked at by the sweeper's down-tilted lidar. The last line is
one JSON object; times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy.optimize import linear_sum_assignment

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.geometry import compose, relative, wrap
from robotics.core.messages import Kind, Obstacle, Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.odometry import Increment
from robotics.estimation.perception import Lidar, RangePerception, Start, warm_up
from robotics.mapping.obstacles import ObstacleTracker, Returns
from robotics.mapping.places import load_site
from sim.raycast import Prisms, cast, near, prisms
from sim.site_export import export_site
from sim.visitors import Visitors
from sim.world import Paving, Solid, World, load_world

PERIOD = 0.1
RANGE_SIGMA = 0.01
REACH = 8.0
MOUNT = np.array([0.10, 0.0, 0.60])
BEAMS = np.linspace(-math.pi, math.pi, 360, endpoint=False)
HALL = 10.0
"""Half the side of the hall [m]."""
PILLARS = np.array([(-4.0, -4.0), (4.0, -4.0), (4.0, 4.0), (-4.0, 4.0)])
MATCH = 0.5
"""A report farther from a walker than this is not about it [m]."""
TRUE_KIND = {
    "adult": Kind.PERSON,
    "child": Kind.CHILD,
    "runner": Kind.CHILD,
    "stroller": Kind.CART,
}


class Crowd(Protocol):
    """Who walks about (``sim.visitors.Visitors``, ``Milling``)."""

    position: Array
    velocity: Array
    radius: Array
    height: Array
    kind: list[str]
    id: IntArray

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


@dataclass(slots=True)
class Route:
    """A robot that drives along the visitors' ways and turns on the spot."""

    corners: Array
    pose: Array
    speed: float = 0.6
    turn: float = 1.0
    at: int = 1

    @staticmethod
    def of(world: World) -> Route:
        """Go along every route that stays on the map, there and back."""
        west, south, east, north = world.bounds
        corners = [
            (min(max(x, west + 3.0), east - 3.0), min(max(y, south + 3.0), north - 3.0))
            for route in world.visitors.routes
            for x, y in (*route.line, *route.line[::-1])
        ]
        points = np.array(corners)
        ahead = points[1] - points[0]
        return Route(points, np.array([*points[0], math.atan2(ahead[1], ahead[0])]))

    def drive(self, duration: float) -> Array:
        """Move on; return the step (3,) in the base frame."""
        before = self.pose
        to = self.corners[self.at % len(self.corners)] - before[:2]
        if math.hypot(*to) < 0.3:
            self.at += 1
        error = wrap(math.atan2(to[1], to[0]) - before[2])
        turn = min(max(error, -self.turn * duration), self.turn * duration)
        ahead = self.speed * duration * max(0.0, math.cos(error)) if abs(error) < 0.6 else 0.0
        self.pose = compose(before, (ahead, 0.0, turn))
        return relative(before, self.pose)


@dataclass(slots=True)
class Eyes:
    """The lidar: true distances, tilted as the base is, with noise."""

    solids: Prisms
    rng: np.random.Generator

    def look(self, pose: Array, crowd: Crowd, tilt: tuple[float, float]) -> tuple[Scan, IntArray]:
        """Return a turn, and by how many beams each walker was met (n,)."""
        bodies = np.column_stack([crowd.position, crowd.radius, crowd.height])
        yawed = matrix_from_rpy(0.0, 0.0, float(pose[2])) @ matrix_from_rpy(tilt[0], tilt[1], 0.0)
        start = np.array([pose[0], pose[1], 0.0]) + yawed @ MOUNT
        flat = np.stack((np.cos(BEAMS), np.sin(BEAMS), np.zeros(len(BEAMS))), axis=1)
        beams = np.ascontiguousarray(flat @ yawed.T)
        true = cast(self.solids, near(self.solids, start[:2], 20.0), bodies, start, beams)
        true = np.where(true <= 20.0, true, np.inf)
        ends = start[:2] + np.where(np.isfinite(true), true, 1e6)[:, None] * beams[:, :2]
        apart = np.hypot(*(ends[:, None] - crowd.position).transpose(2, 0, 1))
        met = (np.abs(apart - crowd.radius) < 1e-6).sum(axis=0)
        return Scan(BEAMS, true + self.rng.normal(0.0, RANGE_SIGMA, len(true))), met


@dataclass(slots=True)
class Score:
    """Counts and errors of one scene; a report is matched with the walker it was about before."""

    seconds: float = 0.0
    present: int = 0
    missed: int = 0
    false: int = 0
    switches: int = 0
    phantoms: int = 0
    hidden: int = 0
    remembered: int = 0
    false_ids: set[int] = field(default_factory=set)
    delays: list[float] = field(default_factory=list)
    place: list[float] = field(default_factory=list)
    speed: list[float] = field(default_factory=list)
    heading_pose: list[tuple[float, float]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    tracking: list[float] = field(default_factory=list)
    kinds: dict[tuple[Kind, Kind], int] = field(default_factory=dict)
    _about: dict[int, int] = field(default_factory=dict)
    _last: dict[int, int] = field(default_factory=dict)
    _view: dict[int, int] = field(default_factory=dict)
    _since: dict[int, float] = field(default_factory=dict)
    _reported: set[int] = field(default_factory=set)

    def add(self, crowd: Crowd, in_view: BoolArray, reports: tuple[Obstacle, ...]) -> None:
        """Take in one scan."""
        self.seconds += PERIOD
        at = np.array([one.position_in_map for one in reports]).reshape(-1, 2)
        pairs = self._match(crowd, at, reports)
        taken = set(pairs.values())
        apart = np.hypot(*(at[:, None] - crowd.position).transpose(2, 0, 1))
        for j, one in enumerate(reports):
            moving = one.kind is not Kind.STATIC and math.hypot(*one.velocity_in_map) > 0.2
            if j in taken or apart[j].min(initial=np.inf) <= 0.8:
                continue
            if one.unseen > 0.3:
                self.phantoms += 1
            elif moving:
                self.false += 1
                self.false_ids.add(one.id)
        for i, who in enumerate(crowd.id.tolist()):
            self._view[who] = self._view.get(who, 0) + 1 if in_view[i] else 0
            j = pairs.get(i)
            if self._view[who] > 0 and who not in self._reported and j is not None:
                self.delays.append((self._view[who] - 1) * PERIOD)
                self._reported.add(who)
            self._since[who] = 0.0 if self._view[who] > 3 else self._since.get(who, 1e9) + PERIOD
            if 0.0 < self._since[who] <= 2.0 and self._view[who] == 0:
                self.hidden += 1
                self.remembered += j is not None
            if self._view[who] > 3:
                self._judge(crowd, i, None if j is None else reports[j])

    def _match(self, crowd: Crowd, at: Array, reports: tuple[Obstacle, ...]) -> dict[int, int]:
        """Return report by walker: the old pairs where they hold, the nearest otherwise."""
        names = {one.id: j for j, one in enumerate(reports)}
        pairs: dict[int, int] = {}
        for i, who in enumerate(crowd.id.tolist()):
            j = names.get(self._about.get(who, -1))
            if j is not None and math.dist(at[j], crowd.position[i]) <= MATCH:
                pairs[i] = j
        walkers = [i for i in range(len(crowd.id)) if i not in pairs]
        rest = [j for j in range(len(reports)) if j not in set(pairs.values())]
        if walkers and rest:
            apart = np.hypot(
                *(crowd.position[walkers][:, None] - at[rest][None]).transpose(2, 0, 1)
            )
            cost = np.where(apart <= MATCH, apart, 1e3)
            for a, b in zip(*linear_sum_assignment(cost), strict=True):
                if apart[a, b] <= MATCH:
                    pairs[walkers[a]] = rest[b]
        self._about = {int(crowd.id[i]): reports[j].id for i, j in pairs.items()}
        return pairs

    def _judge(self, crowd: Crowd, i: int, report: Obstacle | None) -> None:
        who = int(crowd.id[i])
        self.present += 1
        if report is None:
            self.missed += 1
            return
        self.switches += self._last.get(who, report.id) != report.id
        self._last[who] = report.id
        self.place.append(math.dist(report.position_in_map, crowd.position[i]))
        if self._view[who] > 10:
            self.speed.append(math.dist(report.velocity_in_map, crowd.velocity[i]))
            key = TRUE_KIND[crowd.kind[i]], report.kind
            self.kinds[key] = self.kinds.get(key, 0) + 1

    def figures(self) -> dict[str, float]:
        """Return every figure by key."""
        right = sum(n for (true, told), n in self.kinds.items() if true is told)
        moved = sum(n for (_, t), n in self.kinds.items() if t not in (Kind.UNKNOWN, Kind.STATIC))
        place, speed, cpu = (np.array(v or [np.nan]) for v in (self.place, self.speed, self.cpu))
        errors = np.array(self.heading_pose).reshape(-1, 2)
        present = max(self.present, 1)
        return {
            "seen": self.present,
            "recall": 1.0 - self.missed / present,
            "mota": 1.0 - (self.missed + self.false + self.switches) / present,
            "id_switches": self.switches,
            "false_movers_per_minute": 60.0 * len(self.false_ids) / self.seconds,
            "phantoms_per_scan": self.phantoms * PERIOD / self.seconds,
            "hidden_remembered": self.remembered / max(self.hidden, 1),
            "delay_p95_s": float(np.percentile(self.delays or [np.nan], 95)),
            "position_error_median_m": float(np.median(place)),
            "position_error_p95_m": float(np.percentile(place, 95)),
            "velocity_error_median": float(np.median(speed)),
            "velocity_error_p95": float(np.percentile(speed, 95)),
            "kind_right": right / max(sum(self.kinds.values()), 1),
            "kind_right_of_movers": right / max(moved, 1),
            "pose_error_p95_m": float(np.percentile(errors[:, 0], 95)),
            "pose_error_p95_deg": math.degrees(float(np.percentile(errors[:, 1], 95))),
            "tracking_ms_p50": 1e3 * float(np.percentile(self.tracking, 50)),
            "tracking_ms_p99": 1e3 * float(np.percentile(self.tracking, 99)),
            "scan_ms_p50": 1e3 * float(np.percentile(cpu, 50)),
            "scan_ms_p99": 1e3 * float(np.percentile(cpu, 99)),
        }


@dataclass(slots=True)
class Clocked:
    """A tracker whose CPU time is kept, scan by scan."""

    tracker: ObstacleTracker
    seconds: list[float] = field(default_factory=list)

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What the tracker reports."""
        return self.tracker.obstacles

    def predict(self, time_now: float) -> Array:
        """Pass on."""
        started = time.process_time()
        moving = self.tracker.predict(time_now)
        self.seconds.append(time.process_time() - started)
        return moving

    def update(
        self,
        time_now: float,
        returns: Returns,
        *,
        pose_lidar_in_map: Array,
        doubt: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Pass on."""
        started = time.process_time()
        pose = pose_lidar_in_map
        self.tracker.update(time_now, returns, pose_lidar_in_map=pose, doubt=doubt)
        self.seconds[-1] += time.process_time() - started

    def forget(self) -> None:
        """Pass on."""
        self.tracker.forget()

    def carry(self, pose_before: Array, pose_after: Array) -> None:
        """Pass on."""
        self.tracker.carry(pose_before, pose_after)


@dataclass(slots=True)
class Scene:
    """A robot among walkers on a site."""

    perception: RangePerception
    crowd: Crowd
    route: Route
    eyes: Eyes
    sway: float = 0.0
    """Amplitude of roll and pitch [rad]."""

    def run(self, minutes: float, rng: np.random.Generator) -> Score:
        """Drive for so long."""
        score, tracker = Score(), Clocked(self.perception.tracker)
        self.perception.tracker = tracker  # type: ignore[assignment]
        for k in range(round(60.0 * minutes / PERIOD)):
            now = k * PERIOD
            tilt = (self.sway * math.sin(5.1 * now), self.sway * math.sin(3.7 * now + 1.0))
            told = (tilt[0] + rng.normal(0.0, 0.1 * self.sway), tilt[1])
            step = self.route.drive(PERIOD)
            self.crowd.advance(PERIOD, np.array([[*self.route.pose[:2], 0.6]]))
            scan, met = self.eyes.look(self.route.pose, self.crowd, tilt)
            started = time.process_time()
            seen = self.perception.update(now, measured(step, rng), scan, tilt=told)
            score.cpu.append(time.process_time() - started)
            if k * PERIOD < 2.0:
                continue
            error = relative(self.route.pose, seen.pose_base_in_map)
            score.heading_pose.append((math.hypot(error[0], error[1]), abs(float(error[2]))))
            score.add(self.crowd, self._in_view(met), seen.obstacles)
        score.tracking = tracker.seconds
        return score

    def _in_view(self, met: IntArray) -> BoolArray:
        away = self.crowd.position - self.route.pose[:2]
        far = np.hypot(away[:, 0], away[:, 1])
        share = np.minimum(1.0, self.crowd.radius / np.maximum(far, 1e-6))
        whole = 2.0 * np.arcsin(share) / (BEAMS[1] - BEAMS[0])
        return np.asarray((far < REACH) & (met >= 2) & (met >= 0.5 * whole))


def measured(step: Array, rng: np.random.Generator) -> Increment:
    """Return what odometry makes of a step: 2 % of the way, 1 % of the turn and 1 mrad."""
    sigma = np.array([0.02 * abs(step[0]) + 5e-4, 5e-4, 0.01 * abs(step[2]) + 1e-3])
    dx, dy, dyaw = (step + sigma * rng.standard_normal(3)).tolist()
    return Increment(dx, dy, dyaw, *(sigma**2).tolist())


def scene(world: World, name: str, arguments: argparse.Namespace) -> tuple[Scene, float]:
    """Return the scene called ``name``, and how long to watch it [min]."""
    rng = np.random.default_rng(arguments.seed)
    world = hall(world) if name == "milling" else world
    with tempfile.TemporaryDirectory() as folder:
        export_site(world, Path(folder))
        site = load_site(Path(folder))
    route, minutes = Route.of(world), arguments.minutes
    crowd: Crowd
    if name == "milling":
        route = Route(np.array([[-6.0, 0.0], [6.0, 0.0]]), np.array([-6.0, 0.0, 0.0]))
        crowd, minutes = Milling(50, rng), minutes / 2.0
    else:
        crowd = Visitors(world, rng, arguments.walkers)
    lidar = Lidar(MOUNT, base_height=0.0)
    start = Start(route.pose.copy(), sigma=0.1, sigma_yaw=0.05)
    perception = RangePerception.of(site.scannable, start, lidar)
    eyes = Eyes(prisms(world.solids), rng)
    return Scene(perception, crowd, route, eyes, 0.05 if name == "swaying" else 0.0), minutes


def main() -> None:
    """Run, print tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="zhanqiao", help="a world's name or file")
    parser.add_argument("--walkers", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="1 minute")
    parser.add_argument("--scene", default="", help="only this one")
    arguments = parser.parse_args()
    arguments.minutes = 1.0 if arguments.quick else arguments.minutes
    world = load_world(arguments.site)
    warm_up()
    figures: dict[str, float] = {}
    for name in [arguments.scene] if arguments.scene else ["visitors", "swaying", "milling"]:
        stage, minutes = scene(world, name, arguments)
        score = stage.run(minutes, np.random.default_rng(arguments.seed + 1))
        figures |= {f"{name}_{key}": round(value, 5) for key, value in score.figures().items()}
        report(name, score)
    print(json.dumps(figures))


def report(name: str, score: Score) -> None:
    """Print one scene's figures and its confusion of kinds."""
    print(f"--- {name}: {score.seconds:.0f} s")
    for key, value in score.figures().items():
        print(f"{key:28}{value:12.4f}")
    print(f"{'true kind':10}" + "".join(f"{told.value:>9}" for told in Kind))
    for true in (Kind.PERSON, Kind.CHILD, Kind.CART):
        row = [score.kinds.get((true, told), 0) for told in Kind]
        print(f"{true.value:10}" + "".join(f"{n / max(sum(row), 1):9.3f}" for n in row))


if __name__ == "__main__":
    main()
