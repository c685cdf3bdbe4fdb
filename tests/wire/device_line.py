"""A line of emulated devices with its own time: link and clock in one, for tests of the driver."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from robotics.wire import boards
from robotics.wire.bus import Timing
from robotics.wire.cycle import Addresses
from robotics.wire.driver import Driver
from robotics.wire.health import StepBound
from robotics.wire.lineup import Device, Line
from robotics.wire.links import LinkLost
from robotics.wire.servos import WATCHDOG_TRIPPED, XM430_W350
from sim.emulator.board import Board, ChassisBoard, sensor_board
from sim.emulator.device import Device as EmulatedDevice
from sim.emulator.segment import Reply, Segment
from sim.emulator.servo import Servo

SERVO = XM430_W350
COUNT = 22
BAUD = 4_000_000
PERIOD = 0.005


def servo(id: int) -> Servo:
    """Return a servo that answers at once."""
    one = Servo(SERVO, memoryview(bytearray(256)), identity=id)
    one.memory["return_delay"] = 0
    one.memory["present_position"] = 2000 + id
    return one


class DeviceLine:
    """Link and clock of a host in front of emulated devices; time passes only where it waits.

    Attributes:
        devices: The devices, by id.
        written: All that the host has sent.
        to_devices: What happens to bytes on their way to the devices.
        to_host: What happens to bytes on their way back.
        is_plugged: Whether the cable is in.
        wire_time: How long bytes were on the wire so far [s].
        sag: How far servos stand from their goals under load, by id [counts].
    """

    name = "a test's line"

    def __init__(self, devices: list[EmulatedDevice]) -> None:
        self.segment = Segment(devices, baud=BAUD)
        self.segment.is_chain = True
        self.devices = {one.identity: one for one in devices}
        self.written = b""
        self.to_devices: Callable[[bytes], bytes] = bytes
        self.to_host: Callable[[bytes], bytes] = bytes
        self.is_plugged = True
        self.wire_time = 0.0
        self.sag: dict[int, int] = {}
        self.time = 0.0
        self._sent_until = 0.0
        self._replies: deque[Reply] = deque()

    # ------------------------------------------------------------------------------------ clock

    def now(self) -> float:
        """See ``Clock``."""
        return self.time

    def wait_until(self, instant: float) -> None:
        """See ``Clock``; servos follow their goals at 10 counts a millisecond."""
        while self.time < instant:
            step = min(instant - self.time, 0.001)
            self.time += step
            self.segment.tick(self.time)
            for one in self.devices.values():
                if isinstance(one, Servo) and one.memory["torque_enable"]:
                    follow(one, round(10_000 * step), self.sag.get(one.identity, 0))

    # ------------------------------------------------------------------------------------- link

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        self._check()
        self.written += data
        duration = self.segment.duration(len(data))
        self._sent_until = max(self._sent_until, self.time) + duration
        self.wire_time += duration
        self.segment.tick(self.time)
        for reply in self.segment.hear(self.to_devices(data), self._sent_until):
            self.wire_time += self.segment.duration(len(reply.data))
            self._replies.append(Reply(self.to_host(reply.data), reply.begin, reply.end))

    def read(self, timeout: float) -> bytes:
        """See ``Link``."""
        self._check()
        until = self.time + max(timeout, 0.0)
        if not self._replies or self._replies[0].end > until:
            self.wait_until(until)
            return b""
        reply = self._replies.popleft()
        self.wait_until(reply.end)
        return reply.data

    def flush(self) -> None:
        """See ``Link``."""
        self._check()
        while self._replies and self._replies[0].end <= self.time:
            self._replies.popleft()

    def close(self) -> None:
        """See ``Link``."""

    def _check(self) -> None:
        if not self.is_plugged:
            raise LinkLost("the cable is out")


def follow(one: Servo, most: int, sag: int) -> None:
    """Let a servo go on towards its goal, less ``sag``."""
    memory = one.memory
    goal = one.held if memory["bus_watchdog"] == WATCHDOG_TRIPPED else memory["goal_position"]
    left = goal - sag - memory["present_position"]
    memory["present_position"] += min(max(left, -most), most)


def greeter_line(*, fast: bool = True) -> tuple[DeviceLine, Line]:
    """Return 22 servos and a sensor board, and what the driver has to know of them."""
    servos = [servo(id) for id in range(1, COUNT + 1)]
    pages: list[EmulatedDevice] = [*servos, *sensor_board()]
    lined = [Device(one.identity, f"servo_{one.identity}", SERVO) for one in servos]
    lined += [
        Device(id, f"page_{number}", table)
        for number, (id, table) in enumerate(
            zip(boards.SENSOR_IDS, boards.SENSOR_PAGES, strict=True)
        )
    ]
    most = np.array([200.0] * COUNT + [np.inf] * 4)
    return DeviceLine(pages), Line(
        devices=tuple(lined),
        told=Addresses(116, 4),
        read=Addresses(126, 10),
        timing=Timing(BAUD, delay=0.0, latency=0.001, quiet=0.0005),
        period=PERIOD,
        fast=fast,
        bound=StepBound(SERVO["present_position"], most),
    )


def sweeper_line() -> tuple[DeviceLine, Line]:
    """Return a chassis board, and what the driver has to know of it."""
    board: Board = ChassisBoard(np.array([60.0, 60.0, 8.0, 8.0, 15.0]))
    told, read = boards.CHASSIS_COMMAND, boards.CHASSIS_FEEDBACK
    return DeviceLine([board]), Line(
        devices=(Device(boards.CHASSIS_ID, "chassis", boards.CHASSIS_BOARD),),
        told=Addresses(told.address, told.length),
        read=Addresses(read.address, read.length),
        timing=Timing(BAUD, delay=0.0, latency=0.001, quiet=0.0005),
        period=0.02,
    )


def active(wire: DeviceLine, line: Line) -> Driver:
    """Return a driver that is ready for commands."""
    driver = Driver(line, lambda: wire, wire)
    driver.configure()
    driver.activate()
    return driver


def goals_of(line: Line, wire: DeviceLine, change: int = 0) -> np.ndarray:
    """Return rows that let every servo go ``change`` counts from where it is."""
    rows = np.zeros((len(line.devices), line.told.length), dtype=np.uint8)
    for row, device in zip(rows, line.devices, strict=True):
        if "goal_position" in device.table:
            goal = wire.devices[device.id].memory["present_position"] + change
            row[:] = np.frombuffer(goal.to_bytes(4, "little", signed=True), np.uint8)
    return rows


def positions(rows: np.ndarray) -> list[int]:
    """Return the present positions of the servos among what was read."""
    return np.ascontiguousarray(rows[:COUNT, 6:10]).view("<i4")[:, 0].tolist()
