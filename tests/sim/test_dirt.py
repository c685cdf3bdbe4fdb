"""Dirt is never made and never lost, and goes where brushes and water send it."""

import numpy as np
import pytest

from sim.dirt import Dirt
from sim.sweeping import EVAPORATION, RESOLUTION, SPRAY_FLOW, WET_FILM
from sim.world import load_world

YARD = load_world("yard")
ZONE = "small"


def _pass(dirt, y, *, brush=1.0, spray=0.0, speed=0.8, sign=1):
    """Drive straight through the yard's zone at ``y``."""
    yaw = 0.0 if sign > 0 else np.pi
    for x in np.arange(-0.2, 5.0, 0.1 * speed)[::sign]:
        dirt.sweep(np.array([x, y, yaw]), brush=brush, spray=spray, duration=0.1)


def test_mass_is_conserved():
    """Ground, air, litter and bin together weigh the same after sweeping, dry and wet, and rest."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    before = dirt.total_mass()
    for k, y in enumerate((1.0, 2.0, 3.0, 2.5, 1.5)):
        _pass(dirt, y, spray=k % 2, sign=1 - 2 * (k % 2))
    assert dirt.bin_mass > 0.1 * before
    for _ in range(1000):
        dirt.sweep(np.zeros(3), brush=0.0, spray=0.0, duration=0.2)
    assert dirt.ground.airborne.sum() == 0.0
    assert dirt.total_mass() == pytest.approx(before, rel=1e-9)


def test_nothing_changes_where_no_brush_was():
    """A pass leaves every cell farther than the brushes and the drift of dust as it was."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    before = dirt.ground.load.copy()
    _pass(dirt, 1.0, spray=1.0)
    y = dirt.ground.y + RESOLUTION * (np.arange(before.shape[1]) + 0.5)
    beyond = np.abs(y - 1.0) > 0.56 + RESOLUTION
    assert np.array_equal(dirt.ground.load[1:, beyond], before[1:, beyond])
    assert (dirt.ground.load[1:] != before[1:]).any()


def test_tools_that_are_off_do_nothing():
    """Driving over dirt with everything off moves none of it."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    before = dirt.ground.load.copy()
    _pass(dirt, 1.5, brush=0.0)
    assert np.array_equal(dirt.ground.load, before)
    assert dirt.bin_mass == dirt.water_used == 0.0


def test_going_slower_and_again_cleans_better():
    """Half the speed, or a second pass, leaves less than one pass at working speed."""
    left = []
    for speed, passes in ((0.8, 1), (0.4, 1), (0.8, 2)):
        dirt = Dirt(YARD, np.random.default_rng(0))
        for _ in range(passes):
            _pass(dirt, 2.0, speed=speed)
        left.append(1.0 - dirt.removed_fraction(ZONE))
    assert left[1] < left[0]
    assert left[2] < left[0]


def test_water_keeps_dust_down_until_it_has_dried():
    """A dry brush raises dust, a wet one none; the film is gone when evaporation has taken it."""
    raised = []
    for wet in (False, True):
        dirt = Dirt(YARD, np.random.default_rng(0))
        if wet:
            for _ in range(3):
                _pass(dirt, 2.0, brush=0.0, spray=1.0)
            assert dirt.wetness(2.5, 2.0) == 1.0
        for x in np.arange(1.5, 3.0, 0.08):
            dirt.sweep(np.array([x, 2.0, 0.0]), brush=1.0, spray=0.0, duration=0.1)
        raised.append(dirt.ground.airborne.sum())
    assert raised[0] > 0.0
    assert raised[1] == 0.0
    for _ in range(round(10.0 * WET_FILM / EVAPORATION / 0.2)):
        dirt.sweep(np.zeros(3), brush=0.0, spray=0.0, duration=0.2)
    assert dirt.wetness(2.5, 2.0) == 0.0


def test_the_tank_gives_what_the_spray_bar_lets_through():
    """Half open for 10 s uses half the flow times 10 s."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    for _ in range(100):
        dirt.sweep(np.array([2.0, 2.0, 0.0]), brush=0.0, spray=0.5, duration=0.1)
    assert dirt.water_used == pytest.approx(5.0 * SPRAY_FLOW)


def test_there_is_more_along_the_kerb():
    """Dust in the strip along the kerb is several times that in the middle."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    y = dirt.ground.y + RESOLUTION * (np.arange(dirt.ground.inside.shape[0]) + 0.5)
    middle, strip = (dirt.ground.load[0, (y > a) & (y < b)] for a, b in ((1, 3), (3.12, 3.48)))
    ratio = strip[strip > 0.0].mean() / middle[middle > 0.0].mean()
    assert ratio == pytest.approx(YARD.dirt.kerb_factor, rel=0.15)


def test_litter_is_picked_up_piece_by_piece():
    """A pass over a piece in the middle takes it into the bin; the bin fills by volume."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    lying = dirt.lying.sum()
    dirt.pieces[0] = (2.5, 2.0)
    _pass(dirt, 2.0)
    assert not dirt.lying[0]
    assert dirt.lying.sum() < lying
    assert 0.0 < dirt.bin_fraction < 1.0


def test_same_seed_same_dirt():
    """One seed gives one load and one result, bit for bit."""
    results = []
    for _ in range(2):
        dirt = Dirt(YARD, np.random.default_rng(7))
        _pass(dirt, 1.5)
        results.append((dirt.ground.load.tobytes(), dirt.pieces.tobytes(), dirt.bin_mass))
    assert results[0] == results[1]
