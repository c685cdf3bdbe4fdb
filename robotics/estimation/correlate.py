"""Where in a map could a scan have been taken? Exact correlative search in bounded slices.

Olson, "Real-time correlative scan matching" (ICRA 2009), made fast by branch and bound on a
pyramid of scores (Hess and others, ICRA 2016), here best first: the first pose that comes out is
the best of all, the next ones are the best of those that are clearly elsewhere. The work can be
cut into slices of any size without changing the answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.mapping.pyramid import FULL, Pyramid

Int32 = NDArray[np.int32]


class Area(NamedTuple):
    """Which poses are looked at."""

    low: tuple[float, float]
    """Least x and y [m; map]."""
    high: tuple[float, float]
    """Largest x and y [m; map]."""
    yaw: float = 0.0
    """Middle of the headings [rad]."""
    turn: float = math.pi
    """± [rad]; π means all."""


class Effort(NamedTuple):
    """How finely and how long is searched."""

    turn_step: float = math.radians(2.0)
    """[rad]."""
    floor: int = 1
    """Level of the pyramid at which a pose counts as found."""
    points: int = 64
    """Returns that are used, spread evenly over what is seen."""
    found: int = 128
    """Poses that are kept."""
    apart: float = 0.6
    """Two of them differ by more than this [m] …"""
    apart_turn: float = math.radians(9.0)
    """… or by more than this [rad]."""
    least: float = 0.35
    """Share of the full score that a pose needs."""
    near_best: float = 0.75
    """Share of the best pose's score that a pose needs."""
    nodes: int = 400_000
    """Boxes that may be kept open; what finds no room any more is lost, see ``is_complete``."""


EFFORT = Effort()
"""What finds a robot anywhere on a site."""


_ROOT, _FREE, _USED, _TOP, _COUNT, _SPILT, _SPENT = range(7)
"""Places in the state of a search: next root, first free row, rows used, fullest bucket, poses
found, whether rows ran out, bounds looked at."""
_LEVEL, _I, _J, _K, _NEXT = range(5)
"""Columns of the table of open boxes: level, column, row, heading, next in the bucket."""


@compiled
def _score(levels: NDArray[np.uint8], cells: Int32, box: tuple[int, int, int], least: int) -> int:
    """Return the bound of a box (level, column, row), or -1 as soon as it must miss ``least``."""
    level, i, j = box
    rows, columns = levels.shape[1], levels.shape[2]
    n = cells.shape[0]
    total = 0
    for p in range(n):
        c = cells[p, 0] + i
        r = cells[p, 1] + j
        if 0 <= c < columns and 0 <= r < rows:
            total += levels[level, r, c]
        if total + FULL * (n - 1 - p) < least:
            return -1
    return total


@compiled
def _push(heads: Int32, table: Int32, state: IntArray, box: Int32, score: int) -> None:
    row = state[_FREE]
    if row >= 0:
        state[_FREE] = table[row, _NEXT]
    elif state[_USED] < table.shape[0]:
        row = state[_USED]
        state[_USED] += 1
    else:
        state[_SPILT] = 1
        return
    for k in range(_NEXT):  # an array into a part of another takes numba a second to compile
        table[row, k] = box[k]
    table[row, _NEXT] = heads[score]
    heads[score] = row
    state[_TOP] = max(state[_TOP], score)


@compiled
def _is_taken(found: Int32, count: int, box: Int32, apart: IntArray) -> bool:
    """Whether all of a box lies near a pose that was found already."""
    last = (1 << box[_LEVEL]) - 1
    for f in range(count):
        turn = abs(box[_K] - found[f, _K])
        turn = min(turn, apart[2] - turn)
        dx = max(abs(box[_I] - found[f, _I]), abs(box[_I] + last - found[f, _I]))
        dy = max(abs(box[_J] - found[f, _J]), abs(box[_J] + last - found[f, _J]))
        if turn <= apart[1] and dx <= apart[0] and dy <= apart[0]:
            return True
    return False


