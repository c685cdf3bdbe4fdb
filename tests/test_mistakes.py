"""A user's mistake ends in one line with its cure and exit code 2: no traceback, no silence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
YARD = ROOT / "sim" / "worlds" / "yard.yaml"


def _robotics(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "robotics.cli", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _assert_helpful(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stderr + done.stdout
    assert done.returncode == 2, said
    assert "Traceback" not in said
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "zanqiao"], ["no world 'zanqiao'", "did you mean 'zhanqiao'?"]),
        (["run", "absent.yaml"], ["absent.yaml", "No such file"]),
        (["run", "yard", "--minuts", "1"], ["No such option", "--minutes"]),
        (["run", "yard", "--minutes", "0"], ["--minutes is 0", "more than 0"]),
        (["map", "nothing.mcap", "m"], ["nothing.mcap", "No such file"]),
        (["map", "nothing.log", "m"], ["nothing.log", "No such file"]),
        (["map", "x.mcap", "m", "--resolution", "0"], ["'--resolution'", "from 0.01 to 1"]),
        (["run", "yard", "--visitors", "few"], ["'--visitors'", "'few' is not a whole number"]),
        (["run", "yard", "--visitors", "501"], ["--visitors is 501", "0 to 500"]),
        (["run", "yard", "--visitors", "400"], ["400 visitors find no room at yard", "fewer"]),
        (["run", "yard", "--minutes", "soon"], ["'--minutes'", "'soon' is not a number"]),
        (["run", "yard", "--robot", "cat"], ["'cat'", "greeter", "sweeper"]),
        (["run", "yard", "--on", "moon"], ["no body 'moon'", "sim"]),
        (["run", "yard", "--seed", "-1"], ["'--seed'", "'-1' is not a whole number"]),
        (["run", "yard", "--report", "/proc/nowhere"], ["/proc/nowhere", "folder you can write"]),
        (["replay", "absent.mcap"], ["absent.mcap", "No such file"]),
        (["replay", str(YARD)], ["yard.yaml", "not an MCAP file"]),
        (["recover", str(YARD), "x.mcap"], ["yard.yaml", "not an MCAP file"]),
        (["export", "nowhere", "maps"], ["no world 'nowhere'", "available"]),
        (["fly"], ["No such command", "fly"]),
        ([], ["Usage", "run", "replay"]),
    ],
)
def test_a_wrong_command_line_is_answered_with_its_cure(
    tmp_path: Path, arguments: list[str], words: list[str]
) -> None:
    """Unknown names list what there is; impossible values say what is allowed."""
    _assert_helpful(_robotics(*arguments, cwd=tmp_path), *words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\nbounds:", "\nbuonds:", ["unknown key 'buonds'", "did you mean 'bounds'?"]),
        ("\nbounds:", "\nbounds: [", ["line"]),
        ("resolution: 0.05", "resolution: 0", ["resolution", "0"]),
    ],
)
def test_a_wrong_world_file_names_the_line(
    tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    """File, line, value, what is allowed."""
    text = YARD.read_text(encoding="utf-8")
    assert old in text, f"the test needs {old!r} in yard.yaml"
    (tmp_path / "mine.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    done = _robotics("run", "mine.yaml", "--minutes", "0.01", cwd=tmp_path)
    _assert_helpful(done, "mine.yaml", "line", *words)


def test_without_pybullet_the_cure_is_one_command(tmp_path: Path) -> None:
    """A laptop without the extra is told what to install; lists still work."""
    hidden = tmp_path / "pybullet.py"
    hidden.write_text("raise ModuleNotFoundError('No module named pybullet', name='pybullet')\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = _robotics("run", "yard", "--minutes", "0.01", cwd=tmp_path, PYTHONPATH=path)
    _assert_helpful(done, "pybullet", "not installed", "pip install")
    listed = _robotics("list", cwd=tmp_path, PYTHONPATH=path)
    assert listed.returncode == 0
    assert "yard" in listed.stdout


def test_help_reads_well(tmp_path: Path) -> None:
    """Every command and every option of the main one is explained."""
    overview = _robotics("--help", cwd=tmp_path).stdout
    for command in ("run", "replay", "recover", "list", "export", "map"):
        assert command in overview
    details = _robotics("run", "--help", cwd=tmp_path).stdout
    for option in ("--minutes", "--seed", "--robot", "--on", "--report", "--visitors", "--view"):
        assert option in details


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the checkout's own files, to be broken."""
    home = tmp_path_factory.mktemp("copy")
    for folder in ("robotics", "sim", "urdf", "behaviours"):
        shutil.copytree(ROOT / folder, home / folder)
    return home


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("urdf/greeter/greeter.urdf", "</robot>", "", ["greeter.urdf", "line", "not XML"]),
        ("urdf/sweeper/sweeper.urdf", '"wheel_left"', '"wheel_lift"', ["wheel_left", "missing"]),
        ("urdf/greeter/greeter.urdf", 'upper="2.35"', 'upper="-9"', ["_knee", "contradictory"]),
        ("behaviours/greeter/nod.yaml", "duration:", "duratoin:", ["nod.yaml", "'duration'"]),
        ("sim/worlds/yard.yaml", "resolution: 0.05", "resolution: -1", ["yard.yaml", "line"]),
    ],
)
def test_a_broken_file_of_the_project_is_named(
    copy: Path, file: str, old: str, new: str, words: list[str]
) -> None:
    """A URDF, a behaviour or a world that somebody edited: file, place, cure."""
    path = copy / file
    whole = path.read_text(encoding="utf-8")
    assert old in whole, f"the test needs {old!r} in {file}"
    path.write_text(whole.replace(old, new, 1), encoding="utf-8")
    done = _robotics("run", "yard", "--minutes", "0.01", cwd=copy, PYTHONPATH=str(copy))
    path.write_text(whole, encoding="utf-8")
    _assert_helpful(done, *words)
