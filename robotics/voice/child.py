"""The embedded voice: a child's, made of espeak-ng's syllables and WORLD, offline, no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from robotics.core.arrays import Array
from robotics.voice import mouth, tones
from robotics.voice.espeak import ENGLISH, Espeak
from robotics.voice.reading.syllables import Syllable
from robotics.voice.sound import RATE, Lips, Sound
from robotics.voice.timing import Line, Piece, lay
from robotics.voice.units import Units, closure
from robotics.voice.vocoder import Frames, analyse, shortened_throat, synthesise
from robotics.voice.weave import Place, Weave

VERSION: Final = "3"
"""Changes with the way in which the voice sounds."""
WARP: Final = 1.22
"""How much higher the resonances are than espeak-ng's man's: an apparent vocal tract of about
11 cm instead of 17 (measured in the prototype), that of a child of six."""
MIDDLE: Final = 300.0
"""Of the voice [Hz]; children of six speak at 250 to 300 Hz (Baken and Orlikoff, "Clinical
Measurement of Speech and Voice", 2nd ed. 2000)."""
LIVELY: Final = 1.3
"""Exponent on espeak-ng's English melody: children's range is wider (own choice)."""
CONSONANT: Final = 0.72
"""Length of a spoken consonant, relative to espeak-ng's slow one."""
MOST: Final = 0.42
"""Part of a syllable that its consonant takes at most."""
SPEED: Final = 150
"""Of the English raw material [words/min]."""
LOUDNESS: Final = 0.12
"""Root mean square of what is said, of full scale."""
BREATH: Final = 12.0
"""Longest stretch that is made at once [s]: what it needs grows with its length, 100 MB here."""
QUIET: Final = -0.7
"""A neutral syllable's power, logarithm."""


@dataclass(slots=True)
class ChildVoice:
    """Speaks Chinese and English; satisfies ``robotics.voice.plugin.Voice``."""

    units: Units = field(default_factory=Units)
    espeak: Espeak = field(default_factory=Espeak)
    name: str = "child"
    middle: float = MIDDLE
    """Of the voice [Hz]."""
    warp: float = WARP
    """How much higher the resonances are than espeak-ng's."""

    @property
    def version(self) -> str:
        """What has to be the same for a phrase to sound the same."""
        return f"{VERSION} {self.middle:g} {self.warp:g} espeak-ng {self.espeak.version()}"

    def say(self, text: str, duration: float | None = None) -> Sound:
        """Return ``text`` spoken; see ``plugin.Voice``."""
        line = lay(text, duration)
        room = np.zeros(round(line.duration * RATE))
        row: list[tuple[Syllable, float, float, float]] = []
        for start, end, part in breaths(line):
            placed = self._placed(part)
            first = round(start * RATE)
            samples = self._breath(part, placed, end - start)
            room[first : first + len(samples)] = samples[: len(room) - first]
            row += [
                (piece.syllable, start + at.start, start + at.vowel, start + at.end)
                for piece, at in placed
                if piece.syllable is not None
            ]
        samples = at_level(room)
        return Sound(samples, _lips(row, line, samples))

    def _breath(self, line: Line, placed: list[tuple[Piece, Place]], length: float) -> Array:
        weave = Weave(length)
        for piece, place in placed:
            if piece.syllable is not None:
                weave.put(self.units.unit(piece.syllable.sound), place)
        count = len(weave.voiced)
        pitch = tones.melody([_tone(*one) for one in placed], count)
        hertz = self.middle * 2.0 ** (pitch / 12.0)
        for piece in line.pieces:
            if piece.words:
                self._put_words(weave, hertz, piece)
        frames = Frames(
            np.where(weave.voiced, hertz, 0.0),
            shortened_throat(weave.spectrum, self.warp),
            weave.breath,
        )
        return cut(synthesise(frames), length)

    def _placed(self, line: Line) -> list[tuple[Piece, Place]]:
        found = []
        for piece in line.pieces:
            if piece.syllable is None:
                continue
            unit = self.units.unit(piece.syllable.sound)
            length = piece.end - piece.start
            shut = CONSONANT * closure(piece.syllable.sound) if piece.start > 0.0 else 0.0
            consonant = min(CONSONANT * (unit.vowel - unit.start), MOST * length - shut)
            gain = QUIET if piece.syllable.tone == 5 else 0.0
            release = 0.06 if piece.last else 0.015
            start = piece.start + shut
            vowel = start + consonant
            found.append((piece, Place(start, vowel, piece.end, gain, release)))
        return found

    def _put_words(self, weave: Weave, hertz: Array, piece: Piece) -> None:
        """Write a run of English, and its melody into ``hertz``."""
        mark = piece.mark[:1] if piece.mark[:1] in "?!." else "."
        said = self.espeak.say(piece.words + mark, voice=ENGLISH, speed=SPEED)
        frames = analyse(_trimmed(said))
        rows = weave.put_frames(frames, piece.start, piece.end - piece.start)
        spoken = frames.pitch > 0.0
        if not spoken.any():
            return
        curve = np.interp(np.arange(len(frames)), np.nonzero(spoken)[0], frames.pitch[spoken])
        middle = float(np.median(frames.pitch[spoken]))
        high = self.middle * (curve / middle) ** LIVELY
        place = np.linspace(0.0, len(frames) - 1.0, rows.stop - rows.start)
        hertz[rows] = np.interp(place, np.arange(len(frames)), high)


def breaths(line: Line, most: float = BREATH) -> Iterator[tuple[float, float, Line]]:
    """Yield (start [s], end [s], part) of a line, cut at pauses, so that no part is long.

    Pieces of a part count their time from its start.
    """
    begin, kept = 0.0, list[Piece]()
    for place, piece in enumerate(line.pieces):
        kept.append(piece)
        after = line.pieces[place + 1] if place + 1 < len(line.pieces) else None
        if after is None or (piece.last and after.end - begin > most):
            end = line.duration if after is None else after.start
            moved = [replace(one, start=one.start - begin, end=one.end - begin) for one in kept]
            yield begin, end, Line(tuple(moved), end - begin)
            begin, kept = end, []


def cut(samples: Array, duration: float) -> Array:
    """Return exactly ``duration`` [s] of sound, its last milliseconds faded."""
    count = round(duration * RATE)
    whole = np.zeros(count)
    whole[: min(count, len(samples))] = samples[:count]
    edge = min(count, int(0.01 * RATE))
    whole[count - edge :] *= np.linspace(1.0, 0.0, edge)
    return whole


def at_level(samples: Array, level: float = LOUDNESS) -> Array:
    """Return a sound at ``level`` (root mean square of its louder parts), peaks rounded off."""
    loud = samples[np.abs(samples) > 0.05 * max(float(np.max(np.abs(samples), initial=0.0)), 1e-9)]
    power = float(np.sqrt(np.mean(loud**2))) if len(loud) else 0.0
    scaled: Array = samples * (level / power) if power > 0.0 else samples
    return np.tanh(scaled)


def _tone(piece: Piece, place: Place) -> tones.Tone:
    tone = piece.syllable.tone if piece.syllable else 5
    return tones.Tone(
        tone, place.start, place.vowel, place.end, piece.last, question="?" in piece.mark
    )


def _trimmed(samples: Array) -> Array:
    loud = np.nonzero(np.abs(samples) > 0.02 * max(float(np.max(np.abs(samples))), 1e-9))[0]
    return samples[max(0, loud[0] - 100) : loud[-1] + 400] if len(loud) else samples[: RATE // 10]


def _lips(row: list[tuple[Syllable, float, float, float]], line: Line, samples: Array) -> Lips:
    if any(piece.words for piece in line.pieces):
        return mouth.of_loudness(samples)
    return mouth.of_syllables(row)
