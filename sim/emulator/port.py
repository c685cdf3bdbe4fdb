"""The host's end of a line in a repeatable run: the real port, and the devices served meanwhile."""

from __future__ import annotations

from robotics.core.errors import BackendError
from robotics.wire.links import Link, SerialLink
from robotics.wire.packet import WireError
from sim.emulator.clock import EmulatedClock
from sim.emulator.line import PATIENCE, Line


class ServedLink:
    """A serial port whose devices act whenever the host waits; satisfies ``robotics.wire.Link``.

    Bytes go through the kernel both ways. Only when they count as received is reckoned: by the
    speed of the line and the simulated clock.
    """

    def __init__(self, line: Line, clock: EmulatedClock, baud: int) -> None:
        """Open the terminal of ``line`` as the host does.

        Raises:
            WireError: It cannot be opened, or is unplugged.
        """
        self._line, self._clock, self._baud = line, clock, baud
        if line.terminal is None:
            raise WireError("the emulated port is unplugged; plug it in again")
        self.name = line.terminal.name
        self._port: Link = SerialLink(self.name, baud)
        self._written = 0
        self._sent_until = 0.0
        clock.serve = self._serve

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        self._port.write(data)
        self._written += len(data)

    def read(self, timeout: float) -> bytes:
        """See ``Link``."""
        self._serve()
        due, until = self._line.due(), self._clock.now() + max(timeout, 0.0)
        if due is None or due > until:
            self._clock.wait_until(until)
            return b""
        self._clock.wait_until(due)
        return self._fetch()

    def flush(self) -> None:
        """See ``Link``."""
        self._serve()
        self._fetch()
        self._port.flush()

    def close(self) -> None:
        """See ``Link``."""
        self._clock.serve = lambda: None
        self._port.close()

    def _serve(self) -> None:
        """Bring what was written to the devices."""
        if not self._written:
            return
        count, self._written = self._written, 0
        terminal = self._line.terminal
        if terminal is None:
            return
        heard = terminal.take(count)
        begin = max(self._sent_until, self._clock.now())
        self._sent_until = begin + self._line.segment.duration(count)
        self._line.hear(heard, self._sent_until)

    def _fetch(self) -> bytes:
        """Return what has passed the line by now."""
        count, data = self._line.deliver(self._clock.now()), b""
        if self._line.terminal is None:
            return self._port.read(0.0)
        while len(data) < count:
            piece = self._port.read(PATIENCE)
            if not piece:
                raise BackendError(f"{self.name}: {count - len(data)} bytes were lost in a pty")
            data += piece
        return data
