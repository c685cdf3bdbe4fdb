"""A found way pulled tight: poses joined by shortest curves, dropped and moved while that helps.

Every change is kept only if the curves to both neighbours are free and cost less, so that the
result is as drivable as the input at every moment.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.planning.kinematic.hybrid import Car, Nodes, link
from robotics.planning.kinematic.scene import Scene
from robotics.planning.kinematic.words import SEGMENTS, drive, shortest

FIRST, LAST = 0.4, 0.01
"""Largest and least move of a pose [m]."""
GAIN = 1e-3
"""What a change has to save [m]."""
KNOT = 0.8
"""Distance between poses that a curve is cut into [m]."""


@compiled
def trail(nodes: Nodes, last: int, goal: Array) -> Array:
    """Return the poses from the start to node ``last`` and then the goal, shape (n, 3)."""
    count, here = 1, last
    while here >= 0:
        count += 1
        here = nodes.parent[here]
    path = np.empty((count, 3))
    path[count - 1] = goal
    here = last
    for i in range(count - 2, -1, -1):
        path[i] = nodes.pose[here]
        here = nodes.parent[here]
    return path


@compiled
def sampled(car: Car, knots: Array, spacing: float, bend: float) -> Array:
    """Return poses along the curves that join knots (k, 3), shape (n, 3); all knots included.

    Args:
        car: The machine.
        knots: Poses.
        spacing: Most between two poses [m].
        bend: Most change of heading between two poses [rad].
    """
    path, count = np.empty((256, 3)), 1
    path[0] = knots[0]
    word, pose = np.empty((2, SEGMENTS)), np.empty(3)
    for i in range(len(knots) - 1):
        x, y, yaw = knots[i + 1] - knots[i]
        c, s = math.cos(knots[i, 2]), math.sin(knots[i, 2])
        pose[0], pose[1], pose[2] = (c * x + s * y) / car.radius, (c * y - s * x) / car.radius, yaw
        shortest(pose, car.rule, word)
        x, y, yaw = knots[i]
        for k in range(SEGMENTS):
            kind, length = word[0, k], word[1, k]
            if abs(length) * car.radius < 1e-7:
                continue
            parts = int(math.ceil(abs(length) * car.radius / spacing))
            if kind != 0.0:
                parts = max(parts, int(math.ceil(abs(length) / bend)))
            for part in range(1, parts + 1):
                if count == len(path):
                    path = np.concatenate((path, np.empty((count, 3))))
                pose[0], pose[1], pose[2] = 0.0, 0.0, yaw
                drive(pose, kind, length * part / parts)
                path[count, 0], path[count, 1] = x + car.radius * pose[0], y + car.radius * pose[1]
                path[count, 2] = pose[2]
                count += 1
            x, y, yaw = path[count - 1]
        path[count - 1] = knots[i + 1]
    return path[:count].copy()


@compiled
def shortcut(scene: Scene, car: Car, knots: Array) -> Array:
    """Return the knots that remain when each is joined to the farthest that it can be."""
    so_far = np.zeros(len(knots))
    for i in range(1, len(knots)):
        so_far[i] = so_far[i - 1] + link(scene, car, knots[i - 1], knots[i], np.inf)
    kept = np.empty(len(knots), np.int64)
    kept[0], count = 0, 1
    while kept[count - 1] < len(knots) - 1:
        here = kept[count - 1]
        reach, jump = here + 1, 1
        while jump > 0:
            there = min(reach + jump, len(knots) - 1)
            most = so_far[there] - so_far[here] + 1e-9
            free = there > reach and link(scene, car, knots[here], knots[there], most) < np.inf
            reach, jump = (there, jump * 2) if free else (reach, jump // 2)
        kept[count] = reach
        count += 1
    return knots[kept[:count]]


@compiled
def _moved(scene: Scene, car: Car, three: Array, now: float, size: float) -> float:
    """Move the middle one of ``three`` poses (3, 3) if that saves something.

    Returns:
        The cost of both curves afterwards [m]; ``now`` if nothing was saved.
    """
    c, s = math.cos(three[1, 2]), math.sin(three[1, 2])
    pose = np.empty(3)
    for k in range(6):
        step = size if k % 2 == 0 else -size
        pose[:] = three[1]
        if k < 2:
            pose[0], pose[1] = pose[0] - s * step, pose[1] + c * step
        elif k < 4:
            pose[2] += step
        else:
            pose[0], pose[1] = pose[0] + c * step, pose[1] + s * step
        into = link(scene, car, three[0], pose, now - GAIN)
        if into == np.inf:
            continue
        out = link(scene, car, pose, three[2], now - GAIN - into)
        if out < np.inf:
            three[1] = pose
            return into + out
    return now


@compiled
def relax(scene: Scene, car: Car, knots: Array, rounds: int) -> Array:
    """Return knots (k, 3) moved and dropped until nothing is to be gained, or after ``rounds``."""
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
                knots[i : count - 1] = knots[i + 1 : count].copy()
                costs[i : count - 1] = costs[i + 1 : count].copy()
                costs[i], count = direct, count - 1
                gained += now - direct
                continue
            three = knots[i - 1 : i + 2].copy()
            then = _moved(scene, car, three, now, size)
            if then < now:
                knots[i] = three[1]
                costs[i] = link(scene, car, knots[i - 1], knots[i], np.inf)
                costs[i + 1] = then - costs[i]
                gained += now - then
            i += 1
        if gained < 10.0 * GAIN:
            size *= 0.5
            if size < LAST:
                break
    return knots[:count].copy()
