"""What behaviours do with the sweeper's base and tools: slowly, where it is parked, and back again.

A behaviour wishes; the mission lets it, as far as is safe before people, and only where the machine
is parked with nothing else to do. The twist then goes the way of every twist: through the tracker
and the guard, who may slow or stop it. Afterwards it parks anew, by the law by which it docks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from robotics.behaviour.runs import Performance
from robotics.core.arrays import Array
from robotics.core.geometry import relative
from robotics.core.messages import BaseGoal, Drive, Goal, State, Stay, Tools
from robotics.planning.docking import Docking, Phase
from robotics.robots.sweeper.manners import people_gap

SLOW = (0.2, 0.4)
"""It never moves faster for a show [m/s, rad/s]."""
LEASH = 0.4
"""Nor farther from where it is parked [m]."""
CLOSE = 1.3
"""It stands still with brushes at rest while somebody is so near [m]: 0.65 m from its outline."""
DRY = 2.15
"""No water with people so near [m]: 1.5 m from its outline, as while it sweeps."""
BRUSH = 0.5
"""Brushes turn at most so fast on ground that is not to be swept, 0 to 1."""


@dataclass(slots=True)
class Antics:
    """Lets behaviours move the parked machine, and parks it again.

    Attributes:
        parked: Where it is parked, shape (3,): the dock.
        is_away: Whether it has moved and is not parked again.
    """

    parked: Array
    is_away: bool = False
    _back: Docking | None = None

    def allow(self, goal: Goal, seen: Performance, state: State, *, parked: bool) -> Goal:
        """Return the mission's goal with what behaviours want of base and tools.

        Args:
            goal: Of the mission.
            seen: What behaviours want.
            state: What the robot believes.
            parked: Whether the mission has it parked; elsewhere base and tools belong to the work.
        """
        if not parked:
            self.is_away, self._back = False, None
            return goal
        return replace(goal, base=self._base(seen, state), tools=_tools(seen, state))

    def _base(self, seen: Performance, state: State) -> BaseGoal:
        wanted = seen.twist
        if wanted is not None and people_gap(state) > CLOSE:
            self.is_away, self._back = True, None
            return Drive(self._leashed(wanted, state))
        if not self.is_away or seen.running:
            return Stay()
        return self._return(state)

    def _return(self, state: State) -> BaseGoal:
        self._back = back = self._back or Docking(self.parked)
        base = back.base(state)
        if back.phase in (Phase.DONE, Phase.FAILED):
            self.is_away, self._back = False, None
            return Stay()
        return base

    def _leashed(self, twist: tuple[float, float, float], state: State) -> Array:
        """Return the twist, slow, and not farther away than the leash, shape (3,)."""
        ahead, left, turned = relative(self.parked, state.pose_base_in_map)
        vx = min(max(twist[0], -SLOW[0]), SLOW[0])
        outward = vx * (math.cos(turned) * ahead + math.sin(turned) * left) > 0.0
        if math.hypot(ahead, left) > LEASH and outward:
            vx = 0.0
        return np.array([vx, 0.0, min(max(twist[2], -SLOW[1]), SLOW[1])])


def _tools(seen: Performance, state: State) -> Tools:
    wanted, gap = seen.tools, people_gap(state)
    if wanted is None or gap <= CLOSE:
        return Tools()
    spray = (wanted.spray or 0.0) if gap > DRY else 0.0
    return Tools(min(wanted.brush or 0.0, BRUSH), spray)
