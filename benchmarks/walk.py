"""Measure the walk: ahead, back, aside, turning, and any mix of them, under physics.

Usage: python benchmarks/walk.py [--seed N] [--seeds K] [--case NAME ...] [--speed V] [--quick]

The greeter with its own estimator, walk and joint guard (``sim/gait_trial.py``): sensor noise,
gyro bias, 15 ms from sample to motor, torque-speed lines, gear play. A fall is trunk, knee or hand
on the ground, or a tilt over 45°. *Slip* is how far a sole moved while it carried more than a fifth
of the weight, *torque* the largest over the joints of RMS over stall torque. Speeds are those of
the base along its own heading. For *peak* the walk's own limit (0.67 m/s: beyond it soles slide) is
lifted. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace

import numpy as np

from robotics.robots.greeter.config import GreeterConfig
from sim.gait_trial import Setting, Wish, run
from sim.onlooker import Onlooker

RAMP = 6.0
"""From the start of the walk until its speed is measured [s]."""


@dataclass(frozen=True, slots=True)
class Case:
    """One way to walk."""

    name: str
    twist: tuple[float, float, float]
    seconds: float
    unlimited: bool = False
    """Whether the walk's own limit of its speed is lifted to what is asked."""

    @property
    def config(self) -> GreeterConfig:
        """The greeter that walks."""
        config = GreeterConfig()
        if not self.unlimited:
            return config
        vx, vy, wz = np.maximum(np.abs(self.twist), config.walk.largest_twist).tolist()
        return replace(config, walk=replace(config.walk, largest_twist=(vx, vy, wz)))


def cases(speed: float) -> list[Case]:
    """Return the issue's cases; ``speed`` is that of the long walk ahead [m/s]."""
    return [
        Case("forward", (speed, 0.0, 0.0), 100.0 / speed + RAMP),
        Case("peak", (0.8, 0.0, 0.0), 20.0, unlimited=True),
        Case("back", (-0.4, 0.0, 0.0), 40.0),
        Case("left", (0.0, 0.3, 0.0), 40.0),
        Case("right", (0.0, -0.3, 0.0), 40.0),
        Case("turn", (0.0, 0.0, 1.5), 40.0),
        Case("mix", (speed, 0.3, 1.5), 600.0),
    ]


def mixed(top: tuple[float, float, float], seed: int) -> Wish:
    """Return a wish that changes to any mix of speeds every 2 s: one in five is to stand."""
    rng = np.random.default_rng([seed, 7])
    rows = rng.uniform(-1.0, 1.0, (1000, 3)) * top
    rows[:, 0] = np.where(rows[:, 0] < 0.0, rows[:, 0] * 0.4 / max(top[0], 0.4), rows[:, 0])
    rows[rng.random(1000) < 0.2] = 0.0

    def wish(time: float) -> tuple[float, float, float]:
        vx, vy, wz = rows[int(time / 2.0) % len(rows)]
        return float(vx), float(vy), float(wz)

    return wish


def measured(case: Case, seen: Onlooker) -> float:
    """Return the mean speed once up to it [m/s], or turn rate [rad/s]; 0 for a mix."""
    late = np.array([row for row in seen.poses if row[0] > RAMP])
    if case.name == "mix" or len(late) < 2:
        return 0.0
    span = late[-1, 0] - late[0, 0]
    if case.name == "turn":
        return float(np.unwrap(late[:, 3])[[0, -1]] @ (-1.0, 1.0)) / span
    step = np.diff(late[:, 1:3], axis=0)
    c, s = np.cos(late[:-1, 3]), np.sin(late[:-1, 3])
    along = (c * step[:, 0] + s * step[:, 1]).sum(), (-s * step[:, 0] + c * step[:, 1]).sum()
    axis = 1 if case.name in ("left", "right") else 0
    return float(along[axis]) / span


def trial(case: Case, seed: int) -> tuple[Onlooker, float]:
    """Run one case; return what was seen and the mean speed."""
    twist = case.twist
    wish = mixed(twist, seed) if case.name == "mix" else lambda time: twist
    seen = run(Setting(wish, case.seconds, seed, config=case.config))
    return seen, measured(case, seen)


def report(case: Case, seeds: list[int]) -> dict[str, float]:
    """Run a case with every seed; print and return its figures."""
    began = time.process_time()
    rows = [trial(case, seed) for seed in seeds]
    slips = np.array([slip for seen, _ in rows for slip in seen.slips] or [0.0])
    figures = {
        "speed_mps": float(np.mean([speed for _, speed in rows])),
        "distance_m": float(min(np.abs(seen.distance).max() for seen, _ in rows)),
        "falls": sum(bool(seen.fell) for seen, _ in rows),
        "trials": len(rows),
        "slip_mm": 1e3 * float(slips.mean()),
        "slip_p95_mm": 1e3 * float(np.percentile(slips, 95)),
        "airborne_fraction": float(np.mean([seen.airborne for seen, _ in rows])),
        "torque_ratio_max": max(seen.torque_ratio for seen, _ in rows),
        "penetration_mm": 1e3 * max(seen.deepest for seen, _ in rows),
    }
    cells = " ".join(f"{value:10.3f}" for value in figures.values())
    print(f"{case.name:8} {cells}  {time.process_time() - began:.0f} s CPU", flush=True)
    return {key: round(value, 4) for key, value in figures.items()}


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10, help="trials of each case")
    parser.add_argument("--case", nargs="*", help="only these")
    parser.add_argument("--speed", type=float, default=0.66, help="of the long walk [m/s]")
    parser.add_argument("--quick", action="store_true", help="one seed, 15 s each")
    arguments = parser.parse_args()
    chosen = [c for c in cases(arguments.speed) if not arguments.case or c.name in arguments.case]
    seeds = [arguments.seed + k for k in range(1 if arguments.quick else arguments.seeds)]
    print(
        f"{'case':8} speed m/s, least m, falls, trials, slip mm, p95, airborne, torque, deepest mm"
    )
    figures: dict[str, object] = {}
    for case in chosen:
        short = replace(case, seconds=min(case.seconds, 15.0))
        long = case.name == "mix" and not arguments.quick
        figures[case.name] = report(
            short if arguments.quick else case, seeds[:2] if long else seeds
        )
    print(json.dumps({"figures": figures}))


if __name__ == "__main__":
    main()
