"""Measure how often a greeter falls that differs from its drawing.

Usage: python benchmarks/randomised.py [--seed N] [--runs K] [--seconds S] [--speed V] [--quick]

Each run draws: servo gains ± 15 %, stall torque 90…100 %, friction of the gears 0.5…2 times, masses
of the links ± 10 %, the trunk's centre of mass ± 1 cm along x and y, friction of the ground
0.4…0.9, zeros of the joints 0.5° (standard deviation, cut at 1°), 5…25 ms from sample to motor, and
a battery between full and nearly empty. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.model import load_model
from sim.body import BodySpec
from sim.gait_trial import Quirks, Setting, run, spec_of
from sim.timeline import STEP


def another(spec: BodySpec, rng: np.random.Generator, folder: Path) -> BodySpec:
    """Return a body that differs from its drawing as the next one off the line does."""
    motors, n = spec.motors, len(spec.model.joints)
    motors = replace(
        motors,
        gain=_scaled(motors.gain, rng.uniform(0.85, 1.15, n)),
        stall=_scaled(motors.stall, rng.uniform(0.9, 1.0, n)),
        friction=_scaled(motors.friction, rng.uniform(0.5, 2.0, n)),
    )
    delay = STEP * float(rng.integers(0, round(0.020 / STEP) + 1))
    battery = replace(spec.battery, start=float(rng.uniform(0.1, 1.0)))
    model = load_model(_urdf(spec, rng, folder), joints=spec.model.joints.names)
    return replace(spec, motors=motors, model=model, sensor_delay=delay, battery=battery)


def _scaled(values: Array, share: Array) -> Array:
    return frozen(np.asarray(values) * share)


def _urdf(spec: BodySpec, rng: np.random.Generator, folder: Path) -> Path:
    """Write the URDF with other masses and another centre of mass, without its looks."""
    root = ElementTree.parse(spec.model.file).getroot()
    for link in root.findall("link"):
        for looks in link.findall("visual"):
            link.remove(looks)
        inertial = link.find("inertial")
        if inertial is not None:
            _change(inertial, float(rng.uniform(0.9, 1.1)))
            if link.get("name") == spec.model.base:
                _move(inertial, rng.uniform(-0.01, 0.01, 2))
    path = folder / "another.urdf"
    ElementTree.ElementTree(root).write(path)
    return path


def _change(inertial: ElementTree.Element, share: float) -> None:
    """Scale mass and inertia."""
    for name in ("mass", "inertia"):
        node = inertial.find(name)
        if node is not None:
            for key, value in node.attrib.items():
                node.set(key, repr(float(value) * share))


def _move(inertial: ElementTree.Element, shift: Array) -> None:
    """Move the centre of mass by ``shift`` (2,) [m]."""
    origin = inertial.find("origin")
    if origin is not None:
        x, y, z = (float(word) for word in origin.get("xyz", "0 0 0").split())
        origin.set("xyz", f"{x + shift[0]} {y + shift[1]} {z}")


def quirks(rng: np.random.Generator) -> Quirks:
    """Return zeros and ground of a run."""
    zero = np.clip(rng.normal(0.0, math.radians(0.5), 22), -math.radians(1), math.radians(1))
    return Quirks(zero=zero, ground=float(rng.uniform(0.4, 0.9)) / 0.8)


def main() -> None:
    """Run, print each fall, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--speed", type=float, default=0.35, help="[m/s]")
    parser.add_argument("--quick", action="store_true", help="six runs of 15 s")
    arguments = parser.parse_args()
    runs = 6 if arguments.quick else arguments.runs
    seconds = 15.0 if arguments.quick else arguments.seconds
    falls, began, way, walked = 0, time.process_time(), 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(arguments.seed, arguments.seed + runs):
            rng = np.random.default_rng([seed, 11])
            spec, oddly = another(spec_of(), rng, Path(folder)), quirks(rng)
            wish = (arguments.speed, 0.0, 0.0)
            seen = run(Setting(lambda since, w=wish: w, seconds, seed, spec=spec, quirks=oddly))
            last = seen.poses[-1][0]
            way, walked = way + float(seen.distance[0]), walked + last
            if seen.fell:
                falls += 1
                late = 1e3 * spec.sensor_delay + 5.0
                print(f"seed {seed}: {seen.fell} after {last:.1f} s ({late:.1f} ms)", flush=True)
    spent = time.process_time() - began
    print(f"{falls} falls in {runs} runs of {seconds:.0f} s, {spent:.0f} s CPU")
    print(json.dumps({"runs": runs, "falls": falls, "speed_mps": round(way / walked, 3)}))


if __name__ == "__main__":
    main()
