"""The boards as bus devices: the greeter's sensors, the sweeper's chassis (docs/registers.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Observation, Tools
from robotics.wire import boards
from robotics.wire.servos import WATCHDOG_TRIPPED
from robotics.wire.table import Field
from sim.emulator.frames import Trouble
from sim.emulator.leading import LeadingBoard
from sim.emulator.watching import Board


def _bits(*places: tuple[int, bool]) -> int:
    return sum(1 << place for place, is_set in places if is_set)


def sensor_board() -> tuple[Board, ...]:
    """Return the greeter's sensor board: one device for each of its four ids."""
    pages = zip(boards.SENSOR_PAGES, boards.SENSOR_IDS, strict=True)
    first, *others = (
        (LeadingBoard if table is boards.SENSOR_PAGES[0] else Board)(table, identity=identity)
        for table, identity in pages
    )
    return (first, *others)


def show_on_sensor_board(pages: Sequence[Board], observation: Observation) -> None:
    """Let the sensor board's registers say what its sensors found."""
    rates, forces, left, right = pages
    rates._set_axes("gyro", observation.imu.angular_velocity)
    rates.memory["status"] = _bits(
        (boards.CHARGING, observation.battery.charging),
        (boards.STOP_BUTTON, rates.is_pressed),
        (boards.COMMAND_OLD, rates.memory["bus_watchdog"] == WATCHDOG_TRIPPED),
        (boards.SUPPLY_LOW, rates.is_low),
        (boards.IMU_FAILED, rates.has_failed),
    )
    rates._count()
    forces._set_axes("acceleration", observation.imu.linear_acceleration)
    forces._set(
        battery_voltage=observation.battery.voltage, battery_charge=observation.battery.charge
    )
    cells = ("front_left", "front_right", "rear_left", "rear_right")
    for side, page, force in zip(
        ("left", "right"), (left, right), observation.contacts.foot_force.tolist(), strict=True
    ):
        felt = [0.0] * len(cells) if page.is_numb else force
        page._set(**{f"{side}_{cell}": one for cell, one in zip(cells, felt, strict=True)})
        page.memory[f"{side}_sample"] = rates.memory["sample"]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a robot's registers tell its motors and tools."""

    target: Array
    """Set-points, shape (n,) [rad] or [rad/s]."""
    limit: Array
    """Largest torques, shape (n,) [N·m]."""
    tools: Tools = field(default_factory=Tools)


