"""Long computations cut into slices, so that no tick has to wait for them.

What may take long is written as a generator: it yields what it has spent since it yielded last,
and returns its answer. Work is counted, never timed: a replay does the same work in the same ticks
on any computer, and the answer does not depend on how it was cut.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")

Slices = Generator[int, None, T]
"""Yields the work spent, in units of about a microsecond (``docs/benchmarks.md``, its machine)."""


def whole(work: Slices[T]) -> T:
    """Return the answer of ``work``, done in one go."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            answer: T = end.value
            return answer


def at_once(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Slices[T]:
    """Return a call that cannot be cut, as work that is done in one go and counts nothing."""
    yield 0
    return work(*args, **kwargs)


@dataclass(slots=True)
class Job(Generic[T]):
    """A computation under way. ``advance`` it until it is ``done``; then there is an answer."""

    work: Slices[T]
    done: bool = False
    spent: int = 0
    """What it has cost so far."""
    _answer: T | None = None
    _credit: int = 0

    def advance(self, budget: int) -> bool:
        """Work on for about ``budget`` units; return ``done``.

        The last slice may cost more than was left; the next call does so much less.
        """
        self._credit += budget
        while self._credit > 0 and not self.done:
            try:
                cost = next(self.work)
                self._credit, self.spent = self._credit - cost, self.spent + cost
            except StopIteration as end:
                self._answer, self.done = end.value, True
        return self.done

    @property
    def answer(self) -> T:
        """What came out.

        Raises:
            ValueError: It is not done yet.
        """
        if not self.done:
            raise ValueError("the job is not done yet")
        return self._answer  # type: ignore[return-value]
