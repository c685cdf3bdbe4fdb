"""Drive a Jackal-size robot through the obstacle fields of the BARN challenge, in PyBullet.

Usage: python benchmarks/barn.py --data ../shared/data/barn/worlds_even.jsonl [--quick [N]]
       [--seed S] [--peers N] [--picture FILE.png]

The robot sees with a lidar (720 beams over 270°, 30 m, 20 Hz, σ 1.5 cm), believes its wheels (radii
1 % off) and its gyro, builds its map on the way and acts 150 ms after what it sensed. Physics says
what is touched. Beside it runs the dynamic window approach with the same map, path and limits, and
with the 0.5 m/s of the organisers'. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from jackal.robot import (
    ACCELERATION,
    ANGULAR_ACCELERATION,
    SPEED,
    TURN_RATE,
    MakeTracker,
    footprint_discs,
)
from jackal.trial import Outcome, attempt
from peers_dwa import DynamicWindow, Window, warm_up

PUBLISHED = (
    ("organisers' DWA at 0.5 m/s, 50 worlds x 10", 0.850, 0.056, 0.094, 0.159),
    ("DDP at 1.5 m/s (2nd of BARN 2025), 299 worlds", 0.9465, 0.0, 0.0535, 0.445),
)
"""Success, collision, timeout, score as published or computed from published runs (see notes)."""

SHARED = ("worlds", "success", "collision", "timeout", "score", "mean_time")
"""Figures that are given for the peers too."""
WIDTHS = (9, 11, 9, 8, 8, 8)
"""Of the table's columns."""


def main() -> None:
    """Run, print a table, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="worlds, one JSON object a line")
    parser.add_argument("--quick", type=int, nargs="?", const=10, help="only so many worlds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", type=int, default=10, help="worlds that the peers drive through")
    parser.add_argument("--picture", type=Path, help="draw the run with the longest way there")
    arguments = parser.parse_args()
    worlds = read_worlds(arguments.data)
    if arguments.quick:
        worlds = sample(worlds, arguments.quick)
    outcomes = campaign("ours", worlds, arguments.seed)
    peers = sample(worlds, arguments.peers)
    warm_up()
    rivals = {
        f"DWA, same limits, {len(peers)} worlds": campaign(
            "DWA", peers, arguments.seed, dynamic_window(SPEED)
        ),
        f"DWA at 0.5 m/s, {len(peers)} worlds": campaign(
            "DWA 0.5", peers, arguments.seed, dynamic_window(0.5)
        ),
    }
    figures = summary(outcomes)
    print_table({f"ours, {len(worlds)} worlds": outcomes} | rivals)
    for name, theirs in rivals.items():
        key = "dwa_slow" if "0.5" in name else "dwa"
        figures |= {f"{key}_{k}": v for k, v in summary(theirs).items() if k in SHARED}
    if arguments.picture:
        from jackal.picture import draw

        longest = max(range(len(worlds)), key=lambda k: outcomes[k].duration)
        draw(worlds[longest], outcomes[longest], arguments.picture)
    print(json.dumps(figures))


def read_worlds(file: Path) -> list[dict[str, Any]]:
    """Return the worlds of a file."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def sample(worlds: Sequence[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Return ``count`` worlds, evenly spread."""
    places = np.linspace(0, len(worlds) - 1, min(count, len(worlds)))
    return [worlds[round(k)] for k in places]


def dynamic_window(speed: float) -> MakeTracker:
    """Return what makes the peer at a top speed [m/s]."""
    window = Window(speed, TURN_RATE, ACCELERATION, ANGULAR_ACCELERATION)
    return lambda local: DynamicWindow(window, local, footprint_discs())


def campaign(
    name: str, worlds: Sequence[dict[str, Any]], seed: int, make: MakeTracker | None = None
) -> list[Outcome]:
    """Return the outcome in each world; tell about those that went wrong."""
    outcomes = []
    for world in worlds:
        one = attempt(world, seed, make)
        outcomes.append(one)
        if one.score < 0.49:
            what = one.touched or ("too late" if one.timeout else f"{one.duration:.1f} s")
            print(f"  {name}: world {one.world}: score {one.score:.3f} ({what})", flush=True)
    return outcomes


def summary(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return the figures of a campaign by key."""
    ticks = np.concatenate([one.ticks for one in outcomes])
    times = [one.duration for one in outcomes if one.success]
    figures = {
        "success": np.mean([one.success for one in outcomes]),
        "collision": np.mean([one.collision for one in outcomes]),
        "timeout": np.mean([one.timeout for one in outcomes]),
        "score": np.mean([one.score for one in outcomes]),
        "mean_time": np.mean(times) if times else 0.0,
        "drift_p95_m": np.percentile([one.drift for one in outcomes], 95),
        "tick_ms_p99": 1e3 * np.percentile(ticks, 99),
    }
    return {"worlds": len(outcomes)} | {k: round(float(v), 4) for k, v in figures.items()}


def print_table(campaigns: dict[str, list[Outcome]]) -> None:
    """Print ours, the peers of this run, and what others published."""
    heads = ("success", "collision", "timeout", "score", "mean s", "p99 ms")
    print(" " * 46 + "".join(f"{head:>{w}}" for head, w in zip(heads, WIDTHS, strict=True)))
    for name, outcomes in campaigns.items():
        of = summary(outcomes)
        print(
            f"{name:46}{of['success']:9.3f}{of['collision']:11.3f}{of['timeout']:9.3f}"
            f"{of['score']:8.3f}{of['mean_time']:8.2f}{of['tick_ms_p99']:8.2f}"
        )
    for name, *rates in PUBLISHED:
        print(
            f"{name:46}{rates[0]:9.3f}{rates[1]:11.3f}{rates[2]:9.3f}{rates[3]:8.3f}  (published)"
        )


if __name__ == "__main__":
    main()
