"""What sounds when in a run: sentences, songs, music and chimes, each until it is broken off."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import RoboticsError
from robotics.core.spoken import bare
from robotics.voice.chimes import ring
from robotics.voice.concert import BESIDE
from robotics.voice.instruments import play
from robotics.voice.plugin import Voice
from robotics.voice.score import Song, song_named
from robotics.voice.singing import sing
from robotics.voice.sound import RATE
from robotics.voice.units import Units

CHANNELS: Final = ("voice", "music", "chime")
"""Of a goal, that sound."""
RELEASE: Final = 0.08
"""What is broken off fades out in this time [s]."""
QUIETER: Final = 0.35
"""Level of music while somebody speaks over it."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One sentence, song, piece of music or chime."""

    robot: str
    start: float
    """[s]."""
    length: float
    """As it was meant [s]."""
    until: float
    """When it really ended [s]."""
    text: str = ""
    song: str = ""
    """Sung if there is a ``text``, else played."""
    title: str = ""
    """For people to read."""
    chime: str = ""
    """A sound of the robot's own (``robotics.core.signals``)."""


@dataclass(slots=True)
class Notebook:
    """Collects cues from the goals of a recording, in order of time."""

    found: list[Cue]
    _open: dict[tuple[str, str], tuple[float, int]]

    @staticmethod
    def new() -> Notebook:
        """Return an empty one."""
        return Notebook([], {})

    def note(self, robot: str, time: float, goal: Mapping[str, Any]) -> None:
        """Take down one goal of ``robot`` at ``time`` [s]."""
        for channel in CHANNELS:
            value = goal.get(channel)
            key = (robot, channel)
            if value is None:
                self._open.pop(key, None)
                continue
            start = float(value["start"])
            known = self._open.get(key)
            if known is not None and known[0] == start:
                one = self.found[known[1]]
                end = min(start + one.length, max(one.until, time))
                self.found[known[1]] = replace(one, until=end)
            else:
                self._open[key] = (start, len(self.found))
                self.found.append(_cue(robot, time, value))

    def cues(self, period: float = 0.05) -> list[Cue]:
        """Return what was found; what was heard to within ``period`` [s] of its end is whole."""
        return [
            replace(one, until=one.start + one.length)
            if one.start + one.length - one.until <= period
            else one
            for one in self.found
        ]


def _cue(robot: str, time: float, value: Mapping[str, Any]) -> Cue:
    start, length = float(value["start"]), float(value["duration"])
    song = str(value.get("song", ""))
    text = ""
    if "zh" in value:
        text = str(value[value.get("language", "zh")] or value["zh"] or " ")
    title = bare(f"{value['zh']} / {value['en']}") if "zh" in value else song
    chime = str(value.get("name", ""))
    return Cue(robot, start, length, max(time, start), text, song, title or chime, chime)


@dataclass(slots=True)
class Band:
    """Turns cues into sound; says why it cannot, once."""

    voices: Mapping[str, Voice]
    """By robot; ``""`` for all others."""
    units: Units | None
    """To sing with."""
    song: Callable[[str], Song] = song_named
    why: str = ""
    """Why something stayed silent; "" if nothing did."""
    counts: dict[str, int] | None = None
    """How many sentences, songs, pieces of music and chimes sounded."""
    _ready: dict[tuple[str, str], Array] = field(default_factory=dict)
    """Songs that were made already: by name, and with whom."""

    def rehearse(self, names: Iterable[str]) -> None:
        """Make songs beforehand, so that they begin at once."""
        for name in names:
            with suppress(RoboticsError):
                song = self.song(name)
                self._played(song)
                if song.notes:
                    self._sung(song, alone=False)
                    self._sung(song, alone=True)

    def sound(self, cue: Cue, others: list[Cue]) -> tuple[float, Array]:
        """Return when a cue's sound starts [s], and its samples; none if it cannot be made.

        Args:
            cue: The cue.
            others: All cues: a song is sung to the music that plays already.
        """
        try:
            start, samples, kind = self._made(cue, others)
        except RoboticsError as error:
            self.why = self.why or str(error)
            return cue.start, np.zeros(0)
        if self.counts is not None:
            self.counts[kind] = self.counts.get(kind, 0) + 1
        return start, _faded(samples, cue.until - start)

    def _made(self, cue: Cue, others: list[Cue]) -> tuple[float, Array, str]:
        if cue.chime:
            return cue.start, ring(cue.chime), "chimes"
        if not cue.song:
            voice = self.voices.get(cue.robot, self.voices[""])
            return cue.start, voice.say(cue.text, cue.length).samples, "sentences"
        song = self.song(cue.song)
        if not cue.text:
            return cue.start, self._music(cue, song, others), "pieces"
        under = _under(cue, others)
        if under is None:
            return cue.start, self._sung(song, alone=False), "songs"
        samples = self._sung(song, alone=True)
        missed = round((cue.start - under.start) * RATE)
        return cue.start, samples[max(0, missed) :], "songs"

    def _played(self, song: Song) -> Array:
        return self._once(song.name, "music", lambda: play(song))

    def _once(self, name: str, kind: str, make: Callable[[], Array]) -> Array:
        if (name, kind) not in self._ready:
            self._ready[name, kind] = make()
        return self._ready[name, kind]

    def _sung(self, song: Song, *, alone: bool) -> Array:
        kind = "voice" if alone else "both"
        return self._once(song.name, kind, lambda: self._sing(song, alone=alone))

    def _sing(self, song: Song, *, alone: bool) -> Array:
        music = np.zeros(0) if alone else BESIDE * self._played(song)
        if self.units is None:
            return music
        try:
            voice = sing(song, self.units).samples
        except RoboticsError as error:
            self.why = self.why or str(error)
            return music
        made = np.zeros(max(len(voice), len(music)))
        made[: len(voice)] += voice
        made[: len(music)] += music
        return made

    def _music(self, cue: Cue, song: Song, others: list[Cue]) -> Array:
        made = self._played(song).copy()
        for one in others:
            if one.text and one.start < cue.until and one.until > cue.start:
                level = BESIDE if one.song else QUIETER
                _duck(made, one.start - cue.start, one.until - cue.start, level)
        return made


def _under(cue: Cue, others: list[Cue]) -> Cue | None:
    """Return the music that a song is sung to."""
    for one in others:
        together = one.robot == cue.robot and one.start <= cue.start < one.until
        if together and one.song == cue.song and not one.text:
            return one
    return None


def _duck(samples: Array, start: float, end: float, level: float) -> None:
    """Make music quieter from ``start`` to ``end`` [s], softly."""
    edge = round(0.15 * RATE)
    first, last = max(0, round(start * RATE) - edge), min(len(samples), round(end * RATE) + edge)
    if last - first <= 2 * edge:
        return
    shape = np.full(last - first, level)
    shape[:edge] = np.linspace(1.0, level, edge)
    shape[len(shape) - edge :] = np.linspace(level, 1.0, edge)
    samples[first:last] *= shape


def _faded(samples: Array, length: float) -> Array:
    """Return samples that end after ``length`` [s]."""
    count = max(0, round((length + RELEASE) * RATE))
    if count >= len(samples):
        return samples
    cut = samples[:count].copy()
    edge = min(count, round(RELEASE * RATE))
    cut[count - edge :] *= np.linspace(1.0, 0.0, edge)
    return cut
