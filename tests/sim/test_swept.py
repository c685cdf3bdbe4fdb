"""The record of swept ground agrees with geometry."""

from dataclasses import replace

import numpy as np
import pytest
from shapely import Polygon

from sim.brushes import HALF_WIDTH
from sim.swept import RESOLUTION, VISIT_GAP, SweptMask
from sim.world import load_world
from sim.world_model import Solid, Zone

YARD = load_world("yard")
OPEN = Zone("open", "", "sweep", ((-1.0, -3.0), (4.0, -3.0), (4.0, 3.0), (-1.0, 3.0)))


def _drive(mask, start, end, *, time=0.0):
    """Sweep from ``start`` to ``end`` in 4 cm steps at 20 Hz; return the time at the end."""
    a, b = np.array(start), np.array(end)
    yaw = np.arctan2(*(b - a)[::-1])
    count = int(np.hypot(*(b - a)) / 0.04) + 1
    for part in np.linspace(0.0, 1.0, count):
        mask.mark(np.array([*(a + part * (b - a)), yaw]), time)
        time += 0.05
    return time


@pytest.mark.parametrize("angle", [0.0, 0.4, 1.57])
def test_a_straight_pass_sweeps_width_times_length(angle):
    """Two passes that differ by 2 m differ by 2 m × 1.12 m of swept ground, to the cells' edge."""
    areas = []
    for length in (1.0, 3.0):
        zone = replace(OPEN, polygon=((-4.0, -4.0), (6.0, -4.0), (6.0, 4.5), (-4.0, 4.5)))
        mask = SweptMask(replace(YARD, solids=(), zones=()), zone)
        _drive(mask, (0.0, 0.0), (length * np.cos(angle), length * np.sin(angle)))
        areas.append(mask.swept_area)
    assert areas[1] - areas[0] == pytest.approx(2.0 * 2.0 * HALF_WIDTH, abs=2.0 * 2 * RESOLUTION)


def test_ground_swept_again_counts_as_repeated_only_after_a_while():
    """Standing with turning brushes repeats nothing; coming back after 5 s does."""
    mask = SweptMask(YARD, OPEN)
    time = _drive(mask, (0.0, 0.0), (2.0, 0.0))
    for _ in range(200):
        time += 0.05
        mask.mark(np.array([2.0, 0.0, 0.0]), time)
    assert mask.repeat_fraction == 0.0
    _drive(mask, (0.0, 0.0), (2.0, 0.0), time=time + VISIT_GAP)
    assert mask.repeat_fraction > 0.95


def test_open_ground_is_reachable_and_narrow_gaps_are_not():
    """A free zone can be reached whole; a 0.7 m gap between blocks, too narrow, cannot.

    Along a wall, brushes reach to the wall itself, because they stand out from the body.
    """
    low = SweptMask(replace(YARD, solids=()), OPEN)
    assert low.reachable_fraction == 1.0
    blocks = tuple(
        Solid(f"block_{k}", "wall", ((0.0, y), (3.0, y), (3.0, y + 1.0), (0.0, y + 1.0)), 0.0, 1.0,
              (0.5, 0.5, 0.5, 1.0))
        for k, y in enumerate((-1.35, 0.35))
    )  # fmt: skip
    world = replace(YARD, solids=blocks)
    gap = Zone("gap", "", "sweep", ((1.2, -0.35), (1.8, -0.35), (1.8, 0.35), (1.2, 0.35)))
    side = Zone("side", "", "sweep", ((0.5, 1.35), (2.5, 1.35), (2.5, 1.8), (0.5, 1.8)))
    assert SweptMask(world, gap).reachable_fraction == 0.0
    assert SweptMask(world, side).reachable_fraction == 1.0


def test_a_zone_with_nothing_swept_is_not_covered():
    """All fractions start at zero, and only cells of the zone count."""
    mask = SweptMask(YARD, OPEN)
    mask.mark(np.array([6.0, 6.0, 0.0]), 0.0)
    assert mask.covered_fraction == mask.repeat_fraction == mask.swept_area == 0.0
    area = np.count_nonzero(mask.zone) * RESOLUTION**2
    assert area == pytest.approx(Polygon(OPEN.polygon).area, rel=0.02)
