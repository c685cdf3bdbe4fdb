"""When the greeter dances or sings, and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.robots.greeter.audience import Audience

KINDS = ("dance", "song")
"""In turn."""
FIRST = 90.0
"""After the start [s]."""
EVERY = 110.0
"""From the start of one to the start of the next, at least [s]."""
SMALL = ("show",)
"""Jokes, riddles, a pose for the camera: for visitors who stay."""
STAYED = 9.0
"""They have to stay so long for one [s]."""
SMALL_EVERY = 40.0
"""Between two of them, at least [s]."""
AGAIN = 12.0
"""After one that could not start [s]."""
AUDIENCE = 6.0
"""Somebody has to be so near to see it [m]; twice that when it has waited ``OVERDUE``."""
OVERDUE = 25.0
"""[s]."""
TOO_NEAR = 0.75
"""A dance is ended before somebody who comes so near [m]."""
SPARE = 8.0
"""Left after it for the farewell [s]."""


@dataclass(slots=True)
class Shows:
    """Chooses shows: each kind in turn, in each kind what was shown least.

    Attributes:
        behaviours: The repertoire.
        shown: How often each was begun.
    """

    behaviours: Mapping[str, Behaviour]
    shown: dict[str, int] = field(default_factory=dict)
    _next: float = FIRST
    _next_small: float = 0.0
    _asked: str = ""
    """Kind that a visitor asked for."""

    def begin(self, time: float) -> None:
        """Count from ``time`` [s] on."""
        self._next = time + FIRST

    def ask(self, kind: str, time: float) -> None:
        """Take a visitor's wish: the next show is of this kind, and at once."""
        self._asked = kind
        self._next = min(self._next, time)

    def can(self, kind: str) -> bool:
        """Whether there is a behaviour of this kind."""
        return any(one.kind == kind for one in self.behaviours.values())

    def too_near(self, name: str) -> float:
        """Return how near somebody may be while ``name`` is shown [m]: arms and legs move."""
        one = self.behaviours.get(name)
        return TOO_NEAR if one is not None and one.kind == "dance" else 0.0

    def due(self, audience: Audience, time: float, left: float) -> str:
        """Return what to show now; "" for nothing.

        Args:
            audience: Who would see it.
            time: [s].
            left: Until the work is over [s].
        """
        waited = time - self._next
        if waited < 0.0:
            return ""
        near = AUDIENCE if waited < OVERDUE else 2.0 * AUDIENCE
        if not audience.within(near):
            return ""
        return self._choose(left, (*KINDS, self._asked))

    def small_due(self, time: float, left: float) -> str:
        """Return a small one for visitors who stay; "" for nothing."""
        soon = self._next - time < SMALL_EVERY / 2.0
        return "" if time < self._next_small or soon else self._choose(left, SMALL)

    def began(self, name: str, time: float) -> None:
        """Take note that ``name`` began."""
        self.shown[name] = self.shown.get(name, 0) + 1
        one = self.behaviours.get(name)
        self._next_small = time + SMALL_EVERY + (one.duration if one is not None else 0.0)
        if one is None or one.kind not in SMALL:
            self._next, self._asked = time + EVERY, ""

    def failed(self, name: str, time: float) -> None:
        """Take note that ``name`` could not begin: another one next, in a while."""
        self.shown[name] = self.shown.get(name, 0) + 1
        self._next_small = time + AGAIN
        self._next = max(self._next, time + AGAIN)

    def _choose(self, left: float, kinds: tuple[str, ...]) -> str:
        fitting = [
            one
            for one in self.behaviours.values()
            if one.kind in kinds and one.duration + SPARE < left
        ]
        times = dict.fromkeys(KINDS, 0)
        for name, count in self.shown.items():
            if name in self.behaviours and self.behaviours[name].kind in times:
                times[self.behaviours[name].kind] += count
        order = sorted(
            fitting,
            key=lambda one: (
                one.kind != self._asked,
                times.get(one.kind, 0),
                self.shown.get(one.name, 0),
                one.kind not in KINDS or KINDS.index(one.kind),
                one.name,
            ),
        )
        return order[0].name if order else ""
