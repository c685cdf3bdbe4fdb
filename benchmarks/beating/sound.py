"""Whether music sounds on the beat: onsets of the rendered sound against the grid of its file.

Used by ``benchmarks/beat.py``; alone: ``python benchmarks/beating/sound.py [--quick]``. An onset is
where the spectrum rises most steeply (log-spectral flux, 2.9 ms a step) within 60 ms of a beat on
which something is struck, plucked or bowed; the soft pad, which has no onset, does not count. The
detector knows nothing of the synthesiser; its own delay is measured on clicks at known times.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

import numpy as np

from robotics.voice.instruments import play
from robotics.voice.score import Song, song_named, song_names
from robotics.voice.sound import RATE

HOP, WINDOW = 64, 512
NEAR = 0.06
"""An onset is looked for so far from a beat [s]."""
SHARP = ("pluck", "bass", "wood", "bell", "flute")


def flux(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rise of the spectrum, shape (n,), and its times [s]."""
    window = np.hanning(WINDOW)
    starts = np.arange(0, len(samples) - WINDOW, HOP)
    pieces = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[starts]
    level = np.log1p(50.0 * np.abs(np.fft.rfft(pieces * window, axis=1)))
    rise = np.maximum(np.diff(level, axis=0), 0.0).sum(axis=1)
    return rise, (starts[1:] + WINDOW / 2) / RATE


def onsets(samples: np.ndarray, beats: Sequence[float]) -> np.ndarray:
    """Return onset minus beat for every beat, shape (n,) [s]."""
    rise, times = flux(samples)
    found = []
    for beat in beats:
        near = np.nonzero(np.abs(times - beat) < NEAR)[0]
        found.append(times[near[np.argmax(rise[near])]] - beat)
    return np.array(found)


def detector_delay() -> float:
    """Return when the detector hears a click, after the click [s]."""
    beats = np.arange(1.0, 9.0, 0.5037)
    clicks = np.zeros(10 * RATE)
    decay = np.exp(-np.arange(2000) / 300.0) * np.sin(0.2 * np.arange(2000))
    for beat in beats:
        first = round(beat * RATE)
        clicks[first : first + 2000] += decay
    return float(np.median(onsets(clicks, beats)))


def struck(song: Song) -> list[float]:
    """Return when the beats of a song are on which something sharp begins [s]."""
    sharp = {round(stroke.beat, 6) for stroke in song.strokes if stroke.play in SHARP}
    return [song.tempo.seconds(beat) for beat in range(1, int(song.beats)) if float(beat) in sharp]


def errors(names: Sequence[str]) -> dict[str, np.ndarray]:
    """Return onset minus beat for every song, shape (n,) [s]."""
    delay = detector_delay()
    found = {}
    for name in names:
        song = song_named(name)
        found[name] = onsets(play(song), struck(song)) - delay
    return found


def measure(seed: int = 1) -> float:
    """Return the 95th percentile of the distance of onsets from their beats [ms].

    Args:
        seed: Nothing here is random.
    """
    del seed
    every = np.concatenate(list(errors(song_names()).values()))
    return float(np.percentile(1e3 * np.abs(every), 95))


def main() -> None:
    """Measure, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one dance only")
    arguments = parser.parse_args()
    found = errors(["sea_breeze"] if arguments.quick else song_names())
    print(f"{'':16}{'beats':>6}{'median':>10}{'p95':>10}{'worst':>10}")
    for name, late in found.items():
        ms = 1e3 * late
        print(
            f"{name:16}{len(ms):6}{np.median(ms):7.1f} ms"
            f"{np.percentile(np.abs(ms), 95):7.1f} ms{np.abs(ms).max():7.1f} ms"
        )
    every = 1e3 * np.abs(np.concatenate(list(found.values())))
    print(json.dumps({"sound_p95_ms": round(float(np.percentile(every, 95)), 2)}))


if __name__ == "__main__":
    main()
