"""A serial satellite receiver beside the bus: its newest fix for the observation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from robotics.core.messages import GnssFix
from robotics.deploy.stream import Stream
from robotics.wire.gnss import NmeaDecoder
from robotics.wire.links import Link

HELD = 5.0
"""Receivers talk at least once a second [s]."""
BAUD = 115_200
"""What u-blox F9 and Unicore rovers are usually set to; 38 400 and 9 600 are their makers'."""


@dataclass(slots=True)
class SerialGnss:
    """Reads a receiver without ever waiting for it; without its cable there is just no fix."""

    connect: Callable[[], Link]
    """Opens the port."""
    latency: float = 0.05
    """From the instant of a fix to its last byte [s]: computing, and two sentences on the line."""
    decoder: NmeaDecoder = field(default_factory=NmeaDecoder)
    stream: Stream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = Stream(self.connect, HELD)

    def latest(self, now: float) -> GnssFix | None:
        """Return the newest fix that has come since the last call, if one has."""
        fixes = self.decoder.feed(self.stream.read(now))
        return replace(fixes[-1], age=fixes[-1].age + self.latency) if fixes else None

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        self.stream.close()
