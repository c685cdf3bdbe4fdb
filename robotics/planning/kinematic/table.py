"""Lengths of the shortest curves on a grid of relative poses: the search's sense of direction.

Lengths scale with the turning radius, so that one table, for a radius of one, serves every
machine. Mirrored poses have equal lengths, so half of the grid is enough. The table is worked out
once and kept in the user's cache folder; a file that is missing, torn or of another version is
written anew, and a folder that cannot be written costs time only.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.compiled import compiled
from robotics.planning.kinematic.words import SEGMENTS, TAU, shortest

VERSION = 1
"""Of the file's layout and of the formulas behind it."""
REACH = 10.0
"""Half the side of the square that is covered [turning radii]."""
STEP = 0.25
"""Between two nodes [turning radii]."""
YAWS = 72
"""Headings."""
_HALF = round(REACH / STEP)
SHAPE = (2 * _HALF + 1, _HALF + 1, YAWS)


@compiled
def fill(both: bool) -> Array:
    """Return the length from the origin to each node, shape (x, y, yaw), y not negative."""
    table, word, pose = np.empty(SHAPE), np.empty((2, SEGMENTS)), np.empty(3)
    rule = np.array([1.0 if both else 0.0, 1.0, 0.0])
    for i in range(SHAPE[0]):
        for j in range(SHAPE[1]):
            for k in range(YAWS):
                pose[0], pose[1], pose[2] = (i - _HALF) * STEP, j * STEP, k * TAU / YAWS
                table[i, j, k] = shortest(pose, rule, word)
    return table


@compiled
def look_up(table: Array, x: float, y: float, yaw: float) -> float:
    """Return the length to the node nearest to a relative pose; 0 where the table ends.

    Args:
        table: As ``fill`` returns it.
        x: Forward [turning radii].
        y: To the left [turning radii].
        yaw: Any angle [rad].
    """
    if y < 0.0:
        y, yaw = -y, -yaw
    if not (abs(x) <= REACH and y <= REACH):
        return 0.0
    i, j = math.floor(x / STEP + _HALF + 0.5), math.floor(y / STEP + 0.5)
    k = math.floor(yaw * (YAWS / TAU) + 0.5) % YAWS
    return float(table[i, j, k])


def cache_folder() -> Path:
    """Return where programs keep what they can work out again, on this platform."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "scenic-robots"
    name, usual = (
        ("LOCALAPPDATA", "AppData/Local")
        if sys.platform == "win32"
        else ("XDG_CACHE_HOME", ".cache")
    )
    given = os.environ.get(name, "")
    return (Path(given) if given else Path.home() / usual) / "scenic-robots"


def load_table(*, reverse: bool, folder: Path | None = None) -> Array:
    """Return the table, read-only, from ``folder`` (the user's cache) or worked out.

    Args:
        reverse: Whether the machine may drive backwards.
        folder: Where to keep it.
    """
    file = None
    with contextlib.suppress(RuntimeError):  # there may be no home
        file = (folder or cache_folder()) / _file_name(reverse)
    table = None if file is None else _read(file)
    if table is None:
        table = fill(reverse).astype(np.float32).astype(np.float64)
        if file is not None:
            _write(file, table)
    return np.asarray(frozen(table))


def _file_name(reverse: bool) -> str:
    kind = "reeds_shepp" if reverse else "dubins"
    return f"{kind}_v{VERSION}_{SHAPE[0]}x{SHAPE[1]}x{SHAPE[2]}_{STEP:g}.table"


def _read(file: Path) -> Array | None:
    """Return the table in a file; None if it is missing or not whole."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    size = 4 * math.prod(SHAPE)
    if len(data) != size + 4 or zlib.crc32(data[4:]).to_bytes(4, "little") != data[:4]:
        return None
    return np.frombuffer(data, dtype="<f4", offset=4).reshape(SHAPE).astype(np.float64)


def _write(file: Path, table: Array) -> None:
    """Write beside the file and rename: another process sees all of it or nothing."""
    body = table.astype("<f4").tobytes()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(zlib.crc32(body).to_bytes(4, "little") + body)
            os.replace(name, file)
        finally:
            Path(name).unlink(missing_ok=True)
