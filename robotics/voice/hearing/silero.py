"""silero (MIT): tells speech from noise with the user's file ``silero_vad.onnx``.

Its package asks for PyTorch; the network alone needs onnxruntime only, which is imported here. The
models of version 4 (two hidden states) and of versions 5 and 6 (one state, the last 64 samples
before each window) are understood by the names of their inputs. The law from probabilities to
stretches of speech is that of silero's ``get_speech_timestamps``: speech begins at 0.5 and ends
where it stays 0.15 below that.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.errors import FileError, MissingDependency
from robotics.voice.hearing.activity import AHEAD, HANG, LEAST, Span
from robotics.voice.sound import resampled

MODEL = "silero_vad*.onnx"
"""Name of the file, beside the model of the recogniser."""
HERTZ = 16000
"""Samples a second that the network was trained with."""
WINDOW, CONTEXT = 512, 64
"""Samples that are judged at once; from version 5 on, those before them that are looked at."""
BEGINS, ENDS = 0.5, 0.35
"""Probability at which speech begins, below which it ends."""


class Silero:
    """Finds speech; satisfies ``robotics.voice.hearing.activity.Activity``."""

    def __init__(self, model: Path) -> None:
        """Open the network.

        Raises:
            MissingDependency: onnxruntime is not installed.
            FileError: The file is no network of silero's.
        """
        runtime = _runtime()
        options = runtime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 3  # errors only: a worker's lines are sentences
        try:
            self._session: Any = runtime.InferenceSession(str(model), options)
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise FileError(model, "", f"it cannot be opened ({_first(error)})", _CURE) from error
        names = {one.name for one in self._session.get_inputs()}
        if not ({"input", "sr", "state"} <= names or {"input", "sr", "h", "c"} <= names):
            raise FileError(model, "", f"its inputs are {', '.join(sorted(names))}", _CURE)
        self._is_four = "h" in names

    def __call__(self, samples: Array, rate: int) -> Iterator[Span]:
        """Yield when somebody speaks: see ``Activity``."""
        step = WINDOW / HERTZ
        begin, last = -1, -1
        chances = self.probabilities(samples, rate)
        for place, chance in enumerate(chances):
            if chance >= (BEGINS if begin < 0 else ENDS):
                begin = place if begin < 0 else begin
                last = place
            elif begin >= 0 and (place - last) * step > HANG:
                yield from _span(begin, last)
                begin = -1
        if begin >= 0:
            yield from _span(begin, last)

    def probabilities(self, samples: Array, rate: int) -> Array:
        """Return how likely each ``WINDOW`` is speech, shape (windows,), 0 to 1."""
        heard = resampled(np.asarray(samples, dtype=np.float64), rate, HERTZ).astype(np.float32)
        count = len(heard) // WINDOW
        state = self._at_rest()
        before = np.zeros(CONTEXT, dtype=np.float32)
        found = np.zeros(count)
        for place in range(count):
            window = heard[place * WINDOW : (place + 1) * WINDOW]
            seen = window if self._is_four else np.concatenate([before, window])
            given = {"input": seen[None, :], "sr": np.array(HERTZ, dtype=np.int64), **state}
            chance, *after = self._session.run(None, given)
            found[place] = float(np.asarray(chance).reshape(-1)[0])
            state = dict(zip(state, after, strict=True))
            before = window[-CONTEXT:]
        return frozen(found)

    def _at_rest(self) -> dict[str, Any]:
        if self._is_four:
            return {name: np.zeros((2, 1, 64), dtype=np.float32) for name in ("h", "c")}
        return {"state": np.zeros((2, 1, 128), dtype=np.float32)}


_CURE = "give silero_vad.onnx of silero's version 4 to 6: pip download --no-deps silero-vad has it"


def _span(begin: int, last: int) -> Iterator[Span]:
    step = WINDOW / HERTZ
    if (last - begin + 1) * step >= LEAST:
        yield Span(max(0.0, begin * step - AHEAD), (last + 1) * step + AHEAD)


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["unknown"])[0][:120]


def _runtime() -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise MissingDependency("onnxruntime", "silero's voice activity", "silero") from error
    return onnxruntime
