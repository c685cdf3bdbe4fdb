"""The chassis board by itself: ramps, the age of commands, and stops that need no host."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from robotics.robots.sweeper.joints import load
from robotics.wire import boards
from robotics.wire.boards import CHASSIS_BOARD, CHASSIS_COMMAND, DRIVES
from robotics.wire.packet import Instruction, instruction_frame

NO_LOAD = load().joints.column("velocity")
STEP = 0.005
TORQUE, WATCHDOG = CHASSIS_BOARD["torque_enable"], CHASSIS_BOARD["bus_watchdog"]


class Plant:
    """Five motors on the board's outputs: first order, 80 ms, encoders of 4096 counts a turn."""

    def __init__(self, board: Any) -> None:
        self.board = board
        self.speed = np.zeros(5)
        self.angle = np.zeros(5)
        self.sequence = 0

    def command(self, *goals: float, limit: int = 1000, fresh: bool = True, spray: int = 0) -> None:
        """Write a whole command, as the host does each tick: goals of all five drives [rad/s]."""
        self.sequence = (self.sequence + fresh) & 0xFFFF
        field = dict.fromkeys((one.name for one in CHASSIS_COMMAND.fields), 0)
        field["command_sequence"], field["spray"] = self.sequence, spray
        for drive, goal in zip(DRIVES, (*goals, 0.0, 0.0, 0.0, 0.0, 0.0), strict=False):
            field[f"goal_{drive}"] = round(1000 * goal)
            field[f"limit_{drive}"] = limit
        data = b"".join(one.to_bytes(field[one.name]) for one in CHASSIS_COMMAND.fields)
        head = CHASSIS_COMMAND.address.to_bytes(2, "little") + len(data).to_bytes(2, "little")
        frame = instruction_frame(0xFE, Instruction.SYNC_WRITE, head + b"\xc8" + data)
        assert self.board.hear(frame) == b""

    def turn(self, seconds: float, refresh: Callable[[], None] | None = None) -> np.ndarray:
        """Let time pass; return the true speeds at each step, shape (k, 5) [rad/s].

        ``refresh`` is called every 20 ms.
        """
        rows = []
        for number in range(round(seconds / STEP)):
            if refresh is not None and number % 4 == 0:
                refresh()
            self.board.step()
            duty = np.array(self.board.out.duty) / 1000.0
            self.speed += STEP / 0.08 * (duty * NO_LOAD - self.speed)
            self.angle += STEP * self.speed
            counts = np.floor(self.angle * 4096 / (2 * math.pi)).astype(int)
            self.board.sensed.count[:] = counts.tolist()
            rows.append(self.speed.copy())
        return np.array(rows)

    @property
    def status(self) -> int:
        """Bits that the board shows."""
        return int(self.board.read("status"))


@pytest.fixture
def plant(chassis: Any) -> Plant:
    """Motors on a board that is switched on, with the torque on and a watchdog of 100 ms."""
    assert chassis.write("torque_enable", 1) == 0
    assert chassis.write("bus_watchdog", 5) == 0
    return Plant(chassis)


def bit(number: int) -> int:
    """Return the mask of a status bit."""
    return 1 << number


def test_a_goal_is_reached_along_the_ramp(plant: Plant) -> None:
    """5 rad/s at 8 rad/s²: after 0.63 s, within 0.25 rad/s of the ramp, and held to 2 %."""
    speeds = plant.turn(2.5, lambda: plant.command(5.0, -5.0, 8.0, -8.0, 20.0))
    times = STEP * np.arange(1, len(speeds) + 1)
    ramp = np.minimum(5.0, 8.0 * times)
    assert np.abs(speeds[:, 0] - ramp)[times < 0.6].max() < 1.0
    assert np.allclose(speeds[:, 0], -speeds[:, 1], atol=0.1)
    assert np.allclose(speeds[-100:], (5.0, -5.0, 8.0, -8.0, 20.0), rtol=0.02)
    assert speeds[:, 0].max() < 5.25
    assert abs(plant.board.read("speed_wheel_left") / 1000 - 5.0) < 0.1
    turned = plant.board.read("position_wheel_left") * CHASSIS_BOARD["position_wheel_left"].unit
    assert abs(turned - plant.angle[0]) < 0.1


def test_wheels_never_turn_faster_than_the_limit(plant: Plant) -> None:
    """Whatever is asked, the speed limit holds."""
    board = plant.board
    board.write("torque_enable", 0)
    assert board.write("speed_limit", 300) == 0
    board.write("torque_enable", 1)
    speeds = plant.turn(1.5, lambda: plant.command(9.0, -2e6))
    assert np.allclose(speeds[-20:, :2], (3.0, -3.0), atol=0.1)
    assert np.abs(speeds[:, :2]).max() < 3.2


