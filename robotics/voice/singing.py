"""The embedded voice sings: vowels on the beat, the score's pitch, glides and vibrato."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from robotics.core.arrays import Array
from robotics.voice import mouth
from robotics.voice.child import WARP, at_level, cut
from robotics.voice.reading.syllables import Syllable
from robotics.voice.score import Song, hertz
from robotics.voice.sound import Lips, Sound
from robotics.voice.units import GLIDES, Unit, Units, closure
from robotics.voice.vocoder import FRAME, Frames, shortened_throat, synthesise
from robotics.voice.weave import Place, Weave

CONSONANT: Final = 0.14
"""Longest consonant before a beat [s]."""
SHARE: Final = 0.35
"""Of the note before, that a consonant may take at most."""
GAP: Final = 0.03
"""Between a syllable and the next one that begins with a vowel [s]: else 枝桠 is one vowel."""
GLIDE: Final = 0.05
"""From one note to the next, over before the beat [s]."""
VIBRATO: Final = (5.3, 20.0)
"""[1/s], [cents]; children have little (own choice within what adults have: Sundberg, "The Science
of the Singing Voice", 1987: 5 to 7 a second)."""
STEADY: Final = 0.3
"""A note is held so long before the vibrato sets in, and it grows as long [s]."""
LONG: Final = 0.55
"""Shorter notes have none [s]."""
TAIL: Final = 0.3
"""After the last beat [s]."""
LOUDNESS: Final = 0.14
"""Root mean square of the voice, of full scale."""


@dataclass(frozen=True, slots=True)
class Sung:
    """One syllable in time."""

    pinyin: str
    start: float
    """Of its vowel: the beat [s]."""
    end: float
    """Of its last note [s]."""
    segments: tuple[tuple[float, float, float], ...]
    """(start [s], end [s], MIDI number) of its notes."""
    zh: str = ""


def plan(song: Song) -> list[Sung]:
    """Return the syllables of a song in time; notes without one go on with the one before."""
    found: list[Sung] = []
    for note in song.notes:
        start = song.tempo.seconds(note.beat)
        segment = (start, song.tempo.seconds(note.beat + note.beats), note.pitch)
        if note.pinyin or not found:
            found.append(Sung(note.pinyin or "a1", start, segment[1], (segment,), note.zh))
        else:
            last = found[-1]
            merged = (*last.segments, segment)
            found[-1] = Sung(last.pinyin, last.start, segment[1], merged, last.zh)
    return found


def sing(song: Song, units: Units) -> Sound:
    """Return the voice of a song alone, with the lips' movement.

    Raises:
        RoboticsError: What the voice needs is missing; the text names the cure.
    """
    row = plan(song)
    length = song.duration + TAIL
    if not row:
        return Sound(np.zeros(round(length * 22050)))
    weave = Weave(length)
    placed = places(row, [units.unit(one.pinyin[:-1].replace("ü", "v")) for one in row])
    for unit, place in placed:
        weave.put(unit, place)
    pitch = 440.0 * 2.0 ** ((curve(row, len(weave.voiced)) - 69.0) / 12.0)
    frames = Frames(
        np.where(weave.voiced, pitch, 0.0), shortened_throat(weave.spectrum, WARP), weave.breath
    )
    samples = at_level(cut(synthesise(frames), length), LOUDNESS)
    return Sound(samples, _lips(row, placed))


def places(row: Sequence[Sung], units: Sequence[Unit]) -> list[tuple[Unit, Place]]:
    """Return where each syllable goes: its vowel on its beat, its consonant before that."""
    starts = []
    for place, (one, unit) in enumerate(zip(row, units, strict=True)):
        before = row[place - 1] if place else None
        room = CONSONANT if before is None else SHARE * (before.end - before.segments[-1][0])
        gone = before is not None and one.start - before.end > CONSONANT
        consonant = min(unit.vowel - unit.start, CONSONANT, CONSONANT if gone else room)
        starts.append(one.start - consonant)
    found = []
    for place, (one, unit) in enumerate(zip(row, units, strict=True)):
        end, release = one.end, 0.06
        if place + 1 < len(row) and starts[place + 1] <= one.end + 1e-6:
            after = row[place + 1].pinyin
            gap = GAP if after.startswith(GLIDES) else closure(after)
            end = max(starts[place + 1] - gap, one.start + 0.4 * (one.end - one.start))
            release = 0.03 if gap else 0.02
        found.append((unit, Place(starts[place], one.start, end, release=release)))
    return found


def curve(row: Sequence[Sung], count: int) -> Array:
    """Return the pitch of ``count`` frames, shape (count,) [MIDI number].

    Notes that touch are joined by a raised cosine that is over before the beat; on a long note a
    vibrato grows, around the note and not above it.
    """
    times = np.arange(count) * FRAME
    notes = [segment for one in row for segment in one.segments]
    starts = np.array([start for start, _, _ in notes])
    pitches = np.array([pitch for _, _, pitch in notes])
    which = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(notes) - 1)
    found: Array = pitches[which]
    for (_, end, low), (start, _, high) in pairwise(notes):
        share = np.clip((times - (start - GLIDE)) / GLIDE, 0.0, 1.0)
        inside = (times >= start - GLIDE) & (times < start)
        joined = start - end < GLIDE
        found[inside] = (
            (low + (high - low) * (0.5 - 0.5 * np.cos(np.pi * share[inside]))) if (joined) else high
        )
    for start, end, _ in notes:
        if end - start > LONG:
            since = times - start - STEADY
            inside = (since > 0.0) & (times < end - GLIDE)
            depth = VIBRATO[1] / 100.0 * np.clip(since / STEADY, 0.0, 1.0)
            found[inside] += (depth * np.sin(2.0 * np.pi * VIBRATO[0] * since))[inside]
    return found


def _lips(row: Sequence[Sung], placed: Sequence[tuple[Unit, Place]]) -> Lips:
    return mouth.of_syllables(
        (Syllable(one.zh, one.pinyin[:-1], 1), place.start, place.vowel, place.end)
        for one, (_, place) in zip(row, placed, strict=True)
    )


def highest_and_lowest(song: Song) -> tuple[float, float]:
    """Return the range of the voice [Hz]."""
    pitches = [note.pitch for note in song.notes] or [69.0]
    return hertz(min(pitches)), hertz(max(pitches))
