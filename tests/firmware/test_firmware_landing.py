"""The sensor board as a second master: it ends a step whose host is gone, and only then."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from robotics.wire import boards
from robotics.wire.boards import LANDING, LANDING_LEGS
from robotics.wire.instructions import sync_write
from robotics.wire.packet import Instruction, instruction_frame
from robotics.wire.servos import XM540_W150
from sim.emulator.frames import Listener
from sim.emulator.leading import LeadingBoard

GOALS = tuple(1000 + 3 * leg for leg in range(LANDING_LEGS))
SPAN = 200
"""Of the landing [ms]."""


def pose(span: int) -> bytes:
    """Return the frame that the host leaves a pose with."""
    data = span.to_bytes(2, "little") + b"".join(goal.to_bytes(2, "little") for goal in GOALS)
    return sync_write(LANDING.address, {200: data})


def told(span: int) -> bytes:
    """Return the Sync Write with which the legs are told it, by the host's codec."""
    words = (span // 2, span)
    rows = {
        11 + leg: b"".join(word.to_bytes(4, "little") for word in (*words, goal))
        for leg, goal in enumerate(GOALS)
    }
    return sync_write(XM540_W150["profile_acceleration"].address, rows)


@pytest.fixture
def led(sensors: Any) -> Any:
    """A board that is armed and has a pose."""
    assert sensors.write("bus_watchdog", 5) == 0
    assert sensors.write("torque_enable", 1) == 0
    assert sensors.hear(pose(SPAN)) == b""
    assert sensors.write("command_sequence", 1) == 0
    return sensors


def says(board: Any) -> bytes:
    """Let a step pass; return what the board says by itself."""
    board.step()
    return bytes(board.hear(b""))


def test_the_legs_are_told_their_pose_after_the_delay(led: Any) -> None:
    """Nothing for 55 ms, then the pose three times with the time that is left."""
    assert [says(led) for _ in range(11)] == [b""] * 11
    assert [says(led) for _ in range(3)] == [told(SPAN), told(SPAN - 5), told(SPAN - 10)]


def test_it_keeps_the_watchdogs_quiet_until_the_pose_is_reached_then_falls_silent(led: Any) -> None:
    """A ping to itself each 20 ms, which nobody answers, for the landing and 0.1 s."""
    heard = [says(led) for _ in range(12 + 3 + 100)]
    pings = [number for number, said in enumerate(heard[14:]) if said]
    assert all(heard[14 + number] == instruction_frame(200, Instruction.PING) for number in pings)
    assert 5 * pings[-1] == pytest.approx(SPAN + 100, abs=30)
    assert max(5 * (b - a) for a, b in itertools.pairwise(pings)) == 20


def test_it_never_speaks_while_a_host_does(led: Any) -> None:
    """A new command each 20 ms; then one instruction of whomever ends its lead for good."""
    for number in range(2, 40):
        led.write("command_sequence", number)
        assert [says(led) for _ in range(4)] == [b""] * 4
    heard = [says(led) for _ in range(13)]
    assert any(heard)
    led.ask(3, Instruction.PING)
    assert [says(led) for _ in range(60)] == [b""] * 60


def test_damaged_commands_are_no_reason_to_lead(led: Any) -> None:
    """Half of a frame each 5 ms: somebody is there, so the bus is not the board's."""
    torn = told(SPAN)[:40]
    for _ in range(60):
        led.step()
        assert led.hear(torn) == b""


@pytest.mark.parametrize("why", ["no pose", "torque off", "watchdog off"])
def test_without_a_pose_or_unarmed_it_holds_its_tongue(led: Any, why: str) -> None:
    """Standing, or set up by a tool: nothing is led."""
    if why == "no pose":
        led.hear(pose(0))
    else:
        led.write("torque_enable" if why == "torque off" else "bus_watchdog", 0)
    assert [says(led) for _ in range(80)] == [b""] * 80


def test_the_emulated_board_says_the_same() -> None:
    """Two that were written apart: the same pose to the same ids at the same steps."""
    board = LeadingBoard(boards.SENSOR_PAGES[0], identity=200)
    board.tick(0.0)
    for name, counts in (("bus_watchdog", 5), ("torque_enable", 1), ("landing_time", SPAN)):
        field = boards.SENSOR_PAGES[0][name]
        assert not board.write(field.address, field.to_bytes(counts))
    for leg, goal in enumerate(GOALS):
        board.memory[f"landing_goal_{leg}"] = goal
    assert not board.write(116, b"\x01\x00")
    heard = []
    for step in range(1, 15):
        board.tick(0.005 * step)
        heard.append(list(board.says(quiet=0.005 * step)))
    assert heard[:11] == [[]] * 11
    expected = [list(Listener().hear(told(SPAN - 5 * k), 0.0)) for k in range(3)]
    assert heard[11:] == expected
