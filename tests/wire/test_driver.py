"""The driver of a line: its life, what it does with silence and damage, and when it stops."""

from dataclasses import replace

import numpy as np
import pytest
from device_line import (
    COUNT,
    PERIOD,
    DeviceLine,
    active,
    goals_of,
    greeter_line,
    positions,
    servo,
    sweeper_line,
)

from robotics.wire import boards
from robotics.wire.driver import Driver, Heard, Phase
from robotics.wire.health import COAST
from robotics.wire.lineup import Line
from robotics.wire.packet import Decoder, Instruction, WireError
from robotics.wire.servos import WATCHDOG_TRIPPED
from sim.emulator.servo import OVERLOADED, Servo


def tick(driver: Driver, wire: DeviceLine, goals: np.ndarray | None, number: int) -> Heard:
    """Do one exchange at its time, with a command of now."""
    begin = wire.time
    heard = driver.exchange(goals, stamp=number * PERIOD)
    assert wire.time - begin <= PERIOD
    wire.wait_until(begin + PERIOD)
    return heard


def registers(wire: DeviceLine, name: str) -> list[int]:
    """Return a register of all servos."""
    return [wire.devices[id].memory[name] for id in range(1, COUNT + 1)]


# -------------------------------------------------------------------------------- the way to motion


def test_what_is_missing_or_wrong_is_named_before_anything_moves() -> None:
    """Every silent device and every other model stands in one message."""
    wire, line = greeter_line()
    wire.devices[3].is_cut_off = wire.devices[9].is_cut_off = True
    wire.devices[5].memory["model_number"] = 1060
    driver = Driver(line, lambda: wire, wire)
    with pytest.raises(WireError, match=r"servo_3 .*servo_5 \(id 5\) is model 1060.*servo_9"):
        driver.configure()
    with pytest.raises(WireError, match="configure it first"):
        driver.activate()
    assert registers(wire, "torque_enable") == [0] * COUNT


def test_activation_makes_goals_of_where_the_servos_are() -> None:
    """Nothing jumps: torque comes with the goal at the present position."""
    wire, line = greeter_line()
    before = registers(wire, "present_position")
    driver = active(wire, line)
    assert driver.phase is Phase.ACTIVE
    assert registers(wire, "torque_enable") == [1] * COUNT
    assert registers(wire, "goal_position") == before == registers(wire, "present_position")


def test_watchdogs_are_proven_before_the_first_command_and_armed_with_it() -> None:
    """Activation is silent for longer than the watchdog; with commands, all count 100 ms."""
    wire, line = greeter_line()
    begin = wire.time
    driver = active(wire, line)
    assert wire.time - begin > line.watchdog
    assert registers(wire, "bus_watchdog") == [0] * COUNT
    goals = goals_of(line, wire)
    for number in range(1, 9):
        assert tick(driver, wire, goals, number).stop == ""
    assert [one.memory["bus_watchdog"] for one in wire.devices.values()] == [5] * (COUNT + 4)


def test_a_watchdog_that_does_not_trip_is_found_by_the_silence() -> None:
    """The device is named, and the torque is off again."""
    wire, line = greeter_line()
    wire.devices[7].tick = lambda now: None  # type: ignore[method-assign]
    driver = Driver(line, lambda: wire, wire)
    driver.configure()
    with pytest.raises(WireError, match=r"servo_7 \(id 7\): the watchdog does not trip"):
        driver.activate()
    assert driver.phase is Phase.READY
    assert registers(wire, "torque_enable") == [0] * COUNT


