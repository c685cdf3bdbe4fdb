"""Plan for machines with a turning radius, on maps in the ROS map_server format.

Usage: python benchmarks/kinematic_plan.py --data FOLDER [--seed N] [--queries N] [--quick]
           [--peer-queries N] [--peer-seconds S]

Queries are random poses at least 3 m apart (as in Nav2's planner benchmark) on every map of the
folder, for two machines: a disc of 0.4 m radius that turns with 0.4 m, and the sweeper's seven
discs with 0.8 m. Both ends are free and connected: a lattice over place and heading was filled
with the same footprint. Driving backwards counts as driving forwards, as in OMPL's Reeds-Shepp
space, so that lengths compare. The last line is one JSON object; times are CPU ms of this process.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import label

from robotics.core.arrays import Array, IntArray
from robotics.core.errors import RoboticsError
from robotics.mapping.grid import Grid, read_map
from robotics.planning.kinematic.maneuver import BUDGET, Maneuver, Vehicle, find_maneuver
from robotics.planning.kinematic.table import load_table
from robotics.planning.space import Space
from robotics.robots.sweeper.config import footprint_discs

FOOTPRINTS = {
    "circular": (np.array([(0.0, 0.0, 0.4)]), 0.4),
    "sweeper": (footprint_discs(), 0.8),
}
"""Discs, and turning radius [m]."""
APART = 3.0
"""Least distance between start and goal [m]."""
RECORDED = (
    "Smac Hybrid (recorded elsewhere, C++): 37-41 ms, p95 122-141, on three maps of this kind"
)


@dataclass(frozen=True, slots=True)
class Query:
    """One thing to plan."""

    map_name: str
    space: Space
    start: Array
    goal: Array


class Lattice:
    """Which poses of a footprint are free, and which hang together."""

    def __init__(self, space: Space) -> None:
        """Fill place and heading on a lattice, half a cell of room to spare."""
        cells, resolution = space.distance.cells, space.distance.resolution
        self.step = max(0.1, resolution, max(cells.shape) * resolution / 1000.0)
        self.spare, self.space = 0.5 * resolution, space
        discs = space.discs
        self.yaws = 1 if len(discs) == 1 and not discs[0, :2].any() else 24
        rows, cols = (math.ceil(size * resolution / self.step) for size in cells.shape)
        x = space.distance.origin[0] + (np.arange(cols) + 0.5) * self.step
        y = space.distance.origin[1] + (np.arange(rows) + 0.5) * self.step
        place = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        free = np.zeros((self.yaws + 1, rows, cols), dtype=np.bool_)
        for k in range(self.yaws):
            poses = np.column_stack((place, np.full(len(place), k * math.tau / self.yaws)))
            free[k] = space.free(poses, self.spare).reshape(rows, cols)
        free[-1] = free[0]
        self.parts, count = label(free)
        self.names = np.arange(count + 1)
        for a, b in np.unique(
            np.column_stack([self.parts[0].ravel(), self.parts[-1].ravel()]), axis=0
        ):
            low, high = sorted((int(self.names[a]), int(self.names[b])))
            self.names[self.names == high] = low

    def part(self, pose: Array) -> int:
        """Return the number of the part of free space that a pose is in; 0 if it is not free."""
        if not self.space.free(pose, self.spare)[0]:
            return 0
        col, row = ((pose[:2] - self.space.distance.origin) / self.step).astype(int)
        k = round(pose[2] / math.tau * self.yaws) % self.yaws
        return int(self.names[self.parts[k, row, col]])


def queries_on(name: str, space: Space, count: int, rng: np.random.Generator) -> list[Query]:
    """Return ``count`` solvable queries, fewer if the map has hardly any."""
    lattice, found = Lattice(space), []
    rows, cols = space.distance.cells.shape
    low = space.distance.origin
    high = low + np.array([cols, rows]) * space.distance.resolution

    def anywhere() -> Array:
        return np.array([*rng.uniform(low, high), rng.uniform(-math.pi, math.pi)])

    for _ in range(20_000 * count):
        if len(found) == count:
            break
        start = anywhere()
        part = lattice.part(start)
        goal = anywhere()
        if part and math.dist(start[:2], goal[:2]) > APART and lattice.part(goal) == part:
            found.append(Query(name, space, start, goal))
    return found


def read_spaces(folder: Path, discs: Array) -> dict[str, tuple[Space, float]]:
    """Return the maps of a folder by name, each with the CPU time of its distance field [ms]."""
    spaces = {}
    for file in sorted(folder.glob("*.yaml")) if folder.is_dir() else [folder]:
        grid, _ = read_map(file)
        blocked: Grid = grid.like(grid.cells != 0)
        if blocked.cells.all():
            continue
        begun = time.process_time()
        space = Space.of(blocked, discs)
        spaces[file.stem] = (space, 1e3 * (time.process_time() - begun))
    return spaces


def check(query: Query, maneuver: Maneuver, radius: float) -> bool:
    """Return whether a path is what was asked: ends, curvature, free at every 5 mm."""
    path = maneuver.path
    if (
        maneuver.reason
        or np.abs(path[[0, -1], :2] - [query.start[:2], query.goal[:2]]).max() > 1e-9
    ):
        return False
    step = np.diff(path, axis=0)
    turn = (step[:, 2] + math.pi) % math.tau - math.pi
    chord = np.hypot(step[:, 0], step[:, 1])
    bent = np.abs(turn) > 2.0 * np.arcsin(np.minimum(chord / (2.0 * radius), 1.0)) + 1e-6
    parts = np.linspace(0.0, 1.0, 21)[:, None, None]
    between = path[:-1] + parts * np.column_stack((step[:, :2], turn))
    return not bent.any() and bool(query.space.free(between.reshape(-1, 3), -0.002).all())


def ours(queries: list[Query], vehicle: Vehicle) -> tuple[Array, Array, IntArray]:
    """Return CPU time [ms], length [m] (NaN where not found) and expansions of each query."""
    times, lengths, opened = [], [], []
    for query in queries:
        begun = time.process_time()
        maneuver = find_maneuver(query.space, query.start, query.goal, vehicle)
        times.append(1e3 * (time.process_time() - begun))
        good = check(query, maneuver, vehicle.turning_radius)
        lengths.append(maneuver.length if good else math.nan)
        opened.append(maneuver.expansions)
    return np.array(times), np.array(lengths), np.array(opened)


def ompl_lengths(queries: list[Query], radius: float, planner: str, seconds: float) -> Array:
    """Return the length [m] and CPU time [ms] of OMPL's path for each query, shape (n, 2)."""
    from ompl import base, geometric, util

    util.setLogLevel(util.LogLevel.LOG_ERROR)
    rows = []
    for query in queries:
        grid = query.space.distance
        high = grid.origin + grid.resolution * np.array(grid.cells.shape[::-1])
        bounds, room = base.RealVectorBounds(2), base.ReedsSheppStateSpace(radius)
        for k in range(2):
            bounds.setLow(k, float(grid.origin[k]))
            bounds.setHigh(k, float(high[k]))
        room.setBounds(bounds)
        setup, pose = geometric.SimpleSetup(room), np.empty((1, 3))
        information = setup.getSpaceInformation()

        def valid(state: object, space: Space = query.space, pose: Array = pose) -> bool:
            pose[0] = state.getX(), state.getY(), state.getYaw()  # type: ignore[attr-defined]
            return bool(space.clearance(pose)[0] >= 0.0)

        setup.setStateValidityChecker(valid)
        information.setStateValidityCheckingResolution(0.05 / room.getMaximumExtent())
        ends = []
        for x, y, yaw in (query.start, query.goal):
            ends.append(room.allocState())
            ends[-1].setX(float(x)), ends[-1].setY(float(y)), ends[-1].setYaw(float(yaw))
        setup.setStartAndGoalStates(*ends)
        aim = base.PathLengthOptimizationObjective(information)
        setup.getProblemDefinition().setOptimizationObjective(aim)
        setup.setPlanner(getattr(geometric, planner)(information))
        begun = time.process_time()
        until = base.PlannerTerminationCondition(cpu_time_is_past(begun + seconds))
        solved = str(setup.solve(until)) == "Exact solution"
        spent = 1e3 * (time.process_time() - begun)
        rows.append((setup.getSolutionPath().length() if solved else math.nan, spent))
    return np.array(rows).reshape(-1, 2)


