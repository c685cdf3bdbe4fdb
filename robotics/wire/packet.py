"""Frames of Dynamixel Protocol 2.0: bytes in, packets out, and back. No input, no output, no clock.

A frame is, in bytes (ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0")::

    FF FF FD 00 | id | length, 2 | instruction | parameters … | CRC, 2
    FF FF FD 00 | id | length, 2 |  55 (status)  | error | parameters … | CRC, 2

Numbers are little-endian. ``length`` counts from the instruction to the end of the CRC; the CRC
covers all that stands before it. Wherever the parameters would contain ``FF FF FD``, another ``FD``
is stuffed behind, so that a header never stands inside of a frame. One kind of frame is not
stuffed: the common answer of several devices to a Fast read, a status from the broadcast id
(``robotics.wire.fast``).

The same functions serve the host and the devices.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from robotics.core.compiled import compiled
from robotics.core.errors import RoboticsError

HEADER = b"\xff\xff\xfd\x00"
BROADCAST = 0xFE
"""Id that every device listens to."""
LAST_ID = 0xFC
"""Largest id that a device may have."""
LONGEST = 4096
"""Longest frame that is believed in [bytes]; a damaged length must not make anybody wait."""
SILENCE = 0.0015
"""A frame that pauses for longer than this is given up [s] (e-manual; DynamixelSDK's servos reset
their receiver after as much)."""
_PREFIX = 7
"""Bytes before the instruction."""
_MARK, _STUFFED = b"\xff\xff\xfd", b"\xff\xff\xfd\xfd"


class Instruction(IntEnum):
    """What a packet asks for; ``STATUS`` answers."""

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


class WireError(RoboticsError):
    """Something that cannot be said in this protocol, or an answer that says no."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What one frame says, without stuffing."""

    id: int
    """Of the device spoken to, or speaking."""
    instruction: int
    """An ``Instruction``; a number that is not one is passed on, and devices refuse it."""
    parameters: bytes = b""
    error: int = 0
    """Of a status only: the alert bit (0x80) and an error number. The common answer to a Fast read
    has one in each block, among the parameters."""

    @property
    def is_status(self) -> bool:
        """Whether a device says this."""
        return self.instruction == Instruction.STATUS

    @property
    def is_common(self) -> bool:
        """Whether it is the common answer of several devices to a Fast read."""
        return self.is_status and self.id == BROADCAST


def _table() -> NDArray[np.uint16]:
    """Return what each leading byte does to the CRC: polynomial 0x8005, no reflection."""
    table = np.zeros(256, dtype=np.uint16)
    for byte in range(256):
        value = byte << 8
        for _ in range(8):
            value = (value << 1) ^ (0x8005 if value & 0x8000 else 0)
        table[byte] = value & 0xFFFF
    table.setflags(write=False)
    return table


_TABLE = _table()


@compiled
def _crc(data: NDArray[np.uint8], value: int) -> int:
    for byte in data:
        value = ((value << 8) & 0xFF00) ^ _TABLE[(value >> 8) ^ byte]
    return value


@compiled
def _crc_rows(rows: NDArray[np.uint8]) -> None:
    for row in rows:
        value = 0
        for at in range(len(row) - 2):
            value = ((value << 8) & 0xFF00) ^ _TABLE[(value >> 8) ^ row[at]]
        row[-2], row[-1] = value & 0xFF, value >> 8


def seal(rows: NDArray[np.uint8]) -> None:
    """Write into the last two bytes of each row (n, length), a frame without stuffing, its CRC."""
    _crc_rows(rows)


def crc16(data: bytes, start: int = 0) -> int:
    """Return the CRC-16 (UMTS: polynomial 0x8005, from 0) of ``data``, going on from ``start``."""
    return _crc(np.frombuffer(data, dtype=np.uint8), start)


def stuff(data: bytes) -> bytes:
    """Return ``data`` so that no header can be found in it."""
    return data.replace(_MARK, _STUFFED)


def unstuff(data: bytes) -> bytes:
    """Undo ``stuff``."""
    return data.replace(_STUFFED, _MARK)


