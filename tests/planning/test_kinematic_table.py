"""The table of curve lengths, and its file in the cache."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.planning.kinematic import table as table_module
from robotics.planning.kinematic.table import REACH, STEP, YAWS, cache_folder, load_table, look_up
from robotics.planning.kinematic.words import SEGMENTS, shortest

BOTH = np.array([1.0, 1.0, 0.0])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache folder in which the table was made once."""
    path = tmp_path_factory.mktemp("cache")
    load_table(reverse=True, folder=path)
    return path


def _length(pose: Array) -> float:
    return shortest(pose, BOTH, np.empty((2, SEGMENTS)))


def test_it_is_right_up_to_half_a_cell(folder: Path) -> None:
    """It never says more than the length and the way to the nearest node, nor less without it."""
    table, rng = load_table(reverse=True, folder=folder), np.random.default_rng(3)
    for _ in range(3000):
        pose = np.array([*rng.uniform(-REACH, REACH, 2), rng.uniform(-math.pi, math.pi)])
        node = np.array([STEP, STEP, math.tau / YAWS]) * np.round(
            pose / [STEP, STEP, math.tau / YAWS]
        )
        c, s = math.cos(node[2]), math.sin(node[2])
        x, y, yaw = pose - node
        off = _length(np.array([c * x + s * y, c * y - s * x, yaw])) + 1e-5
        assert abs(look_up(table, *pose) - _length(pose)) <= off


def test_beyond_it_nothing_is_promised(folder: Path) -> None:
    """Outside, and for NaN, it says 0, which is always admissible."""
    table = load_table(reverse=True, folder=folder)
    assert look_up(table, REACH + 0.2, 0.0, 0.0) == 0.0
    assert look_up(table, 0.0, -REACH - 0.2, 0.0) == 0.0
    assert look_up(table, math.nan, 0.0, 0.0) == 0.0


def test_mirrored_poses_share_a_value(folder: Path) -> None:
    """Half of the grid is enough."""
    table = load_table(reverse=True, folder=folder)
    assert look_up(table, 1.1, -2.2, 0.7) == look_up(table, 1.1, 2.2, -0.7)


def test_a_written_table_is_read_again(folder: Path) -> None:
    """The second time it comes from the one file, bit for bit, and cannot be written to."""
    assert len(list(folder.iterdir())) == 1
    first, second = (load_table(reverse=True, folder=folder) for _ in range(2))
    assert np.array_equal(first, second)
    assert not second.flags.writeable


@pytest.mark.parametrize("damage", ["torn", "flipped", "empty", "longer"])
def test_a_broken_file_is_written_anew(folder: Path, damage: str) -> None:
    """Half written, one bit turned, empty, with something behind it: the table is the same."""
    (file,) = folder.iterdir()
    data = file.read_bytes()
    flipped = data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]
    file.write_bytes(
        {"torn": data[: len(data) // 2], "flipped": flipped, "empty": b"", "longer": data + b"x"}[
            damage
        ]
    )
    assert load_table(reverse=True, folder=folder)[40, 0, 0] == 0.0
    assert file.read_bytes() == data
    assert list(folder.iterdir()) == [file]


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    """Such as one below a plain file."""
    (tmp_path / "file").write_text("in the way")
    assert load_table(reverse=True, folder=tmp_path / "file" / "below")[40, 0, 0] == 0.0


def test_ahead_only_has_a_table_of_its_own(folder: Path, tmp_path: Path) -> None:
    """Its lengths are never shorter, and its file has another name."""
    ahead = load_table(reverse=False, folder=tmp_path)
    assert (ahead >= load_table(reverse=True, folder=folder) - 1e-5).all()
    assert {file.name for file in tmp_path.iterdir()}.isdisjoint(f.name for f in folder.iterdir())


def test_the_name_tells_version_and_grid(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A new version does not read the files of the old one."""
    load_table(reverse=True, folder=tmp_path)
    monkeypatch.setattr(table_module, "VERSION", table_module.VERSION + 1)
    load_table(reverse=True, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_cache_is_where_the_platform_keeps_caches(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On Linux the folder of XDG_CACHE_HOME, else ~/.cache."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "scenic-robots"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "scenic-robots"
