"""Measure how well the greeter sings: pitch, steadiness, vowels on the beat; heard by Praat.

Usage: python benchmarks/sing.py [--data FOLDER] [--seed N] [--quick] [--song NAME ...]

The voice alone is rendered from the scores in ``behaviours/songs`` and given to Praat
(``parselmouth``), which has nothing in common with the synthesiser. Frames count from 60 ms after a
note's beginning to 60 ms before its end. The onset of a vowel is that of the voice in syllables
that begin without voice (h, zh, k …). For those that begin with a vowel or a glide (y, w) the
steepest rise of amplitude is given apart: in a syllable such as wan it is that of the a, after the
glide that stands on the beat. After m, n, l, r nothing independent tells consonant and vowel apart.
*espeak-ng alone* sings each note with the pitch setting that comes nearest. ``--data`` may name a
folder with further songs. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from pathlib import Path

import numpy as np
import parselmouth
from voicing.praat import Heard, listen

from robotics.voice.cache import default_folder
from robotics.voice.plugin import child
from robotics.voice.score import Song, hertz, song_named, song_names
from robotics.voice.singing import plan, sing
from robotics.voice.sound import RATE, read_wav


def main() -> None:
    """Sing, listen, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a folder with further songs")
    parser.add_argument("--seed", type=int, default=1, help="nothing here is random")
    parser.add_argument("--song", nargs="*", default=[])
    parser.add_argument("--quick", action="store_true", help="one song, no peers")
    arguments = parser.parse_args()
    names = arguments.song or song_names()
    names += [str(path) for path in sorted(arguments.data.glob("*.yaml"))] if arguments.data else []
    songs = [song for song in map(song_named, names) if song.notes]
    songs = songs[:1] if arguments.quick else songs
    units, whole = child(default_folder()).units, Heard()
    print(f"{'':24}{'notes':>6}{'median':>9}{'worst':>8}{'in 25 c':>9}{'onset':>8}{'worst':>8}")
    for song in songs:
        began = time.process_time()
        sound = sing(song, units)
        spent = time.process_time() - began
        heard = listen(sound, plan(song))
        show(song.name, heard)
        print(f"{'':24}{spent:.1f} s CPU for {sound.duration:.1f} s")
        for name in ("cents", "notes", "onsets", "rises"):
            getattr(whole, name).extend(getattr(heard, name))
        whole.silent += heard.silent
    show("all", whole)
    if not arguments.quick:
        peers(songs)
    cents = np.abs(np.array(whole.cents))
    figures = {
        "median_cents": round(float(np.median(np.abs(whole.notes))), 2),
        "within_25_cents": round(float((cents < 25.0).mean()), 4),
        "onset_worst_ms": round(float(np.max(np.abs(whole.onsets))), 1),
        "onset_p95_ms": round(float(np.percentile(np.abs(whole.onsets), 95)), 1),
        "glide_median_ms": round(float(np.median(whole.rises)), 1),
        "glide_worst_ms": round(float(np.max(np.abs(whole.rises))), 1),
        "notes": len(whole.notes),
        "silent_notes": whole.silent,
        "onsets": len(whole.onsets),
        "glides": len(whole.rises),
        "worst_cents": round(float(np.max(np.abs(whole.notes))), 1),
    }
    print(json.dumps(figures))


def show(name: str, heard: Heard) -> None:
    """Print one line of the table."""
    cents, notes = np.abs(np.array(heard.cents)), np.abs(np.array(heard.notes))
    onsets = np.array(heard.onsets)
    print(
        f"{name:24}{len(notes):6}{np.median(notes):7.2f} c{notes.max():6.1f} c"
        f"{(cents < 25.0).mean():9.1%}{np.median(onsets):5.1f} ms{np.abs(onsets).max():5.1f} ms"
    )


def peers(songs: list[Song]) -> None:
    """Print how near others come."""
    reach = np.array([espeak_pitch(setting) for setting in range(0, 100, 6)])
    missed = [
        float(np.min(np.abs(1200.0 * np.log2(reach / hertz(note.pitch)))))
        for song in songs
        for note in song.notes
    ]
    line = f"{len(missed):6}{np.median(missed):7.0f} c{np.max(missed):6.0f} c"
    print(f"{'espeak-ng alone':24}{line}   ({reach.min():.0f} to {reach.max():.0f} Hz)")
    for name in ("sinsy", "DiffSinger", "ESPnet"):
        print(f"{name:24}not installed")


def espeak_pitch(setting: int) -> float:
    """Return the median pitch of espeak-ng's la at a pitch setting [Hz]."""
    command = ["espeak-ng", "-v", "cmn-latn-pinyin", "-p", str(setting), "--stdout", "la1"]
    said = read_wav(subprocess.run(command, capture_output=True, check=True).stdout)
    pitch = parselmouth.Sound(said.samples, RATE).to_pitch(0.005, 60.0, 700.0)
    found = pitch.selected_array["frequency"]
    return float(np.median(found[found > 0.0]))


if __name__ == "__main__":
    main()
