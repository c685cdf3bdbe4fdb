"""Logs of the CARMEN toolkit, the common format of published laser data sets.

A line is one message. Read are the lasers' two forms (carmen.sourceforge.net, "logger"):

* ``FLASER n r₁ … rₙ x y θ odom_x odom_y odom_θ time host logger_time``: n readings over 180°;
* ``ROBOTLASER1 type start fov step most accuracy remission n r₁ … rₙ m e₁ … eₘ x y θ odom_x
  odom_y odom_θ tv rv forward side turn time host logger_time``.

``x y θ`` is the pose of the laser; in corrected logs it is where the scan was really taken.
``ODOM`` lines say nothing that the laser lines do not say, too; they and all others are skipped.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.errors import RecordError
from robotics.core.messages import Scan

FARTHEST = 79.0
"""A reading of an FLASER line from here on stands for "nothing seen" [m]."""


class CarmenScan(NamedTuple):
    """One turn of the laser in a log."""

    time: float
    """[s]."""
    pose_odometry: Array
    """Of the robot by its own odometry, (x, y, yaw), shape (3,)."""
    scan: Scan
    """In the frame of the laser; infinite where nothing came back."""
    pose_laser: Array
    """Of the laser as the log has it: corrected, or from odometry, shape (3,)."""


def read_carmen(path: Path) -> list[CarmenScan]:
    """Return the laser turns of a log in the order of its lines.

    Raises:
        RecordError: The file cannot be read, a laser line is broken, or there is none.
    """
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise RecordError(path, "", error.strerror or str(error), "give a readable file") from error
    found = []
    for number, line in enumerate(lines, start=1):
        words = line.split()
        reader = _READERS.get(words[0]) if words else None
        if reader is None:
            continue
        try:
            found.append(reader(words))
        except (ValueError, IndexError) as error:
            problem = f"{words[0]} is broken: {error or 'it ends too early'}"
            raise RecordError(path, f"line {number}", problem, "mend or remove it") from error
    if not found:
        cure = f"the format has lines that begin with {' or '.join(_READERS)}"
        raise RecordError(path, "", "it holds no laser scan", cure)
    return found


def _flaser(words: list[str]) -> CarmenScan:
    count = _count(words[1])
    ranges = _numbers(words[2 : 2 + count], count)
    tail = words[2 + count :]
    step = math.pi / max(1, count - count % 2)
    angle = np.asarray(-0.5 * math.pi + step * np.arange(count), dtype=np.float64)
    return _turn(angle, np.where(ranges >= FARTHEST, np.inf, ranges), tail[:6], tail[6])


def _robotlaser(words: list[str]) -> CarmenScan:
    start, _, step, most = _numbers(words[2:6], 4)
    count = _count(words[8])
    ranges = _numbers(words[9 : 9 + count], count)
    rest = words[9 + count :]
    tail = rest[1 + _count(rest[0]) :]
    seen = np.where(ranges >= most, np.inf, ranges)
    return _turn(start + step * np.arange(count), seen, tail[:6], tail[11])


_READERS = {"FLASER": _flaser, "ROBOTLASER1": _robotlaser}


def _turn(angle: Array, ranges: Array, poses: list[str], time: str) -> CarmenScan:
    six = _numbers(poses, 6)
    when = float(_numbers([time], 1)[0])
    scan = Scan(frozen(angle), frozen(ranges))
    return CarmenScan(when, frozen(six[3:]), scan, frozen(six[:3]))


def _count(word: str) -> int:
    count = int(word)
    if not 0 <= count <= 100_000:
        raise ValueError(f"{count} readings are not possible")
    return count


def _numbers(words: list[str], count: int) -> Array:
    values = np.array([float(word) for word in words], dtype=np.float64)
    if len(values) != count:
        raise ValueError(f"it has {len(values)} of {count} numbers")
    if not np.isfinite(values).all():
        raise ValueError("a number is not finite")
    return values
