"""Emulated servos and boards: what they refuse, when they stop, how they fail."""

import numpy as np
import pytest

from robotics.wire.boards import CHASSIS_COMMAND, DRIVES, RESET_KEY, STOPPED
from robotics.wire.instructions import Change, Span, read, reboot, sync_read, write
from robotics.wire.links import SerialLink
from robotics.wire.packet import Decoder, Packet
from robotics.wire.servos import WATCHDOG_TRIPPED, XM430_W350
from sim.emulator.board import ChassisBoard
from sim.emulator.device import RESTART
from sim.emulator.frames import Trouble
from sim.emulator.line import Terminal
from sim.emulator.segment import Segment
from sim.emulator.servo import HEAT, OVERLOAD, Motors, Rack, Servo

STALL = np.array([60.0, 60.0, 8.0, 8.0, 15.0])


def _servos(count: int) -> tuple[Segment, Rack]:
    memory = np.zeros((count, 256), dtype=np.uint8)
    servos = [
        Servo(XM430_W350, memoryview(row.data), identity=place + 1)
        for place, row in enumerate(memory)
    ]
    for servo in servos:
        servo.memory["operating_mode"] = 5
    ones = np.ones(count)
    motors = Motors(2048 * ones, ones, 0.001534, 0.024, 0.004 * ones, 4.0 * ones)
    return Segment(servos, baud=1_000_000), Rack(memory, servos, motors)


def _ask(segment: Segment, frame: bytes, now: float = 0.0) -> list[Packet]:
    data = b"".join(reply.data for reply in segment.hear(frame, now))
    return Decoder().feed(data)


def _write(segment: Segment, id: int, name: str, counts: int, now: float = 0.0) -> int:
    field = XM430_W350[name]
    answers = _ask(segment, write(Change(id, field.address, field.to_bytes(counts))), now)
    return answers[0].error


def test_writes_that_a_servo_must_refuse_are_refused() -> None:
    """With the error number of the e-manual, and nothing is changed."""
    segment, rack = _servos(1)
    servo = rack.servos[0]
    assert _write(segment, 1, "present_position", 5) == Trouble.ACCESS
    assert _write(segment, 1, "led", 7) == Trouble.DATA_RANGE
    assert _write(segment, 1, "operating_mode", 2) == Trouble.DATA_RANGE
    assert _write(segment, 1, "torque_enable", 1) == 0
    assert _write(segment, 1, "id", 9) == Trouble.ACCESS
    assert _write(segment, 1, "goal_position", 5000) == Trouble.DATA_LIMIT
    half = write(Change(1, XM430_W350["goal_position"].address, b"\x00\x01"))
    assert _ask(segment, half)[0].error == Trouble.DATA_LENGTH
    assert _ask(segment, read(Span(1, 250, 20)))[0].error == Trouble.DATA_LENGTH
    assert servo.memory["goal_position"] == 2048
    assert servo.identity == 1


def test_the_watchdog_of_a_servo_brakes_it_where_it_is() -> None:
    """After the silence that was set, not before; goals are refused until it is reset."""
    segment, rack = _servos(2)
    for id in (1, 2):
        _write(segment, id, "torque_enable", 1)
        _write(segment, id, "bus_watchdog", 5)
    _write(segment, 1, "goal_position", 3000)
    rack["present_position"][:] = 2200
    segment.tick(0.100)
    assert rack["bus_watchdog"].tolist() == [5, 5]
    segment.tick(0.125)
    assert rack["bus_watchdog"].tolist() == [WATCHDOG_TRIPPED] * 2
    target, limit = rack.orders()
    assert np.allclose(target, (2200 - 2048) * 0.001534)
    assert (limit > 0.0).all()
    assert _write(segment, 1, "goal_position", 2500, 0.13) == Trouble.DATA_RANGE
    assert _write(segment, 1, "bus_watchdog", 5, 0.13) == Trouble.DATA_RANGE
    assert _write(segment, 1, "bus_watchdog", 0, 0.13) == 0
    assert _write(segment, 1, "goal_position", 2500, 0.14) == 0


