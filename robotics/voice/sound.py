"""A piece of sound, and the movement of a mouth that says it; WAV files."""

from __future__ import annotations

import io
import wave
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import FileError

RATE = 22050
"""Of all sound that is made here [1/s]."""
_FULL = 32767


@dataclass(frozen=True, slots=True)
class Lips:
    """How wide a mouth (or how bright a face) is, from the sounds that are said."""

    times: tuple[float, ...] = ()
    """Growing [s]."""
    openings: tuple[float, ...] = ()
    """At these times, 0 (shut) to 1; straight lines between."""

    def opening(self, time: float) -> float:
        """Return how wide it is at ``time`` [s]; shut before and after."""
        if not self.times or not self.times[0] <= time <= self.times[-1]:
            return 0.0
        after = min(bisect_right(self.times, time), len(self.times) - 1)
        start, end = self.times[after - 1], self.times[after]
        share = (time - start) / (end - start) if end > start else 1.0
        return (1.0 - share) * self.openings[after - 1] + share * self.openings[after]


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples from the instant on at which it starts."""

    samples: Array
    """One channel, shape (n,), -1 to 1."""
    lips: Lips = field(default_factory=Lips)
    rate: int = RATE
    """[1/s]."""

    @property
    def duration(self) -> float:
        """[s]."""
        return len(self.samples) / self.rate


def write_wav(path: Path, sound: Sound) -> None:
    """Write 16-bit mono; what is louder than full scale is clipped."""
    path.write_bytes(to_wav(sound))


def to_wav(sound: Sound) -> bytes:
    """Return a sound as a WAV file, 16-bit mono."""
    whole = np.clip(np.rint(np.nan_to_num(sound.samples) * _FULL), -_FULL, _FULL)
    kept = io.BytesIO()
    with wave.open(kept, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes(whole.astype("<i2").tobytes())
    return kept.getvalue()


def read_wav(source: Path | bytes, *, name: str = "") -> Sound:
    """Return a WAV file of 16 bits, its channels mixed into one.

    Args:
        source: A file, or what is in one.
        name: What to call it in an error.

    Raises:
        FileError: It is missing or no such file.
    """
    called = name or (str(source) if isinstance(source, Path) else "sound")
    cure = "give a WAV file with 16 bits: ffmpeg -i FILE -ac 1 -c:a pcm_s16le NEW.wav"
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise FileError(called, "", error.strerror or str(error), cure) from error
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
            content = file.readframes(max(0, (len(data) - 44) // max(1, channels * width)))
    except (wave.Error, EOFError) as error:
        raise FileError(called, "", f"it is no WAV file ({error})", cure) from error
    if width != 2:
        raise FileError(called, "", f"it has {8 * width} bits a sample", cure)
    content = content[: len(content) // (2 * channels) * 2 * channels]
    both = np.frombuffer(content, "<i2").reshape(-1, channels) / _FULL
    return Sound(np.ascontiguousarray(both.mean(axis=1)), rate=rate)


def resampled(samples: Array, rate: int, wanted: int = RATE) -> Array:
    """Return samples at another rate, band-limited."""
    if rate == wanted:
        return samples
    from math import gcd

    from scipy.signal import resample_poly

    common = gcd(rate, wanted)
    changed: Any = resample_poly(samples, wanted // common, rate // common)
    return np.asarray(changed, dtype=np.float64)
