"""Where bytes go out and come in: a serial port, or anything that pyserial has a URL for.

The only place that imports ``serial``. Bytes are read and written on the file descriptor itself:
pyserial's own ``read`` takes longer than a whole exchange.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
from collections.abc import Callable
from typing import Protocol

import serial
from serial.tools import list_ports

from robotics.wire.packet import WireError

_CHUNK = 8192
_PATIENCE = 0.1
"""A port that takes no bytes for this long is lost [s]."""


class LinkLost(WireError):
    """The port is gone: unplugged, or hung up."""


class Link(Protocol):
    """A two-way stream of bytes."""

    name: str
    """What was opened, for people."""

    def write(self, data: bytes) -> None:
        """Send all of ``data``.

        Raises:
            LinkLost: The port is gone.
        """

    def read(self, timeout: float) -> bytes:
        """Return what has come; if nothing has, wait for it no longer than ``timeout`` [s].

        Returns:
            At least one byte, or ``b""`` if none came in time.

        Raises:
            LinkLost: The port is gone.
        """

    def flush(self) -> None:
        """Forget what has come and was not read.

        Raises:
            LinkLost: The port is gone.
        """

    def close(self) -> None:
        """Let go of the port. May be called twice."""


class SerialLink:
    """A serial port, a pseudo-terminal, or ``socket://host:port``, for us alone."""

    def __init__(self, port: str, baud: int) -> None:
        """Open it.

        Args:
            port: Path of the port, or a URL that pyserial knows.
            baud: Speed [bit/s].

        Raises:
            WireError: It cannot be opened; the text says why and what to do.
        """
        self.name = port
        self._port = _opened(port, baud)
        self._fd = int(self._port.fileno())
        os.set_blocking(self._fd, False)
        self._is_terminal = os.isatty(self._fd)
        if self._is_terminal:
            with contextlib.suppress(OSError):
                fcntl.ioctl(self._fd, termios.TIOCEXCL)
        with contextlib.suppress(OSError, ValueError, AttributeError, NotImplementedError):
            self._port.set_low_latency_mode(True)  # what is no UART cannot

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        try:
            sent = os.write(self._fd, data)
            while sent < len(data):
                if not select.select((), (self._fd,), (), _PATIENCE)[1]:
                    raise LinkLost(f"{self.name} takes no more bytes; is the adapter stuck?")
                sent += os.write(self._fd, data[sent:])
        except BlockingIOError:
            raise LinkLost(f"{self.name} takes no bytes; is the adapter stuck?") from None
        except (OSError, ValueError) as error:
            raise self._lost(error) from None

    def read(self, timeout: float) -> bytes:
        """See ``Link``."""
        try:
            if not select.select((self._fd,), (), (), max(timeout, 0.0))[0]:
                return b""
            data = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise self._lost(error) from None
        if not data:
            raise LinkLost(f"{self.name} hung up; plug it in again")
        return data

    def flush(self) -> None:
        """See ``Link``."""
        while self.read(0.0):
            pass

    def close(self) -> None:
        """See ``Link``."""
        if self._fd < 0:
            return
        if self._is_terminal:
            with contextlib.suppress(OSError):
                fcntl.ioctl(self._fd, termios.TIOCNXCL)
        self._fd = -1
        # what pyserial raises on a port that hung up is not always an OSError
        with contextlib.suppress(serial.SerialException, OSError, termios.error):
            self._port.close()

    def _lost(self, error: Exception) -> LinkLost:
        return LinkLost(f"{self.name} is gone ({error}); plug it in again")


def _opened(port: str, baud: int) -> serial.SerialBase:
    """Open a port by pyserial, for us alone.

    Raises:
        WireError: It cannot be opened.
    """
    try:
        return serial.serial_for_url(port, baud, timeout=0, write_timeout=0, exclusive=True)
    except (serial.SerialException, OSError, termios.error, ValueError) as error:
        raise WireError(f"cannot open {port}: {_why(port, error)}") from None


def _why(port: str, error: Exception) -> str:
    """Return the reason and the cure."""
    text = str(error)
    if "exclusively lock" in text or "busy" in text.lower():
        return "another program has it; close that program first"
    if isinstance(error, ValueError):
        return f"{text}; allowed are a port such as /dev/ttyUSB0, or socket://host:port"
    if "Permission" in text:
        return "you may not; add yourself to the group that owns it (dialout), and log in again"
    if "No such file" in text:
        there = ", ".join(sorted(one.device for one in list_ports.comports())) or "none"
        return f"there is no such port; ports found: {there}"
    return text


def opener(port: str, baud: int) -> Callable[[], Link]:
    """Return what opens a port, also after it was unplugged and came back under another name.

    Args:
        port: Path of the port, or a URL that pyserial knows.
        baud: Speed [bit/s].
    """
    number = serial_number(port)

    def connect() -> Link:
        """Open the port where its adapter is now; raises ``WireError`` if it is not there."""
        return SerialLink((port_of(number) if number else "") or port, baud)

    return connect


def serial_number(port: str) -> str:
    """Return the serial number of the adapter behind a port; "" if it has none."""
    real = os.path.realpath(port)
    for one in list_ports.comports():
        if os.path.realpath(one.device) == real:
            return one.serial_number or ""
    return ""


def port_of(number: str) -> str:
    """Return the port that an adapter has now, by its serial number; "" if it is not there."""
    return next((one.device for one in list_ports.comports() if one.serial_number == number), "")
