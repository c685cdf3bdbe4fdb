"""The seam for voices, and the list of those that there are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from robotics.core.errors import UnknownName
from robotics.voice.cache import CachedVoice, UnitCache
from robotics.voice.child import ChildVoice
from robotics.voice.espeak import Espeak
from robotics.voice.piper import PiperVoice
from robotics.voice.sherpa import SherpaVoice
from robotics.voice.sound import Sound
from robotics.voice.units import Units

VOICES = ("child", "calm", "piper:MODEL.onnx", "sherpa:FOLDER")
"""What ``voice_named`` takes."""


CALM = (225.0, 1.12)
"""The sweeper's voice, an older one: its middle [Hz], and how much its resonances are raised."""


class Voice(Protocol):
    """Speaks."""

    @property
    def name(self) -> str:
        """Of its kind, for people and for what is kept."""

    @property
    def version(self) -> str:
        """What has to be the same for a phrase to sound the same.

        Raises:
            RoboticsError: What the voice needs is missing; the text names the cure.
        """

    def say(self, text: str, duration: float | None = None) -> Sound:
        """Return ``text`` spoken, and the lips' movement.

        Args:
            text: Chinese or English, with or without tags.
            duration: How long the sound is to be [s]; None for ``speech.duration``, the length that
                everybody else counts with.

        Raises:
            RoboticsError: What the voice needs is missing; the text names the cure.
        """


def voice_named(name: str = "child", folder: Path | None = None) -> Voice:
    """Return a voice that keeps what it said.

    Args:
        name: See ``VOICES``.
        folder: Where phrases are kept; None to keep nothing.

    Raises:
        UnknownName: There is no such voice.
        FileError: Its model is missing.
    """
    kind, _, model = name.partition(":")
    voice: Voice
    if kind == "child" and not model:
        voice = child(folder)
    elif kind == "calm" and not model:
        voice = replace(child(folder), name="calm", middle=CALM[0], warp=CALM[1])
    elif kind == "piper" and model:
        voice = PiperVoice(Path(model))
    elif kind == "sherpa" and model:
        voice = SherpaVoice(Path(model))
    else:
        raise UnknownName("voice", name, list(VOICES))
    return voice if folder is None else CachedVoice(voice, folder)


def child(folder: Path | None = None) -> ChildVoice:
    """Return the embedded voice, its syllables kept in ``folder``."""
    espeak = Espeak()
    units = Units(espeak) if folder is None else Units(espeak, UnitCache(folder, espeak.version))
    return ChildVoice(units, espeak)
