"""The beats of a song, from the same file that the voice sings: when each one is, in seconds."""

from __future__ import annotations

import wave
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from robotics.behaviour.compiled import Grid
from robotics.behaviour.format.read import fit, open_sheet
from robotics.behaviour.format.schema import Song, Tempo
from robotics.behaviour.format.sheet import Sheet

TOLERANCE = 0.5
"""So much may an audio file be longer or shorter than its song says [s]: a breath of silence."""


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Beats per minute from beats on, so that every beat has its second."""

    beats: tuple[float, ...]
    """Growing, the first is 0."""
    bpm: tuple[float, ...]
    offset: float = 0.0
    """When beat 0 is [s]."""

    def seconds(self, beat: float) -> float:
        """Return when a beat is [s]; between two beats in proportion."""
        time = self.offset
        ends = (*self.beats[1:], float("inf"))
        for start, end, bpm in zip(self.beats, ends, self.bpm, strict=True):
            time += max(min(beat, end) - start, 0.0) * 60.0 / bpm
        return time

    def beat(self, seconds: float) -> float:
        """Return which beat it is at a time [s]; below 0 before the first."""
        starts = [self.seconds(beat) for beat in self.beats]
        place = max(bisect_right(starts, seconds) - 1, 0)
        return self.beats[place] + (seconds - starts[place]) * self.bpm[place] / 60.0

    def grid(self, beats: float, phrases: tuple[float, ...] = ()) -> Grid:
        """Return the seconds of all whole beats below ``beats``, and of the phrases."""
        count = int(beats) + 1
        whole = tuple(self.seconds(float(beat)) for beat in range(count) if beat <= beats)
        return Grid(whole, tuple(self.seconds(beat) for beat in phrases if beat <= beats))


@dataclass(frozen=True, slots=True)
class SongGrid:
    """What a movement needs to know of a song."""

    name: str
    tempo: TempoMap
    beats: float
    phrases: tuple[float, ...]

    @property
    def duration(self) -> float:
        """[s]."""
        return self.tempo.seconds(self.beats)


def read_song(path: Path) -> tuple[Sheet, SongGrid | None]:
    """Return what is wrong with a song file, and its beats; None if they cannot be told."""
    sheet = open_sheet(path)
    instead = {"song": path.stem, "tempo": 60, "beats": 1.0}
    song = fit(sheet, sheet.marked.data, Song, instead)
    if song is None:
        return sheet, None
    if song.song != path.stem:
        sheet.fault(("song",), "file_name", value=song.song, stem=path.stem)
    tempo = tempo_map(sheet, song.tempo, song.offset)
    for place, (before, after) in enumerate(pairwise(song.phrases), start=1):
        if after <= before:
            sheet.fault(("phrases", place), "order", now=f"{after:g}", before=f"{before:g}")
    grid = SongGrid(song.song, tempo, song.beats, tuple(sorted(song.phrases)))
    if song.audio:
        _check_audio(sheet, path, song.audio, grid.duration)
    if song.score and not (path.parent / song.score).is_file():
        sheet.fault(("score",), "audio_missing", value=song.score, folder=path.parent)
    return sheet, grid


def tempo_map(sheet: Sheet, tempi: list[Tempo], offset: float = 0.0) -> TempoMap:
    """Return the tempi as a map; what is wrong with them is noted, and the rest is used."""
    good: list[Tempo] = []
    for place, one in enumerate(tempi):
        if good and one.beat <= good[-1].beat:
            words = {"now": f"{one.beat:g}", "before": f"{good[-1].beat:g}"}
            sheet.fault(("tempo", place, "beat"), "order", **words)
        elif not good and one.beat != 0.0:
            sheet.fault(("tempo", place, "beat"), "tempo_start", value=f"{one.beat:g}")
            good.append(Tempo(beat=0.0, bpm=one.bpm))
        else:
            good.append(one)
    return TempoMap(tuple(one.beat for one in good), tuple(one.bpm for one in good), offset)


def _check_audio(sheet: Sheet, path: Path, name: str, wanted: float) -> None:
    file = path.parent / name
    if not file.is_file():
        sheet.fault(("audio",), "audio_missing", value=name, folder=path.parent)
        return
    found = length(file)
    if found is None:
        sheet.fault(("audio",), "audio_broken", value=name)
    elif abs(found - wanted) > TOLERANCE:
        words = {"found": f"{found:.1f}", "wanted": f"{wanted:.1f}"}
        sheet.fault(("audio",), "audio_length", **words)


def length(file: Path) -> float | None:
    """Return how long a WAV file lasts [s]; None if it is none."""
    try:
        with wave.open(str(file), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, OSError, ZeroDivisionError):
        return None
