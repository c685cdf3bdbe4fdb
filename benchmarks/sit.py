"""Measure sitting down, a sit without power, and standing up again.

Usage: python benchmarks/sit.py [--seed N] [--trials K] [--quick]

The greeter (sensor noise, latency, motor and joint limits; zeros of the joints off by up to 0.5°,
ground with a friction of 0.6 to 1) stands, walks or turns, is asked to sit, and then all its motors
are without torque for 5 s. *Held* is a trunk that has turned by less than 10° and moved by less
than 2 cm meanwhile. It is switched on anew, knows nothing of before, and is asked to work: *woken*
is on its feet by itself, and still so after a walk of 3 s. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import time

from sim.sit_trial import Circumstances, SitSeen, SitTrial


def report(number: int, one: Circumstances, seen: SitSeen) -> None:
    """Print one line."""
    took = " ".join(f"{seconds:5.1f}" for seconds in seen.took)
    force, pair = seen.collision
    print(
        f"{number:4} friction {one.friction:.2f} sat {seen.sat!s:5} held {seen.held!s:5} "
        f"woken {seen.woken!s:5} took {took} s moved {math.degrees(seen.moved[0]):.1f}° "
        f"{1e3 * seen.moved[1]:.1f} mm, down at {seen.drop:.2f} m/s, over {seen.over:.3f} rad, "
        f"self {pair} {force:.0f} N {seen.why}",
        flush=True,
    )


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="3 trials")
    arguments = parser.parse_args()
    trials = 3 if arguments.quick else arguments.trials
    began = time.process_time()
    sits = []
    for number in range(trials):
        one = Circumstances.drawn(number, arguments.seed)
        sits.append(SitTrial(one).run())
        report(number, one, sits[-1])
    figures = {
        "trials": trials,
        "sat": sum(seen.sat for seen in sits),
        "woken": sum(seen.woken for seen in sits),
        "torque_off_held": sum(seen.held for seen in sits),
        "tilt_moved_rad": max(seen.moved[0] for seen in sits),
        "height_moved_m": max(seen.moved[1] for seen in sits),
        "fastest_down_mps": max(seen.drop for seen in sits),
        "over_limit_rad": max(seen.over for seen in sits),
        "self_contact_n": max(seen.collision[0] for seen in sits),
        "longest_down_s": max((seen.took[0] for seen in sits if seen.took), default=math.inf),
        "longest_up_s": max((seen.took[1] for seen in sits if len(seen.took) > 1), default=0.0),
    }
    print(f"{time.process_time() - began:.0f} s CPU")
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