def test_a_watchdog_that_was_not_armed_stops_the_robot() -> None:
    """They are read back; one that forgets its setting again and again is not trusted."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    for number in range(1, 100):
        wire.devices[2].memory["bus_watchdog"] = 0
        heard = tick(driver, wire, goals, number)
    assert heard.stop == "servo_2: watchdog not armed"


def test_a_servo_outside_of_its_limits_is_not_pulled_back() -> None:
    """A person brings it back: torque there would make it jump."""
    wire, line = greeter_line()
    wire.devices[4].memory["max_position_limit"] = 1500
    driver = Driver(line, lambda: wire, wire)
    driver.configure()
    with pytest.raises(WireError, match=r"servo_4 .*outside of the limits"):
        driver.activate()


def test_a_servo_that_shut_down_says_why() -> None:
    """Torque that does not come on is explained by the hardware error."""
    wire, line = greeter_line()
    one = wire.devices[6]
    assert isinstance(one, Servo)
    one.memory["hardware_error"] = 0x20
    driver = Driver(line, lambda: wire, wire)
    driver.configure()
    with pytest.raises(WireError, match=r"torque_enable is not taken by servo_6 .*overloaded"):
        driver.activate()
    assert OVERLOADED > 0.0


# ------------------------------------------------------------------------------------- exchanging


@pytest.mark.parametrize("fast", [True, False])
def test_goals_arrive_and_readings_come_back(fast: bool) -> None:
    """One write each tick; positions are those of the servos, all fresh, valid, of age 0."""
    wire, line = greeter_line(fast=fast)
    driver = active(wire, line)
    goals = goals_of(line, wire, change=30)
    for number in range(1, 20):
        there = registers(wire, "present_position")
        heard = tick(driver, wire, goals, number)
        assert heard.fresh.all()
        assert heard.valid.all()
        assert not heard.alert.any()
        assert heard.age.max() < PERIOD
        moved = np.abs(np.array(positions(heard.rows)) - there)
        assert moved.max() <= 30
    assert positions(heard.rows) == (np.array(positions(goals_as_rows(goals)))).tolist()
    assert heard.stop == ""


def goals_as_rows(goals: np.ndarray) -> np.ndarray:
    """Return goals where readings have positions."""
    return np.hstack([np.zeros((len(goals), 6), np.uint8), goals])


def test_a_pattern_of_a_header_among_goals_is_stuffed() -> None:
    """A goal of 0x00FDFFFF does not end the frame: all others arrive."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire, change=5)
    goals[3] = np.frombuffer(b"\xff\xff\xfd\x00", np.uint8)
    heard = tick(driver, wire, goals, 1)
    assert heard.fresh.all()
    wanted = positions(goals_as_rows(goals))
    held = registers(wire, "goal_position")
    assert [at for at in range(COUNT) if held[at] != wanted[at]] == [3]  # beyond its limit


def test_a_command_is_sent_once_and_numbered() -> None:
    """The same stamp again only reads; every new one has another sequence number."""
    wire, line = sweeper_line()
    driver = active(wire, line)
    board = wire.devices[boards.CHASSIS_ID]
    rows = np.zeros((1, line.told.length), dtype=np.uint8)
    numbers = []
    for number in (1, 2, 2, 2, 3):
        driver.exchange(rows, stamp=float(number))
        numbers.append(board.memory["command_sequence"])
    assert numbers == [1, 2, 2, 2, 3]


def test_late_answers_are_not_taken_for_new_ones() -> None:
    """What came after its deadline is thrown away before the next question."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    tick(driver, wire, goals, 1)
    late = wire.segment
    for number in range(2, 8):
        late._free = wire.time + 0.0045 if number == 3 else late._free
        heard = driver.exchange(goals, stamp=number * PERIOD)
        wire.wait_until(wire.time + PERIOD)
        assert heard.fresh.all() == (number != 3)


# ---------------------------------------------------------------------------- silence and damage


@pytest.mark.parametrize("dead", [(1,), (22,), (9, 10), (1, 11, 22)])
@pytest.mark.parametrize("fast", [True, False])
def test_dead_servos_take_no_other_with_them(dead: tuple[int, ...], fast: bool) -> None:
    """All others are fresh in every cycle, and bridged until it is known who is silent.

    The wire is busy for no longer than 1.3 times what it was before.
    """
    wire, line = greeter_line(fast=fast)
    driver = active(wire, line)
    goals = goals_of(line, wire)
    for number in range(1, 21):
        tick(driver, wire, goals, number)
    began = wire.wire_time
    for number in range(21, 41):
        tick(driver, wire, goals, number)
    whole = wire.wire_time - began
    for id in dead:
        wire.devices[id].is_cut_off = True
    alive = np.array([device.id not in dead for device in line.devices])
    began = wire.wire_time
    for number in range(41, 61):
        heard = tick(driver, wire, goals, number)
        assert heard.valid[alive].all()
        assert heard.fresh[alive].all() or number <= 40 + len(dead)
        assert not heard.fresh[~alive].any()
        assert heard.valid[~alive].all() == (number - 40 <= COAST)
        assert (heard.stop == "") == (number - 40 <= COAST)
    assert wire.wire_time - began < 1.3 * whole
    assert all(f"servo_{id}" in heard.stop for id in dead)


def test_a_stop_is_latched_until_a_reset() -> None:
    """The servo comes back and is heard again; the stop stays until somebody resets it."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    for number in range(1, 80):
        wire.devices[12].is_cut_off = 10 <= number < 20
        heard = tick(driver, wire, goals, number)
    assert heard.fresh.all()
    assert heard.stop == "servo_12: silent"
    assert driver.phase is Phase.STOPPED
    driver.reset()
    assert driver.phase is Phase.ACTIVE
    assert tick(driver, wire, goals, 100).stop == ""


