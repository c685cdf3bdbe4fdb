"""Motions driven ahead and judged: the compiled heart of the predictive control.

Costs are seconds of driving time. A motion is at fault if it comes too near to something while
the robot moves; one that stands is walked into by others and is not at fault.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.planning.course import wrapped
from robotics.planning.predictive.config import Limits, Weights
from robotics.planning.predictive.nominal import clamp
from robotics.planning.predictive.scene import Crowd, Ground, Scene, Way
from robotics.planning.space import interpolate

Frame: TypeAlias = tuple[float, float, float, float]
"""(x, y, cos yaw, sin yaw)."""
Scale: TypeAlias = tuple[float, float]
STILL = 0.02
"""Slower than this is standing [m/s], the rotation taken at the footprint's edge."""
UNREACHABLE = 30.0
"""What a place costs from which no way leads on [m]."""
BESIDE = 0.3
"""A robot whose centre is this near to the line between two people is between them [m]."""
APART = 3.0
"""People farther from each other leave room between them [m]."""


@compiled
def gap_to_ground(ground: Ground, pose: Frame, far: float) -> float:
    """Return the gap between the footprint at (x, y, cos, sin) and the map [m].

    Where nothing is within ``far`` [m] of the circle around the footprint, the answer is a lower
    bound greater than ``far``.
    """
    x, y, c, s = pose
    values, discs = ground.distance, ground.discs
    x0, y0, size = ground.frame[0], ground.frame[1], ground.frame[2]
    centre = interpolate(values, (x - x0) / size - 0.5, (y - y0) / size - 0.5) - 0.5 * size
    if centre > ground.reach + far:
        return float(centre - ground.reach)
    best = np.inf
    for j in range(len(discs)):
        u = (x + c * discs[j, 0] - s * discs[j, 1] - x0) / size - 0.5
        v = (y + s * discs[j, 0] + c * discs[j, 1] - y0) / size - 0.5
        best = min(best, interpolate(values, u, v) - 0.5 * size - discs[j, 2])
    return float(best)


@compiled
def gap_to_point(discs: Array, x: float, y: float, c: float, s: float) -> float:
    """Return the gap between the footprint and a point (x, y) relative to the base [m].

    Its directions are the map's; (c, s) is (cos, sin) of the base's yaw.
    """
    best = np.inf
    for j in range(len(discs)):
        dx = x - c * discs[j, 0] + s * discs[j, 1]
        dy = y - s * discs[j, 0] - c * discs[j, 1]
        best = min(best, math.sqrt(dx * dx + dy * dy) - discs[j, 2])
    return float(best)


@compiled
def gaps_now(ground: Ground, pose: Array, people: Array) -> Array:
    """Return the gaps from the footprint at ``pose`` (3,) to people and to the map [m].

    Args:
        ground: Map and footprint.
        pose: (x, y, yaw).
        people: (x, y, radius), shape (m, 3).

    Returns:
        Shape (m + 1,); the last is the map's, exact up to one metre.
    """
    c, s = math.cos(pose[2]), math.sin(pose[2])
    gaps = np.empty(len(people) + 1)
    for m in range(len(people)):
        dx, dy = people[m, 0] - pose[0], people[m, 1] - pose[1]
        gaps[m] = gap_to_point(ground.discs, dx, dy, c, s) - people[m, 2]
    gaps[-1] = gap_to_ground(ground, (pose[0], pose[1], c, s), 1.0)
    return gaps


@compiled
def meet(scene: Scene, k: int, pose: Frame, share: float, weights: Weights) -> tuple[float, float]:
    """Return what being at (x, y, cos, sin) at step ``k`` costs for people's sake [1/s].

    ``share`` is the speed as a part of the largest. The second value is the least gap beyond what
    has to be kept [m].
    """
    crowd, discs = scene.crowd, scene.ground.discs
    x, y, c, s = pose
    cost, spare = 0.0, np.inf
    for m in range(len(crowd.radius)):
        dx, dy = crowd.position[k, m, 0] - x, crowd.position[k, m, 1] - y
        wish, margin = crowd.personal[m], crowd.margin[k, m]
        near = scene.ground.reach + crowd.radius[m] + max(2.0 * wish, margin)
        if dx * dx + dy * dy > near * near:
            continue
        gap = gap_to_point(discs, dx, dy, c, s) - crowd.radius[m]
        spare = min(spare, gap - margin)
        if wish > 0.0:
            inside = clamp(1.0 - gap / wish, 0.0, 1.5)
            cost += weights.personal * inside * inside * (weights.idle + share)
            cost += weights.polite * share * clamp(1.0 - 0.5 * gap / wish, 0.0, 1.0)
    for p in range(len(crowd.pairs)):
        cost += weights.group * between(crowd, p, k, x, y) * (0.1 + share)
    return cost, spare


@compiled
def between(crowd: Crowd, p: int, k: int, x: float, y: float) -> float:
    """Return how much (x, y) is between the two of pair ``p`` at step ``k``, 0 to 1."""
    a, b = crowd.pairs[p, 0], crowd.pairs[p, 1]
    ax, ay = crowd.position[k, a, 0], crowd.position[k, a, 1]
    wx, wy = crowd.position[k, b, 0] - ax, crowd.position[k, b, 1] - ay
    size = wx * wx + wy * wy
    if size < 0.01 or size > APART * APART:
        return 0.0
    along = ((x - ax) * wx + (y - ay) * wy) / size
    off = abs(wx * (y - ay) - wy * (x - ax)) / math.sqrt(size)
    return 1.0 - off / BESIDE if 0.0 < along < 1.0 and off < BESIDE else 0.0


