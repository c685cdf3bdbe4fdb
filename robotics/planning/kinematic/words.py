"""The shortest curve of bounded curvature between two poses, for a turning radius of one.

J. A. Reeds, L. A. Shepp, "Optimal paths for a car that goes both forwards and backwards", Pacific
Journal of Mathematics 145 (1990): the shortest one is among 48 words of at most five arcs and
straight lines. Eight formulas give them all, by driving time backwards, by mirroring, and by
reading a word from its end. Numbers in brackets are the paper's formulas (section 8). A machine
that only drives forwards has six words (L. E. Dubins, American Journal of Mathematics 79, 1957).
"""

from __future__ import annotations

import math

import numpy as np

from robotics.core.arrays import Array
from robotics.core.compiled import compiled

SEGMENTS = 5
"""Most segments that a word has."""
TAU = 2.0 * math.pi
_TINY = 1e-9
"""Rounding that may make an angle negative [rad]."""
_ROUNDED = 1e-13
"""Rounding that may make the square of a straight line's length negative."""
_KINDS = np.array(
    [
        [1.0, 0.0, 1.0, 0.0, 0.0],
        [1.0, 0.0, -1.0, 0.0, 0.0],
        [1.0, -1.0, 1.0, 0.0, 0.0],
        [1.0, -1.0, 1.0, -1.0, 0.0],
        [1.0, -1.0, 1.0, -1.0, 0.0],
        [1.0, -1.0, 0.0, 1.0, 0.0],
        [1.0, -1.0, 0.0, -1.0, 0.0],
        [1.0, -1.0, 0.0, 1.0, -1.0],
    ]
)
"""Of each formula: +1 left, -1 right, 0 straight."""
_SIGNS = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
"""Of time and of the side."""


@compiled
def _turn(angle: float) -> float:
    """Return the angle in (-π, π]."""
    while angle > math.pi:
        angle -= TAU
    while angle <= -math.pi:
        angle += TAU
    return angle


@compiled
def _four_arcs(u: float, w: float, at: tuple[float, float], yaw: float) -> tuple[float, float]:
    """Return first and last arc of a word whose middle arcs are ``u`` and ``w``."""
    delta = _turn(u - w)
    a, b = math.sin(u) - math.sin(delta), math.cos(u) - math.cos(delta) - 1.0
    first = math.atan2(at[1] * a - at[0] * b, at[0] * a + at[1] * b)
    if 2.0 * (math.cos(delta) - math.cos(w) - math.cos(u)) + 3.0 < 0.0:
        first += math.pi
    first = _turn(first)
    return first, _turn(first - u + w - yaw)


@compiled
def _same_side(
    index: int, at: tuple[float, float], yaw: float, unit: tuple[float, float]
) -> tuple[float, float, float]:
    """Return (t, u, v) of the words whose last arc turns as the first; NaN for none."""
    a, b = at[0] - unit[1], at[1] - 1.0 + unit[0]
    rho = math.sqrt(a * a + b * b)
    if (index == 2 and rho > 4.0) or (index == 5 and rho < 2.0):
        return math.nan, 0.0, 0.0
    theta = math.atan2(b, a)
    t, u, v = theta, rho, _turn(yaw - theta)
    if index == 0:  # L+ S+ L+ (8.1)
        ok = t >= -_TINY and v >= -_TINY
    elif index == 2:  # L+ R- L (8.3, 8.4)
        u = -2.0 * math.asin(min(0.25 * rho, 1.0))
        t = _turn(theta + 0.5 * u + math.pi)
        v = _turn(yaw - t + u)
        ok = t >= -_TINY
    else:  # L+ R-(90°) S- L- (8.9)
        r = math.sqrt(max(rho * rho - 4.0, 0.0))
        u = 2.0 - r
        t = _turn(theta + math.atan2(r, -2.0))
        v = _turn(yaw - 0.5 * math.pi - t)
        ok = t >= -_TINY and u <= _TINY and v <= _TINY
    return (t if ok else math.nan), u, v


@compiled
def _other_side(
    index: int, at: tuple[float, float], yaw: float, unit: tuple[float, float]
) -> tuple[float, float, float]:
    """Return (t, u, v) of the words whose last arc turns the other way; NaN for none."""
    a, b = at[0] + unit[1], at[1] - 1.0 - unit[0]
    rho = math.sqrt(a * a + b * b)
    t, u, v, ok = 0.0, 0.0, 0.0, False
    if index == 1 and rho * rho >= 4.0 - _ROUNDED:  # L+ S+ R+ (8.2)
        u = math.sqrt(max(rho * rho - 4.0, 0.0))
        t = _turn(math.atan2(b, a) + math.atan2(2.0, u))
        v = _turn(t - yaw)
        ok = t >= -_TINY and v >= -_TINY
    elif index == 3 and rho <= 2.0:  # L+ R+ L- R- (8.7)
        u = math.acos(0.25 * (2.0 + rho))
        t, v = _four_arcs(u, -u, (a, b), yaw)
        ok = t >= -_TINY and v <= _TINY
    elif index == 4 and 4.0 <= rho * rho <= 20.0:  # L+ R- L- R+ (8.8)
        u = -math.acos((20.0 - rho * rho) / 16.0)
        t, v = _four_arcs(u, u, (a, b), yaw)
        ok = t >= -_TINY and v >= -_TINY
    elif index == 6 and rho >= 2.0:  # L+ R-(90°) S- R- (8.10)
        t = math.atan2(a, -b)
        u = 2.0 - rho
        v = _turn(t + 0.5 * math.pi - yaw)
        ok = t >= -_TINY and v <= _TINY
    elif index == 7 and rho >= 2.0:  # L+ R-(90°) S- L-(90°) R+ (8.11)
        u = 4.0 - math.sqrt(rho * rho - 4.0)
        t = _turn(math.atan2((4.0 - u) * a - 2.0 * b, -2.0 * a + (u - 4.0) * b))
        v = _turn(t - yaw)
        ok = u <= _TINY and t >= -_TINY and v >= -_TINY
    return (t if ok else math.nan), u, v


