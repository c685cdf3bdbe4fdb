"""Measure whether a control loop keeps its deadlines beside a full CPU load.

Usage: python benchmarks/jitter.py [--rate HZ] [--seconds S] [--nice N] [--quick]

Two busy processes for each core run beside a loop that does some 0.3 ms of work a period, makes
cyclic garbage and has a heap of 400 000 objects, as a robot has. *Realtime* is what
``robotics.wire.realtime`` asks for: SCHED_FIFO, locked memory, a frozen heap; *ordinary* is the
same loop without. A period is late if it begins a whole period or more after its deadline. In a
virtual machine nothing helps against a host that takes the processor away: *stolen* is how long it
did, by the kernel's account, on all cores, and *late_beside_stolen* counts the late periods within
whose 40 ms it did. The last line is one JSON object, of *realtime*.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from robotics.wire.pacer import WallClock
from robotics.wire.realtime import Punctual, ask, release

SPIN = "import os; os.nice({}); parent = os.getppid()\nwhile os.getppid() == parent: pass"
"""Ends with its parent, however that ends."""
HEAP = 400_000
LOOK = 5
"""Periods between two looks at what the host took."""


def main() -> None:
    """Run both, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=250.0, help="[1/s]")
    parser.add_argument("--seconds", type=float, default=600.0, help="for the loop in real time")
    parser.add_argument("--nice", type=int, default=0, help="of the load: 19 to spare others")
    parser.add_argument("--quick", action="store_true", help="ten seconds each")
    arguments = parser.parse_args()
    seconds = 10.0 if arguments.quick else arguments.seconds
    spin = [sys.executable, "-c", SPIN.format(arguments.nice)]
    spinners = [subprocess.Popen(spin) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        run(arguments.rate, seconds)
    finally:
        for one in spinners:
            one.kill()


def run(rate: float, seconds: float) -> None:
    """Measure the ordinary loop for a short while, then the one in real time."""
    heap = [{"number": number, "list": [number]} for number in range(HEAP)]
    print(f"{'':10} {'fifo':>5} {'late':>5} {'p50 us':>7} {'p99 us':>7} {'p99.9':>7} {'max':>8}")
    loop("ordinary", rate, min(seconds, 30.0), fifo=False)
    granted, stolen = ask(), steal()
    clock, beside = loop("realtime", rate, seconds, fifo=granted.fifo)
    stolen = steal() - stolen
    release()
    for reason in granted.refused:
        print(f"refused: {reason}")
    late = np.array(clock.lateness)
    figures = {
        "rate_hz": rate,
        "late_periods": clock.missed,
        "seconds": round(clock.waits / rate, 1),
        "fifo": granted.fifo,
        "locked": granted.locked,
        "p99_us": round(1e6 * float(np.percentile(late, 99)), 1),
        "worst_us": round(1e6 * clock.worst, 1),
        "stolen_s": round(stolen, 2),
        "late_beside_stolen": beside,
        "objects": len(heap),
    }
    print(json.dumps(figures))


def steal() -> float:
    """Return how long the host has kept the processors to itself since boot [s]."""
    words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    return float(words[8]) / os.sysconf("SC_CLK_TCK")


def loop(name: str, rate: float, seconds: float, *, fifo: bool) -> tuple[Punctual, int]:
    """Keep ``rate`` for so long, and print how well; return how many were late beside a theft."""
    count, period = round(rate * seconds), 1.0 / rate
    clock = Punctual(WallClock(), period, kept=count + 1)
    matrix = np.random.default_rng(1).standard_normal((22, 22))
    start, tick, thefts = clock.now(), 0, [steal()]
    for number in range(count):
        if number % LOOK == 0:
            thefts.append(steal())
        tick = max(tick + 1, int((clock.now() - start) * rate))
        clock.wait_until(start + tick * period)
        work(matrix)
    late = 1e6 * np.array(clock.lateness)
    p50, p99, p999 = np.percentile(late, (50.0, 99.0, 99.9))
    print(
        f"{name:10} {fifo!s:>5} {clock.missed:5d} {p50:7.0f} {p99:7.0f} {p999:7.0f} "
        f"{late.max():8.0f}",
        flush=True,
    )
    thefts.append(steal())
    late_at = np.flatnonzero(np.array(clock.lateness) > period) // LOOK
    beside = sum(thefts[place + 2] > thefts[place] for place in late_at.tolist())
    return clock, beside


def work(matrix: np.ndarray) -> None:
    """Do what a controller does in a period: some algebra, some garbage in cycles."""
    for _ in range(12):
        matrix @ matrix[:, 0]
    rows: list[dict[str, object]] = [{"number": number} for number in range(200)]
    for row in rows:
        row["self"] = row


if __name__ == "__main__":
    main()
