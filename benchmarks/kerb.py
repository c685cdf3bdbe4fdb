"""Measure how near the brushes come to kerbs: straight, corners, bends, gaps, things in the way.

Usage: python benchmarks/kerb.py [--seed N] [--drive NAME ...] [--speed V] [--quick]

The court of ``sim/worlds/kerbs.yaml`` under physics, the robot as assembled, localising; ways laid
along the kerbs of its map, on which the shoes on the kerb are missing and one kerb is drawn up to
8 cm off. The gap is that of the true brush edge, seen by an onlooker (``sim/kerb_gap.py``): per
point of the kerb's foot, of the absolute value; p95 over points. *Map only* is the same robot
without the kerb follower: it leads the brush where the map says the kerb is. The last line is one
JSON object.
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
from sim.world import Zone, load_world

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
    judged = [zone for zone in world.zones if zone.kind == "sweep" and driven(zone, seen)]
    table(judged, seen)
    own, plain = (whole(judged, one).figures() for one in seen.values())
    figures = {f"kerb_{key}": own[key] for key in FIGURES}
    figures |= {"kerb_touches": own["touches"], "kerb_body_least_m": own["body_least_m"]}
    figures |= {f"kerb_{key}_map_only": plain[key] for key in FIGURES}
    figures |= {"kerb_touches_map_only": plain["touches"], "kerb_m": own["kerb_m"]}
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


def driven(zone: Zone, seen: dict[str, KerbGap]) -> bool:
    """Return whether a drive led along the kerb of a zone."""
    return all(bool(np.isfinite(one.gap[one.within(zone)]).any()) for one in seen.values())


def whole(zones: list[Zone], one: KerbGap) -> KerbGap:
    """Return what was seen of the kerbs of some zones."""
    return one.part(np.any([one.within(zone) for zone in zones], axis=0))


def table(zones: list[Zone], seen: dict[str, KerbGap]) -> None:
    """Print the figures of every zone, in centimetres."""
    head = " | ".join(f"{name + ': mean':>15}   p95   max missed" for name in seen)
    print(f"{'feature':16} {'m':>5} {head}")
    for some in (*([zone] for zone in zones), zones):
        parts = [whole(some, one).figures() for one in seen.values()]
        cells = [
            f"{100 * f['gap_mean_m']:15.1f} {100 * f['gap_p95_m']:5.1f} {100 * f['gap_max_m']:5.1f}"
            + f" {100 * f['missed_fraction']:5.1f}%"
            for f in parts
        ]
        name = some[0].name if len(some) == 1 else "all"
        print(f"{name:16} {parts[0]['kerb_m']:5.1f} " + " | ".join(cells))
    for name, one in seen.items():
        f = one.figures()
        print(f"{name}: {f['touches']:.0f} touches, body at least {100 * f['body_least_m']:.1f} cm")


if __name__ == "__main__":
    main()
