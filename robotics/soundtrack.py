"""The sound of a run: all that was said, sung, played and rung, as one WAV file in time."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array
from robotics.record.reader import read_entries
from robotics.voice.cache import default_folder
from robotics.voice.cues import Band, Cue, Notebook
from robotics.voice.plugin import child, voice_named
from robotics.voice.sound import RATE

CHUNK = 30.0
"""Sound that is held in memory at a time [s], beside what sounds on."""
LONGEST = 7200.0
"""Of a longer run only the beginning sounds [s]: two hours are 320 MB."""


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """What became of the sound of a run."""

    path: Path | None
    """The WAV file; None if nothing sounds."""
    cues: tuple[Cue, ...]
    counts: dict[str, int] = field(default_factory=dict)
    """How many ``sentences``, ``songs``, ``pieces`` of music and ``chimes`` sound."""
    why: str = ""
    """Why something stayed silent, with the cure; "" if nothing did."""

    def line(self) -> str:
        """Return a line about it, for people to read."""
        told = [f"{count} {kind}" for kind, count in sorted(self.counts.items()) if count]
        sounding = f"sound: {', '.join(told)}" if told else "no sound"
        if self.why:
            return f"{sounding}; silent: {self.why}"
        return sounding if told else "no sound: nothing was said or played"


def read_cues(record: Path) -> tuple[list[Cue], float]:
    """Return what sounds in a recording, and when it ends [s]."""
    notebook, end = Notebook.new(), 0.0
    for entry in read_entries(record):
        end = max(end, entry.time)
        robot, _, topic = entry.topic.lstrip("/").partition("/")
        if topic == "goal":
            notebook.note(robot, entry.time, entry.value)
    return sorted(notebook.cues(), key=lambda one: (one.start, one.robot)), end


def write_soundtrack(
    record: Path, path: Path, *, voice: str = "child", folder: Path | None = None
) -> Soundtrack:
    """Write the sound of a recording; what a voice needs and is missing is told, not raised.

    Args:
        record: A recording.
        path: The WAV file to write.
        voice: Of the greeter; see ``robotics.voice.plugin.VOICES``.
        folder: Where phrases are kept; None for the user's own folder.

    Raises:
        UnknownName: There is no such voice.
        RecordError: The recording cannot be read.
    """
    cues, end = read_cues(record)
    kept = default_folder() if folder is None else folder
    voices = {"": voice_named(voice, kept), "sweeper": voice_named("calm", kept)}
    band = Band(voices, child(kept).units, counts={})
    _write(path, _chunks(cues, min(end, LONGEST), band))
    counts = band.counts or {}
    if end > LONGEST:
        band.why = band.why or f"what came after the first {LONGEST / 3600.0:.0f} hours"
    if not any(counts.values()):
        path.unlink(missing_ok=True)
    return Soundtrack(path if any(counts.values()) else None, tuple(cues), counts, band.why)


def _chunks(cues: list[Cue], end: float, band: Band) -> Iterator[Array]:
    """Yield the sound piece by piece; a sound that goes on is carried over."""
    waiting = list(cues)
    carried = np.zeros(0)
    for start in np.arange(0.0, max(end, 1e-3), CHUNK):
        length = min(CHUNK, end - float(start)) if end > start else CHUNK
        count = round(length * RATE)
        room = np.zeros(max(count, len(carried)))
        room[: len(carried)] = carried
        while waiting and waiting[0].start < start + length:
            began, samples = band.sound(waiting.pop(0), cues)
            first = max(0, round((began - float(start)) * RATE))
            if first + len(samples) > len(room):
                room = np.concatenate([room, np.zeros(first + len(samples) - len(room))])
            room[first : first + len(samples)] += samples
        carried = room[count:]
        yield room[:count]


def _write(path: Path, chunks: Iterator[Array]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for chunk in chunks:
            limited = np.clip(np.tanh(chunk), -1.0, 1.0)
            file.writeframes(np.rint(32767.0 * limited).astype("<i2").tobytes())
