"""A robot's values as rows of bytes for one bus cycle, and back: units change only here.

All devices of a robot are told at the same addresses and read at the same addresses
(``robotics.wire.cycle``), so a command and an observation are one row for each device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from robotics.core.arrays import Array, BoolArray
from robotics.core.messages import Battery, Command, Contacts, Imu, Joints, ToolReadings
from robotics.wire.boards import CHARGING
from robotics.wire.cycle import ByteArray
from robotics.wire.lineup import Line


@dataclass(frozen=True, slots=True)
class Read:
    """What came back from the bus, and how old it is."""

    rows: ByteArray
    """Last good bytes of each device, shape (n, length)."""
    valid: BoolArray
    """Whether they may still be used, shape (n,)."""
    age: Array
    """How old each sample is, shape (n,) [s]."""


@dataclass(frozen=True, slots=True)
class Sensed:
    """What the bytes mean: the part of an observation that comes over the bus."""

    joints: Joints
    imu: Imu
    contacts: Contacts = field(default_factory=Contacts)
    battery: Battery = field(default_factory=Battery)
    tools: ToolReadings = field(default_factory=ToolReadings)
    faults: tuple[str, ...] = ()


class OnWire(Protocol):
    """How one robot speaks and is understood."""

    line: Line
    """What is on its bus."""

    def goals(self, command: Command) -> ByteArray:
        """Return the row that each device is told, shape (n, length)."""

    def beside(self, command: Command) -> bytes:
        """Return frames that nobody answers, to be sent ahead of the goals; often none."""

    def sensed(self, read: Read) -> Sensed:
        """Return what the devices said."""


def is_set(word: int, bit: int) -> bool:
    """Whether ``bit`` of a status word is set."""
    return bool(word >> bit & 1)


def is_charging(word: int) -> bool:
    """Whether a board's status says that the battery is being charged."""
    return is_set(word, CHARGING)
