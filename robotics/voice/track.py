"""The sound of one behaviour, for its preview."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from robotics.core.signals import LENGTHS
from robotics.voice.cache import default_folder
from robotics.voice.cues import Band, Cue
from robotics.voice.plugin import child, voice_named
from robotics.voice.sound import RATE, Sound, write_wav
from robotics.voice.speech import duration


class Spoken(Protocol):
    """Something said or sung: see ``robotics.behaviour.compiled.Words``."""

    @property
    def start(self) -> float:
        """[s]."""

    @property
    def zh(self) -> tuple[str, ...]:
        """Variants."""

    @property
    def song(self) -> str:
        """Sung instead of spoken."""


class Ringing(Protocol):
    """What may ring: see ``robotics.behaviour.compiled.ToolCue``."""

    @property
    def start(self) -> float:
        """[s]."""

    @property
    def chime(self) -> str:
        """Its name; "" for none."""


class Sounding(Protocol):
    """What is looked at of a behaviour: see ``robotics.behaviour.clips.Behaviour``."""

    @property
    def duration(self) -> float:
        """[s]."""

    @property
    def words(self) -> Sequence[Spoken]:
        """In order of time."""

    @property
    def music(self) -> str:
        """Plays from the start on."""

    @property
    def tools(self) -> Sequence[Ringing]:
        """In order of time."""


def cues_of(behaviour: Sounding, robot: str) -> list[Cue]:
    """Return what sounds in a behaviour that nobody breaks off."""
    found = []
    if behaviour.music:
        length = behaviour.duration
        found.append(Cue(robot, 0.0, length, length, song=behaviour.music))
    for cue in behaviour.tools:
        if cue.chime:
            length = LENGTHS.get(cue.chime, 1.0)
            found.append(Cue(robot, cue.start, length, cue.start + length, chime=cue.chime))
    for one in behaviour.words:
        if one.song:
            left = max(behaviour.duration - one.start, 0.0)
            found.append(Cue(robot, one.start, left, one.start + left, " ", one.song))
        elif one.zh:
            length = duration(one.zh[0])
            found.append(Cue(robot, one.start, length, one.start + length, one.zh[0]))
    return found


def render(behaviour: Sounding, robot: str, path: Path, folder: Path | None = None) -> Path | None:
    """Write the sound of a behaviour; return the file, or None where nothing sounds.

    Args:
        behaviour: A compiled behaviour.
        robot: ``greeter`` or ``sweeper``.
        path: The WAV file.
        folder: Where phrases are kept; None for the user's own folder.
    """
    cues = cues_of(behaviour, robot)
    kept = default_folder() if folder is None else folder
    voices = {"": voice_named("child", kept), "sweeper": voice_named("calm", kept)}
    band = Band(voices, child(kept).units, counts={})
    room = np.zeros(round((behaviour.duration + 1.0) * RATE))
    for cue in cues:
        start, samples = band.sound(cue, cues)
        first = round(start * RATE)
        if first + len(samples) > len(room):
            room = np.concatenate([room, np.zeros(first + len(samples) - len(room))])
        room[first : first + len(samples)] += samples
    if not band.counts:
        return None
    write_wav(path, Sound(np.tanh(room)))
    return path
