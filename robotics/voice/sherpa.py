"""sherpa-onnx (Apache-2.0): voices and ears with the user's models; imported here only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import FileError, MissingDependency
from robotics.core.spoken import bare
from robotics.voice.mouth import of_loudness
from robotics.voice.sound import RATE, Sound, resampled
from robotics.voice.speech import duration as law
from robotics.voice.speech import in_words
from robotics.voice.stretch import fitted


class SherpaVoice:
    """Speaks with a VITS model of sherpa-onnx; satisfies ``robotics.voice.plugin.Voice``."""

    def __init__(self, folder: Path, *, speaker: int = 0) -> None:
        self.folder, self.speaker = folder, speaker
        self.name = "sherpa"
        self._engine: Any = None

    @property
    def version(self) -> str:
        """See ``Voice``."""
        model = _one(self.folder, "*.onnx", "a VITS voice of sherpa-onnx")
        return f"{model.name} {model.stat().st_size} {self.speaker}"

    def say(self, text: str, duration: float | None = None) -> Sound:
        """See ``Voice``; its pronunciation tags are left out."""
        self._engine = self._engine or self._open()
        made = self._engine.generate(bare(in_words(text)), sid=self.speaker, speed=1.0)
        samples = np.asarray(made.samples, dtype=np.float64)
        length = law(text) if duration is None else duration
        samples = fitted(resampled(samples, int(made.sample_rate), RATE), length)
        return Sound(samples, of_loudness(samples))

    def _open(self) -> Any:
        sherpa = _sherpa("this voice")
        folder = self.folder
        lexicon, data = folder / "lexicon.txt", folder / "espeak-ng-data"
        vits = sherpa.OfflineTtsVitsModelConfig(
            model=str(_one(folder, "*.onnx", "a VITS voice of sherpa-onnx")),
            lexicon=str(lexicon) if lexicon.exists() else "",
            data_dir=str(data) if data.is_dir() else "",
            tokens=str(_one(folder, "tokens.txt", "a VITS voice of sherpa-onnx")),
        )
        model = sherpa.OfflineTtsModelConfig(vits=vits, num_threads=1)
        return sherpa.OfflineTts(sherpa.OfflineTtsConfig(model=model))


class SherpaEar:
    """Understands speech with a streaming transducer of sherpa-onnx."""

    def __init__(self, folder: Path) -> None:
        sherpa = _sherpa("hearing")
        what = "a streaming transducer of sherpa-onnx"
        parts = {one: str(_one(folder, f"{one}*.onnx", what)) for one in _PARTS}
        tokens = str(_one(folder, "tokens.txt", what))
        self._engine: Any = sherpa.OnlineRecognizer.from_transducer(
            tokens=tokens, **parts, num_threads=1, sample_rate=16000, feature_dim=80
        )

    def text_of(self, samples: Array, rate: int) -> str:
        """Return what is said in one utterance.

        Args:
            samples: Shape (n,), -1 to 1.
            rate: [1/s].
        """
        stream = self._engine.create_stream()
        quiet = np.zeros(int(0.6 * rate))
        stream.accept_waveform(rate, np.concatenate([samples, quiet]).astype(np.float32))
        stream.input_finished()
        while self._engine.is_ready(stream):
            self._engine.decode_stream(stream)
        return str(self._engine.get_result(stream)).strip()


_PARTS = ("encoder", "decoder", "joiner")


def _one(folder: Path, pattern: str, what: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        cure = f"give the folder of {what}: see its list of models"
        raise FileError(folder, pattern, "there is no such file", cure)
    return found[0]


def _sherpa(purpose: str) -> Any:
    try:
        import sherpa_onnx
    except ModuleNotFoundError as error:
        raise MissingDependency("sherpa-onnx", purpose, "sherpa") from error
    return sherpa_onnx
