"""How the sweeper leaves a station: backwards, as far as it needs to turn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import transform
from robotics.core.messages import BaseGoal, Drive, State, Stay
from robotics.mapping.places import Site

LENGTH, SPEED = 0.8, 0.2
"""Of backing out [m, m/s]."""
NEAR = 0.6
"""Nearer than this to a station it stands in it [m]."""


@dataclass(slots=True)
class Leaving:
    """Backs out of whatever station the robot stands in."""

    site: Site
    _start: Array = field(default_factory=lambda: np.zeros(3))

    def begin(self, pose: Array) -> None:
        """Note where it stands, shape (3,)."""
        self._start = pose

    def is_away(self, state: State, lasted: float) -> bool:
        """Return whether it is out, was never in, or cannot get out backwards."""
        moved = math.dist(self._start[:2], state.pose_base_in_map[:2])
        late = lasted > 3.0 * LENGTH / SPEED
        return not self._is_inside() or isinstance(self.base(), Stay) or moved >= LENGTH or late

    def base(self) -> BaseGoal:
        """Return backing out, or standing if there is no room behind."""
        behind = [[-length, 0.0] for length in np.linspace(0.5, 0.6 + LENGTH, 8)]
        points = transform(self._start, behind)
        if bool(np.any(self.site.occupied.value(points, True))):
            return Stay()
        return Drive(np.array([-SPEED, 0.0, 0.0]))

    def _is_inside(self) -> bool:
        stations = [p.pose for p in self.site.places.values() if p.kind.startswith("dock_")]
        return any(math.dist(self._start[:2], pose[:2]) < NEAR for pose in stations)
