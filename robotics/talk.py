"""What the commands for sound do: say a text, sing a song, propose beats."""

from __future__ import annotations

from pathlib import Path

from robotics.core.errors import OptionError
from robotics.voice.beats import as_song, propose
from robotics.voice.cache import default_folder
from robotics.voice.concert import perform
from robotics.voice.plugin import child, voice_named
from robotics.voice.score import song_named
from robotics.voice.singing import sing
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


def sing_song(name: str, *, alone: bool = False) -> Sound:
    """Return a song with its accompaniment.

    Args:
        name: A song of the package, or a file.
        alone: Leave the instruments out.

    Raises:
        RoboticsError: There is no such song, or what the voice needs is missing.
    """
    song = song_named(name)
    units = child(default_folder()).units
    return sing(song, units) if alone else perform(song, units, default_folder())


def propose_grid(file: Path, title: str) -> str:
    """Return a song file with the beats that are heard in a recording, for its author to correct.

    Raises:
        RoboticsError: The file cannot be read, or librosa is not installed.
    """
    return as_song(propose(file), file, title)
