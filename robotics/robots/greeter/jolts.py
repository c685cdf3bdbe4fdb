"""Whether somebody has run into the greeter: a jolt, with somebody at arm's length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.messages import State
from robotics.robots.greeter.audience import Audience

BESIDE = 0.95
"""Somebody whose middle is so near may have touched it: a child's arm, half of either body [m]."""
RECENT = 0.6
"""… or was so near this short a time ago [s]."""
STANDING, JOLTED = 2.0, 0.22
"""Having been told to stand for so long [s] it is not so fast by itself [m/s]."""
LEANS = 0.12
"""On its own steps it does not lean this far [rad]."""
AGAIN = 6.0
"""The same bump is felt once in this time [s]."""


@dataclass(slots=True)
class Jolts:
    """Feels bumps, decision by decision."""

    _beside: float = -1e9
    """When somebody was beside it last [s]."""
    _stands: float | None = None
    """Since when it has been told to stand [s]."""
    _last: float = -1e9

    def felt(self, state: State, audience: Audience, *, stands: bool) -> bool:
        """Whether somebody has run into it just now.

        Args:
            state: What it believes.
            audience: Who is near.
            stands: Whether it is told to stand.
        """
        self._stands = (state.time if self._stands is None else self._stands) if stands else None
        if audience.within(BESIDE):
            self._beside = state.time
        if state.time - self._beside > RECENT:
            return False
        if self._stands is None or state.time - self._stands < STANDING:
            jolted = float(np.hypot(*state.tilt)) > LEANS
        else:
            jolted = float(np.hypot(*state.twist_base_in_base[:2])) > JOLTED
        if not jolted or state.time - self._last < AGAIN:
            return False
        self._last = state.time
        return True
