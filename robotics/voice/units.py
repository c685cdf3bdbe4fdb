"""One Mandarin syllable as raw material: what espeak-ng says, taken apart, its vowel found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.voice.espeak import PINYIN, Espeak
from robotics.voice.sound import RATE
from robotics.voice.vocoder import FRAME, Frames, analyse

SPEED = 130
"""Of espeak-ng: slow enough for long, steady vowels [words/min]."""
VOICED = ("m", "n", "l", "r", "y", "w", "a", "e", "o")
"""Beginnings of syllables that are voiced from the start."""
GLIDES = ("y", "w", "a", "e", "o")
"""Beginnings that belong to the vowel."""
STOPS = ("b", "p", "d", "t", "g", "k", "j", "q", "zh", "ch", "z", "c")
"""Beginnings of syllables before which the mouth is shut for a moment."""
CLOSURE = 0.04
"""How long [s]; espeak-ng leaves it to the syllable before."""
SOUNDING = 0.03
"""Louder than this part of its greatest loudness a syllable sounds."""
ALIKE = 0.7
"""Two periods of voice that follow each other correlate by more."""
STEADY = 6
"""So many steps of ``STEP`` in a row."""
STEP = 0.002
"""[s]."""
SMEAR = 0.02
"""So far a vowel shows in the spectra before it [s]: its three periods of 10 ms, and a frame."""
BREADTH = 31
"""Bins over which the noise of a consonant is smoothed: 670 Hz."""
LEVEL = -6.5
"""Logarithm of the mean power spectrum that every vowel is brought to."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A syllable."""

    frames: Frames
    start: float
    """When the consonant begins [s]."""
    vowel: float
    """When the vowel begins: the syllable's beat [s]."""
    end: float
    """[s]."""
    voiced: float
    """When the voice begins [s]."""


def closure(pinyin: str) -> float:
    """Return for how long the mouth is shut before a syllable [s]."""
    return CLOSURE if pinyin.startswith(STOPS) else 0.0


@dataclass(slots=True)
class Units:
    """Syllables, made when they are first needed."""

    espeak: Espeak = field(default_factory=Espeak)
    kept: Callable[[str, Callable[[], Unit]], Unit] = lambda name, make: make()
    """Looks a unit up, or makes and keeps it."""
    _known: dict[str, Unit] = field(default_factory=dict)

    def unit(self, sound: str) -> Unit:
        """Return the syllable ``sound`` (Pinyin without tone, ``v`` for ü).

        Raises:
            MissingProgram: espeak-ng is not installed.
            MissingDependency: pyworld is not installed.
        """
        sound = {"n": "en", "ng": "en", "m": "en", "hm": "en", "hng": "heng"}.get(sound, sound)
        if sound not in self._known:
            self._known[sound] = self.kept(sound, lambda: self._made(sound))
        return self._known[sound]

    def _made(self, sound: str) -> Unit:
        # the first tone: level, never creaky; pitch and length are ours in any case
        samples = self.espeak.say(f"{sound}1", voice=PINYIN, speed=SPEED)
        return take_apart(sound, samples)


def take_apart(sound: str, samples: Array) -> Unit:
    """Return what a recording of one syllable is made of.

    Args:
        sound: Pinyin without tone.
        samples: Shape (n,), at ``RATE``.
    """
    frames = analyse(samples)
    loud = np.nonzero(_envelope(samples) > SOUNDING)[0]
    start, end = float(loud[0]) / RATE, float(loud[-1]) / RATE
    voice = start if sound.startswith(VOICED) else voice_onset(samples, frames.pitch, start)
    vowel = voice
    if sound.startswith(VOICED) and not sound.startswith(GLIDES):
        vowel = opening(samples, start)
    return Unit(_levelled(_healed(frames, start, voice, end), vowel, end), start, vowel, end, voice)


