"""Measure how near the brushes come to kerbs: straight, corners, bends, gaps, things in the way.

Usage: python benchmarks/kerb.py [--seed N] [--drive NAME ...] [--speed V] [--quick]

The court of ``sim/worlds/kerbs.yaml`` under physics, the robot as assembled, localising; ways laid
along the kerbs of its map, on which the shoes on the kerb are missing and one kerb is drawn up to
8 cm off. The gap is that of the true brush edge, seen by an onlooker (``sim/kerb_gap.py``): per point
of the kerb's foot, of the absolute value; p95 over points. *Map only* is the same robot without the
kerb follower: it leads the brush where the map says the kerb is. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
from kerbside.drives import drives, mapped
from kerbside.trial import Trial

from robotics.mapping.places import load_site
from robotics.planning.profile import Pace
from sim.kerb_gap import KerbGap
from sim.site_export import export_site
from sim.world import load_world

FIGURES = ("gap_mean_m", "gap_p95_m", "gap_max_m", "missed_fraction")


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--drive", nargs="*", help="only these: corner chain square round lens")
    parser.add_argument("--speed", type=float, default=0.6, help="[m/s]")
    parser.add_argument("--quick", action="store_true", help="the square only")
    arguments = parser.parse_args()
    world = load_world("kerbs")
    with tempfile.TemporaryDirectory() as folder:
        export_site(mapped(world), Path(folder))
        site = load_site(Path(folder))
    chosen = ["square"] if arguments.quick else arguments.drive
    pace = Pace(speed=arguments.speed, acceleration=0.45, turn_rate=0.9)
    seen: dict[str, KerbGap] = {}
    for name in ("followed", "map only"):
        seen[name] = KerbGap.along_zone(world)
        for number, drive in enumerate(drives(site)):
            if chosen and drive.name not in chosen:
                continue
            began = time.process_time()
            rng = np.random.default_rng([arguments.seed, number])
            trial = Trial(world, site, seen[name], follow=name == "followed")
            ended = trial.run(drive.plan(pace), rng)
            spent = time.process_time() - began
            print(f"{name:9} {drive.name:7} {ended}, {spent:.0f} s CPU", flush=True)
    table(world.zones, seen)
    whole = seen["followed"]
    own, plain = (one.part(np.isfinite(one.gap)).figures() for one in seen.values())
    figures = {f"kerb_{key}": own[key] for key in FIGURES}
    figures |= {"kerb_touches": own["touches"], "kerb_body_least_m": own["body_least_m"]}
    figures |= {f"kerb_{key}_map_only": plain[key] for key in FIGURES}
    figures |= {"kerb_touches_map_only": plain["touches"]}
    figures |= {"kerb_m": whole.part(np.isfinite(whole.gap)).figures()["kerb_m"]}
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


def table(zones, seen) -> None:  # type: ignore[no-untyped-def]
    """Print the figures of every zone that was driven along."""
    print(f"{'feature':16} {'m':>5} " + " ".join(f"{n:>9} mean   p95   max missed" for n in seen))
    for zone in (*zones, None):
        parts = {}
        for name, one in seen.items():
            mine = np.isfinite(one.gap) & (True if zone is None else one.within(zone))
            parts[name] = one.part(mine).figures()
        first = next(iter(parts.values()))
        if not first["kerb_m"]:
            continue
        cells = [
            "          "
            + " ".join(f"{100 * f[key]:5.1f}" for key in FIGURES[:3])
            + f" {100 * f['missed_fraction']:5.1f}%"
            for f in parts.values()
        ]
        print(f"{'all' if zone is None else zone.name:16} {first['kerb_m']:5.1f}" + " ".join(cells))
    for name, one in seen.items():
        f = one.figures()
        print(f"{name}: {f['touches']:.0f} touches, body at least {100 * f['body_least_m']:.1f} cm")


if __name__ == "__main__":
    main()
