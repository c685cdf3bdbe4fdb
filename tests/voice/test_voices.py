"""Voices of other engines: the contract, with stand-ins (no model can be had here)."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import (
    BackendError,
    FileError,
    MissingDependency,
    MissingProgram,
    UnknownName,
)
from robotics.voice.piper import PiperVoice
from robotics.voice.plugin import voice_named
from robotics.voice.sherpa import SherpaVoice
from robotics.voice.sound import RATE, Sound, read_wav, resampled, to_wav
from robotics.voice.speech import duration
from robotics.voice.stretch import fitted

PIPER = """\
#!{python}
import sys, wave, math, struct
words = sys.stdin.read()
if "fail" in words:
    sys.exit("no phonemes")
out = sys.argv[sys.argv.index("--output_file") + 1]
open(sys.argv[sys.argv.index("--model") + 1] + ".said", "w", encoding="utf-8").write(words)
with wave.open(out, "wb") as file:
    file.setparams((1, 2, 16000, 0, "NONE", ""))
    wave_of = [int(9000 * math.sin(0.1 * k)) for k in range(16000)]
    file.writeframes(struct.pack("<16000h", *wave_of))
"""


@pytest.fixture
def piper(tmp_path: Path) -> PiperVoice:
    """A program that behaves like piper, and a model that is none."""
    program = tmp_path / "piper"
    program.write_text(PIPER.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"model")
    (tmp_path / "voice.onnx.json").write_text("{}", encoding="utf-8")
    return PiperVoice(model, program=str(program))


def test_piper_is_given_words_and_fitted_to_the_law(piper: PiperVoice) -> None:
    """Without tags and figures; as long as the robot counts with, or as it is asked."""
    said = piper.say("[重:zhong4]要的1892年[wave]")
    assert len(said.samples) == round(duration("重要的1892年") * RATE)
    spoken = piper.model.with_name("voice.onnx.said").read_text("utf-8")
    assert spoken == "重要的一八九二年"
    assert abs(piper.say("你好", 2.5).duration - 2.5) < 1e-4
    assert max(said.lips.openings) == 1.0
    assert "voice.onnx" in piper.version


def test_what_piper_lacks_is_told(piper: PiperVoice, tmp_path: Path) -> None:
    """The program, the model, its description; and that it failed."""
    with pytest.raises(BackendError, match="no phonemes"):
        piper.say("fail")
    with pytest.raises(MissingProgram, match="piper-tts"):
        PiperVoice(piper.model, program="no-such-piper").say("hello")
    with pytest.raises(FileError, match="the voice is not there"):
        PiperVoice(tmp_path / "lost.onnx", program=piper.program).say("hello")
    piper.model.with_name("voice.onnx.json").unlink()
    with pytest.raises(FileError, match=r"voice\.onnx\.json"):
        piper.say("hello")


def test_sherpa_is_given_words_and_fitted_to_the_law(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its configuration has the files of the folder; what it says is fitted."""
    asked: list[object] = []

    def note(**values: object) -> types.SimpleNamespace:
        asked.append(values)
        return types.SimpleNamespace(**values)

    class Engine:
        def __init__(self, config: object) -> None:
            self.config = config

        def generate(self, text: str, sid: int, speed: float) -> types.SimpleNamespace:
            asked.append(text)
            time = np.arange(16000) / 16000
            return types.SimpleNamespace(samples=np.sin(1000.0 * time), sample_rate=16000)

    fake = types.SimpleNamespace(
        OfflineTtsVitsModelConfig=note,
        OfflineTtsModelConfig=note,
        OfflineTtsConfig=note,
        OfflineTts=Engine,
    )
    monkeypatch.setitem(sys.modules, "sherpa_onnx", fake)
    for name in ("model.onnx", "tokens.txt", "lexicon.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    said = SherpaVoice(tmp_path).say("你好[wave]")
    assert asked[-1] == "你好"
    assert asked[0] == {
        "model": str(tmp_path / "model.onnx"),
        "lexicon": str(tmp_path / "lexicon.txt"),
        "data_dir": "",
        "tokens": str(tmp_path / "tokens.txt"),
    }
    assert len(said.samples) == round(duration("你好") * RATE)


def test_what_sherpa_lacks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library, and every file by its name."""
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(MissingDependency, match=r"scenic-robots\[sherpa\]"):
        SherpaVoice(tmp_path).say("hello")
    with pytest.raises(FileError, match=r"\.onnx"):
        _ = SherpaVoice(tmp_path).version


def test_voices_go_by_their_names(tmp_path: Path) -> None:
    """A wrong one is told with those that there are."""
    assert voice_named("child", tmp_path).name == "child"
    assert voice_named("calm", tmp_path).name == "calm"
    assert voice_named(f"piper:{tmp_path}/x.onnx").name == "piper"
    assert voice_named(f"sherpa:{tmp_path}").name == "sherpa"
    for wrong in ("robot", "piper", "child:x"):
        with pytest.raises(UnknownName, match="child"):
            voice_named(wrong)


@pytest.mark.parametrize("length", [0.5, 1.0, 1.7])
def test_a_recording_is_fitted_without_changing_its_pitch(length: float) -> None:
    """Exactly as long as asked; the tone stays."""
    tone = np.sin(2.0 * np.pi * 220.0 * np.arange(RATE) / RATE)
    made = fitted(tone, length)
    assert len(made) == round(length * RATE)
    spectrum = np.abs(np.fft.rfft(made * np.hanning(len(made))))
    peak = float(np.argmax(spectrum)) * RATE / len(made)
    assert abs(peak - 220.0) < 2.0
    assert np.max(np.abs(made)) < 1.05


def test_nothing_can_be_fitted_too() -> None:
    """Silence and very short sounds give sound of the right length."""
    for samples in (np.zeros(0), np.zeros(10), np.ones(50)):
        assert len(fitted(samples, 0.5)) == round(0.5 * RATE)


def test_wav_files_read_back(tmp_path: Path) -> None:
    """To half a step of 16 bits; channels are mixed; other kinds are refused with a cure."""
    samples = np.linspace(-1.0, 1.0, 1000)
    again = read_wav(to_wav(Sound(samples))).samples
    assert np.max(np.abs(again - samples)) <= 0.5 / 32767 + 1e-12
    path = tmp_path / "x.wav"
    with pytest.raises(FileError, match="ffmpeg"):
        read_wav(path)
    path.write_bytes(b"RIFF....")
    with pytest.raises(FileError, match="no WAV"):
        read_wav(path)
    assert len(resampled(samples, 44100, 22050)) == 500
