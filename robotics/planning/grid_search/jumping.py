"""Shortest ways over free cells: jump point search, block by block, no corner ever cut.

D. Harabor, A. Grastien, "Online Graph Pruning for Pathfinding on Grid Maps", AAAI 2011, and
"Improving Jump Point Search", ICAPS 2014: scans go 64 cells at a time, and turning points without
a forced neighbour are passed through instead of being queued. Steps cost 1 and √2; a slanting one
needs both straight neighbours free. What a search costs depends on what it meets, not on the size
of the map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.planning.grid_search.packed import PackedGrid
from robotics.planning.grid_search.scanning import ANYWHERE, SLANT, directions, successors
from robotics.planning.heap import pop, push

_SAME = 1e-9
"""Costs nearer than this are equal: a + b√2 with a, b < 10⁵ differ by 10⁻⁶ or not at all."""
_CELL, _PARENT, _WAITING, _ARRIVED = range(4)
"""Columns of the nodes: which cell, from which node, and the directions of arrival that wait
to be expanded, and all those of equal cost so far."""
_FULL = -1
_NONE = 0


@dataclass(frozen=True, slots=True)
class Chain:
    """A shortest way over cells, or none."""

    cost: float = math.inf
    """Its length [cells]; infinite if there is none."""
    corners: IntArray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    """(row, column) of start, turning points and goal, shape (m, 2)."""
    expanded: int = 0
    """How many jump points were expanded."""


class Memory(NamedTuple):
    """What a search has met so far; it can go on in longer arrays."""

    nodes: IntArray
    """Cell, parent, waiting and arrived of each node, (n, 4)."""
    costs: Array
    """Least costs of the nodes so far, (n,)."""
    table: IntArray
    """Hash table of node numbers plus one; its length is a power of two, at least 2 n."""
    keys: Array
    """Bounds of the queued nodes, (n,)."""
    items: IntArray
    """The queued nodes, (n,)."""
    found: Array
    """Room for the jump points behind one: row, column, cost, arrival, (k, 4)."""
    counts: IntArray
    """How many nodes there are, are queued, and were expanded, (3,)."""

    @staticmethod
    def of(grid: PackedGrid, start: IntArray, size: int) -> Memory:
        """Return the memory of a search that has only met its start (row, column) + 1."""
        nodes, costs = np.empty((size, 4), dtype=np.int64), np.empty(size)
        keys, items = np.empty(size), np.empty(size, dtype=np.int64)
        nodes[0], costs[0] = (
            (start[0] * (grid.shape[1] + 2) + start[1], -1, ANYWHERE, ANYWHERE),
            0.0,
        )
        keys[0], items[0] = 0.0, 0
        found = np.empty((8 * min(grid.shape) + 16, 4))
        table = np.zeros(4 * size, dtype=np.int64)
        return Memory(nodes, costs, table, keys, items, found, np.array([1, 1, 0]))

    def doubled(self) -> Memory:
        """Return the same in arrays of twice the length; the table is to be filled again."""
        nodes = np.concatenate((self.nodes, np.empty_like(self.nodes)))
        costs = np.concatenate((self.costs, np.empty_like(self.costs)))
        keys = np.concatenate((self.keys, np.empty_like(self.keys)))
        items = np.concatenate((self.items, np.empty_like(self.items)))
        table = np.zeros(4 * len(nodes), dtype=np.int64)
        return Memory(nodes, costs, table, keys, items, self.found, self.counts)


def shortest(grid: PackedGrid, start: tuple[int, int], goal: tuple[int, int]) -> Chain:
    """Return a shortest way between two cells (row, column); none if one of them is blocked."""
    if not (grid.is_free(*start) and grid.is_free(*goal)):
        return Chain()
    jumps, expanded = _jumps(grid, np.array([start, goal], dtype=np.int64) + 1)
    if not len(jumps):
        return Chain(expanded=expanded)
    corners = _turned(jumps - 1)
    steps = np.abs(np.diff(corners, axis=0))
    slanting = int(steps.min(axis=1).sum())
    straight = int(steps.max(axis=1).sum()) - slanting
    return Chain(straight + slanting * SLANT, corners, expanded)


def _jumps(grid: PackedGrid, ends: IntArray) -> tuple[IntArray, int]:
    """Return (row, column) + 1 of the jump points of a way (m, 2), and how many were expanded."""
    memory = Memory.of(grid, ends[0], 512)
    width = grid.shape[1] + 2
    while True:
        length = jump(grid.words, grid.layout, ends[1], width, memory)
        if length != _FULL:
            cells = memory.nodes[:length, _WAITING][::-1]
            return np.column_stack(np.divmod(cells, width)), int(memory.counts[2])
        memory = memory.doubled()


def _turned(jumps: IntArray) -> IntArray:
    """Put in the turning points: from one jump point to the next first slantwise, then straight."""
    step = np.diff(jumps, axis=0)
    slant = np.abs(step).min(axis=1, keepdims=True) * np.sign(step)
    both = np.stack((jumps[:-1], jumps[:-1] + slant), axis=1).reshape(-1, 2)
    fresh = np.ones(len(both), dtype=np.bool_)
    fresh[1:] = np.any(both[1:] != both[:-1], axis=1)
    fresh[1:] &= np.any(both[1:] != jumps[-1], axis=1)
    return np.vstack((both[fresh], jumps[-1:]))


@compiled
def _slot(table: IntArray, nodes: IntArray, cell: int) -> int:
    """Return where in a hash table of node numbers (plus one) a cell stands, or would stand."""
    last = len(table) - 1
    at = ((cell * 0x9E3779B97F4A7C1) >> 24) & last
    while table[at] > 0 and nodes[table[at] - 1, _CELL] != cell:
        at = (at + 1) & last
    return int(at)


@compiled
def _arrive(memory: Memory, cell: int, parent: int, cost: float, arrival: int) -> int:
    """Note a way to a cell; return its node if that has to be queued for it, else -1."""
    nodes, costs = memory.nodes, memory.costs
    slot = _slot(memory.table, nodes, cell)
    node = memory.table[slot] - 1
    if node < 0:
        node = memory.counts[0]
        memory.counts[0], memory.table[slot] = node + 1, node + 1
        nodes[node, _CELL], nodes[node, _WAITING], costs[node] = cell, 0, np.inf
    if cost < costs[node] - _SAME:
        costs[node], nodes[node, _PARENT] = cost, parent
        nodes[node, _ARRIVED] = nodes[node, _WAITING] = arrival
        return int(node)
    if cost > costs[node] + _SAME or nodes[node, _ARRIVED] & arrival:
        return -1
    idle = nodes[node, _WAITING] == 0
    nodes[node, _ARRIVED] |= arrival
    nodes[node, _WAITING] |= arrival
    return int(node) if idle else -1


@compiled
def _enqueue(memory: Memory, goal: IntArray, width: int, here: int, count: int) -> None:
    """Note the jump points found behind a node, and queue those with something new."""
    for k in range(count):
        row, col = int(memory.found[k, 0]), int(memory.found[k, 1])
        cost = memory.costs[here] + memory.found[k, 2]
        node = _arrive(memory, row * width + col, here, cost, 1 << int(memory.found[k, 3]))
        if node >= 0:
            down, across = abs(row - goal[0]), abs(col - goal[1])
            bound = max(down, across) + (SLANT - 1.0) * min(down, across)
            push(memory.keys, memory.items, memory.counts[1], cost + bound, node)
            memory.counts[1] += 1


@compiled
def jump(words: IntArray, layout: IntArray, goal: IntArray, width: int, memory: Memory) -> int:
    """Search on from where the memory is, until the goal is reached or the memory is full.

    Args:
        words: ``PackedGrid.words``.
        layout: ``PackedGrid.layout``.
        goal: (row, column) + 1 of the goal, shape (2,).
        width: Cells of a row, with the frame.
        memory: What was met so far.

    Returns:
        The number of jump points on the way, whose cells then stand in the column ``waiting``,
        goal first; ``_NONE``; or ``_FULL``: to be called again with more memory.
    """
    nodes, counts = memory.nodes, memory.counts
    for node in range(counts[0]):
        memory.table[_slot(memory.table, nodes, nodes[node, _CELL])] = node + 1
    while counts[1] > 0:
        here = pop(memory.keys, memory.items, counts[1])
        counts[1] -= 1
        row, col = nodes[here, _CELL] // width, nodes[here, _CELL] % width
        if row == goal[0] and col == goal[1]:
            length = 0
            while here >= 0:
                nodes[length, _WAITING] = nodes[here, _CELL]
                length, here = length + 1, nodes[here, _PARENT]
            return length
        if nodes[here, _WAITING] == 0:
            continue
        moves = directions(words, layout, row, col, nodes[here, _WAITING])
        count = successors(words, layout, goal, (row, col), moves, memory.found)
        if max(counts[0], counts[1]) + count >= len(nodes):
            push(memory.keys, memory.items, counts[1], -1.0, here)
            counts[1] += 1
            return _FULL
        counts[2] += 1
        nodes[here, _WAITING] = 0
        _enqueue(memory, goal, width, here, count)
    return _NONE
