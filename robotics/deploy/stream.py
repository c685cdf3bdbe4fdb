"""A port that only talks, beside the bus: whatever happens to it, nobody ever waits for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from robotics.wire.links import Link
from robotics.wire.packet import WireError

RETRY = 0.5
"""A port that is gone is looked for so often [s]."""


@dataclass(slots=True)
class Stream:
    """Bytes of a port, opened anew when it was lost or has said nothing for a while."""

    connect: Callable[[], Link]
    """Opens the port."""
    held: float
    """Without a byte for so long the port is opened anew [s]: adapters hang silently, too."""
    _link: Link | None = None
    _tried: float = -np.inf
    _heard: float = 0.0

    def open(self, now: float) -> None:
        """Open the port.

        Raises:
            WireError: It cannot be opened.
        """
        self._tried = now
        self._link, self._heard = self.connect(), now

    def read(self, now: float) -> bytes:
        """Return all that has come by ``now`` [s], opening the port if it is not open."""
        if self._link is None:
            if now - self._tried < RETRY:
                return b""
            try:
                self.open(now)
            except WireError:
                return b""
        data = self._all_there()
        if data:
            self._heard = now
        elif now - self._heard > self.held:
            self.close()
        return data

    def close(self) -> None:
        """Let go of the port. May be called twice."""
        if self._link is not None:
            with contextlib.suppress(WireError):
                self._link.close()
        self._link = None

    def _all_there(self) -> bytes:
        data = b""
        try:
            while self._link is not None and (piece := self._link.read(0.0)):
                data += piece
        except WireError:
            self.close()
        return data