def cpu_time_is_past(instant: float) -> Callable[[], bool]:
    """Return a question: a busy machine shall not cut a peer's run short."""
    return lambda: time.process_time() > instant


def measure(arguments: argparse.Namespace) -> dict[str, float]:
    """Measure both machines; print their tables."""
    figures: dict[str, float] = {}
    rng = np.random.default_rng(arguments.seed)
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        load_table(reverse=True, folder=Path(folder))  # compiles, too
        figures["table_first_ms"] = 1e3 * (time.process_time() - begun)
        begun = time.process_time()
        load_table(reverse=True, folder=Path(folder))
        figures["table_cached_ms"] = 1e3 * (time.process_time() - begun)
    print(
        f"table of curve lengths: {figures['table_first_ms']:.0f} ms to work out (and compile), "
        f"{figures['table_cached_ms']:.1f} ms to read; budget {BUDGET} expansions"
    )
    times, lengths = [], []
    for name, (discs, radius) in FOOTPRINTS.items():
        vehicle = Vehicle(radius, reverse_weight=1.0, gear_change=0.0)
        spaces = read_spaces(arguments.data, discs)
        if not spaces:
            raise SystemExit(f"{arguments.data} holds no map with free cells")
        share = -(-arguments.queries // len(spaces))
        found = [queries_on(map_, space, share, rng) for map_, (space, _) in spaces.items()]
        queries = [query for part in found for query in part]
        find_maneuver(queries[0].space, queries[0].start, queries[0].goal, vehicle)  # compiles
        took, long, opened = ours(queries, vehicle)
        print(f"\n{name}: {len(discs)} discs, turning radius {radius:g} m")
        for map_, (_, field_ms) in spaces.items():
            own = np.array([query.map_name == map_ for query in queries])
            if own.any():
                print(f"  {map_:14}distance field {field_ms:6.0f} ms  " + row(took[own], long[own]))
        print(f"  {'all':14}{'':24}" + row(took, long) + f"  {opened.mean():.0f} expansions")
        figures |= figures_of(took, long, name + "_")
        figures |= peers(queries, long, (name, radius), arguments)
        times.append(took)
        lengths.append(long)
    print(f"\n{RECORDED}")
    ratios = [figures.get(f"{name}_length_ratio", math.nan) for name in FOOTPRINTS]
    figures["length_ratio"] = float(np.max(ratios))
    return figures | figures_of(np.concatenate(times), np.concatenate(lengths), "")


def row(times: Array, lengths: Array) -> str:
    """Return a line of a table."""
    return (
        f"found {np.isfinite(lengths).mean():7.2%} of {len(times):3d}  mean {times.mean():6.1f} ms"
        f"  p95 {np.percentile(times, 95):6.1f}  max {times.max():6.1f}"
        f"  length {np.nanmean(lengths):6.2f} m"
    )


def figures_of(times: Array, lengths: Array, name: str) -> dict[str, float]:
    """Return the keys of the last line."""
    return {
        f"{name}queries": len(times),
        f"{name}found_fraction": float(np.isfinite(lengths).mean()),
        f"{name}mean_ms": round(float(times.mean()), 3),
        f"{name}p95_ms": round(float(np.percentile(times, 95)), 3),
    }


def peers(
    queries: list[Query], lengths: Array, machine: tuple[str, float], arguments: argparse.Namespace
) -> dict[str, float]:
    """Run OMPL on an even sample of the queries; return the figures."""
    name, radius = machine
    if arguments.peer_queries < 1:
        return {}
    chosen = np.unique(np.linspace(0, len(queries) - 1, arguments.peer_queries).astype(int))
    sample, own = [queries[i] for i in chosen], lengths[chosen]
    ratio = math.nan
    try:
        for planner, seconds in (("RRTConnect", 5.0), ("BITstar", arguments.peer_seconds)):
            other = ompl_lengths(sample, radius, planner, seconds)
            both = np.isfinite(other[:, 0]) & np.isfinite(own)
            ratio = float(own[both].mean() / other[both, 0].mean()) if both.any() else math.nan
            print(
                f"  OMPL {planner:11} {seconds:4.0f} s of CPU at most: solved "
                f"{np.isfinite(other[:, 0]).sum()} of {len(sample)}, {other[:, 1].mean():.0f} ms; "
                f"where both did: ours {own[both].mean():.2f} m, theirs "
                f"{other[both, 0].mean():.2f} m, ratio {ratio:.4f}"
            )
    except ImportError:
        print("  OMPL: not installed")
    return {f"{name}_length_ratio": ratio, f"{name}_peer_queries": len(sample)}


def main() -> None:
    """Measure, print tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of map_server YAML files")
    parser.add_argument("--seed", type=int, default=33)
    parser.add_argument("--queries", type=int, default=300, help="for each machine")
    parser.add_argument("--peer-queries", type=int, default=12)
    parser.add_argument("--peer-seconds", type=float, default=20.0)
    parser.add_argument("--quick", action="store_true", help="few queries, short runs of the peers")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.queries, arguments.peer_queries, arguments.peer_seconds = 24, 3, 3.0
    try:
        figures = measure(arguments)
    except RoboticsError as error:
        raise SystemExit(str(error)) from error
    print(json.dumps({key: None if math.isnan(value) else value for key, value in figures.items()}))


if __name__ == "__main__":
    main()
