"""Pieces of litter: found among the returns of the down-tilted lidar, measured, remembered.

The lidar's line on the ground passes over a piece as the robot comes: up its face, over its top.
The returns of all turns together, laid on the map, show the piece whole; its longest side is that
of the smallest rectangle around them, its height that of the highest of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import inverse, transform
from robotics.core.messages import Litter
from robotics.mapping.grid import Grid
from robotics.mapping.litter_returns import RAISED, WIDEST, is_small, levelled, lumps

SAME = 0.10
"""A lump so near to the returns of a piece belongs to it [m]."""
STRANGE = 0.30
"""A lump so near to what the lidar above sees, and the map does not know, is part of that [m]."""
YOUNG = 1.5
"""A piece that was first seen so lately is dropped when such a thing comes upon it [s]."""
TURNS, RETURNS = 2, 5
"""Turns in which a piece was seen, and returns from it, before it is believed in."""
CLEAR = (6, 0.04)
"""So many returns in one turn, one of them so high [m], are enough."""
FORGOTTEN = 2.0
"""What is not believed in so long after it was seen last is dropped [s]."""
GONE = 4
"""So many returns from the bare ground where a piece should be: it is not there any more."""
BARE = (0.02, 0.06)
"""Counted so near the middle of a piece that fits the mouth, and of a larger one [m]."""
MOST = 400
"""Pieces that are remembered, and returns of one piece before they are evened out."""
EVEN = (0.02, 2)
"""Then so many are kept in every square of this side [m]: what was long in view weighs no more."""
STILL = 0.01
"""A turn from the same place tells nothing new; places differ by more than this [m, rad]."""
TURNED = np.linspace(0.0, 0.5 * np.pi, 15, endpoint=False)
"""Headings of the rectangles that are tried [rad]."""
TRIMMED = (0.03, 0.97)
"""Parts of the returns between which a side reaches: the noise of the outermost is left out."""
HIGHEST = 0.85
"""Part of the returns that are lower than what is taken for the height."""


@dataclass(frozen=True, slots=True)
class Mouth:
    """What the sweeper can take, and where."""

    side: float = 0.30
    """Longest side of what fits between roller and hood [m] (assumed, as in the simulation)."""
    height: float = 0.12
    """Height of the same [m] (assumed)."""
    roller: float = 0.10
    """The roller's axis [m; x of the base]."""
    half_width: float = 0.50
    """What lies so near beside the middle line is brushed before the roller [m]."""


@dataclass(slots=True, eq=False)
class _Piece:
    """What is known of one piece."""

    id: int
    first: float
    last: float
    pose: Array
    """From where it was measured last, shape (3,)."""
    points: Array
    """Returns in the map, z above the ground, shape (k, 3) [m]."""
    turns: int = 1
    bare: int = 0
    told: Litter | None = None

    def measure(self, mouth: Mouth) -> None:
        """Find its place, size and height anew."""
        place, size = rectangle(self.points[:, :2])
        height = float(np.quantile(self.points[:, 2], HIGHEST))
        if size > WIDEST:
            self.told, self.turns = None, 0  # an edge that goes on and on
            return
        fits = size <= mouth.side and height <= mouth.height
        self.told = Litter(self.id, frozen(place), size, height, fits)


@dataclass(frozen=True, slots=True)
class Look:
    """A turn of the down-tilted lidar, and what helps to understand it."""

    time: float
    """[s]."""
    pose_base_in_map: Array
    """Shape (3,)."""
    points_in_base: Array
    """Its returns, NaN where nothing came back, shape (m, 3) [m]."""
    above: Array = field(default_factory=lambda: frozen(np.zeros((0, 2))))
    """Returns of the lidar that looks level, base frame, shape (k, 2) [m]: litter is below it."""


