"""What the commands for sound do: say a text, sing a song, propose beats."""

from __future__ import annotations

from pathlib import Path

from robotics.core.errors import OptionError
from robotics.voice.cache import default_folder
from robotics.voice.plugin import voice_named
from robotics.voice.sound import Sound, write_wav


def say(text: str, voice: str) -> Sound:
    """Return ``text`` spoken by ``voice``.

    Raises:
        RoboticsError: The voice or what it needs is missing.
    """
    if not text.strip():
        raise OptionError("there is nothing to say; give a text in quotes")
    return voice_named(voice, default_folder()).say(text)


def deliver(sound: Sound, out: Path | None) -> str:
    """Write a sound, or play it where ``out`` is None; return a line about it.

    Raises:
        OptionError: The file cannot be written.
        RoboticsError: There is no loudspeaker.
    """
    if out is None:
        from robotics.voice.device import play

        play(sound)
        return f"played {sound.duration:.1f} s"
    try:
        write_wav(out, sound)
    except OSError as error:
        raise OptionError(f"{out}: {error.strerror}; give --out a file you can write") from error
    return f"{sound.duration:.1f} s of sound in {out}"
