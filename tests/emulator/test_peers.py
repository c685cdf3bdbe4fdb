"""Programs that others wrote for real servos talk to emulated ones."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BAUD = 1_000_000


@pytest.fixture
def port() -> Iterator[str]:
    """Three servos, ids 1 to 3, at 1000, 2000 and 3000 counts, in a process of their own."""
    child = subprocess.Popen(
        [sys.executable, str(HERE / "bare_bus.py")],
        cwd=HERE.parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    yield child.stdout.readline().strip()
    child.communicate()


def _again(ask: object, wanted: object) -> bool:
    """Ask until the answer is as wanted; a busy machine lets the peers' short patience run out."""
    assert callable(ask)
    return any(ask() == wanted for _ in range(20))


def test_the_makers_own_library_drives_them(port: str) -> None:
    """Ping, write, read, an error number, several at once, one packet from several."""
    sdk = pytest.importorskip("dynamixel_sdk", reason="dynamixel-sdk is not installed")
    line, packets = sdk.PortHandler(port), sdk.PacketHandler(2.0)
    assert line.openPort()
    assert _again(lambda: packets.ping(line, 1)[0], 1020)
    assert _again(lambda: packets.read4ByteTxRx(line, 2, 132)[0], 2000)
    assert _again(lambda: packets.write1ByteTxRx(line, 1, 64, 1), (0, 0))
    assert _again(lambda: packets.write4ByteTxRx(line, 1, 116, 9000), (0, 6))
    group = sdk.GroupSyncRead(line, packets, 132, 4)
    for id in (1, 2, 3):
        assert group.addParam(id)
    assert _again(group.txRxPacket, 0)
    assert [group.getData(id, 132, 4) for id in (1, 2, 3)] == [1000, 2000, 3000]
    assert _again(group.fastSyncRead, 0)
    assert [group.getData(id, 132, 4) for id in (1, 2, 3)] == [1000, 2000, 3000]
    line.closePort()


def test_rustypot_drives_them(port: str) -> None:
    """A sync read, and a sync write that is read back; counts, as that class has them."""
    rustypot = pytest.importorskip("rustypot", reason="rustypot is not installed")
    bus = rustypot.Xl430PyController(port, BAUD, 0.2)
    assert list(bus.sync_read_present_position([1, 2, 3])) == [1000, 2000, 3000]
    bus.sync_write_goal_position([1, 2], [2300, 1800])
    assert list(bus.sync_read_goal_position([1, 2])) == [2300, 1800]
