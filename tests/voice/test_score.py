"""Song files and MusicXML: what they say, and what is told about a wrong one."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from robotics.assets import asset
from robotics.core.errors import ConfigError, UnknownName
from robotics.voice.score import Song, hertz, midi, read_song, song_named, song_names
from robotics.voice.tempo import TempoMap

SONG = """\
song: tune
title: {zh: 曲, en: Tune}
source: ours
tempo: [{beat: 0, bpm: 60}, {beat: 4, bpm: 120}]
beats: 8
phrases: [0, 4]
notes:
  - {beat: 1, beats: 1, pitch: A4, zh: 好, pinyin: hao3}
  - {beat: 2, beats: 1, pitch: B4}
  - {beat: 4, beats: 2, pitch: C5, zh: 吗, pinyin: ma5}
accompaniment: [{beat: 0, beats: 2, pitches: [C3, G3]}]
parts:
  - {play: bass, level: 0.5, beat: 2, times: 2, notes: "C2:1 -:1 | D2+A2:1"}
"""

XML = """\
<?xml version="1.0"?>
<score-partwise version="4.0"><work><work-title>Tune</work-title></work>
<part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
<part id="P1"><measure number="1">
<attributes><divisions>2</divisions></attributes>
<direction><sound tempo="100"/></direction>
<note><rest/><duration>2</duration></note>
<note><pitch><step>A</step><octave>4</octave></pitch><duration>2</duration>
 <tie type="start"/><lyric><text>你</text></lyric></note></measure>
<measure number="2">
<note><pitch><step>A</step><octave>4</octave></pitch><duration>2</duration>
 <tie type="stop"/></note>
<note><pitch><step>F</step><alter>1</alter><octave>4</octave></pitch><duration>1</duration>
 <lyric><text>好</text></lyric><lyric number="2"><text>hao4</text></lyric></note>
