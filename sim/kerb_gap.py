"""How near the brushes really came to the kerb, along every piece of it. The onlooker's measure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import ArrayLike
from shapely import Polygon

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.geometry import inverse, transform
from sim import brushes
from sim.world_model import World, Zone

SPACING = 0.05
"""Between two points of a kerb [m]."""
AT_EDGE = 0.15
"""A kerb belongs to a zone that ends so near to it [m]."""
SWEPT = 0.10
"""A kerb's foot is left out where the brush came no nearer than this [m]."""
APART = 1.0
"""A touch is counted again after this time without [s]."""


@dataclass(slots=True)
class KerbGap:
    """The least gap between the true brush edge and each point of the foot of some kerbs.

    * The gap of a point is its distance from the disc of the nearer side brush, the least that it
      ever was while the brushes turned: positive where ground was left between them, negative where
      the bristles bent against the kerb. Figures are of its absolute value.
    * A point is *missed* when no brush came nearer than ``SWEPT``; missed points are in no mean.
    * A *touch* is the hard body (``sim.brushes.BODY``) over the foot of a kerb, whatever the
      brushes do; ``body_least`` is the least distance between the two.

    Attributes:
        point: Points of the kerbs, ``SPACING`` apart, shape (n, 2) [m; map].
        line: Number of the kerb that each is on, shape (n,).
        along: How far along that kerb, shape (n,) [m].
        gap: Infinite where no brush was near yet, shape (n,) [m].
        when: Time at which the gap was least, shape (n,) [s]; NaN where there is none.
        touches: How often the body touched a kerb.
        body_least: [m].
    """

    point: Array
    line: IntArray
    along: Array
    gap: Array = field(init=False)
    when: Array = field(init=False)
    touches: int = 0
    body_least: float = math.inf
    _touched: float = -math.inf

    def __post_init__(self) -> None:
        self.gap = np.full(len(self.point), np.inf)
        self.when = np.full(len(self.point), np.nan)

    @staticmethod
    def of(lines: Iterable[ArrayLike]) -> KerbGap:
        """Prepare for kerbs given by the lines (k, 2) of their feet."""
        points, numbers, places = [np.zeros((0, 2))], [np.zeros(0, np.int64)], [np.zeros(0)]
        for number, line in enumerate(lines):
            spots, along = _spaced(np.asarray(line, dtype=np.float64))
            points.append(spots)
            places.append(along)
            numbers.append(np.full(len(spots), number, dtype=np.int64))
        return KerbGap(np.vstack(points), np.concatenate(numbers), np.concatenate(places))

    @staticmethod
    def along_zone(world: World, zone: Zone | None = None) -> KerbGap:
        """Prepare for the kerbs of a world, only those in a zone or at its edge if one is given."""
        whole = KerbGap.of(kerb.line for kerb in world.kerbs)
        return whole if zone is None else whole.part(whole.within(zone))

    def within(self, zone: Zone) -> BoolArray:
        """Return which points lie in a zone or at its edge, shape (n,)."""
        area = Polygon(zone.polygon, zone.holes).buffer(AT_EDGE)
        return np.asarray(shapely.contains_xy(area, self.point[:, 0], self.point[:, 1]))

    def part(self, mine: BoolArray) -> KerbGap:
        """Return what is known of some of the points, shape (n,), and of the touches."""
        some = KerbGap(self.point[mine], self.line[mine], self.along[mine])
        some.gap, some.when = self.gap[mine], self.when[mine]
        some.touches, some.body_least = self.touches, self.body_least
        return some

    def mark(self, pose: Array, time: float, brushing: bool) -> None:
        """Look at the true ``pose`` (3,) of the base at ``time`` [s]; do the brushes turn?"""
        near = np.flatnonzero(np.abs(self.point - pose[:2]).max(axis=1) < brushes.REACH + SWEPT)
        if not len(near):
            return
        here = transform(inverse(pose), self.point[near])
        self._feel(here, time)
        if brushing:
            across = np.hypot(here[:, 0] - brushes.SIDE_X, np.abs(here[:, 1]) - brushes.SIDE_Y)
            gap = across - brushes.SIDE_RADIUS
            less = gap < self.gap[near]
            self.gap[near[less]], self.when[near[less]] = gap[less], time

    def _feel(self, here: Array, time: float) -> None:
        """Note how near the hard body is to points (k, 2) of the base frame."""
        low, high = np.min(brushes.BODY, axis=0), np.max(brushes.BODY, axis=0)
        outside = np.maximum(np.maximum(low - here, here - high), 0.0)
        least = float(np.hypot(*outside.T).min())
        self.body_least = min(self.body_least, least)
        if least <= 0.0:
            if time - self._touched > APART:
                self.touches += 1
            self._touched = time

    @property
    def swept(self) -> BoolArray:
        """Which points a brush came near to, shape (n,)."""
        return np.asarray(self.gap < SWEPT)

    def figures(self) -> dict[str, float]:
        """Return the account; NaN where no point was swept.

        Keys: ``gap_mean_m``, ``gap_p95_m``, ``gap_max_m`` of the absolute gap where it was swept,
        ``bent_max_m`` (how deep bristles bent), ``missed_fraction``, ``kerb_m`` (length looked at),
        ``touches``, ``body_least_m``.
        """
        size = np.abs(self.gap[self.swept])
        none = math.nan
        return {
            "gap_mean_m": float(size.mean()) if len(size) else none,
            "gap_p95_m": float(np.quantile(size, 0.95)) if len(size) else none,
            "gap_max_m": float(size.max()) if len(size) else none,
            "bent_max_m": float(max(0.0, -self.gap.min())) if len(self.gap) else none,
            "missed_fraction": float(1.0 - self.swept.mean()) if len(self.gap) else none,
            "kerb_m": SPACING * len(self.gap),
            "touches": float(self.touches),
            "body_least_m": self.body_least,
        }


def _spaced(line: Array) -> tuple[Array, Array]:
    """Return points ``SPACING`` apart on a line, amid their pieces, and their places."""
    length = np.array([math.dist(a, b) for a, b in pairwise(line)])
    along = np.append(0.0, np.cumsum(length))
    count = max(1, round(along[-1] / SPACING))
    place = (np.arange(count) + 0.5) * along[-1] / count
    return np.column_stack([np.interp(place, along, column) for column in line.T]), place
