"""MusicXML (W3C Community Group, version 4): the first part's melody, lyrics, ties and tempo.

Read with the standard library: of the format only what one voice needs is looked at (``divisions``,
``note`` with ``pitch``, ``rest``, ``duration``, ``chord``, ``tie``, ``lyric``, ``sound tempo``,
``time``); repeats have to be written out.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from robotics.core.errors import ConfigError, MissingDependency
from robotics.voice.score import Note, Song
from robotics.voice.tempo import TempoMap

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
USUAL_BPM = 90.0
"""Where the score names no tempo [1/min]."""


@dataclass(slots=True)
class _Reader:
    path: Path
    divisions: float = 1.0
    beat: float = 0.0
    furthest: float = 0.0
    notes: list[Note] = field(default_factory=list)
    tempo: list[tuple[float, float]] = field(default_factory=list)
    tied: bool = False

    def measure(self, measure: ElementTree.Element) -> None:
        for child in measure:
            if child.tag == "attributes":
                self.divisions = _number(child, "divisions", self.divisions)
            elif child.tag in ("backup", "forward"):
                step = _number(child, "duration", 0.0) / self.divisions
                self.beat += step if child.tag == "forward" else -step
            elif child.tag == "note":
                self.note(child)
            for sound in child.iter("sound"):
                if "tempo" in sound.attrib:
                    self.tempo.append((self.beat, float(sound.attrib["tempo"])))

    def note(self, note: ElementTree.Element) -> None:
        if note.find("grace") is not None or note.find("chord") is not None:
            return
        beats = _number(note, "duration", 0.0) / self.divisions
        start, self.beat = self.beat, self.beat + beats
        pitch = note.find("pitch")
        if pitch is None or _number(note, "voice", 1.0) != 1.0 or start < self.furthest - 1e-9:
            return
        self.furthest = self.beat
        number = 12.0 * (_number(pitch, "octave", 4.0) + 1) + _STEPS[_text(pitch, "step")]
        number += _number(pitch, "alter", 0.0)
        ties = {tie.get("type") for tie in note.findall("tie")}
        if self.tied and "stop" in ties and self.notes and self.notes[-1].pitch == number:
            self.notes[-1] = replace(self.notes[-1], beats=self.notes[-1].beats + beats)
        else:
            zh, pinyin = self.syllable(note)
            self.notes.append(Note(start, beats, number, pinyin, zh))
        self.tied = "start" in ties

    def syllable(self, note: ElementTree.Element) -> tuple[str, str]:
        words = [_text(one, "text") for one in note.findall("lyric")]
        if not words or not words[0]:
            return "", ""
        told = next((word for word in words if word[-1:].isdigit() and word[:-1].isalpha()), "")
        if told and told.isascii():
            return words[0], told
        return words[0], _pinyin(self.path, words[0])


def read_musicxml(path: Path) -> Song:
    """Return the song of a ``.musicxml`` or ``.mxl`` file.

    Lyrics are characters or Pinyin (``hao3``); a second verse of Pinyin tells the readings.

    Raises:
        ConfigError: It cannot be read as a score.
    """
    cure = "export uncompressed MusicXML (.musicxml), one part for the voice"
    try:
        root = ElementTree.fromstring(_text_of(path))
        part = root.find("part")
        if part is None:
            raise ConfigError(path, "", "it has no part", cure)
        reader = _Reader(path)
        for measure in part.findall("measure"):
            reader.measure(measure)
    except OSError as error:
        raise ConfigError(path, "", error.strerror or str(error), cure) from error
    except (ElementTree.ParseError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ConfigError(path, "", f"it is no MusicXML score: {error}", cure) from error
    if not reader.notes:
        raise ConfigError(path, "", "its first part has no notes", cure)
    title = root.findtext("work/work-title") or root.findtext("movement-title") or path.stem
    tempo = reader.tempo or [(0.0, USUAL_BPM)]
    tempo = tempo if tempo[0][0] == 0.0 else [(0.0, tempo[0][1]), *tempo]
    beats, bpm = zip(*dict(tempo).items(), strict=True)
    source = root.findtext("identification/rights") or ""
    return Song(
        path.stem,
        (title, title),
        source,
        TempoMap(tuple(beats), tuple(bpm)),
        reader.beat,
        notes=tuple(reader.notes),
    )


def _text_of(path: Path) -> bytes:
    if path.suffix != ".mxl":
        return path.read_bytes()
    with zipfile.ZipFile(path) as packed:
        names = [name for name in packed.namelist() if not name.startswith("META-INF")]
        return packed.read(next(name for name in names if name.endswith(("xml", "musicxml"))))


def _number(node: ElementTree.Element, name: str, usual: float) -> float:
    text = node.findtext(name)
    return usual if text is None else float(text)


def _text(node: ElementTree.Element, name: str) -> str:
    return (node.findtext(name) or "").strip()


def _pinyin(path: Path, character: str) -> str:
    from robotics.voice.reading.syllables import syllables

    try:
        found = syllables(character)
    except MissingDependency as error:
        raise ConfigError(path, "", f"'{character}' has no Pinyin", str(error)) from error
    if not found:
        raise ConfigError(
            path, "", f"'{character}' is no syllable", "write Chinese or Pinyin: hao3"
        )
    return found[0].pinyin