def test_any_instruction_on_the_bus_feeds_the_watchdog_of_servos() -> None:
    """Also one for somebody else (e-manual, Bus Watchdog)."""
    segment, rack = _servos(2)
    _write(segment, 1, "torque_enable", 1)
    _write(segment, 1, "bus_watchdog", 5)
    for now in np.arange(0.0, 1.0, 0.05):
        segment.tick(float(now))
        _ask(segment, read(Span(2, 132, 4)), float(now))
    assert rack["bus_watchdog"][0] == 5


def test_a_hot_servo_says_so_and_shuts_down_until_it_is_rebooted() -> None:
    """Alert bit in every answer, torque off, torque refused; after a reboot it is silent first."""
    segment, rack = _servos(1)
    _write(segment, 1, "torque_enable", 1)
    rack.heat[:] = 81.0
    rack.age(np.full(1, 30.0), np.zeros(1), voltage=12.0, duration=0.01)
    servo = rack.servos[0]
    assert servo.memory["hardware_error"] == HEAT
    assert servo.memory["torque_enable"] == 0
    answer = _ask(segment, sync_read(132, 4, [1]))[0]
    assert answer.error == 0x80
    assert _write(segment, 1, "torque_enable", 1) == 0x80 | Trouble.RESULT_FAIL
    _ask(segment, reboot(1), 1.0)
    assert not _ask(segment, read(Span(1, 132, 4)), 1.1)
    segment.tick(1.1 + RESTART)
    assert servo.memory["hardware_error"] == 0
    assert _write(segment, 1, "torque_enable", 1, 1.2 + RESTART) == 0


def test_servos_heat_with_the_square_of_the_torque_and_cool_down() -> None:
    """First-order: two thirds of the way in one time constant; overload after two seconds."""
    _, rack = _servos(1)
    for _ in range(round(Rack.SLOWNESS)):
        rack.age(np.full(1, 10.0), np.zeros(1), voltage=12.0, duration=1.0)
    reached = (rack.heat[0] - Rack.AMBIENT) / (10.0 * Rack.HEATING)
    assert reached == pytest.approx(1.0 - np.exp(-1.0), abs=0.01)
    for _ in range(25):
        rack.age(np.zeros(1), np.full(1, 4.0), voltage=12.0, duration=0.1)
    assert rack.servos[0].memory["hardware_error"] & OVERLOAD


def test_answers_take_as_long_as_on_a_real_line() -> None:
    """Ten bits a byte, after the return delay of each servo (factory value 500 µs)."""
    segment, _ = _servos(2)
    replies = segment.hear(sync_read(132, 4, [1, 2]), 1.0)
    assert [len(reply.data) for reply in replies] == [15, 15]
    assert replies[0].begin == pytest.approx(1.0 + 500e-6)
    assert replies[0].end == pytest.approx(1.0 + 500e-6 + 150e-6)
    assert replies[1].end == pytest.approx(1.0 + 2 * 650e-6)


def _command(number: int, speed: int) -> Change:
    row = np.zeros(1, dtype=CHASSIS_COMMAND.dtype)
    row["command_sequence"] = number
    for drive in DRIVES:
        row[f"goal_{drive}"] = speed
        row[f"limit_{drive}"] = 1000
    return Change(200, CHASSIS_COMMAND.address, row.tobytes())


def _board() -> tuple[ChassisBoard, Segment]:
    board = ChassisBoard(STALL)
    segment = Segment((board,), baud=1_000_000)
    _ask(segment, write(Change(200, 64, b"\x01")))
    return board, segment


def test_the_board_stops_on_the_age_of_the_command_not_on_silence() -> None:
    """Reading, or repeating the old command, keeps nothing going."""
    board, segment = _board()
    _ask(segment, write(Change(200, 98, b"\x05")))
    _ask(segment, write(_command(1, 2000)), 0.0)
    assert board.orders().target[0] == pytest.approx(2.0)
    for now in np.arange(0.0, 0.13, 0.02):
        segment.tick(float(now))
        _ask(segment, write(_command(1, 2000)), float(now))
    assert board.memory["bus_watchdog"] == WATCHDOG_TRIPPED
    assert not board.orders().target.any()
    assert _ask(segment, write(_command(2, 2000)), 0.14)[0].error == Trouble.DATA_RANGE
    assert board.memory["goal_wheel_left"] == board.memory["spray"] == 0, "forgotten"
    _ask(segment, write(Change(200, 98, b"\x00")), 0.15)
    segment.tick(0.155)
    assert not board.orders().target.any(), "an old command stays over"
    _ask(segment, write(_command(3, 1000)), 0.16)
    assert board.orders().target[0] == pytest.approx(1.0)


