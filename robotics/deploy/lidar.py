"""A serial lidar beside the bus: the newest whole turn as the scan that controllers expect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Scan
from robotics.deploy.stream import Stream
from robotics.wire.ld19 import Decoder, Turn, as_seen_at_the_end, scan_of
from robotics.wire.links import Link

AROUND = frozen(np.linspace(-np.pi, np.pi, 360, endpoint=False))
"""Bearings of the lidar that localises [rad]."""
AHEAD = frozen(np.linspace(-np.pi / 3, np.pi / 3, 180))
"""Bearings of the down-tilted lidar [rad]."""
HELD = 0.25
"""Without a byte for so long the port is opened anew [s]: adapters hang silently, too."""


@dataclass(slots=True)
class SerialLidar:
    """Reads a lidar without ever waiting for it.

    Whatever happens to its cable, there is just no scan; the estimator notices and says so.
    """

    connect: Callable[[], Link]
    """Opens the port."""
    angles: Array = field(default_factory=lambda: AROUND)
    """Bearings wanted, ascending [rad]."""
    mounted_at: ArrayLike = 0.0
    """Bearing of the lidar's arrow in its frame [rad], counter-clockwise."""
    upside_down: bool = False
    """Whether it hangs with its head down."""
    decoder: Decoder = field(default_factory=Decoder)
    stream: Stream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = Stream(self.connect, HELD)

    def latest(self, now: float, twist: ArrayLike = (0.0, 0.0, 0.0)) -> Scan | None:
        """Return the newest turn that has come to its end since the last call, if one has.

        Args:
            now: [s].
            twist: Velocity of the lidar in its frame (vx, vy, wz) [m/s, rad/s].
        """
        turns = self.decoder.feed(self.stream.read(now))
        if not turns:
            return None
        turn = as_seen_at_the_end(self._turned(turns[-1]), twist)
        return scan_of(turn, self.angles)

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        self.stream.close()

    def _turned(self, turn: Turn) -> Turn:
        """Return a turn in the lidar's frame, however it is mounted."""
        sign = -1.0 if self.upside_down else 1.0
        if sign > 0.0 and self.mounted_at == 0.0:
            return turn
        shifted = sign * turn.angle + np.asarray(self.mounted_at) + np.pi
        angle = np.remainder(shifted, 2.0 * np.pi) - np.pi
        return Turn(frozen(angle), turn.range, turn.intensity, turn.time, turn.speed)
