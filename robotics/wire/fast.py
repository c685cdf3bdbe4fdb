"""The common answer of several devices to a Fast Sync Read or Fast Bulk Read.

One frame, of which each device sends its block when it has heard the block before it::

    FF FF FD 00 | FE | length, 2 | 55 | error id data … CRC | error id data … CRC | …

Each CRC covers everything before it, so the last one is that of the frame. A device that is silent
breaks the chain: what would follow does not come. There is no stuffing.

The CRC of a block goes on from the *state* after the block before, and that state follows from that
block's CRC field alone. So each block can be checked by itself, if the two bytes before it came
through: damage costs the blocks that it hits, not the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from robotics.wire.packet import BROADCAST, HEADER, Instruction, crc16

BLOCK_FRAME = 4
"""Bytes of a block beside its data: error, id, CRC."""
PROLOGUE = 8
"""Bytes before the first block."""
_SLIPS = (0, -1, 1, -2, 2)
"""Where a block is looked for when bytes were lost or added before it, nearest first."""


@dataclass(frozen=True, slots=True)
class Block:
    """What one device says in a common answer."""

    id: int
    data: bytes
    error: int = 0


def prologue(lengths: Sequence[int]) -> bytes:
    """Return what the first device sends ahead of its block: the header of the whole answer.

    Args:
        lengths: Of the data of each device that was asked [bytes].
    """
    length = 1 + sum(lengths) + BLOCK_FRAME * len(lengths)
    start = HEADER + bytes((BROADCAST,)) + length.to_bytes(2, "little")
    return start + bytes((Instruction.STATUS,))


def common_answer(lengths: Sequence[int], blocks: Sequence[Block | None]) -> bytes:
    """Return what devices send together; the chain ends at the first that is silent (None).

    Args:
        lengths: Of the data of each device that was asked [bytes].
        blocks: What they say, in the order in which they were asked.
    """
    answer = b""
    for block in blocks:
        if block is None:
            return answer
        answer = answer or prologue(lengths)
        answer += bytes((block.error, block.id)) + block.data
        answer += crc16(answer).to_bytes(2, "little")
    return answer


def salvage(data: bytes, asked: Sequence[tuple[int, int]]) -> list[tuple[int, Block]]:
    """Find the blocks that came through in what was received, however damaged it is.

    Args:
        data: All bytes since the question.
        asked: (id, length of its data) of each device, in the order in which they answer.

    Returns:
        (place among ``asked``, block), in order.
    """
    found = list(_blocks(data, asked, PROLOGUE))
    header = data.find(HEADER[:3])  # the true one, unless that is damaged and one is in the data
    if header > 0:
        found = max(found, list(_blocks(data, asked, header + PROLOGUE)), key=len)
    return found


def _blocks(data: bytes, asked: Sequence[tuple[int, int]], at: int) -> Iterator[tuple[int, Block]]:
    """Find blocks if the first of them begins at ``at``."""
    first = crc16(prologue([length for _, length in asked]))
    for place, (id, length) in enumerate(asked):
        size = length + BLOCK_FRAME
        for slip in _SLIPS:
            start = at + slip
            block = data[max(start, 0) : start + size]
            if start < 0 or len(block) < size or block[1] != id:
                continue
            state = first if place == 0 else _state_after(data[start - 2 : start])
            if crc16(block[:-2], state) == int.from_bytes(block[-2:], "little"):
                yield place, Block(id, block[2:-2], block[0])
                at = start
                break
        at += size


def _state_after(field: bytes) -> int:
    """Return the CRC's state behind a CRC field, given the field."""
    return crc16(field, int.from_bytes(field, "little"))
