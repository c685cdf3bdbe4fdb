"""The greeter walks over ground that it does not know, under physics."""

from __future__ import annotations

import math
from functools import partial

import pytest

from sim import grounds
from sim.gait_trial import Lay, Setting, run
from sim.onlooker import Onlooker

SPEED = 0.3
FAR = 2.2
"""It has passed when its base is so far ahead [m]."""


def _is_over(seen: Onlooker) -> bool:
    return bool(seen.poses) and seen.poses[-1][1] > FAR


def _gets_over(lay: Lay, seed: int) -> bool:
    seen = run(Setting(lambda since: (SPEED, 0.0, 0.0), 14.0, seed, lay=lay, until=_is_over))
    return _is_over(seen) and not seen.fell


@pytest.mark.parametrize(
    "lay",
    [
        partial(grounds.ramp, slope=math.radians(10.0)),
        partial(grounds.ramp, slope=math.radians(-10.0)),
        partial(grounds.edge, height=0.03),
    ],
    ids=["ramp up 10°", "ramp down 10°", "edge 3 cm"],
)
def test_it_gets_over_ground_that_it_does_not_know(lay: Lay) -> None:
    """It arrives on its feet; the many trials are in benchmarks/terrain.py."""
    assert _gets_over(lay, 3)


def test_it_mostly_gets_over_tiles_of_all_heights() -> None:
    """Tiles up to 2 cm high: two of three times at least (18 of 20 in benchmarks/terrain.py)."""
    trials = [
        _gets_over(partial(grounds.bumps, height=0.02, seed=seed), seed) for seed in (1, 2, 3)
    ]
    assert sum(trials) >= 2
    assert trials[2]
