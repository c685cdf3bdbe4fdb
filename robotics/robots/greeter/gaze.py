"""Whom the greeter looks at."""

from __future__ import annotations

import math
from dataclasses import dataclass

from robotics.behaviour.guests import Guest
from robotics.robots.greeter.audience import Audience, Seen

FAR = 5.0
"""Nobody farther is looked at [m]."""
BEHIND = math.radians(130.0)
"""Nor anybody farther to the side [rad]."""
NEARER = 0.5
"""Somebody else has to be so much nearer to be looked at instead [m]."""


@dataclass(slots=True)
class Gaze:
    """Keeps to one guest."""

    _guest: Guest | None = None

    def target(self, audience: Audience, *, idle: bool) -> Seen | None:
        """Return whom to look at: the same as before unless somebody is clearly nearer."""
        near = [one for one in audience.within(FAR) if abs(one.bearing) < BEHIND]
        if not near or idle:
            self._guest = None
            return None
        same = [one for one in near if one.guest is self._guest]
        chosen = same[0] if same and same[0].distance < near[0].distance + NEARER else near[0]
        self._guest = chosen.guest
        return chosen
