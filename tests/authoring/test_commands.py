"""The commands of an author, as an author uses them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from robotics.authoring.shelf import Shelf, find
from robotics.authoring.start import create, templates
from robotics.authoring.watching import Watcher, watch
from robotics.cli import app
from robotics.core.errors import OptionError, RoboticsError, UnknownName

KINDS = [(robot, kind) for robot in ("greeter", "sweeper") for kind in templates(robot)]
RUN = CliRunner()


def said(*arguments: str) -> tuple[int, str]:
    """Return exit code and output of a command."""
    result = RUN.invoke(app, ["behaviour", *arguments])
    if isinstance(result.exception, RoboticsError):
        return 2, str(result.exception)
    return result.exit_code, result.output


@pytest.mark.parametrize(("robot", "kind"), KINDS)
def test_every_template_passes(robot: str, kind: str, tmp_path: Path) -> None:
    """A file as it is started has no fault and no warning."""
    code, _ = said("new", kind, f"my_{kind}", "--robot", robot, "--folder", str(tmp_path))
    assert code == 0
    path = tmp_path / robot / f"my_{kind}.yaml"
    code, text = said("check", str(path), "--quick", "--lang", "en")
    assert (code, text.count("\n")) == (0, 2), text
    assert "passes" in text


def test_every_kind_has_a_template() -> None:
    """Whatever kind an author thinks of, there is a start for the greeter."""
    from typing import get_args

    from robotics.behaviour.format.schema import Kind

    assert set(templates("greeter")) == set(get_args(Kind))


@pytest.mark.slow
def test_every_template_is_proved(tmp_path: Path) -> None:
    """The movement, too."""
    pytest.importorskip("pinocchio")
    for robot, kind in KINDS:
        create(Shelf(robot, tmp_path), kind, f"my_{kind}")
    for robot in ("greeter", "sweeper"):
        code, text = said("check", "--robot", robot, "--folder", str(tmp_path), "--lang", "en")
        assert (code, "refused" in text) == (0, False), text


def test_a_first_greeting_from_nothing_to_its_certificate(tmp_path: Path) -> None:
    """What docs/authoring.md does, with its mistakes."""
    pytest.importorskip("pinocchio")
    folder = ("--folder", str(tmp_path), "--lang", "en")
    path = tmp_path / "greeter" / "hello.yaml"
    assert said("new", "greeting", "hello", *folder)[0] == 0
    good = path.read_text("utf-8")
    path.write_text(
        good.replace("[wave]!欢迎", "[wavee]!欢迎").replace("visitor ", "visitr "), "utf-8"
    )
    code, text = said("check", "hello", *folder)
    assert code == 1
    assert "hello.yaml:5:11: fault: priority" in text
    assert "did you mean 'wave'?" in text
    path.write_text(good, "utf-8")
    code, text = said("certify", "hello", "--no-physics", *folder)
    assert (code, "balance margin" in text) == (0, True), text
    file = tmp_path / "certificates" / "greeter" / "hello.json"
    kept = json.loads(file.read_text("utf-8"))
    assert (kept["behaviour"], kept["robot"]) == ("hello", "greeter")
    assert "hello                    ✓" in said("list", *folder)[1]
    assert "its certificate holds" in said("certify", "hello", "--no-physics", *folder)[1]
    assert "balance margin" in said("certify", "hello", "--no-physics", "--again", *folder)[1]
    path.write_text(good.replace("你好呀", "你好啊"), "utf-8")
    assert "balance margin" in said("certify", "hello", "--no-physics", *folder)[1]


def test_messages_are_chinese_unless_asked(tmp_path: Path) -> None:
    """The people who write behaviours read Chinese."""
    said("new", "greeting", "hello", "--folder", str(tmp_path))
    code, text = said("check", "--folder", str(tmp_path), "--quick")
    assert (code, "通过" in text) == (0, True)


def test_mistakes_of_the_command_line(tmp_path: Path) -> None:
    """Each says what is there instead; nothing is overwritten."""
    shelf = Shelf("greeter", tmp_path)
    create(shelf, "greeting", "hello")
    for kind, name, error, words in (
        ("greetng", "x", UnknownName, "did you mean 'greeting'"),
        ("greeting", "hello", OptionError, "exists already"),
        ("greeting", "My Hello", OptionError, "small letters"),
        ("greeting", "你好", OptionError, "small letters"),
    ):
        with pytest.raises(error, match=words):
            create(shelf, kind, name)
    with pytest.raises(UnknownName, match="did you mean 'hello'"):
        find(shelf, ["helo"])
    with pytest.raises(OptionError, match="no such file"):
        find(shelf, ["nowhere.yaml"])
    with pytest.raises(OptionError, match="behaviour new"):
        find(Shelf("sweeper", tmp_path), [])


ANSWERS = """\
topic: mine
entries:
  - id: pier_length
    kind: chat
    ask:
      zh: |
        栈桥有多长
      en: |
        Is it as long as a snake?
        Is it like a snake?
    answer:
      zh: |
        [wavee]长！
        很长！
      en: |
        Long!
        Very long!
"""


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("zh", ("只有 1 种问法; 至少写 10 种", "是不是 'wave'", "有两条 'pier_length'")),
        ("en", ("1 phrasings in zh; write at least 10", "did you mean 'wave'", "two entries")),
    ],
)
def test_answers_are_checked_too(tmp_path: Path, language: str, wanted: tuple[str, ...]) -> None:
    """An entry twice, too few phrasings, a wrong gesture: each with its line, in both languages."""
    pytest.importorskip("pypinyin")
    said("new", "greeting", "hello_x", "--folder", str(tmp_path))
    (tmp_path / "answers").mkdir()
    file = tmp_path / "answers" / "mine.yaml"
    file.write_text(ANSWERS, encoding="utf-8")
    code, text = said("check", "--quick", "--folder", str(tmp_path), "--lang", language)
    assert code == 1
    for one in wanted:
        assert one in text
    assert f"{file}:3:1: " in text
    assert f"{file}:13:1: " in text


def test_a_file_is_read_with_the_folders_around_it(tmp_path: Path) -> None:
    """Its path is enough: robot and folder follow from it."""
    path = create(Shelf("sweeper", tmp_path), "request", "room")
    ((shelf, found),) = find(Shelf("greeter"), [str(path)])
    assert (shelf.robot, shelf.folder, found) == ("sweeper", tmp_path, path)


def test_the_schema_is_json(tmp_path: Path) -> None:
    """And describes a behaviour."""
    code, text = said("schema")
    assert (code, set(json.loads(text)["required"])) == (0, {"behaviour", "kind", "priority"})


def test_watching_tells_what_was_saved_and_nothing_else(tmp_path: Path) -> None:
    """At first all; then those saved; all of them when a pose or a song is saved."""
    shelf = Shelf("greeter", tmp_path)
    first, second = (create(shelf, "greeting", name) for name in ("a", "b"))
    poses = tmp_path / "poses" / "greeter.yaml"
    told: list[list[str]] = []

    def save(path: Path, time: int) -> None:
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (time, time))

    turns = iter(
        [
            lambda: None,
            lambda: save(second, 1),
            lambda: save(poses, 2),
            lambda: create(shelf, "gesture", "c"),
            first.unlink,
        ]
    )

    def wait() -> bool:
        turn = next(turns, None)
        if turn is not None:
            turn()
        return turn is not None

    watch(Watcher(shelf), lambda found: told.append([path.stem for _, path in found]), wait)
    assert told == [["a", "b"], ["b"], ["a", "b"], ["c"]]
