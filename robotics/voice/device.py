"""A loudspeaker of this computer, where there is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from robotics.core.errors import BackendError, MissingDependency
from robotics.voice.sound import Sound

CURE = "write a file instead: --out said.wav"


def play(sound: Sound) -> None:
    """Play a sound to its end.

    Raises:
        MissingDependency: sounddevice is not installed.
        BackendError: There is no loudspeaker, or no PortAudio.
    """
    device = _device()
    try:
        device.play(sound.samples.astype(np.float32), sound.rate, blocking=True)
    except device.PortAudioError as error:
        raise BackendError(f"there is no loudspeaker here ({error}); {CURE}") from error


def _device() -> Any:
    try:
        import sounddevice
    except ModuleNotFoundError as error:
        raise MissingDependency("sounddevice", "playing sound", "speaker") from error
    except OSError as error:  # the library under it
        cure = f"run: sudo apt install libportaudio2, or {CURE}"
        raise BackendError(f"playing sound: {error}; {cure}") from error
    return sounddevice
