"""espeak-ng, run as a separate program: the raw material of the embedded voice.

It is under the GPL, version 3: it is started as a program of its own and never linked, and no part
of it is shipped. Chinese goes in as Pinyin: given characters, version 1.51 reads many of them as
English letters (espeak-ng issues 1028, 1044, 1236, 1370).
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

from robotics.core.arrays import Array
from robotics.core.errors import BackendError, MissingProgram
from robotics.voice.sound import RATE, read_wav, resampled

PROGRAM = "espeak-ng"
PINYIN, ENGLISH = "cmn-latn-pinyin", "en-gb"
"""Voices of espeak-ng."""
CURE = "run: sudo apt install espeak-ng (Debian, Ubuntu, Raspberry Pi OS)"
LIMIT = 20.0
"""A program that is silent longer is broken [s]."""


@dataclass(frozen=True, slots=True)
class Espeak:
    """The program."""

    program: str = PROGRAM

    def path(self) -> str:
        """Return where the program is.

        Raises:
            MissingProgram: It is not installed.
        """
        found = shutil.which(self.program)
        if found is None:
            raise MissingProgram(self.program, "speaking", CURE)
        return found

    def version(self) -> str:
        """Return its version, such as ``1.51``.

        Raises:
            MissingProgram: It is not installed.
        """
        words = self._run(["--version"], "").decode(errors="replace").split()
        return next((word for word in words if word[:1].isdigit()), "unknown")

    def say(self, words: str, *, voice: str, speed: int) -> Array:
        """Return the sound of ``words``, shape (n,), at ``RATE``.

        Args:
            words: Pinyin with tone digits, or English.
            voice: ``PINYIN`` or ``ENGLISH``.
            speed: [words/min], as the program counts them.

        Raises:
            MissingProgram: It is not installed.
            BackendError: It failed.
        """
        options = ["-v", voice, "-s", str(speed), "--stdin", "--stdout"]
        sound = read_wav(self._run(options, words), name=self.program)
        return resampled(sound.samples, sound.rate, RATE)

    def _run(self, options: list[str], words: str) -> bytes:
        command = [self.path(), *options]
        try:
            done = subprocess.run(
                command, input=words.encode(), capture_output=True, timeout=LIMIT, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BackendError(f"{self.program} does not answer: {error}; {CURE}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise BackendError(f"{self.program}: {said[0] if said else 'failed'}; {CURE}")
        return done.stdout
