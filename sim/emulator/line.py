"""A pseudo-terminal with a bus behind it: real bytes through the kernel, times of the simulation.

The host opens the terminal by name like any serial adapter. In a run that must be repeatable, host
and devices share one process and one simulated clock: what the host writes is taken from the
kernel before it waits for an answer, and what devices answer is given to it when its last bit has
passed the line. Nothing depends on how fast the machine is.
"""

from __future__ import annotations

import os
import select
import termios
import tty
from collections import deque
from collections.abc import Callable

from robotics.core.errors import BackendError
from sim.emulator.segment import Reply, Segment

PATIENCE = 5.0
"""Bytes between two ends of a pseudo-terminal that take longer are lost for good [s]."""
CHUNK = 65536
_OUT = 5
"""Where ``tcgetattr`` puts the speed of what goes out."""
SPEEDS = {
    getattr(termios, name): int(name[1:])
    for name in dir(termios)
    if name[0] == "B" and name[1:].isdigit()
}
"""Bits each second for each of the constants that a terminal keeps its speed as."""


class Terminal:
    """A pseudo-terminal in raw mode.

    Attributes:
        name: What the host opens.
        master: File descriptor of the devices' end.
    """

    def __init__(self) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        os.set_blocking(self.master, False)
        self.name = os.ttyname(self._slave)

    @property
    def baud(self) -> int:
        """The speed at which the host has opened it [bit/s]; 0 if it is no usual one."""
        return SPEEDS.get(termios.tcgetattr(self._slave)[_OUT], 0)

    def take(self, count: int) -> bytes:
        """Return the ``count`` bytes that are under way to the devices.

        Raises:
            BackendError: They do not come.
        """
        taken = b""
        while len(taken) < count:
            if not select.select([self.master], [], [], PATIENCE)[0]:
                raise BackendError(f"{self.name}: {count - len(taken)} bytes were lost in a pty")
            taken += os.read(self.master, CHUNK)
        return taken

    def take_all(self) -> bytes:
        """Return whatever has come for the devices."""
        try:
            return os.read(self.master, CHUNK)
        except BlockingIOError:
            return b""

    def put(self, data: bytes) -> None:
        """Send bytes to the host; those that nobody fetches are lost, as on a real line."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self.master, view) :]
            except BlockingIOError:
                return

    def hang_up(self) -> None:
        """Pull the plug. May be called twice."""
        for end in (self.master, self._slave):
            if end >= 0:
                os.close(end)
        self.master = self._slave = -1


Noise = Callable[[bytes], bytes]
"""What the line does to bytes."""


def unharmed(data: bytes) -> bytes:
    """Do nothing: a line without faults."""
    return data


class Line:
    """A terminal, its bus, and what is under way between them.

    Attributes:
        terminal: The pseudo-terminal; None while it is unplugged.
        segment: The devices.
        on_heard: Called after the devices obeyed, with the time [s].
        to_devices: What happens to bytes on their way to the devices.
        to_host: What happens to bytes on their way to the host.
        gathered: The adapter keeps bytes for so long before it hands them over [s].
    """

    def __init__(self, segment: Segment) -> None:
        self.terminal: Terminal | None = Terminal()
        self.segment = segment
        self.on_heard: Callable[[float], None] = lambda now: None
        self.to_devices: Noise = unharmed
        self.to_host: Noise = unharmed
        self.gathered = 0.0
        self._under_way: deque[Reply] = deque()

    def plug(self) -> str:
        """Plug a cable that was pulled in again; return the new name of the port."""
        if self.terminal is None:
            self.terminal = Terminal()
        return self.terminal.name

    def unplug(self) -> None:
        """Pull the cable; what is under way is lost."""
        if self.terminal is not None:
            self.terminal.hang_up()
        self.terminal = None
        self._under_way.clear()

    def hear(self, data: bytes, now: float) -> None:
        """Give bytes of the host to the devices; the last one came at ``now`` [s]."""
        replies = self.segment.hear(self.to_devices(data), now)
        for reply in replies:
            harmed = self.to_host(reply.data)
            self._under_way.append(Reply(harmed, reply.begin, reply.end + self.gathered))
        self.on_heard(now)

    def due(self) -> float | None:
        """Return when the next answer has passed the line [s]; None if there is none."""
        return self._under_way[0].end if self._under_way else None

    def deliver(self, now: float) -> int:
        """Send what has passed the line by ``now`` [s]; return how many bytes."""
        count = 0
        while self._under_way and self._under_way[0].end <= now + 1e-12:
            data = self._under_way.popleft().data
            if self.terminal is not None:
                self.terminal.put(data)
                count += len(data)
        return count
