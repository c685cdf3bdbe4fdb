"""What the robots' missions get beside their behaviours: certificates, knowledge, hands, songs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from robotics.assets import asset
from robotics.behaviour.clips import Behaviour, clips_of
from robotics.behaviour.songs import read_song
from robotics.core.errors import MissingDependency
from robotics.core.parts import Robot
from robotics.robots.greeter.reflexes import Reflexes
from robotics.robots.means import Means, anything
from robotics.robots.proven import certified
from robotics.voice.answers.answerer import Answer, Answerer
from robotics.voice.answers.knowledge import load_knowledge

MORNING = 36000.0
"""Time of day where nobody says another [s since midnight]."""


def means_of(name: str, behaviours: Mapping[str, Behaviour]) -> Means:
    """Return what both robots have: certificates, and the lengths of songs."""
    paths = sorted(asset("behaviours/songs").glob("*.yaml"))
    grids = {path.stem: read_song(path)[1] for path in paths}
    sung = {one.music for one in behaviours.values()}
    sung |= {words.song for one in behaviours.values() for words in one.words}
    songs = {song: grid.duration for song, grid in grids.items() if grid and song in sung}
    return Means(permitted=proof(name), songs=songs)


def greeter_means(
    robot: Robot, behaviours: Mapping[str, Behaviour], *, clock: float | None
) -> Means:
    """Return what the greeter has: a hand that feels, knowledge, a body that learns.

    Args:
        robot: The greeter.
        behaviours: Its repertoire.
        clock: Time of day at the start [s since midnight]; None for the morning.

    Raises:
        ConfigError: A file of answers is wrong.
    """
    body = robot.locomotion
    assert isinstance(body, Reflexes)
    return replace(
        means_of("greeter", behaviours),
        learn=lambda changed: body.learn(clips_of(changed)),
        answer=knowledge(frozenset(behaviours)),
        felt=lambda: body.felt,
        clock=MORNING if clock is None else clock,
    )


def knowledge(gestures: frozenset[str]) -> Callable[[str, float], Answer | None] | None:
    """Return what finds answers; None where what it needs is not installed.

    Raises:
        ConfigError: A file of answers is wrong.
    """
    try:
        return _answerer(gestures).fresh().answer
    except MissingDependency:
        return None


@cache
def _answerer(gestures: frozenset[str]) -> Answerer:
    """Return what knows everything and was asked nothing: it takes seconds to make."""
    return Answerer(load_knowledge(asset("behaviours/answers"), gestures))


def proof(robot: str) -> Callable[[Behaviour], str]:
    """Return what tells why a behaviour may not run on a robot's body; each is looked up once.

    A repertoire of which nothing was ever certified is not refused: its author has not begun.
    """
    if not (asset("behaviours") / "certificates" / robot).is_dir():
        return anything
    found: dict[str, tuple[Behaviour, str]] = {}

    def reason(behaviour: Behaviour) -> str:
        known = found.get(behaviour.name)
        if known is None or known[0] is not behaviour:
            known = behaviour, certified(behaviour, robot).reason
            found[behaviour.name] = known
        return known[1]

    return reason
