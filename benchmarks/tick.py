"""Measure the tick: each stage's time for both robots, and the simulation against real time.

Usage: python benchmarks/tick.py [--seconds S] [--seed N] [--site NAME] [--visitors N] [--quick]

Both robots and the site's visitors run in physics, as with 'robotics run', without recording or
pictures; then once more beside 50 visitors, where perception and planning are added up for every
50 ms; then one decision of the predictive controller by itself ('benchmarks/predictive.py'), and
the longest tick of the planner when a robot is sent far ('benchmarks/errands.py').
The last line is one JSON object; times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from errands import measure_errands
from predictive import measure_mppi

from robotics.app import Member, StageTimes, run
from robotics.core.messages import Tick
from robotics.mapping.places import load_site
from robotics.robots.catalog import ROBOTS, assemble
from robotics.session import Options, open_stage

WARM_UP = 2.0
"""Simulated time before anything is counted [s]."""
SLOT = 0.05
"""Perception and planning are added up over this time: one decision [s]."""
THINKING = ("estimate", "plan", "track")
"""The stages that perceive and plan."""
NEAR = 8.0
"""Tracked things nearer than this are beside the robot [m]."""


def main() -> None:
    """Run, print tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--visitors", type=int, default=50, help="in the crowded run")
    parser.add_argument("--quick", action="store_true", help="10 simulated seconds")
    arguments = parser.parse_args()
    seconds = 10.0 if arguments.quick else arguments.seconds
    options = Options(arguments.site, minutes=(seconds + WARM_UP) / 60.0, seed=arguments.seed)
    figures = Measurement(options).figures()
    crowded = Options(
        options.site, minutes=options.minutes, seed=options.seed, visitors=arguments.visitors
    )
    figures["crowded"] = Measurement(crowded).figures()
    thinking = [figures["crowded"][f"{name}_thinking_ms_p99"] for name in ROBOTS]
    figures["planning_perception_ms_p99"] = max(thinking)
    figures |= measure_mppi(seed=arguments.seed)
    figures |= measure_errands(arguments.site, 20 if arguments.quick else 100, arguments.seed)
    print(json.dumps(figures))


class Measurement:
    """One run of both robots with a stopwatch on every stage."""

    def __init__(self, options: Options) -> None:
        """Open the stage and assemble the robots."""
        self.options = options
        with tempfile.TemporaryDirectory() as folder:
            site_folder = Path(folder) / "site"
            self.stage = open_stage(options, site_folder)
            site = load_site(site_folder)
        self.crew = [
            Member(
                *assemble(name, site, seconds=options.seconds),
                self.stage.backends[name],
                StageTimes(clock),
            )
            for name in ROBOTS
        ]
        self.wall = self.cpu = 0.0
        self.looked = 0.0
        self.near: dict[str, list[int]] = {name: [] for name in ROBOTS}

    def figures(self) -> dict[str, object]:
        """Run; print and return every figure by key."""
        visitors = len(self.stage.scene()["visitors"])
        run(self.crew, until=self.options.seconds, on_tick=self._on_tick)
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        self.stage.close()
        seconds = self.options.seconds - WARM_UP
        figures: dict[str, object] = {
            "realtime_factor": seconds / wall,
            "realtime_factor_cpu": seconds / cpu,
            "visitors": visitors,
            "seconds": seconds,
        }
        print(f"{'robot':10}{'stage':12}{'p50 ms':>10}{'p99 ms':>10}")
        for member in self.crew:
            figures |= stage_figures(member)
            figures[f"{member.robot.name}_tracks_near"] = float(
                np.mean(self.near[member.robot.name])
            )
        print(f"{seconds:.0f} s with {visitors} visitors: {seconds / wall:.2f} x real time\n")
        return figures

    def _on_tick(self, member: Member, tick: Tick) -> None:
        now = tick.observation.time
        if now >= self.looked:
            self.looked = now + SLOT
            self.stage.look(now)
        if not self.wall and now >= WARM_UP:
            self.wall, self.cpu = time.perf_counter(), time.process_time()
            for one in self.crew:
                one.times.seconds.clear()
        at = tick.state.pose_base_in_map[:2]
        gaps = [np.hypot(*(one.position_in_map - at)) for one in tick.state.obstacles]
        self.near[member.robot.name].append(sum(gap < NEAR for gap in gaps))


def stage_figures(member: Member) -> dict[str, float]:
    """Print and return the percentiles of one robot's stages, ticks and thinking [ms]."""
    name, seconds = member.robot.name, dict(member.times.seconds)
    seconds["tick"] = [sum(parts) for parts in zip(*seconds.values(), strict=True)]
    each = np.sum([seconds[stage] for stage in THINKING], axis=0)
    ticks = round(SLOT / member.robot.period + 0.5 - 1e-9)
    whole = len(each) // ticks * ticks
    seconds["thinking"] = list(each[:whole].reshape(-1, ticks).sum(axis=1))
    figures = {}
    for stage, times in seconds.items():
        p50, p99 = 1e3 * np.percentile(times, [50, 99])
        note = f"  (estimate, plan and track of {ticks} ticks)" if stage == "thinking" else ""
        print(f"{name:10}{stage:12}{p50:10.3f}{p99:10.3f}{note}")
        key = f"{name}_{stage}_ms"
        figures |= {f"{key}_p50": round(float(p50), 4), f"{key}_p99": round(float(p99), 4)}
    return figures


def clock() -> float:
    """Return this process's CPU time [s]: other programs on the machine do not count."""
    return time.process_time()


if __name__ == "__main__":
    main()
