"""Byte agreement with implementations that others wrote: dynamixel-sdk and rustypot."""

import contextlib
import os
import pty
import termios
import tty
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.wire import instructions as say
from robotics.wire.fast import Block, common_answer
from robotics.wire.instructions import Change, Span
from robotics.wire.packet import Decoder, Packet, encode, status_frame

IDS = (1, 7, 22)
RAISED = st.binary(min_size=4, max_size=4).filter(lambda data: b"\xff\xff\xfd" not in data)
"""The Python SDK computes the stuffing of what it sends, and throws it away: not comparable."""


class Port:
    """What the SDK takes for a serial port: it keeps what is written, and gives an answer."""

    is_using = False

    def __init__(self, answer: bytes = b"") -> None:
        self.written, self.answer = b"", answer

    def clearPort(self) -> None:
        """Nothing waits."""

    def writePort(self, packet: list[int]) -> int:
        """Keep a frame."""
        self.written += bytes(packet)
        return len(packet)

    def readPort(self, length: int) -> bytes:
        """Give bytes of the answer."""
        given, self.answer = self.answer[:length], self.answer[length:]
        return given

    def setPacketTimeout(self, length: int) -> None:
        """There is nothing to wait for."""

    def setPacketTimeoutMillis(self, milliseconds: float) -> None:
        """There is nothing to wait for."""

    def isPacketTimeout(self) -> bool:
        """Whatever is not there does not come."""
        return not self.answer


@pytest.fixture(scope="module")
def sdk() -> Any:
    """Return the vendor's Python library."""
    return pytest.importorskip("dynamixel_sdk", reason="dynamixel-sdk is a peer of the test extra")


@given(data=RAISED, address=st.integers(0, 600), id=st.integers(0, 252))
def test_the_sdk_says_the_same(sdk: Any, data: bytes, address: int, id: int) -> None:
    """Ping, Read, Write, Reg Write, Reboot, Sync Write, Sync Read and Bulk Read, byte for byte."""
    packets, value = sdk.PacketHandler(2.0), int.from_bytes(data, "little")
    change, span = Change(id, address, data), Span(id, address, 4)
    wanted = {
        say.ping(id): lambda port: packets.ping(port, id),
        say.reboot(id): lambda port: packets.reboot(port, id),
        say.read(span): lambda port: packets.readTx(port, id, address, 4),
        say.write(change): lambda port: packets.write4ByteTxOnly(port, id, address, value),
        say.write(change, registered=True): lambda port: packets.regWriteTxOnly(
            port, id, address, 4, list(data)
        ),
        say.action(): lambda port: packets.action(port, 254),
    }
    for frame, send in wanted.items():
        port = Port()
        send(port)
        assert port.written == frame
    port = Port()
    writer = sdk.GroupSyncWrite(port, packets, address, 4)
    for one in IDS:
        writer.addParam(one, list(data))
    writer.txPacket()
    assert port.written == say.sync_write(address, dict.fromkeys(IDS, data))


@pytest.mark.parametrize("fast", [False, True])
@given(rows=st.lists(st.binary(min_size=4, max_size=4), min_size=3, max_size=3))
def test_the_sdk_reads_what_our_devices_say(sdk: Any, fast: bool, rows: list[bytes]) -> None:
    """Separate answers, stuffed where need be, and the common answer of a Fast Sync Read."""
    if not fast:  # its unstuffing goes wrong if an FD follows; see the notes on its defects
        rows = [row.replace(b"\xff\xff\xfd", b"\xff\xff\xfe") for row in rows]
    blocks = [Block(id, row) for id, row in zip(IDS, rows, strict=True)]
    apart = b"".join(status_frame(block.id, block.data) for block in blocks)
    port = Port(common_answer([4, 4, 4], blocks) if fast else apart)
    reader = sdk.GroupSyncRead(port, sdk.PacketHandler(2.0), 132, 4)
    for id in IDS:
        reader.addParam(id)
    assert (reader.fastSyncRead() if fast else reader.txRxPacket()) == 0
    assert port.written == say.sync_read(132, 4, IDS, fast=fast)
    for id, row in zip(IDS, rows, strict=True):
        assert reader.getData(id, 132, 4) == int.from_bytes(row, "little")


def test_the_defect_of_the_sdk_is_not_ours(sdk: Any) -> None:
    """What it sends with a header among the data is not a frame; what we send is."""
    data, packets, port = b"\xff\xff\xfd\x00", sdk.PacketHandler(2.0), Port()
    packets.write4ByteTxOnly(port, 1, 116, int.from_bytes(data, "little"))
    assert port.written != say.write(Change(1, 116, data))
    assert Decoder().feed(port.written) == []
    (packet,) = Decoder().feed(say.write(Change(1, 116, data)))
    assert say.writes(packet) == (Change(1, 116, data),)


@pytest.fixture
def line() -> Iterator[tuple[int, Any]]:
    """Return the far end of a terminal, and a rustypot controller on the near one."""
    library = pytest.importorskip("rustypot", reason="rustypot is a peer of the test extra")
    far, near = pty.openpty()
    tty.setraw(near, termios.TCSANOW)
    os.set_blocking(far, False)
    controller = library.Xl330PyController(os.ttyname(near), 1_000_000, 0.001)
    yield far, controller
    controller.close()
    os.close(far)
    os.close(near)


def asked(far: int, use: Any) -> bytes:
    """Return what a client writes before it finds that nobody answers."""
    with contextlib.suppress(RuntimeError, OSError, ValueError):
        use()
    return os.read(far, 4096)


@settings(max_examples=40)
@given(data=st.lists(st.sampled_from([0xFF, 0xFD, 0, 1]), min_size=4, max_size=4).map(bytes))
def test_rustypot_writes_the_same(data: bytes) -> None:
    """Sync Write with any data, also such as has to be stuffed."""
    library = pytest.importorskip("rustypot", reason="rustypot is a peer of the test extra")
    far, near = pty.openpty()
    tty.setraw(near, termios.TCSANOW)
    controller = library.Xl330PyController(os.ttyname(near), 1_000_000, 0.001)
    try:
        controller.sync_write_raw_data(list(IDS), 116, [list(data)] * len(IDS))
        assert os.read(far, 4096) == say.sync_write(116, dict.fromkeys(IDS, data))
    finally:
        controller.close()
        os.close(far)
        os.close(near)


def test_rustypot_asks_the_same(line: tuple[int, Any]) -> None:
    """Ping, Reboot, Sync Read and Fast Sync Read."""
    far, controller = line
    assert asked(far, lambda: controller.ping(42)) == say.ping(42)
    assert asked(far, lambda: controller.reboot(2)) == say.reboot(2)
    for fast in (False, True):
        controller.set_fast_sync_read(fast)
        frame = asked(far, lambda: controller.sync_read_raw_data(list(IDS), 126, 10))
        assert frame == say.sync_read(126, 10, IDS, fast=fast)


def test_every_frame_of_ours_is_one_packet() -> None:
    """The oracle above compares bytes; here, that they are what they seem."""
    assert Decoder().feed(say.ping(3)) == [Packet(3, 1)]
    assert encode(Packet(3, 1)) == say.ping(3)
