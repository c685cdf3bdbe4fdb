"""Sound while the robot works: orders in, blocks out, nothing waited for."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from typing import Any

import numpy as np

from robotics.core.messages import Goal, Music, Utterance
from robotics.voice.cues import Band
from robotics.voice.loudspeaker import Loudspeaker, Mixer, Player, serve
from robotics.voice.score import Song, Stroke
from robotics.voice.sound import RATE, Sound
from robotics.voice.tempo import TempoMap

HELLO = Utterance("你好", "hello", 1.0, 2.0, "greet")
SONG = Song(
    "tune",
    ("曲", "Tune"),
    "ours",
    TempoMap((0.0,), (60.0,)),
    8.0,
    strokes=tuple(Stroke("wood", float(beat), 1.0, 72.0, 1.0) for beat in range(8)),
)


class Steps:
    """A voice whose sound tells how far it is."""

    name, version = "steps", "1"

    def say(self, text: str, duration: float | None = None) -> Sound:
        """See ``Voice``."""
        return Sound(np.linspace(0.0, 0.2, round((duration or 1.0) * RATE)))


def _player() -> Player:
    return Player(Band({"": Steps()}, None, song=lambda name: SONG))


def _line(channel: str, value: dict[str, Any], time: float) -> str:
    order = {"start": f"greeter {channel}", "time": time, "robot": "greeter", channel: value}
    return json.dumps(order)


VOICE = {"zh": "你好", "en": "hello", "start": 1.0, "duration": 2.0, "language": "zh", "song": ""}


def test_a_sentence_plays_from_where_it_is() -> None:
    """An order that comes late joins in; it ends by itself."""
    player = _player()
    player.obey(_line("voice", VOICE, 1.5))
    block = player.mixer.block(100)
    assert abs(block[0] - np.tanh(0.05)) < 1e-3
    player.mixer.block(round(1.5 * RATE))
    assert not player.mixer.playing
    assert not player.mixer.block(100).any()


def test_what_is_stopped_fades_within_a_moment() -> None:
    """And leaves the other channel alone."""
    player = _player()
    player.obey(_line("voice", VOICE, 1.0))
    player.obey(_line("music", {"song": "tune", "start": 1.0, "duration": 8.0}, 1.0))
    player.mixer.block(round(0.5 * RATE))
    player.obey(json.dumps({"stop": "greeter voice"}))
    assert set(player.mixer.playing) == {"greeter voice", "greeter music"}
    player.mixer.block(round(0.1 * RATE))
    assert set(player.mixer.playing) == {"greeter music"}


def test_nonsense_is_left_alone() -> None:
    """A half line, other JSON, missing keys."""
    player = _player()
    for line in ("", "{", "[]", "3", '{"start": "x"}', '{"start": "x", "robot": 1, "time": "y"}'):
        player.obey(line)
    assert not player.mixer.playing


def test_blocks_are_played_until_the_pipe_is_closed() -> None:
    """Orders are obeyed between two blocks."""
    read, write = os.pipe()
    played: list[Any] = []
    os.write(write, (_line("voice", VOICE, 1.0) + "\n" + '{"sto').encode())

    def play(block: Any) -> None:
        played.append(block)
        if len(played) == 3:
            os.write(write, b'p": "greeter voice"}\n')
        if len(played) == 12:
            os.close(write)

    serve(_player(), read, play)
    os.close(read)
    assert len(played) == 12
    assert np.concatenate(played[:3]).any()
    assert not np.concatenate(played[9:]).any()


def test_the_mixer_joins_blocks_without_a_gap() -> None:
    """Whatever their size."""
    samples = np.linspace(-0.3, 0.3, 1000)
    mixer = Mixer()
    mixer.start("x", samples)
    found = np.concatenate([mixer.block(count) for count in (1, 99, 400, 600)])
    assert np.allclose(found[:1000], np.tanh(samples))
    assert not found[1000:].any()


def test_the_robot_tells_what_begins_and_ends_once() -> None:
    """One line for a sentence, however long it is said; one when it is over."""
    code = "import sys; sys.stdout.write(sys.stdin.read()); sys.stdout.flush()"
    worker = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    speaker = Loudspeaker(worker)
    for tick in range(10):
        speaker.follow("greeter", 1.0 + 0.1 * tick, Goal(voice=HELLO))
    music = Music("tune", 2.0, 8.0)
    speaker.follow("greeter", 2.0, Goal(voice=HELLO, music=music))
    speaker.follow("greeter", 2.1, Goal(music=music))
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.close()
    assert select.select([worker.stdout], [], [], 30.0)[0]
    orders = [json.loads(line) for line in worker.stdout.read().splitlines()]
    assert [one.get("start", one.get("stop")) for one in orders] == [
        "greeter voice",
        "greeter music",
        "greeter voice",
    ]
    assert orders[0]["voice"]["zh"] == "你好"
    speaker.close()
    speaker.close()
    worker.stdout.close()
    speaker.follow("greeter", 3.0, Goal(voice=HELLO))
