"""A body behind a serial line; satisfies ``robotics.core.backend.Backend``.

``act`` keeps the command. ``observe`` waits for the next deadline and makes one exchange on the
bus: goals out, readings back. So the body has the same period of delay as a simulated one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from robotics.core.errors import BackendError
from robotics.core.messages import Command, Observation
from robotics.robots.on_wire import OnWire, Read
from robotics.wire.driver import Driver
from robotics.wire.links import Link
from robotics.wire.pacer import Clock
from robotics.wire.packet import WireError

SENSOR_AGE = 0.010
"""Age of a sample when it is read [s]: filters of the servos and boards, and half a cycle."""
_SLACK = 1e-9


class BusBackend:
    """One robot on one bus.

    Attributes:
        period: Of its control loop [s].
        driver: What talks to the devices.
        skipped: Periods that were over before their exchange began, so far.
    """

    def __init__(self, wire: OnWire, connect: Callable[[], Link], clock: Clock) -> None:
        """Open the line.

        Args:
            wire: How the robot speaks.
            connect: Opens the port, also after it was lost.
            clock: Whose time counts.

        Raises:
            WireError: The port cannot be opened.
        """
        self.period = wire.line.period
        self.driver = Driver(wire.line, connect, clock)
        self.skipped = 0
        self._wire, self._clock = wire, clock
        self._command: Command | None = None
        self._start, self._tick, self._acted = 0.0, 0, 0

    def reset(self) -> Observation:
        """See ``Backend``: find the devices, set them up, switch the torque on where they are."""
        try:
            self.driver.configure()
            self.driver.activate()
        except WireError as error:
            raise BackendError(f"{error}; 'robotics doctor' tells more") from error
        self._command = None
        self.driver.exchange(None)
        self._start, self._tick = self._clock.now(), 0
        return self._observation()

    def act(self, command: Command) -> None:
        """See ``Backend``."""
        self._command = command
        self._acted += 1

    def observe(self) -> Observation:
        """See ``Backend``; a period that is over already is skipped and counted."""
        late = int((self._clock.now() - self._start + _SLACK) / self.period) - self._tick
        self._tick += max(1, late)
        self.skipped += max(0, late - 1)
        self._clock.wait_until(self._start + self._tick * self.period)
        if self._command is None:
            self.driver.exchange(None)
        else:
            before = self._wire.beside(self._command)
            goals = self._wire.goals(self._command)
            self.driver.exchange(goals, float(self._acted), before=before)
        return self._observation()

    def close(self) -> None:
        """See ``Backend``."""
        self.driver.close()

    def _observation(self) -> Observation:
        health = self.driver.health
        age = np.asarray(SENSOR_AGE + health.misses * self.period)
        sensed = self._wire.sensed(Read(health.rows, health.valid, age))
        stop = self.driver.stop_reason
        return Observation(
            time=self._tick * self.period,
            joints=sensed.joints,
            imu=sensed.imu,
            contacts=sensed.contacts,
            battery=sensed.battery,
            tools=sensed.tools,
            faults=(*sensed.faults, stop) if stop else sensed.faults,
        )
