"""Measure the tick: each stage's time for both robots, and the simulation against real time.

Usage: python benchmarks/tick.py [--seconds S] [--seed N] [--site NAME] [--quick]

Both robots and the site's visitors run in physics, as with 'robotics run', without recording or
pictures. The last line is one JSON object; times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np

from robotics.app import Member, StageTimes, run
from robotics.core.messages import Tick
from robotics.mapping.places import load_site
from robotics.robots.catalog import ROBOTS, assemble
from robotics.session import Options, open_stage

WARM_UP = 2.0
"""Simulated time before anything is counted [s]."""


def main() -> None:
    """Run, print a table, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--quick", action="store_true", help="10 simulated seconds")
    arguments = parser.parse_args()
    seconds = 10.0 if arguments.quick else arguments.seconds
    figures = measure(arguments.site, arguments.seed, seconds)
    print(json.dumps(figures))


def measure(site_name: str, seed: int, seconds: float) -> dict[str, float]:
    """Return every figure by key."""
    options = Options(site_name, ROBOTS, "sim", (seconds + WARM_UP) / 60.0, seed)
    with tempfile.TemporaryDirectory() as folder:
        site_folder = Path(folder) / "site"
        stage = open_stage(options, site_folder)
        site = load_site(site_folder)
    visitors = len(stage.scene()["visitors"])
    crew = [
        Member(
            *assemble(name, site, seconds=options.seconds), stage.backends[name], StageTimes(clock)
        )
        for name in ROBOTS
    ]
    started = {"wall": 0.0, "cpu": 0.0, "time": 0.0}
    looked = {"time": 0.0}

    def on_tick(member: Member, tick: Tick) -> None:
        now = tick.observation.time
        if now >= looked["time"]:
            looked["time"] = now + 0.05
            stage.look(now)
        if not started["wall"] and now >= WARM_UP:
            started.update(wall=time.perf_counter(), cpu=time.process_time(), time=now)
            for one in crew:
                one.times.seconds.clear()

    run(crew, until=options.seconds, on_tick=on_tick)
    wall, cpu = time.perf_counter() - started["wall"], time.process_time() - started["cpu"]
    stage.close()
    figures = {
        "realtime_factor": seconds / wall,
        "realtime_factor_cpu": seconds / cpu,
        "visitors": visitors,
        "seconds": seconds,
    }
    print(f"{'robot':10}{'stage':12}{'p50 ms':>10}{'p99 ms':>10}")
    for member in crew:
        figures |= stage_figures(member)
    print(f"{seconds:.0f} s with {visitors} visitors: {figures['realtime_factor']:.2f} x real time")
    return figures


def stage_figures(member: Member) -> dict[str, float]:
    """Print and return the percentiles of one robot's stages [ms]."""
    name, seconds = member.robot.name, dict(member.times.seconds)
    seconds["tick"] = [sum(parts) for parts in zip(*seconds.values(), strict=True)]
    figures = {}
    for stage, times in seconds.items():
        p50, p99 = 1e3 * np.percentile(times, [50, 99])
        print(f"{name:10}{stage:12}{p50:10.3f}{p99:10.3f}")
        key = f"{name}_tick_ms" if stage == "tick" else f"{name}_{stage}_ms"
        figures |= {f"{key}_p50": round(float(p50), 4), f"{key}_p99": round(float(p99), 4)}
    return figures


def clock() -> float:
    """Return this process's CPU time [s]: other programs on the machine do not count."""
    return time.process_time()


if __name__ == "__main__":
    main()