def test_the_torque_stays_within_the_limit_of_the_command(plant: Plant) -> None:
    """A tenth of the stall torque: the duty is never farther from the back voltage."""
    for _ in range(60):
        plant.command(8.0, 8.0, limit=100)
        plant.turn(0.02)
        duty = np.array(plant.board.out.duty[:2]) / 1000.0
        assert np.all(np.abs(duty - plant.speed[:2] / NO_LOAD[:2]) < 0.1 + 0.05)
    assert plant.speed[0] > 1.0


def test_an_old_command_stops_the_wheels(plant: Plant) -> None:
    """100 ms after the last new command they brake; nothing is obeyed until it is acknowledged."""
    plant.turn(1.0, lambda: plant.command(5.0, 5.0, 0.0, 0.0, 20.0, spray=5000))
    assert plant.board.out.spray == 5000
    silent = plant.turn(0.3)
    moving = silent[:, 0] > 4.8
    # the ramp begins in the step after 100 ms; the motor follows within its 80 ms
    assert 0.085 < STEP * moving.sum() < 0.16
    plant.turn(1.0)
    assert np.abs(plant.speed[:2]).max() < 0.05
    board = plant.board
    assert board.read("bus_watchdog") == -1
    assert plant.status & bit(boards.COMMAND_OLD)
    assert (board.out.spray, board.out.is_braking) == (0, 1)
    assert board.write("goal_wheel_left", 1000) == 4
    assert board.write("command_sequence", 9) == 4
    plant.turn(0.5, lambda: plant.command(5.0, 5.0))
    assert np.abs(plant.speed[:2]).max() < 0.05
    assert board.write("bus_watchdog", 5) == 0
    plant.turn(0.08)
    assert np.abs(plant.speed[:2]).max() < 0.05, "clearing alone moves nothing"
    plant.turn(0.5, lambda: plant.command(2.0, 2.0))
    assert plant.speed[0] > 1.8


@pytest.mark.parametrize("what", ["repeating", "reading", "pinging"])
def test_only_a_new_command_counts(plant: Plant, what: str) -> None:
    """A host whose planner hangs while its driver goes on repeating stops all the same."""
    plant.turn(0.5, lambda: plant.command(3.0, 3.0))
    talk = {
        "repeating": lambda: plant.command(3.0, 3.0, fresh=False),
        "reading": lambda: plant.board.read("sample"),
        "pinging": lambda: plant.board.ask(200, Instruction.PING),
    }[what]
    plant.turn(1.2, talk)
    assert plant.board.read("bus_watchdog") == -1
    assert np.abs(plant.speed[:2]).max() < 0.05


CAUSES = {
    "stop button": boards.STOP_BUTTON,
    "bumper front": boards.BUMPER_FRONT,
    "bumper rear": boards.BUMPER_REAR,
    "cliff left": boards.CLIFF_LEFT,
    "cliff right": boards.CLIFF_RIGHT,
    "drive failed": boards.DRIVE_FAILED,
}


@pytest.mark.parametrize("cause", list(CAUSES))
def test_a_stop_needs_no_host_and_is_latched(plant: Plant, cause: str) -> None:
    """A touch of 5 ms is enough; the stop ends only by the key, at zero goals, the cause gone."""
    board = plant.board

    def drive() -> None:
        plant.command(5.0, 5.0, 5.0, 5.0, 20.0, spray=1)

    plant.turn(1.0, drive)
    board.sensed.status = bit(CAUSES[cause])
    plant.turn(0.005, drive)
    assert board.out.spray == 0
    speeds = plant.turn(0.8, drive)
    assert speeds[round(0.7 / STEP) :, :2].max() < 0.1, "5 rad/s at 8 rad/s² take 0.63 s"
    assert np.all(np.diff(speeds[10:, 0]) < 0.02)
    assert board.write("stop_reset", boards.RESET_KEY) == 0
    plant.turn(0.3, lambda: plant.command(0.0, 0.0))
    assert board.write("stop_reset", boards.RESET_KEY) == 0
    assert plant.status & bit(boards.STOPPED), "the cause is still there"
    board.sensed.status = 0
    plant.turn(0.1, lambda: plant.command(0.0, 0.0))
    assert board.write("stop_reset", 0x51) == 0
    assert plant.status & bit(boards.STOPPED), "wrong key"
    plant.command(1.0)
    assert board.write("stop_reset", boards.RESET_KEY) == 0
    plant.turn(0.02)
    assert plant.status & bit(boards.STOPPED), "a goal is not zero"
    plant.command(0.0)
    assert board.write("stop_reset", boards.RESET_KEY) == 0
    plant.turn(0.02, lambda: plant.command(0.0))
    assert not plant.status & bit(boards.STOPPED)
    is_button = cause == "stop button"
    assert board.read("torque_enable") == (0 if is_button else 1)
    plant.turn(0.5, lambda: plant.command(2.0, 2.0))
    assert (plant.speed[0] > 1.8) == (not is_button)


