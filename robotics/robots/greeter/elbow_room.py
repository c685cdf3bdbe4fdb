"""Arms down while somebody could walk into them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.core.messages import Obstacle, State

ELBOW_ROOM = 0.75
"""Nobody's edge may be nearer to the base while an arm is out: its reach and a hand's width [m]."""
MARGIN = 0.15
"""Arms that went down stay down until there is so much more room [m]."""
AHEAD = 0.7
"""Where people will be within this time counts: an arm needs as long to come down [s]."""
ARMLESS = (
    *("", "breathe", "sway", "notice", "nod", "shake_head", "raise_head", "look_around", "follow"),
    *("low_battery", "mind_railing"),
)
"""Clips that move no arm outwards."""


@dataclass(slots=True)
class ElbowRoom:
    """Tells whether a gesture has room."""

    _arms_down: bool = False

    def allows(self, clip: str, state: State) -> bool:
        """Return whether behaviour ``clip`` may be played among the people of ``state``."""
        if clip in ARMLESS:
            return True
        room = min((gap_ahead(state, one) for one in state.obstacles), default=math.inf)
        self._arms_down = room < (ELBOW_ROOM + MARGIN if self._arms_down else ELBOW_ROOM)
        return not self._arms_down


def gap_ahead(state: State, obstacle: Obstacle) -> float:
    """Return the least distance from the base to an obstacle's edge within ``AHEAD`` [m].

    The obstacle is taken to keep its velocity.
    """
    away = obstacle.position_in_map - state.pose_base_in_map[:2]
    velocity = obstacle.velocity_in_map
    speed = float(velocity @ velocity)
    nearest = 0.0 if speed < 1e-6 else -float(away @ velocity) / speed
    closest = away + velocity * min(max(nearest, 0.0), AHEAD)
    return float(np.hypot(*closest)) - obstacle.radius
