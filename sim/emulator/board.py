"""The boards as bus devices: the greeter's sensors, the sweeper's chassis (docs/registers.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Observation, Tools
from robotics.wire import boards
from robotics.wire.servos import WATCHDOG_TRIPPED, WATCHDOG_UNIT
from robotics.wire.table import Field, Table
from sim.emulator.device import Device
from sim.emulator.frames import Trouble


def _bits(*places: tuple[int, bool]) -> int:
    return sum(1 << place for place, is_set in places if is_set)


class Board(Device):
    """What both boards do: their watchdog counts the age of the command, not the silence.

    Attributes:
        is_pressed: Whether the stop button is pressed.
    """

    def __init__(self, table: Table, *, identity: int) -> None:
        super().__init__(table, memoryview(bytearray(256)), identity=identity)
        self.is_pressed = False
        self._sequence = 0
        self._commanded = 0.0

    def hear_traffic(self, now: float) -> None:
        """Whatever passes on the bus is no reason to go on."""

    def restart(self, now: float) -> None:
        """See ``Device``."""
        super().restart(now)
        self._sequence, self._commanded = 0, now

    def on_written(self, fields: Sequence[Field]) -> None:
        """Take note of a new command; switching the watchdog on gives it a whole period."""
        sequence = self.memory["command_sequence"]
        is_new = sequence != self._sequence
        if is_new or any(one.name in ("bus_watchdog", "torque_enable") for one in fields):
            self._commanded = self.now
        self._sequence = sequence

    @property
    def command_age(self) -> float:
        """Time since the last new command [s]."""
        return self.now - self._commanded

    def _watch(self) -> None:
        patience = self.memory["bus_watchdog"]
        if patience <= 0 or not self.is_up or not self.is_locked:
            return
        if self.command_age > patience * WATCHDOG_UNIT + 1e-9:
            self.memory["bus_watchdog"] = WATCHDOG_TRIPPED
            self.stop_by_watchdog()

    def _count(self) -> None:
        self.memory["sample"] = (self.memory["sample"] + 1) & 0xFFFF

    def _set(self, **values: float) -> None:
        """Write fields given in SI units, rounded and cut to what fits."""
        for name, value in values.items():
            one = self.memory.table[name]
            bits = 8 * one.size
            low = -(1 << bits - 1) if one.signed else 0
            high = (1 << bits - one.signed) - 1
            self.memory[name] = min(max(round(value / one.unit), low), high)

    def _set_axes(self, name: str, vector: Array) -> None:
        x, y, z = vector.tolist()
        self._set(**{f"{name}_x": x, f"{name}_y": y, f"{name}_z": z})


def sensor_board() -> tuple[Board, ...]:
    """Return the greeter's sensor board: one device for each of its four ids."""
    pages = zip(boards.SENSOR_PAGES, boards.SENSOR_IDS, strict=True)
    return tuple(Board(table, identity=identity) for table, identity in pages)


def show_on_sensor_board(pages: Sequence[Board], observation: Observation) -> None:
    """Let the sensor board's registers say what its sensors found."""
    rates, forces, left, right = pages
    rates._set_axes("gyro", observation.imu.angular_velocity)
    rates.memory["status"] = _bits(
        (boards.CHARGING, observation.battery.charging),
        (boards.STOP_BUTTON, rates.is_pressed),
        (boards.COMMAND_OLD, rates.memory["bus_watchdog"] == WATCHDOG_TRIPPED),
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
        page._set(**{f"{side}_{cell}": one for cell, one in zip(cells, force, strict=True)})
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

    def on_written(self, fields: Sequence[Field]) -> None:
        """Take a command if it is a new one; end a latched stop if nothing is to move."""
        last = self._sequence
        super().on_written(fields)
        memory = self.memory
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
        """The command is too old: ramp down."""
        self.is_changed = True

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
            *((place, name in self._bumped) for name, place in self.BUMPERS),
            (boards.CLIFF_LEFT, self.cliffs[0]),
            (boards.CLIFF_RIGHT, self.cliffs[1]),
            (boards.STOPPED, self._is_stopped),
        )
