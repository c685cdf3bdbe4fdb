"""Self-collision: how near the robot comes to itself, broken off at any instant included."""

from __future__ import annotations

import numpy as np

from robotics.behaviour.finding import Finding
from robotics.behaviour.margins import Margins
from robotics.certify.exits import exit_paths
from robotics.certify.stage import Performance, Stage
from robotics.certify.when import beat_of
from robotics.core.arrays import Array

EVERY = 0.08
"""Exits are looked at from instants so far apart [s]: joints move 0.24 rad between them at most,
and neighbouring ways home lie within that of one another."""
PHASES = 6
"""Looked at on each way home."""
CLOSE = 0.012
"""Within a sample a hand comes nearer by at most so much: 3 rad/s · 0.4 m · 0.01 s [m]."""


def check_collision(
    stage: Stage, played: Performance, margins: Margins
) -> tuple[tuple[Finding, ...], float]:
    """Return where the robot comes too near to itself, and the least distance of all [m].

    One finding for each pair of links, at its worst instant.
    """
    distance = _along(stage, played.motion.position, margins.self_distance + CLOSE)
    found = _findings(stage, played, distance, played.instants, margins)
    from_, paths = exit_paths(stage, played, every=EVERY, phases=PHASES)
    least = float(distance.min())
    if len(paths):
        home = np.array([stage.collision.distances(one) for one in paths])
        least = min(least, float(home.min()))
        known = {one.joint for one in found}
        more = _findings(stage, played, home, from_, margins, leaving=True)
        found += tuple(one for one in more if one.joint not in known)
    return found, least


def _along(stage: Stage, postures: Array, close: float) -> Array:
    """Return the distances (t, p) [m] along a motion (t, n).

    Every second posture is looked at; the others only beside one in which a pair is nearer than
    ``close`` [m], and else take the distances of the one before.
    """
    found = np.empty((len(postures), len(stage.collision.pairs)))
    for k in range(0, len(postures), 2):
        found[k] = stage.collision.distances(postures[k])
    for k in range(1, len(postures), 2):
        beside = found[k - 1 : k + 2 : 2]
        looked = stage.collision.distances(postures[k]) if beside.min() < close else beside[0]
        found[k] = looked
    return found


def _findings(
    stage: Stage,
    played: Performance,
    distance: Array,
    time: Array,
    margins: Margins,
    *,
    leaving: bool = False,
) -> tuple[Finding, ...]:
    found = []
    for pair in np.flatnonzero((distance < margins.self_distance).any(axis=0)):
        worst = int(distance[:, pair].argmin())
        first, second = stage.collision.pairs[pair]
        when = float(time[worst])
        problem = ("自己碰到自己", "it comes too near to itself")
        if leaving:
            problem = (
                "在这里中断时，回去的路上会碰到自己",
                "broken off here, it comes too near to itself on its way home",
            )
        found.append(
            Finding(
                "self_collision",
                problem,
                ("把这个姿势离身体远一点", "keep this pose farther from the body"),
                time=when,
                beat=beat_of(played.behaviour.grid, when),
                joint=f"{first} / {second}",
                value=100.0 * float(distance[worst, pair]),
                limit=100.0 * margins.self_distance,
                unit="cm",
            )
        )
    return tuple(found)
