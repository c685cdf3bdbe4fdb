"""Where the people who are seen now will be in the next seconds, and who belongs together."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.compiled import compiled
from robotics.core.messages import Kind, Obstacle, State
from robotics.mapping.grid import Grid

STANDING = 0.15
"""Who is slower stands [m/s]."""
SEEN = 0.05
"""Standard deviation of where somebody is [m] …"""
PACE = 0.10
"""… and of how fast [m/s]: what the tracker reaches (``benchmarks/perception.py``)."""
WANDER = 0.3
"""Intensity √q of a walker's white acceleration noise [m/s^1.5]."""
SET_OFF = 0.2
"""The same of somebody who stands: they may start walking, in any direction."""
PLAYFUL = 1.6
"""Children's is larger by this factor."""
SHOULDER = 0.2
"""Nobody's centre comes nearer than this to a wall [m]."""
ABREAST = 1.6
"""Walkers of a group are nearer to each other, centre to centre [m] (Moussaïd and others 2010,
PLoS ONE 5: two abreast walk 0.8 m apart, the outer two of three 1.5 m)."""
IN_STEP = 0.35
"""Their velocities differ by less [m/s]."""
CIRCLE = 1.5
"""People who stand together are nearer to each other [m]: Hall's (1966) personal distance is
1.2 m, an arm more across a circle of several."""


class People(NamedTuple):
    """Predicted people and things, as arrays for compiled code."""

    position: Array
    """Where each will be, shape (T + 1, m, 2) [m; map]; row 0 is now."""
    sigma: Array
    """Standard deviation of that, each axis, shape (T + 1, m) [m]; 0 for things."""
    radius: Array
    """Shape (m,) [m]."""
    personal: Array
    """Gap that each would like, shape (m,) [m]; 0 for things."""
    group: IntArray
    """Number of the group that each belongs to, shape (m,); -1 for who is alone."""


def is_thing(one: Obstacle) -> bool:
    """Return whether a track is a thing: it stands, and nothing speaks for a person."""
    if one.kind is Kind.UNKNOWN:
        return math.hypot(*one.velocity_in_map) < STANDING
    return one.kind is Kind.STATIC


def predict(
    state: State,
    *,
    dt: float,
    steps: int,
    distance: Grid | None = None,
    personal: float = 0.5,
    start: float = 0.0,
) -> People:
    """Return where everybody will be.

    Constant velocity until a wall or kerb stops it, with a standard deviation that grows as a
    Kalman filter's with white acceleration noise, σ² = σ₀² + (σ_v t)² + q t³ / 3 (Bar-Shalom, Li,
    Kirubarajan 2001, eq. 6.2.2-4).

    Args:
        state: Its obstacles are looked at.
        dt: Time step [s].
        steps: Number of steps, T.
        distance: Distance of each cell centre to the nearest blocked one [m]; None for no walls.
        personal: Gap that people would like [m].
        start: Row 0 is at this time from now [s].
    """
    seen = state.obstacles
    count = len(seen)
    track = np.zeros((count, 4))
    noise, wish = np.zeros(count), np.zeros(count)
    radius = np.empty(count)
    for k, one in enumerate(seen):
        radius[k] = one.radius
        track[k, :2] = one.position_in_map
        if is_thing(one):
            continue
        track[k, 2:] = one.velocity_in_map
        wish[k] = personal
        stands = math.hypot(track[k, 2], track[k, 3]) < STANDING
        noise[k] = SET_OFF if stands else WANDER
        if one.kind is Kind.CHILD:
            noise[k] *= PLAYFUL
    if distance is None:
        cells, frame = np.zeros((0, 0)), np.array([0.0, 0.0, 1.0])
    else:
        cells, frame = distance.cells, np.array([*distance.origin, distance.resolution])
        if count == 0:
            cells = np.zeros((0, 0))
    time = np.asarray(start + dt * np.arange(steps + 1), dtype=np.float64)
    if cells.flags.writeable:  # one type to the compiler
        cells = cells.view()
        cells.setflags(write=False)
    position = walked(track, time, cells, frame)
    moment = time[:, None]
    spread = SEEN**2 + (PACE * moment) ** 2 + noise**2 * moment**3 / 3.0
    sigma = np.where(noise > 0.0, np.sqrt(spread), 0.0)
    return People(position, sigma, radius, wish, groups(track, np.asarray(wish > 0.0)))