@dataclass(slots=True)
class LitterWatch:
    """Finds litter and remembers it.

    Attributes:
        mouth: What can be taken.
        known: True on and beside what the map knows, where nothing is taken for litter; None for
            no map.
        pieces: What is believed to lie there now.
    """

    mouth: Mouth = field(default_factory=Mouth)
    known: Grid | None = None
    pieces: tuple[Litter, ...] = ()
    _all: list[_Piece] = field(default_factory=list)
    _next: int = 1

    def look(self, look: Look) -> tuple[Litter, ...]:
        """Take in a turn and return the pieces that lie there, as far as known."""
        pose, points = look.pose_base_in_map, look.points_in_base
        height = levelled(points)
        strangers = self._unknown(transform(pose, look.above))
        found = []
        for lump, alone in lumps(points, height):
            lump[:, :2] = transform(pose, lump[:, :2])
            if not is_small(lump) or _near(lump[:, :2], strangers, STRANGE):
                self._drop_young(look.time, lump)
            elif alone or self._of(lump):
                found.append(lump)
        self._miss(look, points[np.abs(height) < RAISED, :2])
        for lump in found:
            if len(self._unknown(lump[:, :2])) == len(lump):
                self._add(look, lump)
        self._forget(look.time)
        return self._tell()

    def swept(self, pose_base_in_map: Array) -> tuple[Litter, ...]:
        """Forget what fits the mouth and comes under the roller, which turns, at this pose (3,)."""
        if self.pieces:
            here, mouth = inverse(pose_base_in_map), self.mouth
            kept = []
            for piece in self._all:
                x, y = transform(here, piece.points[:, :2].mean(axis=0))[0]
                under = abs(x - mouth.roller) < 0.1 and abs(y) < mouth.half_width
                if piece.told is None or not piece.told.fits or not under:
                    kept.append(piece)
            if len(kept) < len(self._all):
                self._all = kept
                self._tell()
        return self.pieces

    # ------------------------------------------------------------------ inside

    def _unknown(self, points_in_map: Array) -> Array:
        """Return the points that are not on or beside what the map knows, shape (j, 2)."""
        if self.known is None or not len(points_in_map):
            return points_in_map
        return points_in_map[~np.asarray(self.known.value(points_in_map, True), dtype=np.bool_)]

    def _drop_young(self, time: float, lump: Array) -> None:
        """Drop what turns out to be part of something that is no litter."""
        self._all = [
            piece
            for piece in self._all
            if time - piece.first > YOUNG or not _near(piece.points[:, :2], lump[:, :2], STRANGE)
        ]

    def _miss(self, look: Look, ground_in_base: Array) -> None:
        """Count the returns from bare ground where pieces should be."""
        here = inverse(look.pose_base_in_map)
        for piece in self._all:
            if piece.told is None:
                continue
            off = ground_in_base - transform(here, piece.told.position_in_map)
            reach = BARE[0] if piece.told.fits else BARE[1]
            piece.bare += int((np.abs(off).max(axis=1, initial=0.0) < reach).sum())

    def _add(self, look: Look, lump: Array) -> None:
        """Add a lump to the piece that it belongs to, or begin a new one; join what it joins."""
        mine, time, pose = self._of(lump), look.time, look.pose_base_in_map
        if not mine:
            piece = _Piece(self._next, time, time, pose, lump)
            self._all.append(piece)
            self._next += 1
            if len(lump) >= CLEAR[0] and float(lump[:, 2].max()) > CLEAR[1]:
                piece.measure(self.mouth)
            return
        piece = mine[0]
        piece.last, piece.bare = time, 0
        if len(mine) == 1 and np.abs(pose - piece.pose).max() < STILL:
            return
        piece.pose = pose
        piece.points = np.vstack([lump, *(one.points for one in mine)])
        piece.turns = max(one.turns for one in mine) + 1
        self._all = [one for one in self._all if one is piece or one not in mine]
        if len(piece.points) > MOST:
            piece.points = evened(piece.points)
        if piece.turns >= TURNS and len(piece.points) >= RETURNS:
            piece.measure(self.mouth)

    def _of(self, lump: Array) -> list[_Piece]:
        """Return the pieces that a lump belongs to."""
        middle = lump[:, :2].mean(axis=0)[None]
        return [one for one in self._all if _near(middle, one.points[:, :2], SAME)]

    def _forget(self, time: float) -> None:
        """Drop what is gone, and what was never seen well; the oldest where there are too many."""
        self._all = [
            piece
            for piece in self._all
            if piece.bare < GONE
            and (piece.told is not None or 0.0 <= time - piece.last < FORGOTTEN)
        ][-MOST:]

    def _tell(self) -> tuple[Litter, ...]:
        self.pieces = tuple(piece.told for piece in self._all if piece.told is not None)
        return self.pieces


