"""Measure perception against the truth: who is seen, where, how fast, as what, and what it costs.

Usage: python benchmarks/perception.py [--site NAME|FILE] [--walkers N] [--minutes M] [--seed N]
                                       [--quick]

A lidar of 360 beams (1 cm one sigma, 10 Hz) is driven along the site's visitor routes among the
simulator's visitors, and through a milling crowd of 50 within 10 m; the greeter's sways. A walker
counts as in view within 8 m while at least half of its width, and two beams, meet it, from 0.3 s
after it came into view; a false mover is one that the scan shows though nobody is there (what is
predicted of those who left the map counts as phantoms); kinds are asked of those who walked a
metre in view. The sweeper's down-tilted lidar looks at kerbs. The last line is one JSON object;
times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from watched.milling import Crowd, Milling, hall
from watched.score import PERIOD, Score

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.geometry import compose, relative, wrap
from robotics.core.messages import Kind, Obstacle, Scan
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.odometry import Increment
from robotics.estimation.perception import Lidar, RangePerception, Start, warm_up
from robotics.mapping.kerb import Mounting, detect_kerb
from robotics.mapping.obstacles import ObstacleTracker, Returns
from robotics.mapping.places import load_site
from robotics.mapping.walkable import walkable_ground
from sim.raycast import Prisms, cast, near, prisms
from sim.sensors import LidarSpec, read_scan
from sim.site_export import export_site
from sim.spec import sweeper_spec
from sim.visitors import Visitors
from sim.world import Solid, World, load_world

RANGE_SIGMA = 0.01
REACH = 8.0
MOUNT = np.array([0.10, 0.0, 0.60])
BEAMS = np.linspace(-math.pi, math.pi, 360, endpoint=False)


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
            score.poses.append((math.hypot(error[0], error[1]), abs(float(error[2]))))
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
    perception = RangePerception.of(site.scannable, start, lidar, ground=walkable_ground(site))
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
    if not arguments.scene:
        figures |= kerbs(np.random.default_rng(arguments.seed))
    print(json.dumps(figures))


def kerbs(rng: np.random.Generator) -> dict[str, float]:
    """Print and return how well one turn of the sweeper's kerb lidar finds a kerb on the left."""
    spec = sweeper_spec()
    lidar = spec.kerb_lidar or LidarSpec("kerb_lidar")
    position, rotation = spec.model.pose_in_base(lidar.link, np.zeros(len(spec.model.joints)))
    mounting = Mounting(position, rotation)
    beams, nobody = np.ascontiguousarray(lidar.directions @ rotation.T), np.zeros((0, 4))
    print(f"--- kerb\n{'height':>8}{'distance':>10}{'found':>8}{'bias mm':>9}{'sigma mm':>9}")
    shares, biases, sigmas, cpu = [], [], [], []
    for height, left in [(h, d) for h in (0.06, 0.12, 0.18) for d in (0.5, 0.7, 0.9, 1.1)]:
        ring = ((-20.0, left), (20.0, left), (20.0, left + 4.0), (-20.0, left + 4.0))
        kerb = prisms((Solid("kerb", "kerb", ring, 0.0, height, (0.5, 0.5, 0.5, 1.0)),))
        true = cast(kerb, np.zeros(1, dtype=np.int64), nobody, position, beams)
        off = []
        for _ in range(100):
            turn = read_scan(lidar, true, noise=spec.noise, draw=rng.standard_normal(lidar.beams))
            started = time.process_time()
            found = detect_kerb(turn, mounting)
            cpu.append(time.process_time() - started)
            off += [found.distance - left] if found else []
        shares.append(len(off) / 100.0)
        biases.append(1e3 * float(np.mean(off or [np.nan])))
        sigmas.append(1e3 * float(np.std(off or [np.nan])))
        print(f"{height:8.2f}{left:10.2f}{shares[-1]:8.2f}{biases[-1]:9.2f}{sigmas[-1]:9.2f}")
    return {
        "kerb_found": min(shares),
        "kerb_bias_mm": max(map(abs, biases)),
        "kerb_sigma_mm": max(sigmas),
        "kerb_ms_p99": 1e3 * float(np.percentile(cpu, 99)),
    }


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
