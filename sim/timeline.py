"""One clock for all bodies of a place: integer physics steps, visitors at 20 Hz."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import OptionError

STEP = 0.0025
"""Physics step [s]; 1, 2.5 and 5 ms give the same gait to 1 % (measured with the prototype)."""

VISITOR_PERIOD = 0.05
"""Visitors move this often [s]."""


class Walkers(Protocol):
    """The visitors of a place, as far as bodies meet them (``sim.visitors.Visitors``)."""

    @property
    def position(self) -> Array:
        """Shape (n, 2) [m]."""

    @property
    def radius(self) -> Array:
        """Shape (n,) [m]."""

    @property
    def height(self) -> Array:
        """Shape (n,) [m]."""

    @property
    def heading(self) -> Array:
        """Shape (n,) [rad]."""

    def advance(self, duration: float, robots: Array) -> None:
        """Move on by ``duration`` [s] among robots (k, 3): x, y, radius."""


class Resident(Protocol):
    """A body that lives on a timeline."""

    def before_step(self, step: int) -> None:
        """Step number ``step`` is about to be made: sense what is due, drive the motors."""

    def outline(self) -> tuple[float, float, float]:
        """Return (x, y, radius) of a circle that visitors keep out of [m]."""


class Actor(Protocol):
    """Something that acts before each step, but that nobody walks around: a hand."""

    def before_step(self, step: int) -> None:
        """Step number ``step`` is about to be made."""


class Timeline:
    """Counts steps, lets residents act before each, moves the visitors.

    Attributes:
        step: Length of a step [s].
        steps: Steps made so far.
        residents: The bodies, in the order they came.
        actors: What else acts before each step, after the bodies.
    """

    def __init__(self, step: float, visitors: Walkers | None) -> None:
        self.step = step
        self.steps = 0
        self.residents: list[Resident] = []
        self.actors: list[Actor] = []
        self._visitors = visitors
        self._visitor_steps = self.count(VISITOR_PERIOD, "the visitors' period")

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return self.steps * self.step

    def count(self, duration: float, what: str) -> int:
        """Return ``duration`` [s] in steps.

        Raises:
            OptionError: It is not a whole number of steps (silently rounding it costs speed).
        """
        steps = round(duration / self.step)
        if duration < 0.0 or abs(steps * self.step - duration) > 1e-9:
            raise OptionError(
                f"{what} is {duration} s, the physics step {self.step} s; "
                "give a whole multiple of the step"
            )
        return steps

    def advance(self, until: float) -> None:
        """Go on to time ``until`` [s]; nothing happens if it is already reached."""
        self.advance_to(round(until / self.step))

    def advance_to(self, steps: int) -> None:
        """Go on until ``steps`` steps are made in all."""
        while self.steps < steps:
            if self._visitors is not None and self.steps % self._visitor_steps == 0:
                outlines = [resident.outline() for resident in self.residents]
                self._visitors.advance(VISITOR_PERIOD, np.array(outlines).reshape(-1, 3))
                self.place_visitors(self._visitors)
            for resident in self.residents:
                resident.before_step(self.steps)
            for actor in self.actors:
                actor.before_step(self.steps)
            self.make_step()
            self.steps += 1

    def make_step(self) -> None:
        """Let the physics go on by one step."""

    def place_visitors(self, visitors: Walkers) -> None:
        """Put the visitors where they are now."""
