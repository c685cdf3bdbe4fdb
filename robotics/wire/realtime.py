"""A loop that keeps its deadlines on Linux: first in line for the processor, nothing paged out.

Measured on two cores under full load, 250 Hz, a heap of 400 000 objects: the ordinary scheduler was
late by more than a period 213 times in 3 000, SCHED_FIFO with locked memory never; a full pass of
the garbage collector over that heap takes 76 ms, after ``gc.freeze`` none. ``nice -20`` did not
help. See sched(7) and mlockall(2).
"""

from __future__ import annotations

import ctypes
import gc
import os
from dataclasses import dataclass, field

from robotics.core.errors import BackendError
from robotics.wire.pacer import Clock

PRIORITY = 60
"""Of 1 to 99: above the kernel's threaded interrupts, which have 50."""
_CURRENT, _FUTURE = 1, 2
"""MCL_CURRENT and MCL_FUTURE of ``sys/mman.h``, Linux."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What the system gave."""

    fifo: bool = False
    """The process runs before all ordinary ones (SCHED_FIFO)."""
    locked: bool = False
    """Its memory is never paged out."""
    refused: tuple[str, ...] = ()
    """What was refused, and the cure, for people."""

    @property
    def is_complete(self) -> bool:
        """Whether deadlines can be relied on."""
        return self.fifo and self.locked


def ask(priority: int = PRIORITY) -> Granted:
    """Ask the system for real time, lock the memory and freeze the garbage collector's heap.

    Everything that a robot needs should exist by now: what is made before is never searched for
    garbage again. Never raises: what was refused stands in the answer.
    """
    gc.collect()
    gc.freeze()
    refused = [_fifo(priority), _lock()]
    fifo, locked = (reason == "" for reason in refused)
    return Granted(fifo, locked, tuple(reason for reason in refused if reason))


def release() -> None:
    """Go back to the ordinary scheduler, unlocked, with the garbage collector's heap as usual."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    _c_library().munlockall()
    gc.unfreeze()


def may_arm(granted: Granted, *, derate: bool) -> float:
    """Return the share of its speed that a robot may use with what was granted.

    Args:
        granted: What the system gave.
        derate: Whether somebody has agreed to a slow robot on a system without real time.

    Raises:
        BackendError: Real time is missing, and nobody has agreed to go without.
    """
    if granted.is_complete:
        return 1.0
    if derate:
        return 0.25
    raise BackendError(
        f"{'; '.join(granted.refused)}. Actuators stay off: commands would come late at times. "
        "Let 'robotics install-service' set the limits, or give --derate for a quarter of the speed"
    )


def _fifo(priority: int) -> str:
    """Ask for SCHED_FIFO; return "" or why not."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except (OSError, AttributeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return f"no SCHED_FIFO {priority} ({reason}): allow it with 'rtprio 99' in limits.d"
    return ""


def _lock() -> str:
    """Lock all memory, now and later; return "" or why not."""
    try:
        if _c_library().mlockall(_CURRENT | _FUTURE) == 0:
            return ""
        reason = os.strerror(ctypes.get_errno())
    except (OSError, AttributeError) as error:
        reason = str(error)
    return f"memory not locked ({reason}): allow it with 'memlock unlimited' in limits.d"


def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@dataclass(slots=True)
class Punctual:
    """A clock that keeps account of how late its waits ended."""

    clock: Clock
    period: float
    """A wait that ends later than this after its instant is a missed deadline [s]."""
    waits: int = 0
    """Waits so far."""
    missed: int = 0
    """Of them, those that ended a whole period late, or began after their instant."""
    worst: float = 0.0
    """Greatest lateness so far [s]."""
    lateness: list[float] = field(default_factory=list)
    """Of the last waits, at most ``kept`` of them, in order [s]."""
    kept: int = 10_000

    def now(self) -> float:
        """See ``Clock``."""
        return self.clock.now()

    def wait_until(self, instant: float) -> None:
        """See ``Clock``."""
        self.clock.wait_until(instant)
        late = self.clock.now() - instant
        self.waits += 1
        self.missed += late > self.period
        self.worst = max(self.worst, late)
        self.lateness.append(late)
        if len(self.lateness) > self.kept:
            del self.lateness[: self.kept // 2]
