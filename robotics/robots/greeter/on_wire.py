"""The greeter on its bus: 22 servos and the four pages of the sensor board."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array
from robotics.core.joints import JointTable
from robotics.core.messages import Battery, Command, Contacts, Imu, Joints, Landing
from robotics.robots.greeter.config import PERIOD
from robotics.robots.greeter.joints import LEFT_LEG, RIGHT_LEG
from robotics.robots.greeter.wiring import BAUD, wiring
from robotics.robots.on_wire import Read, Sensed, is_charging, is_set
from robotics.robots.plausible import BlockedDrives, FrozenImu, StuckJoints
from robotics.wire import boards
from robotics.wire.bus import Timing
from robotics.wire.cycle import Addresses, ByteArray
from robotics.wire.health import StepBound
from robotics.wire.instructions import sync_write
from robotics.wire.lineup import Device, Line
from robotics.wire.servos import XM430_W350

IntArray = NDArray[np.int64]

_GOAL, _CURRENT = XM430_W350["goal_position"], XM430_W350["goal_current"]
_READ = XM430_W350.window("present_current", "present_velocity", "present_position")
_SPEED = XM430_W350["present_velocity"].unit
CURRENT_BASED_POSITION = 5
"""Operating mode: position control whose torque is bounded by ``goal_current``."""
TORQUE_LIMIT = 1000
"""Counts of current for the whole torque of a joint."""
TIME_BASED = 4
"""Drive mode in which ``profile_velocity`` is the time of a movement [ms]; 0: at once."""
LANDING_EXTRA = 0.05
"""A step that is finished without a host takes so much longer [s]."""
LANDING_LASTS = 1.2
"""After falling silent, the host leaves the bus to the sensor board for so long [s]."""
REPEATS = 3
"""So often the same torque limits are told."""
SPARE = 3.0
"""A joint is never this many times as fast as its URDF says; a reading that is was damaged."""
LEGS = slice(LEFT_LEG.start, RIGHT_LEG.stop)
"""Their servos have ids in a row."""
_FAR, _STANDS = 0.1, 0.1
"""A joint so far from its goal [rad], and slower than that [rad/s], does not follow."""
_UPRIGHT = Imu(np.zeros(3), np.array([0.0, 0.0, 9.81]))
"""Instead of a frozen IMU: its last rate would turn the estimate on and on. Joints and soles carry
the robot through its last steps."""
_FAULTS = {
    boards.STOP_BUTTON: "stop button",
    boards.IMU_FAILED: "imu",
    boards.SUPPLY_LOW: "supply",
    boards.LEFT_FOOT_FAILED: "left foot sensor",
    boards.RIGHT_FOOT_FAILED: "right foot sensor",
}


class GreeterOnWire:
    """Satisfies ``robotics.robots.on_wire.OnWire``."""

    def __init__(self, joints: JointTable) -> None:
        self._wiring = wiring(joints)
        self._count = len(joints)
        self._zero = self._wiring.zero.astype(np.int64)
        self._sign = self._wiring.sign.astype(np.int64)
        self._effort = self._wiring.effort_unit
        self._lowest, self._highest = self._wiring.limits()
        self.line = Line(
            (*self._servo_devices(joints), *_BOARD),
            Addresses(_GOAL.address, _GOAL.size),
            Addresses(_READ.address, _READ.length),
            Timing(BAUD),
            PERIOD,
            landing=LANDING_LASTS,
            bound=StepBound(XM430_W350["present_position"], self._farthest(joints)),
        )
        self._frozen = FrozenImu(PERIOD)
        self._blocked = BlockedDrives(joints.names, PERIOD)
        self._stuck_legs = StuckJoints(joints.names[LEGS], PERIOD)
        self._told: Command | None = None
        self._limits: IntArray | None = None
        self._to_tell = 0
        self._landing: Landing | None = None
        self._to_leave = REPEATS
        self._rows: ByteArray = np.zeros((len(self.line.devices), _GOAL.size), dtype=np.uint8)

    def goals(self, command: Command) -> ByteArray:
        """See ``OnWire``; the driver numbers the rows of the board."""
        self._told = command
        wished = np.rint(command.target / boards.ANGLE_UNIT) * self._sign + self._zero
        counts = np.clip(wished, self._lowest, self._highest).astype("<i4")
        self._rows[: self._count] = counts.view(np.uint8).reshape(self._count, _GOAL.size)
        return self._rows

    def beside(self, command: Command) -> bytes:
        """See ``OnWire``: torque limits and landing pose are told when they change.

        Nobody answers, so limits, and that there is no pose, are told several times: one of them
        will get through. A pose is followed by the next one in a moment.
        """
        return self._limiting(command) + self._leaving(command.landing)

    def _leaving(self, landing: Landing | None) -> bytes:
        """Return the frame that leaves the landing pose with the board; empty if it has it."""
        if landing is not self._landing:
            self._landing, self._to_leave = landing, REPEATS if landing is None else 1
        if not self._to_leave:
            return b""
        self._to_leave -= 1
        row = np.zeros(1, dtype=boards.LANDING.dtype)
        if landing is not None and landing.duration > 0.0:
            row["landing_time"] = round(1000.0 * (landing.duration + LANDING_EXTRA))
            counts = self._wiring.counts(landing.target)[LEGS]
            for leg in range(boards.LANDING_LEGS):
                row[f"landing_goal_{leg}"] = counts[leg]
        return sync_write(boards.LANDING.address, {boards.SENSOR_IDS[0]: row.tobytes()})

    def _limiting(self, command: Command) -> bytes:
        """Return the frame that tells new torque limits; empty if there are none."""
        counts = np.rint(np.abs(command.effort_limit) / self._effort).astype(np.int64)
        counts = np.minimum(counts, TORQUE_LIMIT)
        if self._limits is None or not np.array_equal(counts, self._limits):
            self._limits, self._to_tell = counts, REPEATS
        if not self._to_tell:
            return b""
        self._to_tell -= 1
        pairs = zip(self._wiring.ids, counts.tolist(), strict=True)
        return sync_write(_CURRENT.address, {id: _CURRENT.to_bytes(one) for id, one in pairs})

    def sensed(self, read: Read) -> Sensed:
        """See ``OnWire``."""
        servos = self._servos(read)
        words = np.ascontiguousarray(read.rows[self._count :]).view("<i2").astype(np.int64)
        rates, forces, left, right = words
        status = int(rates[3]) & 0xFFFF
        voltage, charge = (int(word) & 0xFFFF for word in forces[3:5])
        turn = (servos["present_position"].astype(np.int64) - self._zero) * self._sign
        joints = Joints(
            position=np.asarray(turn * boards.ANGLE_UNIT),
            velocity=np.asarray(self._signed(servos["present_velocity"]) * _SPEED),
            effort=np.asarray(self._signed(servos["present_current"]) * self._effort),
            valid=read.valid[: self._count],
            age=read.age[: self._count],
        )
        frozen = self._frozen.look(words[:2, :3].tobytes(), int(rates[4]))
        return Sensed(
            joints,
            _UPRIGHT
            if frozen
            else Imu(rates[:3] * boards.GYRO_UNIT, forces[:3] * boards.ACCELERATION_UNIT),
            contacts=Contacts(np.stack((left[:4], right[:4])) * boards.FOOT_UNIT),
            battery=Battery(charge * boards.PART_UNIT, voltage * 0.001, is_charging(status)),
            faults=(
                *(name for bit, name in _FAULTS.items() if is_set(status, bit)),
                *frozen,
                *self._stuck(joints),
            ),
        )

    def _stuck(self, joints: Joints) -> tuple[str, ...]:
        """Return a fault for each joint that is blocked."""
        if self._told is None:
            return ()
        told = self._told.target
        far = np.abs(told - joints.position) > _FAR
        behind = np.asarray(far & (np.abs(joints.velocity) < _STANDS), dtype=np.float64)
        found = self._blocked.look(behind, joints.effort, self._told.effort_limit)
        legs = self._stuck_legs.look(told[LEGS], joints.position[LEGS], joints.velocity[LEGS])
        return (*found, *(one for one in legs if one not in found))

    def _farthest(self, joints: JointTable) -> Array:
        """Return how far each device's position can go in a tick, shape (n,) [counts]."""
        joint = SPARE * joints.column("velocity") * PERIOD / boards.ANGLE_UNIT
        return np.concatenate((joint, np.full(len(_BOARD), np.inf)))

    def _signed(self, counts: NDArray[Any]) -> IntArray:
        return np.asarray(counts.astype(np.int64) * self._sign)

    def _servos(self, read: Read) -> np.ndarray[tuple[int], np.dtype[np.void]]:
        rows = np.ascontiguousarray(read.rows[: self._count])
        return np.asarray(rows.view(_READ.dtype)[:, 0])

    def _servo_devices(self, joints: JointTable) -> list[Device]:
        rows = zip(self._wiring.servos, joints.names, self._lowest, self._highest, strict=True)
        return [
            Device(
                servo.id,
                name,
                servo.table,
                (
                    ("operating_mode", CURRENT_BASED_POSITION),
                    ("return_delay", 0),
                    ("drive_mode", TIME_BASED),
                    ("profile_acceleration", 0),
                    ("profile_velocity", 0),
                    ("min_position_limit", int(low)),
                    ("max_position_limit", int(high)),
                ),
            )
            for servo, name, low, high in rows
        ]


_BOARD = tuple(
    Device(id, table.name, table)
    for id, table in zip(boards.SENSOR_IDS, boards.SENSOR_PAGES, strict=True)
)
