"""The doctor in front of emulated robots: each illness is found, named and given a cure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
import pytest
from device_line import DeviceLine

from robotics.core.errors import OptionError
from robotics.deploy.devices import LEAST_FIRMWARE
from robotics.deploy.doctor import Doctor, on_wire
from robotics.deploy.findings import Level, worst
from robotics.robots.greeter.wiring import FOLLOWERS
from robotics.wire import boards
from robotics.wire.driver import Driver
from robotics.wire.packet import WireError
from robotics.wire.servos import FOLLOWS, SERVOS, XM430_W350, XM540_W150
from sim.emulator.board import ChassisBoard, sensor_board
from sim.emulator.device import Device
from sim.emulator.segment import Reply
from sim.emulator.servo import Servo


class Silent(DeviceLine):
    """The line at a speed at which nobody listens."""

    def __init__(self, clock: DeviceLine) -> None:
        super().__init__([])
        self.clock = clock

    def read(self, timeout: float) -> bytes:
        """See ``Link``: the other line's time passes."""
        self.clock.time += max(timeout, 0.0)
        return b""


def greeter() -> DeviceLine:
    """Return the greeter's devices as they should be."""
    devices: list[Device] = []
    for lined in on_wire("greeter").line.devices[:22]:
        one = Servo(lined.table, memoryview(bytearray(256)), identity=lined.id)
        one.memory["return_delay"] = 0
        one.memory["baud_rate"] = 6
        for name, counts in lined.settings:
            one.memory[name] = counts
        middle = (one.memory["min_position_limit"] + one.memory["max_position_limit"]) // 2
        one.memory["present_position"] = middle
        devices.append(one)
    return DeviceLine([*devices, *sensor_board()])


def sweeper() -> DeviceLine:
    """Return the sweeper's board as it should be."""
    board = ChassisBoard(np.array([60.0, 60.0, 8.0, 8.0, 15.0]))
    board.memory["bumper_stops"] = 0
    return DeviceLine([board])


def visit(line: DeviceLine, baud: int, robot: str = "", **options: bool) -> Doctor:
    """Let the doctor look at devices that listen at ``baud``."""
    silent = Silent(line)
    doctor = Doctor(lambda speed: line if speed == baud else silent, line, robot)
    doctor.visit(**options)
    return doctor


def ills(doctor: Doctor) -> str:
    """Return all that is not good, as text."""
    return "\n".join(
        f"{one.level} {one.about}: {one.what} -> {one.cure}"
        for one in doctor.findings
        if one.level is not Level.GOOD
    )


def test_healthy_robots_are_recognised_and_found_healthy() -> None:
    """By what is on the bus, without being told which robot it is."""
    for line, baud, name in ((greeter(), 4_000_000, "greeter"), (sweeper(), 1_000_000, "sweeper")):
        doctor = visit(line, baud)
        assert ills(doctor) == ""
        assert any(one.about == "robot" and one.what == name for one in doctor.findings)


def test_proving_watchdogs_leaves_the_torque_off() -> None:
    """All of them bite, nothing moves, and everything is off afterwards."""
    for line, baud in ((greeter(), 4_000_000), (sweeper(), 1_000_000)):
        before = [bytes(one.memory.raw) for one in line.devices.values()]
        doctor = visit(line, baud, prove=True)
        assert ills(doctor) == ""
        assert any(one.what == "all of them bite" for one in doctor.findings)
        assert not any(one.memory["torque_enable"] for one in line.devices.values())
        assert len(before) == len(line.devices)


ILLNESSES: dict[str, tuple[Callable[[DeviceLine], None], str]] = {
    "dead servo": (lambda line: setattr(line.devices[7], "is_cut_off", True), "does not answer"),
    "hot": (lambda line: line.devices[3].memory.__setitem__("present_temperature", 78), "78 °C"),
    "low voltage": (
        lambda line: line.devices[4].memory.__setitem__("present_voltage", 88),
        "8.8 V; it works from 9.5",
    ),
    "overload": (
        lambda line: line.devices[5].memory.__setitem__("hardware_error", 0x20),
        "hardware error: overloaded",
    ),
    "slow answers": (
        lambda line: line.devices[6].memory.__setitem__("return_delay", 250),
        "return_delay is 250, not 0",
    ),
    "out of limits": (
        lambda line: line.devices[9].memory.__setitem__("present_position", 9000),
        "outside of its limits",
    ),
    "tripped": (
        lambda line: line.devices[8].memory.__setitem__("bus_watchdog", -1),
        "watchdog has tripped",
    ),
    "old firmware": (
        lambda line: line.devices[2].memory.__setitem__("firmware_version", 40),
        "firmware 40 has no Fast Sync Read",
    ),
    "wrong mode": (
        lambda line: line.devices[10].memory.__setitem__("operating_mode", 3),
        "operating_mode is 3",
    ),
}


@pytest.mark.parametrize("name", list(ILLNESSES))
def test_each_illness_of_a_servo_is_named_with_its_device(name: str) -> None:
    """And it is the only one that is reported."""
    line = greeter()
    infect, words = ILLNESSES[name]
    infect(line)
    found = ills(visit(line, 4_000_000))
    assert words in found
    assert found.count("\n") == 0, found
    assert "(id " in found
    assert " -> " in found


