"""The process that listens: microphone, voice activity, the user's model, a line for each sentence.

It runs beside the robot's loop, which only reads its lines: ``python -m
robotics.voice.hearing.worker FOLDER``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import FileError, RoboticsError
from robotics.voice.hearing.activity import HANG, Activity, speech
from robotics.voice.hearing.ear import as_line, clean
from robotics.voice.hearing.silero import MODEL, Silero
from robotics.voice.hearing.vosk import VoskEar
from robotics.voice.sherpa import SherpaEar
from robotics.voice.sound import read_wav

RATE = 16000
"""Of the microphone: what models were trained with [1/s]."""
LONGEST = 15.0
"""A sentence is cut off there [s]."""
LOOK = 0.2
"""A stream is looked at this often [s]."""


class Recogniser(Protocol):
    """Turns one utterance into text."""

    def text_of(self, samples: Array, rate: int) -> str:
        """Return what is said in ``samples`` (n,), -1 to 1, at ``rate`` [1/s]."""


def recogniser(folder: Path) -> Recogniser:
    """Return what can use the model in ``folder``: vosk or sherpa-onnx.

    Raises:
        FileError: There is no model that is known.
        MissingDependency: Its library is not installed.
    """
    if (folder / "am").is_dir() or (folder / "conf" / "model.conf").is_file():
        return VoskEar(folder)
    if (folder / "tokens.txt").is_file():
        return SherpaEar(folder)
    cure = "give a folder of vosk (am/, conf/) or of sherpa-onnx (tokens.txt, encoder*.onnx)"
    raise FileError(folder, "", "there is no model that is known", cure)


def activity(folder: Path) -> Activity:
    """Return what tells speech from noise: silero where its file is in ``folder``, else loudness.

    Raises:
        MissingDependency: The file is there and its library is not installed.
        FileError: The file is no network of silero's.
    """
    models = sorted(folder.glob(MODEL))
    return Silero(models[0]) if models else speech


def transcribe(path: Path, ears: Recogniser, spoken: Activity = speech) -> list[tuple[float, str]]:
    """Return (when it was understood [s], text) of every sentence in a recording.

    Args:
        path: A WAV file.
        ears: Understands.
        spoken: Tells when somebody speaks.

    Raises:
        FileError: It cannot be read.
    """
    sound = read_wav(path)
    found = []
    for span in spoken(sound.samples, sound.rate):
        piece = sound.samples[int(span.start * sound.rate) : int(span.end * sound.rate)]
        text = clean(ears.text_of(piece, sound.rate))
        if text:
            found.append((span.end + HANG, text))
    return found


def sentences(blocks: Iterator[Array], rate: int, spoken: Activity = speech) -> Iterator[Array]:
    """Yield each sentence of a stream as soon as it is over, shape (n,)."""
    kept, fresh = np.zeros(0), 0
    for block in blocks:
        kept, fresh = np.concatenate([kept, block]), fresh + len(block)
        if fresh < LOOK * rate:
            continue
        fresh = 0
        spans = list(spoken(kept, rate))
        if not spans:
            kept = kept[-int(5.0 * rate) :]
            continue
        first, length = spans[0], len(kept) / rate
        if length - first.end > HANG or length - first.start > LONGEST:
            yield kept[int(first.start * rate) : int(first.end * rate)]
            kept = kept[min(len(kept), int(first.end * rate)) :]


def listen(
    blocks: Iterator[Array],
    ears: Recogniser,
    say: Callable[[str], None],
    spoken: Activity = speech,
) -> None:
    """Write a line for every sentence of a stream."""
    for sentence in sentences(blocks, RATE, spoken):
        text = as_line(ears.text_of(sentence, RATE))
        if text:
            say(text)


def main() -> None:
    """Listen to the microphone until the pipe is closed."""
    from robotics.voice.device import record

    def say(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    try:
        folder = Path(sys.argv[1])
        listen(record(RATE), recogniser(folder), say, activity(folder))
    except RoboticsError as error:
        sys.stderr.write(f"hearing: {error}\n")
        sys.exit(2)
    except (BrokenPipeError, KeyboardInterrupt):
        pass


if __name__ == "__main__":
    main()
