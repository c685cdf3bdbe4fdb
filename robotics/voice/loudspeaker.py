"""Sound while the robot works: a process of its own that is told what begins and what ends.

``python -m robotics.voice.loudspeaker VOICE`` reads a line of JSON for each order and plays in
blocks of 20 ms; the robot's loop only writes lines and never waits. Songs are made before it begins
to listen; a sentence that is not in the cache begins some tenths of a second late: say it once
beforehand (``robotics say``).
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import RoboticsError
from robotics.core.messages import Goal
from robotics.voice.cues import RELEASE, Band, Cue, Notebook
from robotics.voice.sound import RATE

BLOCK = 0.02
"""[s]."""


@dataclass(slots=True)
class Mixer:
    """What sounds now."""

    playing: dict[str, tuple[Array, int]] = field(default_factory=dict)
    """By channel: samples, and how many were played."""

    def start(self, channel: str, samples: Array) -> None:
        """Play from now on; what played on that channel ends."""
        self.playing[channel] = (samples, 0)

    def stop(self, channel: str) -> None:
        """Let a channel fade out."""
        if channel in self.playing:
            samples, place = self.playing[channel]
            rest = samples[place : place + round(RELEASE * RATE)].copy()
            rest *= np.linspace(1.0, 0.0, len(rest))
            self.playing[channel] = (rest, 0)

    def block(self, count: int) -> Array:
        """Return the next ``count`` samples."""
        mixed = np.zeros(count)
        for channel, (samples, place) in list(self.playing.items()):
            piece = samples[place : place + count]
            mixed[: len(piece)] += piece
            if place + count >= len(samples):
                del self.playing[channel]
            else:
                self.playing[channel] = (samples, place + count)
        return np.tanh(mixed)


@dataclass(slots=True)
class Loudspeaker:
    """The robot's side of the process."""

    worker: subprocess.Popen[bytes]
    _told: dict[str, float] = field(default_factory=dict)

    def follow(self, robot: str, time: float, goal: Goal) -> None:
        """Tell what begins and what ends, as the goal of ``robot`` says at ``time`` [s]."""
        channels = {"voice": goal.voice, "music": goal.music, "chime": goal.chime}
        for channel, value in channels.items():
            key = f"{robot} {channel}"
            if value is None:
                if self._told.pop(key, None) is not None:
                    self._tell({"stop": key})
            elif self._told.get(key) != value.start:
                self._told[key] = value.start
                self._tell({"start": key, "time": time, "robot": robot, channel: asdict(value)})

    def close(self) -> None:
        """End the process. May be called twice."""
        with suppress(OSError):
            if self.worker.stdin is not None:
                self.worker.stdin.close()
        self.worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.worker.wait(2.0)

    def _tell(self, order: Mapping[str, Any]) -> None:
        if self.worker.stdin is None or self.worker.poll() is not None:
            return  # it ended, and has said why
        with suppress(OSError):
            self.worker.stdin.write(json.dumps(order).encode() + b"\n")
            self.worker.stdin.flush()


def opened(voice: str) -> Loudspeaker:
    """Return a loudspeaker of this computer.

    Raises:
        RoboticsError: There is none, or the voice lacks something; the text names the cure.
    """
    from robotics.voice.cache import default_folder
    from robotics.voice.device import check_output
    from robotics.voice.plugin import voice_named

    check_output()
    _ = voice_named(voice, default_folder()).version
    command = [sys.executable, "-m", "robotics.voice.loudspeaker", voice]
    return Loudspeaker(subprocess.Popen(command, stdin=subprocess.PIPE))


@dataclass(slots=True)
class Player:
    """The process's side: orders in, blocks of sound out."""

    band: Band
    mixer: Mixer = field(default_factory=Mixer)
    _cues: dict[str, Cue] = field(default_factory=dict)

    def obey(self, line: str) -> None:
        """Carry out one order; what is no order is left alone."""
        try:
            order = json.loads(line)
            stopped = order.get("stop")
            if stopped is not None:
                self._cues.pop(stopped, None)
                self.mixer.stop(stopped)
                return
            notebook = Notebook.new()
            notebook.note(order["robot"], float(order["time"]), order)
            cue = notebook.found[0]
            late = max(0.0, float(order["time"]) - cue.start)
            whole = Cue(**{**asdict(cue), "until": cue.start + cue.length})
            self._cues[order["start"]] = whole
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return
        _, samples = self.band.sound(whole, list(self._cues.values()))
        self.mixer.start(order["start"], samples[round(late * RATE) :])


def serve(player: Player, orders: int, play: Callable[[Array], None]) -> None:
    """Play until the pipe of orders is closed.

    Args:
        player: Carries out orders.
        orders: File descriptor.
        play: Plays a block and returns when the next one is wanted.
    """
    rest = b""
    while True:
        while select.select([orders], [], [], 0.0)[0]:
            data = os.read(orders, 4096)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                player.obey(line.decode("utf-8", errors="replace"))
        play(player.mixer.block(round(BLOCK * RATE)))


def main() -> None:
    """Obey orders on standard input, play on this computer's loudspeaker."""
    from robotics.voice.cache import default_folder
    from robotics.voice.device import stream_out
    from robotics.voice.plugin import child, voice_named
    from robotics.voice.score import song_names

    folder = default_folder()
    voices = {"": voice_named(sys.argv[1], folder), "sweeper": voice_named("calm", folder)}
    player = Player(Band(voices, child(folder).units))
    try:
        player.band.rehearse(song_names())
        with stream_out(RATE) as play:
            serve(player, sys.stdin.fileno(), play)
    except RoboticsError as error:
        sys.stderr.write(f"loudspeaker: {error}\n")
        sys.exit(2)
    except (BrokenPipeError, KeyboardInterrupt):
        pass


if __name__ == "__main__":
    main()
