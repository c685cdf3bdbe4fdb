"""Measure how the greeter speaks: tones, pitch, breath, speed; heard by Praat.

Usage: python benchmarks/speak.py [--data FILE] [--seed N] [--quick]

Sentences (``--data``: a text file, one a line; else eight of ours) are spoken by the embedded
voice. Of every syllable with one of the four tones, Praat's pitch from the vowel's beginning to its
end is put into a class by four rules (level, rise, low, fall; thresholds below, not tuned on these
sentences). Nobody has listened: a match says that the melody is there, not that it sounds well.
*espeak-ng alone* says the same syllables one by one, which is easier. The last line is one JSON
object.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import parselmouth

from robotics.voice.espeak import PINYIN, Espeak
from robotics.voice.plugin import child
from robotics.voice.sound import RATE
from robotics.voice.timing import Line, lay

SENTENCES = (
    "大家好，我是小机器人优友！欢迎来到青岛栈桥。",
    "今天的海风真舒服，你们想听我唱歌，还是看我跳舞呢？",
    "请大家注意安全，不要翻越栏杆。",
    "栈桥全长四百四十米，一八九二年开始修建。",
    "小朋友，你从哪里来？我们一起照相吧！",
    "洗手间在前面左边，走路三分钟。",
    "海鸥最喜欢吃面包，可是它们更喜欢小鱼。",
    "谢谢你，再见！明天我还在这里等你。",
)
PEER = "espeak-ng alone"
PEER_MIDDLE = 95.0
"""Median of its pitch [Hz]."""
SKIPPED = 0.15
"""Part of a vowel at its beginning that still belongs to the tone before."""


def main() -> None:
    """Speak, listen, print the table, print one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="a text file, one sentence a line")
    parser.add_argument("--seed", type=int, default=1, help="nothing here is random")
    parser.add_argument("--quick", action="store_true", help="two sentences")
    arguments = parser.parse_args()
    given = arguments.data.read_text("utf-8").splitlines() if arguments.data else SENTENCES
    sentences = [one for one in given if one.strip()][: 2 if arguments.quick else None]
    voice = child()
    for text in sentences:
        voice.say(text)  # the syllables are made once
    rows: dict[str, list[tuple[int, int]]] = {"ours": [], PEER: []}
    pitches: dict[str, list[float]] = {name: [] for name in rows}
    noise: dict[str, list[float]] = {name: [] for name in rows}
    spent = length = 0.0
    for text in sentences:
        line = lay(text)
        began = time.process_time()
        ours = voice.say(text).samples
        spent, length = spent + time.process_time() - began, length + line.duration
        sound = parselmouth.Sound(ours, RATE)
        pitch = sound.to_pitch(0.005, 100.0, 900.0)
        rows["ours"] += classes(pitch, line)
        keep(sound, pitch, pitches["ours"], noise["ours"])
        for one in line.pieces:
            if one.syllable is not None and one.syllable.tone != 5:
                said = Espeak().say(one.syllable.pinyin, voice=PINYIN, speed=150)
                sound = parselmouth.Sound(said, RATE)
                pitch = sound.to_pitch(0.005, 60.0, 500.0)
                keep(sound, pitch, pitches[PEER], noise[PEER])
                rows[PEER].append((one.syllable.tone, whole(pitch, PEER_MIDDLE)))
    print(f"{'':18}{'syllables':>10}{'tones':>8}{'middle':>9}{'p5 to p95':>16}{'harmonics':>11}")
    for name, found in rows.items():
        match = np.mean([one == other for one, other in found])
        low, middle, high = np.percentile(pitches[name], [5, 50, 95])
        print(
            f"{name:18}{len(found):10}{match:8.0%}{middle:6.0f} Hz"
            f"{low:7.0f} to {high:.0f} Hz{np.median(noise[name]):8.1f} dB"
        )
    table = np.zeros((4, 4), dtype=int)
    for wanted, heard in rows["ours"]:
        table[wanted - 1, heard - 1] += heard > 0
    print("ours, tone wanted (rows) and heard (columns):")
    print("\n".join("  " + " ".join(f"{count:3}" for count in row) for row in table))
    match = float(np.mean([one == other for one, other in rows["ours"]]))
    figures = {
        "tones_matched": round(match, 3),
        "syllables": len(rows["ours"]),
        "middle_hz": round(float(np.median(pitches["ours"])), 1),
        "harmonics_db": round(float(np.median(noise["ours"])), 1),
        "cpu_s_per_s": round(spent / length, 3),
    }
    print(json.dumps(figures))


def keep(
    sound: parselmouth.Sound, pitch: parselmouth.Pitch, hertz: list[float], noise: list[float]
) -> None:
    """Keep what was voiced, and how clean it was."""
    voiced = pitch.selected_array["frequency"]
    hertz += voiced[voiced > 0.0].tolist()
    harmonic = sound.to_harmonicity().values
    noise += harmonic[harmonic > -100.0].tolist()


def whole(pitch: parselmouth.Pitch, middle: float) -> int:
    """Return the class of one syllable that was said alone; 0 if it has no pitch."""
    voiced = pitch.selected_array["frequency"]
    voiced = voiced[voiced > 0.0]
    return judged(12.0 * np.log2(voiced / middle)) if len(voiced) >= 8 else 0


def classes(pitch: parselmouth.Pitch, line: Line) -> list[tuple[int, int]]:
    """Return (tone, class) of every syllable with one of the four tones."""
    voiced = pitch.selected_array["frequency"]
    middle = float(np.median(voiced[voiced > 0.0]))
    found = []
    for piece in line.pieces:
        if piece.syllable is None or piece.syllable.tone == 5:
            continue
        start = piece.start + SKIPPED * (piece.end - piece.start)
        times = np.linspace(start, piece.end, 24)
        hertz = np.array([pitch.get_value_at_time(one) for one in times])
        hertz = hertz[np.isfinite(hertz)]
        if len(hertz) >= 8:
            found.append((piece.syllable.tone, judged(12.0 * np.log2(hertz / middle))))
    return found


def judged(curve: np.ndarray) -> int:
    """Return the tone that a pitch curve [semitones above the middle] looks like."""
    start, end, lowest = curve[:3].mean(), curve[-3:].mean(), curve.min()
    if end - start < -3.0 and start > -1.0:
        return 4
    if lowest < -2.5 and int(np.argmin(curve)) > 1:
        return 3
    return 2 if end - start > 1.5 else 1


if __name__ == "__main__":
    main()
