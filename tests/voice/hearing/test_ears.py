"""What visitors say: from a file, from a worker's pipe, from a recording and a model."""

from __future__ import annotations

import os
import select
import sys
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from robotics.core.errors import FileError, MissingDependency, OptionError
from robotics.core.messages import Command, Imu, Joints, Observation, Utterance
from robotics.hearing import ECHO, Attentive, open_ear
from robotics.voice.hearing.activity import speech
from robotics.voice.hearing.ear import (
    MOST,
    Both,
    Lines,
    Script,
    ear_named,
    read_script,
    started,
)
from robotics.voice.hearing.worker import listen, recogniser, sentences, transcribe
from robotics.voice.sound import Sound, write_wav

RATE = 16000


def _said(*spans: tuple[float, float], length: float = 6.0, noise: float = 0.002) -> Any:
    """Return noise with louder buzzing at ``spans`` [s]."""
    rng = np.random.default_rng(3)
    time = np.arange(round(length * RATE)) / RATE
    samples = noise * rng.standard_normal(len(time))
    for start, end in spans:
        inside = (time >= start) & (time < end)
        samples[inside] += 0.2 * np.sign(np.sin(2.0 * np.pi * 150.0 * time[inside]))
    return samples


class Counting:
    """A recogniser that tells how long it listened."""

    def text_of(self, samples: Any, rate: int) -> str:
        """See ``Recogniser``."""
        return f"{len(samples) / rate:.1f} s"


def test_a_script_speaks_at_its_times(tmp_path: Path) -> None:
    """Seconds or minutes, in any order, with remarks; each line once."""
    path = tmp_path / "said.txt"
    path.write_text("# a visitor\n1:05: 谢谢\n12.5: 洗手间在哪里\n\n3：hello there\n", "utf-8")
    ear = read_script(path)
    assert ear.hear(2.0) == ()
    assert ear.hear(12.5) == ("hello there", "洗手间在哪里")
    assert ear.hear(12.6) == ()
    assert ear.hear(100.0) == ("谢谢",)


@pytest.mark.parametrize("text", ["hello", "x: hello", "-3: hello", "3:", "3: \n4 hello"])
def test_a_wrong_line_is_told_with_its_number(tmp_path: Path, text: str) -> None:
    """File, line, what is allowed."""
    path = tmp_path / "said.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"line \d+: .*12\.5: "):
        read_script(path)
    with pytest.raises(FileError, match="cannot be read"):
        read_script(tmp_path / "lost.txt")


def test_lines_come_as_they_are_whole_and_nothing_is_waited_for() -> None:
    """Half a line stays until its end has come; bad bytes and control signs do no harm."""
    read, write = os.pipe()
    ear = Lines(read)
    assert ear.hear(0.0) == ()
    os.write(write, "你好\n在".encode())
    assert ear.hear(0.1) == ("你好",)
    os.write(write, "哪里\n\n \xff\x07!\n".encode("latin-1", "ignore"))
    os.write(write, b"x" * 2 * MOST + b"\n")
    heard = ear.hear(0.2)
    assert len(heard[-1]) == MOST
    os.close(write)
    assert ear.hear(0.3) == ()
    ear.close()
    assert ear.hear(0.4) == ()
    os.close(read)


def test_a_worker_process_is_heard_and_ended() -> None:
    """Its lines arrive; closing ends it; closing twice is allowed."""
    code = "import time; print('你好', flush=True); time.sleep(60)"
    ear = started([sys.executable, "-X", "utf8", "-c", code])
    assert ear.in_the_open
    worker = ear.worker
    assert worker is not None
    heard: tuple[str, ...] = ()
    assert worker.stdout is not None
    while not heard:
        assert select.select([worker.stdout], [], [], 30.0)[0], "it said nothing"
        heard = ear.hear(0.0)
    assert heard == ("你好",)
    ear.close()
    ear.close()
    assert worker.poll() is not None


def test_speech_is_found_over_the_noise_of_the_place() -> None:
    """Two sentences with a pause between them; a click is none; silence is none."""
    found = list(speech(_said((1.0, 2.0), (3.5, 4.5)), RATE))
    assert len(found) == 2
    for span, (start, end) in zip(found, ((1.0, 2.0), (3.5, 4.5)), strict=True):
        assert abs(span.start - (start - 0.2)) < 0.05
        assert abs(span.end - (end + 0.2)) < 0.05
    assert list(speech(_said((2.0, 2.05)), RATE)) == []
    assert list(speech(_said(), RATE)) == []
    assert list(speech(np.zeros(RATE), RATE)) == []
    assert list(speech(np.zeros(0), RATE)) == []


def test_loud_wind_is_no_speech_after_a_moment() -> None:
    """The noise of the place is learnt: steady noise is not taken for words for long."""
    found = list(speech(_said(noise=0.1), RATE))
    assert sum(span.end - span.start for span in found) < 1.0


