"""Signs of life, heard by a socket as systemd has it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from test_doctor import sweeper
from test_hardware import FULL, body, idle

from robotics.deploy.notify import Notifier


@pytest.fixture
def listener(tmp_path: Path) -> socket.socket:
    """Return a socket that waits where ``NOTIFY_SOCKET`` would say."""
    one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.bind(str(tmp_path / "notify"))
    one.setblocking(False)
    return one


def heard(listener: socket.socket) -> list[str]:
    """Return what was said since."""
    found = []
    while True:
        try:
            found.append(listener.recv(4096).decode())
        except BlockingIOError:
            return found


def test_a_run_says_ready_then_lives_then_lets_go(listener: socket.socket) -> None:
    """Ten times a second, not with each of the ticks; nothing before the torque is on."""
    line = sweeper()
    one = body(line, "sweeper", FULL)
    one.notifier = Notifier(listener.getsockname())
    assert heard(listener) == []
    found = one.reset()
    assert heard(listener) == ["READY=1"]
    for _ in range(50):
        one.act(idle(found))
        found = one.observe()
    said = heard(listener)
    assert set(said) == {"WATCHDOG=1"}
    assert 9 <= len(said) <= 11
    one.close()
    assert heard(listener) == ["WATCHDOG=1\nWATCHDOG_USEC=600000000"]


def test_nobody_listens(tmp_path: Path) -> None:
    """Without systemd, with one that is gone, and with a full queue: nothing happens."""
    for address in ("", str(tmp_path / "gone"), "@nobody"):
        one = Notifier(address)
        one.ready()
        one.alive(0.0)
        one.let_go()


def test_a_listener_that_hangs_blocks_nobody(listener: socket.socket) -> None:
    """Its queue is full after some datagrams; the loop goes on."""
    one = Notifier(listener.getsockname())
    for tick in range(5000):
        one.alive(float(tick))
    assert heard(listener)
