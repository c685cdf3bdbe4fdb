"""vosk (Apache-2.0): understands speech with a model of the user's; imported here only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import MissingDependency


class VoskEar:
    """A recogniser; satisfies ``robotics.voice.hearing.worker.Recogniser``."""

    def __init__(self, folder: Path) -> None:
        self._vosk = _vosk()
        self._model: Any = self._vosk.Model(str(folder))

    def text_of(self, samples: Array, rate: int) -> str:
        """See ``Recogniser``."""
        engine = self._vosk.KaldiRecognizer(self._model, rate)
        engine.AcceptWaveform(np.rint(32767.0 * np.clip(samples, -1, 1)).astype("<i2").tobytes())
        return str(json.loads(engine.FinalResult()).get("text", ""))


def _vosk() -> Any:
    try:
        import vosk
    except ModuleNotFoundError as error:
        raise MissingDependency("vosk", "hearing", "vosk") from error
    return vosk
