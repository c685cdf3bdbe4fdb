"""From trips to wished velocities: along the way, together with the group, standing at halts."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled
from sim.crowd import Walkers
from sim.itinerary import Trip

LONGEST = 96
"""Most corners of one way."""

LOOK_AHEAD = 1.5
"""Walkers head for the point this far ahead on their way [m]."""

RUN_SPEED = 2.0
"""Of a child at play [m/s]."""

TURN_RATE = 4.0
"""How fast people turn on the spot [rad/s]."""


class Ways(NamedTuple):
    """The trips of n walkers, padded to ``LONGEST``, and how far each walker is on its own."""

    points: Array
    halt: Array
    gaze: Array
    corners: IntArray
    """Corners of each trip (n,)."""
    at: IntArray
    """Corner that each walker makes for; ``corners`` at the end (n,)."""
    halts: IntArray
    """Halts that each walker has behind it (n,)."""
    waited: Array
    """Time stood at that corner (n,) [s]."""
    slow: Array
    """Time for which a walker who wants to walk has hardly moved (n,) [s]."""
    leader: IntArray
    """Number of the walker that each follows, itself for a leader (n,)."""

    @staticmethod
    def empty(leader: IntArray) -> Ways:
        """Return ways without any corner for walkers with these leaders."""
        n = len(leader)
        zeros = np.zeros(n, dtype=np.int64)
        return Ways(
            np.zeros((n, LONGEST, 2)), np.zeros((n, LONGEST)), np.zeros((n, LONGEST, 2)),
            zeros, zeros.copy(), zeros.copy(), np.zeros(n), np.zeros(n), leader,
        )  # fmt: skip

    def begin(self, i: int, trip: Trip) -> None:
        """Put walker ``i`` at the start of a trip; corners beyond ``LONGEST`` are cut off."""
        k = min(LONGEST, len(trip.points))
        self.points[i, :k], self.halt[i, :k] = trip.points[:k], trip.halt[:k]
        self.gaze[i, :k] = trip.gaze[:k]
        self.corners[i], self.at[i], self.halts[i] = k, 1, 0
        self.waited[i], self.slow[i] = 0.0, 0.0


@compiled
def aim(ways: Ways, i: int, x: float, y: float) -> tuple[float, float, float]:
    """Return the point to head for and the way left to the next corner [m]."""
    at = ways.at[i]
    ax, ay = ways.points[i, at - 1, 0], ways.points[i, at - 1, 1]
    bx, by = ways.points[i, at, 0], ways.points[i, at, 1]
    length = math.sqrt((bx - ax) ** 2 + (by - ay) ** 2)
    if length < 1e-6:
        return bx, by, 0.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    along = (x - ax) * ux + (y - ay) * uy
    ahead = min(length, max(0.0, along) + LOOK_AHEAD)
    return ax + ahead * ux, ay + ahead * uy, length - along


@compiled
def progress(ways: Ways, i: int, x: float, y: float, duration: float) -> bool:
    """Let walker ``i`` pass or stand at its next corner; return whether it stands.

    Those who cannot reach the place to halt at for the people there halt where they are; those
    who follow go on when their leader has.
    """
    at, leader = ways.at[i], ways.leader[i]
    halt = ways.halt[i, at]
    _, _, left = aim(ways, i, x, y)
    if halt == 0.0:
        if left < 0.4 or ways.slow[i] > 12.0:
            ways.at[i] = at + 1
            ways.slow[i] = 0.0
        return False
    dx, dy = ways.points[i, at, 0] - x, ways.points[i, at, 1] - y
    distance = math.sqrt(dx * dx + dy * dy)
    standing = ways.waited[i] > 0.0 or distance < 0.2 or (distance < 1.2 and ways.slow[i] > 2.0)
    finished = ways.at[leader] >= ways.corners[leader]
    gone_on = finished or ways.halts[leader] > ways.halts[i]
    if not standing and ways.slow[i] < 12.0 and not (leader != i and gone_on):
        return False
    ways.waited[i] += duration
    if (leader == i and ways.waited[i] >= halt) or (leader != i and gone_on):
        ways.at[i], ways.waited[i], ways.slow[i] = at + 1, 0.0, 0.0
        ways.halts[i] += 1
        return False
    return True


@compiled
def steer(w: Walkers, ways: Ways, pace: Array, errand: Array, duration: float) -> None:
    """Renew every wish: along the way, together with the group."""
    for i in range(len(pace)):
        x, y = w.position[i, 0], w.position[i, 1]
        leader = ways.leader[i]
        if errand[i, 0] != 0.0 or errand[i, 1] != 0.0:
            _wish_to_play(w, i, leader, errand[i])
            ways.at[i] = ways.at[leader]
            continue
        if ways.at[i] >= ways.corners[i] or progress(ways, i, x, y, duration):
            w.wish[i] = 0.0
            continue
        if ways.at[i] >= ways.corners[i]:
            continue
        goal_x, goal_y, left = aim(ways, i, x, y)
        dx, dy = goal_x - x, goal_y - y
        distance = math.sqrt(dx * dx + dy * dy) + 1e-9
        speed = pace[i] * _together(w, ways, i, dx / distance, dy / distance)
        if ways.halt[i, ways.at[i]] > 0.0:
            speed = min(speed, max(0.25, 1.2 * left))
        _note_delay(w, ways, i, duration)
        turn = 0.0 if ways.slow[i] < 3.0 else (1.2 if ways.slow[i] % 4.0 < 2.0 else -1.2)
        c, s = math.cos(turn), math.sin(turn)
        w.wish[i, 0] = speed * (c * dx - s * dy) / distance
        w.wish[i, 1] = speed * (s * dx + c * dy) / distance


@compiled
def _note_delay(w: Walkers, ways: Ways, i: int, duration: float) -> None:
    """Measure how long walker ``i`` has been held up."""
    speed = math.sqrt(w.velocity[i, 0] ** 2 + w.velocity[i, 1] ** 2)
    wish = math.sqrt(w.wish[i, 0] ** 2 + w.wish[i, 1] ** 2)
    if wish > 0.2 and speed < 0.15:
        ways.slow[i] += duration
    elif speed > 0.4:
        ways.slow[i] = max(0.0, ways.slow[i] - 2.0 * duration)


@compiled
def _together(w: Walkers, ways: Ways, i: int, ux: float, uy: float) -> float:
    """Return the part of the own pace that keeps a group together.

    The leader waits for who falls behind (from 1.2 m, standing at 2.2 m); the others hurry up to
    1.3 times their pace behind the leader, and slow down ahead of it.
    """
    leader = ways.leader[i]
    if leader != i:
        dx = w.position[i, 0] - w.position[leader, 0]
        dy = w.position[i, 1] - w.position[leader, 1]
        own: float = min(1.3, max(0.2, 1.0 - 0.8 * (dx * ux + dy * uy)))
        return own
    gap = 0.0
    for j in range(len(ways.leader)):
        if ways.leader[j] == i:
            dx = w.position[j, 0] - w.position[i, 0]
            dy = w.position[j, 1] - w.position[i, 1]
            if dx * ux + dy * uy < 0.5:
                gap = max(gap, math.sqrt(dx * dx + dy * dy))
    part: float = min(1.0, max(0.0, 2.2 - gap))
    return part


@compiled
def _wish_to_play(w: Walkers, i: int, leader: int, errand: Array) -> None:
    """Wish to run to a place that moves along with the family."""
    dx = w.position[leader, 0] + errand[0] - w.position[i, 0]
    dy = w.position[leader, 1] + errand[1] - w.position[i, 1]
    distance = math.sqrt(dx * dx + dy * dy) + 1e-9
    speed = min(RUN_SPEED, 2.0 * distance)
    w.wish[i, 0] = w.velocity[leader, 0] + speed * dx / distance
    w.wish[i, 1] = w.velocity[leader, 1] + speed * dy / distance


@compiled
def turn(w: Walkers, ways: Ways, heading: Array, duration: float) -> None:
    """Turn everyone to where they walk, or to what they look at while they stand."""
    for i in range(len(heading)):
        vx, vy = w.velocity[i, 0], w.velocity[i, 1]
        if ways.at[i] < ways.corners[i] and ways.waited[i] > 0.0:
            gaze = ways.gaze[i, ways.at[i]]
            vx, vy = gaze[0] - w.position[i, 0], gaze[1] - w.position[i, 1]
        elif vx * vx + vy * vy < 0.04:
            continue
        off = math.atan2(vy, vx) - heading[i]
        off = math.atan2(math.sin(off), math.cos(off))
        limit = TURN_RATE * duration
        turned = heading[i] + min(limit, max(-limit, off))
        heading[i] = math.atan2(math.sin(turned), math.cos(turned))
