"""Syllables in time on one grid of frames: consonants kept, vowels stretched, joints blended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.voice.units import Unit
from robotics.voice.vocoder import BINS, FRAME, Frames

SILENT = -36.0
"""Logarithm of the power of silence."""
HEAD, TAIL = 0.07, 0.09
"""Of a vowel that keep their pace where there is room: into it, and out of it [s]."""
BLEND = 0.03
"""Over this time a syllable becomes the next one [s]."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a syllable goes."""

    start: float
    """Of the consonant [s]."""
    vowel: float
    """[s]."""
    end: float
    """[s]."""
    gain: float = 0.0
    """Added to the logarithm of the power."""
    release: float = 0.02
    """Time in which it fades out [s]."""


class Weave:
    """A grid of frames that syllables are written into, in the order of time.

    Attributes:
        spectrum: Logarithm of the power, shape (n, BINS).
        breath: Shape (n, BINS).
        voiced: Shape (n,).
    """

    def __init__(self, duration: float) -> None:
        count = int(np.ceil(duration / FRAME)) + 2
        self.spectrum = np.full((count, BINS), SILENT)
        self.breath = np.ones((count, BINS))
        self.voiced = np.zeros(count, dtype=np.bool_)
        self._written = np.zeros(count, dtype=np.bool_)

    def put(self, unit: Unit, place: Place) -> None:
        """Write a syllable; where it begins inside the one before, that one turns into it."""
        first = max(0, int(np.ceil(place.start / FRAME - 1e-9)))
        last = min(len(self.voiced), int(np.ceil(place.end / FRAME - 1e-9)))
        times = np.arange(first, last, dtype=np.float64) * FRAME
        if not len(times):
            return
        source = stretched(unit, place, times)
        spectrum, breath, voiced = sampled(unit, source)
        spectrum = spectrum + place.gain + fade_out(place.end - times, place.release)[:, None]
        old = self._written[first:last]
        share = np.where(old, np.clip((times - place.start) / BLEND, 0.0, 1.0), 1.0)[:, None]
        rows = slice(first, last)
        self.spectrum[rows] = (1.0 - share) * self.spectrum[rows] + share * spectrum
        self.breath[rows] = (1.0 - share) * self.breath[rows] + share * breath
        self.voiced[rows] = voiced
        self._written[rows] = True

    def put_frames(self, frames: Frames, start: float, duration: float) -> slice:
        """Write frames, stretched to ``duration`` [s]; return the rows that they came to."""
        first = int(np.ceil(start / FRAME - 1e-9))
        last = min(len(self.voiced), int(np.ceil((start + duration) / FRAME)))
        share = (np.arange(first, last) * FRAME - start) / max(duration, FRAME)
        place = np.clip(share * (len(frames) - 1), 0.0, len(frames) - 1.0)
        low = place.astype(np.intp)
        high, part = np.minimum(low + 1, len(frames) - 1), (place - low)[:, None]
        rows = slice(first, last)
        self.spectrum[rows] = (1 - part) * frames.spectrum[low] + part * frames.spectrum[high]
        self.breath[rows] = (1 - part) * frames.breath[low] + part * frames.breath[high]
        self.voiced[rows] = frames.pitch[np.rint(place).astype(np.intp)] > 0.0
        self._written[rows] = True
        return rows

    def times(self) -> Array:
        """Return the time of each frame, shape (n,) [s]."""
        found: Array = np.arange(len(self.voiced), dtype=np.float64) * FRAME
        return found


def stretched(unit: Unit, place: Place, times: Array) -> Array:
    """Return which instant of the unit sounds at ``times``, shape (n,) [s].

    The vowel's beginning falls on ``place.vowel`` exactly; its middle takes what is too long or too
    short.
    """
    consonant = max(place.vowel - place.start, 1e-6)
    vowel, length = unit.end - unit.vowel, max(place.end - place.vowel, 1e-6)
    share = min(1.0, 0.8 * length / (HEAD + TAIL), 0.8 * vowel / (HEAD + TAIL))
    head, tail = share * HEAD, share * TAIL
    knots = [place.start, place.vowel, place.vowel + head, place.end - tail, place.end]
    marks = [unit.start, unit.vowel, unit.vowel + head, unit.end - tail, unit.end]
    if unit.vowel <= unit.start:  # a glide: there is no consonant
        knots, marks = knots[1:], marks[1:]
    elif consonant < 1e-5:
        knots[0] -= 1e-5
    return np.interp(times, knots, marks)


def sampled(unit: Unit, source: Array) -> tuple[Array, Array, BoolArray]:
    """Return spectra, breath (n, BINS) and voicing (n,) of a unit at instants ``source`` [s].

    No instant before the vowel borrows from a frame after it, and the other way round: the onset
    stays sharp.
    """
    frames, count = unit.frames, len(unit.frames)
    place = np.clip(source / FRAME, 0.0, count - 1.0)
    low = place.astype(np.intp)
    high, share = np.minimum(low + 1, count - 1), place - low
    voice = source >= unit.voiced - 1e-9
    low = np.where(voice & (low * FRAME < unit.voiced), high, low)
    high = np.where(~voice & (high * FRAME >= unit.voiced), low, high)
    part = share[:, None]
    spectrum = (1.0 - part) * frames.spectrum[low] + part * frames.spectrum[high]
    breath = (1.0 - part) * frames.breath[low] + part * frames.breath[high]
    return spectrum, breath, voice & (source <= unit.end + 1e-9)


def fade_out(left: Array, release: float) -> Array:
    """Return what is added to the logarithm of the power, ``left`` [s] before the end."""
    share = np.clip(left / max(release, 1e-6), 0.0, 1.0)
    return np.asarray(2.0 * np.log(np.maximum(share, 1e-3)), dtype=np.float64)