@compiled
def to_go(way: Way, x: float, y: float, near: int) -> float:
    """Return how far it still is from (x, y) [m]; ``near`` is the nearest row of the line."""
    line = way.line
    rows, cols = way.cells.shape
    if rows == 0:
        return float(line[near, 3] + math.hypot(line[near, 0] - x, line[near, 1] - y))
    u = (x - way.frame[0]) / way.frame[2] - 0.5
    v = (y - way.frame[1]) / way.frame[2] - 0.5
    col, row = math.floor(u), math.floor(v)
    if col < 0 or row < 0 or col + 1 >= cols or row + 1 >= rows:
        return float(UNREACHABLE)
    total, share = 0.0, 0.0
    for i in range(2):
        for j in range(2):
            value = way.cells[row + i, col + j]
            if value < np.inf:
                weight = (u - col if j else 1.0 - u + col) * (v - row if i else 1.0 - v + row)
                total += (weight + 1e-9) * value
                share += weight + 1e-9
    return total / share if share > 0.0 else UNREACHABLE


@compiled
def last_cost(way: Way, end: tuple[float, float, float], near: int, scale: Scale) -> float:
    """Return what ending at (x, y, yaw) costs [s]: the way left, and looking the wrong way.

    ``scale`` is the largest speed [m/s] and the weight of the heading [s].
    """
    x, y, yaw = end
    left = to_go(way, x, y, near)
    wanted, share = way.line[near, 2], 1.0
    if len(way.cells) > 0:
        e = 2.0 * way.frame[2]
        gx = to_go(way, x - e, y, near) - to_go(way, x + e, y, near)
        gy = to_go(way, x, y - e, near) - to_go(way, x, y + e, near)
        share = min(1.0, left / (0.5 * scale[0]))
        if abs(gx) + abs(gy) > 1e-6:
            wanted = math.atan2(way.gear * gy, way.gear * gx)
    return float(left / scale[0] + scale[1] * share * 0.5 * (1.0 - math.cos(yaw - wanted)))


@compiled
def off_line(line: Array, near: int, end: tuple[float, float, float]) -> float:
    """Return the squared distance from a working line, its direction counted too [m²]."""
    x, y, yaw = end
    across = math.cos(line[near, 2]) * (y - line[near, 1])
    across -= math.sin(line[near, 2]) * (x - line[near, 0])
    turned = wrapped(yaw - line[near, 2])
    return float(across * across + 0.05 * turned * turned)


@compiled
def nearest(line: Array, near: int, x: float, y: float) -> int:
    """Return the row of ``line`` nearest to (x, y), looking onwards from row ``near``."""
    best = (line[near, 0] - x) ** 2 + (line[near, 1] - y) ** 2
    while near + 1 < len(line):
        gap = (line[near + 1, 0] - x) ** 2 + (line[near + 1, 1] - y) ** 2
        if gap > best:
            break
        best = gap
        near += 1
    return near


@compiled
def roll(
    scene: Scene, wanted: Array, limits: Limits, weights: Weights
) -> tuple[float, float, float, int]:
    """Drive the twists ``wanted`` (steps, 3) and judge the motion.

    Returns:
        What it costs [s], the part of it that people cause, the part that things cause, and the
        first step at which it is at fault; the number of steps if it never is.
    """
    way, ground, dt = scene.way, scene.ground, scene.step
    x, y, yaw, vx, vy, wz = scene.start
    c, s = math.cos(yaw), math.sin(yaw)
    steps, near, cost, social, tight = len(wanted), 0, 0.0, 0.0, 0.0
    linear, angular = limits.acceleration * dt, limits.angular_acceleration * dt
    ux, uy, uw = scene.last[0], scene.last[1], scene.last[2]
    for k in range(steps):
        dx, dy, dw = wanted[k, 0] - ux, wanted[k, 1] - uy, wanted[k, 2] - uw
        ux, uy, uw = wanted[k, 0], wanted[k, 1], wanted[k, 2]
        change = (dx * dx + dy * dy) / limits.speed**2 + (dw / limits.turn_rate) ** 2
        vx += clamp(ux - vx, -linear, linear)
        vy += clamp(uy - vy, -linear, linear)
        wz += clamp(uw - wz, -angular, angular)
        half = 0.5 * wz * dt  # turn half, move, turn half: the midpoint rule
        cosine, sine = 1.0 - 0.5 * half * half, half - half * half * half / 6.0
        c, s = c * cosine - s * sine, s * cosine + c * sine
        x += (c * vx - s * vy) * dt
        y += (s * vx + c * vy) * dt
        c, s = c * cosine - s * sine, s * cosine + c * sine
        yaw += wz * dt
        speed = math.sqrt(vx * vx + vy * vy)
        rim = abs(wz) * ground.reach
        share = (speed + 0.3 * rim) / limits.speed
        gap = gap_to_ground(ground, (x, y, c, s), weights.soft)
        inside = clamp(1.0 - gap / weights.soft, 0.0, 1.5)
        tight += weights.clear * share * inside * inside * dt
        people, spare = meet(scene, k + 1, (x, y, c, s), share, weights)
        social += people * dt
        wrong_way = max(0.0, -way.gear * vx) / limits.speed
        cost += weights.smooth * change + weights.backward * wrong_way * dt
        near = nearest(way.line, near, x, y)
        if way.working:
            cost += weights.line * off_line(way.line, near, (x, y, yaw)) * dt
        if speed + rim > STILL and (gap < scene.floor or spare < 0.0):
            cost += weights.collision * (2.0 - k / steps)
            return cost + social + tight, social, tight, k
    cost += last_cost(way, (x, y, yaw), near, (limits.speed, weights.heading))
    return cost + social + tight, social, tight, steps
