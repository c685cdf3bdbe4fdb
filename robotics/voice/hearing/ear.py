"""The seam for hearing, and the ears that there are."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from robotics.core.errors import FileError, OptionError

EARS = ("console", "FOLDER of a model", "FILE.wav@FOLDER")
"""What ``--hear`` takes."""
MOST = 400
"""Characters of one utterance; the rest is left out."""
_LINE = re.compile(r"(?:(\d+):)?(\d+(?:\.\d+)?)\s*[:：]\s*(\S.*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Ear(Protocol):
    """Understands what is said. It is asked every tick and never waited for."""

    @property
    def in_the_open(self) -> bool:
        """Whether it hears the robot's own voice too."""

    def hear(self, time: float) -> tuple[str, ...]:
        """Return what was understood since it was asked last, at ``time`` [s]."""

    def close(self) -> None:
        """Stop listening. May be called twice."""


@dataclass(slots=True)
class Script:
    """Somebody says these texts at these times: for simulations, tests and rehearsals."""

    lines: Sequence[tuple[float, str]]
    """(time [s], text) in order of time."""
    in_the_open: bool = False
    _next: int = 0

    def hear(self, time: float) -> tuple[str, ...]:
        """See ``Ear``."""
        first = self._next
        while self._next < len(self.lines) and self.lines[self._next][0] <= time + 1e-9:
            self._next += 1
        return tuple(text for _, text in self.lines[first : self._next])

    def close(self) -> None:
        """See ``Ear``."""


@dataclass(slots=True)
class Lines:
    """Text from a stream, a line each: the console, or a worker process that listens."""

    stream: int
    """File descriptor."""
    in_the_open: bool = False
    worker: subprocess.Popen[bytes] | None = None
    _rest: bytes = b""
    _over: bool = False

    def hear(self, time: float) -> tuple[str, ...]:
        """See ``Ear``."""
        while not self._over and self._is_ready():
            data = os.read(self.stream, 4096)
            self._over = not data
            self._rest += data
        *whole, self._rest = self._rest.split(b"\n")
        texts = [clean(one.decode("utf-8", errors="replace")) for one in whole]
        return tuple(text for text in texts if text)

    def close(self) -> None:
        """See ``Ear``."""
        self._over = True
        if self.worker is not None:
            self.worker.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.worker.wait(2.0)
            self.worker = None

    def _is_ready(self) -> bool:
        try:
            return bool(select.select([self.stream], [], [], 0.0)[0])
        except (OSError, ValueError):  # it was closed
            self._over = True
            return False


@dataclass(slots=True)
class Both:
    """Several ears."""

    ears: Sequence[Ear]
    in_the_open: bool = False
    _closed: bool = field(default=False)

    def hear(self, time: float) -> tuple[str, ...]:
        """See ``Ear``."""
        return tuple(text for ear in self.ears for text in ear.hear(time))

    def close(self) -> None:
        """See ``Ear``."""
        for ear in self.ears:
            ear.close()


def clean(text: str) -> str:
    """Return one utterance: without control characters, of bounded length."""
    return _CONTROL.sub(" ", text).strip()[:MOST]


def read_script(path: Path) -> Script:
    """Return what a file says that somebody says: lines of ``SECONDS: TEXT`` or ``M:SS: TEXT``.

    Raises:
        FileError: It cannot be read, or a line is wrong.
    """
    cure = "write lines like '12.5: 洗手间在哪里' or '1:05: hello'"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(path, "", f"it cannot be read ({error})", cure) from error
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise FileError(path, f"line {number}", f"'{line.strip()[:40]}'", cure)
        found.append((60.0 * int(match[1] or 0) + float(match[2]), clean(match[3])))
    return Script(sorted(found, key=lambda one: one[0]))


def ear_named(spec: str) -> Ear:
    """Return an ear; see ``EARS``.

    Raises:
        RoboticsError: It is none, or its model or library is missing.
    """
    if spec == "console":
        try:
            return Lines(sys.stdin.fileno())
        except (OSError, ValueError, AttributeError) as error:
            cure = "start it in a terminal, or give --heard FILE"
            raise OptionError(f"--hear console: there is no console here; {cure}") from error
    file, at, folder = spec.partition("@")
    if at:
        from robotics.voice.hearing.worker import activity, recogniser, transcribe

        model = Path(folder)
        return Script(transcribe(Path(file), recogniser(model), activity(model)))
    if Path(spec).is_dir():
        return microphone(Path(spec))
    raise OptionError(f"--hear {spec}: no such folder; allowed: {', '.join(EARS)}")


def microphone(model: Path) -> Lines:
    """Return an ear whose worker process listens to the microphone.

    Raises:
        RoboticsError: The model or its library is missing.
    """
    from robotics.voice.hearing.worker import activity, recogniser

    recogniser(model), activity(model)  # say at once what is missing
    command = [sys.executable, "-m", "robotics.voice.hearing.worker", str(model)]
    return started(command)


def started(command: Sequence[str]) -> Lines:
    """Return an ear that reads the lines that a worker process writes."""
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert worker.stdout is not None
    return Lines(worker.stdout.fileno(), in_the_open=True, worker=worker)


def as_line(text: str) -> str:
    """Return one utterance as a worker writes it."""
    return json.dumps(clean(text), ensure_ascii=False)[1:-1]
