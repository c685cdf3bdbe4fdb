"""Which sweep zones the sweeper works in, and how well: one record of swept ground for each."""

from __future__ import annotations

import shapely
from shapely import Polygon

from robotics.core.arrays import Array
from sim.swept import SweptMask
from sim.world_model import World, Zone

NEAR = 1.5
"""Brushes reach into a zone from a base this far outside [m]."""
BEGUN_AFTER = 3.0
"""A zone counts once the base was in it for so long with brushes on [s]."""


class SweptZones:
    """The zones that were worked in, judged together; none of them is chosen in advance.

    Until one is begun, the first zone of the world stands for them, unswept.

    Attributes:
        names: The zones that count, in the order in which they were begun.
    """

    def __init__(self, world: World, zones: dict[str, Zone]) -> None:
        self._world, self._zones = world, zones
        self._shapes = {name: Polygon(z.polygon, z.holes) for name, z in zones.items()}
        for shape in self._shapes.values():
            shapely.prepare(shape)
        self._masks: dict[str, SweptMask] = {}
        self._inside = dict.fromkeys(zones, 0.0)
        self._time: float | None = None
        self.names: tuple[str, ...] = (next(iter(zones)),)

    def mark(self, pose: Array, time: float) -> None:
        """Note that the brushes turn at ``time`` [s], with the base at ``pose`` (3,)."""
        base = shapely.Point(float(pose[0]), float(pose[1]))
        passed = max(0.0, min(0.2, time - self._time)) if self._time is not None else 0.0
        self._time = time
        for name, shape in self._shapes.items():
            if shapely.dwithin(shape, base, NEAR):
                self.mask(name).mark(pose, time)
            if shapely.contains(shape, base):
                self._inside[name] += passed
        begun = [name for name, inside in self._inside.items() if inside >= BEGUN_AFTER]
        fresh = tuple(name for name in begun if name not in self.names)
        kept = tuple(name for name in self.names if name in begun)
        self.names = (*kept, *fresh) or self.names

    def share(self, quantity: str) -> float:
        """Return a property of ``SweptMask``, weighted with what it is a share of, 0 to 1.

        Args:
            quantity: ``covered_fraction``, ``covered_whole_fraction``, ``reachable_fraction`` or
                ``repeat_fraction``.
        """
        masks = [self.mask(name) for name in self.names]
        weights = [_weight(mask, quantity) for mask in masks]
        values = [float(getattr(mask, quantity)) for mask in masks]
        total = sum(weights)
        return sum(w * v for w, v in zip(weights, values, strict=True)) / total if total else 0.0

    @property
    def swept_area(self) -> float:
        """Swept ground of the zones that count [m²]."""
        return sum(self.mask(name).swept_area for name in self.names)

    def mask(self, name: str) -> SweptMask:
        """Return the record of the zone called ``name``."""
        if name not in self._masks:
            self._masks[name] = SweptMask(self._world, self._zones[name])
        return self._masks[name]


def _weight(mask: SweptMask, quantity: str) -> float:
    if quantity == "covered_fraction":
        return float((mask.reachable).sum())
    if quantity == "repeat_fraction":
        return mask.swept_area
    return float(mask.zone.sum())
