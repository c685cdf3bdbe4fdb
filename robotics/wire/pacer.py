"""The only place below the command line that reads a clock."""

from __future__ import annotations

import time


def monotonic() -> float:
    """Return seconds from a clock that never runs backwards, for measuring durations [s]."""
    return time.perf_counter()
