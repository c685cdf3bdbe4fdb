"""Measure how long the preview of a behaviour takes: 640 × 480, 20 pictures a second.

Usage: python benchmarks/preview.py [--seed N] [--quick]

A gesture of about ten seconds with a caption, tracks and balance, rendered and encoded; all of it,
imports left out. *Whole picture* is the same renderer with the ground in every picture, which is
what a preview would cost without the trick of one still ground behind a moving figure. Seconds are
of the clock, because the encoder is a process of its own; CPU seconds of both stand beside, which
is what matters on a busy machine. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from certifying.goods import shipped, slowed

from robotics.behaviour.clips import Behaviour
from robotics.certify.showing import LEAD, RATE, TAIL
from robotics.robots.greeter.robot import standing_pose
from sim.preview import SIZE, STRIP, camera_for, paving, preview
from sim.studio import Studio

LENGTH = 10.0
"""Of the video [s]."""


def main() -> None:
    """Run, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="nothing here is random")
    parser.add_argument("--quick", action="store_true", help="3 s instead of 10 s")
    arguments = parser.parse_args()
    length = 3.0 if arguments.quick else LENGTH
    behaviour = gesture(length)
    preview(gesture(1.0 + LEAD + TAIL), "greeter", Path(tempfile.mkdtemp()))  # imports
    with tempfile.TemporaryDirectory() as folder:
        began, clock = os.times(), time.perf_counter()
        film = preview(behaviour, "greeter", Path(folder))
        wall, ended = time.perf_counter() - clock, os.times()
        size = film.stat().st_size
    cpu = sum(ended[:4]) - sum(began[:4])
    whole = whole_picture() * length * RATE
    print(f"{length:.0f} s of {behaviour.name}: {wall:.1f} s, {cpu:.1f} s CPU, {size / 1e6:.2f} MB")
    print(f"whole picture: {whole:.1f} s CPU for the pictures alone")
    scale = 10.0 / length
    figures = {
        "seconds_per_10": scale * wall,
        "cpu_s_per_10": scale * cpu,
        "whole_picture_cpu_s_per_10": scale * whole,
        "load": os.getloadavg()[0],
    }
    print(json.dumps({key: round(value, 2) for key, value in figures.items()}))


def gesture(length: float) -> Behaviour:
    """Return the wave, slowed so that its video lasts ``length`` [s]."""
    wave = next(one for robot, one in shipped() if robot == "greeter" and one.name == "wave")
    return slowed(wave, (length - LEAD - TAIL) / wave.duration)


def whole_picture() -> float:
    """Return the CPU time of one picture with its ground [s]."""
    joints, height = standing_pose()
    studio = Studio(paving(), (0.0, 0.0), ("greeter",))
    seen = {"position": [0, 0, height], "quaternion": [0, 0, 0, 1], "joints": joints.tolist()}
    studio.pose({"time": 0.0, "robots": {"greeter": seen}})
    camera = camera_for("greeter", joints[:2] * 0.0, 0.0)
    began = time.process_time()
    for _ in range(5):
        studio.picture(camera, SIZE[0], SIZE[1] - STRIP)
    studio.close()
    return (time.process_time() - began) / 5.0


if __name__ == "__main__":
    main()
