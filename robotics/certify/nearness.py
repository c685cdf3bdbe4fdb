"""Self-collision: how near the robot comes to itself, broken off at any instant included."""

from __future__ import annotations

import numpy as np

from robotics.behaviour.finding import Finding
from robotics.behaviour.margins import Margins
from robotics.certify.exits import exit_paths
from robotics.certify.stage import Performance, Stage
from robotics.certify.when import beat_of
from robotics.core.arrays import Array

EVERY = 0.05
"""Exits are looked at from instants so far apart [s]: joints move 0.15 rad between them at most,
and neighbouring ways home lie within that of one another."""
PHASES = 8
"""Looked at on each way home."""


def nearest(stage: Stage, postures: Array) -> tuple[Array, Array]:
    """Return the least distance (t,) [m] in each of some postures (t, n), and which pair (t,)."""
    every = np.array([stage.collision.distances(posture) for posture in postures])
    return every.min(axis=1), every.argmin(axis=1)


def check_collision(
    stage: Stage, played: Performance, margins: Margins
) -> tuple[tuple[Finding, ...], float]:
    """Return where the robot comes too near to itself, and the least distance of all [m].

    One finding for each pair of links, at its worst instant.
    """
    distance = np.array([stage.collision.distances(one) for one in played.motion.position])
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
