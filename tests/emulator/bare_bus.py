"""Three emulated servos behind a pseudo-terminal until the parent hangs up; for the tests."""

import select
import sys
import time

import numpy as np

from robotics.wire.servos import XM430_W350
from sim.emulator.line import Line
from sim.emulator.segment import Segment
from sim.emulator.servo import Servo


def main() -> None:
    """Print the port's name, then serve it."""
    memory = np.zeros((3, 256), dtype=np.uint8)
    servos = [
        Servo(XM430_W350, memoryview(row.data), identity=place + 1)
        for place, row in enumerate(memory)
    ]
    for place, servo in enumerate(servos):
        servo.memory["present_position"] = 1000 * (place + 1)
    line = Line(Segment(servos, baud=1_000_000, gap=1.0))
    assert line.terminal is not None
    print(line.terminal.name, flush=True)
    while True:
        ready = select.select([line.terminal.master, sys.stdin], [], [], 0.001)[0]
        if sys.stdin in ready:
            return
        if ready:
            line.hear(line.terminal.take_all(), time.perf_counter())
        line.segment.tick(time.perf_counter())
        line.deliver(time.perf_counter())


if __name__ == "__main__":
    main()
