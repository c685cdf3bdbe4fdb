"""Telling systemd that the loop is alive: sd_notify(3) is one datagram."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass, field

PATIENT = 600.0
"""After the robot has been let go, the report may take so long [s]."""


@dataclass(slots=True)
class Notifier:
    """Reports to the address in ``NOTIFY_SOCKET``, if there is one. Never blocks, never raises."""

    address: str = ""
    every: float = 0.1
    """Least time between two signs of life [s]."""
    _socket: socket.socket | None = field(default=None)
    _told: float = float("-inf")

    def ready(self) -> None:
        """The robot stands with its torque on; from now on signs of life are expected."""
        self._send("READY=1")

    def alive(self, now: float) -> None:
        """Another tick is done, at ``now`` [s]."""
        if now - self._told >= self.every:
            self._told = now
            self._send("WATCHDOG=1")

    def let_go(self) -> None:
        """The robot has been let go; what is left to do needs no watchdog."""
        self._send(f"WATCHDOG=1\nWATCHDOG_USEC={round(1e6 * PATIENT)}")

    def _send(self, text: str) -> None:
        if not self.address:
            return
        with contextlib.suppress(OSError):
            if self._socket is None:
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                self._socket.setblocking(False)
                abstract = self.address.startswith("@")
                self._socket.connect(f"\0{self.address[1:]}" if abstract else self.address)
            self._socket.send(text.encode())
