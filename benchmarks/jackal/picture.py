"""A run from above: the place, the map that was built, the path, the robot over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from jackal.body import PERIOD
from jackal.robot import HALF_LENGTH, HALF_WIDTH
from jackal.trial import NEAR, Outcome
from robotics.core.geometry import transform

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import Circle, Polygon

EVERY = 0.3
"""A footprint is drawn so often [s]."""
CORNERS = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)]) * (HALF_LENGTH, HALF_WIDTH)


def draw(world: dict[str, Any], outcome: Outcome, file: Path) -> None:
    """Write the picture of a run to ``file``; the way goes from left to right."""
    figure, axes = pyplot.subplots(figsize=(12.0, 5.2), layout="constrained")
    cylinders = [Circle((y, -x), world["cylinder_radius_m"]) for x, y in world["cylinders"]]
    axes.add_collection(PatchCollection(cylinders, facecolor="#c9c5bb", edgecolor="none"))
    seen = outcome.seen.centres()[outcome.seen.cells]
    axes.plot(seen[:, 1], -seen[:, 0], "s", markersize=1.6, color="#b5482a", label="map built")
    trace = outcome.trace
    prints = [
        Polygon(_turned(transform(pose, CORNERS))) for pose in trace[:: round(EVERY / PERIOD)]
    ]
    axes.add_collection(
        PatchCollection(prints, facecolor="#3b6ea5", edgecolor="#3b6ea5", alpha=0.18)
    )
    way = _turned(trace[:, :2])
    speed = np.hypot(*np.diff(way, axis=0).T) / PERIOD
    lines = LineCollection(np.stack((way[:-1], way[1:]), axis=1), cmap="viridis", linewidth=2.5)
    lines.set_array(speed)
    axes.add_collection(lines)
    figure.colorbar(lines, label="speed [m/s]", shrink=0.8)
    believed = _turned(outcome.believed[:, :2])
    axes.plot(believed[:, 0], believed[:, 1], "k:", linewidth=1.0, label="odometry")
    goal = _turned(np.array([world["goal"]]))[0]
    axes.add_patch(Circle(goal, NEAR, fill=False, linestyle="--", color="#2e7d32"))
    axes.set_aspect("equal")
    axes.set_xlim(1.5, float(goal[0]) + 1.2)
    axes.set_xlabel("m")
    axes.legend(loc="upper left")
    result = "collision" if outcome.collision else "goal" if outcome.success else "timeout"
    axes.set_title(
        f"BARN world {world['world']}: {result} after {outcome.duration:.2f} s, "
        f"score {outcome.score:.3f} of 0.5"
    )
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def _turned(points: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, Any]:
    """Return points (k, 2) turned by -90°: north is to the right."""
    return np.column_stack((points[:, 1], -points[:, 0]))
