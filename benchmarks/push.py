"""Measure which pushes the greeter survives: walking at every phase, and standing.

Usage: python benchmarks/push.py [--seed N] [--speed V] [--phases K] [--standing] [--quick]

A force on the middle of the trunk for 0.1 s, ahead, back, left and right, at evenly spread phases
of a stride (two steps), walking at 0.3 m/s (``sim/gait_trial.py``). Impulses per mass rise until
one phase falls within 4 s; reported is the largest that every phase survived. The trial branches
(a process forks) where it is pushed, so that the walk up to there is made once. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import numpy as np

from robotics.robots.greeter.joints import load
from sim.gait_trial import Push, Setting, Trial

LEVELS = tuple(np.arange(0.20, 1.01, 0.05).round(2).tolist())
"""Impulses per mass [N·s/kg]."""
AFTER = 4.0
"""A push is survived if it stands or walks so long after it [s]."""
BEGIN = 4.0
"""It has walked so long before the first push [s]."""
WAYS = {"ahead": (1.0, 0.0), "back": (-1.0, 0.0), "left": (0.0, 1.0), "right": (0.0, -1.0)}


def survives(trial: Trial, way: tuple[float, float], impulse: float) -> bool:
    """Push a branch of the trial from now on; tell whether it stays up.

    The branch is a forked process: physics, walk and estimator go on from the same bits.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        end = trial.since + AFTER
        trial.push = Push(trial.since, (way[0] * impulse, way[1] * impulse))
        while trial.since < end and not trial.seen.fell:
            trial.tick()
        os.write(write, b"0" if trial.seen.fell else b"1")
        os._exit(0)
    os.close(write)
    answer = os.read(read, 1)
    os.close(read)
    os.waitpid(child, 0)
    return answer == b"1"


def instants(trial: Trial, phases: int) -> list[float]:
    """Return evenly spread times of a stride from ``BEGIN`` on [s]."""
    stride = 2.0 * trial.setting.config.walk.step_time
    return [BEGIN + stride * number / phases for number in range(phases)]


def survey(
    setting: Setting, phases: int, levels: list[float]
) -> dict[str, dict[float, list[bool]]]:
    """Return for each way and impulse per mass [N·s/kg] which phases were survived."""
    trial, mass = Trial(setting), load().mass
    table: dict[str, dict[float, list[bool]]] = {name: {} for name in WAYS}
    for instant in instants(trial, phases):
        while trial.since < instant - 1e-9:
            trial.tick()
        for name, way in WAYS.items():
            for level in levels:
                stayed = survives(trial, way, level * mass)
                table[name].setdefault(level, []).append(stayed)
                if not stayed:
                    break
    trial.close()
    return table


def largest(rows: dict[float, list[bool]], phases: int) -> float:
    """Return the largest impulse per mass up to which every phase was survived [N·s/kg]."""
    best = 0.0
    for level, stayed in sorted(rows.items()):
        if len(stayed) < phases or not all(stayed):
            break
        best = level
    return best


def report(title: str, table: dict[str, dict[float, list[bool]]], phases: int) -> dict[str, float]:
    """Print which phases were survived; return the largest impulse of each way."""
    print(f"{title}: phases survived of {phases}, by impulse per mass [N·s/kg]")
    for name, rows in table.items():
        cells = " ".join(f"{level:.2f}:{sum(stayed)}" for level, stayed in sorted(rows.items()))
        print(f"  {name:6} {cells}", flush=True)
    return {name: largest(rows, phases) for name, rows in table.items()}


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=0.3, help="[m/s]")
    parser.add_argument("--phases", type=int, default=16)
    parser.add_argument("--standing", action="store_true", help="standing, too")
    parser.add_argument("--quick", action="store_true", help="four phases, coarse")
    arguments = parser.parse_args()
    phases = 4 if arguments.quick else arguments.phases
    levels = list(LEVELS[::2] if arguments.quick else LEVELS)
    began, twist = time.process_time(), (arguments.speed, 0.0, 0.0)
    setting = Setting(lambda since: twist, 60.0, arguments.seed)
    each = report("walking", survey(setting, phases, levels), phases)
    figures = {
        "along_nskg": min(each["ahead"], each["back"]),
        "across_nskg": min(each["left"], each["right"]),
        **{f"{name}_nskg": value for name, value in each.items()},
    }
    if arguments.standing:
        still = Setting(lambda since: (0.0, 0.0, 0.0), 60.0, arguments.seed)
        each = report("standing", survey(still, 1, levels), 1)
        figures |= {f"standing_{name}_nskg": value for name, value in each.items()}
    print(f"{time.process_time() - began + os.times().children_user:.0f} s CPU")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
