"""Measure what happens when a child at play runs into the greeter, standing and walking.

Usage: python benchmarks/bump.py [--seed N] [--speed V] [--quick]

A child of 20 kg with its arms out (``sim/romp.py``) runs into the greeter at 0.8, 1.0 and 1.2 m/s
from ahead, the left and behind: while it stands, and while it walks at ``--speed`` (two phases of a
stride; it is asked to stand 0.3 s after the child has set out, as its mission and its guard would
have it). Reported are the impulse that it was given and whether it kept its feet for 3 s. Each case
is a branch (a process forks) of the same trial. No peer: no other package has such a trial. The
last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from dataclasses import asdict

from sim.gait_trial import Setting, Trial
from sim.romp import Child
from sim.romp_trial import Outcome, bump

SPEEDS = (0.8, 1.0, 1.2)
WAYS = {"ahead": 0.0, "left": math.pi / 2.0, "behind": math.pi}
BEGIN, AFTER, NOTICED = 4.0, 3.0, 0.3
"""It has walked for so long, is looked on for so long, is asked to stand so soon [s]."""


def branch(trial: Trial, speed: float, bearing: float) -> Outcome:
    """Let a child run into a branch of the trial, a forked process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        begin, wish = trial.since, trial.setting.wish
        object.__setattr__(
            trial.setting,
            "wish",
            lambda since: wish(since) if since < begin + NOTICED else (0.0, 0.0, 0.0),
        )
        seen = bump(trial, Child(speed=speed), bearing, AFTER, to_end=False)
        os.write(write, json.dumps(asdict(seen), default=bool).encode())
        os._exit(0)
    os.close(write)
    answer = json.loads(os.read(read, 4096))
    os.close(read)
    os.waitpid(child, 0)
    return Outcome(**answer)


def survey(walk: float, phases: int, options: argparse.Namespace) -> list[Outcome]:
    """Print and return all cases of one speed of the robot."""
    trial = Trial(Setting(lambda since: (walk, 0.0, 0.0), 99.0, options.seed))
    stride, found = 2.0 * trial.setting.config.walk.step_time, []
    for phase in range(phases):
        while trial.since < BEGIN + stride * phase / (2 * phases) - 1e-9:
            trial.tick()
        for name, bearing in WAYS.items():
            for speed in SPEEDS[:1] if options.quick else SPEEDS:
                one = branch(trial, speed, bearing)
                found.append(one)
                print(
                    f"{walk:5.2f} {phase:5d}  {name:7} {speed:5.1f} {one.impulse:8.2f}"
                    f" {one.force:7.0f} {math.degrees(one.tilt):6.1f} {one.moved:7.2f}"
                    f"  {'fell' if one.fell else 'stayed up'}",
                    flush=True,
                )
    trial.close()
    return found


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=0.45, help="of the greeter [m/s]")
    parser.add_argument("--quick", action="store_true", help="0.8 m/s and one phase only")
    options = parser.parse_args()
    began = time.process_time()
    print(" walk phase  from    child  impulse   force   tilt   moved")
    standing = survey(0.0, 1, options)
    walking = survey(options.speed, 1 if options.quick else 2, options)
    print(f"{time.process_time() - began + os.times().children_user:.0f} s CPU")
    figures = {
        "standing": len(standing),
        "standing_falls": sum(one.fell for one in standing),
        "walking": len(walking),
        "walking_falls": sum(one.fell for one in walking),
        "impulse_ns_max": round(max(one.impulse for one in (*standing, *walking)), 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
