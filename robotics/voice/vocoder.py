"""WORLD: sound to pitch, spectrum and breath, and back (Morise, Yokomori and Ozawa 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import MissingDependency
from robotics.voice.sound import RATE

FRAME = 0.005
"""Between two frames [s]."""
BINS = 513
"""Of a spectrum: 1024 points at 22,050 Hz, enough for 71 Hz and more."""
FLOOR, CEILING = 60.0, 500.0
"""Of the pitch looked for in speech [Hz]."""


@dataclass(frozen=True, slots=True)
class Frames:
    """What WORLD makes of a sound: n frames, one every ``FRAME``."""

    pitch: Array
    """[Hz], shape (n,); 0 where there is no voice."""
    spectrum: Array
    """Natural logarithm of the power spectrum, shape (n, BINS)."""
    breath: Array
    """Share of noise in each bin, 0 to 1, shape (n, BINS)."""

    def __len__(self) -> int:
        return len(self.pitch)


def analyse(samples: Array) -> Frames:
    """Return the frames of a sound at ``RATE``.

    Raises:
        MissingDependency: pyworld is not installed.
    """
    world = _world()
    samples = np.ascontiguousarray(samples, dtype=np.float64)
    pitch, times = world.harvest(
        samples, RATE, f0_floor=FLOOR, f0_ceil=CEILING, frame_period=1e3 * FRAME
    )
    size = 2 * (BINS - 1)
    spectrum = world.cheaptrick(samples, pitch, times, RATE, fft_size=size)
    breath = world.d4c(samples, pitch, times, RATE, fft_size=size)
    return Frames(pitch, np.log(np.maximum(spectrum, 1e-16)), breath)


def synthesise(frames: Frames) -> Array:
    """Return the sound of frames, shape (about 110 n,), at ``RATE``.

    Raises:
        MissingDependency: pyworld is not installed.
    """
    made = _world().synthesize(
        np.ascontiguousarray(frames.pitch),
        np.ascontiguousarray(np.exp(frames.spectrum)),
        np.ascontiguousarray(np.clip(frames.breath, 0.0, 1.0)),
        RATE,
        1e3 * FRAME,
    )
    return np.asarray(made, dtype=np.float64)


def shortened_throat(spectrum: Array, warp: float) -> Array:
    """Return spectra whose resonances lie ``warp`` times higher: a shorter vocal tract.

    Args:
        spectrum: Logarithms, shape (n, BINS).
        warp: More than 1 for a child.
    """
    count = spectrum.shape[1]
    place = np.clip(np.arange(count) / warp, 0.0, count - 1.0)
    low = place.astype(np.intp)
    high, share = np.minimum(low + 1, count - 1), place - low
    warped: Array = spectrum[:, low] * (1.0 - share) + spectrum[:, high] * share
    return warped


def _world() -> Any:
    try:
        import pyworld
    except ModuleNotFoundError as error:
        raise MissingDependency("pyworld", "the embedded voice", "voice") from error
    return pyworld
