"""When the greeter dances or sings, and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.situation import Situation
from robotics.robots.greeter.audience import Audience

KINDS = ("dance", "song")
"""In turn."""
FIRST = 60.0
"""After the start [s]."""
EVERY = 100.0
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
PATIENT = 45.0
"""For so long what is in turn waits for its needs, then the other kind is shown [s]."""
LATE = 8.0
"""The way home of a busy robot is long: after this it shows where it stands [s]."""
SOON = 12.0
"""It walks to nobody so long before one [s]."""
TOO_NEAR = 0.75
"""A dance is ended before somebody who comes so near [m]."""
SPARE = 8.0
"""Left after it for the farewell [s]."""
WISHED = 100.0
"""A wish that could not be granted for so long is given up [s]: longer than any show."""


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
    _again: float = 0.0
    _asked: list[tuple[str, float]] = field(default_factory=list)
    """Kinds that visitors asked for, and when [s], the oldest first."""

    def begin(self, time: float) -> None:
        """Count from ``time`` [s] on."""
        self._next = time + FIRST

    def ask(self, kind: str, time: float, left: float) -> bool:
        """Take a visitor's wish: the next show is of this kind, and as soon as it can be.

        Args:
            kind: Of the show.
            time: [s].
            left: Until the work is over [s].

        Returns:
            Whether there is one that fits into that time.
        """
        if not self._fitting((kind,), left):
            return False
        if all(kind != known for known, _ in self._asked):
            self._asked.append((kind, time))
        return True

    def owes(self) -> bool:
        """Whether somebody waits for a show that was wished for."""
        return bool(self._asked)

    def is_late(self, time: float) -> bool:
        """Whether one has been due for so long that it is shown wherever the robot stands."""
        return time > self._next + LATE

    def is_near(self, time: float) -> bool:
        """Whether one is due, or will be before a visit is over."""
        return bool(self._asked) or time > self._next - SOON

    def gives_up(self, time: float, left: float) -> bool:
        """Whether a wish has to be given up now; told once for each."""
        kept = [
            (kind, since)
            for kind, since in self._asked
            if time - since < WISHED and self._fitting((kind,), left)
        ]
        given_up = len(kept) < len(self._asked)
        self._asked = kept
        return given_up

    def too_near(self, name: str) -> float:
        """Return how near somebody may be while ``name`` is shown [m]: arms and legs move."""
        one = self.behaviours.get(name)
        return TOO_NEAR if one is not None and one.kind == "dance" else 0.0

    def due(self, audience: Audience, world: Situation, left: float) -> str:
        """Return what to show now; "" for nothing.

        What is in turn waits until its needs are met, room for a dance mostly; for so long the
        other kind is not shown instead.

        Args:
            audience: Who would see it.
            world: As behaviours ask for it.
            left: Until the work is over [s].
        """
        time = world.time
        if self._asked:
            found = self._choose(left, (self._asked[0][0],))
            ready = [name for name in found if not world.lacks(self.behaviours[name].needs)]
            return ready[0] if ready and time >= self._again else ""
        waited = time - self._next
        if waited < 0.0:
            return ""
        near = AUDIENCE if waited < OVERDUE else 2.0 * AUDIENCE
        if not audience.within(near):
            return ""
        found = self._choose(left, KINDS)
        ready = [name for name in found if not world.lacks(self.behaviours[name].needs)]
        if waited < PATIENT:
            ready = [name for name in ready if self._kind(name) == self._kind(found[0])]
        return ready[0] if ready else ""

    def small_due(self, time: float, left: float) -> str:
        """Return a small one for visitors who stay; "" for nothing."""
        soon = self._next - time < SMALL_EVERY / 2.0 or bool(self._asked)
        found = [] if time < self._next_small or soon else self._choose(left, SMALL)
        return found[0] if found else ""

    def began(self, name: str, time: float) -> None:
        """Take note that ``name`` began."""
        self.shown[name] = self.shown.get(name, 0) + 1
        one = self.behaviours.get(name)
        self._next_small = time + SMALL_EVERY + (one.duration if one is not None else 0.0)
        if one is None or one.kind not in SMALL:
            self._next = time + EVERY
            self._asked = [(kind, at) for kind, at in self._asked if one and kind != one.kind]

    def failed(self, name: str, time: float) -> None:
        """Take note that ``name`` could not begin: another one next, in a while."""
        self.shown[name] = self.shown.get(name, 0) + 1
        self._next_small = time + AGAIN
        self._again = time + AGAIN
        self._next = max(self._next, self._again)

    def _fitting(self, kinds: tuple[str, ...], left: float) -> list[Behaviour]:
        every = self.behaviours.values()
        return [one for one in every if one.kind in kinds and one.duration + SPARE < left]

    def _kind(self, name: str) -> str:
        return self.behaviours[name].kind

    def _choose(self, left: float, kinds: tuple[str, ...]) -> list[str]:
        """Return what fits into the time, what is in turn first."""
        times = dict.fromkeys(KINDS, 0)
        for name, count in self.shown.items():
            if name in self.behaviours and self.behaviours[name].kind in times:
                times[self.behaviours[name].kind] += count
        order = sorted(
            self._fitting(kinds, left),
            key=lambda one: (
                times.get(one.kind, 0),
                self.shown.get(one.name, 0),
                one.kind not in KINDS or KINDS.index(one.kind),
                one.name,
            ),
        )
        return [one.name for one in order]
