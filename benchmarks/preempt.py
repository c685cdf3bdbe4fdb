"""Measure how soon a behaviour that is broken off at any frame has come to a stable pose.

Usage: python benchmarks/preempt.py [--seed N] [--quick]

Every behaviour of the package, broken off at every tick (5 ms) at which it plays: the time from the
next point where it may be broken off until head and arms rest, the trunk is back and both feet are
down. *At once* is the same from the instant itself, permitted or not, as safety would do it. Feet
are stopped at every tick of six steps of the real gait. No peer: the authoring systems of the field
stop a movement where it is, or let it end (docs/certificate.md). The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json

import numpy as np
from certifying.goods import shipped

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Stretch
from robotics.certify.exits import exit_times
from robotics.certify.feet import key_of, profile, stops
from robotics.certify.stage import Stage
from robotics.core.arrays import Array
from robotics.robots.sweeper.config import PERIOD, SweeperConfig


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="nothing here is random")
    parser.add_argument("--quick", action="store_true", help="every fifth behaviour")
    arguments = parser.parse_args()
    cases = shipped()[:: 5 if arguments.quick else 1]
    stage, frames, worst, at_once, spoken = Stage(), 0, 0.0, 0.0, 0
    known: set[object] = set()
    print(f"{'behaviour':24} {'frames':>7} {'worst [s]':>9} {'at once':>8}  from")
    for robot, behaviour in cases:
        found = legged(stage, behaviour, known) if robot == "greeter" else wheeled(behaviour)
        if found is None:
            spoken += 1
            continue
        time, took, now = found
        place = int(took.argmax())
        frames += len(time)
        worst, at_once = max(worst, float(took[place])), max(at_once, float(now.max()))
        print(
            f"{behaviour.name:24} {len(time):7} {took[place]:9.3f} {now.max():8.3f}"
            f"  {time[place]:.2f} s"
        )
    print(f"{spoken} behaviours move nothing: they are silent, and stable, at once")
    figures = {"frames": frames, "worst_s": worst, "worst_at_once_s": at_once}
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


def legged(
    stage: Stage, behaviour: Behaviour, known: set[object]
) -> tuple[Array, Array, Array] | None:
    """Return instants, and the time to a stable pose from the next permitted point and at once."""
    if behaviour.clip is None and behaviour.sway is None and not behaviour.feet:
        return None
    for one in behaviour.feet:
        every_tick(stage, one, known)
    time, now = exit_times(stage, stage.perform(behaviour))
    return time, permitted(behaviour, time, now), now


def every_tick(stage: Stage, stretch: Stretch, known: set[object]) -> None:
    """Let ``exit_times`` know the worst stop of a stretch from all ticks, not from some."""
    key = key_of(stage, stretch)
    if key not in known:
        known.add(key)
        stage.stops[key] = profile(stops(stage, stretch, every=1), stretch)


def wheeled(behaviour: Behaviour) -> tuple[Array, Array, Array] | None:
    """Return the same for the sweeper: its base brakes as hard as the chassis does."""
    if not behaviour.feet:
        return None
    chassis = SweeperConfig().chassis
    time = np.arange(0.0, behaviour.duration, PERIOD)
    now = np.zeros(len(time))
    for one in behaviour.feet:
        inside = (time >= one.start) & (time <= one.end)
        forward, turn = abs(one.twist[0]), abs(one.twist[2])
        stop = max(forward / chassis.acceleration, turn / chassis.angular_acceleration)
        now[inside] = np.maximum(now[inside], stop + 2.0 * PERIOD)
    return time, permitted(behaviour, time, now), now


def permitted(behaviour: Behaviour, time: Array, now: Array) -> Array:
    """Return the time to a stable pose after the next point where it may be broken off."""
    stop = np.array([behaviour.next_stop(float(t), behaviour.duration) for t in time])
    return now[np.minimum(np.searchsorted(time, stop - 1e-9), len(time) - 1)]


if __name__ == "__main__":
    main()
