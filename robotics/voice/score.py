"""Songs as people write them: ``behaviours/songs/NAME.yaml``, or a MusicXML score."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from robotics.assets import asset
from robotics.core.config import Schema, fault_at, load
from robotics.core.errors import ConfigError, UnknownName
from robotics.voice.tempo import TempoMap

Instrument = Literal["pluck", "bass", "pad", "flute", "wood", "bell"]
Beat = Annotated[float, Field(ge=0.0, le=2000.0)]
Length = Annotated[float, Field(gt=0.0, le=64.0)]
Bpm = Annotated[float, Field(ge=30.0, le=240.0)]

_PITCH = re.compile(r"([A-G])([#b]?)(-?\d)")
_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SINGABLE = re.compile(r"[a-zü]+[1-5]")


class _Tempo(Schema):
    beat: Beat
    bpm: Bpm


class _Title(Schema):
    zh: str
    en: str


class _Line(Schema):
    """Words to show."""

    beat: Beat
    zh: str
    en: str


class _Note(Schema):
    beat: Beat
    beats: Length
    pitch: str
    zh: str = ""
    pinyin: str = ""
    en: str = ""


class _Chord(Schema):
    beat: Beat
    beats: Length
    pitches: list[str]
    play: Instrument = "pluck"


class _Part(Schema):
    """One instrument, its notes one after the other: ``E4:1 G3+D4:.5 -:2``."""

    play: Instrument
    level: Annotated[float, Field(gt=0.0, le=1.0)] = 0.5
    beat: Beat = 0.0
    times: Annotated[int, Field(ge=1, le=64)] = 1
    notes: str


class SongFile(Schema):
    """A file of ``behaviours/songs``."""

    song: str
    title: _Title
    source: str
    tempo: list[_Tempo] | Bpm
    beats: Annotated[float, Field(gt=0.0, le=2000.0)]
    phrases: list[Beat] = Field(default_factory=list)
    offset: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0
    transpose: Annotated[int, Field(ge=-24, le=24)] = 0
    notes: list[_Note] = Field(default_factory=list)
    score: str = ""
    lines: list[_Line] = Field(default_factory=list)
    accompaniment: list[_Chord] = Field(default_factory=list)
    parts: list[_Part] = Field(default_factory=list)
    audio: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One note of the voice."""

    beat: float
    beats: float
    pitch: float
    """MIDI number; 69 is 440 Hz."""
    pinyin: str = ""
    """The syllable that begins here; "" goes on with the one before."""
    zh: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One note of an instrument."""

    play: Instrument
    beat: float
    beats: float
    pitch: float
    level: float


@dataclass(frozen=True, slots=True)
class Song:
    """A song, ready to be sung and played."""

    name: str
    title: tuple[str, str]
    """zh, en."""
    source: str
    tempo: TempoMap
    beats: float
    phrases: tuple[float, ...] = ()
    """Beats at which a phrase begins."""
    notes: tuple[Note, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    lines: tuple[tuple[float, str, str], ...] = ()
    """(beat, zh, en) to show."""
    audio: Path | None = None
    """Plays instead of the instruments."""

    @property
    def duration(self) -> float:
        """From the start to the last beat [s]."""
        return self.tempo.seconds(self.beats)


def read_song(path: Path) -> Song:
    """Return the song of a file.

    Raises:
        ConfigError: Something in it is wrong, with its line.
    """
    if path.suffix in (".musicxml", ".xml"):
        from robotics.voice.musicxml import read_musicxml

        return read_musicxml(path)
    file = load(path, SongFile)
    if file.song != path.stem:
        raise fault_at(path, ("song",), f"'{file.song}'", f"call it '{path.stem}', as the file")
    written = tuple(_notes(path, file))
    tempo = _tempo(path, file)
    if file.score:
        from robotics.voice.musicxml import read_musicxml

        written = read_musicxml(path.parent / file.score).notes
    audio = path.parent / file.audio if file.audio else None
    if audio is not None and not audio.is_file():
        raise fault_at(
            path, ("audio",), f"'{file.audio}' is not there", f"put it into {path.parent}"
        )
    return Song(
        file.song,
        (file.title.zh, file.title.en),
        file.source,
        tempo,
        file.beats,
        tuple(file.phrases),
        written,
        tuple(_strokes(path, file)),
        tuple((one.beat, one.zh, one.en) for one in file.lines),
        audio,
    )


def song_named(name: str) -> Song:
    """Return a song that comes with the package, or one of a file.

    Raises:
        UnknownName: There is none of that name.
        ConfigError: Its file is wrong.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".musicxml", ".xml"):
        if not path.is_file():
            raise ConfigError(path, "", "there is no such file", "give a song's file or name")
        return read_song(path)
    if name not in song_names():
        raise UnknownName("song", name, song_names())
    return read_song(asset(f"behaviours/songs/{name}.yaml"))


