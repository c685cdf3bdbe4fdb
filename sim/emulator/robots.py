"""The robots' devices in front of their simulated bodies: sensors to registers, goals to motors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from robotics.core.messages import Observation
from robotics.robots.greeter import wiring as greeter_wiring
from robotics.robots.sweeper import wiring as sweeper_wiring
from robotics.wire.boards import ANGLE_UNIT
from sim.emulator.board import ChassisBoard, Orders, sensor_board, show_on_sensor_board
from sim.emulator.segment import Segment
from sim.emulator.servo import Motors, Rack, Servo
from sim.held import SERVO_SPEED_QUANTUM
from sim.simulated import SimulatedBody

RAIL = 14.8
"""Voltage that the greeter's servos get from a full battery [V], for which the URDF gives their
torques and speeds; it falls as the battery's does."""


class Devices(Protocol):
    """All devices of one robot."""

    segment: Segment

    def show(self, observation: Observation) -> None:
        """Let registers say what the sensors found."""

    def wear(self, duration: float) -> None:
        """Let heat and load do their work for ``duration`` [s]."""

    def orders(self) -> Orders:
        """Return what the registers tell the motors."""

    @property
    def is_changed(self) -> bool:
        """Whether that may have changed since it was asked."""


class GreeterDevices:
    """22 servos and the sensor board.

    Attributes:
        rail: What the servos get from a full battery [V].
    """

    def __init__(self, body: SimulatedBody) -> None:
        self._body = body
        self.rail = RAIL
        wiring = greeter_wiring.wiring(body.spec.model.joints)
        memory = np.zeros((len(wiring.servos), 256), dtype=np.uint8)
        rows = [memoryview(row.data) for row in memory]
        servos = [
            Servo(wire.table, row, identity=wire.id)
            for wire, row in zip(wiring.servos, rows, strict=True)
        ]
        lowest, highest = wiring.limits()
        for servo, low, high in zip(servos, lowest, highest, strict=True):
            servo.memory["min_position_limit"] = int(low)
            servo.memory["max_position_limit"] = int(high)
            servo.memory["operating_mode"] = 5
            servo.memory["return_delay"] = 0
            servo.memory["baud_rate"] = 6
        motors = Motors(
            *(wiring.zero, wiring.sign, ANGLE_UNIT, SERVO_SPEED_QUANTUM),
            *(wiring.effort_unit, body.spec.motors.stall),
        )
        self.rack = Rack(memory, servos, motors)
        self.board = sensor_board()
        for page in self.board:
            page.memory["baud_rate"] = 6
        self.segment = Segment((*servos, *self.board), baud=greeter_wiring.BAUD)

    def show(self, observation: Observation) -> None:
        """See ``Devices``."""
        joints = observation.joints
        self.rack.show(joints.position, joints.velocity, joints.effort)
        show_on_sensor_board(self.board, observation)

    def wear(self, duration: float) -> None:
        """See ``Devices``."""
        torque = self._body.torque
        loss = self._body.spec.motors.copper_loss * torque**2
        volts = self.rail * self._body.supply
        self.rack.age(loss, torque, voltage=volts, duration=duration)

    def orders(self) -> Orders:
        """See ``Devices``."""
        return Orders(*self.rack.orders())

    @property
    def is_changed(self) -> bool:
        """See ``Devices``."""
        return self.rack.is_changed


class SweeperDevices:
    """The chassis board."""

    def __init__(self, body: SimulatedBody) -> None:
        self.board = ChassisBoard(body.spec.motors.stall)
        self.segment = Segment((self.board,), baud=sweeper_wiring.BAUD)

    def show(self, observation: Observation) -> None:
        """See ``Devices``."""
        self.board.show(observation)

    def wear(self, duration: float) -> None:
        """See ``Devices``; the board's drives are sized for a whole day."""

    def orders(self) -> Orders:
        """See ``Devices``."""
        return self.board.orders()

    @property
    def is_changed(self) -> bool:
        """See ``Devices``."""
        return self.board.is_changed


DEVICES: dict[str, Callable[[SimulatedBody], Devices]] = {
    "greeter": GreeterDevices,
    "sweeper": SweeperDevices,
}
"""What makes the devices of each robot."""


class EmulatedRobot:
    """A simulated body with its devices in front.

    Attributes:
        body: The body.
        devices: Its devices.
        latest: The body's last observation; what has no bus yet is taken from it.
        in_jig: A jig holds joints without torque in the zero pose.
    """

    def __init__(self, body: SimulatedBody, devices: Devices) -> None:
        self.body, self.devices = body, devices
        self.latest: Observation | None = None
        self.in_jig = False

    def place(self, now: float) -> None:
        """Put the body back to its start and show what its sensors find."""
        self.latest = self.body.reset()
        self.devices.show(self.latest)
        self.tick(now)

    def advance(self, now: float) -> None:
        """Let one control period of the body pass; on the devices' clock it is ``now`` [s] then."""
        self.latest = self.body.observe()
        self.devices.show(self.latest)
        self.devices.wear(self.body.period)
        self.tick(now)

    def tick(self, now: float) -> None:
        """Let the devices notice that it is ``now`` [s], and the motors what they order."""
        self.devices.segment.tick(now)
        self.obey(now)

    def obey(self, now: float) -> None:
        """Hand new orders to the motors."""
        del now
        if self.devices.is_changed:
            orders = self.devices.orders()
            target, limit = orders.target, orders.limit
            if self.in_jig:
                is_limp = limit == 0.0
                target = np.where(is_limp, 0.0, target)
                limit = np.where(is_limp, self.body.spec.motors.stall, limit)
            self.body.obey(target, limit, orders.tools)
