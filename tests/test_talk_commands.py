"""The commands for sound, as a user types them."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import pytest
from typer.testing import CliRunner

from robotics.cli import app, main
from robotics.core.errors import OptionError
from robotics.talk import deliver, say
from robotics.voice.sound import Sound

pytest.importorskip("pyworld")
pytest.importorskip("pypinyin")
has_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is missing")


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@has_espeak
def test_say_writes_a_file(tmp_path: Path) -> None:
    """Sixteen bits, one channel, as long as the law says."""
    path = tmp_path / "said.wav"
    result = CliRunner().invoke(app, ["say", "你好", "--out", str(path)])
    assert result.exit_code == 0, result.output
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22050)
        assert file.getnframes() == round(2 / 4.2 * 22050)
    assert list((tmp_path / "cache").rglob("*.wav"))


def test_music_plays_without_a_voice(tmp_path: Path) -> None:
    """A dance needs no espeak-ng."""
    path = tmp_path / "dance.wav"
    result = CliRunner().invoke(app, ["sing", "sea_breeze", "--out", str(path)])
    assert result.exit_code == 0, result.output
    assert path.stat().st_size > 60 * 22050 * 2


def test_mistakes_end_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A voice or song that is not there, nothing to say, a folder that is not there."""
    for arguments, told in (
        (["say", "hello", "--voice", "parrot"], "there is no voice 'parrot'"),
        (["sing", "jasmin"], "did you mean 'jasmine'"),
        (["say", " "], "nothing to say"),
        (["music", "analyse", str(tmp_path / "lost.wav")], "lost.wav"),
        (["run", "yard", "--heard", str(tmp_path / "lost.txt")], "lost.txt"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
        assert told in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(OptionError, match="--out"):
        deliver(Sound(__import__("numpy").zeros(10)), tmp_path / "no" / "such.wav")
    with pytest.raises(OptionError, match="quotes"):
        say("", "child")
