"""The crowd benchmark's bound: who knows everybody's way, and what still holds them back."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pybullet", reason="the benchmark uses the simulation")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from promenade.bound import STEP, Course, Law, ratio, sweeper
from promenade.rig import PERIOD
from promenade.scenes import Scene

from robotics.core.arrays import Array

WAY = (np.array([1.0625, 3.0625]), np.array([9.0625, 3.0625]))


def hall(people: Array, seconds: float = 60.0, brakes: float | None = None) -> Course:
    """Return 10 m by 6 m, the disc's room in it free, with people (x, y, vx, vy, radius) (n, 5)."""
    free = np.zeros((48, 80), dtype=np.bool_)
    free[5:-5, 5:-5] = True
    time = PERIOD * np.arange(round(seconds / PERIOD))
    table = np.repeat(people[None], len(time), axis=0)
    table[:, :, :2] += time[:, None, None] * table[:, :, 2:4]
    return Course(free, table, sweeper(brakes))


def test_alone_it_drives_at_full_speed() -> None:
    """8 m less the 0.6 m within which a place counts as reached, at 1 m/s, to a step."""
    found = hall(np.zeros((0, 5))).arrival(Law(), WAY, 0)
    assert found is not None
    assert PERIOD * found[0] == pytest.approx(7.5, abs=STEP)
    assert np.hypot(*(found[1] - WAY[1])) < 0.6


def test_who_stands_in_the_way_is_gone_round_or_waited_for() -> None:
    """One is gone round; a row across the hall holds it for ever, whatever the law."""
    one = np.array([[5.0, 3.0, 0.0, 0.0, 0.25]])
    row = np.array([[5.0, y, 0.0, 0.0, 0.25] for y in np.arange(0.3, 6.0, 0.6)])
    for law in (Law(), Law(yields=False, gap=0.05)):
        alone = hall(np.zeros((0, 5))).arrival(law, WAY, 0)
        around = hall(one).arrival(law, WAY, 0)
        assert alone is not None
        assert around is not None
        assert around[0] >= alone[0]
        assert hall(row, 30.0).arrival(law, WAY, 0) is None


def test_the_law_costs_time_and_better_brakes_less() -> None:
    """Before people who come: no law is quicker than hard brakes, those than weak ones."""
    oncoming = np.array([[9.0 + 2.5 * k, 1.5 + k % 4, -1.3, 0.0, 0.25] for k in range(12)])
    ticks = []
    for law, brakes in ((Law(yields=False, gap=0.05), None), (Law(), 2.4), (Law(), None)):
        found = hall(oncoming, brakes=brakes).arrival(law, WAY, 0)
        assert found is not None
        ticks.append(found[0])
    assert ticks == sorted(ticks)
    assert ticks[0] < ticks[-1]


def test_without_people_the_ratio_is_one() -> None:
    """The same ways with and without nobody."""
    scene = Scene("hall", (10.0, 6.0), 0, (), (), (((1.5, 3.0), (8.5, 3.0)),), stand=1.0)
    credit, worked = ratio(hall(np.zeros((0, 5))), scene, 0, Law())
    assert worked > 30.0
    assert credit == pytest.approx(worked, rel=0.02)
