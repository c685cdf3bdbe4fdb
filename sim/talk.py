"""Visitors who ask the greeter something: what it hears.

Who asks, what, and when, is drawn from a random stream of its own. The list holds questions that it
can answer, others that it cannot, and some with the slips of hearing and typing: wrong characters
of the same sound, words left out (``questions.yaml``, written for this project).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from robotics.core.arrays import Array
from robotics.core.config import Schema, load
from sim.visitors import Visitors

HEARS = 2.9
"""Who stands so near before it may ask [m] …"""
FRONT = math.radians(75.0)
"""… within this angle of its front."""
STANDS = 0.3
"""[m/s]."""
SETTLES = 1.5
"""Time from stopping until somebody may ask [s]."""
BETWEEN = 6.0
"""Nobody asks sooner after another question [s]."""
AGAIN = 0.25
"""Share of those who asked who ask once more."""

Text = Annotated[str, Field(min_length=1, max_length=120)]


class Question(Schema):
    """Something that people say to it."""

    text: Text
    of: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    """The entry of ``behaviours/answers`` that answers it; None for what nobody told it."""
    slip: Literal["", "sound", "typing", "short"] = ""
    """What is wrong with it."""


class Questions(Schema):
    """The list."""

    questions: Annotated[list[Question], Field(min_length=1)]


def load_questions(path: Path | None = None) -> tuple[Question, ...]:
    """Return what visitors ask: from ``path``, else the package's own list.

    Raises:
        ConfigError: The file is wrong; with its line.
    """
    own = Path(__file__).resolve().parent / "questions.yaml"
    return tuple(load(path or own, Questions).questions)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked."""

    time: float
    """[s]."""
    who: int
    """The visitor's id."""
    question: Question


@dataclass(slots=True)
class _Mind:
    """What one visitor has in mind."""

    asks: int
    """How many questions."""
    after: float
    """Time from settling to the first [s]."""
    since: float
    """When the visitor stopped [s]."""


@dataclass(slots=True)
class Talk:
    """Lets visitors ask.

    Attributes:
        asked: What was asked so far.
    """

    visitors: Visitors
    share: float
    rng: np.random.Generator
    questions: tuple[Question, ...] = field(default_factory=load_questions)
    asked: list[Asked] = field(default_factory=list)
    _minds: dict[int, _Mind] = field(default_factory=dict)
    _order: list[int] = field(default_factory=list)
    """Questions still to be asked in this round, so that none comes twice before all have come."""

    def listen(self, time: float, pose: Array, *, speaking: bool) -> tuple[str, ...]:
        """Return what is said to the greeter now; to be called 20 times a second.

        Args:
            time: [s].
            pose: Its true base (x, y, yaw) in the map, shape (3,).
            speaking: Whether it speaks itself: people let it finish.
        """
        if self.share == 0.0:
            return ()
        near = self._near(pose)
        for who in near:
            if who not in self._minds:
                wants, more, after = self.rng.random(3)
                asks = 0 if wants >= self.share else 1 + int(more < AGAIN)
                self._minds[who] = _Mind(asks, SETTLES + 3.0 * float(after), time)
        last = self.asked[-1].time if self.asked else -math.inf
        if speaking or time - last < BETWEEN:
            return ()
        for who in near:
            mind = self._minds[who]
            if mind.asks > 0 and time - mind.since >= mind.after:
                mind.asks -= 1
                self.asked.append(Asked(time, who, self._next()))
                return (self.asked[-1].question.text,)
        return ()

    def figures(self) -> dict[str, int]:
        """Return the figures so far: plain JSON values."""
        return {"questions_asked": len(self.asked)}

    def _next(self) -> Question:
        if not self._order:
            self._order = self.rng.permutation(len(self.questions)).tolist()
        return self.questions[self._order.pop()]

    def _near(self, pose: Array) -> list[int]:
        """Return the ids of those who stand before it, nearest first."""
        off = self.visitors.position - pose[:2]
        distance = np.hypot(*off.T)
        bearing = np.arctan2(off[:, 1], off[:, 0]) - pose[2]
        bearing = np.abs((bearing + np.pi) % (2.0 * np.pi) - np.pi)
        slow = np.hypot(*self.visitors.velocity.T) < STANDS
        rows = np.flatnonzero((distance < HEARS) & (bearing < FRONT) & slow)
        ids = self.visitors.id
        return [int(ids[i]) for i in rows[np.argsort(distance[rows])]]
