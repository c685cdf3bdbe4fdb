"""A loudspeaker of this computer, where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from robotics.core.arrays import Array
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


def record(rate: int, block: float = 0.1) -> Iterator[Array]:
    """Yield what the microphone hears, ``block`` [s] at a time, shape (n,), -1 to 1.

    Raises:
        MissingDependency: sounddevice is not installed.
        BackendError: There is no microphone, or no PortAudio.
    """
    device = _device()
    try:
        with device.InputStream(samplerate=rate, channels=1, dtype="float32") as stream:
            while True:
                data, _ = stream.read(round(block * rate))
                yield np.asarray(data[:, 0], dtype=np.float64)
    except device.PortAudioError as error:
        raise BackendError(f"there is no microphone here ({error}); use --hear console") from error


def check_output() -> None:
    """Say at once if nothing can be played.

    Raises:
        MissingDependency: sounddevice is not installed.
        BackendError: There is no loudspeaker, or no PortAudio.
    """
    device = _device()
    try:
        device.check_output_settings()
    except (device.PortAudioError, ValueError) as error:
        raise BackendError(f"there is no loudspeaker here ({error}); {CURE}") from error


@contextmanager
def stream_out(rate: int) -> Iterator[Callable[[Array], None]]:
    """Open the loudspeaker; yield what plays a block, shape (n,), and waits for the next.

    Raises:
        MissingDependency: sounddevice is not installed.
        BackendError: There is no loudspeaker, or no PortAudio.
    """
    device = _device()
    try:
        with device.OutputStream(samplerate=rate, channels=1, dtype="float32") as stream:
            yield lambda block: stream.write(block.astype(np.float32).reshape(-1, 1))
    except device.PortAudioError as error:
        raise BackendError(f"there is no loudspeaker here ({error}); {CURE}") from error
