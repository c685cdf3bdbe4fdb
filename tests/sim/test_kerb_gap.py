"""The onlooker's measure of the gap between brush and kerb."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.kerb_gap import APART, SPACING, KerbGap
from sim.world import load_world

STRAIGHT = ((0.0, 0.0), (4.0, 0.0))


def driven(off: float, line: tuple[tuple[float, float], ...] = STRAIGHT) -> KerbGap:
    """Return what is seen of a drive along y = 0, whose kerb is ``off`` [m] from the brush edge."""
    seen = KerbGap.of([line])
    for k in range(300):
        seen.mark(np.array([-1.0 + 0.02 * k, 0.56 + off, 0.0]), 0.02 * k, True)
    return seen


@pytest.mark.parametrize("off", [0.04, 0.01, 0.0, -0.02])
def test_the_gap_is_that_between_disc_and_foot(off: float) -> None:
    """Along a straight drive the edge's distance everywhere; negative if bristles bend."""
    seen = driven(off)
    assert seen.gap == pytest.approx(np.full(80, off), abs=5e-4)
    figures = seen.figures()
    assert figures["gap_mean_m"] == pytest.approx(abs(off), abs=5e-4)
    assert figures["gap_p95_m"] == pytest.approx(abs(off), abs=5e-4)
    assert figures["bent_max_m"] == pytest.approx(max(0.0, -off), abs=5e-4)
    assert figures["missed_fraction"] == 0.0
    assert figures["kerb_m"] == pytest.approx(4.0)
    assert figures["body_least_m"] == pytest.approx(0.16 + off, abs=1e-6)
    assert (np.diff(seen.when) > 0.0).all()


def test_points_are_evenly_spaced_along_every_kerb() -> None:
    """Around corners too, numbered by kerb, in the middle of their pieces."""
    seen = KerbGap.of([((0.0, 0.0), (1.0, 0.0), (1.0, 2.0)), ((5.0, 5.0), (5.0, 6.0))])
    assert len(seen.point) == 80
    assert seen.line.tolist() == [0] * 60 + [1] * 20
    assert seen.along[0] == pytest.approx(0.5 * SPACING)
    assert np.diff(seen.along[:60]) == pytest.approx(np.full(59, SPACING))
    assert seen.point[60] == pytest.approx((5.0, 5.0 + 0.5 * SPACING))


def test_what_the_brush_came_nowhere_near_is_missed() -> None:
    """Missed points are counted, and in no mean."""
    seen = driven(0.01, line=((0.0, 0.0), (4.0, 0.0), (4.0, -4.0)))
    figures = seen.figures()
    assert figures["missed_fraction"] == pytest.approx(0.5, abs=0.03)
    assert figures["gap_mean_m"] == pytest.approx(0.01, abs=0.003)
    assert math.isnan(KerbGap.of([]).figures()["gap_mean_m"])


def test_brushes_that_stand_still_sweep_nothing_but_the_body_still_touches() -> None:
    """A touch is the hard body over the foot of a kerb, counted again after a second without."""
    seen = KerbGap.of([((0.0, 0.0), (4.0, 0.0))])
    for time, y in ((0.0, 0.56), (0.1, 0.39), (0.2, 0.39), (0.3, 0.56), (2.0 + APART, 0.39)):
        seen.mark(np.array([1.0, y, 0.0]), time, False)
    assert seen.touches == 2
    assert seen.body_least == 0.0
    assert not seen.swept.any()


def test_a_zone_has_the_kerbs_at_its_edge() -> None:
    """Of the court, the straight zone sees the first 18 m of its kerb and nothing else."""
    world = load_world("kerbs")
    zone = next(zone for zone in world.zones if zone.name == "straight")
    seen = KerbGap.along_zone(world, zone)
    assert len(np.unique(seen.line)) == 1
    assert SPACING * len(seen.point) == pytest.approx(18.0, abs=0.3)
    assert seen.point[:, 1] == pytest.approx(np.full(len(seen.point), -9.0))
    whole = KerbGap.along_zone(world)
    assert len(whole.point) > 5 * len(seen.point)
    part = whole.part(whole.within(zone))
    assert (part.point == seen.point).all()
