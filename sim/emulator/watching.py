"""What both boards do as bus devices: their watchdog counts the age of the command."""

from __future__ import annotations

from collections.abc import Sequence

from robotics.core.arrays import Array
from robotics.wire.servos import WATCHDOG_TRIPPED, WATCHDOG_UNIT
from robotics.wire.table import Field, Table
from sim.emulator.device import Device


class Board(Device):
    """What both boards do: their watchdog counts the age of the command, not the silence.

    Attributes:
        is_pressed: Whether the stop button is pressed.
        is_frozen: Whether the IMU says what it said last, again and again.
        is_low: Whether the supply has sagged.
        is_numb: Whether the load cells of its page say nothing.
        has_failed: Whether its IMU does not answer.
    """

    def __init__(self, table: Table, *, identity: int) -> None:
        super().__init__(table, memoryview(bytearray(256)), identity=identity)
        self.is_pressed = self.is_frozen = self.is_low = False
        self.is_numb = self.has_failed = False
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
        if self.is_frozen:
            return
        x, y, z = vector.tolist()
        self._set(**{f"{name}_x": x, f"{name}_y": y, f"{name}_z": z})