def encode(packet: Packet) -> bytes:
    """Return the frame of a packet.

    Raises:
        WireError: An id or an error is no byte, or the frame gets longer than ``LONGEST``.
    """
    if not (0 <= packet.id <= BROADCAST and 0 <= packet.error <= 0xFF):
        raise WireError(f"id {packet.id}, error {packet.error}: ids go to 254, errors to 255")
    if packet.is_common:
        body = bytes((packet.instruction,)) + packet.parameters
    elif packet.is_status:
        body = stuff(bytes((packet.instruction, packet.error)) + packet.parameters)
    else:
        body = stuff(bytes((packet.instruction,)) + packet.parameters)
    length = len(body) + 2
    if _PREFIX + length > LONGEST:
        raise WireError(f"a frame of {_PREFIX + length} bytes; allowed are {LONGEST}")
    frame = HEADER + bytes((packet.id, length & 0xFF, length >> 8)) + body
    return frame + crc16(frame).to_bytes(2, "little")


def instruction_frame(id: int, instruction: Instruction, parameters: bytes = b"") -> bytes:
    """Return the frame that asks device ``id`` for something."""
    return encode(Packet(id, instruction, parameters))


def status_frame(id: int, parameters: bytes = b"", error: int = 0) -> bytes:
    """Return the frame with which device ``id`` answers."""
    return encode(Packet(id, Instruction.STATUS, parameters, error))


class Decoder:
    """Finds the packets in a stream of bytes that may be damaged anywhere.

    A frame counts if its length is possible, its CRC is right and no header stands inside of it.
    Else only its header is skipped: a frame that begins inside of a damaged one is found, and a
    damaged length delays nobody, since the next header ends the wait. A common answer to a Fast
    read may hold anything, a header, too; ``robotics.wire.fast.salvage`` reads it.

    Attributes:
        damaged: Frames that began and were not right, so far.
    """

    def __init__(self, *, longest: int = LONGEST) -> None:
        """Prepare for frames of up to ``longest`` bytes."""
        self.damaged = 0
        self._longest = longest
        self._waiting = b""
        self._heard = float("-inf")

    def feed(self, data: bytes, time: float | None = None) -> list[Packet]:
        """Return the packets that are whole with these bytes, oldest first.

        Args:
            data: What came in; may be empty.
            time: When [s]. If given, what waited is dropped after more than ``SILENCE``.
        """
        if time is not None:
            if time - self._heard > SILENCE:
                self.clear()
            if data:
                self._heard = time
        self._waiting += data
        packets = []
        while (packet := self._next()) is not None:
            packets.append(packet)
        return packets

    def clear(self) -> None:
        """Forget an unfinished frame: whoever sent it has stopped."""
        self.damaged += len(self._waiting) > len(HEADER)
        self._waiting = b""

    def _next(self) -> Packet | None:
        """Take the first whole packet from what waits; None if there is none yet."""
        while True:
            begin = self._waiting.find(HEADER)
            if begin < 0:
                self._waiting = _maybe_header(self._waiting)
                return None
            self._waiting = frame = self._waiting[begin:]
            end = _end(frame)
            if end is None:
                return None
            if not _PREFIX + 3 <= end <= self._longest or _is_broken(frame, end):
                self._skip()
            elif len(frame) < end:
                return None
            elif crc16(frame[: end - 2]) != int.from_bytes(frame[end - 2 : end], "little"):
                self._skip()
            else:
                packet = _parsed(frame[:end])
                if packet is not None:
                    self._waiting = frame[end:]
                    return packet
                self._skip()

    def _skip(self) -> None:
        """Drop a header that no frame follows."""
        self.damaged += 1
        self._waiting = self._waiting[len(HEADER) :]


def _maybe_header(data: bytes) -> bytes:
    """Return the end of ``data`` that may be the beginning of a header."""
    for size in (3, 2, 1):
        if data.endswith(HEADER[:size]):
            return data[-size:]
    return b""


def _end(frame: bytes) -> int | None:
    """Return how many bytes a frame says that it has; None if that is not known yet."""
    return None if len(frame) < _PREFIX else _PREFIX + (frame[5] | frame[6] << 8)


def _is_broken(frame: bytes, end: int) -> bool:
    """Return whether another frame begins before this one ends.

    A header may only stand across parameters and CRC (``… FF FF | FD 00``).
    """
    return frame.find(HEADER, len(HEADER), end - 1) not in (-1, end - len(HEADER))


def _parsed(frame: bytes) -> Packet | None:
    """Return what a whole, undamaged frame says; None for a status without its error."""
    id, instruction = frame[4], frame[_PREFIX]
    body = frame[_PREFIX + 1 : -2]
    if instruction != Instruction.STATUS:
        return Packet(id, instruction, unstuff(body))
    if id == BROADCAST:
        return Packet(id, instruction, body)
    if not body:
        return None
    return Packet(id, instruction, unstuff(body)[1:], body[0])