def voice_onset(samples: Array, pitch: Array, start: float) -> float:
    """Return when the voice sets in [s]: from where on one period is like the next.

    Args:
        samples: Shape (n,), at ``RATE``.
        pitch: Of its frames [Hz].
        start: Not before this [s].
    """
    from scipy.signal import butter, sosfiltfilt

    period = round(RATE / float(np.median(pitch[pitch > 0.0]))) if pitch.any() else RATE // 100
    low = sosfiltfilt(butter(4, [60.0, 1000.0], "band", fs=RATE, output="sos"), samples)
    floor = 1e-3 * period * float(np.max(np.abs(low))) ** 2
    row = 0
    for place in range(int(start * RATE), len(low) - 2 * period, round(STEP * RATE)):
        first, second = low[place : place + period], low[place + period : place + 2 * period]
        norm = float(np.sqrt((first @ first) * (second @ second))) + floor
        row = row + 1 if float(first @ second) > ALIKE * norm else 0
        if row == STEADY:
            return (place - (STEADY - 1) * round(STEP * RATE)) / RATE
    return start


def opening(samples: Array, start: float) -> float:
    """Return when a nasal or liquid opens into the vowel [s].

    It is where the loudness between 500 and 3,500 Hz rises most steeply.
    """
    from scipy.signal import butter, sosfiltfilt

    band = sosfiltfilt(butter(4, [500.0, 3500.0], "band", fs=RATE, output="sos"), samples)
    loudness = np.log(_smooth(band**2, 331) + 1e-8)
    low, high = int((start + 0.03) * RATE), int((start + 0.14) * RATE)
    return (low + int(np.argmax(np.gradient(loudness)[low:high]))) / RATE


def _healed(frames: Frames, start: float, voice: float, end: float) -> Frames:
    """Return frames that are voiced from ``voice`` to ``end`` and nowhere else."""
    times = np.arange(len(frames)) * FRAME
    inside = (times >= voice) & (times <= end)
    spoken = np.nonzero(inside & (frames.pitch > 0.0))[0]
    if not len(spoken):
        return frames
    near = spoken[np.argmin(np.abs(spoken[None, :] - np.arange(len(frames))[:, None]), axis=1)]
    creak = inside & (frames.pitch <= 0.0)
    spectrum, breath = frames.spectrum.copy(), frames.breath.copy()
    spectrum[creak] = 0.5 * (spectrum[creak] + frames.spectrum[near[creak]])
    breath[creak] = frames.breath[near[creak]]
    _sharpen(spectrum, round(voice / FRAME), sides=(voice > start, True))
    if voice > start:
        spectrum[times < voice] = _broadened(spectrum[times < voice])
    pitch = np.where(inside, frames.pitch[near], 0.0)
    return Frames(pitch, spectrum, breath)


def _broadened(spectrum: Array) -> Array:
    """Return spectra of noise without sharp peaks: a narrow band of noise sounds like a pitch.

    Args:
        spectrum: Logarithms, shape (n, BINS).
    """
    from scipy.ndimage import uniform_filter1d

    smooth: Array = uniform_filter1d(spectrum, BREADTH, axis=1, mode="nearest")
    return smooth


def _sharpen(spectrum: Array, onset: int, *, sides: tuple[bool, bool]) -> None:
    """Undo the smear of the analysis around the voice's onset: its window is three periods long.

    Args:
        spectrum: Shape (n, BINS); changed.
        onset: First frame with voice.
        sides: Whether frames before and after it are to be mended.
    """
    reach = round(SMEAR / FRAME)
    first, last = max(0, onset - reach), min(len(spectrum) - 1, onset + reach // 2)
    if sides[0]:
        spectrum[first:onset] = spectrum[first]
    if sides[1]:
        spectrum[onset:last] = spectrum[last]


def _levelled(frames: Frames, vowel: float, end: float) -> Frames:
    """Return frames of which every vowel is equally loud; precise to a half float."""
    times = np.arange(len(frames)) * FRAME
    core = (times >= vowel + 0.02) & (times <= max(end - 0.04, vowel + 0.03))
    power = float(np.log(np.exp(frames.spectrum[core]).mean())) if core.any() else LEVEL
    spectrum = frames.spectrum - power + LEVEL

    def half(values: Array) -> Array:
        return values.astype(np.float16).astype(np.float64)  # what the cache keeps

    return Frames(half(frames.pitch), half(spectrum), half(frames.breath))


def _envelope(samples: Array) -> Array:
    loudness = np.sqrt(_smooth(samples**2, 221))
    return loudness / max(float(loudness.max()), 1e-12)


def _smooth(values: Array, width: int) -> Array:
    window = np.hanning(width)
    return np.maximum(np.convolve(values, window / window.sum(), "same"), 0.0)
