"""Real time: what is granted is in force, what is refused stops the robot, lateness counts."""

from __future__ import annotations

import gc
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from robotics.core.errors import BackendError
from robotics.wire.realtime import Granted, Punctual, ask, may_arm

PROBE = """
import gc, os, sys
from robotics.wire.realtime import ask, release
if "poor" in sys.argv:
    import resource
    resource.setrlimit(resource.RLIMIT_RTPRIO, (0, 0))
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
    os.setgid(65534); os.setuid(65534)
granted = ask(7)
locked = [line for line in open("/proc/self/status") if line.startswith("VmLck")][0].split()[1]
print(granted.fifo, granted.locked, os.sched_getscheduler(0) == os.SCHED_FIFO,
      os.sched_getparam(0).sched_priority, int(locked) > 0, gc.get_freeze_count() > 0)
print("|".join(granted.refused))
release()
print(os.sched_getscheduler(0) == os.SCHED_OTHER, gc.get_freeze_count())
"""


def probe(*arguments: str) -> list[str]:
    """Ask for real time in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_what_is_granted_is_in_force() -> None:
    """The kernel's own account agrees with what is reported, either way."""
    fifo, locked, is_fifo, priority, is_locked, frozen = probe()[0].split()
    assert fifo == is_fifo
    assert locked == is_locked
    assert priority == ("7" if fifo == "True" else "0")
    assert frozen == "True"


def test_it_can_be_given_back() -> None:
    """Ordinary scheduler, nothing frozen."""
    assert probe()[2] == "True 0"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give its rights away for this test")
def test_a_user_without_limits_is_told_the_cure() -> None:
    """Both refusals name the line for limits.d."""
    facts, refused, _ = probe("poor")
    assert facts.split()[:2] == ["False", "False"]
    assert "rtprio 99" in refused
    assert "memlock unlimited" in refused


def test_actuators_stay_off_without_real_time() -> None:
    """Unless somebody agrees to a slow robot."""
    refused = Granted(fifo=False, locked=True, refused=("no SCHED_FIFO 60 (nope)",))
    with pytest.raises(BackendError, match=re.escape("no SCHED_FIFO 60 (nope)")) as error:
        may_arm(refused, derate=False)
    assert "--derate" in str(error.value)
    assert "install-service" in str(error.value)
    assert may_arm(refused, derate=True) == 0.25
    assert may_arm(Granted(fifo=True, locked=True), derate=False) == 1.0


class _Late:
    """A clock whose waits end late by what is on its list."""

    def __init__(self, lateness: list[float]) -> None:
        self.time, self.left = 0.0, lateness

    def now(self) -> float:
        return self.time

    def wait_until(self, instant: float) -> None:
        self.time = max(self.time, instant + self.left.pop(0))


def test_lateness_is_counted() -> None:
    """On time, a little late, a whole period late, and a deadline that was over before."""
    clock = Punctual(_Late([0.0, 0.001, 0.009, 0.0]), period=0.004)
    for instant in (0.004, 0.008, 0.012, 0.016):
        clock.wait_until(instant)
    assert clock.waits == 4
    assert clock.missed == 2, "0.012 by 9 ms, and 0.016 is over by 5 ms"
    assert clock.worst == pytest.approx(0.009)
    assert clock.lateness == pytest.approx([0.0, 0.001, 0.009, 0.005])


def test_the_account_is_bounded() -> None:
    """Whatever its length, a run keeps no more than so many."""
    clock = Punctual(_Late([0.0] * 500), period=1.0, kept=100)
    for tick in range(500):
        clock.wait_until(float(tick))
    assert clock.waits == 500
    assert len(clock.lateness) <= 100


def test_asking_here_freezes_what_is_there() -> None:
    """In this process, too; then everything is put back."""
    import robotics.wire.realtime as realtime

    try:
        ask(1)
        assert gc.get_freeze_count() > 1000
    finally:
        realtime.release()
    assert gc.get_freeze_count() == 0
