"""When the greeter offers its hand, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from robotics.behaviour.guests import Guest
from robotics.control.touch import Felt
from robotics.robots.greeter.audience import Audience, Seen
from robotics.robots.greeter.handshake import AHEAD, CLOSE, STANDING, Handshake, Part

LINGERS = 0.8
"""A guest has to stand before it for so long [s]."""
AGAIN = 60.0
"""Not offered to the same guest again before [s]."""
PAUSE = 12.0
"""Between two offers, at least [s]."""
ASKED_FOR = 15.0
"""Who asks for a handshake is offered a hand within this time, or not at all [s]."""
GONE = 1.6
"""A guest so far away has gone [m]."""


@dataclass(slots=True)
class Offers:
    """Offers the hand to who stands close, and leads the handshake.

    Attributes:
        felt: What the hand feels.
        shake: The handshake.
        part: What it wants now.
    """

    felt: Callable[[], Felt] = Felt
    shake: Handshake = field(default_factory=Handshake)
    part: Part = field(default_factory=Part)
    _guest: Guest | None = None
    _close: Guest | None = None
    _since: float = 0.0
    _last: float = -1e9
    _asked: float = -1e9
    _offered: list[tuple[Guest, float]] = field(default_factory=list)

    def ask(self, time: float) -> None:
        """Take a visitor's wish to shake hands."""
        self._asked = time

    def is_asked(self, time: float) -> bool:
        """Whether somebody has asked for it and waits."""
        return time - self._asked < ASKED_FOR

    def look(self, audience: Audience, time: float) -> None:
        """Take note of who stands close, whatever it is doing; to be called at every decision."""
        one = _closest(audience)
        guest = None if one is None else one.guest
        if guest is not self._close:
            self._close, self._since = guest, time
        self._offered = [(known, at) for known, at in self._offered if time - at < AGAIN]

    def is_due(self, time: float) -> bool:
        """Whether a guest has stood close for a while who was not offered a hand yet."""
        if self._close is None or time - self._since < LINGERS:
            return False
        known = any(self._close is before for before, _ in self._offered)
        return self.is_asked(time) or (not known and time - self._last >= PAUSE)

    def begin(self, time: float) -> None:
        """Offer the hand to who stands close."""
        self._guest, self._last, self._asked = self._close, time, -1e9
        if self._guest is not None:
            self._offered.append((self._guest, time))
        self.shake.begin(time)

    def end(self, time: float, reason: str) -> None:
        """Take the hand back, if it is still out."""
        self.shake.stop(time, reason)
        self.part = Part()

    def go_on(self, audience: Audience, time: float) -> bool:
        """Go on with the handshake; return whether it is over."""
        guest = audience.find(self._guest)
        welcome = guest is not None and guest.distance < GONE
        self.part = self.shake.decide(time, self.felt(), welcome=welcome)
        return self.shake.is_over


def _closest(audience: Audience) -> Seen | None:
    """Return who stands close before it; None for nobody."""
    for one in audience.within(CLOSE):
        slow = float(np.hypot(*one.guest.velocity)) < STANDING
        if abs(one.bearing) <= AHEAD and slow and one.guest.greeted is not None:
            return one
    return None
