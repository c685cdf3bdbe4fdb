"""Measure how long one tick of the planner gets when a robot is sent anywhere on a site.

Usage: python benchmarks/errands.py [--site NAME] [--errands N] [--seed N]

Random goals from random places, both robots' planners as assembled, nobody about: the robot stands
until its plan is there. Beside it the same way planned in one go. Then every sweep zone, from its
dock. The last line is one JSON object; times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import BaseGoal, Cover, Goal, GoTo, Joints, State
from robotics.mapping.places import Site, load_site
from robotics.planning.navigator import Navigator
from robotics.robots.catalog import ROBOTS, assemble
from sim.site_export import export_site
from sim.world import load_world

PERIOD = 0.05
"""Of the planner [s]."""
LONGEST = 60.0
"""No plan takes longer [simulated s]."""


class Errand(NamedTuple):
    """One goal: what its plan cost."""

    tick: float
    """The longest tick [ms]."""
    at_once: float
    """The plan in one go [ms]; 0 for a zone."""
    ready: float
    """When the plan was there [simulated s]."""


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--errands", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(json.dumps(measure_errands(arguments.site, arguments.errands, arguments.seed)))


def measure_errands(name: str, errands: int, seed: int) -> dict[str, float]:
    """Print and return the figures of both robots, and of the zones."""
    with tempfile.TemporaryDirectory() as folder:
        export_site(load_world(name), Path(folder))
        site = load_site(Path(folder))
    print(f"{'sent to':16}{'longest tick':>14}{'p99':>8}{'in one go':>11}{'ready':>12}{'most':>8}")
    figures: dict[str, float] = {}
    for robot in ROBOTS:
        sender = Sender(robot, site)
        rng = np.random.default_rng(seed)
        figures |= _figures(
            f"{robot}_goto", [sender.send(*sender.draw(rng)) for _ in range(errands)]
        )
        if sender.navigator.config.sweeping is not None:
            dock = site.place("dock_charge").pose
            zones = [zone for zone in site.zones.values() if zone.kind == "sweep"]
            swept = [sender.send(np.array(dock), Cover(zone.name)) for zone in zones]
            figures |= _figures("zones", swept)
    return figures


class Sender:
    """One robot's planner, and a clock."""

    def __init__(self, robot: str, site: Site) -> None:
        planner = assemble(robot, site, seconds=60.0)[0].planner
        found = getattr(planner, "navigator", planner)
        assert isinstance(found, Navigator)
        self.navigator = found
        self.now = 0.0

    def draw(self, rng: np.random.Generator) -> tuple[Array, GoTo]:
        """Return a random free pose (3,) and another to go to."""
        space = self.navigator.space
        roomy = np.argwhere(space.distance.cells > space.turning_radius + space.distance.resolution)
        cells = roomy[rng.integers(len(roomy), size=2)][:, ::-1]
        spots = space.distance.origin + space.distance.resolution * (cells + 0.5)
        here, there = np.column_stack((spots, rng.uniform(-np.pi, np.pi, 2)))
        return here, GoTo(there)

    def send(self, here: Array, base: BaseGoal) -> Errand:
        """Ask the planner until it has a plan or gives up."""
        whole = 0.0
        if isinstance(base, GoTo):
            began = time.process_time()
            self.navigator.ways.plan(here, base, self.navigator.space)
            whole = time.process_time() - began
        self._ask(here, Goal())
        begin, longest, reason = self.now, 0.0, "planning"
        while reason == "planning" and self.now < begin + LONGEST:
            began = time.process_time()
            reason = self._ask(here, Goal(base))
            longest = max(longest, time.process_time() - began)
        return Errand(1e3 * longest, 1e3 * whole, self.now - begin)

    def _ask(self, pose: Array, goal: Goal) -> str:
        self.now += PERIOD
        rest = np.zeros(3)
        state = State(self.now, pose, rest, Joints.at_rest(np.zeros(1)), np.zeros(2), rest)
        return self.navigator.plan(state, goal).reason


def _figures(name: str, done: list[Errand]) -> dict[str, float]:
    """Print and return the figures of some errands."""
    ticks, whole, ready = np.array(done).T
    print(
        f"{name:16}{ticks.max():11.1f} ms{np.percentile(ticks, 99):8.1f}{whole.max():11.1f}"
        f"{np.median(ready):10.2f} s{ready.max():8.2f}"
    )
    return {
        f"{name}_tick_ms_max": round(float(ticks.max()), 3),
        f"{name}_tick_ms_p99": round(float(np.percentile(ticks, 99)), 3),
        f"{name}_at_once_ms_max": round(float(whole.max()), 3),
        f"{name}_ready_s_p50": round(float(np.median(ready)), 3),
        f"{name}_ready_s_max": round(float(ready.max()), 3),
    }


if __name__ == "__main__":
    main()
