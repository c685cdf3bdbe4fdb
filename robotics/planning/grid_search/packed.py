"""Free cells as bits, 64 to a word, with the places marked where a straight scan has to stop.

Block-based jump point search: D. Harabor, A. Grastien, "Improving Jump Point Search", ICAPS 2014.
The rule is the one without corner cutting: going straight, a cell is a jump point if a cell beside
it is free and the one beside its predecessor is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from robotics.core.arrays import BoolArray, IntArray, frozen

Words = NDArray[np.uint64]

EAST, WEST, NORTH, SOUTH, SQUARE, FREE = range(6)
"""Layers of a packed grid."""


@dataclass(frozen=True, slots=True)
class PackedGrid:
    """A map made ready for jump point search; any number of searches share it.

    Six layers of lines of bits: where scans to the east, west (lines are rows), north and south
    (lines are columns) stop; where a cell and its neighbours to the north, east and north-east
    are all free; which cells are free (lines are rows). Blocked cells stand all around the map, so
    that cell (r, c) is number c + 1 of row r + 1.
    """

    shape: tuple[int, int]
    """Rows and columns of the map."""
    words: IntArray
    """All layers one after the other, (n,)."""
    layout: IntArray
    """Where each layer begins, and its words per line, (6, 2)."""

    @staticmethod
    def of(free: ArrayLike) -> PackedGrid:
        """Pack the mask (rows, cols) of cells that may be entered."""
        mask = np.asarray(free, dtype=np.bool_)
        rows, columns = _packed(mask)
        square = rows & _later(rows)
        square[:-1] &= square[1:]
        layers = (*_stops(rows), *_stops(columns), square, rows)
        sizes = [layer.size for layer in layers]
        begins = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        layout = np.column_stack((begins, [layer.shape[1] for layer in layers]))
        words = np.concatenate([layer.ravel() for layer in layers]).view(np.int64)
        height, width = mask.shape
        return PackedGrid((height, width), frozen(words, dtype=int), frozen(layout, dtype=int))

    def is_free(self, row: int, col: int) -> bool:
        """Return whether a cell is on the map and free."""
        if not (0 <= row < self.shape[0] and 0 <= col < self.shape[1]):
            return False
        begin, width = self.layout[FREE]
        word = int(self.words[begin + (row + 1) * width + ((col + 1) >> 6)])
        return bool(word >> ((col + 1) & 63) & 1)


def _packed(mask: BoolArray) -> tuple[Words, Words]:
    """Return the bits along rows and along columns of a mask, framed by blocked cells."""
    rows, cols = mask.shape
    tall, wide = (-(-(size + 2) // 64) * 64 for size in (rows, cols))
    framed = np.zeros((tall, wide), dtype=np.bool_)
    framed[1 : rows + 1, 1 : cols + 1] = mask
    along = np.packbits(framed[: rows + 2], axis=1, bitorder="little")
    across = np.packbits(framed[:, : cols + 2], axis=0, bitorder="little").T
    return _as_words(along), _as_words(across)


def _as_words(octets: NDArray[np.uint8]) -> Words:
    return np.ascontiguousarray(octets).view("<u8").astype(np.uint64)


def _earlier(words: Words) -> Words:
    """Return for each cell of a line the bit of the one before it."""
    moved = words << np.uint64(1)
    moved[:, 1:] |= words[:, :-1] >> np.uint64(63)
    return moved


def _later(words: Words) -> Words:
    """Return for each cell of a line the bit of the one after it."""
    moved = words >> np.uint64(1)
    moved[:, :-1] |= words[:, 1:] << np.uint64(63)
    return moved


def _stops(free: Words) -> tuple[Words, Words]:
    """Return where scans along the lines stop, forwards and backwards: blocked or forced."""
    result = []
    for behind in (_earlier(free), _later(free)):
        opens = free & ~behind
        stops = ~free
        stops[1:] |= opens[:-1]
        stops[:-1] |= opens[1:]
        result.append(stops)
    return result[0], result[1]
