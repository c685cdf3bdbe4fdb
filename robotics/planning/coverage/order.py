"""In which order the parts of a sweep are done, and from which end each.

A travelling salesman's problem whose towns can be entered at several corners. Nearest neighbour
first; then stretches of the order are reversed or moved (2-opt and or-opt, all changes of a kind
looked at in one array) as long as that helps, while dynamic programming over the order keeps the
best end of each part. Exact search (Held and Karp) would need 2ⁿ n² steps; from 12 parts on that is
more than a plan may take, and on the plaza local search comes within some metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from robotics.core.arrays import Array, IntArray

ROUNDS = 60
"""Most changes of the order; each one is the best of all."""
LONGEST = 3
"""Parts that are moved together at most."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be done: parts, each with some ways through it.

    Attributes:
        heads: Where each way of each part begins, shape (n, w, 2) [m].
        tails: Where it ends, the same shape.
    """

    heads: Array
    tails: Array


def best_order(choices: Choices, start: Array, gaps: Array) -> list[tuple[int, int]]:
    """Return (part, way) in an order with short ways between.

    Args:
        choices: The parts.
        start: Where the robot is, shape (2,) or longer [m].
        gaps: Way from the end of each way of a part to the head of each way of another, shape
            (n, w, n, w) [m].
    """
    count = len(choices.heads)
    if count == 0:
        return []
    begin = np.hypot(*(choices.heads - start[:2]).transpose(2, 0, 1))
    sequence = _nearest_first(begin, gaps)
    cost, ways = _best_ways(sequence, begin, gaps)
    for _ in range(ROUNDS):
        better = _improved(sequence, ways, begin, gaps)
        if better is None:
            break
        found, other = _best_ways(better, begin, gaps)
        if found > cost - 1e-6:
            break
        cost, ways, sequence = found, other, better
    return list(zip(sequence, ways, strict=True))


def _nearest_first(begin: Array, gaps: Array) -> list[int]:
    left = np.ones(len(begin), dtype=np.bool_)
    costs, sequence = begin, []
    for _ in range(len(begin)):
        part, way = divmod(int(np.where(left[:, None], costs, np.inf).argmin()), begin.shape[1])
        sequence.append(part)
        left[part] = False
        costs = gaps[part, way]
    return sequence


def _best_ways(sequence: list[int], begin: Array, gaps: Array) -> tuple[float, list[int]]:
    """Return the least length for this order and the way picked in each part."""
    totals = begin[sequence[0]]
    backs: list[IntArray] = []
    for a, b in pairwise(sequence):
        sums = totals[:, None] + gaps[a, :, b, :]
        backs.append(sums.argmin(axis=0))
        totals = sums.min(axis=0)
    picked = [int(totals.argmin())]
    for back in reversed(backs):
        picked.append(int(back[picked[-1]]))
    return float(totals.min()), picked[::-1]


def _improved(sequence: list[int], ways: list[int], begin: Array, gaps: Array) -> list[int] | None:
    """Return the order after the best single change, with the ways as they are; None if none."""
    count, width = len(sequence), begin.shape[1]
    if count < 2:
        return None
    nodes = np.array(sequence) * width + np.array(ways)
    flat = gaps.reshape(count * width, count * width)
    between = np.full((count + 2, count + 2), 0.0)
    between[1:-1, 1:-1] = flat[nodes[:, None], nodes[None, :]]
    between[0, 1:-1] = begin.ravel()[nodes]
    best, change = -1e-6, None
    here = np.append(between[np.arange(count), np.arange(1, count + 1)], 0.0)
    backward = _reversed(sequence, ways, begin, gaps)
    for found in (_two_opt(backward, here, sequence), _or_opt(between, here, sequence)):
        if found[0] < best:
            best, change = found
    return change


def _reversed(
    sequence: list[int], ways: list[int], begin: Array, gaps: Array
) -> tuple[Array, Array]:
    """Return gaps with the second part of a pair, or both, done the other way round.

    A way and its reverse are numbered k and ``w - 1 - k``.
    """
    width = begin.shape[1]
    part, way = np.array(sequence), np.array(ways)
    back = width - 1 - way
    into = gaps[part[:, None], way[:, None], part[None, :], back[None, :]]
    out = gaps[part[:, None], back[:, None], part[None, :], way[None, :]]
    into = np.vstack((begin[part, back], into))
    return into, out


def _two_opt(
    backward: tuple[Array, Array], here: Array, sequence: list[int]
) -> tuple[float, list[int]]:
    """Reverse i … j: the way into i becomes one into j, and i's other end leads to j + 1."""
    into, out = backward
    count = len(sequence)
    i, j = np.triu_indices(count)
    after = np.where(j + 1 < count, out[i, np.minimum(j + 1, count - 1)], 0.0)
    gain = into[i, j] + after - here[i] - np.where(j + 1 < count, here[j + 1], 0.0)
    k = int(gain.argmin())
    a, b = int(i[k]), int(j[k])
    return float(gain[k]), [*sequence[:a], *sequence[a : b + 1][::-1], *sequence[b + 1 :]]


def _or_opt(between: Array, here: Array, sequence: list[int]) -> tuple[float, list[int]]:
    """Move i … i + m - 1 to before k (rows and columns of ``between`` count from the start)."""
    count = len(sequence)
    best: tuple[float, list[int]] = (0.0, sequence)
    for length in range(1, min(LONGEST, count - 1) + 1):
        i = np.arange(count - length + 1)
        last = i + length - 1
        closed = between[i, last + 2]
        closed = np.where(last + 1 < count, closed, 0.0)
        leave = closed - here[i] - np.where(last + 1 < count, here[last + 1], 0.0)
        k = np.arange(count + 1)
        after = np.where(
            k[None] < count, between[last[:, None] + 1, np.minimum(k + 1, count)[None]], 0
        )
        enter = between[k[None], i[:, None] + 1] + after - here[k][None]
        gain = leave[:, None] + enter
        gain[(k[None] >= i[:, None]) & (k[None] <= i[:, None] + length)] = np.inf
        a, b = divmod(int(gain.argmin()), count + 1)
        if gain[a, b] < best[0]:
            rest = sequence[:a] + sequence[a + length :]
            spot = b if b < a else b - length
            best = (float(gain[a, b]), [*rest[:spot], *sequence[a : a + length], *rest[spot:]])
    return best
