"""Measure handshakes: forces on the visitor's hand, falls, and how soon the hand is free.

Usage: python benchmarks/handshake.py [--seeds K] [--seed N] [--quick]

Each way in which a visitor may treat the offered hand (``sim/hand.py``: shakes slowly or quickly,
holds still, pulls in every direction with 15 N, yanks with 40 N, lets go late, holds on for 12 s, a
hand that does not give way at all, nobody) is played under physics with each seed of the sensors'
noise. Forces are 10 ms means between the visitor's hand and any part of the robot, and so include
what the visitor pulls; ``peak`` is one physics step of 2.5 ms. The last line is one JSON object.
There is no peer to compare with: no open package shakes hands on position servos.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

from robotics.control.touch import FORCE_BOUND
from sim.hand import CASES
from sim.hand_trial import Outcome, shake_hands

QUICK = ("typical", "pulls ahead", "yanks", "holds too long", "never comes")
NEVER = 30.0
"""Stands for a hand that never came free [s]."""


def row(name: str, outcomes: list[Outcome]) -> str:
    """Return one line of the table."""
    felt = [line[3] for one in outcomes for line in one.felt if line[3] > 0.0]
    wanted = CASES[name].frequency if CASES[name].shakes > 0.0 and CASES[name].comes else 0.0
    error = abs(float(np.median(felt)) - wanted) if felt and wanted else float("nan")
    return (
        f"{name:15s} {sum(one.fell for one in outcomes):5d} "
        f"{max(one.force for one in outcomes):8.1f} {max(one.peak for one in outcomes):8.1f} "
        f"{max(released(one) for one in outcomes):9.2f} "
        f"{max(np.degrees(one.tilt) for one in outcomes):7.1f} "
        f"{max(one.speed for one in outcomes):7.2f} {max(one.rest for one in outcomes):7.3f} "
        f"{error:9.2f}"
    )


def released(one: Outcome) -> float:
    """Return how long after its time the hand was free and the arm at home [s]."""
    return NEVER if one.released_after is None else one.released_after


def main() -> None:
    """Play, print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=3, help="how many")
    parser.add_argument("--quick", action="store_true", help="one seed, five of the cases")
    options = parser.parse_args()
    cases = QUICK if options.quick else tuple(CASES)
    seeds = range(options.seed, options.seed + (1 if options.quick else options.seeds))
    started = time.process_time()
    print("                 fell  force N   peak N  released s tilt °  speed    rest  rhythm Hz")
    print("case                 (10 ms)   (step)  after end          /limit     rad    off")
    played: list[Outcome] = []
    for name in cases:
        outcomes = [shake_hands(name, CASES[name], seed=seed) for seed in seeds]
        played += outcomes
        print(row(name, outcomes), flush=True)
    taken = [one for one in played if one.gripped]
    felt = sum("held" in [state for _, state in one.stages] for one in taken)
    result = {
        "trials": len(played),
        "fell": sum(one.fell for one in played),
        "force_max_n": round(max(one.force for one in played), 2),
        "released_s_max": round(max(released(one) for one in played), 2),
        "force_bound_n": FORCE_BOUND,
        "peak_max_n": round(max(one.peak for one in played), 2),
        "grips": len(taken),
        "grips_felt": felt,
        "speed_share_max": round(max(one.speed for one in played), 3),
        "rest_error_rad_max": round(max(one.rest for one in played), 3),
        "cpu_s": round(time.process_time() - started, 1),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
