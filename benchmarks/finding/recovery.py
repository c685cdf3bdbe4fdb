"""How often and how quickly a lost robot finds itself, and whether it is ever sure and wrong."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from finding.accuracy import quantile
from finding.body import PERIOD
from finding.ground import Ground
from finding.run import Run
from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.estimation.odometry import Increment
from sim.visitors import Visitors

KINDS = ("told ±5 m, ±180°", "told anywhere", "carried away")
CARRIED = 2
MOTIONS = ((0.0, 0.0), (0.3, 0.0), (0.0, 0.3))
"""(vx, wz) while it finds itself again."""
LASTS = 7.0
"""[s]."""


class Trial(NamedTuple):
    """What became of one lost robot."""

    kind: int
    pose: Array
    """Where it was when it began to look for itself, shape (3,)."""
    taken: float
    """Time until it was found for good [s]; infinite if it was not."""
    is_false: bool
    """Whether it was sure of a wrong place, for 2 s together or at the end."""
    sure_and_wrong: float
    """Longest time together in which it was sure of a wrong place [s]."""
    cost: float
    """Longest tick [ms]."""
    is_unique: bool
    """Whether the place has no twin within the lidar's reach."""


def trial(ground: Ground, cells: IntArray, seed: int, number: int) -> Trial:
    """Let a robot that stands, drives or turns somewhere on ``cells`` look for itself."""
    rng = np.random.default_rng((seed, 1, number))
    kind = number % 3
    vx, wz = MOTIONS[number // 3 % 3]
    robot = ("sweeper", "greeter")[number // 9 % 2]
    pose = ground.draw(cells, rng)
    off = np.array([*rng.uniform(-5.0, 5.0, 2), rng.uniform(-math.pi, math.pi)])
    told = (pose + off, ground.draw(ground.anywhere, rng), pose)[kind]
    run = Run(ground, robot, told=told, pose=pose, rng=rng)
    if kind == CARRIED:
        while run.ticks * PERIOD < 2.0:
            run.tick(0.0, 0.0)
        run.body.pose = ground.draw(cells, rng)
    place = run.body.pose.copy()
    began = run.ticks
    while run.ticks - began < LASTS / PERIOD:
        run.tick(vx, wz)
    rows = np.array(run.rows[began:])
    good = (rows[:, 1] < 0.1) & (rows[:, 2] < math.radians(3.0)) & (rows[:, 3] > 0.5)
    wrong = (rows[:, 1] > 0.5) & (rows[:, 3] > 0.5)
    bad = np.flatnonzero(~good)
    after = 0 if not len(bad) else int(bad[-1]) + 1
    taken = after * PERIOD if after < len(rows) else math.inf
    sure = longest(wrong) * PERIOD
    false = bool(wrong[-1]) or sure > 2.0
    return Trial(kind, place, taken, false, sure, max(run.cost), is_unique(ground, place))


def is_unique(ground: Ground, pose: Array) -> bool:
    """Whether the empty site shows something else at ``pose`` than at all other places.

    A search from a belief without any worth has to be sure of the true pose; otherwise the map
    has a twin of it, as far as the lidar reaches, and no standing robot could tell.
    """
    rng = np.random.default_rng(0)
    nobody = Visitors(ground.world, rng, 0)
    scan = ground.scan("sweeper", pose, nobody, tilt=np.zeros(2), rng=rng)
    perception = ground.perception("sweeper", np.array([*pose[:2] + 1e4, 0.0]))
    for turn in range(60):
        perception.update(0.1 * turn, Increment(), scan)
        if perception.localisation.quality > 0.5:
            break
    found = perception.localisation
    return found.quality > 0.5 and math.dist(found.pose[:2], pose[:2]) < 0.5


def longest(flags: BoolArray) -> int:
    """Return the length of the longest stretch of True."""
    best = now = 0
    for flag in flags:
        now = now + 1 if flag else 0
        best = max(best, now)
    return best


def recovery(ground: Ground, trials: int, seed: int) -> dict[str, float]:
    """Return the figures where robots work and travel, and those of anywhere on the site."""
    found = [trial(ground, ground.used, seed, number) for number in range(trials)]
    show("lost where they work", found)
    spread = [trial(ground, ground.anywhere, seed + 1, n) for n in range(max(6, trials // 2))]
    show("lost anywhere", spread)
    taken = np.array([one.taken for one in found])
    alone = [one for one in (*found, *spread) if one.is_unique]
    both = (*found, *spread)
    return {
        "recovery_trials": trials,
        "recovery_fraction": within(found),
        "recovery_fraction_wrong_start": within([one for one in found if one.kind != CARRIED]),
        "recovery_trials_anywhere": len(spread),
        "recovery_fraction_anywhere": within(spread),
        "recovery_trials_unique": len(alone),
        "recovery_fraction_unique": within(alone),
        "recovery_s_p50": quantile(taken, 0.5),
        "recovery_s_p95": min(quantile(taken, 0.95), 99.0),
        "false_recoveries": sum(one.is_false for one in found),
        "false_recoveries_anywhere": sum(one.is_false for one in spread),
        "sure_and_wrong_s_max": max(one.sure_and_wrong for one in both),
        "recovery_tick_ms_max": float(np.quantile([one.cost for one in both], 0.9)),
    }


def within(found: list[Trial], seconds: float = 5.0) -> float:
    """Return the share that was found in time; 1 of none."""
    return float(np.mean([one.taken <= seconds for one in found])) if found else 1.0


def show(title: str, found: list[Trial]) -> None:
    """Print a table by kind, and every trial that went wrong."""
    print(f"\n{title:20}{'trials':>8}{'<= 5 s':>8}{'p50 s':>8}{'p95 s':>8}{'false':>8}")
    for kind, name in enumerate((*KINDS, "all", "without a twin")):
        part = [one for one in found if kind == 3 or one.kind == kind]
        part = [one for one in found if one.is_unique] if kind == 4 else part
        if not part:
            continue
        times = np.array([one.taken for one in part])
        wrong = sum(one.is_false for one in part)
        print(
            f"{name:20}{len(part):8d}{within(part):8.3f}{quantile(times, 0.5):8.2f}"
            f"{quantile(times, 0.95):8.2f}{wrong:8d}"
        )
    for one in found:
        if one.taken > 5.0 or one.is_false or one.sure_and_wrong > 0.5:
            x, y, _ = one.pose
            why = "no twin" if one.is_unique else "has a twin"
            print(
                f"  {KINDS[one.kind]:18}at ({x:6.1f}, {y:6.1f})  {why:11}found after"
                f" {one.taken:5.2f} s, sure and wrong for {one.sure_and_wrong:.2f} s"
            )
