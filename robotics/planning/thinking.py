"""A plan in the making: worked on a little in every tick, then handed to who asked for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from robotics.core.messages import Plan, State
from robotics.planning.slices import Job, Slices

BUDGET = 4000
"""Work in one tick of the planner, see ``slices``: less than 4 ms of its period of 50."""

Then = Callable[[State, Plan], None]
"""What is done with a plan, in the tick in which it is there."""


class Question(NamedTuple):
    """What is worked on."""

    job: Job[Plan]
    then: Then
    due: float
    """The answer is not given before this time [s]."""


@dataclass(slots=True)
class Thinking:
    """At most one plan in the making."""

    budget: int = BUDGET
    _question: Question | None = None
    _time: float = -math.inf
    _left: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._question is not None

    def ask(self, state: State, work: Slices[Plan], then: Then, *, due: float = -math.inf) -> None:
        """Begin to work on a plan instead of what was worked on; a short one is there at once."""
        self._question = Question(Job(work), then, due)
        self.go_on(state)

    def drop(self) -> None:
        """Forget what was asked."""
        self._question = None

    def go_on(self, state: State) -> None:
        """Work on, with one budget for each time; hand out the plan if it is there."""
        if state.time != self._time:
            self._time, self._left = state.time, self.budget
        if self._question is None:
            return
        job, then, due = self._question
        if not job.done:
            before = job.spent
            job.advance(self._left)
            self._left = max(0, self._left - (job.spent - before))
        if job.done and state.time >= due - 1e-9:
            self._question = None
            then(state, job.answer)
