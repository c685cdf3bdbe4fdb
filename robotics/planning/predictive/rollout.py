"""Motions driven ahead and judged: the compiled heart of the predictive control.

Costs are seconds of driving time. A motion is at fault if it comes too near to something while
the robot moves; one that stands is walked into by others and is not at fault.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled, inner
from robotics.planning.course import wrapped
from robotics.planning.predictive.config import Limits, Weights
from robotics.planning.predictive.nominal import clamp
from robotics.planning.predictive.scene import Crowd, Ground, Scene, Way, cell_of
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


@inner
def gap_to_ground(values: Array, frame: Array, discs: Array, pose: Frame) -> float:
    """Return the gap between the footprint at (x, y, cos, sin) and the map [m].

    Args:
        values: Distance of each cell centre to the nearest blocked one, shape (rows, cols) [m].
        frame: (x, y) of the lower left corner, resolution, shape (3,).
        discs: The footprint, shape (k, 3).
        pose: Of the base.
    """
    x, y, c, s = pose
    per_cell, best = 1.0 / frame[2], np.inf
    x, y = (x - frame[0]) * per_cell - 0.5, (y - frame[1]) * per_cell - 0.5
    c, s = c * per_cell, s * per_cell
    for j in range(len(discs)):
        u = x + c * discs[j, 0] - s * discs[j, 1]
        v = y + s * discs[j, 0] + c * discs[j, 1]
        best = min(best, interpolate(values, u, v) - discs[j, 2])
    return float(best - 0.5 * frame[2])


@inner
def gap_to_point(discs: Array, x: float, y: float) -> float:
    """Return the gap between the footprint and a point (x, y) in the base frame [m]."""
    best = np.inf
    for j in range(len(discs)):
        dx, dy = x - discs[j, 0], y - discs[j, 1]
        limit, square = best + discs[j, 2], dx * dx + dy * dy
        if limit > 0.0 and square < limit * limit:  # else this disc is not the nearest
            best = math.sqrt(square) - discs[j, 2]
    return float(best)


@compiled
def gaps_now(ground: Ground, pose: Array, people: Array) -> Array:
    """Return the gaps from the footprint at ``pose`` (3,) to people and to the map [m].

    Args:
        ground: Map and footprint.
        pose: (x, y, yaw).
        people: (x, y, radius), shape (m, 3).

    Returns:
        Shape (m + 1,); the last is the map's.
    """
    c, s = math.cos(pose[2]), math.sin(pose[2])
    gaps = np.empty(len(people) + 1)
    for m in range(len(people)):
        dx, dy = people[m, 0] - pose[0], people[m, 1] - pose[1]
        ahead, left = c * dx + s * dy, c * dy - s * dx
        gaps[m] = gap_to_point(ground.discs, ahead, left) - people[m, 2]
    here = (pose[0], pose[1], c, s)
    gaps[-1] = gap_to_ground(ground.distance, ground.frame, ground.discs, here)
    return gaps


@inner
def heed_people(crowd: Crowd, discs: Array, trail: Array, weights: Weights) -> tuple[float, int]:
    """Return what a motion costs for people's sake, per step [1/s], and the step at fault.

    The step is ``len(trail)`` where the motion comes too near to nobody while it moves.
    """
    cost, frame, count, who = 0.0, crowd.frame, crowd.many, crowd.who
    position, margin, radius = crowd.position, crowd.margin, crowd.radius
    personal, reach, every = crowd.personal, crowd.near, crowd.every
    for look in range(1, len(trail) // every + 1):
        k = look * every - 1
        x, y, c, s, share = trail[k, 0], trail[k, 1], trail[k, 2], trail[k, 3], trail[k, 5]
        row, col = cell_of(frame, count.shape[1], x, y)
        for i in range(count[look, row, col]):
            m = who[look, row, col, i]
            dx, dy = position[look, m, 0] - x, position[look, m, 1] - y
            if dx * dx + dy * dy > reach[m] * reach[m]:
                continue
            gap = gap_to_point(discs, c * dx + s * dy, c * dy - s * dx) - radius[m]
            if trail[k, 6] > 0.0 and gap < margin[look, m]:
                return cost * every, k
            if personal[m] > 0.0:
                part = gap / personal[m]
                inside = clamp(1.0 - part, 0.0, 1.5)
                cost += weights.personal * inside * inside * (weights.idle + share)
                cost += weights.polite * share * clamp(1.0 - 0.5 * part, 0.0, 1.0)
        for p in range(len(crowd.pairs)):
            cost += weights.group * between(crowd, p, look, x, y) * (0.1 + share)
    return cost * every, len(trail)


@inner
def heed_ground(ground: Ground, trail: Array, weights: Weights, floor: float) -> tuple[float, int]:
    """Return what a motion costs because things are near, per step [1/s], and the step at fault."""
    values, frame, discs = ground.distance, ground.frame, ground.discs
    x0, y0, per_cell, soft = frame[0], frame[1], 1.0 / frame[2], weights.soft
    enough, cost = ground.reach + soft + 1.3 * frame[2], 0.0  # 1.3: half a cell, half a diagonal
    spare = 0.0
    for k in range(len(trail)):
        spare -= trail[k, 7]  # no gap shrinks faster than the fastest point of the footprint moves
        if spare > 0.0:
            continue
        col, row = int((trail[k, 0] - x0) * per_cell), int((trail[k, 1] - y0) * per_cell)
        if 0 <= row < values.shape[0] and 0 <= col < values.shape[1] and values[row, col] > enough:
            spare = values[row, col] - enough
            continue
        here = (trail[k, 0], trail[k, 1], trail[k, 2], trail[k, 3])
        gap = gap_to_ground(values, frame, discs, here)
        spare = gap - soft - 0.5 * frame[2]
        if gap < soft:
            if trail[k, 6] > 0.0 and gap < floor:
                return cost, k
            inside = min(1.0 - gap / soft, 1.5)
            cost += weights.clear * trail[k, 5] * inside * inside
    return cost, len(trail)


@inner
def between(crowd: Crowd, p: int, k: int, x: float, y: float) -> float:
    """Return how much (x, y) is between the two of pair ``p`` at step ``k``, 0 to 1."""
    a, b = crowd.pairs[p, 0], crowd.pairs[p, 1]
    ax, ay = crowd.position[k, a, 0], crowd.position[k, a, 1]
    wx, wy = crowd.position[k, b, 0] - ax, crowd.position[k, b, 1] - ay
    size, along = wx * wx + wy * wy, (x - ax) * wx + (y - ay) * wy
    if not 0.0 < along < size or size < 0.01 or size > APART * APART:
        return 0.0
    off = abs(wx * (y - ay) - wy * (x - ax)) / math.sqrt(size)
    return 1.0 - off / BESIDE if off < BESIDE else 0.0


@inner
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


@inner
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


@inner
def off_line(line: Array, near: int, end: tuple[float, float, float]) -> float:
    """Return the squared distance from a working line, its direction counted too [m²]."""
    x, y, yaw = end
    across = math.cos(line[near, 2]) * (y - line[near, 1])
    across -= math.sin(line[near, 2]) * (x - line[near, 0])
    turned = wrapped(yaw - line[near, 2])
    return float(across * across + 0.05 * turned * turned)


@inner
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


@inner
def heed_way(way: Way, trail: Array, weights: Weights, scale: Scale) -> float:
    """Return what is left to go after a motion, and what leaving a working line cost [s].

    ``scale`` is the largest speed [m/s] and the time step [s].
    """
    near, off, end = 0, 0.0, len(trail) - 1
    for k in range(len(trail)):
        if way.working or k % 4 == 3 or k == end:
            near = nearest(way.line, near, trail[k, 0], trail[k, 1])
        if way.working:
            off += off_line(way.line, near, (trail[k, 0], trail[k, 1], trail[k, 4]))
    place = (trail[end, 0], trail[end, 1], trail[end, 4])
    left = last_cost(way, place, near, (scale[0], weights.heading))
    return left + weights.line * off * scale[1]


@inner
def move(scene: Scene, wanted: Array, limits: Limits, weights: Weights, trail: Array) -> float:
    """Drive the twists ``wanted`` (steps, 3) and write the motion to ``trail`` (steps, 8).

    Its columns: x, y, cos, sin and yaw of the base, speed as a part of the largest, 1 where the
    robot moves, the way of the footprint's fastest point. The twists' own cost is returned [s].
    """
    dt, gear, rim = scene.step, scene.way.gear, scene.ground.reach
    x, y, yaw, vx, vy, wz = scene.start
    c, s, cost = math.cos(yaw), math.sin(yaw), 0.0
    linear, angular = limits.acceleration * dt, limits.angular_acceleration * dt
    ux, uy, uw = scene.last[0], scene.last[1], scene.last[2]
    per_speed, per_rate = 1.0 / limits.speed, 1.0 / limits.turn_rate
    for k in range(len(wanted)):
        dx, dy, dw = wanted[k, 0] - ux, wanted[k, 1] - uy, wanted[k, 2] - uw
        ux, uy, uw = wanted[k, 0], wanted[k, 1], wanted[k, 2]
        change = (dx * dx + dy * dy) * per_speed * per_speed + dw * dw * per_rate * per_rate
        vx += clamp(ux - vx, -linear, linear)
        vy += clamp(uy - vy, -linear, linear)
        wz += clamp(uw - wz, -angular, angular)
        half = 0.5 * wz * dt  # turn half, move, turn half: the midpoint rule
        cosine, sine = 1.0 - 0.5 * half * half, half - half * half * half * 0.16666666666666666
        c, s = c * cosine - s * sine, s * cosine + c * sine
        x += (c * vx - s * vy) * dt
        y += (s * vx + c * vy) * dt
        c, s = c * cosine - s * sine, s * cosine + c * sine
        yaw += wz * dt
        speed, edge = math.sqrt(vx * vx + vy * vy), abs(wz) * rim
        cost += weights.smooth * change
        cost += weights.backward * max(0.0, -gear * vx) * per_speed * dt
        trail[k, 0], trail[k, 1], trail[k, 2], trail[k, 3] = x, y, c, s
        trail[k, 4], trail[k, 5] = yaw, (speed + 0.3 * edge) * per_speed
        trail[k, 6], trail[k, 7] = (1.0 if speed + edge > STILL else 0.0), (speed + edge) * dt
    return cost


@inner
def roll(
    scene: Scene, wanted: Array, limits: Limits, weights: Weights, trail: Array
) -> tuple[float, float, float, int]:
    """Drive the twists ``wanted`` (steps, 3) and judge the motion.

    Returns:
        What it costs [s], the part of it that people cause, the part that things cause, and the
        first step at which it is at fault; the number of steps if it never is.
    """
    steps, dt = len(wanted), scene.step
    cost = move(scene, wanted, limits, weights, trail)
    tight, first = heed_ground(scene.ground, trail, weights, scene.floor)
    social, met = heed_people(scene.crowd, scene.ground.discs, trail[:first], weights)
    step = met if met < first else first
    cost += dt * (tight + social)
    if step < steps:
        return cost + weights.collision * (2.0 - step / steps), dt * social, dt * tight, step
    return (
        cost + heed_way(scene.way, trail, weights, (limits.speed, dt)),
        dt * social,
        dt * tight,
        step,
    )
