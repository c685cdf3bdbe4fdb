"""What the instructions say: parameters written by the host, read by the devices.

``read``, ``sync_write`` and the like make whole frames. ``reads`` and ``writes`` are their inverse,
for devices: which bytes are asked for, which are to be changed, and of whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from robotics.wire.packet import BROADCAST, Instruction, Packet, WireError, instruction_frame

ALERT = 0x80
"""Bit of a status' error: ``hardware_error`` of the device is not 0."""


class Error(IntEnum):
    """Why a device refused, in the other bits of a status' error."""

    NONE = 0
    RESULT = 1
    INSTRUCTION = 2
    CRC = 3
    DATA_RANGE = 4
    DATA_LENGTH = 5
    DATA_LIMIT = 6
    ACCESS = 7


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a device."""

    id: int
    address: int
    length: int


@dataclass(frozen=True, slots=True)
class Change:
    """Bytes to be written to a device."""

    id: int
    address: int
    data: bytes


# ------------------------------------------------------------------------- said by the host


def ping(id: int = BROADCAST) -> bytes:
    """Return the frame that asks one device, or all, whether they are there."""
    return instruction_frame(id, Instruction.PING)


def reboot(id: int) -> bytes:
    """Return the frame that restarts a device: torque off, RAM as after power on."""
    return instruction_frame(id, Instruction.REBOOT)


def action() -> bytes:
    """Return the frame that carries out what was written with ``registered``."""
    return instruction_frame(BROADCAST, Instruction.ACTION)


def read(span: Span) -> bytes:
    """Return the frame that asks one device for some bytes."""
    return instruction_frame(span.id, Instruction.READ, _words(span.address, span.length))


def write(change: Change, *, registered: bool = False) -> bytes:
    """Return the frame that writes to one device; if ``registered``, when ``action`` comes."""
    instruction = Instruction.REG_WRITE if registered else Instruction.WRITE
    return instruction_frame(change.id, instruction, _words(change.address) + change.data)


def sync_read(address: int, length: int, ids: Sequence[int], *, fast: bool = False) -> bytes:
    """Return the frame that asks several devices for the same addresses."""
    instruction = Instruction.FAST_SYNC_READ if fast else Instruction.SYNC_READ
    return instruction_frame(BROADCAST, instruction, _words(address, length) + bytes(ids))


def sync_write(address: int, data: Mapping[int, bytes]) -> bytes:
    """Return the frame that writes to the same addresses of several devices; none answers.

    Args:
        address: Where.
        data: Bytes for each id, all of one length.

    Raises:
        WireError: There is no device, or the lengths differ.
    """
    lengths = {len(one) for one in data.values()}
    if len(lengths) != 1:
        raise WireError(f"a Sync Write needs data of one length, not {sorted(lengths)}")
    rows = b"".join(bytes((id,)) + one for id, one in data.items())
    parameters = _words(address, lengths.pop()) + rows
    return instruction_frame(BROADCAST, Instruction.SYNC_WRITE, parameters)


def bulk_read(spans: Sequence[Span], *, fast: bool = False) -> bytes:
    """Return the frame that asks several devices for different addresses."""
    instruction = Instruction.FAST_BULK_READ if fast else Instruction.BULK_READ
    rows = (bytes((span.id,)) + _words(span.address, span.length) for span in spans)
    return instruction_frame(BROADCAST, instruction, b"".join(rows))


def bulk_write(changes: Sequence[Change]) -> bytes:
    """Return the frame that writes to different addresses of several devices; none answers."""
    rows = (bytes((c.id,)) + _words(c.address, len(c.data)) + c.data for c in changes)
    return instruction_frame(BROADCAST, Instruction.BULK_WRITE, b"".join(rows))


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "little") for value in values)


# --------------------------------------------------------------------- heard by the devices


def reads(packet: Packet) -> tuple[Span, ...]:
    """Return what an instruction asks for, in the order in which the devices are to answer.

    Raises:
        WireError: The parameters are not those of a read.
    """
    p = packet.parameters
    match packet.instruction:
        case Instruction.READ:
            _expect(len(p) == 4, packet)
            return (Span(packet.id, _word(p, 0), _word(p, 2)),)
        case Instruction.SYNC_READ | Instruction.FAST_SYNC_READ:
            _expect(len(p) > 4, packet)
            return tuple(Span(id, _word(p, 0), _word(p, 2)) for id in p[4:])
        case Instruction.BULK_READ | Instruction.FAST_BULK_READ:
            _expect(len(p) > 0 and len(p) % 5 == 0, packet)
            places = range(0, len(p), 5)
            return tuple(Span(p[at], _word(p, at + 1), _word(p, at + 3)) for at in places)
    raise WireError(f"instruction {packet.instruction:#04x} reads nothing")


def writes(packet: Packet) -> tuple[Change, ...]:
    """Return what an instruction changes, for all devices that it names.

    Raises:
        WireError: The parameters are not those of a write.
    """
    p = packet.parameters
    match packet.instruction:
        case Instruction.WRITE | Instruction.REG_WRITE:
            _expect(len(p) > 2, packet)
            return (Change(packet.id, _word(p, 0), p[2:]),)
        case Instruction.SYNC_WRITE:
            _expect(len(p) > 4, packet)
            address, row = _word(p, 0), 1 + _word(p, 2)
            _expect(row > 1 and (len(p) - 4) % row == 0, packet)
            places = range(4, len(p), row)
            return tuple(Change(p[at], address, p[at + 1 : at + row]) for at in places)
        case Instruction.BULK_WRITE:
            return tuple(_bulk_changes(packet))
    raise WireError(f"instruction {packet.instruction:#04x} writes nothing")


def _bulk_changes(packet: Packet) -> list[Change]:
    p, at, changes = packet.parameters, 0, []
    while at < len(p):
        _expect(len(p) >= at + 5, packet)
        end = at + 5 + _word(p, at + 3)
        _expect(len(p) >= end > at + 5, packet)
        changes.append(Change(p[at], _word(p, at + 1), p[at + 5 : end]))
        at = end
    _expect(len(changes) > 0, packet)
    return changes


def _word(data: bytes, at: int) -> int:
    return data[at] | data[at + 1] << 8


def _expect(right: bool, packet: Packet) -> None:
    if not right:
        name = Instruction(packet.instruction).name
        raise WireError(f"{name} with {len(packet.parameters)} bytes of parameters")
