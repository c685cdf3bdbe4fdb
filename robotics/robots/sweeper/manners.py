"""How the sweeper behaves towards people in its way."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from robotics.behaviour.guests import PEOPLE
from robotics.core.messages import State
from robotics.core.parts import Progress, Status
from robotics.robots.duty import Since
from robotics.robots.performer import Polite

HELD_UP = 1.5
"""It asks people to step aside after standing so long in front of them [s]."""
IN_THE_WAY = 2.5
"""People so near ahead are in the way [m]."""
POLITE_EVERY = 12.0
"""Between two requests [s]."""
OUTLINE = 0.65
"""From the base to the machine's outline, about [m]."""


@dataclass(slots=True)
class Manners:
    """Notices people in the way, asks them kindly, thanks them."""

    speaker: Polite
    requests: int = 0
    asked: bool = False
    """Whether it has asked since it was last held up."""
    _held: Since = field(default_factory=Since)
    _free: Since = field(default_factory=Since)

    def is_held_up(self, state: State, told: Progress) -> bool:
        """Return whether it has stood before people for a while; to be asked at every decision."""
        still = abs(float(state.twist_base_in_base[0])) < 0.05
        blocked = told.status is Status.BLOCKED or (still and told.status is Status.MOVING)
        there = people_gap(state, ahead=True) < IN_THE_WAY
        return self._held.lasted(blocked and there, state.time) > HELD_UP

    def is_let_through(self, state: State) -> bool:
        """Ask now and then; return whether the way is free again, and thank for it."""
        moving = abs(float(state.twist_base_in_base[0])) > 0.05
        gone = people_gap(state, ahead=True) >= IN_THE_WAY
        if moving or self._free.lasted(gone, state.time) > 0.3:
            if self.asked:
                self.speaker.say_politely("thank_you", state.time, every=POLITE_EVERY)
            self.asked, self._held, self._free = False, Since(), Since()
            return True
        self.ask(state.time)
        return False

    def ask(self, time: float) -> None:
        """Ask kindly, unless it has just done so."""
        if self.speaker.say_politely("excuse_me", time, every=POLITE_EVERY):
            self.requests += 1
            self.asked = True

    def give_up(self) -> None:
        """Forget that it asked: there is nobody to thank."""
        self.asked = False


def people_gap(state: State, *, ahead: bool = False) -> float:
    """Return how far the nearest person is from the base, only those in the front half if asked."""
    x, y, yaw = state.pose_base_in_map
    nearest = math.inf
    for one in state.obstacles:
        dx, dy = one.position_in_map[0] - x, one.position_in_map[1] - y
        before = math.cos(yaw) * dx + math.sin(yaw) * dy > 0.0
        if one.kind in PEOPLE and (before or not ahead):
            nearest = min(nearest, math.hypot(dx, dy))
    return nearest
