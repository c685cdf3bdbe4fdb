"""Goals told in short frames, two devices each: hardly anything damaged is obeyed, or lost with it.

Four fifths of them get through where a hundredth of bytes is damaged (of those for 8 devices half
do), and of wrong bits that the CRC lets pass (one in 65 536 if they are more than three) nearly all
fall on what a device looks at: ids, address, limits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from robotics.wire.instructions import sync_write
from robotics.wire.packet import HEADER, seal

SHORT = 2
"""Devices in a short Sync Write."""
_ROWS = 12
"""Where the rows of a Sync Write begin."""
_MARK = HEADER[:3]


class Pieces:
    """Sync Writes of few devices each, prepared but for the goals."""

    def __init__(self, address: int, length: int, ids: Sequence[int]) -> None:
        """Prepare the frames that write ``length`` bytes at ``address`` of each of ``ids``."""
        self._address, self._ids = address, tuple(ids)
        frames = [self._frame(dict.fromkeys(one, bytes(length))) for one in self._shares()]
        whole = [frame for frame in frames if len(frame) == len(frames[0])]
        self._frames = np.array([list(frame) for frame in whole], dtype=np.uint8)
        rows = self._frames[:, _ROWS:-2].reshape(len(whole), -1, 1 + length)
        self._goals, self._count = rows[:, :, 1:], len(whole) * rows.shape[1]

    def tell(self, goals: NDArray[np.uint8]) -> bytes:
        """Return the frames that tell all devices their goals, shape (n, length)."""
        self._goals[:] = goals[: self._count].reshape(self._goals.shape)
        seal(self._frames)
        said = self._frames.tobytes()
        if said.count(_MARK) != len(self._frames):
            return self._stuffed(goals)
        for place in range(self._count, len(self._ids)):
            said += self._frame({self._ids[place]: goals[place].tobytes()})
        return said

    def _stuffed(self, goals: NDArray[np.uint8]) -> bytes:
        """Return them where goals look like the head of a frame."""
        rows = dict(zip(self._ids, (row.tobytes() for row in goals), strict=True))
        return b"".join(self._frame({id: rows[id] for id in ids}) for ids in self._shares())

    def _shares(self) -> list[tuple[int, ...]]:
        return [self._ids[at : at + SHORT] for at in range(0, len(self._ids), SHORT)]

    def _frame(self, data: dict[int, bytes]) -> bytes:
        return sync_write(self._address, data)
