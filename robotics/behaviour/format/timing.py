"""When the cues of a file are: seconds from seconds or beats, and how to tell the author."""

from __future__ import annotations

from dataclasses import dataclass

from robotics.behaviour.compiled import Grid
from robotics.behaviour.format.cues import Cue
from robotics.behaviour.format.schema import Script
from robotics.behaviour.format.sheet import Sheet, Spot
from robotics.behaviour.songs import SongGrid, TempoMap, tempo_map
from robotics.core.config import Location


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock of one file."""

    sheet: Sheet
    tempo: TempoMap | None = None
    song: SongGrid | None = None

    @property
    def is_on_beats(self) -> bool:
        """Whether the file may count in beats."""
        return self.tempo is not None

    def of(self, at: Location, cue: Cue) -> float | None:
        """Return when a cue is [s]; None, and a finding, if that cannot be told."""
        if (cue.time is None) == (cue.beat is None):
            self.sheet.fault(at, "when")
            return None
        if cue.beat is None:
            return cue.time
        return self.seconds((*at, "beat"), cue.beat)

    def until(self, at: Location, cue: Cue, until: float) -> float | None:
        """Return when a stretch ends whose cue is ``cue`` [s]."""
        return until if cue.beat is None else self.seconds((*at, "until"), until)

    def seconds(self, at: Location, beat: float) -> float | None:
        """Return when a beat is [s]; None, and a finding, without music or beyond its end."""
        if self.tempo is None:
            self.sheet.fault(at, "no_grid")
            return None
        if self.song is not None and beat > self.song.beats:
            words = {"value": f"{beat:g}", "song": self.song.name, "end": f"{self.song.beats:g}"}
            self.sheet.fault(at, "after_song", **words)
            return None
        return self.tempo.seconds(beat)

    def spot(self, time: float, joint: str = "") -> Spot:
        """Return the instant for a finding."""
        return Spot(time=time, beat=self.beat(time), joint=joint)

    def beat(self, time: float) -> float | None:
        """Return the beat at ``time`` [s]; None without beats."""
        return None if self.tempo is None else round(self.tempo.beat(time), 3)

    def shown(self, time: float) -> str:
        """Return an instant as the author counts: ``beat 12`` or ``1.5 s``."""
        beat = self.beat(time)
        return f"{time:g} s" if beat is None else f"beat {beat:g}"

    def grid(self, duration: float) -> Grid:
        """Return all the beats of a behaviour that lasts ``duration`` [s]."""
        if self.tempo is None:
            return Grid()
        phrases = self.song.phrases if self.song is not None else ()
        return self.tempo.grid(self.tempo.beat(duration) + 1e-9, phrases)


def timing_of(sheet: Sheet, script: Script, song: SongGrid | None) -> Timing:
    """Return the clock of a file: its song's, its tempo's, or seconds alone."""
    if script.music is not None and script.tempo is not None:
        sheet.fault(("tempo",), "two_tempos")
    if song is not None:
        return Timing(sheet, song.tempo, song)
    if script.tempo is not None:
        return Timing(sheet, tempo_map(sheet, script.tempo))
    return Timing(sheet)
