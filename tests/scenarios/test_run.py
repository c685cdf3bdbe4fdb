"""The main command, end to end, on the small yard."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from robotics.mapping.grid import distance_field
from robotics.mapping.places import load_site
from robotics.record.reader import is_whole, read_entries
from robotics.report.digest import digest

ROOT = Path(__file__).parents[2]


def _start(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "robotics.cli", "run", "yard", "--report", str(folder),
         "--no-video", *options],
        cwd=folder.parent,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def _finish(run: subprocess.Popen[str]) -> str:
    out, err = run.communicate(timeout=300)
    assert run.returncode == 0, out + err
    return out


def _commands(folder: Path) -> str:
    """Return one hash over every command and observation of a recording."""
    found = hashlib.sha256()
    for entry in read_entries(folder / "run.mcap"):
        if entry.topic.endswith(("/command", "/observation", "/state")):
            found.update(entry.topic.encode() + entry.data)
    return found.hexdigest()


def _wait_for_ticks(record: Path, count: int) -> None:
    """Return as soon as the growing recording holds ``count`` messages."""
    for _ in range(1200):
        if record.exists() and record.stat().st_size > 0:
            try:
                if sum(1 for _ in read_entries(record)) >= count:
                    return
            except OSError:
                pass
        time.sleep(0.1)
    pytest.fail("the run recorded nothing")


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Run the same seed twice, in two processes side by side."""
    folders = tuple(tmp_path_factory.mktemp("run") / "report" for _ in range(2))
    for run in [_start(folder, "--minutes", "0.15", "--seed", "5") for folder in folders]:
        _finish(run)
    return folders[0], folders[1]


def test_same_seed_same_commands_bit_for_bit_in_two_processes(
    two_runs: tuple[Path, Path],
) -> None:
    """Every observation, state and command is the same."""
    assert _commands(two_runs[0]) == _commands(two_runs[1])


def test_another_seed_is_another_run(two_runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Otherwise the test above would prove nothing."""
    other = tmp_path / "report"
    _finish(_start(other, "--minutes", "0.15", "--seed", "6"))
    assert _commands(other) != _commands(two_runs[0])


def test_both_robots_tick_at_their_own_rate(two_runs: tuple[Path, Path]) -> None:
    """The greeter 200 times a second, the sweeper 50 times."""
    run = digest(two_runs[0] / "run.mcap")
    assert run.robots["greeter"].ticks == pytest.approx(9.0 * 200, abs=3)
    assert run.robots["sweeper"].ticks == pytest.approx(9.0 * 50, abs=3)
    assert run.summary["falls"] == 0
    assert run.summary["contacts_caused"] == 0


def test_the_report_needs_no_network_and_links_to_one_page(two_runs: tuple[Path, Path]) -> None:
    """No address, all the sections; the one link leads to the page beside it."""
    page = (two_runs[0] / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""src=["'](?!data:)""", page)
    links = re.findall(r"""href=["'](?!data:|#)([^"']*)""", page)
    assert links == ["quality.html"]
    assert (two_runs[0] / links[0]).is_file()
    assert "url(" not in page
    for title in ("What happened", "Map", "Missions", "Distances", "Battery", "The tick"):
        assert f"<h2>{title}" in page


def test_a_recording_becomes_a_map(two_runs: tuple[Path, Path], tmp_path: Path) -> None:
    """From odometry and lidar alone: the map's walls stand where the site's own map has them."""
    done = subprocess.run(
        [sys.executable, "-m", "robotics.cli", "map", str(two_runs[0] / "run.mcap"),
         str(tmp_path / "map")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "loops closed" in done.stdout
    drawn, true = load_site(tmp_path / "map"), load_site(two_runs[0] / "site")
    rows, cols = np.nonzero(drawn.scannable.cells)
    resolution = drawn.scannable.resolution
    walls = drawn.scannable.origin + resolution * (np.column_stack((cols, rows)) + 0.5)
    gap = distance_field(true.scannable).value(walls, np.inf)
    assert len(walls) > 200
    assert np.mean(gap < 0.2) > 0.7  # the robot is not switched on exactly at its mark


def test_a_replay_sends_the_same_commands(two_runs: tuple[Path, Path], tmp_path: Path) -> None:
    """Recorded observations through newly assembled robots, compared bit for bit."""
    done = subprocess.run(
        [sys.executable, "-m", "robotics.cli", "replay", str(two_runs[0] / "run.mcap"),
         "--report", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same, bit for bit" in done.stdout
    assert (tmp_path / "report.html").exists()


def test_ctrl_c_stops_safely_and_still_writes_the_report(tmp_path: Path) -> None:
    """Both robots end their missions; the recording is whole; exit code 0."""
    folder = tmp_path / "report"
    run = _start(folder, "--minutes", "30")
    _wait_for_ticks(folder / "run.mcap", 2000)
    run.send_signal(signal.SIGINT)
    _finish(run)
    assert is_whole(folder / "run.mcap")
    assert (folder / "report.html").exists()
    result = digest(folder / "run.mcap")
    assert [event["kind"] for event in result.events] == ["stop"]
    assert 2.5 <= result.duration - result.events[0]["time"] <= 3.5
    for robot in result.robots.values():
        assert robot.series["speed"][-1] < 0.1


def test_a_killed_run_leaves_a_recording_up_to_its_last_second(tmp_path: Path) -> None:
    """SIGKILL in the middle: what was recorded opens, and a replay of it runs."""
    folder = tmp_path / "report"
    run = _start(folder, "--minutes", "30")
    _wait_for_ticks(folder / "run.mcap", 4000)
    run.kill()
    run.communicate(timeout=60)
    times = [entry.time for entry in read_entries(folder / "run.mcap")]
    assert not is_whole(folder / "run.mcap")
    assert len(times) >= 4000
    assert max(times) > 1.0