def evened(points: Array) -> Array:
    """Return points (k, 3) with at most ``EVEN`` in each square of the ground."""
    side, most = EVEN
    square = np.floor(points[:, :2] / side).astype(np.int64)
    order = np.lexsort(square.T)
    fresh = np.ones(len(points), dtype=np.bool_)
    fresh[1:] = np.diff(square[order], axis=0).any(axis=1)
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(points)), 0))
    kept = points[np.sort(order[np.arange(len(points)) - start < most])]
    return kept if len(kept) <= MOST else kept[::2]


def rectangle(points: Array) -> tuple[Array, float]:
    """Return the middle (2,) and the longest side of the smallest rectangle round points (k, 2)."""
    ways = np.stack((np.cos(TURNED), np.sin(TURNED)))
    along = points @ ways
    across = points @ np.stack((-ways[1], ways[0]))
    (low, high), (left, right) = (np.quantile(v, TRIMMED, axis=0) for v in (along, across))
    k = int(((high - low) * (right - left)).argmin())
    middle = 0.5 * (low + high)[k] * ways[:, k]
    middle = middle + 0.5 * (left + right)[k] * np.array([-ways[1, k], ways[0, k]])
    return middle, float(max(high[k] - low[k], right[k] - left[k]))


def beside(occupied: Grid) -> Grid:
    """Return True on occupied cells and those around them, for ``LitterWatch.known``."""
    wider = ndimage.binary_dilation(occupied.cells, structure=np.ones((3, 3), dtype=np.bool_))
    return occupied.like(np.asarray(wider, dtype=np.bool_))


def reach_of(piece: Litter) -> float:
    """Return the radius of a disc over a piece, whichever way it lies [m].

    Half of the diagonal of a piece that is two thirds as wide as long is 0.6 of its length.
    """
    return 0.6 * piece.size


def disc_over(piece: Litter, spacing: float) -> Array:
    """Return points that fill the disc over a piece, ``spacing`` [m] apart, shape (k, 2) [m]."""
    radius = reach_of(piece)
    ticks = np.arange(-radius, radius + spacing, spacing)
    points = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return np.asarray(piece.position_in_map + points[np.hypot(*points.T) <= radius])


def outlines(litter: tuple[Litter, ...], place: Array, reach: float) -> Array:
    """Return points round the pieces near ``place`` that must not be driven over, (k, 2) [m]."""
    rings = [
        piece.position_in_map + reach_of(piece) * _RING
        for piece in litter
        if not piece.fits and math.dist(piece.position_in_map, place) < reach
    ]
    return np.vstack(rings) if rings else np.zeros((0, 2))


def _near(points: Array, others: Array, reach: float) -> bool:
    """Return whether any of ``points`` (k, 2) is within ``reach`` of any of ``others`` (j, 2)."""
    if not len(points) or not len(others):
        return False
    off = points[:, None, :] - others[None, :, :]
    return bool(((off**2).sum(axis=2) < reach * reach).any())


_ANGLES = np.arange(16) * (np.pi / 8.0)
_RING = np.stack((np.cos(_ANGLES), np.sin(_ANGLES)), axis=1)
