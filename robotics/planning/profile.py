"""How fast to go along a path: slow in bends, gentle at both ends of every leg."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import wrap_array

TURN = 1e-6
"""Steps shorter than this are turns on the spot [m]."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits of a drive along a path."""

    speed: float
    """[m/s]."""
    acceleration: float
    """[m/s²]."""
    turn_rate: float
    """[rad/s]."""
    lateral: float = 0.5
    """Largest sideways acceleration [m/s²]."""
    backward: float = 0.4
    """Largest speed backwards [m/s]."""


def leg_breaks(path: Array) -> BoolArray:
    """Return where the robot must come to rest, shape (m,): ends, turns on the spot, gear changes.

    A pose whose step leads against its yaw is driven backwards.
    """
    rest = np.zeros(len(path), dtype=np.bool_)
    rest[[0, -1]] = True
    step = np.diff(path[:, :2], axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    turn = length < TURN
    ahead = step[:, 0] * np.cos(path[1:, 2]) + step[:, 1] * np.sin(path[1:, 2]) >= 0.0
    rest[:-1] |= turn
    rest[1:] |= turn
    changed = (ahead[1:] != ahead[:-1]) & ~turn[1:] & ~turn[:-1]
    rest[1:-1] |= changed
    return np.asarray(rest)


def _is_backward(path: Array) -> BoolArray:
    step = np.diff(path[:, :2], axis=0)
    back = step[:, 0] * np.cos(path[1:, 2]) + step[:, 1] * np.sin(path[1:, 2]) < -TURN
    return np.asarray(np.append(back, False) | np.append(False, back))


def speeds(path: Array, pace: Pace, begin: float = 0.0) -> Array:
    """Return the speed at each pose of ``path`` (m, 3), shape (m,) [m/s].

    It begins at rest, or at ``begin`` [m/s] where the robot drives already.

    Curvature limits it twice: by the turn rate and by the sideways acceleration v²κ; a forward and
    a backward pass of v² = v₀² + 2 a s then bound the acceleration.
    """
    if len(path) < 2:
        return np.zeros(len(path))
    length = np.hypot(*np.diff(path[:, :2], axis=0).T)
    bend = np.abs(wrap_array(np.diff(path[:, 2]))) / np.maximum(length, 1e-3)
    bend[length < TURN] = 0.0
    curvature = np.maximum(np.append(bend, 0.0), np.append(0.0, bend)) + 1e-9
    allowed = np.minimum(pace.turn_rate / curvature, np.sqrt(pace.lateral / curvature))
    result = np.minimum(pace.speed, allowed)
    result[_is_backward(path)] = min(pace.backward, pace.speed)
    first = min(begin, float(result[0]))
    result[leg_breaks(path)] = 0.0
    if length[0] >= TURN:
        result[0] = first
    return _gentle(result, length, pace.acceleration)


def _gentle(speed: Array, length: Array, acceleration: float) -> Array:
    """Return speeds (m,) lowered so that no step (m - 1,) needs more than the acceleration.

    Going on, v² - 2 a s never rises; going back, v² + 2 a s does not.
    """
    gained = 2.0 * acceleration * np.append(0.0, np.cumsum(length))
    square = np.minimum.accumulate(speed**2 - gained) + gained
    square = np.minimum.accumulate((square + gained)[::-1])[::-1] - gained
    return np.asarray(np.minimum(speed, np.sqrt(np.maximum(square, 0.0))))


def duration(path: Array, pace: Pace) -> float:
    """Return how long ``path`` (m, 3) takes [s], turns on the spot included."""
    return 0.0 if len(path) < 2 else drive_time(path, speeds(path, pace), pace.turn_rate)


def drive_time(path: Array, speed: Array, turn_rate: float) -> float:
    """Return how long ``path`` (m, 3) takes [s] at its speeds (m,) and a turn rate on the spot."""
    length = np.hypot(*np.diff(path[:, :2], axis=0).T)
    turn = np.abs(wrap_array(np.diff(path[:, 2])))
    mean = np.maximum(0.5 * (speed[1:] + speed[:-1]), 0.05)
    return float(np.where(length < TURN, turn / turn_rate, length / mean).sum())