class ChassisBoard(Board):
    """The sweeper's chassis board.

    Attributes:
        stall: Stall torques of its drives, shape (5,) [N·m].
        cliffs: Whether the left and the right cliff sensor look into a hole.
    """

    BUMPERS = (("bumper_front", boards.BUMPER_FRONT), ("bumper_rear", boards.BUMPER_REAR))

    def __init__(self, stall: Array) -> None:
        super().__init__(boards.CHASSIS_BOARD, identity=boards.CHASSIS_ID)
        self.stall = stall
        self.cliffs = (False, False)
        self.is_changed = True
        self._is_stopped = False
        self._bumped: tuple[str, ...] = ()
        self._charging = False
        self._taken = self._standstill()
        self._was_on = False

    def on_written(self, fields: Sequence[Field]) -> None:
        """Take a command if it is a new one; end a latched stop if nothing is to move."""
        last = self._sequence
        super().on_written(fields)
        memory = self.memory
        if any(one.name == "torque_enable" for one in fields) and self.is_locked != self._was_on:
            self._was_on = self.is_locked
            self._forget()
        if memory["command_sequence"] != last:
            memory["sequence_taken"] = memory["command_sequence"]
            self._taken = self._command()
        if any(one.name == "stop_reset" for one in fields):
            is_key = memory["stop_reset"] == boards.RESET_KEY
            memory["stop_reset"] = 0
            if is_key and not self._taken.target.any() and not self._is_unsafe():
                self._is_stopped = False
        self.is_changed = True

    def refuses(self, fields: Sequence[Field], data: bytes) -> Trouble:
        """After the watchdog has bitten no command is taken until 0 is written to it."""
        commands = ("command_sequence", "goal_")
        is_command = any(one.name.startswith(commands) for one in fields)
        is_late = self.memory["bus_watchdog"] == WATCHDOG_TRIPPED
        return Trouble.DATA_RANGE if is_late and is_command else Trouble.NONE

    def _command(self) -> Orders:
        """Return what the registers ask for."""
        memory = self.memory
        goal = np.array([memory[f"goal_{drive}"] for drive in boards.DRIVES])
        limit = np.array([memory[f"limit_{drive}"] for drive in boards.DRIVES])
        tools = Tools(*(memory[name] * boards.TOOL_UNIT for name in ("brush", "spray", "fan")))
        return Orders(goal * boards.SPEED_UNIT, limit * (boards.EFFORT_UNIT * self.stall), tools)

    def restart(self, now: float) -> None:
        """See ``Device``."""
        super().restart(now)
        self._was_on = False
        self._forget()

    def _forget(self) -> None:
        """Without torque, or too old, a command is over: what comes next has to be a new one."""
        for one in boards.CHASSIS_COMMAND.fields:
            if one.name.startswith("goal_") or one.name in ("bin_tip", "brush", "spray", "fan"):
                self.memory[one.name] = 0
        self._taken, self.is_changed = self._standstill(), True

    def _standstill(self) -> Orders:
        return Orders(np.zeros(len(boards.DRIVES)), self.stall)

    def tick(self, now: float) -> None:
        """See ``Device``; the reflexes that need no host."""
        super().tick(now)
        if self._is_unsafe() and not self._is_stopped:
            self._is_stopped = self.is_changed = True
        self.memory["command_age"] = min(round(1000.0 * self.command_age), 0xFFFF)
        self._say_status()

    def stop_by_watchdog(self) -> None:
        """The command is too old: ramp down, and forget it."""
        self._forget()

    def show(self, observation: Observation) -> None:
        """Let the registers say what the sensors found."""
        joints, names = observation.joints, boards.DRIVES
        for place, drive in enumerate(names):
            self.memory[f"position_{drive}"] = round(joints.position[place] / boards.ANGLE_UNIT)
            self._set(**{f"speed_{drive}": joints.velocity[place]})
            part = joints.effort[place] / self.stall[place]
            self._set(**{f"effort_{drive}": part})
        self._set_axes("gyro", observation.imu.angular_velocity)
        self._set_axes("acceleration", observation.imu.linear_acceleration)
        battery, tools = observation.battery, observation.tools
        self._set(battery_voltage=battery.voltage, battery_charge=battery.charge)
        self._set(water=tools.water, bin=tools.bin, dust=tools.dust, wetness=tools.wetness)
        self._set(temperature=tools.temperature, rain=tools.rain)
        self._charging, self._bumped = battery.charging, observation.contacts.bumpers
        self._say_status()
        self._count()

    def orders(self) -> Orders:
        """Return what drives and tools are to do now; a board without torque brakes."""
        self.is_changed = False
        memory = self.memory
        runs = memory["torque_enable"] and not self._is_stopped
        runs = runs and memory["bus_watchdog"] != WATCHDOG_TRIPPED and self.is_up
        return self._taken if runs else self._standstill()

    def _is_unsafe(self) -> bool:
        memory = self.memory
        bumped = bool(self._bumped) and memory["bumper_stops"]
        return bool(self.is_pressed or bumped or (any(self.cliffs) and memory["cliff_stops"]))

    def _say_status(self) -> None:
        self.memory["status"] = _bits(
            (boards.CHARGING, self._charging),
            (boards.STOP_BUTTON, self.is_pressed),
            (boards.COMMAND_OLD, self.memory["bus_watchdog"] == WATCHDOG_TRIPPED),
            (boards.SUPPLY_LOW, self.is_low),
            (boards.IMU_FAILED, self.has_failed),
            *((place, name in self._bumped) for name, place in self.BUMPERS),
            (boards.CLIFF_LEFT, self.cliffs[0]),
            (boards.CLIFF_RIGHT, self.cliffs[1]),
            (boards.STOPPED, self._is_stopped),
        )