<note><chord/><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note>
<note><pitch><step>G</step><octave>4</octave></pitch><duration>1</duration></note>
</measure></part></score-partwise>
"""


def _read(folder: Path, text: str) -> Song:
    path = folder / "tune.yaml"
    path.write_text(text, encoding="utf-8")
    return read_song(path)


def test_notes_have_their_frequencies() -> None:
    """Equal temperament on 440 Hz."""
    assert hertz(midi("A4")) == 440.0
    assert math.isclose(hertz(midi("C4")), 261.6256, rel_tol=1e-6)
    assert midi("F#4") == midi("Gb4") == 66.0
    assert midi("B3") == 59.0
    with pytest.raises(ValueError, match="F#4"):
        midi("H4")


def test_beats_go_through_changes_of_tempo_and_back() -> None:
    """Seconds grow with beats; a beat comes back from its second."""
    tempo = TempoMap((0.0, 4.0, 10.0), (60.0, 120.0, 90.0), offset=0.25)
    assert tempo.seconds(0.0) == 0.25
    assert tempo.seconds(4.0) == 4.25
    assert tempo.seconds(6.0) == 5.25
    for beat in (0.0, 1.5, 4.0, 7.25, 12.0):
        assert math.isclose(tempo.beat(tempo.seconds(beat)), beat)


def test_a_song_file_says_what_is_sung_and_played(tmp_path: Path) -> None:
    """Notes, parts that repeat, chords, tempo."""
    song = _read(tmp_path, SONG)
    assert song.duration == 6.0
    assert [(n.beat, n.pitch, n.pinyin) for n in song.notes] == [
        (1.0, 69.0, "hao3"),
        (2.0, 71.0, ""),
        (4.0, 72.0, "ma5"),
    ]
    bass = [(s.beat, s.pitch) for s in song.strokes if s.play == "bass"]
    assert bass == [(2.0, 36.0), (4.0, 38.0), (4.0, 45.0), (5.0, 36.0), (7.0, 38.0), (7.0, 45.0)]
    assert _read(tmp_path, SONG + "transpose: 2\n").notes[0].pitch == 71.0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("pitch: A4", "pitch: H4", "no note"),
        ("pinyin: hao3", "pinyin: hao", "hao3"),
        (", pinyin: ma5", "", "no pinyin"),
        ("{beat: 2, beats: 1, pitch: B4}", "{beat: 1.5, beats: 1, pitch: B4}", "one note at a"),
        ("beats: 8", "beats: 5", "the song has 5"),
        ("{beat: 4, bpm: 120}", "{beat: 0, bpm: 120}", "must be after"),
        ("{beat: 0, bpm: 60}", "{beat: 1, bpm: 60}", "begin with"),
        ("C2:1", "C2", "PITCH:BEATS"),
        ("song: tune", "song: other", "call it 'tune'"),
        ("play: bass", "play: tuba", "tuba"),
        ("source: ours", "source: ours\naudio: lost.wav", "not there"),
        ("phrases", "phrase", "did you mean 'phrases'"),
    ],
)
def test_a_wrong_song_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    """File, line, what is wrong, what is allowed."""
    assert old in SONG
    with pytest.raises(ConfigError, match=told) as caught:
        _read(tmp_path, SONG.replace(old, new))
    assert "tune.yaml" in str(caught.value)
    assert "line" in caught.value.place


def test_musicxml_is_read(tmp_path: Path) -> None:
    """Rests, ties, chords (their first note), alterations, lyrics, a verse of Pinyin, tempo."""
    pytest.importorskip("pypinyin")
    path = tmp_path / "tune.musicxml"
    path.write_text(XML, encoding="utf-8")
    song = read_song(path)
    assert song.tempo.bpm == (100.0,)
    assert [(n.beat, n.beats, n.pitch, n.pinyin) for n in song.notes] == [
        (1.0, 2.0, 69.0, "ni3"),
        (3.0, 0.5, 66.0, "hao4"),
        (3.5, 0.5, 67.0, ""),
    ]
    assert song.beats == 4.0


@pytest.mark.parametrize("text", ["", "<a>", "<score-partwise/>", "<s><part/></s>"])
def test_what_is_no_score_is_refused(tmp_path: Path, text: str) -> None:
    """One line with the cure."""
    path = tmp_path / "tune.musicxml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="export uncompressed"):
        read_song(path)


def test_an_unknown_song_is_told() -> None:
    """With those that there are."""
    with pytest.raises(UnknownName, match="jasmine"):
        song_named("jasmin")
    with pytest.raises(ConfigError, match="no such file"):
        song_named("no/such.yaml")


@pytest.mark.parametrize("name", song_names())
def test_every_song_of_the_package_is_whole(name: str) -> None:
    """It has a source, phrases inside it, notes that fit, and it says who may use it."""
    song = song_named(name)
    assert "public domain" in song.source
    assert all(0.0 <= beat < song.beats for beat in song.phrases)
    assert song.strokes
    assert max(stroke.beat + stroke.beats for stroke in song.strokes) <= song.beats + 1e-6
    for note in song.notes:
        assert midi("G3") <= note.pitch <= midi("F5"), "a child's range"


def test_dances_are_long_enough_and_danceable() -> None:
    """Three of at least a minute, 84 to 110 beats a minute."""
    dances = [song for song in map(song_named, song_names()) if not song.notes]
    assert len(dances) >= 3
    for song in dances:
        assert song.duration >= 60.0
        assert all(84.0 <= bpm <= 110.0 for bpm in song.tempo.bpm)


def test_the_same_file_gives_movement_and_sound_the_same_beats() -> None:
    """The grid that dances move on is that of the sound."""
    songs = pytest.importorskip("robotics.behaviour.songs")
    for name in song_names():
        song = song_named(name)
        _, grid = songs.read_song(asset(f"behaviours/songs/{name}.yaml"))
        assert grid is not None
        for beat in range(int(song.beats)):
            assert math.isclose(grid.tempo.seconds(beat), song.tempo.seconds(beat), abs_tol=1e-9)
