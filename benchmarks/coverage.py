"""Plan coverage paths for the plaza and for generated zones, and judge what they sweep.

Usage: python benchmarks/coverage.py [--data FILE] [--zones N] [--seed N] [--quick]

The machine is a disc that sweeps 1 m. ``--data`` is a GeoJSON file [m], a WKT file or the YAML of a
map; its zones are judged with the others. Coverage is judged by a raster of 2.5 cm of the swept
disc, reachable is what the disc covers from anywhere inside; lengths have turns and ways between
included. ``length_ratio``, ``outside_m`` and ``plan_ms`` are those of the plaza, the covered
fraction is that of all zones together. Times are CPU time, after a first plan. The last line is one
JSON object.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import time
from pathlib import Path

import numpy as np
from covering.judge import Verdict, is_sound, judge
from covering.zones import generated, of_file, plaza
from shapely import Polygon

from robotics.core.messages import Plan
from robotics.mapping.grid import Grid, polygon_mask
from robotics.planning.coverage.planner import cover
from robotics.planning.coverage.shape import Fit, Sweeping, Tool
from robotics.planning.profile import Pace
from robotics.planning.search import Room
from robotics.planning.space import Space

WIDTH = 1.0
AREAS = (150.0, 300.0, 600.0, 1200.0, 2500.0)
"""Of the generated zones [m²]."""
SIZES = (625.0, 1250.0, 2500.0, 5000.0, 10000.0, 20000.0)
"""Of the zones over which the time is fitted [m²]."""
QUOTED = (
    ("Fields2Cover 2.1 (quoted)", 94.6, 1.187, 402.0, "570-668"),
    ("rings and cells in plain Python (quoted)", 99.92, 1.102, 0.0, "4900"),
)


def machine() -> Sweeping:
    """Return a disc that turns on the spot: bends cost more than they save."""
    half = 0.5 * WIDTH
    tool = Tool(np.array([[0.0, 0.0, half]]), half, 0.0, 0.0)
    fit = Fit(edge=half, wall=-0.2, overlap=0.0, least=0.0)
    return Sweeping(tool, Pace(0.8, 0.45, 0.9), fit, metre=10.0, room=Room(half, 0.0))


def walled(zone: Polygon) -> Space:
    """Return the map of a zone: all around it and its holes are walls."""
    x0, y0, x1, y1 = zone.bounds
    size = (math.ceil((y1 - y0 + 4.0) / 0.1), math.ceil((x1 - x0 + 4.0) / 0.1))
    grid = Grid(np.zeros(size, dtype=np.bool_), 0.1, np.array([x0 - 2.0, y0 - 2.0]))
    cells = ~polygon_mask(grid, np.asarray(zone.exterior.coords)[:-1])
    for hole in zone.interiors:
        cells |= polygon_mask(grid, np.asarray(hole.coords)[:-1])
    return Space.of(grid.like(cells), np.array([[0.0, 0.0, 0.4 * WIDTH]]))


def planned(zone: Polygon, times: int = 1) -> tuple[Plan, float]:
    """Return the plan for a zone from its first corner's side, and the CPU time [ms]."""
    space, sweeping = walled(zone), machine()
    inner = zone.buffer(-0.5 * WIDTH - 1e-3)
    corner = inner.exterior.coords[0] if isinstance(inner, Polygon) else (0.0, 0.0)
    start = np.array([*corner[:2], 0.0])
    spent = []
    for _ in range(times):
        begin = time.process_time()
        found = cover(zone, space, sweeping, start)
        spent.append(1e3 * (time.process_time() - begin))
    return found.plan, float(np.median(spent))


def judged(zone: Polygon, times: int = 1) -> tuple[Verdict, float, str]:
    """Return the verdict on a zone's plan, its time [ms] and its reason."""
    plan, spent = planned(zone, times)
    if plan.is_empty:
        return Verdict(0.0, 0.0, 0.0, 0.0), spent, plan.reason
    return judge(zone, plan.path, WIDTH), spent, plan.reason


def scaling(seed: int, sizes: tuple[float, ...]) -> tuple[float, list[float]]:
    """Return the exponent of time over area of similar zones, and the times [ms]."""
    spent = []
    for size in sizes:
        rng = np.random.default_rng(seed)
        spent.append(float(np.mean([planned(generated(rng, size), 3)[1] for _ in range(3)])))
    slope = float(np.polyfit(np.log(sizes), np.log(spent), 1)[0])
    return slope, spent


def main() -> None:
    """Run, print a table, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="GeoJSON, WKT or map YAML with further zones")
    parser.add_argument("--zones", type=int, default=30, help="generated zones")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="six generated zones, small fit")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    count = 6 if arguments.quick else arguments.zones
    planned(plaza())
    zones = {"plaza": plaza()}
    zones |= {f"generated {k + 1}": generated(rng, AREAS[k % len(AREAS)]) for k in range(count)}
    given = of_file(arguments.data) if arguments.data else []
    zones |= {f"given {k + 1}": zone for k, zone in enumerate(given)}
    print(f"{'zone':42s} {'area':>7s} {'covered':>9s} {'ratio':>6s} {'outside':>8s} {'ms':>8s}")
    results = {}
    for name, zone in zones.items():
        if not is_sound(zone):
            print(f"{name:42s} not a sound polygon")
            continue
        verdict, spent, reason = results[name] = judged(zone, 5 if name == "plaza" else 1)
        numbers = f"{100 * verdict.covered:8.2f}% {verdict.ratio:6.3f} {verdict.outside:7.2f}m"
        print(f"{name:42s} {zone.area:7.0f} {numbers} {spent:8.0f} {reason}", flush=True)
    for name, part, ratio, out, spent_text in QUOTED:
        print(
            f"{name:42s} {plaza().area:7.0f} {part:8.2f}% {ratio:6.3f} {out:7.2f}m {spent_text:>8s}"
        )
    if importlib.util.find_spec("fields2cover") is None:
        print("Fields2Cover: not installed (no wheel); its figures are quoted from a run in C++")
    slope, spent_ms = scaling(arguments.seed, SIZES[:3] if arguments.quick else SIZES)
    print(
        f"time over area: exponent {slope:.2f}; ms: {', '.join(f'{one:.0f}' for one in spent_ms)}"
    )
    print(json.dumps(figures(zones, results) | {"exponent": round(slope, 3)}))


def figures(
    zones: dict[str, Polygon], results: dict[str, tuple[Verdict, float, str]]
) -> dict[str, float]:
    """Return the figures by key."""
    verdicts = {name: result[0] for name, result in results.items()}
    area = {name: zones[name].area for name in results}
    covered = sum(area[name] * verdict.covered for name, verdict in verdicts.items())
    of_plaza = verdicts["plaza"]
    made = [v.ratio for name, v in verdicts.items() if name.startswith("generated")]
    return {
        "covered_fraction": round(covered / sum(area.values()), 5),
        "covered_least": round(min(one.covered for one in verdicts.values()), 5),
        "length_ratio": round(of_plaza.ratio, 4),
        "length_ratio_generated": round(float(np.mean(made)), 4) if made else math.nan,
        "outside_m": round(max(one.outside for one in verdicts.values()), 3),
        "plan_ms": round(results["plaza"][1], 1),
        "zones": len(results),
    }


if __name__ == "__main__":
    main()
