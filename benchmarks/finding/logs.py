"""Recorded drives in CARMEN's format: localised in a map of their own first half."""

from __future__ import annotations

import itertools
import math
import time
from pathlib import Path

import numpy as np

from finding.accuracy import quantile
from robotics.core.arrays import Array
from robotics.core.geometry import relative, transform
from robotics.estimation.localisation import Localisation
from robotics.estimation.odometry import Increment
from robotics.mapping.carmen import CarmenScan, read_carmen
from robotics.mapping.submap import Seen, submap_field


def points_of(turn: CarmenScan) -> Array:
    """Return the returns of a log's scan, shape (k, 2) [m]."""
    seen = np.isfinite(turn.scan.range) & (turn.scan.range > 0.05)
    angle, reach = turn.scan.angle[seen], turn.scan.range[seen]
    return np.stack((reach * np.cos(angle), reach * np.sin(angle)), axis=1)


def log(path: Path) -> dict[str, float]:
    """Localise the second half of a log in a map of its first half."""
    turns = read_carmen(path)
    half = len(turns) // 2
    kept = [turns[0]]
    for turn in turns[:half]:
        off = relative(kept[-1].pose_laser, turn.pose_laser)
        if math.hypot(off[0], off[1]) > 0.25 or abs(off[2]) > 0.2:
            kept.append(turn)
    seen = [Seen(transform(t.pose_laser, points_of(t)), t.pose_laser[:2]) for t in kept]
    place = Localisation(submap_field(seen, reach=1.0), np.array(turns[half].pose_laser))
    last, rows, cost = turns[half], [], []
    for turn in turns[half:]:
        step = relative(last.pose_odometry, turn.pose_odometry)
        way, spin = math.hypot(step[0], step[1]), abs(step[2])
        noise = (0.1 * way + 0.002) ** 2, (0.1 * way + 0.002) ** 2, (0.1 * spin + 0.01) ** 2
        duration = max(0.0, turn.time - last.time)
        points = points_of(turn)
        began = time.process_time()
        place.predict(Increment(*step.tolist(), *noise), duration=duration)
        if len(points):
            place.correct(points, np.ones(len(points)))
        cost.append(1e3 * (time.process_time() - began))
        rows.append((place.pose, turn.pose_laser, place.quality, step))
        last = turn
    return judged(rows, cost)


def judged(rows: list[tuple[Array, Array, float, Array]], cost: list[float]) -> dict[str, float]:
    """Print and return how far the poses are from the log's, absolutely and step by step."""
    off = np.array([relative(theirs, ours) for ours, theirs, _, _ in rows])
    steps = np.array(
        [relative(relative(a[1], b[1]), relative(a[0], b[0])) for a, b in itertools.pairwise(rows)]
    ).reshape(-1, 3)
    far, apart = np.hypot(off[:, 0], off[:, 1]), np.hypot(steps[:, 0], steps[:, 1])
    figures = {
        "log_scans": len(rows),
        "log_position_m_p50": quantile(far, 0.5),
        "log_position_m_p95": quantile(far, 0.95),
        "log_heading_deg_p95": math.degrees(quantile(np.abs(off[:, 2]), 0.95)),
        "log_step_m_mean": float(apart.mean()) if len(apart) else 0.0,
        "log_step_deg_mean": math.degrees(float(np.abs(steps[:, 2]).mean())) if len(steps) else 0.0,
        "log_quality_p50": quantile(np.array([row[2] for row in rows]), 0.5),
        "log_ms_mean": float(np.mean(cost)),
    }
    print("\nlog: second half in a map of the first half, against the log's own poses")
    for key, value in figures.items():
        print(f"  {key:24}{value:12.4f}")
    return figures
