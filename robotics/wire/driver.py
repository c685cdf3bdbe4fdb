"""The driver of one line: its life from power on to a safe end, and one exchange for each tick.

::

    unknown ── configure ──▶ ready ── activate ──▶ active ── close ──▶ unknown
                                                    │  ▲
                                  something is wrong│  │reset: configure and activate again
                                                    ▼  │
                                                   stopped

- ``configure`` finds every device and checks that it is what it should be. Nothing moves.
- ``activate`` switches the torque on where the devices are, and *proves* every watchdog by a
  deliberate silence, before the first command is obeyed. Nothing jumps.
- ``exchange`` never raises for what happens on a line, and never waits longer than it may. What is
  wrong stands in its result: who is valid, how old each reading is, whether to stop, and why.
- A stop is latched. Devices go on obeying while it stands, because a robot on two legs has to sit
  down by itself; whoever commands has to bring it to rest. Only ``reset`` ends it.
- Where a device leads the others to rest when commands stop (``Line.landing``), a host that was
  silent for that long has lost the robot: it says nothing while that lasts, and sends no goals
  until ``reset``. There are never two that lead.
- A command is sent once. If no new one comes for a while, the driver falls silent, so that the
  watchdogs of the devices run out: they guard the command, not the program that repeats it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.wire.bus import Bus
from robotics.wire.commanding import Commanding
from robotics.wire.cycle import Answers, ByteArray, Cycle
from robotics.wire.health import Health
from robotics.wire.lineup import Line
from robotics.wire.links import Link, LinkLost
from robotics.wire.pacer import Clock
from robotics.wire.packet import WireError
from robotics.wire.setup import Setup

_RETRY = 0.2
"""A port that is gone is looked for so often [s]."""
_FIRST = 20
"""So often devices are read before the first command, until each has answered."""
_SHARE = 0.8
"""Part of the period that an exchange may take."""


class Phase(StrEnum):
    """Where a driver is in its life."""

    UNKNOWN = "unknown"
    READY = "ready"
    ACTIVE = "active"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Heard:
    """What one exchange brought, in the order of the devices."""

    rows: ByteArray
    """Last good reading of each device, shape (n, length)."""
    fresh: BoolArray
    """Whose is of now, shape (n,)."""
    valid: BoolArray
    """Whose may be used, fresh or bridged, shape (n,)."""
    age: Array
    """Of each reading, shape (n,) [s]."""
    alert: BoolArray
    """Who reports a hardware error, shape (n,)."""
    stop: str
    """Why the robot has to come to rest, latched; "" while all is well."""


class Driver:
    """Drives one line.

    Attributes:
        line: What is on it.
        bus: For questions beside the exchanges: temperatures, errors.
        phase: Where it is in its life.
        health: Account of who answered.
        stop_reason: Why a stop is latched; "" if none is.
    """

    def __init__(self, line: Line, connect: Callable[[], Link], clock: Clock) -> None:
        """Open the line; nothing is said yet.

        Args:
            line: What is on it.
            connect: Opens the port; asked again after it was lost, and may find it elsewhere.
            clock: Whose time counts.

        Raises:
            WireError: The port cannot be opened.
        """
        self.line = line
        self.phase = Phase.UNKNOWN
        self.bus = Bus(connect(), clock, line.timing)
        self.health = _health(line)
        self.stop_reason = ""
        self._connect, self._clock = connect, clock
        self._cycle = Cycle(self.bus, line.group)
        self._setup = Setup(self.bus, line)
        self._commanding = Commanding(line, clock.now())
        self._are_proven = False
        self._is_connected = True
        self._retry_at = 0.0
        self._led_until: float | None = None

    # ------------------------------------------------------------------------------ lifecycle

    def configure(self) -> None:
        """Find all devices and give them their settings.

        Raises:
            WireError: A device is missing, is another model or refuses; all are named.
        """
        self._setup.check_models()
        self._setup.apply_settings()
        self.health = _health(self.line)
        self.phase = Phase.READY

    def activate(self) -> None:
        """Switch the torque on where the devices are, and prove their watchdogs.

        The first time, it takes a little longer than the watchdog. Devices hold still afterwards;
        their watchdogs are armed with the first command.

        Raises:
            WireError: It was not configured, or a device does not do what it must.
        """
        if self.phase is not Phase.READY:
            raise WireError(f"the line is {self.phase}; configure it first")
        self._setup.engage(self._clock, are_proven=self._are_proven)
        self._are_proven = True
        self.stop_reason = ""
        self._led_until = None
        self._commanding = Commanding(self.line, self._clock.now())
        self._read_first()
        self.phase = Phase.ACTIVE

    def _read_first(self) -> None:
        """Read all devices once, so that there is something to bridge a lost answer with."""
        for _ in range(_FIRST):
            asked, suspects = self.health.to_ask()
            until = self._clock.now() + _SHARE * self.line.period
            answers = self._cycle.exchange(None, until=until, asked=asked, suspects=suspects)
            self.health.take(answers, self._clock.now())
            if self.health.valid.all():
                return

    def reset(self) -> None:
        """End a latched stop: configure and activate again, from where the devices are now.

        Raises:
            WireError: Something is still wrong; the stop stays.
        """
        if not self._is_connected and not self._reconnect():
            raise WireError(f"{self.stop_reason}; the port is still gone")
        self.configure()
        self.activate()

    def close(self) -> None:
        """Let go of the line: boards stop, servos stay where they are. May be called twice."""
        if self.phase in (Phase.ACTIVE, Phase.STOPPED) and self._is_connected:
            with contextlib.suppress(WireError):  # what cannot be told, the watchdogs do
                self._setup.rest()
        self.phase = Phase.UNKNOWN
        self.bus.link.close()

    # ------------------------------------------------------------------------------ each tick

    def exchange(
        self, goals: ByteArray | None, stamp: float = 0.0, *, before: bytes = b""
    ) -> Heard:
        """Send a command and read all devices; whatever happens on the line, return in time.

        Args:
            goals: What each device takes, shape (n, length of ``line.told``); None to read only.
                A ``command_sequence`` among it is filled in.
            stamp: When the command was made [s]; one that does not change is not sent again.
            before: Frames that nobody answers, to be sent ahead of the goals.

        Returns:
            What is known of all devices now.
        """
        now = self._clock.now()
        commanding, told, is_silent = self._commanding, None, False
        if self.phase in (Phase.ACTIVE, Phase.STOPPED):
            self.stop(commanding.complaint(now))
            if self._has_lost_it(now):
                goals, is_silent = None, now < (self._led_until or 0.0)
            else:
                told = commanding.to_send(goals, stamp, now)
                is_silent = told is None and commanding.is_stale(now)
            before += commanding.arming
        answers = None if is_silent else self._talk(told, before if told is not None else b"", now)
        if answers is None:
            answers = Answers.none(len(self.line.devices), self.line.read.length)
        return self._heard(answers)

    def stop(self, reason: str) -> None:
        """Latch a stop, if there is a reason and none is latched yet."""
        if reason and self.phase is Phase.ACTIVE:
            self.stop_reason = reason
            self.phase = Phase.STOPPED

    def _has_lost_it(self, now: float) -> bool:
        """Whether a device on the line leads now, or has led since the last activation."""
        if self._led_until is None and self.line.landing > 0.0:
            unheard = float(self.health.age(now).min()) > self.line.patience
            was_late = self._commanding.is_stale(now)
            if was_late or (unheard and self.phase is Phase.STOPPED) or not self._is_connected:
                self._led_until = now + self.line.landing
        return self._led_until is not None

    def _talk(self, told: ByteArray | None, before: bytes, now: float) -> Answers | None:
        """Do the exchange; None if the port is gone."""
        if not self._is_connected and not (now >= self._retry_at and self._reconnect()):
            return None
        asked, suspects = self.health.to_ask()
        until = now + _SHARE * self.line.period
        try:
            answers = self._cycle.exchange(
                told, until=until, asked=asked, suspects=suspects, before=before
            )
            if self._commanding.is_to_be_verified and answers.fresh.all():
                self.stop(self._commanding.verify(self._setup.watchdogs(until)))
        except LinkLost as error:
            self.stop(str(error))
            self._is_connected = False
            self.bus.link.close()
            return None
        return answers

    def _reconnect(self) -> bool:
        """Try to open the port again, wherever it is now; return whether that worked."""
        self._retry_at = self._clock.now() + _RETRY
        try:
            self.bus.link = self._connect()
        except WireError:
            return False
        self._is_connected = True
        return True

    def _heard(self, answers: Answers) -> Heard:
        now, health = self._clock.now(), self.health
        health.take(answers, now)
        valid, alert = health.valid, health.alert
        if self.phase is Phase.ACTIVE and not health.is_well:
            self.stop(self._named(~valid, "silent") or self._named(alert, "reports an error"))
        return Heard(health.rows, health.fresh, valid, health.age(now), alert, self.stop_reason)

    def _named(self, which: BoolArray, what: str) -> str:
        """Return a reason with the names of devices; "" if there are none."""
        if not which.any():
            return ""
        names = [self.line.devices[place].name for place in np.flatnonzero(which)]
        return f"{', '.join(names)}: {what}"


def _health(line: Line) -> Health:
    """Return an account of a line: where bytes are damaged, readings may be as old as commands."""
    most = line.patience if line.landing else line.watchdog
    return Health(line.group, line.bound, bridged=int(most / line.period + 1e-9) - 1)
