"""The sweeper on its bus: one chassis board."""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from robotics.core.joints import JointTable
from robotics.core.messages import Battery, Command, Contacts, Imu, Joints, ToolReadings
from robotics.robots.on_wire import Read, Sensed, is_charging, is_set
from robotics.robots.plausible import BlockedDrives, FrozenImu
from robotics.robots.sweeper.config import PERIOD
from robotics.robots.sweeper.wiring import BAUD, SETTINGS
from robotics.wire import boards
from robotics.wire.bus import Timing
from robotics.wire.cycle import Addresses, ByteArray
from robotics.wire.lineup import Device, Line

_TOLD, _READ = boards.CHASSIS_COMMAND, boards.CHASSIS_FEEDBACK
_IMU = slice(
    boards.CHASSIS_BOARD["gyro_x"].address - _READ.address,
    boards.CHASSIS_BOARD["acceleration_z"].end - _READ.address,
)
"""Bytes of the IMU among what is read."""
_HALF = 2.0**31
_BEACON = 1
"""Bit of the register ``lights``: a board's beacon is on or off, whatever is to be shown."""
WHEELS = boards.DRIVES[:2]
_TURNS, _STANDS = 0.3, 0.05
"""A wheel that is told to turn faster than this, and turns slower than that, stands [rad/s]."""
_BUMPERS = {boards.BUMPER_FRONT: "bumper_front", boards.BUMPER_REAR: "bumper_rear"}
_FAULTS = {
    boards.STOP_BUTTON: "stop button",
    boards.IMU_FAILED: "imu",
    boards.SUPPLY_LOW: "supply",
    boards.CLIFF_LEFT: "cliff left",
    boards.CLIFF_RIGHT: "cliff right",
    boards.DRIVE_FAILED: "drive",
    boards.STOPPED: "stopped by the board",
}


class SweeperOnWire:
    """Satisfies ``robotics.robots.on_wire.OnWire``."""

    def __init__(self, joints: JointTable) -> None:
        self._effort = boards.EFFORT_UNIT * joints.column("effort")
        self._frozen = FrozenImu(PERIOD)
        self._blocked = BlockedDrives(WHEELS, PERIOD)
        self._counts: Array | None = None
        self._told = np.zeros((2, len(WHEELS)))
        board = Device(
            boards.CHASSIS_ID, "chassis board", boards.CHASSIS_BOARD, tuple(SETTINGS.items())
        )
        self.line = Line(
            (board,),
            Addresses(_TOLD.address, _TOLD.length),
            Addresses(_READ.address, _READ.length),
            Timing(BAUD),
            PERIOD,
        )

    def goals(self, command: Command) -> ByteArray:
        """See ``OnWire``; the driver numbers the row."""
        row = np.zeros(1, dtype=_TOLD.dtype)
        speeds = np.rint(command.target / boards.SPEED_UNIT).astype(np.int64)
        limits = np.rint(np.abs(command.effort_limit) / self._effort).astype(np.int64)
        for place, drive in enumerate(boards.DRIVES):
            row[f"goal_{drive}"] = speeds[place]
            row[f"limit_{drive}"] = min(int(limits[place]), 1000)
        wheels = slice(len(WHEELS))
        self._told = np.stack((command.target[wheels], command.effort_limit[wheels]))
        tools = command.tools
        for name, value in (("brush", tools.brush), ("spray", tools.spray), ("fan", tools.fan)):
            row[name] = min(max(round(value / boards.TOOL_UNIT), 0), 10_000)
        row["lights"] = _BEACON if command.light else 0
        return row.view(np.uint8).reshape(1, _TOLD.length)

    def beside(self, command: Command) -> bytes:
        """See ``OnWire``: nothing."""
        return b""

    def sensed(self, read: Read) -> Sensed:
        """See ``OnWire``."""
        row = np.ascontiguousarray(read.rows[0]).view(_READ.dtype)[0]
        count = len(boards.DRIVES)
        status = int(row["status"])
        bumpers = tuple(name for bit, name in _BUMPERS.items() if is_set(status, bit))
        joints = Joints(
            position=self._unwrapped(_each(row, "position")) * boards.ANGLE_UNIT,
            velocity=_each(row, "speed") * boards.SPEED_UNIT,
            effort=_each(row, "effort") * self._effort,
            valid=np.repeat(read.valid, count),
            age=np.repeat(read.age, count),
        )
        return Sensed(
            joints,
            Imu(
                _axes(row, "gyro") * boards.GYRO_UNIT,
                _axes(row, "acceleration") * boards.ACCELERATION_UNIT,
            ),
            contacts=Contacts(bumpers=bumpers),
            battery=Battery(
                int(row["battery_charge"]) * boards.PART_UNIT,
                int(row["battery_voltage"]) * 0.001,
                is_charging(status),
            ),
            tools=_tools(row),
            faults=(
                *(name for bit, name in _FAULTS.items() if is_set(status, bit)),
                *self._frozen.look(row.tobytes()[_IMU], int(row["sample"])),
                *self._stuck(joints),
            ),
        )

    def _unwrapped(self, counts: Array) -> Array:
        """Return encoder counts (n,) that go on where the registers wrap around, at 2**31.

        Of two readings a drive has turned less than 2**31 counts, which are 500 000 turns.
        """
        last = counts if self._counts is None else self._counts
        self._counts = last + (counts - last + _HALF) % (2.0 * _HALF) - _HALF
        return self._counts

    def _stuck(self, joints: Joints) -> tuple[str, ...]:
        """Return a fault for each wheel that is blocked."""
        wheels, (target, limit) = slice(len(WHEELS)), self._told
        stands = np.abs(joints.velocity[wheels]) < _STANDS
        behind = np.asarray((np.abs(target) > _TURNS) & stands, dtype=np.float64)
        return self._blocked.look(behind, joints.effort[wheels], limit)


def _each(row: np.void, name: str) -> Array:
    return np.array([row[f"{name}_{drive}"] for drive in boards.DRIVES], dtype=np.float64)


def _axes(row: np.void, name: str) -> Array:
    return np.array([row[f"{name}_{axis}"] for axis in "xyz"], dtype=np.float64)


def _tools(row: np.void) -> ToolReadings:
    return ToolReadings(
        water=int(row["water"]) * boards.PART_UNIT,
        bin=int(row["bin"]) * boards.PART_UNIT,
        dust=int(row["dust"]) * 0.001,
        wetness=int(row["wetness"]) * boards.PART_UNIT,
        temperature=int(row["temperature"]) * 0.01,
        rain=int(row["rain"]) * 0.01,
    )
