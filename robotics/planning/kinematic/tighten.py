"""A found way pulled tight: poses joined by shortest curves, dropped and moved while that helps.

Every change is kept only if the curves to both neighbours are free and cost less, so that the
result is as drivable as the input at every moment.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.planning.kinematic.hybrid import Car, Nodes, curve, link
from robotics.planning.kinematic.scene import Scene
from robotics.planning.kinematic.words import SEGMENTS, drive

FIRST, LAST = 0.4, 0.01
"""Largest and least move of a pose [m]."""
GAIN = 1e-3
"""What a change has to save [m]."""
_NOTHING = 1e-7
"""Segments shorter than this are left out [turning radii]."""
KNOT = 0.8
"""Distance between poses that a curve is cut into [m]."""


@compiled
def put(poses: Array, i: int, other: Array, j: int) -> None:
    """Copy pose ``j`` of ``other`` (n, 3) to place ``i`` of ``poses`` (m, 3)."""
    for k in range(3):
        poses[i, k] = other[j, k]


@compiled
def trail(nodes: Nodes, last: int) -> Array:
    """Return the poses from the start to node ``last``, shape (n, 3)."""
    count, here = 0, last
    while here >= 0:
        count += 1
        here = nodes.parent[here]
    path = np.empty((count, 3))
    here = last
    for i in range(count - 1, -1, -1):
        put(path, i, nodes.pose, here)
        here = nodes.parent[here]
    return path


@compiled
def sampled(car: Car, knots: Array, spacing: Array) -> Array:
    """Return poses along the curves that join knots (k, 3), shape (n, 3); all knots included.

    Args:
        car: The machine.
        knots: Poses.
        spacing: Most between two poses [m], and most change of heading between them [rad]; (2,).
    """
    path, count = np.empty((1, 3)), 1
    word, pose = np.empty((2, SEGMENTS)), np.empty(3)
    for filling in range(2):  # counts first
        if filling == 1:
            path = np.empty((count, 3))
            put(path, 0, knots, 0)
        count = 1
        for i in range(len(knots) - 1):
            curve(car, knots, i, word)
            x, y, yaw = knots[i, 0], knots[i, 1], knots[i, 2]
            for k in range(SEGMENTS):
                length = abs(word[1, k])
                bend = length if word[0, k] != 0.0 else 0.0
                if length < _NOTHING:
                    continue
                parts = max(
                    math.ceil(length * car.radius / spacing[0]), math.ceil(bend / spacing[1])
                )
                for part in range(1, parts + 1):
                    if filling == 1:
                        pose[0], pose[1], pose[2] = 0.0, 0.0, yaw
                        drive(pose, word[0, k], word[1, k] * part / parts)
                        path[count, 0] = x + car.radius * pose[0]
                        path[count, 1] = y + car.radius * pose[1]
                        path[count, 2] = pose[2]
                    count += 1
                if filling == 1:
                    x, y, yaw = path[count - 1, 0], path[count - 1, 1], path[count - 1, 2]
            if filling == 1:
                put(path, count - 1, knots, i + 1)
    return path


@compiled
def shortcut(scene: Scene, car: Car, knots: Array) -> Array:
    """Return the knots that remain when each is joined to the farthest that it can be."""
    total, kept = np.zeros(len(knots)), np.zeros(len(knots), np.int64)
    for i in range(1, len(knots)):
        total[i] = total[i - 1] + link(scene, car, knots[i - 1], knots[i], np.inf)
    count = 1
    while kept[count - 1] < len(knots) - 1:
        here = kept[count - 1]
        reach, jump = here + 1, 1
        while jump > 0:
            there = min(reach + jump, len(knots) - 1)
            most = total[there] - total[here] + 1e-9
            free = there > reach and link(scene, car, knots[here], knots[there], most) < np.inf
            reach, jump = (there, jump * 2) if free else (reach, jump // 2)
        kept[count] = reach
        count += 1
    result = np.empty((count, 3))
    for i in range(count):
        put(result, i, knots, kept[i])
    return result


@compiled
def _moved(scene: Scene, car: Car, knots: Array, i: int, costs: Array, size: float) -> float:
    """Move knot ``i`` if that saves something, and return what it saved [m].

    Sideways, by heading, and along are tried; ``costs`` (k,) of the curves into each knot are kept.
    """
    c, s = math.cos(knots[i, 2]), math.sin(knots[i, 2])
    now, pose = costs[i] + costs[i + 1], np.empty(3)
    for k in range(6):
        step = size if k % 2 == 0 else -size
        along, aside = (step if k >= 4 else 0.0), (step if k < 2 else 0.0)
        pose[0] = knots[i, 0] + c * along - s * aside
        pose[1] = knots[i, 1] + s * along + c * aside
        pose[2] = knots[i, 2] + (step if 2 <= k < 4 else 0.0)
        into = link(scene, car, knots[i - 1], pose, now - GAIN)
        if into == np.inf:
            continue
        out = link(scene, car, pose, knots[i + 1], now - GAIN - into)
        if out < np.inf:
            knots[i, 0], knots[i, 1], knots[i, 2] = pose[0], pose[1], pose[2]
            costs[i], costs[i + 1] = into, out
            return float(now - into - out)
    return 0.0


@compiled
def relax(scene: Scene, car: Car, knots: Array, rounds: int) -> int:
    """Move and drop knots (k, 3), in place, until nothing is to be gained, or after ``rounds``.

    Returns:
        How many knots are left.
    """
    count, size = len(knots), FIRST
    costs = np.empty(count)
    for i in range(1, count):
        costs[i] = link(scene, car, knots[i - 1], knots[i], np.inf)
    for _ in range(rounds):
        gained, i = 0.0, 1
        while i < count - 1:
            now = costs[i] + costs[i + 1]
            direct = link(scene, car, knots[i - 1], knots[i + 1], now + 1e-9)
            if direct < np.inf:
                for j in range(i, count - 1):
                    put(knots, j, knots, j + 1)
                    costs[j] = costs[j + 1]
                costs[i], count = direct, count - 1
                gained += now - direct
                continue
            gained += _moved(scene, car, knots, i, costs, size)
            i += 1
        if gained < 10.0 * GAIN:
            size *= 0.5
            if size < LAST:
                break
    return count