def test_a_recording_becomes_a_script(tmp_path: Path) -> None:
    """Each sentence when it is understood: after the silence that ends it."""
    path = tmp_path / "said.wav"
    write_wav(path, Sound(_said((1.0, 2.0), (3.5, 4.5)), rate=RATE))
    lines = transcribe(path, Counting())
    assert [text for _, text in lines] == ["1.4 s", "1.4 s"]
    for (time, _), end in zip(lines, (2.0, 4.5), strict=True):
        assert end + 0.5 < time < end + 0.9


def test_a_stream_is_cut_into_sentences() -> None:
    """As soon as one is over, it is understood and told; a hum that never ends is cut."""
    samples = _said((1.0, 2.0), (3.5, 4.5))
    told: list[str] = []
    listen(iter(np.array_split(samples, 60)), Counting(), told.append)
    assert told == ["1.4 s", "1.4 s"]
    endless = _said((1.0, 20.0), length=20.0)
    cut = list(sentences(iter(np.array_split(endless, 40)), RATE))
    assert cut
    assert all(len(one) <= 16.0 * RATE for one in cut)


def test_what_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a model, a library that is not installed, a name that means nothing."""
    with pytest.raises(FileError, match="no model that is known"):
        recogniser(tmp_path)
    with pytest.raises(OptionError, match="console"):
        ear_named("telepathy")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(OptionError, match="terminal"):
        ear_named("console")
    for library, mark in (("vosk", "am"), ("sherpa_onnx", "tokens.txt")):
        folder = tmp_path / library
        folder.mkdir()
        if mark == "am":
            (folder / mark).mkdir()
        else:
            (folder / mark).write_text("a 0", encoding="utf-8")
        monkeypatch.setitem(sys.modules, library, None)
        with pytest.raises(MissingDependency, match="pip install"):
            recogniser(folder)


def test_the_contract_with_vosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for the library (no model can be had here): 16-bit samples in, JSON out."""

    class Kaldi:
        def __init__(self, model: object, rate: int) -> None:
            self.got, self.rate = b"", rate

        def AcceptWaveform(self, data: bytes) -> bool:
            self.got += data
            return True

        def FinalResult(self) -> str:
            return f'{{"text": "{len(self.got)} bytes at {self.rate}"}}'

    fake = types.SimpleNamespace(Model=lambda path: path, KaldiRecognizer=Kaldi)
    monkeypatch.setitem(sys.modules, "vosk", fake)
    (tmp_path / "am").mkdir()
    assert recogniser(tmp_path).text_of(np.zeros(100), RATE) == "200 bytes at 16000"


class Body:
    """A body that sees nothing; it counts."""

    period = 0.1

    def __init__(self) -> None:
        self.time = 0.0
        self.closed = 0

    def reset(self) -> Observation:
        """See ``Backend``."""
        return self._seen()

    def act(self, command: Command) -> None:
        """See ``Backend``."""

    def observe(self) -> Observation:
        """See ``Backend``."""
        self.time += self.period
        return self._seen()

    def close(self) -> None:
        """See ``Backend``."""
        self.closed += 1

    def _seen(self) -> Observation:
        zero = np.zeros(1)
        rest = Joints(zero, zero, zero, np.ones(1, dtype=np.bool_), zero)
        imu = Imu(np.zeros(3), np.array([0.0, 0.0, 9.81]))
        return Observation(time=self.time, joints=rest, imu=imu)


def test_a_body_with_ears_puts_words_into_its_observations() -> None:
    """At their time, behind what the body heard itself; closing closes both."""
    body = Body()
    attentive = Attentive(body, Script([(0.15, "hello"), (0.35, "again")]))
    heard = [(round(seen.time, 1), seen.heard) for seen in (attentive.observe() for _ in range(5))]
    assert [one for one in heard if one[1]] == [(0.2, ("hello",)), (0.4, ("again",))]
    attentive.close()
    assert body.closed == 1


def test_its_own_voice_is_not_what_a_visitor_says() -> None:
    """A microphone is not trusted while the robot speaks and shortly after; a script always is."""
    said = Utterance("你好", "hello", 0.0, 1.0)
    command = replace(Command(np.zeros(1), np.zeros(1)), sound=said)
    for in_the_open in (True, False):
        body = Body()
        lines = [(0.5, "hello"), (1.0 + 0.5 * ECHO, "hello"), (2.0, "where is it")]
        attentive = Attentive(body, Script(lines, in_the_open=in_the_open))
        heard = []
        for _ in range(30):
            attentive.act(command)
            heard += attentive.observe().heard
        assert heard == (["where is it"] if in_the_open else ["hello", "hello", "where is it"])


def test_several_ears_are_one(tmp_path: Path) -> None:
    """A script beside a live ear; none at all is none."""
    assert open_ear("", None) is None
    path = tmp_path / "said.txt"
    path.write_text("1: hello", encoding="utf-8")
    ear = open_ear("", path)
    assert isinstance(ear, Script)
    both = Both([ear, Script([(0.5, "first")])])
    assert both.hear(2.0) == ("hello", "first")
    both.close()
