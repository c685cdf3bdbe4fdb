"""Servos of the X and P series: what is special about their registers.

Sources: ROBOTIS e-manual, "XM540-W150" (control table, "Shutdown", "Bus Watchdog", "Operating
Mode"); what a servo does on a silent bus in position mode was seen by crane_x7 (issue 11): it
brakes where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array
from robotics.wire.servos import WATCHDOG_TRIPPED
from robotics.wire.table import Field, Table
from sim import heat
from sim.emulator.device import Device
from sim.emulator.frames import Trouble

POSITION, EXTENDED, CURRENT_POSITION = 3, 4, 5
"""Operating modes that the emulated motor has; the others are refused."""
VOLTAGE, HEAT, ENCODER, SHOCK, OVERLOAD = 0x01, 0x04, 0x08, 0x10, 0x20
"""Bits of the hardware error status."""
GOALS = frozenset({"goal_pwm", "goal_current", "goal_velocity", "goal_position"})
"""Registers that cannot be written after the bus watchdog has bitten."""
TIME_BASED = 4
"""Bit of the drive mode: ``profile_velocity`` is the time of a movement [ms]."""
FULL_PWM = 885
"""Goal PWM at full duty."""
OVERLOADED = 2.0
"""A servo that gives all it can for longer than this calls it an overload [s]."""


@dataclass(frozen=True, slots=True)
class Way:
    """A time-based profile: a trapezoid of speed that arrives in time.

    Simplified: a new goal begins at rest, where the trajectory was.
    """

    begin: float
    """[s]."""
    start: float
    """[counts]."""
    goal: float
    """[counts]."""
    span: float
    """Of the whole movement [s]."""
    rising: float
    """Of gaining speed, and of losing it [s]; at most half of the span."""

    def at(self, now: float) -> float:
        """Return where it is at ``now`` [s], in counts."""
        passed = min(max(now - self.begin, 0.0), self.span)
        top = 1.0 / max(self.span - self.rising, 1e-9)
        left = self.span - passed
        if passed < self.rising:
            share = 0.5 * top * passed**2 / self.rising
        elif left < self.rising:
            share = 1.0 - 0.5 * top * left**2 / self.rising
        else:
            share = top * (passed - 0.5 * self.rising)
        return self.start + share * (self.goal - self.start)


class Servo(Device):
    """One servo.

    Attributes:
        way: The profile that it is on; None if it has arrived, or has no profile.
        held: Where it brakes after the bus watchdog has bitten, as its register says it.
        is_changed: Whether its goals were written since the motors were told.
    """

    def __init__(self, table: Table, raw: memoryview, *, identity: int) -> None:
        super().__init__(table, raw, identity=identity)
        self.held = 0
        self.is_changed = True
        self.way: Way | None = None
        self._before, self._is_timed = 0.0, False

    def restart(self, now: float) -> None:
        """See ``Device``."""
        super().restart(now)
        self.is_changed, self.way, self._is_timed = True, None, False

    def on_written(self, fields: Sequence[Field]) -> None:
        """See ``Device``; with a time-based profile it is a while on its way to a new goal."""
        self.is_changed = True
        memory = self.memory
        if any(one.name == "profile_velocity" for one in fields):
            self._is_timed = memory["profile_velocity"] > 0
        if (self._is_timed or self.way) and any(one.name == "goal_position" for one in fields):
            begin = self._before
            span = memory["profile_velocity"] if memory["drive_mode"] & TIME_BASED else 0
            goal = memory["goal_position"]
            rising = min(memory["profile_acceleration"], span // 2)
            way = Way(self.now, begin, goal, 0.001 * span, 0.001 * rising)
            self.way = way if span else None

    def heading_for(self) -> float:
        """Return where its trajectory is now [counts]."""
        if self.way is None:
            return self.memory["goal_position"]
        place = self.way.at(self.now)
        if self.now >= self.way.begin + self.way.span:
            self.way = None
        return place

    def stop_by_watchdog(self) -> None:
        """Brake where it is; the goals stay as they are, and cannot be written."""
        self.held, self.way = self.memory["present_position"], None
        self.is_changed = True

    def refuses(self, fields: Sequence[Field], data: bytes) -> Trouble:
        """Goals on a bitten watchdog, goals beyond limits, torque after a shutdown."""
        memory = self.memory
        if self._is_timed or len(fields) > 1:
            self._before = self.heading_for()
        start = fields[0].address
        for one in fields:
            value = one.from_bytes(data[one.address - start : one.end - start])
            if one.name in GOALS and memory["bus_watchdog"] == WATCHDOG_TRIPPED:
                return Trouble.DATA_RANGE
            if one.name == "bus_watchdog" and memory["bus_watchdog"] == WATCHDOG_TRIPPED and value:
                return Trouble.DATA_RANGE
            if one.name == "operating_mode" and value not in (3, 4, 5):
                return Trouble.DATA_RANGE
            if one.name == "torque_enable" and value and self.is_shut_down:
                return Trouble.RESULT_FAIL
            if self._is_beyond(one.name, value):
                return Trouble.DATA_LIMIT
        return Trouble.NONE

    @property
    def is_shut_down(self) -> bool:
        """Whether an error keeps the torque off until the next restart."""
        return bool(self.memory["hardware_error"] & self.memory["shutdown"])

    def fail(self, bits: int) -> None:
        """Report an error; shut down if it is one of those."""
        self.memory["hardware_error"] |= bits
        if self.is_shut_down and self.memory["torque_enable"]:
            self.memory["torque_enable"] = 0
            self.is_changed = True

    def _is_beyond(self, name: str, value: int) -> bool:
        memory = self.memory
        if name == "goal_position" and memory["operating_mode"] != EXTENDED:
            least, most = memory["min_position_limit"], memory["max_position_limit"]
            return not least <= value <= most
        bound = {"goal_pwm": "pwm_limit", "goal_current": "current_limit"}.get(name)
        return bound is not None and abs(value) > memory[bound]


@dataclass(frozen=True, slots=True)
class Motors:
    """How the registers of servos mean angles and torques, each of shape (n,)."""

    zero: Array
    """Position register at joint angle 0."""
    sign: Array
    """1, or -1 where the servo turns against the joint."""
    angle: float
    """Of one count of position [rad]."""
    speed: float
    """Of one count of velocity [rad/s]."""
    torque: Array
    """Of one count of current [N·m]."""
    stall: Array
    """Largest torque [N·m]."""


class Rack:
    """The servos of one robot, in the order of its joint table.

    Attributes:
        servos: One for each joint.
        heat: Temperature of each winding [°C], shape (n,).
    """

    AMBIENT, HEATING, SLOWNESS = heat.AMBIENT, heat.HEATING, heat.SLOWNESS

    def __init__(self, memory: np.ndarray, servos: Sequence[Servo], motors: Motors) -> None:
        self.servos, self._memory, self._motors = tuple(servos), memory, motors
        self.heat = np.full(len(servos), self.AMBIENT)
        self._saturated = np.zeros(len(servos))
        self._columns = {
            name: self._column(self.servos[0].memory.table[name])
            for name in (
                *("torque_enable", "goal_position", "goal_current", "goal_pwm", "operating_mode"),
                *("present_position", "present_velocity", "present_current", "present_pwm"),
                *("present_voltage", "present_temperature", "bus_watchdog"),
                *("temperature_limit", "min_voltage_limit", "max_voltage_limit", "homing_offset"),
            )
        }

    def _column(self, one: Field) -> np.ndarray:
        kind = f"<{'i' if one.signed else 'u'}{one.size}"
        return np.asarray(self._memory[:, one.address : one.end].view(kind)[:, 0])

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a live view of one register of all servos, shape (n,)."""
        return self._columns[name]

    @property
    def _zero(self) -> Array:
        """Position register at joint angle 0: the homing offset is added to what is shown."""
        return np.asarray(self._motors.zero + self["homing_offset"])

    def show(self, position: Array, velocity: Array, torque: Array) -> None:
        """Let the registers say what the encoders and current sensors found, each (n,) in SI."""
        motors = self._motors
        count = np.rint(position / motors.angle) * motors.sign + self._zero
        self["present_position"][:] = count.astype(np.int32)
        self["present_velocity"][:] = np.rint(velocity / motors.speed * motors.sign)
        self["present_current"][:] = np.rint(torque / motors.torque * motors.sign)

    def age(self, loss: Array, torque: Array, *, voltage: float, duration: float) -> None:
        """Let heat and errors come about.

        Args:
            loss: Heat in each winding, shape (n,) [W].
            torque: Of each motor, shape (n,) [N·m].
            voltage: At the servos [V].
            duration: Since the last call [s].
        """
        self.heat = heat.warmed(self.heat, loss, duration)
        self["present_temperature"][:] = np.rint(self.heat)
        volts = round(10.0 * voltage)
        self["present_voltage"][:] = volts
        full = np.abs(torque) >= 0.98 * self._motors.stall
        self._saturated = np.where(full, self._saturated + duration, 0.0)
        wrong = (self["min_voltage_limit"] > volts) | (self["max_voltage_limit"] < volts)
        bits = VOLTAGE * wrong + HEAT * (self.heat > self["temperature_limit"])
        bits = bits + OVERLOAD * (self._saturated > OVERLOADED)
        for place in np.flatnonzero(bits):
            self.servos[place].fail(int(bits[place]))

    def orders(self) -> tuple[Array, Array]:
        """Return set-points [rad] and torque limits [N·m], each (n,), as the registers say."""
        motors = self._motors
        goal = self["goal_position"].astype(np.float64)
        for place, servo in enumerate(self.servos):
            servo.is_changed = servo.way is not None
            if servo.way is not None:
                goal[place] = servo.heading_for()
            if servo.memory["bus_watchdog"] == WATCHDOG_TRIPPED:
                goal[place] = servo.held
        target = (goal - self._zero) * motors.sign * motors.angle
        by_current = self["goal_current"] * motors.torque
        by_duty = self["goal_pwm"] * (motors.stall / FULL_PWM)
        limit = np.where(self["operating_mode"] == CURRENT_POSITION, by_current, by_duty)
        return target, np.where(self["torque_enable"] != 0, limit, 0.0)

    @property
    def is_changed(self) -> bool:
        """Whether any register that matters to the motors was written since ``orders``."""
        return any(servo.is_changed for servo in self.servos)
