"""Serial ports through the kernel: whole writes, bounded reads, hang-ups, one program at a time."""

import os
import pty
import socket
import termios
import tty
from collections.abc import Iterator

import pytest
from serial.tools.list_ports_common import ListPortInfo

from robotics.wire.bus import Bus, Timing
from robotics.wire.links import LinkLost, SerialLink, opener, port_of, serial_number
from robotics.wire.pacer import WallClock
from robotics.wire.packet import WireError


@pytest.fixture
def ends() -> Iterator[tuple[int, str]]:
    """Return the far end of a pseudo-terminal, and the name of the near one."""
    far, near = pty.openpty()
    tty.setraw(near, termios.TCSANOW)
    yield far, os.ttyname(near)
    for end in (near, far):
        os.close(end)


def test_bytes_go_both_ways(ends: tuple[int, str]) -> None:
    """All values, unchanged by the terminal."""
    far, name = ends
    link = SerialLink(name, 1_000_000)
    link.write(bytes(range(256)))
    assert os.read(far, 1000) == bytes(range(256))
    os.write(far, bytes(range(255, -1, -1)))
    assert link.read(1.0) == bytes(range(255, -1, -1))
    link.close()
    link.close()


def test_a_read_waits_no_longer_than_it_may(ends: tuple[int, str]) -> None:
    """Nothing comes: an empty answer, and time has passed."""
    link, clock = SerialLink(ends[1], 1_000_000), WallClock()
    begin = clock.now()
    assert link.read(0.02) == b""
    assert clock.now() - begin >= 0.02
    assert link.read(-1.0) == b""
    clock.wait_until(begin)
    link.close()


def test_what_waits_can_be_forgotten(ends: tuple[int, str]) -> None:
    """Late answers are thrown away before a question."""
    far, name = ends
    link = SerialLink(name, 1_000_000)
    os.write(far, b"late")
    assert link.read(1.0)[:1] == b"l"
    os.write(far, b"later")
    link.flush()
    assert link.read(0.0) == b""
    link.close()


def test_a_second_program_is_refused(ends: tuple[int, str]) -> None:
    """One line says that somebody has it, and what to do; afterwards the port is free again."""
    link = SerialLink(ends[1], 1_000_000)
    with pytest.raises(WireError, match=r"another program has it; close that program first"):
        SerialLink(ends[1], 1_000_000)
    link.close()
    SerialLink(ends[1], 1_000_000).close()


def test_a_port_that_hangs_up_is_lost(ends: tuple[int, str]) -> None:
    """Reading, writing and flushing say so, and closing still works."""
    far, near = pty.openpty()
    link = SerialLink(os.ttyname(near), 1_000_000)
    os.close(near)
    os.close(far)
    for use in (lambda: link.write(b"x"), lambda: link.read(0.0), link.flush):
        with pytest.raises(LinkLost, match=r"gone|hung up"):
            use()
    link.close()


def test_a_port_that_takes_nothing_is_lost(ends: tuple[int, str]) -> None:
    """An adapter that is stuck does not block the loop for ever."""
    link = SerialLink(ends[1], 1_000_000)
    with pytest.raises(LinkLost, match="stuck"):
        link.write(bytes(10_000_000))
    link.close()


@pytest.mark.parametrize(
    ("port", "says"),
    [
        ("/dev/there-is-none", r"there is no such port; ports found"),
        ("nonsense://x", r"allowed are a port such as /dev/ttyUSB0, or socket://host:port"),
        ("socket://127.0.0.1:1", r"cannot open socket"),
    ],
)
def test_a_port_that_cannot_be_opened_is_one_clear_line(port: str, says: str) -> None:
    """It names the port, what is wrong, and what is allowed."""
    with pytest.raises(WireError, match=says):
        SerialLink(port, 1_000_000)


def test_a_bus_may_be_behind_a_socket() -> None:
    """Through pyserial's handler of URLs: the same reads and writes, and the same hang-up."""
    server = socket.create_server(("127.0.0.1", 0))
    link = SerialLink(f"socket://127.0.0.1:{server.getsockname()[1]}", 1_000_000)
    far, _ = server.accept()
    link.write(b"question")
    assert far.recv(100) == b"question"
    far.sendall(b"answer")
    assert link.read(1.0) == b"answer"
    far.close()
    with pytest.raises(LinkLost, match="hung up"):
        link.read(1.0)
    link.close()
    server.close()


def test_ports_are_known_by_serial_number() -> None:
    """A pseudo-terminal has none, and nobody has that one."""
    assert serial_number("/dev/null") == ""
    assert port_of("no adapter has this") == ""


def test_an_adapter_is_found_under_another_name(
    ends: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its serial number leads to it; without one, the name is kept."""
    names = ["/dev/ttyUSB7"]

    def comports() -> list[ListPortInfo]:
        info = ListPortInfo(names[0])
        info.serial_number = "FT123"
        return [info]

    monkeypatch.setattr("robotics.wire.links.list_ports.comports", comports)
    connect = opener("/dev/ttyUSB7", 1_000_000)
    with pytest.raises(WireError, match="/dev/ttyUSB7"):
        connect()
    names[0] = ends[1]
    link = connect()
    assert link.name == ends[1]
    link.close()
    plain = opener(ends[1], 1_000_000)()
    plain.close()


def test_a_bus_without_devices_answers_in_time(ends: tuple[int, str]) -> None:
    """Nobody is there: a ping says so, a scan finds nothing."""
    link = SerialLink(ends[1], 4_000_000)
    bus = Bus(link, WallClock(), Timing(4_000_000, latency=0.002))
    assert bus.ping(1) is None
    assert bus.scan() == ()
    link.close()