def test_a_reset_does_not_let_a_standing_robot_sink() -> None:
    """A knee that stands below its goal under load keeps the goal, and is not tried again."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    wire.sag = {15: 40}
    for number in range(1, 80):
        wire.devices[12].is_cut_off = 10 <= number < 20
        heard = tick(driver, wire, goals, number)
    assert heard.stop == "servo_12: silent"
    before = registers(wire, "goal_position"), registers(wire, "present_position")
    assert before[0][14] - before[1][14] == 40
    began = wire.time
    driver.reset()
    assert wire.time - began < line.watchdog
    assert (registers(wire, "goal_position"), registers(wire, "present_position")) == before


def test_a_servo_that_restarted_is_proven_again() -> None:
    """Its torque was off: it begins where it is, after another silence."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    for number in range(1, 200):
        if number == 10:
            wire.devices[12].restart(wire.time)
            wire.devices[12].memory["return_delay"] = 0
        heard = tick(driver, wire, goals, number)
    assert heard.stop == "servo_12: silent"
    assert registers(wire, "torque_enable")[11] == 0
    began = wire.time
    driver.reset()
    assert wire.time - began > line.watchdog
    assert tick(driver, wire, goals, 300).stop == ""
    assert registers(wire, "torque_enable") == [1] * COUNT


def test_goals_are_obeyed_while_a_stop_is_latched() -> None:
    """A robot on two legs has to sit down with the servos that it has left."""
    wire, line = greeter_line()
    driver = active(wire, line)
    wire.devices[1].is_cut_off = True
    for number in range(1, 20):
        goals = goals_of(line, wire, change=5 if number > 10 else 0)
        heard = tick(driver, wire, goals, number)
    assert heard.stop != ""
    assert positions(heard.rows)[5] > 2006 + 20