@compiled
def _forwards(index: int, x: float, y: float, yaw: float) -> tuple[float, float, float]:
    """Return (t, u, v) of Dubins' words; NaN for none."""
    if index == 1:
        a, b = x + math.sin(yaw), y - 1.0 - math.cos(yaw)
        square = a * a + b * b - 4.0
        if square < -_ROUNDED:
            return math.nan, 0.0, 0.0
        u = math.sqrt(max(square, 0.0))
        t = (math.atan2(b, a) + math.atan2(2.0, u) + _TINY) % TAU - _TINY
        return t, u, (t - yaw + _TINY) % TAU - _TINY
    a, b = x - math.sin(yaw), y - 1.0 + math.cos(yaw)
    rho, theta = math.hypot(a, b), math.atan2(b, a)
    if index == 0:
        t = (theta + _TINY) % TAU - _TINY
        return t, rho, (yaw - t + _TINY) % TAU - _TINY
    if rho > 4.0:
        return math.nan, 0.0, 0.0
    u = TAU - 2.0 * math.asin(0.25 * rho)
    t = (theta + 0.5 * u + _TINY) % TAU - _TINY
    return t, u, (yaw - t + u + _TINY) % TAU - _TINY


@compiled
def _segment(index: int, k: int, solution: tuple[float, float, float]) -> float:
    """Return the length of segment ``k`` of a formula's word."""
    t, u, v = solution
    if k == 0:
        return t
    if index <= 2:
        return u if k == 1 else (v if k == 2 else 0.0)
    if index <= 4:
        w = -u if index == 3 else u
        return u if k == 1 else (w if k == 2 else (v if k == 3 else 0.0))
    if k == 1 or (k == 3 and index == 7):
        return -0.5 * math.pi
    if k == 2:
        return u
    return v if k == (4 if index == 7 else 3) else 0.0


@compiled
def _cost(index: int, solution: tuple[float, float, float], time: float, rule: Array) -> float:
    """Return the length of a word, weighted by ``rule`` where it is driven backwards."""
    total, gear = 0.0, 0.0
    for k in range(SEGMENTS):
        length = time * _segment(index, k, solution)
        total += length if length > 0.0 else -length * rule[1]
        if abs(length) > 2.0 * _TINY:
            if gear * length < 0.0:
                total += rule[2]
            gear = length
    return total


@compiled
def shortest(pose: Array, rule: Array, word: Array) -> float:
    """Find the cheapest word from the origin to a pose; the turning radius is one.

    Args:
        pose: (x, y, yaw), shape (3,).
        rule: Whether it may drive backwards (1 or 0), what a length driven backwards costs, and
            what a change of gear costs; shape (3,). (1, 1, 0) asks for the shortest.
        word: Is filled: kinds (+1 left, -1 right, 0 straight) and signed lengths, shape (2, 5).

    Returns:
        The cost, which is the length for the rule (1, 1, 0).
    """
    best, found, found_sign, found_back, found_solution = np.inf, 0, 0, False, (0.0, 0.0, 0.0)
    both, least = rule[0] > 0.0, 1.0 / min(1.0, rule[1])
    c, s, heading = math.cos(pose[2]), math.sin(pose[2]), _turn(pose[2])
    for sign in range(4 if both else 2):
        time, side = _SIGNS[sign, 0], _SIGNS[sign, 1]
        yaw, unit = time * side * heading, (c, time * side * s)
        for index in range(8 if both else 3):
            for back in range(2 if both and (index == 2 or index == 5 or index == 6) else 1):
                x, y = time * pose[0], side * pose[1]
                if back:
                    x, y = time * (pose[0] * c + pose[1] * s), side * (pose[0] * s - pose[1] * c)
                if not both:
                    solution = _forwards(index, x, y, yaw)
                elif index == 0 or index == 2 or index == 5:
                    solution = _same_side(index, (x, y), yaw, unit)
                else:
                    solution = _other_side(index, (x, y), yaw, unit)
                if not abs(solution[0]) + abs(solution[1]) + abs(solution[2]) < least * best:
                    continue  # none, or too long already
                cost = _cost(index, solution, time, rule)
                if cost < best - 1e-12:
                    best, found, found_sign, found_back = cost, index, sign, back > 0
                    found_solution = solution
    last = SEGMENTS - 1
    while last > 0 and _KINDS[found, last] == 0.0:
        last -= 1
    for k in range(SEGMENTS):
        word[0, k] = word[1, k] = 0.0
    for k in range(last + 1):
        at = last - k if found_back else k
        word[0, k] = _SIGNS[found_sign, 1] * _KINDS[found, at]
        word[1, k] = _SIGNS[found_sign, 0] * _segment(found, at, found_solution)
    return best


@compiled
def drive(pose: Array, kind: float, length: float) -> None:
    """Move ``pose`` (3,) along an arc of radius one, or a straight line, by a signed length."""
    x, y, yaw = pose[0], pose[1], pose[2]
    if kind == 0.0:
        pose[0], pose[1] = x + length * math.cos(yaw), y + length * math.sin(yaw)
        return
    turned = yaw + kind * length
    pose[0] = x + kind * (math.sin(turned) - math.sin(yaw))
    pose[1] = y - kind * (math.cos(turned) - math.cos(yaw))
    pose[2] = turned
