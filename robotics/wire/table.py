"""Control tables: what stands at which address of a device, and what a count of it means.

A device is a row of bytes with an address each. A ``Field`` is a little-endian number in that row,
a ``Table`` all fields of a kind of device. Counts become SI units here and nowhere else::

    value = counts · unit
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np

from robotics.core.errors import UnknownName
from robotics.wire.packet import WireError


class Access(StrEnum):
    """Who may write a field."""

    READ = "R"
    """Nobody."""
    WRITE = "RW"
    """The host, at any time."""
    SETUP = "EW"
    """The host, while the torque is off; it is kept when the power goes (EEPROM)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A number at an address."""

    name: str
    address: int
    size: int
    """[bytes]: 1, 2 or 4."""
    access: Access = Access.READ
    signed: bool = False
    unit: float = 1.0
    """Value of one count, in SI units."""
    low: int | None = None
    """Smallest count that may be written; None for all that fit."""
    high: int | None = None
    """Largest count that may be written."""
    initial: int = 0
    """Count that a new device holds."""
    meaning: str = ""
    """What it is, with the unit, for people."""

    @property
    def end(self) -> int:
        """Address behind it."""
        return self.address + self.size

    @property
    def range(self) -> tuple[int, int]:
        """Smallest and largest count that may be written."""
        bits = 8 * self.size
        least, most = (
            (-(1 << bits - 1), (1 << bits - 1) - 1) if self.signed else (0, (1 << bits) - 1)
        )
        return least if self.low is None else self.low, most if self.high is None else self.high

    def counts(self, value: float) -> int:
        """Return ``value`` in counts, rounded.

        Raises:
            WireError: It is not within the field's range.
        """
        count = round(value / self.unit)
        low, high = self.range
        if not low <= count <= high:
            raise WireError(
                f"{self.name} cannot be {value:g} ({count} counts); "
                f"allowed are {low * self.unit:g} to {high * self.unit:g}"
            )
        return count

    def value(self, counts: int) -> float:
        """Return what ``counts`` mean."""
        return counts * self.unit

    def to_bytes(self, counts: int) -> bytes:
        """Return ``counts`` as the device holds them; more than fits is cut off."""
        return (counts & (1 << 8 * self.size) - 1).to_bytes(self.size, "little")

    def from_bytes(self, data: bytes) -> int:
        """Return the counts that ``data`` holds."""
        return int.from_bytes(data, "little", signed=self.signed)


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring fields that are read or written together."""

    address: int
    length: int
    """[bytes]."""
    fields: tuple[Field, ...]
    """In order; bytes between them belong to nobody."""

    @property
    def dtype(self) -> np.dtype[np.void]:
        """The window as a numpy record, one column for each field."""
        return np.dtype(
            {
                "names": [one.name for one in self.fields],
                "formats": [f"<{'i' if one.signed else 'u'}{one.size}" for one in self.fields],
                "offsets": [one.address - self.address for one in self.fields],
                "itemsize": self.length,
            }
        )


@dataclass(frozen=True)
class Table:
    """All fields of a kind of device."""

    name: str
    model: int
    """Model number: what the device answers to a ping."""
    fields: tuple[Field, ...]
    baud_codes: Mapping[int, int] = field(default_factory=dict)
    """Speed of the line [bit/s] for each count of ``baud_rate``."""
    errors: Mapping[int, str] = field(default_factory=dict)
    """What each bit of ``hardware_error`` means."""

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {one.name: one for one in self.fields}

    def __getitem__(self, name: str) -> Field:
        """Return the field called ``name``.

        Raises:
            UnknownName: There is none.
        """
        if name not in self._by_name:
            raise UnknownName(f"field of {self.name}", name, list(self._by_name))
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def size(self) -> int:
        """Number of addresses."""
        return max(one.end for one in self.fields)

    def window(self, *names: str) -> Window:
        """Return the window from the first of these fields to the last.

        Raises:
            UnknownName: A field does not exist.
        """
        chosen = sorted((self[name] for name in names), key=lambda one: one.address)
        address = chosen[0].address
        return Window(address, chosen[-1].end - address, tuple(chosen))

    def image(self, id: int) -> bytearray:
        """Return the bytes that a new device of this kind holds, as device ``id``."""
        data = bytearray(self.size)
        for one in self.fields:
            data[one.address : one.end] = one.to_bytes(one.initial)
        own = self["id"]
        data[own.address : own.end] = own.to_bytes(id)
        return data

    def alerts(self, bits: int) -> tuple[str, ...]:
        """Return what ``hardware_error`` says, in words."""
        return tuple(
            self.errors.get(bit, f"error bit {bit}") for bit in range(8) if bits >> bit & 1
        )
