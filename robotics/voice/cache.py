"""What was said once is kept on disk: whole phrases, and the syllables that they are made of."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from robotics.core.errors import FileError
from robotics.voice.sound import Lips, Sound, read_wav, to_wav
from robotics.voice.units import Unit
from robotics.voice.vocoder import Frames

if TYPE_CHECKING:
    from robotics.voice.plugin import Voice

UNITS_VERSION = "3"
"""Changes with the way in which syllables are taken apart."""
_LENGTH = 24
"""Of a file's name: 96 bits of a hash."""


def default_folder() -> Path:
    """Return where this user's phrases are kept: below ``$XDG_CACHE_HOME``, or ``~/.cache``."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "scenic-robots" / "voice"


def key(*parts: str) -> str:
    """Return the name under which something made of ``parts`` is kept."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]


class CachedVoice:
    """A voice that says nothing twice; satisfies ``plugin.Voice``.

    Its sound has 16 bits whether it was kept or not, so that both are the same bit for bit.
    """

    def __init__(self, voice: Voice, folder: Path) -> None:
        self.voice, self.folder = voice, folder
        self.name = voice.name
        self._version = ""

    @property
    def version(self) -> str:
        """See ``Voice``."""
        self._version = self._version or self.voice.version
        return self._version

    def say(self, text: str, duration: float | None = None) -> Sound:
        """See ``Voice``."""
        length = "" if duration is None else f"{duration:.6f}"
        path = self.folder / f"{key(self.name, self.version, text, length)}.wav"
        known = kept(path)
        if known is not None:
            return known
        made = self.voice.say(text, duration)
        return keep(path, made, text)


class UnitCache:
    """Keeps syllables; to be given to ``Units``."""

    def __init__(self, folder: Path, version: Callable[[], str]) -> None:
        self.folder, self._version = folder, version
        self._known = ""

    def __call__(self, name: str, make: Callable[[], Unit]) -> Unit:
        """Return the unit called ``name``, from the folder or made now."""
        self._known = self._known or self._version()
        path = self.folder / f"{name}-{key(UNITS_VERSION, self._known)}.npz"
        try:
            with np.load(path) as kept:
                pitch, spectrum, breath = (
                    kept[one].astype(np.float64) for one in ("pitch", "spectrum", "breath")
                )
                return Unit(Frames(pitch, spectrum, breath), *kept["marks"].tolist())
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            unit = make()
        frames = unit.frames
        marks = np.array([unit.start, unit.vowel, unit.end, unit.voiced])
        packed = io.BytesIO()
        np.savez(
            packed,
            marks=marks,
            pitch=frames.pitch.astype(np.float16),
            spectrum=frames.spectrum.astype(np.float16),
            breath=frames.breath.astype(np.float16),
        )
        write(path, packed.getvalue())
        return unit


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; a folder that cannot be written keeps nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(path)
    except OSError:
        return


def keep(path: Path, made: Sound, text: str) -> Sound:
    """Write a sound and its lips; return it as it will be read."""
    data = to_wav(made)
    lips = json.dumps({"text": text, "times": made.lips.times, "wide": made.lips.openings})
    write(path.with_suffix(".json"), lips.encode())
    write(path, data)
    return Sound(read_wav(data).samples, _lips(lips), made.rate)


def kept(path: Path) -> Sound | None:
    """Return what ``keep`` wrote; None if it is not there or torn."""
    try:
        sound = read_wav(path.read_bytes())
        lips = _lips(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, FileError, ValueError, KeyError):
        return None  # not kept yet, or torn: it is made again
    return Sound(sound.samples, lips, sound.rate)


def _lips(text: str) -> Lips:
    kept = json.loads(text)
    return Lips(tuple(kept["times"]), tuple(kept["wide"]))
