"""The host's clock and port in a repeatable run: time passes only where the host waits."""

from __future__ import annotations

from collections.abc import Callable

from sim.emulator.line import Line
from sim.emulator.robots import EmulatedRobot

_SLACK = 1e-9
"""Times that differ by less are the same [s]."""
_NAP = 0.005
"""While nothing moves yet, the devices' clocks go on in steps of this [s]."""


class EmulatedClock:
    """The time of one robot's host and devices.

    Before ``begin`` the body stands where it is: the host may take its time to find devices, to
    set them up and to prove their watchdogs. From then on the body moves on by one control period
    whenever as much time has passed.

    Attributes:
        serve: Called before time goes on: brings to the devices what the host has written.
    """

    def __init__(self, robot: EmulatedRobot, line: Line) -> None:
        self._robot = robot
        self.serve: Callable[[], None] = lambda: None
        self._now = 0.0
        self._start: float | None = None
        self._periods = 0
        line.on_heard = robot.obey

    def now(self) -> float:
        """Return the time [s]."""
        return self._now

    def begin(self) -> None:
        """Let the body move from now on."""
        self._start, self._periods = self._now, 0

    def wait_until(self, instant: float) -> None:
        """Let everything go on until ``instant`` [s]; nothing happens if that is over."""
        self.serve()
        while self._now < instant - _SLACK:
            self._now = min(self._next(), instant)
            if self._start is None:
                self._robot.tick(self._now)
            elif self._now >= self._next() - _SLACK:
                self._periods += 1
                self._robot.advance(self._now)
        self._now = max(self._now, instant)

    def _next(self) -> float:
        if self._start is None:
            return self._now + _NAP
        return self._start + (self._periods + 1) * self._robot.body.period
