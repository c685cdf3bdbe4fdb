"""A piper voice (github.com/rhasspy/piper): a program of the user's, with a model of the user's."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from robotics.core.errors import BackendError, FileError, MissingProgram
from robotics.core.spoken import bare
from robotics.voice.mouth import of_loudness
from robotics.voice.sound import RATE, Sound, read_wav, resampled
from robotics.voice.speech import duration as law
from robotics.voice.speech import in_words
from robotics.voice.stretch import fitted

CURE = "run: pip install piper-tts (GPL-3, a program of its own), or put its binary on the PATH"
LIMIT = 60.0
"""A program that is silent longer is broken [s]."""


@dataclass(frozen=True, slots=True)
class PiperVoice:
    """Speaks through piper; satisfies ``robotics.voice.plugin.Voice``."""

    model: Path
    """The voice, ``.onnx``; its ``.onnx.json`` lies beside it."""
    program: str = "piper"
    name: str = "piper"

    @property
    def version(self) -> str:
        """See ``Voice``: the size and the head of the model."""
        self._check()
        with self.model.open("rb") as file:
            head = hashlib.sha256(file.read(1 << 16)).hexdigest()[:12]
        return f"{self.model.name} {self.model.stat().st_size} {head}"

    def say(self, text: str, duration: float | None = None) -> Sound:
        """See ``Voice``; its pronunciation tags are left out."""
        self._check()
        words = bare(in_words(text))
        with TemporaryDirectory() as folder:
            path = Path(folder) / "said.wav"
            command = [self.program, "--model", str(self.model), "--output_file", str(path)]
            try:
                done = subprocess.run(
                    command, input=words.encode(), capture_output=True, timeout=LIMIT, check=False
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise BackendError(f"piper does not answer: {error}; {CURE}") from error
            if done.returncode:
                said = done.stderr.decode(errors="replace").strip().splitlines()
                raise BackendError(f"piper: {said[-1] if said else 'failed'}; try it by itself")
            spoken = read_wav(path)
        length = law(text) if duration is None else duration
        samples = fitted(resampled(spoken.samples, spoken.rate, RATE), length)
        return Sound(samples, of_loudness(samples))

    def _check(self) -> None:
        if shutil.which(self.program) is None:
            raise MissingProgram(self.program, "this voice", CURE)
        cure = "give a model: --voice piper:MODEL.onnx, with MODEL.onnx.json beside it"
        for path in (self.model, self.model.with_name(self.model.name + ".json")):
            if not path.is_file():
                raise FileError(path, "", "the voice is not there", cure)