def test_an_alert_stops_and_names_the_servo() -> None:
    """The bit in a status is enough; what it is can be asked."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    tick(driver, wire, goals, 1)
    one = wire.devices[8]
    assert isinstance(one, Servo)
    one.fail(0x04)
    heard = tick(driver, wire, goals, 2)
    assert heard.alert.nonzero()[0].tolist() == [7]
    assert heard.stop == "servo_8: reports an error"
    table = one.memory.table
    assert table.alerts(driver.bus.get(8, table["hardware_error"])) == ("overheated",)


def noisy(rate: float, seed: int):  # type: ignore[no-untyped-def]
    """Return a line's noise: 60 % flipped bits, 20 % lost and 20 % added bytes."""
    rng = np.random.default_rng(seed)

    def harm(data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            kind = rng.random() if rng.random() < rate else 1.0
            if 0.8 <= kind < 1.0:
                out += bytes((byte, int(rng.integers(256))))
            elif kind >= 1.0:
                out.append(byte)
            elif kind < 0.6:
                out.append(byte ^ (1 << int(rng.integers(8))))
        return bytes(out)

    return harm


@pytest.mark.parametrize(("rate", "least"), [(0.001, 0.98), (0.01, 0.81)])
def test_a_noisy_line_delivers_and_never_lies(rate: float, least: float) -> None:
    """So many readings arrive although answers are damaged, and none of them is wrong."""
    wire, line = greeter_line()
    driver = active(wire, line)
    driver.stop = lambda reason: None  # type: ignore[method-assign]
    wire.to_host = noisy(rate, 1)
    fresh = []
    for number in range(1, 301):
        there = registers(wire, "present_position")
        heard = tick(driver, wire, goals_of(line, wire, change=7), number)
        told = np.abs(np.array(positions(heard.rows)) - there)
        assert told[heard.fresh[:COUNT]].max() <= 50  # what it moved while it answered
        fresh.append(heard.fresh.mean())
    assert np.mean(fresh) >= least


def test_a_reading_that_jumps_is_not_believed() -> None:
    """A position that no servo can reach in a cycle is bridged, and counted."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    tick(driver, wire, goals, 1)
    memory = wire.devices[5].memory
    true = memory["present_position"]
    memory["present_position"] = true + 900
    wire.devices[5].memory["torque_enable"] = 0
    heard = tick(driver, wire, goals, 2)
    assert not heard.fresh[4]
    assert heard.valid[4]
    assert positions(heard.rows)[4] == true
    assert driver.health.implausible == 1


# ----------------------------------------------------------------------------- age of the command


def stopped_within(wire: DeviceLine, limit: float) -> bool:
    """Return whether all watchdogs trip within ``limit`` [s]."""
    begin = wire.time
    while wire.time < begin + limit:
        wire.wait_until(wire.time + 0.001)
    return all(one.memory["bus_watchdog"] == WATCHDOG_TRIPPED for one in wire.devices.values())


def test_a_program_that_dies_leaves_devices_that_stop() -> None:
    """Nothing is said any more: everything has stopped 150 ms later, servos hold their place."""
    for wire, line in (greeter_line(), sweeper_line()):
        driver = active(wire, line)
        for number in range(1, 10):
            driver.exchange(goals_of(line, wire), stamp=number * PERIOD)
        assert stopped_within(wire, 0.15)
    wire, line = greeter_line()
    assert registers(wire, "torque_enable") == [0] * COUNT


@pytest.mark.parametrize("make", [greeter_line, sweeper_line])
def test_a_command_that_is_not_renewed_stops_the_devices(
    make: type[DeviceLine] | object,
) -> None:
    """A loop that goes on reading with an old command is as good as dead."""
    wire, line = make()  # type: ignore[operator]
    driver = active(wire, line)
    for number in range(1, 10):
        driver.exchange(goals_of(line, wire), stamp=number * PERIOD)
        wire.wait_until(wire.time + PERIOD)
    begin, limit = wire.time, line.patience + line.watchdog + 0.02
    while wire.time < begin + limit:
        heard = driver.exchange(goals_of(line, wire), stamp=9 * PERIOD)
        wire.wait_until(wire.time + PERIOD)
    assert heard.stop.startswith("no new command for 5")
    assert all(one.memory["bus_watchdog"] == WATCHDOG_TRIPPED for one in wire.devices.values())


def test_a_host_that_was_late_leaves_the_bus_to_the_board_that_leads() -> None:
    """Silent for as long as the landing takes, reading afterwards, no goals until a reset."""
    wire, line = greeter_line()
    line = replace(line, landing=1.2)
    driver, goals = active(wire, line), goals_of(line, wire)
    for number in range(1, 20):
        assert tick(driver, wire, goals, number).stop == ""
    wire.wait_until(wire.time + line.patience + 0.01)
    wire.written, begin = b"", wire.time
    while wire.time < begin + 1.15:
        number += 1
        assert "no new command" in tick(driver, wire, goals, number).stop
    assert wire.written == b""
    while wire.time < begin + 1.4:
        number += 1
        heard = tick(driver, wire, goals, number)
    assert heard.fresh.all()
    assert not any(
        one.instruction == Instruction.SYNC_WRITE for one in Decoder().feed(wire.written)
    )
    driver.reset()
    wire.written = b""
    assert tick(driver, wire, goals, number + 1).stop == ""
    assert any(one.instruction == Instruction.SYNC_WRITE for one in Decoder().feed(wire.written))


def test_commands_that_come_again_move_nothing_until_a_reset() -> None:
    """After a pause the devices hold; a reset begins where they are."""
    wire, line = greeter_line()
    driver = active(wire, line)
    goals = goals_of(line, wire)
    for number in range(1, 10):
        tick(driver, wire, goals, number)
    wire.wait_until(wire.time + 0.3)
    there = registers(wire, "present_position")
    away = goals_of(line, wire, change=100)
    for number in range(50, 80):
        heard = tick(driver, wire, away, number)
    assert heard.stop.startswith("no new command for 3")
    assert heard.fresh.all()
    assert registers(wire, "present_position") == there
    driver.reset()
    for number in range(90, 120):
        heard = tick(driver, wire, away, number)
    assert heard.stop == ""
    assert registers(wire, "present_position") == (np.array(there) + 100).tolist()


# ------------------------------------------------------------------------------------ the cable


def test_a_cable_that_is_pulled_and_plugged_in_elsewhere() -> None:
    """Readings are bridged, then invalid; the port is found again; a reset goes on from there."""
    wire, line = greeter_line()
    asked = []

    def connect() -> DeviceLine:
        asked.append(wire.time)
        if not wire.is_plugged:
            raise WireError("there is no such port")
        return wire

    driver = Driver(line, connect, wire)
    driver.configure()
    driver.activate()
    goals = goals_of(line, wire)
    for number in range(1, 10):
        tick(driver, wire, goals, number)
    wire.is_plugged = False
    for number in range(10, 200):
        heard = tick(driver, wire, goals, number)
        assert heard.stop == "the cable is out"
        assert heard.valid.all() == (number < 10 + COAST)
        assert not heard.fresh.any()
    assert 4 <= len(asked) <= 8  # it looks for it five times a second, not in every tick
    with pytest.raises(WireError, match="still gone"):
        driver.reset()
    wire.is_plugged = True
    for number in range(200, 260):
        heard = tick(driver, wire, goals, number)
    assert heard.fresh.all()
    assert heard.stop == "the cable is out"
    driver.reset()
    assert tick(driver, wire, goals, 300).stop == ""
    driver.close()
    driver.close()
    assert driver.phase is Phase.UNKNOWN


def test_closing_stops_boards_and_leaves_servos_where_they_are() -> None:
    """Arms are never dropped; wheels stand."""
    wire, line = greeter_line()
    driver = active(wire, line)
    tick(driver, wire, goals_of(line, wire), 1)
    driver.close()
    assert registers(wire, "torque_enable") == [1] * COUNT
    wire, line = sweeper_line()
    driver = active(wire, line)
    driver.close()
    assert wire.devices[boards.CHASSIS_ID].memory["torque_enable"] == 0


def test_lost_bytes_on_the_way_to_the_devices_do_no_harm() -> None:
    """Instructions that are damaged are not obeyed, and the next ones are."""
    wire, line = greeter_line()
    driver = active(wire, line)
    driver.stop = lambda reason: None  # type: ignore[method-assign]
    wire.to_devices = noisy(0.01, 3)
    held = set()
    for number in range(1, 200):
        goals = goals_of(line, wire, change=number % 5)
        wanted = positions(goals_as_rows(goals))
        before = registers(wire, "goal_position")
        tick(driver, wire, goals, number)
        for old, new, now in zip(before, wanted, registers(wire, "goal_position"), strict=True):
            assert now in (old, new)
            held.add(now == new)
    assert held == {True, False}


def test_settings_are_written_before_the_torque_comes() -> None:
    """Such as the operating mode: the torque is switched off for it, if need be."""
    wire, line = greeter_line()
    wire.devices[2].memory["torque_enable"] = 1
    devices = tuple(
        type(one)(one.id, one.name, one.table, (("operating_mode", 5),)) if one.id == 2 else one
        for one in line.devices
    )
    changed = Line(devices, line.told, line.read, line.timing, line.period)
    driver = Driver(changed, lambda: wire, wire)
    driver.configure()
    assert wire.devices[2].memory["operating_mode"] == 5
    assert wire.devices[2].memory["torque_enable"] == 0
    assert servo(3).memory["operating_mode"] == 3
