"""The body of a real robot, in front of emulated devices and a lidar's own bytes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from device_line import DeviceLine
from test_doctor import greeter, sweeper

from robotics.core.errors import BackendError, OptionError
from robotics.core.messages import Command, Observation, Scan
from robotics.deploy.doctor import on_wire
from robotics.deploy.hardware import HardwareBackend, Ports, is_port, open_hardware
from robotics.deploy.lidar import AROUND, HELD, SerialLidar
from robotics.robots.bus_backend import BusBackend
from robotics.wire.ld19 import encode_packet, packets_of
from robotics.wire.packet import WireError
from robotics.wire.realtime import Granted, Punctual


class Bytes:
    """A link that gives what lies in it."""

    name = "a test's lidar"

    def __init__(self, data: bytes = b"") -> None:
        self.data, self.is_gone, self.closed = data, False, 0

    def read(self, timeout: float) -> bytes:
        """See ``Link``."""
        if self.is_gone:
            raise WireError("gone")
        given, self.data = self.data[:100], self.data[100:]
        return given

    def write(self, data: bytes) -> None:
        """See ``Link``."""

    def flush(self) -> None:
        """See ``Link``."""

    def close(self) -> None:
        """See ``Link``."""
        self.closed += 1


def turn(ranges: np.ndarray, begin: float = 0.0) -> bytes:
    """Return the bytes of a whole turn."""
    scan = Scan(AROUND, ranges)
    return b"".join(encode_packet(one) for one in packets_of(scan, speed=20 * math.pi, time=begin))


def body(
    line: DeviceLine, robot: str, granted: Granted, *, derate: bool = False
) -> HardwareBackend:
    """Return the body of a robot whose devices are emulated."""
    wire = on_wire(robot)
    clock = Punctual(line, wire.line.period)
    wheels = (0, 1) if robot == "sweeper" else ()
    host = BusBackend(wire, lambda: line, clock)
    return HardwareBackend(host, clock, arm=lambda: granted, derate=derate, wheels=wheels)


def idle(found: Observation, target: float = 0.0) -> Command:
    """Return a command for as many joints as there are."""
    here = found.joints.position if len(found.joints.position) > 5 else np.full(5, target)
    return Command(here, np.ones(len(here)))


FULL = Granted(fifo=True, locked=True)
NONE = Granted(refused=("no SCHED_FIFO",))


@pytest.mark.parametrize("robot", ["sweeper", "greeter"])
def test_it_keeps_the_contract_of_a_body(robot: str) -> None:
    """Reset, act, observe: times a period apart, readings of all joints, no scan without lidar."""
    line = sweeper() if robot == "sweeper" else greeter()
    one = body(line, robot, FULL)
    found = one.reset()
    for tick in range(20):
        one.act(idle(found))
        found = one.observe()
        assert math.isclose(found.time, (tick + 1) * one.period)
        assert found.joints.valid.all()
        assert found.scan is None
        assert not found.faults
    one.close()
    one.close()


def test_the_wrong_port_is_told_from_a_broken_device() -> None:
    """If nobody answers it is not 26 cables: one line says so, not 26."""
    line = greeter()
    for device in line.devices.values():
        device.is_cut_off = True
    with pytest.raises(BackendError, match="none of the 26 devices answers"):
        body(line, "greeter", FULL).reset()


def test_no_torque_without_real_time() -> None:
    """Not a byte is written; the text says why and what to do."""
    line = sweeper()
    with pytest.raises(BackendError, match="no SCHED_FIFO"):
        body(line, "sweeper", NONE).reset()
    assert line.written == b""
    with pytest.raises(BackendError, match="no SCHED_FIFO"):
        body(greeter(), "greeter", NONE, derate=True).reset()


def test_a_derated_sweeper_is_told_a_quarter_of_the_speed() -> None:
    """Its wheels; its brushes turn as they should."""
    line = sweeper()
    one = body(line, "sweeper", NONE, derate=True)
    found = one.reset()
    one.act(idle(found, 4.0))
    one.observe()
    memory = line.devices[200].memory
    assert memory["goal_wheel_left"] == 1000
    assert memory["goal_brush_left"] == 4000


def test_turns_become_scans() -> None:
    """Once each, the newest, with 360 bearings."""
    ranges = np.round(np.linspace(1.0, 4.0, 360), 3)
    link = Bytes(turn(np.full(360, 9.0)) + turn(ranges, 0.1))
    lidar = SerialLidar(lambda: link)
    scan = lidar.latest(0.0)
    assert scan is not None
    assert np.array_equal(scan.range, ranges)
    assert lidar.latest(0.02) is None


def test_mounting() -> None:
    """Turned by a quarter, and hanging upside down."""
    ranges = np.round(np.linspace(1.0, 4.0, 360), 3)
    quarter = SerialLidar(lambda: Bytes(turn(ranges)), mounted_at=math.pi / 2).latest(0.0)
    assert quarter is not None
    assert np.array_equal(quarter.range, np.roll(ranges, 90))
    below = SerialLidar(lambda: Bytes(turn(ranges)), upside_down=True).latest(0.0)
    assert below is not None
    assert below.range[180 + 40] == ranges[180 - 40]


def test_a_lidar_that_is_pulled_out_comes_back() -> None:
    """No scan meanwhile, no exception; the port is opened anew, also after a silent hang."""
    ranges = np.full(360, 2.0)
    links = [Bytes(turn(ranges)), Bytes(turn(ranges)), Bytes(turn(ranges))]
    opened: list[Bytes] = []

    def connect() -> Bytes:
        if not links:
            raise WireError("not there")
        opened.append(links.pop(0))
        return opened[-1]

    lidar = SerialLidar(connect)
    assert lidar.latest(0.0) is not None
    opened[0].is_gone = True
    assert lidar.latest(0.1) is None
    assert opened[0].closed == 1
    assert lidar.latest(0.7) is not None
    assert lidar.latest(0.7 + HELD / 2) is None
    assert lidar.latest(0.7 + 1.1 * HELD) is None, "silent for too long: closed"
    assert lidar.latest(1.5) is not None
    opened[2].is_gone = True
    for time in np.arange(1.6, 5.0, 0.1):
        assert lidar.latest(float(time)) is None
    lidar.close()
    lidar.close()


def test_what_a_port_is() -> None:
    """Devices and URLs; names of bodies are none."""
    assert is_port("/dev/ttyUSB0")
    assert is_port("socket://10.0.0.2:4000")
    assert not is_port("sim")
    assert not is_port("ttyUSB0")


def test_mistakes_end_in_one_line(tmp_path: Path) -> None:
    """Two robots on one bus, no map, no port."""
    with pytest.raises(OptionError, match="add --robot"):
        open_hardware(str(tmp_path), ("greeter", "sweeper"), Ports("/dev/x"), tmp_path / "a")
    with pytest.raises(OptionError, match="robotics map"):
        open_hardware("zhanqiao", ("sweeper",), Ports("/dev/x"), tmp_path / "a")
    with pytest.raises(WireError, match="there is no such port"):
        open_hardware(str(tmp_path), ("sweeper",), Ports("/dev/ttyUSB9"), tmp_path / "a")
