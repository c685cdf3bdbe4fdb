"""The registers of one device: what may be read and written, and what is refused and why.

Source: ROBOTIS e-manual, control table pages of the X series ("Status Packet", error numbers).
"""

from __future__ import annotations

from robotics.wire.table import Access, Field, Table
from sim.emulator.frames import Trouble


class Memory:
    """The fields of a device with their bytes.

    Attributes:
        table: What stands where.
        raw: The bytes, also of addresses where nothing is.
    """

    def __init__(self, table: Table, raw: memoryview, *, identity: int) -> None:
        self.table, self.raw = table, raw
        self._at = {one.address: one for one in table}
        self._slots = {one.name: (one.address, one.end, one.signed) for one in table}
        self._covered = {address for one in table for address in range(one.address, one.end)}
        raw[: table.size] = bytes(table.image(identity))

    def restore(self, *, lasting: bool) -> None:
        """Set fields to their first values; those in EEPROM only if ``lasting``."""
        for one in self.table:
            if lasting or one.access is not Access.SETUP:
                self.raw[one.address : one.end] = one.to_bytes(one.initial)

    def __getitem__(self, name: str) -> int:
        begin, end, signed = self._slots[name]
        return int.from_bytes(self.raw[begin:end], "little", signed=signed)

    def __setitem__(self, name: str, counts: int) -> None:
        one = self.table[name]
        self.raw[one.address : one.end] = one.to_bytes(counts)

    def read(self, address: int, length: int) -> bytes | Trouble:
        """Return ``length`` bytes.

        Gaps between fields read as zero, as in real servos; what begins or ends outside of the
        table is refused.
        """
        if length == 0 or address + length > len(self.raw):
            return Trouble.DATA_LENGTH
        if address not in self._covered or address + length - 1 not in self._covered:
            return Trouble.ACCESS
        return bytes(self.raw[address : address + length])

    def check(self, address: int, data: bytes, *, locked: bool) -> list[Field] | Trouble:
        """Return the fields that ``data`` would fill, or why it is refused.

        Args:
            address: Of the first byte.
            data: The bytes.
            locked: Whether the fields in EEPROM are locked, because the torque is on.
        """
        if not data:
            return Trouble.DATA_LENGTH
        found: list[Field] = []
        at, end = address, address + len(data)
        while at < end:
            one = self._at.get(at)
            if one is None:
                if at == address or at in self._covered:
                    return Trouble.ACCESS
                at += 1
                continue
            trouble = self._trouble_with(one, data[at - address :], locked=locked)
            if trouble:
                return trouble
            found.append(one)
            at = one.end
        return found

    @staticmethod
    def _trouble_with(one: Field, data: bytes, *, locked: bool) -> Trouble:
        if len(data) < one.size:
            return Trouble.DATA_LENGTH
        if one.access is Access.READ or (one.access is Access.SETUP and locked):
            return Trouble.ACCESS
        low, high = one.range
        if not low <= one.from_bytes(data[: one.size]) <= high:
            return Trouble.DATA_RANGE
        return Trouble.NONE
