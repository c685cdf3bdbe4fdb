"""Hybrid-A*: a search over poses that the machine can really drive to.

D. Dolgov, S. Thrun, M. Montemerlo, J. Diebel, "Path Planning for Autonomous Vehicles in Unknown
Semi-structured Environments", IJRR 29 (2010): poses stay continuous, one is kept for each cell of
place and heading; the cost to go is the greater of the way over the ground (without the machine's
kinematics) and the shortest curve (without obstacles); now and then the curve itself is tried.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from robotics.planning.heap import pop, push
from robotics.planning.kinematic.ground import Ground, cost_to_go
from robotics.planning.kinematic.scene import Scene, clear
from robotics.planning.kinematic.table import look_up
from robotics.planning.kinematic.words import SEGMENTS, TAU, shortest

HEADINGS = 72
CELL = 0.1
"""Side of a cell, see ``Car`` [m]."""
STRAIGHT = 0.2
"""Length of a straight step [m]: longer than the diagonal of a cell."""
BEND = math.radians(20.0)
"""Change of heading of a bent step."""
EAGER = 4.0
"""Expansions between two tries of the curve: the cost to go over so many straight steps."""


class Car(NamedTuple):
    """How the machine moves."""

    radius: float
    """Least turning radius [m]."""
    rule: Array
    """May it reverse, weight of reversing, cost of a change of gear [turning radii]; (3,)."""
    moves: Array
    """(kind, signed length [m]) of each step it may take, shape (k, 2)."""
    table: Array
    """Lengths of the shortest curves, see ``table``."""
    cell: float
    """Side of a cell in which one pose for each heading is kept [m]."""
    haste: float
    """Weight of the cost to go: above 1 finds a way sooner, and a longer one."""


class Nodes(NamedTuple):
    """What the search remembers; room for as many as the budget can need."""

    pose: Array
    cost: Array
    parent: IntArray
    gear: Array
    done: NDArray[np.uint8]
    key: IntArray
    slots: IntArray
    """A hash table from key to node + 1; 0 is empty."""
    keys: Array
    items: IntArray
    held: IntArray
    """Number of nodes, and of items in the heap; shape (2,)."""


def moves_of(radius: float, *, reverse: bool) -> Array:
    """Return straight and bent steps forwards, and backwards if allowed, shape (3 or 6, 2)."""
    bend = radius * BEND
    ahead = np.array([(0.0, STRAIGHT), (1.0, bend), (-1.0, bend)])
    return np.vstack((ahead, ahead * (1.0, -1.0))) if reverse else ahead


def empty_nodes(budget: int, moves: int) -> Nodes:
    """Return memory for ``budget`` expansions; untouched pages of it cost nothing."""
    size = budget * moves + 2
    slots = 1 << max(10, (2 * size).bit_length())
    return Nodes(
        np.empty((size, 3)),
        np.empty(size),
        np.empty(size, np.int64),
        np.empty(size),
        np.zeros(size, np.uint8),
        np.empty(size, np.int64),
        np.zeros(slots, np.int64),
        np.empty(size),
        np.empty(size, np.int64),
        np.zeros(2, np.int64),
    )


@compiled
def _slot(scene: Scene, car: Car, nodes: Nodes, pose: Array) -> tuple[int, int]:
    """Return where in the hash table the cell of a pose is, and its key."""
    col = int((pose[0] - scene.frame[0]) / car.cell)
    row = int((pose[1] - scene.frame[1]) / car.cell)
    wide = int(scene.values.shape[1] * scene.frame[2] / car.cell) + 2
    heading = math.floor(pose[2] * (HEADINGS / TAU) + 0.5) % HEADINGS
    key = (row * wide + col) * HEADINGS + heading
    mask = len(nodes.slots) - 1
    slot = ((key * 0x9E3779B97F4A7C1) >> 20) & mask
    while nodes.slots[slot] != 0 and nodes.key[nodes.slots[slot] - 1] != key:
        slot = (slot + 1) & mask
    return slot, key


@compiled
def _to_go(scene: Scene, ground: Ground, car: Car, ends: Array) -> float:
    """Return the cost to go from pose ``ends[0]`` to pose ``ends[1]`` [m]."""
    x, y = ends[1, 0] - ends[0, 0], ends[1, 1] - ends[0, 1]
    c, s = math.cos(ends[0, 2]), math.sin(ends[0, 2])
    u, v = (c * x + s * y) / car.radius, (c * y - s * x) / car.radius
    curve = look_up(car.table, u, v, ends[1, 2] - ends[0, 2]) * car.radius
    return max(curve, cost_to_go(scene, ground, ends[0, 0], ends[0, 1]))


@compiled
def curve(car: Car, poses: Array, i: int, word: Array) -> float:
    """Fill ``word`` (2, 5) with the cheapest curve from pose ``i`` to the next; return its cost.

    All in turning radii.
    """
    x, y = poses[i + 1, 0] - poses[i, 0], poses[i + 1, 1] - poses[i, 1]
    c, s = math.cos(poses[i, 2]), math.sin(poses[i, 2])
    there = np.empty(3)
    there[0], there[1] = (c * x + s * y) / car.radius, (c * y - s * x) / car.radius
    there[2] = poses[i + 1, 2] - poses[i, 2]
    return shortest(there, car.rule, word)


@compiled
def link(scene: Scene, car: Car, a: Array, b: Array, most: float) -> float:
    """Return the cost of the cheapest curve from pose ``a`` (3,) to ``b`` (3,) [m].

    Infinite if it is blocked, or costs ``most`` or more.
    """
    if not math.hypot(b[0] - a[0], b[1] - a[1]) < most:
        return np.inf
    ends, word, pose = np.empty((2, 3)), np.empty((2, SEGMENTS)), np.empty(3)
    for k in range(3):
        ends[0, k], ends[1, k], pose[k] = a[k], b[k], a[k]
    cost = curve(car, ends, 0, word) * car.radius
    if not cost < most:
        return np.inf
    for k in range(SEGMENTS):
        length = word[1, k] * car.radius
        if length != 0.0 and not clear(scene, pose, word[0, k], length, car.radius):
            return np.inf
    return cost


@compiled
def _expand(scene: Scene, ground: Ground, car: Car, nodes: Nodes, at: tuple[int, Array]) -> None:
    """Add the poses that one step from node ``at[0]`` leads to; ``at[1]`` is the goal's pose."""
    here, goal = at
    ends = np.empty((2, 3))
    for i in range(3):
        ends[1, i] = goal[i]
    for k in range(len(car.moves)):
        kind, length = car.moves[k, 0], car.moves[k, 1]
        for i in range(3):
            ends[0, i] = nodes.pose[here, i]
        if not clear(scene, ends[0], kind, length, car.radius):
            continue
        slot, key = _slot(scene, car, nodes, ends[0])
        there = nodes.slots[slot] - 1
        if there >= 0 and nodes.done[there] == 1:
            continue
        cost = nodes.cost[here] + (length if length > 0.0 else -length * car.rule[1])
        if nodes.gear[here] * length < 0.0:
            cost += car.rule[2] * car.radius
        if there >= 0 and nodes.cost[there] <= cost:
            continue
        rest = _to_go(scene, ground, car, ends)
        if rest == np.inf:
            continue
        if there < 0:
            there = nodes.held[0]
            nodes.held[0] += 1
            nodes.slots[slot], nodes.key[there] = there + 1, key
        for i in range(3):
            nodes.pose[there, i] = ends[0, i]
        nodes.cost[there] = cost
        nodes.parent[there], nodes.gear[there] = here, length
        push(nodes.keys, nodes.items, nodes.held[1], cost + car.haste * rest, there)
        nodes.held[1] += 1


