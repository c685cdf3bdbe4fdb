"""Sampled short drives: which twist gets past what stands and walks there."""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.planning.space import interpolate


@compiled
def gap_to_movers(discs: Array, movers: Array, pose: Array, time: float) -> float:
    """Return the gap between the footprint at ``pose`` and movers ``time`` [s] from now [m].

    Args:
        discs: Footprint (x, y, radius) in the base frame, shape (k, 3).
        movers: (x, y, vx, vy, radius) in the map, shape (m, 5); constant velocity is assumed.
        pose: (x, y, yaw), shape (3,).
        time: [s].
    """
    c, s, best = math.cos(pose[2]), math.sin(pose[2]), np.inf
    for j in range(len(discs)):
        x = pose[0] + c * discs[j, 0] - s * discs[j, 1]
        y = pose[1] + s * discs[j, 0] + c * discs[j, 1]
        for k in range(len(movers)):
            dx = x - movers[k, 0] - time * movers[k, 2]
            dy = y - movers[k, 1] - time * movers[k, 3]
            best = min(best, math.hypot(dx, dy) - movers[k, 4] - discs[j, 2])
    return float(best)


@compiled
def gap_to_map(values: Array, frame: Array, discs: Array, pose: Array) -> float:
    """Return the gap between the footprint at ``pose`` and the map's obstacles [m].

    Args:
        values: Distance field, shape (rows, cols) [m].
        frame: (x, y) of its lower left corner and its resolution, shape (3,) [m].
        discs: Footprint, shape (k, 3).
        pose: Shape (3,).
    """
    c, s, best = math.cos(pose[2]), math.sin(pose[2]), np.inf
    for j in range(len(discs)):
        x = pose[0] + c * discs[j, 0] - s * discs[j, 1]
        y = pose[1] + s * discs[j, 0] + c * discs[j, 1]
        u, v = (x - frame[0]) / frame[2] - 0.5, (y - frame[1]) / frame[2] - 0.5
        gap = interpolate(values, u, v) - 0.5 * frame[2] - discs[j, 2]
        best = min(best, gap)
    return float(best)


@compiled
def roll_out(
    place: tuple[Array, Array, Array],
    movers: Array,
    start: Array,
    judge: tuple[Array, Array],
    twists: Array,
) -> tuple[Array, Array]:
    """Drive each twist for a while and judge it.

    The twist is approached with the limits' acceleration, then held. A drive is refused (infinite
    cost) if the gap to anything falls below ``hard``, unless it was below at the start and never
    gets smaller. People's personal space costs, and so does ending far from the target.

    Args:
        place: Distance field (rows, cols) [m]; its lower left corner and resolution (3,) [m];
            footprint discs (k, 3).
        movers: (x, y, vx, vy, radius), shape (m, 5).
        start: Pose and present twist (x, y, yaw, vx, vy, wz), shape (6,).
        judge: Pose (3,) to get near to, and limits (6,): acceleration [m/s²], angular acceleration
            [rad/s²], hard gap [m], personal gap [m], horizon [s], time step [s].
        twists: Candidates (vx, vy, wz), shape (n, 3).

    Returns:
        Cost (n,) and least gap (n,) [m] of each candidate.
    """
    values, frame, discs = place
    target, limits = judge
    linear, angular, hard, personal, horizon, dt = limits
    cost, least = np.empty(len(twists)), np.empty(len(twists))
    steps = round(horizon / dt)
    pose = np.empty(3)
    now_map = gap_to_map(values, frame, discs, start[:3])
    now_movers = gap_to_movers(discs, movers, start[:3], 0.0)
    for i in range(len(twists)):
        pose[:] = start[:3]
        vx, vy, wz = start[3], start[4], start[5]
        worst, intrusion, refused = np.inf, 0.0, False
        for k in range(1, steps + 1):
            vx += min(max(twists[i, 0] - vx, -linear * dt), linear * dt)
            vy += min(max(twists[i, 1] - vy, -linear * dt), linear * dt)
            wz += min(max(twists[i, 2] - wz, -angular * dt), angular * dt)
            yaw = pose[2] + 0.5 * wz * dt
            pose[0] += (math.cos(yaw) * vx - math.sin(yaw) * vy) * dt
            pose[1] += (math.sin(yaw) * vx + math.cos(yaw) * vy) * dt
            pose[2] += wz * dt
            if abs(vx) + abs(vy) + abs(wz) < 0.02 and k > 1:
                break  # it stands: from here on, nothing is its fault
            fixed = gap_to_map(values, frame, discs, pose)
            moving = gap_to_movers(discs, movers, pose, k * dt)
            worst = min(worst, fixed, moving)
            if fixed < min(0.5 * hard, now_map - 0.002) or moving < min(hard, now_movers - 0.002):
                refused = True
                break
            intrusion += max(0.0, personal - moving) * dt
        away = math.hypot(target[0] - pose[0], target[1] - pose[1])
        turn = math.cos(pose[2] - target[2])
        cost[i] = np.inf if refused else away + 0.4 * (1.0 - turn) + 2.0 * intrusion
        least[i] = worst
    return cost, least