def song_names() -> list[str]:
    """Return the names of the songs that come with the package."""
    return sorted(path.stem for path in asset("behaviours/songs").glob("*.yaml"))


def midi(pitch: str) -> float:
    """Return the MIDI number of a name such as ``F#4`` (C4 is 60).

    Raises:
        ValueError: It is no name of a note.
    """
    found = _PITCH.fullmatch(pitch.strip())
    if found is None:
        raise ValueError(f"'{pitch}' is no note; write for example F#4 (A4 is 440 Hz)")
    raised = {"#": 1, "b": -1, "": 0}[found[2]]
    return 12.0 * (int(found[3]) + 1) + _STEPS[found[1]] + raised


def hertz(pitch: float) -> float:
    """Return the frequency of a MIDI number in equal temperament [Hz]."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def _tempo(path: Path, file: SongFile) -> TempoMap:
    if not isinstance(file.tempo, list):
        return TempoMap((0.0,), (file.tempo,), file.offset)
    if not file.tempo or file.tempo[0].beat != 0.0:
        raise fault_at(path, ("tempo",), "no tempo at beat 0", "begin with {beat: 0, bpm: 90}")
    for place, (one, after) in enumerate(pairwise(file.tempo), start=1):
        if after.beat <= one.beat:
            where = ("tempo", place, "beat")
            raise fault_at(path, where, f"beat {after.beat:g}", f"it must be after {one.beat:g}")
    beats, bpm = zip(*((one.beat, one.bpm) for one in file.tempo), strict=True)
    return TempoMap(tuple(beats), tuple(bpm), file.offset)


def _notes(path: Path, file: SongFile) -> Iterator[Note]:
    end = 0.0
    for place, one in enumerate(file.notes):
        where = ("notes", place)
        if one.beat < end - 1e-9:
            problem = f"it begins at beat {one.beat:g}, the note before ends at {end:g}"
            raise fault_at(path, (*where, "beat"), problem, "a voice sings one note at a time")
        end = one.beat + one.beats
        if end > file.beats + 1e-9:
            raise fault_at(path, where, f"it ends at beat {end:g}", f"the song has {file.beats:g}")
        if one.pinyin and not _SINGABLE.fullmatch(one.pinyin):
            raise fault_at(path, (*where, "pinyin"), f"'{one.pinyin}'", "write it like hao3")
        if one.zh and not one.pinyin:
            raise fault_at(path, where, f"'{one.zh}' has no pinyin", "add it: pinyin: hao3")
        if place == 0 and not one.pinyin:
            raise fault_at(path, where, "the first note has no syllable", "add zh and pinyin")
        pitch = _pitch(path, (*where, "pitch"), one.pitch) + file.transpose
        yield Note(one.beat, one.beats, pitch, one.pinyin, one.zh)


def _strokes(path: Path, file: SongFile) -> Iterator[Stroke]:
    for place, chord in enumerate(file.accompaniment):
        for pitch in chord.pitches:
            number = _pitch(path, ("accompaniment", place, "pitches"), pitch) + file.transpose
            yield Stroke(chord.play, chord.beat, chord.beats, number, 0.5)
    for place, part in enumerate(file.parts):
        where = ("parts", place, "notes")
        beat = part.beat
        for token in part.notes.replace("|", " ").split() * part.times:
            names, colon, length = token.partition(":")
            try:
                beats = float(length)
            except ValueError:
                beats = 0.0
            if not colon or beats <= 0.0:
                raise fault_at(path, where, f"'{token}'", "write PITCH:BEATS, for example F#4:.5")
            for name in names.split("+") if names != "-" else ():
                number = _pitch(path, where, name) + file.transpose
                yield Stroke(part.play, beat, beats, number, part.level)
            beat += beats
        if beat > file.beats + 1e-6:
            raise fault_at(path, where, f"it ends at beat {beat:g}", f"the song has {file.beats:g}")


def _pitch(path: Path, where: tuple[int | str, ...], name: str) -> float:
    try:
        return midi(name)
    except ValueError as error:
        problem, _, cure = str(error).partition("; ")
        raise fault_at(path, where, problem, cure) from error