def test_a_latched_stop_ends_only_at_rest_with_its_cause_gone() -> None:
    """The stop button: no motion afterwards until zero goals and the key are written."""
    board, segment = _board()
    _ask(segment, write(_command(1, 2000)))
    board.is_pressed = True
    segment.tick(0.01)
    assert board.memory["status"] >> STOPPED & 1
    assert not board.orders().target.any()
    board.is_pressed = False
    key = write(Change(200, 99, bytes((RESET_KEY,))))
    _ask(segment, key, 0.02)
    assert not board.orders().target.any(), "goals were not zero"
    _ask(segment, write(_command(2, 0)), 0.03)
    _ask(segment, key, 0.04)
    _ask(segment, write(_command(3, 500)), 0.05)
    assert board.orders().target[0] == pytest.approx(0.5)


def test_a_time_based_profile_arrives_in_time_and_the_next_goal_without_one_at_once() -> None:
    """100 ms, half of it gaining speed: 1/8 of the way after a quarter, there at the end."""
    segment, rack = _servos(1)
    servo = rack.servos[0]
    servo.memory["drive_mode"] = 4
    _ask(segment, write(Change(1, 64, b"\x01")))
    here = servo.memory["goal_position"]
    goal = here + 800
    row = b"".join(one.to_bytes(4, "little") for one in (50, 100, goal))
    _ask(segment, write(Change(1, 108, row)))
    seen = []
    for now in (0.0, 0.025, 0.05, 0.075, 0.1, 0.2):
        segment.tick(now)
        seen.append(rack.orders()[0][0] / 0.001534 + 2048 - here)
    assert seen == pytest.approx([0.0, 100.0, 400.0, 700.0, 800.0, 800.0])
    assert not rack.is_changed
    _ask(segment, write(Change(1, 108, bytes(8))), 0.21)
    _ask(segment, write(Change(1, 116, here.to_bytes(4, "little"))), 0.22)
    assert rack.orders()[0][0] == pytest.approx((here - 2048) * 0.001534)


def test_a_device_hears_only_the_speed_that_it_is_set_to() -> None:
    """Others neither answer nor feed their watchdogs; a new ``baud_rate`` counts at once."""
    segment, rack = _servos(2)
    rack.servos[0].memory["baud_rate"] = 6
    segment.tune(57_600)
    assert not _ask(segment, read(Span(1, 132, 4)))
    assert len(_ask(segment, read(Span(2, 132, 4)))) == 1
    segment.tune(4_000_000)
    assert len(_ask(segment, read(Span(1, 132, 4)))) == 1
    assert not _ask(segment, read(Span(2, 132, 4)))
    assert _write(segment, 1, "baud_rate", 3) == 0
    assert not _ask(segment, read(Span(1, 132, 4)))
    segment.tune(1_000_000)
    assert len(_ask(segment, read(Span(1, 132, 4)))) == 1


def test_a_terminal_says_at_which_speed_the_host_has_opened_it() -> None:
    """All that a Dynamixel may be set to and Linux has a constant for."""
    terminal = Terminal()
    for baud in (9_600, 57_600, 115_200, 1_000_000, 2_000_000, 3_000_000, 4_000_000):
        SerialLink(terminal.name, baud).close()
        assert terminal.baud == baud
    terminal.hang_up()


def test_a_homing_offset_moves_what_is_read_and_what_a_goal_means() -> None:
    """The joint stays where it is; the numbers for it change, both ways alike."""
    segment, rack = _servos(1)
    rack.show(np.array([0.3]), np.zeros(1), np.zeros(1))
    before = int(rack["present_position"][0])
    assert _write(segment, 1, "homing_offset", 200) == 0
    rack.show(np.array([0.3]), np.zeros(1), np.zeros(1))
    assert rack["present_position"][0] == before + 200
    assert _write(segment, 1, "goal_position", before + 200) == 0
    assert rack.orders()[0][0] == pytest.approx(0.3, abs=0.002)
