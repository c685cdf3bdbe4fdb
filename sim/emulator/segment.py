"""One bus with its devices: bytes in, replies out, each with its time. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.emulator.device import Device
from sim.emulator.frames import (
    BROADCAST,
    GAP,
    Code,
    Instruction,
    Listener,
    crc16,
    fast_block,
    fast_head,
    status,
)

BITS = 10
"""Bits on the line for each byte: start, eight of data, stop."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes that a device puts on the line."""

    data: bytes
    begin: float
    """When the first bit leaves [s]."""
    end: float
    """When the last bit has left [s]."""


class Segment:
    """Devices on two wires.

    Attributes:
        devices: In no order; ids may collide, as on a real bus (then both answer).
        baud: Bits each second.
        listener: What has been heard and is not complete yet.
        is_chain: Whether a silent device silences those after it in a Sync Read.
    """

    def __init__(self, devices: Sequence[Device], *, baud: float, gap: float = GAP) -> None:
        self.devices = tuple(devices)
        self.baud = baud
        self.is_chain = False
        self.listener = Listener(gap)
        self._free = 0.0
        self._heard = 0.0
        self._by_id: dict[int, list[Device]] = {}
        self._spoken: float | None = None
        self._audience = self.devices
        for device in self.devices:
            device.renamed = self._sort_anew

    def tune(self, baud: float) -> None:
        """Let the host speak at ``baud`` from now on: who is set to another speed hears nothing.

        A segment that is never tuned has a host whose speed is right for all.
        """
        if baud != self._spoken:
            self._spoken = baud
            self.listener = Listener(self.listener.gap)
            self._sort_anew()

    def _sort_anew(self) -> None:
        """An id or a speed has changed."""
        self._by_id.clear()
        spoken = self._spoken
        heard = (one for one in self.devices if spoken is None or one.baud == spoken)
        self._audience = tuple(heard)

    def duration(self, count: int) -> float:
        """Return how long ``count`` bytes are on the line [s]."""
        return count * BITS / self.baud

    def hear(self, data: bytes, now: float) -> list[Reply]:
        """Take in bytes of the host, the last of which came at ``now`` [s].

        Returns:
            What the devices answer, in the order of its times.
        """
        self._free = max(self._free, now)
        self._heard = now
        replies: list[Reply] = []
        for instruction in self.listener.hear(data, now):
            replies += self._obey(instruction)
        return replies

    def tick(self, now: float) -> None:
        """Let the devices' own clocks go on to ``now`` [s]."""
        for device in self.devices:
            device.tick(now)
        for device in self.devices:
            for instruction in device.says(now - self._heard):
                self._free = max(self._free, now)
                self._obey(instruction)

    def named(self, identity: int) -> list[Device]:
        """Return the devices that hear id ``identity``."""
        if not self._by_id:
            for device in self._audience:
                self._by_id.setdefault(device.identity, []).append(device)
        return [one for one in self._by_id.get(identity, ()) if one.is_awake]

    # ---------------------------------------------------------------------------- instructions

    def _obey(self, instruction: Instruction) -> list[Reply]:
        """Let everybody obey, whoever says it: the host, or a board that leads."""
        for device in self._audience:
            device.hear_traffic(self._free)
        many = {
            Code.SYNC_READ: self._sync_read,
            Code.FAST_SYNC_READ: self._fast_sync_read,
            Code.BULK_READ: self._bulk_read,
            Code.FAST_BULK_READ: self._fast_bulk_read,
            Code.SYNC_WRITE: self._sync_write,
            Code.BULK_WRITE: self._bulk_write,
        }
        if instruction.code in many and instruction.target == BROADCAST:
            return many[Code(instruction.code)](instruction.data)
        return self._one_by_one(instruction)

    def _one_by_one(self, instruction: Instruction) -> list[Reply]:
        everybody = instruction.target == BROADCAST
        heard = self._audience if everybody else self.named(instruction.target)
        replies = []
        for device in sorted(heard, key=lambda one: one.identity):
            if not device.is_awake:
                continue
            answer = device.obey(instruction, self._free)
            if answer is not None and (not everybody or instruction.code == Code.PING):
                replies.append(self._send(status(device.identity, *answer), device.delay))
        return replies

    def _sync_read(self, data: bytes) -> list[Reply]:
        address, length = _pair(data)
        return self._statuses([(identity, address, length) for identity in data[4:]])

    def _bulk_read(self, data: bytes) -> list[Reply]:
        return self._statuses(_wishes(data))

    def _statuses(self, wishes: Sequence[tuple[int, int, int]]) -> list[Reply]:
        """Answer one after the other; the turn of a device that is silent passes at once.

        The e-manual leaves open what those after it do; if ``is_chain`` they fall silent, too.
        """
        replies = []
        for identity, address, length in wishes:
            answered = False
            for device in self.named(identity):
                answer = device.answer_read(address, length)
                if answer is not None:
                    answered = True
                    replies.append(self._send(status(identity, *answer), device.delay))
            if self.is_chain and not answered:
                break
        return replies

    def _fast_sync_read(self, data: bytes) -> list[Reply]:
        address, length = _pair(data)
        return self._common([(identity, address, length) for identity in data[4:]])

    def _fast_bulk_read(self, data: bytes) -> list[Reply]:
        return self._common(_wishes(data))

    def _common(self, wishes: Sequence[tuple[int, int, int]]) -> list[Reply]:
        """Answer in one packet; a device that is silent ends it.

        Each one speaks when it has heard the block before its own; the first says the head.
        """
        packet = fast_head([length for _, _, length in wishes])
        crc, delays = crc16(packet), []
        for identity, address, length in wishes:
            device = next(iter(self.named(identity)), None)
            answer = None if device is None else device.answer_read(address, length)
            if device is None or answer is None:
                break
            error, body = answer
            block, crc = fast_block(identity, error, body.ljust(length, b"\x00"), crc)
            delays.append(device.delay)
            packet += block
        return [self._send(packet, delays[0])] if delays else []

    def _sync_write(self, data: bytes) -> list[Reply]:
        if len(data) < 4:
            return []
        address, length = _pair(data)
        stride = length + 1
        for start in range(4, len(data) - length, stride):
            for device in self.named(data[start]):
                device.write(address, data[start + 1 : start + stride])
        return []

    def _bulk_write(self, data: bytes) -> list[Reply]:
        at = 0
        while at + 5 <= len(data):
            address, length = _pair(data[at + 1 :])
            for device in self.named(data[at]):
                device.write(address, data[at + 5 : at + 5 + length])
            at += 5 + length
        return []

    def _send(self, packet: bytes, delay: float) -> Reply:
        begin = self._free + delay
        self._free = begin + self.duration(len(packet))
        return Reply(packet, begin, self._free)


def _pair(data: bytes) -> tuple[int, int]:
    """Return the address and the length that ``data`` begins with."""
    return int.from_bytes(data[:2], "little"), int.from_bytes(data[2:4], "little")


def _wishes(data: bytes) -> list[tuple[int, int, int]]:
    """Return (id, address, length) of every device that a bulk read asks."""
    return [(data[at], *_pair(data[at + 1 :])) for at in range(0, len(data) - 4, 5)]
