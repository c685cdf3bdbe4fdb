"""Measure how the greeter comes to rest when its guard asks for that, at every phase of a stride.

Usage: python benchmarks/braking.py [--seeds N] [--seed N] [--phases K] [--quick]

It walks ahead, back, aside or turns on the spot (``sim/gait_trial.py``: sensor noise, latency,
motor limits); at evenly spread phases of a stride zero is asked for. The way is the farthest that
the base is from there in the direction that it went, the time is how long it takes to within 1 cm
(0.01 rad) of it. The guard keeps v t + v² / 2a free, and its margin (``control/stopping.py``):
reported is the share of either that the worst stop needs with the greeter's own figures. The base
sways by 3 cm to either side in each stride, and all of that counts. No peer: other packages do not
say how long their walk needs to stop. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import dataclass

import numpy as np

from robotics.robots.greeter.config import GreeterConfig
from sim.gait_trial import Setting, Trial

BEGIN = 5.0
"""It has walked so long before the first stop [s]."""
AFTER = 2.6
"""So long it is looked on after being asked [s]."""
NEAR = 0.01
"""Nearer to its farthest place than this it is there [m] or [rad]."""
CASES = {
    **{f"ahead {v:.2f}": (v, 0.0, 0.0) for v in (0.25, 0.35, 0.45, 0.55)},
    "back 0.25": (-0.25, 0.0, 0.0),
    **{f"aside {v:.2f}": (0.0, v, 0.0) for v in (0.08, 0.15)},
    **{f"turn {w:.1f}": (0.0, 0.0, w) for w in (0.4, 0.6, 0.8)},
}
QUICK = ("ahead 0.45", "turn 0.6")


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop: how long it takes [s] and how far it goes [m] or [rad]."""

    time: float
    way: float
    fell: bool


def stop(trial: Trial, twist: tuple[float, float, float]) -> Stop:
    """Ask a branch of the trial, a forked process, for zero from now on."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        asked = trial.since
        object.__setattr__(trial.setting, "wish", lambda since: (0.0, 0.0, 0.0))
        while trial.since < asked + AFTER and not trial.seen.fell:
            trial.tick()
        found = judged(np.array([one for one in trial.seen.poses if one[0] >= asked]), twist)
        os.write(write, json.dumps([*found, bool(trial.seen.fell)]).encode())
        os._exit(0)
    os.close(write)
    answer = json.loads(os.read(read, 4096))
    os.close(read)
    os.waitpid(child, 0)
    return Stop(*answer)


def judged(poses: np.ndarray, twist: tuple[float, float, float]) -> tuple[float, float]:
    """Return time and way of a stop from (time, x, y, yaw), the first where it was asked for."""
    vx, vy, wz = twist
    if wz:
        gone = math.copysign(1.0, wz) * (np.unwrap(poses[:, 3]) - poses[0, 3])
    else:
        course = poses[0, 3] + math.atan2(vy, vx)
        off = poses[:, 1:3] - poses[0, 1:3]
        gone = off @ np.array([math.cos(course), math.sin(course)])
    way = float(gone.max())
    return float(poses[np.argmax(gone >= way - NEAR), 0] - poses[0, 0]), way


def stops(twist: tuple[float, float, float], seed: int, phases: int) -> list[Stop]:
    """Return the stops at evenly spread phases of a stride."""
    trial = Trial(Setting(lambda since: twist, 60.0, seed))
    stride = 2.0 * trial.setting.config.walk.step_time
    found = []
    for number in range(phases):
        while trial.since < BEGIN + stride * number / phases - 1e-9:
            trial.tick()
        found.append(stop(trial, twist))
    trial.close()
    return found


def law(twist: tuple[float, float, float]) -> tuple[float, float]:
    """Return the way that the guard keeps free for a stop, and its margin beside [m] or [rad]."""
    body = GreeterConfig().guard.body
    vx, vy, wz = twist
    speed, brake, margin = math.hypot(vx, vy), body.deceleration, body.margin
    if wz:
        speed, brake, margin = abs(wz), body.spin_deceleration, body.margin / body.radius
    return speed * body.reaction + speed**2 / (2.0 * brake), margin


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="the first one")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--phases", type=int, default=8)
    parser.add_argument("--cases", nargs="*", choices=CASES, default=None)
    parser.add_argument("--quick", action="store_true", help="two cases, one seed, four phases")
    arguments = parser.parse_args()
    seeds, phases = (1, 4) if arguments.quick else (arguments.seeds, arguments.phases)
    names = arguments.cases or (QUICK if arguments.quick else tuple(CASES))
    began, figures = time.process_time(), {}
    print(f"{'median, worst':13} {'time [s]':>13} {'way [m, rad]':>16}  of law  with margin  falls")
    for name in names:
        twist = CASES[name]
        found = [
            one
            for seed in range(arguments.seed, arguments.seed + seeds)
            for one in stops(twist, seed, phases)
        ]
        times, ways = [one.time for one in found], [one.way for one in found]
        (allowed, margin), falls = law(twist), sum(one.fell for one in found)
        print(
            f"{name:13} {np.median(times):6.2f} {max(times):6.2f} {np.median(ways):8.3f}"
            f" {max(ways):7.3f} {max(ways) / allowed:7.2f} {max(ways) / (allowed + margin):12.2f}"
            f" {falls:6}",
            flush=True,
        )
        key = name.replace(" ", "_")
        figures[f"{key}_way"] = round(max(ways), 3)
        figures[f"{key}_time"] = round(max(times), 2)
        figures[f"{key}_of_law"] = round(max(ways) / allowed, 2)
        figures[f"{key}_of_law_and_margin"] = round(max(ways) / (allowed + margin), 2)
        figures["falls"] = figures.get("falls", 0) + falls
    print(f"{time.process_time() - began + os.times().children_user:.0f} s CPU")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
