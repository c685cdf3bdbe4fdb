"""Measure the walk over bumps, ramps, an edge, wet stone and a grate.

Usage: python benchmarks/terrain.py [--seed N] [--trials K] [--speed V] [--ground NAME …] [--quick]

The greeter (``sim/gait_trial.py``) does not know what comes; it has to get 2 m on without a fall.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from functools import partial

from sim import grounds
from sim.gait_trial import Lay, Quirks, Setting, run
from sim.onlooker import Onlooker

FAR = 2.6
"""It has passed when its base is so far ahead [m]."""


def lays(seed: int) -> dict[str, Lay]:
    """Return what to walk over, by name."""
    return {
        "bumps 1 cm": partial(grounds.bumps, height=0.01, seed=seed),
        "bumps 2 cm": partial(grounds.bumps, height=0.02, seed=seed),
        "ramp up 5°": partial(grounds.ramp, slope=math.radians(5.0)),
        "ramp down 5°": partial(grounds.ramp, slope=math.radians(-5.0)),
        "ramp up 10°": partial(grounds.ramp, slope=math.radians(10.0)),
        "ramp down 10°": partial(grounds.ramp, slope=math.radians(-10.0)),
        "edge 3 cm": partial(grounds.edge, height=0.03),
        "wet stone": lambda world: None,
        "grate": grounds.grate,
    }


def passes(name: str, lay: Lay, seed: int, speed: float) -> tuple[bool, Onlooker]:
    """Send it over; tell whether it got there."""
    quirks = Quirks(ground=grounds.WET) if name == "wet stone" else Quirks()

    def there(seen: Onlooker) -> bool:
        return bool(seen.poses) and seen.poses[-1][1] > FAR

    setting = Setting(
        lambda since: (speed, 0.0, 0.0),
        3.0 * FAR / speed,
        seed,
        lay=lay,
        quirks=quirks,
        until=there,
    )
    seen = run(setting)
    return there(seen) and not seen.fell, seen


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--speed", type=float, default=0.3, help="[m/s]")
    parser.add_argument("--ground", nargs="*", help="only those whose name begins so")
    parser.add_argument("--quick", action="store_true", help="two trials each")
    arguments = parser.parse_args()
    trials = 2 if arguments.quick else arguments.trials
    figures: dict[str, dict[str, float]] = {}
    for name in lays(arguments.seed):
        if arguments.ground and not name.startswith(tuple(arguments.ground)):
            continue
        began, passed, ways = time.process_time(), 0, []
        for seed in range(arguments.seed, arguments.seed + trials):
            got_there, seen = passes(name, lays(seed)[name], seed, arguments.speed)
            passed += got_there
            ways.append(seen.poses[-1][1])
        figures[name] = {"passed": passed, "trials": trials}
        print(
            f"{name:14} {passed:3d}/{trials}  least way {min(ways):.2f} m  "
            f"{time.process_time() - began:.0f} s CPU",
            flush=True,
        )
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
