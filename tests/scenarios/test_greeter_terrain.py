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


@pytest.mark.parametrize(
    "lay",
    [
        partial(grounds.ramp, slope=math.radians(10.0)),
        partial(grounds.ramp, slope=math.radians(-10.0)),
        partial(grounds.edge, height=0.03),
        partial(grounds.bumps, height=0.02, seed=3),
    ],
    ids=["ramp up 10°", "ramp down 10°", "edge 3 cm", "bumps 2 cm"],
)
def test_it_gets_over_ground_that_it_does_not_know(lay: Lay) -> None:
    """It arrives on its feet; the many trials are in benchmarks/terrain.py."""
    seen = run(Setting(lambda since: (SPEED, 0.0, 0.0), 14.0, 3, lay=lay, until=_is_over))
    assert not seen.fell
    assert _is_over(seen)
