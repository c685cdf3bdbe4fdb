"""What is on a line: its devices, where they are told and read, and what to reckon with."""

from __future__ import annotations

from dataclasses import dataclass

from robotics.wire.bus import Timing
from robotics.wire.cycle import Addresses, Group
from robotics.wire.health import StepBound
from robotics.wire.table import Table


@dataclass(frozen=True, slots=True)
class Device:
    """One id on the line."""

    id: int
    name: str
    """For people: ``left_knee``."""
    table: Table
    settings: tuple[tuple[str, int], ...] = ()
    """Fields and their counts that it gets while the torque is off."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is on a line, and how it is driven."""

    devices: tuple[Device, ...]
    told: Addresses
    """Where all devices take their goals."""
    read: Addresses
    """Where all devices are read."""
    timing: Timing
    period: float
    """Of the exchanges [s]."""
    fast: bool = True
    """Whether all devices know Fast Sync Read."""
    watchdog: float = 0.1
    """Devices stop after so long without a command [s]; in steps of 20 ms."""
    patience: float = 0.05
    """The driver falls silent after so long without a new command [s]."""
    landing: float = 0.0
    """A device leads the others to rest for so long at most, if the host falls silent [s]; 0: none
    does."""
    bound: StepBound | None = None
    """What readings are believed."""

    @property
    def group(self) -> Group:
        """What the cycle has to know of it."""
        return Group(tuple(one.id for one in self.devices), self.told, self.read, self.fast)
