"""Start ``devices.c``: 22 servos behind a pseudo-terminal, in a process of their own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

SERVOS = 22
IDS = tuple(range(1, SERVOS + 1))
READING = np.dtype([("load", "<i2"), ("velocity", "<i4"), ("position", "<i4")])
"""Ten bytes from address 126."""


def first_in_line(process: int, *, on: bool = True) -> None:
    """Let a process run before all ordinary ones, where the system grants that (SCHED_FIFO)."""
    with contextlib.suppress(PermissionError):
        kind, priority = (os.SCHED_FIFO, 10) if on else (os.SCHED_OTHER, 0)
        os.sched_setscheduler(process, kind, os.sched_param(priority))


def build(folder: Path) -> Path:
    """Compile the devices with the machine's C compiler; return the program."""
    source, program = Path(__file__).with_name("devices.c"), folder / "devices"
    subprocess.run(["cc", "-O2", "-o", str(program), str(source), "-lutil"], check=True)
    return program


class Devices:
    """A running line.

    Attributes:
        port: What a host opens.
        goals: How many goals servos took, and how many of them were never sent; after the end.
    """

    def __init__(self, program: Path, *options: object) -> None:
        """Start it; for the options see ``devices.c``."""
        words = [str(program), *map(str, options)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._said = self._process.stdout
        self.port = self._said.readline().strip()
        first_in_line(self._process.pid)  # a wire does not wait for other programs
        self.goals = (0, 0)

    def die(self) -> None:
        """Let the servos die that were named for it."""
        self._process.send_signal(signal.SIGUSR1)

    def __enter__(self) -> Devices:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        taken, wrong = self._said.readline().split()
        self.goals = int(taken), int(wrong)
        self._process.wait()


def goals(count: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return positions for all servos, shape (count, 22), whose lowest six bits are the id."""
    return (rng.integers(16, 48, (count, SERVOS)) * 64 + np.array(IDS)).astype(np.int32)


def lies(readings: NDArray[np.void]) -> int:
    """Return how many readings (k,) no servo can have said."""
    position = readings["position"].astype(np.uint32)
    velocity = (position * np.uint32(2654435761)).astype(np.int32)
    load = (position * np.uint32(40503)).astype(np.uint16).astype(np.int16)
    return int(np.count_nonzero((velocity != readings["velocity"]) | (load != readings["load"])))
