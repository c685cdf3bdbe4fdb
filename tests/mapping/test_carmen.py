"""CARMEN logs: both laser lines, what is skipped, what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import RecordError
from robotics.mapping.carmen import read_carmen

FLASER = "FLASER 4 1.0 2.0 81.83 3.0 0.1 0.2 0.3 1.1 1.2 1.3 976.5 host 0.25"
ROBOT = (
    "ROBOTLASER1 0 -1.5 3.0 1.0 30.0 0.01 0 4 1.0 2.0 30.0 3.5 2 7 8 0.1 0.2 0.3 1.1 1.2 1.3"
    " 0.5 0.6 0.3 0.3 1.0 12.75 host 0.5"
)


def written(folder: Path, *lines: str) -> Path:
    """Return a log with these lines."""
    path = folder / "some.log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_both_forms_give_time_poses_and_scan(tmp_path: Path) -> None:
    """Every number lands where the format says, "nothing seen" becomes infinite."""
    first, second = read_carmen(written(tmp_path, "# a log", "PARAM x y", FLASER, ROBOT))
    assert (first.time, second.time) == (976.5, 12.75)
    for turn in (first, second):
        assert turn.pose_laser == pytest.approx([0.1, 0.2, 0.3])
        assert turn.pose_odometry == pytest.approx([1.1, 1.2, 1.3])
    assert first.scan.range == pytest.approx([1.0, 2.0, np.inf, 3.0])
    assert second.scan.range == pytest.approx([1.0, 2.0, np.inf, 3.5])
    assert second.scan.angle == pytest.approx([-1.5, -0.5, 0.5, 1.5])
    assert first.scan.angle[[0, 2]] == pytest.approx([-math.pi / 2, 0.0])


@pytest.mark.parametrize(("count", "step"), [(180, 1.0), (181, 1.0), (360, 0.5), (361, 0.5)])
def test_half_a_turn_has_whole_steps(tmp_path: Path, count: int, step: float) -> None:
    """180 or 181 readings stand a degree apart, 360 or 361 half of one."""
    ranges = " ".join(["2.0"] * count)
    line = f"FLASER {count} {ranges} 0 0 0 0 0 0 1.0 host 1.0"
    (turn,) = read_carmen(written(tmp_path, line))
    assert np.degrees(np.diff(turn.scan.angle)) == pytest.approx(step)
    assert turn.scan.angle[0] == pytest.approx(-math.pi / 2)


@pytest.mark.parametrize(
    "line",
    [
        "FLASER",
        "FLASER x",
        "FLASER -3 1 2 3",
        "FLASER 400000000 1 2 3",
        FLASER.rsplit(" ", 6)[0],
        FLASER.replace("2.0", "two"),
        FLASER.replace("1.2", "nan"),
        ROBOT.rsplit(" ", 9)[0],
        ROBOT.replace(" 0 4 ", " 0 9 "),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str) -> None:
    """The error gives the file and the number of the line."""
    path = written(tmp_path, FLASER, line)
    with pytest.raises(RecordError, match=r"some\.log: line 2: ") as error:
        read_carmen(path)
    assert "\n" not in str(error.value)


def test_a_log_without_scans_is_refused(tmp_path: Path) -> None:
    """An empty file, another format, no file: one line each."""
    for path in (written(tmp_path, "ODOM 0 0 0 0 0 0 1 host 1"), tmp_path / "none.log"):
        with pytest.raises(RecordError, match=r"\.log: "):
            read_carmen(path)
