"""What visitors came for: the first song, dance, answer and handshake of a run, to be filmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = {"a song": 14.0, "a dance": 16.0, "an answer": 8.0, "a handshake": 8.0}
"""How much of each is shown at most [s]."""
BUMP = 8.0
"""How much of a bump is shown [s]."""
BEFORE = 1.0
"""The camera is there so long before [s]."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Something worth a shot."""

    title: str
    start: float
    """[s]."""
    length: float
    """[s]."""


def is_busy(goal: bytes) -> bool:
    """Return whether a recorded goal of the greeter has a voice, music or a hand in it."""
    return any(sign not in goal for sign in (b'"voice":null', b'"music":null', b'"hand":""'))


def moments(goals: Iterable[tuple[float, dict[str, Any]]]) -> list[Moment]:
    """Return the first moment of each kind, in order of time.

    Args:
        goals: (time [s], goal of the greeter), in order.
    """
    found: dict[str, Moment] = {}
    sung: set[float] = set()
    for time, goal in goals:
        if _sings(goal) and goal.get("music"):
            sung.add(goal["music"]["start"])
        for title, start, length in _seen(time, goal):
            word_in_a_song = title == "a dance" and goal["music"]["start"] in sung
            if title not in found and not word_in_a_song:
                shown = min(SHOWN[title], length + 2.0 * BEFORE)
                found[title] = Moment(title, max(0.0, start - BEFORE), shown)
    return sorted(found.values(), key=lambda one: one.start)


def bumps(rows: Iterable[dict[str, Any]]) -> list[Moment]:
    """Return the moments at which children ran into the greeter.

    Args:
        rows: ``run_ins`` of the summary, see ``sim.romp_stage.RunIn.row``.
    """
    return [
        Moment("a child runs into it", max(0.0, float(one["time"]) - 2.0 * BEFORE), BUMP)
        for one in rows
    ]


def _sings(goal: dict[str, Any]) -> bool:
    return bool((goal.get("voice") or {}).get("song"))


def _seen(time: float, goal: dict[str, Any]) -> Iterable[tuple[str, float, float]]:
    voice, music = goal.get("voice"), goal.get("music")
    if voice is not None:
        start, length = float(voice["start"]), float(voice["duration"])
        if voice.get("song"):
            # its introduction is not what is to be heard
            yield "a song", start + min(3.0, 0.1 * length), length
        elif str(voice.get("behaviour", "")).startswith("answer_"):
            # what follows are its other sentences
            yield "an answer", start, max(length, SHOWN["an answer"] - 2.0 * BEFORE)
    if music is not None and not (voice is not None and voice.get("song")):
        skipped = min(10.0, 0.2 * float(music["duration"]))
        yield "a dance", float(music["start"]) + skipped, float(music["duration"]) - skipped
    if goal.get("posture", {}).get("hand"):
        yield "a handshake", time, SHOWN["a handshake"]
