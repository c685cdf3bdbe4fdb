"""Voice activity by silero's network: the contract with the library, and the law of speech."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robotics.core.errors import FileError, MissingDependency
from robotics.voice.hearing.activity import AHEAD, HANG, speech
from robotics.voice.hearing.ear import ear_named
from robotics.voice.hearing.silero import CONTEXT, HERTZ, WINDOW, Silero
from robotics.voice.hearing.worker import activity, sentences, transcribe
from robotics.voice.sound import Sound, write_wav

FIVE = ("input", "state", "sr")
FOUR = ("input", "sr", "h", "c")


def _library(names: tuple[str, ...], seen: list[dict[str, Any]]) -> types.SimpleNamespace:
    """Return a stand-in for onnxruntime: what is loud is speech, states count the windows."""

    class Session:
        def __init__(self, path: str, options: object) -> None:
            if Path(path).read_bytes() == b"broken":
                raise RuntimeError("INVALID_PROTOBUF\nmore")

        def get_inputs(self) -> list[Any]:
            return [types.SimpleNamespace(name=name) for name in names]

        def run(self, wanted: None, given: dict[str, Any]) -> list[Any]:
            seen.append(given)
            assert tuple(sorted(given)) == tuple(sorted(names))
            assert given["input"].dtype == np.float32
            loud = float(np.abs(given["input"][0, -WINDOW:]).mean())
            states = [given[name] + 1 for name in names if name not in ("input", "sr")]
            return [np.array([[min(1.0, 10.0 * loud)]]), *states]

    return types.SimpleNamespace(InferenceSession=Session, SessionOptions=types.SimpleNamespace)


def _model(folder: Path, data: bytes = b"net") -> Path:
    path = folder / "silero_vad.onnx"
    path.write_bytes(data)
    return path


def _talk(*spans: tuple[float, float], rate: int = HERTZ, length: float = 6.0) -> Any:
    samples = np.zeros(round(length * rate))
    for start, end in spans:
        samples[round(start * rate) : round(end * rate)] = 0.5
    return samples


@pytest.mark.parametrize(("names", "width"), [(FIVE, WINDOW + CONTEXT), (FOUR, WINDOW)])
def test_the_contract_with_each_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], width: int
) -> None:
    """Window by window, with the samples before it where the version wants them; states go on."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setitem(sys.modules, "onnxruntime", _library(names, seen))
    ear = Silero(_model(tmp_path))
    samples = np.random.default_rng(1).uniform(-0.1, 0.1, 10 * WINDOW + 7)
    assert len(ear.probabilities(samples, HERTZ)) == 10
    assert all(one["input"].shape == (1, width) for one in seen)
    assert all(int(one["sr"]) == HERTZ for one in seen)
    state = next(name for name in names if name not in ("input", "sr"))
    assert [float(one[state].max()) for one in seen] == list(range(10))
    if width > WINDOW:
        before = samples[2 * WINDOW - CONTEXT : 3 * WINDOW].astype(np.float32)
        assert np.array_equal(seen[2]["input"][0], before)


@pytest.mark.parametrize("rate", [16000, 8000, 44100])
def test_speech_is_found_where_the_network_hears_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rate: int
) -> None:
    """Two sentences; a click is none; nothing is none; at the rate of any microphone."""
    monkeypatch.setitem(sys.modules, "onnxruntime", _library(FIVE, []))
    ear = Silero(_model(tmp_path))
    found = list(ear(_talk((1.0, 2.0), (3.5, 4.5), rate=rate), rate))
    assert len(found) == 2
    for span, (start, end) in zip(found, ((1.0, 2.0), (3.5, 4.5)), strict=True):
        assert abs(span.start - (start - AHEAD)) < 0.07
        assert abs(span.end - (end + AHEAD)) < 0.07
    assert list(ear(_talk((2.0, 2.08), rate=rate), rate)) == []
    assert list(ear(np.zeros(0), rate)) == []


def test_it_is_used_where_its_file_lies_beside_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same plug: a recording, a stream; without the file it is loudness."""

    class Counting:
        def text_of(self, samples: Any, rate: int) -> str:
            return f"{len(samples) / rate:.1f} s"

    monkeypatch.setitem(sys.modules, "onnxruntime", _library(FIVE, []))
    assert activity(tmp_path) is speech
    _model(tmp_path)
    spoken = activity(tmp_path)
    assert isinstance(spoken, Silero)
    samples = _talk((1.0, 2.0), (3.5, 4.5))
    path = tmp_path / "said.wav"
    write_wav(path, Sound(samples, rate=HERTZ))
    lines = transcribe(path, Counting(), spoken)
    assert [text for _, text in lines] == ["1.4 s", "1.4 s"]
    assert all(
        end + HANG < time < end + HANG + 0.3
        for (time, _), end in zip(lines, (2.0, 4.5), strict=True)
    )
    stream = iter(np.array_split(samples, 60))
    assert [round(len(one) / HERTZ, 1) for one in sentences(stream, HERTZ, spoken)] == [1.4, 1.4]


def test_what_is_missing_or_wrong_is_told_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No library, a broken file, another network: one line each."""
    model = _model(tmp_path)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingDependency, match=r"pip install 'scenic-robots\[silero\]'"):
        activity(tmp_path)
    (tmp_path / "am").mkdir()
    monkeypatch.setitem(sys.modules, "vosk", types.SimpleNamespace(Model=str))
    with pytest.raises(MissingDependency, match="onnxruntime"):
        ear_named(str(tmp_path))
    monkeypatch.setitem(sys.modules, "onnxruntime", _library(("x", "y"), []))
    with pytest.raises(FileError, match=r"its inputs are x, y; give silero_vad.onnx"):
        Silero(model)
    monkeypatch.setitem(sys.modules, "onnxruntime", _library(FIVE, []))
    with pytest.raises(FileError, match=r"cannot be opened .INVALID_PROTOBUF.; give"):
        Silero(_model(tmp_path, b"broken"))