@compiled
def search(
    scene: Scene, ground: Ground, car: Car, nodes: Nodes, task: tuple[Array, int]
) -> tuple[int, int, bool]:
    """Look for a way between two poses.

    Args:
        scene: The place.
        ground: Way to the goal over the ground.
        car: The machine.
        nodes: Empty memory.
        task: (start, goal) poses, shape (2, 3), and how many nodes may be expanded.

    Returns:
        The last node of the way found (the one nearest to the goal if none was), the number of
        expansions, and whether the goal can be reached from that node along the shortest curve.
    """
    ends = task[0].copy()
    goal = task[0][1]
    slot, key = _slot(scene, car, nodes, ends[0])
    nodes.slots[slot], nodes.key[0] = 1, key
    for i in range(3):
        nodes.pose[0, i] = ends[0, i]
    nodes.cost[0], nodes.parent[0], nodes.gear[0] = 0.0, -1, 0.0
    nodes.keys[0], nodes.items[0] = 0.0, 0
    nodes.held[0], nodes.held[1] = 1, 1
    best, least, used, next_try = 0, np.inf, 0, 0
    while nodes.held[1] > 0 and used < task[1]:
        here = pop(nodes.keys, nodes.items, nodes.held[1])
        nodes.held[1] -= 1
        if nodes.done[here] == 1:
            continue
        nodes.done[here] = 1
        used += 1
        for i in range(3):
            ends[0, i] = nodes.pose[here, i]
        rest = _to_go(scene, ground, car, ends)
        if rest < least:
            best, least = here, rest
        if used >= next_try:
            next_try = used + 1 + int(rest / (EAGER * STRAIGHT))
            if link(scene, car, ends[0], goal, np.inf) < np.inf:
                return here, used, True
        _expand(scene, ground, car, nodes, (here, goal))
    return best, used, False