def test_what_can_be_mended_is_mended() -> None:
    """Return delay, status return level and the settings of a start, and nothing else."""
    line = greeter()
    line.devices[6].memory["return_delay"] = 250
    line.devices[7].memory["drive_mode"] = 0
    doctor = visit(line, 4_000_000, fix=True)
    assert line.devices[6].memory["return_delay"] == 0
    assert line.devices[7].memory["drive_mode"] == 4
    written = [(one.about, one.what) for one in doctor.findings if "set to" in one.what]
    devices = on_wire("greeter").line.devices
    assert written == [
        (f"{devices[5].name} (id 6)", "return_delay set to 0"),
        (f"{devices[6].name} (id 7)", "drive_mode set to 4"),
    ]
    assert ills(doctor) == ""


def test_a_wrong_model_and_a_stranger() -> None:
    """A swapped servo is named, and so is one that nobody expects."""
    line = greeter()
    wrong = Servo(XM430_W350, memoryview(bytearray(256)), identity=15)
    extra = Servo(XM430_W350, memoryview(bytearray(256)), identity=60)
    kept = [one for id, one in line.devices.items() if id != 15]
    found = ills(visit(DeviceLine([*kept, wrong, extra]), 4_000_000))
    assert "(id 15): is a XM430-W350, not a XM540-W150" in found
    assert "id 60: a XM430-W350 that nobody expects" in found


def test_a_new_servo_speaks_at_another_speed() -> None:
    """It is found there, and what to set is said."""
    found = ills(visit(greeter(), 57_600, "greeter"))
    assert "answers at 57600 bit/s, the robot speaks at 4000000" in found
    assert "baud_rate to 6" in found


def test_nobody_there() -> None:
    """One line, and what to look at."""
    doctor = visit(sweeper(), 9_600)
    assert worst(doctor.findings) is Level.BAD
    assert ills(doctor).startswith("bad bus: nobody answers at any speed -> check power")


def test_bits_of_the_chassis_board() -> None:
    """Each that a person has to do something about is told with its cure."""
    line = sweeper()
    board = line.devices[boards.CHASSIS_ID]
    assert isinstance(board, ChassisBoard)
    board.is_pressed, board.cliffs = True, (False, True)
    found = ills(visit(line, 1_000_000))
    assert "the stop button is pressed -> pull it out" in found
    assert "the right cliff sensor sees no ground" in found
    assert "a stop is latched" in found
    assert "left cliff" not in found


class Gathering(DeviceLine):
    """A line behind an adapter that keeps bytes for a while before it passes them on."""

    KEPT = 0.016

    def write(self, data: bytes) -> None:
        """See ``Link``."""
        known = len(self._replies)
        super().write(data)
        late = [Reply(one.data, one.begin, one.end + self.KEPT) for one in self._replies]
        self._replies = deque([*list(self._replies)[:known], *late[known:]])


def gathering(line: DeviceLine) -> DeviceLine:
    """Put a slow adapter before a line."""
    line.__class__ = Gathering
    return line


def test_an_adapter_that_gathers_bytes_is_noticed_by_its_answers() -> None:
    """Without the kernel's word for it: chips of other makers, containers, hubs."""
    for line, baud in ((greeter(), 4_000_000), (sweeper(), 1_000_000)):
        found = ills(visit(gathering(line), baud))
        assert "bad timing: a ping takes 16" in found
        assert "gathers bytes" in found


def test_a_robot_behind_a_slow_adapter_does_not_start() -> None:
    """Answers would be taken for those of three exchanges later; the cure is named."""
    line = gathering(greeter())
    with pytest.raises(WireError, match="latency timer"):
        Driver(on_wire("greeter").line, lambda: line, line).configure()
    assert not any(one.memory["torque_enable"] for one in line.devices.values())


def doubled(line: DeviceLine, ids: range) -> DeviceLine:
    """Return a line with second servos of the legs, too."""
    more = []
    for id in ids:
        if id in FOLLOWERS:
            one = Servo(XM540_W150, memoryview(bytearray(256)), identity=id)
            one.memory["return_delay"], one.memory["drive_mode"] = 0, FOLLOWS
            more.append(one)
    return DeviceLine([*line.devices.values(), *more])


def test_second_servos_of_the_legs_are_known() -> None:
    """Ten of them; one that was not told to follow would work against its leader, and is mended."""
    line = doubled(greeter(), range(101, 123))
    assert len(line.devices) == 36
    assert visit(line, 4_000_000).findings == visit(greeter(), 4_000_000).findings
    line.devices[114].memory["drive_mode"] = 0
    found = visit(line, 4_000_000)
    assert worst(found.findings) is Level.BAD
    assert "second servo of left_knee (id 114): drive_mode is 0, not 2" in ills(found)
    visit(line, 4_000_000, fix=True)
    assert line.devices[114].memory["drive_mode"] == FOLLOWS


def test_a_second_servo_that_is_missing_is_told() -> None:
    """Where others are: the joint is weak, but the robot may run."""
    found = visit(doubled(greeter(), range(101, 122)), 4_000_000)
    assert "second servo of right_ankle_roll (id 122): does not answer" in ills(found)
    assert worst(found.findings) is Level.WARNING


def test_a_lost_port_is_one_line() -> None:
    """And a robot that does not exist is, too."""
    line = sweeper()
    line.is_plugged = False
    with pytest.raises(WireError, match="cable is out"):
        visit(line, 1_000_000)
    with pytest.raises(OptionError, match="allowed: greeter, sweeper"):
        visit(sweeper(), 1_000_000, "dog")


def test_the_firmware_that_servos_are_drawn_with_is_new_enough() -> None:
    """X and P servos count their firmware apart: 14 is new for one, 44 too old for the other."""
    for model, table in SERVOS.items():
        firmware = next(one.initial for one in table.fields if one.name == "firmware_version")
        assert firmware >= LEAST_FIRMWARE[model]
