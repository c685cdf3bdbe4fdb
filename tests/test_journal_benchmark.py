"""The benchmark that kills: a few lives, and its own judgement."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from robotics.assets import asset

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from journal import campaign, compare, end_of


def test_a_killed_robot_goes_on_and_forgets_nothing(tmp_path: Path) -> None:
    """Eight kills by SIGKILL, in ticks and in commits, with torn logs between."""
    day = asset("behaviours/days/zhanqiao.yaml")
    figures = campaign(tmp_path, "zhanqiao", day, 8, 2)
    assert figures["kills"] == figures["resumed"] == 8
    assert figures["lost"] == 0
    assert figures["repeated_s_max"] <= 2.0
    assert figures["forgotten_s_max"] <= 2.0


def test_the_judge_sees_what_is_lost() -> None:
    """A zone, swept ground or a visit older than two seconds that is not remembered."""
    time = np.arange(0.0, 5.0, 0.02)
    rows = np.column_stack(
        [time, time > 1.0, 100.0 * time * (time <= 1.0), np.ones_like(time), np.ones_like(time)]
    )
    head = np.zeros(32)
    head[9], head[10:13] = 4.0, (1.0, 0.0, 1.0)
    gap, swept, lost = compare(rows, head)
    assert not lost
    assert gap == rows[-1, 0] - 4.0
    assert abs(swept - gap) < 0.021
    for forgotten in ((0.0, 90.0, 1.0), (1.0, 0.0, 0.0)):
        head[10:13] = forgotten
        assert compare(rows, head)[2]


def test_the_end_of_a_log_is_where_its_salt_ends() -> None:
    """Frames of an earlier round may follow; they are not the end."""
    header = bytearray(32)
    header[8:12], header[16:24] = (16).to_bytes(4, "big"), b"saltsalt"
    new, old = bytearray(40), bytearray(40)
    new[8:16], old[8:16] = b"saltsalt", b"peppered"
    assert end_of(header + new + new + old) == 32 + 80
    assert end_of(header) == 32
