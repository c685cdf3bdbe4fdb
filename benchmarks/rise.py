"""Measure falls: seen how early, how softly, and whether the greeter gets up by itself.

Usage: python benchmarks/rise.py [--seed N] [--trials K] [--alarms K] [--quick]

It stands, walks, turns, steps aside or back (``sim/gait_trial.py``: sensor noise, latency, motor
limits) and is pushed on the trunk, anywhere around, 0.7 to 1.2 N·s/kg in 0.1 to 0.3 s and harder
if it stays up, until it falls. *Lead* is from when it knows that it falls to the first touch of the
ground by anything but a sole; *early* is a lead of 0.3 s. *Risen* is on its feet by itself within
60 s of simulated time and for 3 s. *Over* is how far a joint was beyond its URDF limit.
*Self-collisions* are trials in which links of its own touched each other with more than 20 N.
False alarms are counted where the robot would have stayed up: pushes of 0.15 to 0.6 N·s/kg on a
robot whose detector only looks on. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import time

import numpy as np
from walking.falls import WAYS, Fall, Provocation, Provoked

from robotics.control.dynamics import Dynamics
from robotics.control.falling import FallDetector, FallParameters
from robotics.core.messages import Command, State
from robotics.robots.greeter.config import PERIOD
from robotics.robots.greeter.joints import load
from sim.gait_trial import Push, Setting, Trial

EARLY = 0.3
"""[s]."""
BUMP = 20.0
"""A self-contact with more force is a collision [N]."""


def report(number: int, one: Provocation, fall: Fall) -> None:
    """Print one line."""
    worst = max(fall.collisions.items(), key=lambda item: item[1], default=(("", "", ""), 0.0))
    print(
        f"{number:4} {one.way:9} {math.degrees(one.direction):5.0f}° {one.impulse:5.2f} "
        f"lead {fall.touched - fall.seen:5.2f} risen {fall.risen!s:5} attempts {fall.attempts} "
        f"took {fall.took:5.1f} over {fall.over:.3f} {fall.joint} "
        f"self {'+'.join(worst[0])} {worst[1]:.0f} N",
        flush=True,
    )


def alarmed(number: int, seed: int) -> tuple[bool, bool]:
    """Push one that only looks on; return whether it cried and whether it fell."""
    rng = np.random.default_rng([seed, number, 1])
    twist = WAYS[list(WAYS)[number % len(WAYS)]]
    angle, impulse = rng.uniform(-math.pi, math.pi), rng.uniform(0.15, 0.6) * load().mass
    push = Push(
        2.5 + rng.uniform(0.0, 0.72), (impulse * math.cos(angle), impulse * math.sin(angle))
    )
    detector = FallDetector(Dynamics(load()), FallParameters(), period=PERIOD)
    cried = [False]

    def watch(trial: Trial, state: State, command: Command) -> None:
        cried[0] |= detector.falls(state)

    trial = Trial(Setting(lambda since: twist, 6.5, seed + number, push=push, watch=watch))
    while not trial.is_over:
        trial.tick()
    trial.close()
    return cried[0], bool(trial.seen.fell)


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trials", type=int, default=200, help="provoked falls")
    parser.add_argument("--alarms", type=int, default=50, help="pushes for false alarms")
    parser.add_argument("--quick", action="store_true", help="10 falls, 10 pushes")
    arguments = parser.parse_args()
    trials, alarms = (10, 10) if arguments.quick else (arguments.trials, arguments.alarms)
    began = time.process_time()
    falls = []
    for number in range(trials):
        one = Provocation.drawn(number, arguments.seed)
        falls.append(Provoked(one).run())
        report(number, one, falls[-1])
    pushes = [alarmed(number, arguments.seed) for number in range(alarms)]
    stayed = [cried for cried, fell in pushes if not fell]
    leads = np.array([fall.touched - fall.seen for fall in falls])
    figures = {
        "trials": trials,
        "risen": sum(fall.risen for fall in falls),
        "seen_early": float((leads >= EARLY).mean()) if trials else 0.0,
        "lead_p10_s": float(np.nanpercentile(leads, 10)) if trials else 0.0,
        "first_attempt": sum(fall.risen and fall.attempts == 1 for fall in falls),
        "over_limit_rad": max((fall.over for fall in falls), default=0.0),
        "self_collisions": sum(max(fall.collisions.values(), default=0.0) > BUMP for fall in falls),
        "speed_ratio": max((fall.speed_ratio for fall in falls), default=0.0),
        "pushes_survived": len(stayed),
        "false_alarms": sum(stayed),
    }
    print(f"{time.process_time() - began:.0f} s CPU")
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