@compiled
def _look_at_roots(
    levels: NDArray[np.uint8],
    cells: Int32,
    roots: Int32,
    memory: tuple[Int32, Int32, IntArray, Int32],
    limits: tuple[int, int],
) -> int:
    """Open the largest boxes that reach the ``least`` score; return what is left of the budget."""
    heads, table, state, _ = memory
    least, budget = limits
    top = levels.shape[0] - 1
    box = np.empty(4, dtype=np.int32)
    while budget > 0 and state[_ROOT] < roots.shape[0] * cells.shape[0]:
        k, rest = divmod(state[_ROOT], roots.shape[0])
        box[_LEVEL], box[_K] = top, k
        box[_I], box[_J] = roots[rest, 0], roots[rest, 1]
        score = _score(levels, cells[k], (top, box[_I], box[_J]), least)
        if score >= 0:
            _push(heads, table, state, box, score)
        state[_ROOT] += 1
        state[_SPENT] += 1
        budget -= 1
    return budget


@compiled
def _advance(
    levels: NDArray[np.uint8],
    cells: Int32,
    bounds: tuple[Int32, IntArray],
    memory: tuple[Int32, Int32, IntArray, Int32],
    limits: tuple[IntArray, float, int],
) -> bool:
    """Work on for about ``budget`` bounds; return whether the search is over.

    Args:
        levels: The pyramid.
        cells: Cell of each point seen from a pose's cell, for each heading, (headings, n, 2).
        bounds: Largest boxes (m, 2); first column and row searched, and those behind the last.
        memory: Buckets by score, table of boxes, state, poses found.
        limits: (floor, score needed, and what ``_is_taken`` needs), share of the best, budget.
    """
    heads, table, state, found = memory
    rules, near_best, budget = limits
    roots, window = bounds
    apart = rules[2:]
    box = np.empty(4, dtype=np.int32)
    child = np.empty(4, dtype=np.int32)
    budget = _look_at_roots(levels, cells, roots, memory, (rules[1], budget))
    while budget > 0:
        while state[_TOP] >= 0 and heads[state[_TOP]] < 0:
            state[_TOP] -= 1
        score = state[_TOP]
        count = state[_COUNT]
        if score < 0 or count == found.shape[0] or score < near_best * found[0, _NEXT]:
            return True
        row = heads[score]
        for k in range(_NEXT):
            box[k] = table[row, k]
        heads[score] = table[row, _NEXT]
        table[row, _NEXT] = state[_FREE]
        state[_FREE] = row
        budget -= 1
        state[_SPENT] += 1
        if _is_taken(found, count, box, apart):
            continue
        if box[_LEVEL] == rules[0]:
            for k in range(_NEXT):
                found[count, k] = box[k]
            found[count, _NEXT] = score
            state[_COUNT] += 1
            continue
        level = box[_LEVEL] - 1
        half = 1 << level
        for part in range(4):
            child[_LEVEL], child[_K] = level, box[_K]
            child[_I] = box[_I] + half * (part % 2)
            child[_J] = box[_J] + half * (part // 2)
            if child[_I] >= window[2] or child[_J] >= window[3]:
                continue
            score = _score(levels, cells[box[_K]], (level, child[_I], child[_J]), rules[1])
            if score >= 0:
                _push(heads, table, state, child, score)
            budget -= 1
            state[_SPENT] += 1
    return False


@dataclass(slots=True)
class Search:
    """A search under way. ``advance`` it until it is ``done``; then ``poses`` is the answer."""

    scores: Pyramid
    points: Array
    """The returns that are used, shape (n, 2) [m]."""
    area: Area
    effort: Effort = EFFORT
    done: bool = False
    _yaws: Array = field(init=False)
    _cells: Int32 = field(init=False)
    _bounds: tuple[Int32, IntArray] = field(init=False)
    _memory: tuple[Int32, Int32, IntArray, Int32] = field(init=False)
    _rules: IntArray = field(init=False)

    @staticmethod
    def of(scores: Pyramid, points: Array, area: Area, effort: Effort = EFFORT) -> Search:
        """Begin to look for where ``points`` (k, 2) in the base frame [m] were seen from."""
        return Search(scores, spread(points, effort.points), area, effort)

    def __post_init__(self) -> None:
        effort, area = self.effort, self.area
        cell = self.scores.resolution
        steps = math.floor(area.turn / effort.turn_step + 1e-9)
        whole = area.turn >= math.pi - 1e-9
        turns = round(2.0 * math.pi / effort.turn_step)
        numbers = np.arange(turns) if whole else np.arange(-steps, steps + 1)
        step = 2.0 * math.pi / turns if whole else effort.turn_step
        self._yaws = np.asarray(area.yaw + step * numbers, dtype=np.float64)
        c, s = np.cos(self._yaws)[:, None], np.sin(self._yaws)[:, None]
        x, y = self.points[:, 0], self.points[:, 1]
        turned = np.stack((c * x - s * y, s * x + c * y), axis=2)
        self._cells = np.floor(turned / cell + 0.5).astype(np.int32)
        origin = (self.scores.x, self.scores.y)
        low = [math.floor((a - b) / cell) for a, b in zip(area.low, origin, strict=True)]
        high = [math.floor((a - b) / cell) + 1 for a, b in zip(area.high, origin, strict=True)]
        roots = self._roots(low, high)
        self._bounds = (roots, np.array([*low, *high], dtype=np.int64))
        best = FULL * len(self.points)
        self._memory = (
            np.full(best + 1, -1, dtype=np.int32),
            np.empty((effort.nodes, 5), dtype=np.int32),
            np.array([0, -1, 0, -1, 0, 0, 0], dtype=np.int64),
            np.zeros((effort.found, 5), dtype=np.int32),
        )
        cycle = turns if whole else 4 * turns
        apart = (round(effort.apart / cell), round(effort.apart_turn / step), cycle)
        needed = max(1, math.ceil(effort.least * best))
        self._rules = np.array([effort.floor, needed, *apart], dtype=np.int64)
        self.done = not len(self.points) or not len(roots)

    def _roots(self, low: list[int], high: list[int]) -> Int32:
        """Return column and row (m, 2) of the largest boxes in which a robot can be."""
        side = 1 << (len(self.scores.levels) - 1)
        columns, rows = np.meshgrid(
            np.arange(low[0], high[0], side), np.arange(low[1], high[1], side)
        )
        kept = self.scores.holds_ground(columns.ravel(), rows.ravel())
        return np.stack((columns.ravel()[kept], rows.ravel()[kept]), axis=1).astype(np.int32)

    def advance(self, budget: int) -> bool:
        """Work on for about ``budget`` bounds, each a look at every point; return ``done``."""
        if not self.done:
            limits = (self._rules, self.effort.near_best, budget)
            levels = self.scores.levels
            self.done = bool(_advance(levels, self._cells, self._bounds, self._memory, limits))
        return self.done

    @property
    def poses(self) -> Array:
        """What was found so far, the best first, shape (k, 3)."""
        found = self._memory[3][: self._memory[2][_COUNT]]
        cell = self.scores.resolution
        middle = 0.5 * cell * (1 << self.effort.floor)
        x = self.scores.x + cell * found[:, _I] + middle
        y = self.scores.y + cell * found[:, _J] + middle
        return np.stack((x, y, self._yaws[found[:, _K]]), axis=1)

    @property
    def shares(self) -> Array:
        """Scores of the poses as shares of the full score, shape (k,)."""
        found = self._memory[3][: self._memory[2][_COUNT], _NEXT]
        return np.asarray(found / (FULL * max(1, len(self.points))), dtype=np.float64)

    @property
    def spent(self) -> int:
        """How many bounds were looked at so far."""
        return int(self._memory[2][_SPENT])

    @property
    def is_complete(self) -> bool:
        """Whether every pose that scores enough was found: no limit cut the search short."""
        state, found = self._memory[2], self._memory[3]
        return self.done and not state[_SPILT] and state[_COUNT] < len(found)


def spread(points: Array, count: int) -> Array:
    """Return about ``count`` of points (k, 2), or fewer, dense walls thinned out first.

    One point is kept of each square cell; the cells grow until few enough are left.
    """
    side = 0.2
    kept = points
    while len(kept) > count:
        cells = np.floor(points / side).astype(np.int64)
        _, first = np.unique(cells[:, 0] * 100_003 + cells[:, 1], return_index=True)
        kept = points[np.sort(first)]
        side *= max(1.1, min(2.0, len(kept) / count))
    return np.ascontiguousarray(kept)