@compiled
def walked(track: Array, time: Array, cells: Array, frame: Array) -> Array:
    """Return positions (T + 1, m, 2) of tracks (x, y, vx, vy), (m, 4), at ``time`` (T + 1,).

    Args:
        track: What is known now.
        time: From now, increasing [s].
        cells: Distance of each cell centre to the nearest blocked one, (rows, cols) [m]; (0, 0)
            for no walls.
        frame: Its lower left corner and resolution, shape (3,).
    """
    place = np.empty((len(time), len(track), 2))
    rows = len(cells)
    for m in range(len(track)):
        x, y = track[m, 0], track[m, 1]
        before, halted = np.inf, rows == 0
        if not halted:
            before = room_at(cells, frame, x, y)
        stop_at = np.inf
        if not halted and abs(track[m, 2]) + abs(track[m, 3]) > 0.0:
            stop_at = reach_of(track[m], time[-1], cells, frame, min(SHOULDER, before))
        for k in range(len(time)):
            t = min(time[k], stop_at)
            place[k, m, 0] = x + t * track[m, 2]
            place[k, m, 1] = y + t * track[m, 3]
    return place


@compiled
def reach_of(track: Array, until: float, cells: Array, frame: Array, least: float) -> float:
    """Return for how long a track (4,) goes on before it is ``least`` from a wall [s].

    Infinite if until ``until`` it is not. Marching by the distance itself: nothing is jumped over.
    """
    speed, t = math.sqrt(track[2] * track[2] + track[3] * track[3]), 0.0
    for _ in range(64):
        room = room_at(cells, frame, track[0] + t * track[2], track[1] + t * track[3])
        if room < least - 0.25 * frame[2]:
            return float(max(0.0, t - 0.5 * frame[2] / speed))
        t += max(0.5 * frame[2], room - least) / speed
        if t > until:
            break
    return math.inf


@compiled
def room_at(cells: Array, frame: Array, x: float, y: float) -> float:
    """Return the distance to a wall at the cell of (x, y) [m]; infinite beyond the map."""
    rows, cols = cells.shape
    col, row = math.floor((x - frame[0]) / frame[2]), math.floor((y - frame[1]) / frame[2])
    if row < 0 or col < 0 or row >= rows or col >= cols:
        return math.inf
    return float(cells[row, col])


@compiled
def groups(track: Array, person: BoolArray) -> IntArray:
    """Return the number of each one's group, shape (m,); -1 for who is alone.

    Two belong together who walk near each other with about the same velocity, or who stand near
    each other; so do those who are connected by such pairs.

    Args:
        track: (x, y, vx, vy), shape (m, 4).
        person: Whether each is a person, shape (m,).
    """
    count = len(track)
    label = np.arange(count)
    for i in range(count):
        for j in range(i):
            if person[i] and person[j] and label[i] != label[j] and together(track[i], track[j]):
                old, new = max(label[i], label[j]), min(label[i], label[j])
                for k in range(count):
                    if label[k] == old:
                        label[k] = new
    members, number = np.zeros(count, dtype=np.int64), np.full(count, -1)
    for i in range(count):
        members[label[i]] += 1
    known = 0
    for i in range(count):
        if members[label[i]] > 1:
            if label[i] == i:
                number[i] = known
                known += 1
            else:
                number[i] = number[label[i]]
    return number


@compiled
def together(one: Array, other: Array) -> bool:
    """Return whether two tracks (4,) seem to belong together."""
    dx, dy = one[0] - other[0], one[1] - other[1]
    apart = dx * dx + dy * dy
    if apart > ABREAST * ABREAST:
        return False
    pace = math.sqrt(one[2] * one[2] + one[3] * one[3])
    others = math.sqrt(other[2] * other[2] + other[3] * other[3])
    if pace < STANDING and others < STANDING:
        return bool(apart < CIRCLE * CIRCLE)
    if pace < STANDING or others < STANDING:
        return False
    du, dv = one[2] - other[2], one[3] - other[3]
    return bool(du * du + dv * dv < IN_STEP * IN_STEP)


@compiled
def pairs_of(group: IntArray, position: Array) -> IntArray:
    """Return pairs of the same group between whom nobody cuts, (p, 2); positions are (m, 2)."""
    count = len(group)
    pair = np.empty((count * 3, 2), dtype=np.int64)
    found = 0
    for i in range(count):
        if group[i] < 0:
            continue
        for j in range(i):
            dx, dy = position[i, 0] - position[j, 0], position[i, 1] - position[j, 1]
            near = dx * dx + dy * dy < ABREAST * ABREAST
            if near and group[j] == group[i] and found < len(pair):
                pair[found, 0], pair[found, 1] = i, j
                found += 1
    return pair[:found].copy()
