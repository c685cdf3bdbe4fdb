"""The device's side of Dynamixel Protocol 2.0: instructions in, status packets out.

Source: ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0". Checked on its published packets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

HEADER = b"\xff\xff\xfd\x00"
_STUFFED, _PLAIN = b"\xff\xff\xfd\xfd", b"\xff\xff\xfd"
BROADCAST = 0xFE
LONGEST = 1024
"""A length field beyond this is garbage, not an instruction [bytes]."""
GAP = 0.0015
"""A packet that stands still this long is given up [s] (e-manual, "Response Policy")."""


class Code(IntEnum):
    """Instructions that devices understand."""

    PING = 0x01
    READ = 0x02
    WRITE = 0x03
    REG_WRITE = 0x04
    ACTION = 0x05
    FACTORY_RESET = 0x06
    REBOOT = 0x08
    CLEAR = 0x10
    STATUS = 0x55
    SYNC_READ = 0x82
    SYNC_WRITE = 0x83
    FAST_SYNC_READ = 0x8A
    BULK_READ = 0x92
    BULK_WRITE = 0x93
    FAST_BULK_READ = 0x9A


class Trouble(IntEnum):
    """Error numbers of a status packet."""

    NONE = 0
    RESULT_FAIL = 1
    INSTRUCTION = 2
    CRC = 3
    DATA_RANGE = 4
    DATA_LENGTH = 5
    DATA_LIMIT = 6
    ACCESS = 7


ALERT = 0x80
"""Added to the error number while the hardware error status is not zero."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One packet from the host."""

    target: int
    """Id that it is for."""
    code: int
    data: bytes


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        crc = value << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x8005 if crc & 0x8000 else crc << 1
        table.append(crc & 0xFFFF)
    return tuple(table)


_TABLE = _crc_table()


def crc16(data: bytes, crc: int = 0) -> int:
    """Return the CRC-16 of ``data`` going on from ``crc``: polynomial 0x8005, no reflection."""
    for byte in data:
        crc = ((crc & 0xFF) << 8) ^ _TABLE[(crc >> 8) ^ byte]
    return crc


def status(device: int, error: int, data: bytes = b"") -> bytes:
    """Return the status packet of ``device``."""
    body = bytes((Code.STATUS, error)) + data
    body = body.replace(_PLAIN, _STUFFED)
    head = HEADER + bytes((device,)) + (len(body) + 2).to_bytes(2, "little")
    return head + body + crc16(head + body).to_bytes(2, "little")


def fast_head(blocks: Sequence[int]) -> bytes:
    """Return the beginning of a fast status packet whose blocks have ``blocks`` data bytes."""
    length = 1 + sum(size + 4 for size in blocks)
    return HEADER + bytes((BROADCAST,)) + length.to_bytes(2, "little") + bytes((Code.STATUS,))


def fast_block(device: int, error: int, data: bytes, crc: int) -> tuple[bytes, int]:
    """Return one device's part of a fast status packet, and the CRC to go on from.

    Nothing is stuffed there, and the CRC runs on through all that stands before it.
    """
    block = bytes((error, device)) + data
    crc = crc16(block, crc)
    sealed = crc.to_bytes(2, "little")
    return block + sealed, crc16(sealed, crc)


class Listener:
    """Finds instructions in what comes over the line.

    Attributes:
        refused: Packets with a wrong CRC so far.
        gap: A packet that stands still this long is given up [s].
    """

    def __init__(self, gap: float = GAP) -> None:
        """Listen."""
        self.refused = 0
        self.gap = gap
        self._buffer = bytearray()
        self._heard = 0.0

    def hear(self, data: bytes, now: float) -> Iterator[Instruction]:
        """Yield the whole instructions that end in ``data``, whose last byte came at ``now`` [s].

        Status packets (another device speaks on the same two wires) are passed over.
        """
        if now - self._heard > self.gap:
            self._buffer.clear()
        self._heard = now
        self._buffer += data
        while (found := self._next()) is not None:
            if found.code != Code.STATUS:
                yield found

    def _next(self) -> Instruction | None:
        buffer = self._buffer
        while True:
            start = buffer.find(HEADER)
            if start < 0:
                del buffer[: max(0, len(buffer) - len(HEADER) + 1)]
                return None
            del buffer[:start]
            if len(buffer) < 7:
                return None
            length = buffer[5] | buffer[6] << 8
            if not 3 <= length <= LONGEST:
                del buffer[:1]
                continue
            if len(buffer) < 7 + length:
                return None
            packet = bytes(buffer[: 7 + length])
            if crc16(packet[:-2]) != packet[-2] | packet[-1] << 8:
                self.refused += 1
                del buffer[:1]
                continue
            del buffer[: 7 + length]
            body = packet[7:-2].replace(_STUFFED, _PLAIN)
            return Instruction(packet[4], body[0], body[1:])
