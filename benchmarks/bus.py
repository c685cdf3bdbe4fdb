"""Measure the control cycle of 22 servos on a serial line, with dead servos and with noise.

Usage: python benchmarks/bus.py [--seed N] [--quick]

A C program plays the servos behind a pseudo-terminal (``benchmarks/wired/devices.c``; it is built
with ``cc``), and each client in turn writes 22 goals and reads load, velocity and position of 22
servos as fast as it can: our whole driver, the vendor's dynamixel-sdk, and rustypot, each with Fast
Sync Read and with Sync Read. CPU is that of the client's process only, measured in turns of 100
cycles, the clients one after the other in several rounds: a machine that does other things at the
same time makes every figure worse, so the best turn is what a client costs, and the median says how
busy the machine was. The last line is one JSON object; ``sdk_cpu_us`` and ``rustypot_cpu_us`` are
the peers' better figures.

- *Dead servos*: a wire of 1 Mbit/s; a servo that is silent silences those behind it. The ratio is
  the median time of a cycle with the worst set of dead servos over that of a cycle with none, which
  in turn is given as a ratio to the time that its bytes are on that wire. Ours runs as it does on a
  robot, ahead of ordinary programs where the system grants that (the vendor's library spins, and
  then starves the kernel's own thread that moves the bytes).
- *Noise*: that part of the bytes on the way to the host is damaged (60 % a flipped bit, 20 % lost,
  20 % added). Delivered are readings that came, of those asked for. A wrong one would be found:
  what servos say can be checked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from wired import clients
from wired.clients import Client
from wired.devices import IDS, Devices, build, first_in_line, goals, lies

FRAMES = (124, 36, 316)
"""Bytes of the Sync Write, the Fast Sync Read and the common answer."""
WIRE_BAUD = 1_000_000
DEAD: tuple[tuple[int, ...], ...] = ((), (22,), (1,), (9, 10, 11))
WIRED = partial(clients.ours, baud=WIRE_BAUD, period=0.1, latency=0.02)
"""Ours, as patient as a busy machine needs it: no other figure depends on that."""
_WARM_UP, _TURN, _ROUNDS = 20, 100, 5
RATES = (0.0001, 0.001, 0.01)

Opener = Callable[[str], AbstractContextManager[Client]]
CLIENTS: dict[str, Opener] = {
    "ours, fast": clients.ours,
    "ours, sync": partial(clients.ours, fast=False),
    "dynamixel-sdk, fast": partial(clients.sdk, fast=True),
    "dynamixel-sdk, sync": partial(clients.sdk, fast=False),
    "rustypot, fast": partial(clients.rustypot, fast=True),
    "rustypot, sync": partial(clients.rustypot, fast=False),
}


@dataclass(frozen=True)
class Run:
    """What a client did."""

    cpu: NDArray[np.float64]
    """Of its process, for a cycle, in each turn [s]."""
    took: NDArray[np.float64]
    """Time of each cycle [s]."""
    delivered: float
    """Readings that came, of those of all servos."""
    lies: int
    """Readings that no servo can have said."""
    wrong_goals: int
    """Goals that a servo took and nobody sent."""


def drive(devices: Devices, client: Opener, rows: NDArray[np.int32]) -> Run:
    """Let a client send all goals (n, 22), one after the other."""
    took, cpu, came, wrong = np.zeros(len(rows)), [], 0, 0
    with devices, client(devices.port) as cycle:
        for row in rows[:_WARM_UP]:
            cycle(row)
        devices.die()
        for start in range(0, len(rows), _TURN):
            kept, spent = [], time.process_time()
            for number in range(start, min(start + _TURN, len(rows))):
                begin = time.perf_counter()
                kept.append(cycle(rows[number]))
                took[number] = time.perf_counter() - begin
            cpu.append((time.process_time() - spent) / len(kept))
            came += sum(len(readings) for readings in kept)
            wrong += sum(lies(readings) for readings in kept)
    return Run(np.array(cpu), took, came / rows.size, wrong, devices.goals[1])


def attempt(make: Callable[[], Devices], client: Opener, rows: NDArray[np.int32]) -> Run | None:
    """Return what a client did; None if its library is not installed."""
    try:
        return drive(make(), client, rows)
    except ImportError:
        return None


def together(runs: list[Run]) -> Run:
    """Return several runs of one client as one."""
    return Run(
        np.concatenate([run.cpu for run in runs]),
        np.concatenate([run.took for run in runs]),
        float(np.mean([run.delivered for run in runs])),
        sum(run.lies for run in runs),
        sum(run.wrong_goals for run in runs),
    )


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a tenth of the cycles")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    count = 400 if arguments.quick else 4000
    with tempfile.TemporaryDirectory() as folder:
        program = build(Path(folder))
        figures = cost(program, goals(count, rng))
        figures |= silence(program, goals(max(60, count // 20), rng))
        figures |= noise(program, goals(count // 4, rng), arguments.seed)
    print(json.dumps(figures))


def cost(program: Path, rows: NDArray[np.int32]) -> dict[str, float]:
    """Measure a healthy line without any wire."""
    head = ("CPU us", "median", "p50 us", "p99 us", "delivered")
    print(f"{'a cycle of 22 servos':22}" + "".join(f"{word:>11}" for word in head))
    cpu: dict[str, float] = {}
    figures: dict[str, float] = {}
    seen: dict[str, list[Run]] = {name: [] for name in CLIENTS}
    for part in np.array_split(rows, _ROUNDS):
        for name, client in CLIENTS.items():
            run = attempt(lambda: Devices(program), client, part)
            seen[name] += [] if run is None else [run]
    for name, runs in seen.items():
        if not runs:
            print(f"{name:22}  not installed")
            continue
        run = together(runs)
        cpu[name], busy = 1e6 * run.cpu.min(), 1e6 * np.median(run.cpu)
        middle, late = 1e6 * np.percentile(run.took, (50, 99))
        cells = (cpu[name], busy, middle, late)
        print(f"{name:22}" + "".join(f"{x:11.1f}" for x in cells) + f"{run.delivered:11.2%}")
        if name == "ours, fast":
            figures["cycle_cpu_us"] = round(cpu[name], 1)
            figures["cycle_cpu_us_median"] = round(float(busy), 1)
            figures["cycle_us_p50"] = round(float(middle), 1)
    for key, library in (("sdk", "dynamixel-sdk"), ("rustypot", "rustypot")):
        theirs = [one for name, one in cpu.items() if name.startswith(library)]
        figures[f"{key}_cpu_us"] = round(min(theirs), 1) if theirs else -1.0
    return figures


def silence(program: Path, rows: NDArray[np.int32]) -> dict[str, float]:
    """Measure a line with dead servos, on a wire."""
    wire = sum(FRAMES) * 10 / WIRE_BAUD
    print(f"\n{'dead, at 1 Mbit/s':22}" + "".join(f"{_ids(dead):>20}" for dead in DEAD))
    least: dict[str, float] = {}
    ours: list[float] = []
    for name in ("ours, fast", "dynamixel-sdk, fast", "dynamixel-sdk, sync", "rustypot, fast"):
        is_ours = name == "ours, fast"
        first_in_line(0, on=is_ours)
        runs = _with_dead(program, WIRED if is_ours else CLIENTS[name], rows, 3 if is_ours else 1)
        first_in_line(0, on=False)
        if runs is None:
            print(f"{name:22}  not installed")
            continue
        alive = [len(IDS) / (len(IDS) - len(dead)) for dead in DEAD]
        share = [run.delivered * part for run, part in zip(runs, alive, strict=True)]
        middle = [float(np.median(run.took)) for run in runs]
        cells = (f"{1e3 * t:.2f} ms {part:6.1%}" for t, part in zip(middle, share, strict=True))
        print(f"{name:22}" + "".join(f"{cell:>20}" for cell in cells))
        who = "ours" if is_ours else "peers"
        least[who] = min(least.get(who, 1.0), *share[1:])
        ours = middle if is_ours else ours
    print(f"(a cycle, and what came from the living; bytes on the wire: {1e3 * wire:.2f} ms)")
    return {
        "dead_servo_wire_ratio": round(max(ours[1:]) / ours[0], 3),
        "healthy_wire_ratio": round(ours[0] / wire, 3),
        "dead_servo_others_fresh": round(least["ours"], 4),
        "dead_servo_others_fresh_peers": round(least.get("peers", -1.0), 4),
    }


def _with_dead(
    program: Path, client: Opener, rows: NDArray[np.int32], rounds: int
) -> list[Run] | None:
    """Return what a client did with each set of dead servos, in turns; None if not installed."""
    seen: list[list[Run]] = [[] for _ in DEAD]
    for part in np.array_split(rows, rounds):
        for runs, dead in zip(seen, DEAD, strict=True):
            options = [word for id in dead for word in ("-d", id)]
            make = partial(Devices, program, "-b", WIRE_BAUD, *options)
            run = attempt(make, client, part)
            if run is None:
                return None
            runs.append(run)
    return [together(runs) for runs in seen]


def _ids(dead: tuple[int, ...]) -> str:
    return f"ids {', '.join(map(str, dead))}" if dead else "none"


def noise(program: Path, rows: NDArray[np.int32], seed: int) -> dict[str, float]:
    """Measure a line that damages bytes on the way to the host; ours also both ways."""
    print(
        f"\n{'delivered at damage of':30}"
        + "".join(f"{rate:>10.2%}" for rate in RATES)
        + "   wrong"
    )
    figures: dict[str, float] = {}
    wrong_goals = wrong_readings = 0
    for name, client in (*CLIENTS.items(), ("ours, fast, both ways", clients.ours)):
        runs = [
            attempt(partial(Devices, program, *_noise(name, rate, seed)), client, rows)
            for rate in RATES
        ]
        if any(run is None for run in runs):
            print(f"{name:30}  not installed")
            continue
        done = [run for run in runs if run is not None]
        lied = sum(run.lies for run in done)
        print(f"{name:30}" + "".join(f"{run.delivered:10.2%}" for run in done) + f"{lied:8}")
        if name.startswith("ours"):
            wrong_readings += lied
            wrong_goals += sum(run.wrong_goals for run in done)
        if name == "ours, fast":
            figures = {"delivered_0p1": done[1].delivered, "delivered_1p0": done[2].delivered}
    rounded = {key: round(value, 4) for key, value in figures.items()}
    return {**rounded, "wrong_readings": wrong_readings, "wrong_goals": wrong_goals}


def _noise(name: str, rate: float, seed: int) -> tuple[object, ...]:
    both = ("-i", rate) if name.endswith("both ways") else ()
    return ("-e", rate, "-s", seed, *both)


if __name__ == "__main__":
    main()
