"""What can drive a line of servos: ours, and the libraries that the field uses.

Each client is a function of goals (22,) that writes all of them, reads load, velocity and position
of all servos, and returns the readings that it got, shape (k,).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robotics.wire.bus import Timing
from robotics.wire.cycle import Addresses
from robotics.wire.driver import Driver
from robotics.wire.health import StepBound
from robotics.wire.lineup import Device, Line
from robotics.wire.links import SerialLink
from robotics.wire.pacer import WallClock
from robotics.wire.servos import XM430_W350
from wired.devices import IDS, READING, SERVOS

Client = Callable[[NDArray[np.int32]], NDArray[np.void]]

ANY_BAUD = 1_000_000
_ROWS = (READING.itemsize,)
_TIMEOUT = 0.01
"""Of rustypot [s]; the vendor's library has its own."""


def line_of(*, baud: int, period: float, latency: float = 0.005, fast: bool = True) -> Line:
    """Return what our driver has to know of the devices."""
    return Line(
        devices=tuple(Device(id, f"servo {id}", XM430_W350) for id in IDS),
        told=Addresses(116, 4),
        read=Addresses(126, READING.itemsize),
        timing=Timing(baud, delay=0.0, latency=latency),
        period=period,
        fast=fast,
        bound=StepBound(XM430_W350["present_position"], np.full(SERVOS, 4096.0)),
    )


@contextmanager
def ours(
    port: str,
    *,
    fast: bool = True,
    baud: int = 4_000_000,
    period: float = 0.02,
    latency: float = 0.005,
) -> Iterator[Client]:
    """Drive by ``robotics.wire``: the whole driver, watchdogs armed.

    Args:
        port: What to open.
        fast: By Fast Sync Read.
        baud: Speed of the wire [bit/s].
        period: Of the control loop [s]; an answer is waited for four fifths of it.
        latency: To reckon with, beside the wire: that of a busy machine [s].
    """
    clock = WallClock()
    line = line_of(baud=baud, period=period, latency=latency, fast=fast)
    driver = Driver(line, lambda: SerialLink(port, ANY_BAUD), clock)
    driver.configure()
    driver.activate()
    number = 0

    def cycle(goals: NDArray[np.int32]) -> NDArray[np.void]:
        nonlocal number
        number += 1
        heard = driver.exchange(goals.view(np.uint8).reshape(SERVOS, 4), float(number))
        readings = np.ascontiguousarray(heard.rows).view(READING)[:, 0]
        return readings if driver.health.is_well else readings[heard.fresh]

    try:
        yield cycle
    finally:
        driver.close()


@contextmanager
def sdk(port: str, *, fast: bool) -> Iterator[Client]:
    """Drive by the vendor's dynamixel-sdk."""
    from dynamixel_sdk import GroupSyncRead, GroupSyncWrite, PacketHandler, PortHandler

    handler, packets = PortHandler(port), PacketHandler(2.0)
    handler.openPort()
    handler.setBaudRate(ANY_BAUD)
    writer = GroupSyncWrite(handler, packets, 116, 4)
    reader = GroupSyncRead(handler, packets, 126, READING.itemsize)
    for id in IDS:
        reader.addParam(id)

    def cycle(goals: NDArray[np.int32]) -> NDArray[np.void]:
        writer.clearParam()
        for id, goal in zip(IDS, goals.tolist(), strict=True):
            writer.addParam(id, list(goal.to_bytes(4, "little", signed=True)))
        writer.txPacket()
        if (reader.fastSyncRead() if fast else reader.txRxPacket()) != 0:
            return np.zeros(0, dtype=READING)
        rows = [
            (
                np.uint16(reader.getData(id, 126, 2)).astype(np.int16),
                np.uint32(reader.getData(id, 128, 4)).astype(np.int32),
                np.uint32(reader.getData(id, 132, 4)).astype(np.int32),
            )
            for id in IDS
        ]
        return np.array(rows, dtype=READING)

    try:
        yield cycle
    finally:
        handler.closePort()


@contextmanager
def rustypot(port: str, *, fast: bool) -> Iterator[Client]:
    """Drive by Pollen's rustypot, its quickest way: raw blocks."""
    import rustypot as library

    controller: Any = library.Xl330PyController(port, ANY_BAUD, _TIMEOUT)
    controller.set_fast_sync_read(fast)
    ids = list(IDS)

    def cycle(goals: NDArray[np.int32]) -> NDArray[np.void]:
        rows = [list(goal.to_bytes(4, "little", signed=True)) for goal in goals.tolist()]
        try:
            controller.sync_write_raw_data(ids, 116, rows)
            said = controller.sync_read_raw_data(ids, 126, READING.itemsize)
        except (RuntimeError, OSError, ValueError):
            return np.zeros(0, dtype=READING)
        return np.frombuffer(b"".join(bytes(one) for one in said), dtype=READING)

    try:
        yield cycle
    finally:
        controller.close()