def test_bumpers_and_cliffs_can_be_left_to_the_host(plant: Plant) -> None:
    """With ``bumper_stops`` and ``cliff_stops`` at 0 the board only reports."""
    board = plant.board
    board.write("torque_enable", 0)
    assert (board.write("bumper_stops", 0), board.write("cliff_stops", 0)) == (0, 0)
    board.write("torque_enable", 1)
    board.sensed.status = bit(boards.BUMPER_FRONT) | bit(boards.CLIFF_LEFT)
    plant.turn(0.6, lambda: plant.command(2.0, 2.0))
    assert plant.speed[0] > 1.8
    assert plant.status & bit(boards.BUMPER_FRONT)


def test_nothing_moves_unasked(chassis: Any) -> None:
    """Not at power on, not with torque alone, not by goals that were written before the torque."""
    plant = Plant(chassis)
    plant.command(5.0, 5.0)
    plant.turn(0.2, lambda: plant.command(5.0, 5.0))
    assert not plant.speed.any()
    assert chassis.write("torque_enable", 1) == 0
    plant.turn(0.3)
    assert not plant.speed.any(), "the old goal is forgotten"
    assert chassis.read("goal_wheel_left") == 0


def test_torque_off_lets_go_and_then_brakes(plant: Plant) -> None:
    """No duty from the next step on; the parking brake closes at a standstill only."""
    plant.turn(0.6, lambda: plant.command(4.0, 4.0))
    assert plant.board.write("torque_enable", 0) == 0
    plant.turn(0.005)
    assert list(plant.board.out.duty) == [0] * 5
    assert plant.board.out.is_braking == 0
    plant.turn(0.8)
    assert plant.board.out.is_braking == 1


def test_the_bin_tips_at_a_standstill_only(plant: Plant) -> None:
    """While the wheels turn the command is kept back."""

    def tip(speed: float) -> None:
        plant.command(speed, speed)
        plant.board.write("bin_tip", 1)

    plant.turn(0.5, lambda: tip(3.0))
    assert plant.board.out.bin_tip == 0
    plant.turn(1.0, lambda: tip(0.0))
    assert plant.board.out.bin_tip == 1


def test_angles_and_clocks_wrap(plant: Plant) -> None:
    """Counts past 2³¹ and the microseconds past 2³² change nothing."""
    plant.board.now = plant.board.time = 2**32 - 200_000
    plant.angle[:] = (2**31 - 800) * 2 * math.pi / 4096
    plant.turn(0.1)
    plant.board.write("bus_watchdog", 5)
    speeds = plant.turn(1.0, lambda: plant.command(5.0, 5.0))
    assert np.isclose(speeds[-1, 0], 5.0, atol=0.1)
    assert plant.board.read("position_wheel_left") < 0


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_a_stop_is_a_stop(chassis: Any, seed: int) -> None:
    """2000 random writes, commands and touches: while anything says stop, wheels only slow down."""
    rng = random.Random(seed)
    plant = Plant(chassis)
    writable = [one for one in CHASSIS_BOARD.fields if one.access != "R" and one.name != "id"]
    for _ in range(2000):
        kind = rng.randrange(6)
        if kind == 0:
            field = rng.choice(writable)
            if field.name not in ("status_return_level", "return_delay", "baud_rate"):
                chassis.write(field.name, rng.randint(*field.range))
        elif kind == 1:
            chassis.sensed.status = rng.choice((0, 0, 0, bit(rng.choice(list(CAUSES.values())))))
        elif kind == 2:
            chassis.write("stop_reset", boards.RESET_KEY)
        elif kind == 3:
            chassis.write("torque_enable", 1)
        else:
            plant.command(*(rng.uniform(-9, 9) for _ in range(5)), fresh=rng.random() < 0.8)
        before = np.abs(plant.speed[:2]).copy()
        plant.turn(0.01)
        status, off = plant.status, not chassis.read("torque_enable")
        if off or status & (bit(boards.STOPPED) | bit(boards.COMMAND_OLD)):
            assert np.all(np.abs(plant.speed[:2]) <= before + 0.35), (status, off)
            assert (chassis.out.spray, chassis.out.fan) == (0, 0)
        if off:
            assert list(chassis.out.duty) == [0] * 5
