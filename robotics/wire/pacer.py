"""The only place below the command line that reads a clock."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Time as a body has it: that of the world, or that of a simulation."""

    def now(self) -> float:
        """Return seconds that never run backwards [s]."""

    def wait_until(self, instant: float) -> None:
        """Return at ``instant`` [s]; at once if that is over."""


class WallClock:
    """The clock of the machine."""

    def now(self) -> float:
        """See ``Clock``."""
        return time.perf_counter()

    def wait_until(self, instant: float) -> None:
        """See ``Clock``."""
        while (left := instant - time.perf_counter()) > 0.0:
            time.sleep(left)


def monotonic() -> float:
    """Return seconds from a clock that never runs backwards, for measuring durations [s]."""
    return time.perf_counter()
