"""What a mission may use beside its behaviours; whoever assembles a robot fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from robotics.behaviour.clips import Behaviour
from robotics.control.touch import Felt
from robotics.voice.answers.answerer import Answer


def anything(_: Behaviour) -> str:
    """Let every behaviour run."""
    return ""


def nobody(_: Mapping[str, Behaviour]) -> None:
    """Tell nobody of a changed repertoire."""


@dataclass(frozen=True, slots=True)
class Means:
    """Defaults are those of a robot without hands, knowledge or certificates."""

    permitted: Callable[[Behaviour], str] = anything
    """Why a behaviour may not run on this body; "" if it may."""
    learn: Callable[[Mapping[str, Behaviour]], None] = nobody
    """Tells the body of a changed repertoire, between two behaviours."""
    answer: Callable[[str, float], Answer | None] | None = None
    """Finds an answer to a text at a time [s]."""
    felt: Callable[[], Felt] = Felt
    """What the right hand feels."""
    songs: Mapping[str, float] = field(default_factory=dict)
    """How long each song is [s]."""
    clock: float = 36000.0
    """Time of day at the start [s since midnight]."""
