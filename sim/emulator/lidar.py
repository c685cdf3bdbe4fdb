"""Lidars behind serial ports of their own: the packets of an LD19."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.errors import BackendError
from robotics.core.messages import Scan
from robotics.wire.ld19 import LD19, Decoder, encode_packet, packets_of, scan_of
from robotics.wire.links import SerialLink
from sim.emulator.line import PATIENCE, Terminal

AROUND = 540
"""Bearings of a whole turn, as close as those of the down-tilted lidar; a multiple of twelve."""


class LidarPort:
    """The lidar's end.

    Attributes:
        terminal: Its pseudo-terminal.
    """

    def __init__(self, period: float) -> None:
        """Begin with a mirror that turns once in ``period`` [s]."""
        self.terminal = Terminal()
        self._speed = 2.0 * math.pi / period

    def send(self, scan: Scan, time: float) -> int:
        """Send one turn that began at ``time`` [s]; return how many bytes that are."""
        data = b"".join(
            encode_packet(one) for one in packets_of(scan, speed=self._speed, time=time)
        )
        self.terminal.put(data)
        return len(data)

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        self.terminal.hang_up()


def as_a_turn(scan: Scan) -> Scan:
    """Return a scan of a sector as the whole turn that a lidar sends; nothing is seen beside it."""
    bearings = np.linspace(-np.pi, np.pi, AROUND, endpoint=False)
    after = np.clip(np.searchsorted(scan.angle, bearings), 1, len(scan.angle) - 1)
    nearer = bearings - scan.angle[after - 1] <= scan.angle[after] - bearings
    nearest = np.where(nearer, after - 1, after)
    is_seen = np.abs(scan.angle[nearest] - bearings) < np.pi / AROUND
    return Scan(bearings, np.where(is_seen, scan.range[nearest], 0.0))


class WiredLidar:
    """Lidar and host in one process: a scan goes in, and out at the other end of the port."""

    def __init__(self, period: float) -> None:
        """Open both ends; the mirror turns once in ``period`` [s]."""
        self.port = LidarPort(period)
        self._link = SerialLink(self.port.terminal.name, LD19.baud)
        self._decoder = Decoder()

    def pass_on(self, scan: Scan | None, time: float) -> Scan | None:
        """Return what the host makes of ``scan``, measured at ``time`` [s].

        Raises:
            BackendError: Bytes were lost in the kernel.
        """
        if scan is None:
            return None
        left, data = self.port.send(scan, time), b""
        while len(data) < left:
            piece = self._link.read(PATIENCE)
            if not piece:
                raise BackendError(f"{self._link.name}: {left - len(data)} bytes were lost")
            data += piece
        turns = self._decoder.feed(data)
        return scan_of(turns[-1], scan.angle) if turns else None

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        self._link.close()
        self.port.close()
