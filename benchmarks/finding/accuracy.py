"""How exactly robots know where they are as they drive among visitors."""

from __future__ import annotations

import math

import numpy as np

from finding.body import PERIOD
from finding.ground import Ground
from finding.run import Run
from robotics.core.arrays import Array
from robotics.core.geometry import wrap

SPEED = {"sweeper": 0.9, "greeter": 0.4}


def follow(run: Run, line: Array, seconds: float) -> None:
    """Stand for a second, then drive along ``line`` (m, 2)."""
    at, speed = 1, SPEED[run.body.robot]
    while run.ticks * PERIOD < seconds and at < len(line):
        pose = run.body.pose
        ahead = line[at] - pose[:2]
        if math.hypot(*ahead) < 0.6:
            at += 1
            continue
        error = wrap(math.atan2(ahead[1], ahead[0]) - pose[2])
        moving = run.ticks * PERIOD > 1.0
        vx = speed * max(0.0, math.cos(error)) * moving
        run.tick(vx, float(np.clip(1.5 * error, -0.8, 0.8)) * moving)


def accuracy(ground: Ground, seconds: float, seed: int) -> dict[str, float]:
    """Return the errors from 2 s on, over both robots and all routes."""
    table: dict[str, list[Array]] = {}
    costs: list[float] = []
    print(f"{'robot':9}{'p50 cm':>8}{'p95 cm':>8}{'max cm':>8}{'p95 deg':>9}{'quality p1':>12}")
    for robot in ("sweeper", "greeter"):
        for number, route in enumerate(ground.world.visitors.routes):
            rng = np.random.default_rng((seed, number))
            line = np.array(route.line)
            line = line[ground.room.value(line, 0.0) > 0.6]
            pose = np.array([*line[0], math.atan2(*(line[1] - line[0])[::-1])])
            told = pose + rng.normal(0.0, (0.03, 0.03, 0.02))
            run = Run(ground, robot, told=told, pose=pose, rng=rng)
            follow(run, line, seconds)
            table.setdefault(robot, []).append(np.array(run.rows)[100:, 1:])
            costs += run.cost
        show(robot, np.vstack(table[robot]))
    errors = np.vstack([rows for runs in table.values() for rows in runs])
    show("both", errors)
    return {
        "position_p95_m": quantile(errors[:, 0], 0.95),
        "heading_p95_deg": math.degrees(quantile(errors[:, 1], 0.95)),
        "quality_p1": quantile(errors[:, 2], 0.01),
        "tick_ms_p99": quantile(np.array(costs), 0.99),
    }


def show(name: str, rows: Array) -> None:
    """Print one line of the table."""
    cm, degrees = 100.0 * rows[:, 0], np.degrees(rows[:, 1])
    half, most, worst = np.quantile(cm, 0.5), np.quantile(cm, 0.95), cm.max()
    turned, low = np.quantile(degrees, 0.95), np.quantile(rows[:, 2], 0.01)
    print(f"{name:9}{half:8.2f}{most:8.2f}{worst:8.2f}{turned:9.3f}{low:12.2f}")


def quantile(values: Array, share: float) -> float:
    """Return a quantile; infinite values are allowed."""
    return float(np.quantile(values, share, method="higher"))
