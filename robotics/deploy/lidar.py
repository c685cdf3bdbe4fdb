"""A serial lidar beside the bus: the newest whole turn as the scan that controllers expect."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Scan
from robotics.wire.ld19 import Decoder, Turn, as_seen_at_the_end, scan_of
from robotics.wire.links import Link
from robotics.wire.packet import WireError

AROUND = frozen(np.linspace(-np.pi, np.pi, 360, endpoint=False))
"""Bearings of the lidar that localises [rad]."""
AHEAD = frozen(np.linspace(-np.pi / 3, np.pi / 3, 180))
"""Bearings of the down-tilted lidar [rad]."""
RETRY = 0.5
"""A port that is gone is looked for so often [s]."""
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
    _link: Link | None = None
    _tried: float = -np.inf
    _heard: float = 0.0

    def latest(self, now: float, twist: ArrayLike = (0.0, 0.0, 0.0)) -> Scan | None:
        """Return the newest turn that has come to its end since the last call, if one has.

        Args:
            now: [s].
            twist: Velocity of the lidar in its frame (vx, vy, wz) [m/s, rad/s].
        """
        turns = self.decoder.feed(self._read(now))
        if not turns:
            return None
        turn = as_seen_at_the_end(self._turned(turns[-1]), twist)
        return scan_of(turn, self.angles)

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        if self._link is not None:
            with contextlib.suppress(WireError):
                self._link.close()
        self._link = None

    def _turned(self, turn: Turn) -> Turn:
        """Return a turn in the lidar's frame, however it is mounted."""
        sign = -1.0 if self.upside_down else 1.0
        if sign > 0.0 and self.mounted_at == 0.0:
            return turn
        shifted = sign * turn.angle + np.asarray(self.mounted_at) + np.pi
        angle = np.remainder(shifted, 2.0 * np.pi) - np.pi
        return Turn(frozen(angle), turn.range, turn.intensity, turn.time, turn.speed)

    def _read(self, now: float) -> bytes:
        """Return all that has come, opening the port if it is not open."""
        if self._link is None:
            if now - self._tried < RETRY:
                return b""
            self._tried = now
            try:
                self._link, self._heard = self.connect(), now
            except WireError:
                return b""
        data = b""
        try:
            while piece := self._link.read(0.0):
                data += piece
        except WireError:
            self.close()
            return data
        if data:
            self._heard = now
        elif now - self._heard > HELD:
            self.close()
        return data
