"""People on the way ahead, in time: when is each place free, and is a detour quicker than waiting?

Every tracked thing is predicted at constant velocity for as long as that means anything, and the
path is asked when the robot will be where. A plan that comes too early is slowed, so that it
arrives when they have passed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled
from robotics.core.geometry import wrap_array
from robotics.core.messages import Obstacle, Plan, State
from robotics.planning.profile import TURN

HORIZON = 8.0
"""A constant velocity says nothing beyond this [s]."""
DELAYS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0)
"""Later arrivals that are tried [s]."""
STANDING = 0.15
"""Things slower than this stand [m/s]."""
STAY = 20.0
"""What stands on the way is expected to stay so long [s] (own choice)."""
GROWTH = 0.08
"""How the doubt about a predicted place grows [m/s]."""
GAP = 0.25
"""Footprint to person when they pass [m]."""
LONG = 8.0
"""For so long a wait a detour is looked for [s]: shorter ones are the tracker's, which passes
behind people without a new plan."""
SLOWEST = 0.15
"""A slowed plan is not slower [m/s]."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What is on the way.

    Attributes:
        wait: How much later the robot has to come for a free way [s]; ``STAY`` if none helps.
        index: Pose of the path where they would meet, -1 for nowhere.
        time: When that would be, from now on [s].
        blocked: Where those who are met will be then, as discs (x, y, radius), shape (k, 3) [m].
    """

    wait: float = 0.0
    index: int = -1
    time: float = math.inf
    blocked: Array | None = None

    @property
    def is_free(self) -> bool:
        """Whether nothing is met."""
        return self.index < 0


@compiled
def first_meeting(
    poses: Array, times: Array, discs: Array, movers: Array, rules: Array
) -> tuple[int, int]:  # numba wants plain arrays, hence the bare arguments
    """Return (pose, mover) of the first meeting on a path, (-1, -1) for none.

    Args:
        poses: The path, shape (n, 3).
        times: When the robot is at each, shape (n,) [s].
        discs: Its footprint (x, y, radius), shape (k, 3) [m].
        movers: (x, y, vx, vy, radius), shape (m, 5).
        rules: (horizon of what moves [s], gap [m], growth [m/s]), shape (3,).
    """
    horizon, gap, growth = rules
    reach = 0.0
    for k in range(len(discs)):
        reach = max(reach, math.hypot(discs[k, 0], discs[k, 1]) + discs[k, 2])
    for i in range(len(poses)):
        t = times[i]
        if t > 2.0 * horizon:
            break
        c, s = math.cos(poses[i, 2]), math.sin(poses[i, 2])
        for j in range(len(movers)):
            mx, my = movers[j, 0] + t * movers[j, 2], movers[j, 1] + t * movers[j, 3]
            moves = movers[j, 2] != 0.0 or movers[j, 3] != 0.0
            if moves and t > horizon:
                continue
            room = movers[j, 4] + (gap + growth * t if moves else 0.0)
            if math.hypot(poses[i, 0] - mx, poses[i, 1] - my) > room + reach:
                continue
            for k in range(len(discs)):
                x = poses[i, 0] + c * discs[k, 0] - s * discs[k, 1]
                y = poses[i, 1] + s * discs[k, 0] + c * discs[k, 1]
                if math.hypot(x - mx, y - my) < room + discs[k, 2]:
                    return i, j
    return -1, -1


def arrivals(path: Array, speed: Array, turn_rate: float) -> Array:
    """Return when each pose of ``path`` (n, 3) is reached at ``speed`` (n,), shape (n,) [s]."""
    if len(path) < 2:
        return np.zeros(len(path))
    length = np.hypot(*np.diff(path[:, :2], axis=0).T)
    turn = np.abs(wrap_array(np.diff(path[:, 2])))
    mean = np.maximum(0.5 * (speed[1:] + speed[:-1]), 0.05)
    lasts = np.where(length < TURN, turn / turn_rate, length / mean)
    return np.append(0.0, np.cumsum(lasts))


def rows_of(obstacles: tuple[Obstacle, ...]) -> Array:
    """Return obstacles as (x, y, vx, vy, radius), shape (m, 5); what stands has no velocity."""
    rows = np.zeros((len(obstacles), 5))
    for row, one in zip(rows, obstacles, strict=True):
        row[:2], row[4] = one.position_in_map, one.radius
        if math.hypot(*one.velocity_in_map) >= STANDING:
            row[2:4] = one.velocity_in_map
    return rows


def look_ahead(state: State, plan: Plan, index: int, discs: Array, turn_rate: float) -> Crossing:
    """Return what the robot meets on ``plan`` from pose ``index`` on, if it drives as planned.

    Args:
        state: With the tracked obstacles.
        plan: What is followed.
        index: Pose that comes next.
        discs: The footprint, shape (k, 3) [m].
        turn_rate: Of turns on the spot [rad/s].
    """
    movers = rows_of(state.obstacles)
    if len(movers) == 0 or plan.is_empty:
        return Crossing()
    path = np.vstack((state.pose_base_in_map, plan.path[index:]))
    brisk = np.maximum(plan.speed[index:], 0.2)
    times = arrivals(path, np.append(brisk[:1], brisk), turn_rate)
    clear = first_clear(path, movers, discs)
    path, times = path[clear:], times[clear:]
    rules = np.array([HORIZON, GAP, GROWTH])
    shape = np.array(discs)
    met, who = first_meeting(path, times, shape, movers, rules)
    if met < 0:
        return Crossing()
    wait = STAY
    for delay in DELAYS[1:]:
        if first_meeting(path, times + delay, shape, movers, rules)[0] < 0:
            wait = delay
            break
    time = float(times[met])
    return Crossing(wait, max(0, index + clear + met - 1), time, blocked_by(movers[who], time))


def first_clear(path: Array, movers: Array, discs: Array) -> int:
    """Return the first pose that is not met now already: from there the robot is leaving."""
    now = np.zeros(1)
    rules = np.array([HORIZON, 0.0, 0.0])
    shape = np.array(discs)
    for i in range(min(len(path), 6)):
        if first_meeting(path[i : i + 1], now, shape, movers, rules)[0] < 0:
            return i
    return 0


def blocked_by(mover: Array, time: float) -> Array:
    """Return discs (k, 3) that a mover (5,) covers around ``time`` [s] from now."""
    if not mover[2:4].any():
        return np.array([[mover[0], mover[1], mover[4] + 0.1]])
    when = time + np.array([-1.0, 0.0, 1.0, 2.0])
    places = mover[:2] + np.maximum(when, 0.0)[:, None] * mover[2:4]
    return np.column_stack((places, np.full(len(places), mover[4] + GAP)))


def slowed(plan: Plan, index: int, crossing: Crossing) -> Plan:
    """Return the rest of ``plan`` from ``index`` on, slower up to the crossing, to come later."""
    share = crossing.time / (crossing.time + crossing.wait)
    rest = rest_of(plan, index)
    speed = np.array(rest.speed)
    stop = max(1, crossing.index - index)
    least = np.minimum(speed[:stop], SLOWEST)
    speed[:stop] = np.maximum(least, share * speed[:stop])
    return replace(rest, speed=speed)


def rest_of(plan: Plan, index: int) -> Plan:
    """Return ``plan`` from pose ``index`` on."""
    return replace(
        plan, path=plan.path[index:], speed=plan.speed[index:], working=plan.working[index:]
    )


def warm_up(discs: Array) -> None:
    """Compile now, not when somebody comes."""
    first_meeting(np.zeros((1, 3)), np.zeros(1), np.array(discs), np.zeros((1, 5)), np.ones(3))
