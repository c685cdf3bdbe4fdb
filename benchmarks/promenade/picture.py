"""Half a minute among people from above: everybody's way, fading into the past."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np

from promenade.rig import PERIOD
from promenade.scenes import PLAZA
from promenade.trial import Episode, run
from robotics.core.geometry import transform
from robotics.robots.sweeper.config import footprint_outline

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.patches import Circle, Polygon, Rectangle
from scipy.spatial import ConvexHull

SECONDS = 36.0
"""Of the run that is drawn."""
TRAIL = 4.0
"""People's ways are drawn so far back [s]."""
EVERY = 1.5
"""A footprint is drawn so often [s]."""


def draw(file: Path, *, seed: int) -> None:
    """Write a picture of the sweeper on the plaza to ``file``."""
    outcome = run(Episode("sweeper", PLAZA, seed, 0, SECONDS), keep=True)
    figure, axes = pyplot.subplots(figsize=(10.0, 9.2), layout="constrained")
    axes.add_patch(Rectangle((0, 0), *PLAZA.size, facecolor="#f4f1ea", edgecolor="#555", lw=3))
    for x0, y0, x1, y1 in PLAZA.solids:
        axes.add_patch(Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor="#8d877b"))
    back = round(TRAIL / PERIOD)
    for k, radius in enumerate(outcome.radius):
        way = outcome.people[-back:, k]
        axes.plot(way[:, 0], way[:, 1], color="#2f6f9f", alpha=0.45, lw=1.4)
        axes.add_patch(Circle(tuple(way[-1]), radius, facecolor="#2f6f9f", alpha=0.9))
    outline = footprint_outline()
    outline = outline[ConvexHull(outline).vertices]
    axes.plot(outcome.trace[:, 0], outcome.trace[:, 1], color="#c4501b", lw=1.2)
    steps = list(range(0, len(outcome.trace), round(EVERY / PERIOD)))
    for place in [*steps, len(outcome.trace) - 1]:
        last = place == len(outcome.trace) - 1
        shape = transform(outcome.trace[place], outline)
        alpha = 0.95 if last else 0.10 + 0.25 * place / len(outcome.trace)
        axes.add_patch(Polygon(shape, facecolor="#e0662b", edgecolor="#c4501b", alpha=alpha))
    rounds = np.array(PLAZA.rounds[0])
    axes.plot(rounds[:, 0], rounds[:, 1], "x", color="#333", ms=7)
    axes.set_aspect("equal")
    axes.set_xlabel("x [m]")
    axes.set_ylabel("y [m]")
    axes.set_title(
        f"The sweeper (orange, every {EVERY} s of {SECONDS:.0f} s) among {PLAZA.people} people "
        f"who do not make way (blue, the last {TRAIL:.0f} s)",
        fontsize=10,
    )
    figure.savefig(file, dpi=110)
    pyplot.close(figure)
