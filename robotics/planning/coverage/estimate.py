"""What sweeping a zone will take, without planning all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array
from robotics.mapping.places import Zone
from robotics.planning.coverage.layout import best_layout
from robotics.planning.coverage.region import polygon_of, region_of
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.space import Space

BETWEEN = 4.0
"""Way from one part of the layout to the next (mean of the plans on the plaza) [m]."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one sweep of a zone takes."""

    area: float
    """That can be swept at all [m²]."""
    length: float
    """Of the path [m]."""
    time: float
    """Without people in the way [s]."""
    water: float
    """Spread on the ground [kg]."""


def estimate(
    zone: Zone,
    space: Space,
    sweeping: Sweeping,
    *,
    kerbs: Sequence[Array] = (),
    film: float = 0.03,
) -> Estimate:
    """Return what sweeping ``zone`` takes: the layout is chosen as for a plan, nothing is driven.

    Args:
        zone: What is to be swept.
        space: The map.
        sweeping: The machine; its pace is the one at which it works.
        kerbs: Exact lines of kerbs, each (k, 2).
        film: Water put on the ground [kg/m²].

    Returns:
        Zeros for a zone that has no room for the machine.
    """
    region = region_of(polygon_of(zone), space, sweeping.tool, sweeping.fit, kerbs)
    if region.allowed.is_empty:
        return Estimate(0.0, 0.0, 0.0, 0.0)
    steps = best_layout(region, sweeping)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            layout = done.value
            break
    rings = [ring for level in layout.rings for ring in level]
    length = sum(float(np.hypot(*np.diff(ring, axis=0).T).sum()) for ring in rings)
    length += sum(cell.cost(sweeping.spacing) for cell in layout.cells)
    parts = len(rings) + len(layout.cells)
    length += BETWEEN * (parts - 1)
    time = layout.time + BETWEEN * (parts - 1) / sweeping.pace.speed
    area = float(region.reachable.area)
    return Estimate(area, length, time, film * area)
