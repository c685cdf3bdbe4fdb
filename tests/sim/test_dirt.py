"""Dirt is never made and never lost, and goes where brushes, wind and water send it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import brushes
from sim.brushes import SPRAY_FLOW
from sim.cleaning.laws import PASS_EFFICIENCY, WORKING_SPEED, Laws
from sim.dirt import Dirt
from sim.sweeping import RESOLUTION
from sim.weather import Weather
from sim.world import load_world

YARD = load_world("yard")
CLEAN = replace(YARD, dirt=replace(YARD.dirt, litter=(), kerb_factor=1.0))
ZONE = "small"
CALM = Weather(wind=(0.0, 0.0))
PEOPLE = np.array([[2.0, 2.0], [3.0, 1.0], [-4.0, 0.0]])


def _pass(dirt, y, *, brush=1.0, spray=0.0, speed=0.8, sign=1, fan=1.0):
    """Drive straight through the yard's zone at ``y``."""
    yaw = 0.0 if sign > 0 else np.pi
    for x in np.arange(-1.0, 6.0, 0.05 * speed)[::sign]:
        dirt.sweep(np.array([x, y, yaw]), brush=brush, spray=spray, duration=0.05, fan=fan)


def _rest(dirt, seconds):
    for _ in range(round(seconds / 0.2)):
        dirt.sweep(np.zeros(3), brush=0.0, spray=0.0, duration=0.2)


NO_SIDES = Laws(side=(0.0, 0.0, 0.0))
"""Side brushes throw what they move before the middle of the roller, where tests look."""


def _kept(law=NO_SIDES, **how):
    """Return what one pass of the roller leaves of fine dust and of sand, 0 to 1."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM, laws=law)
    middle = np.s_[:, 49:51, 60:90]  # y = 1.95 … 2.05, x = 2.5 … 4
    before = dirt.ground.load[middle].sum(axis=(1, 2))
    _pass(dirt, 2.0, **how)
    return dirt.ground.load[middle].sum(axis=(1, 2))[:2] / before[:2]


STROKES = st.lists(
    st.tuples(
        st.floats(-0.5, 5.0),
        st.floats(-0.5, 4.5),
        st.floats(-np.pi, np.pi),
        st.floats(0.0, 1.0),
        st.floats(0.0, 1.0),
        st.floats(0.0, 1.0),
        st.floats(0.01, 0.2),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@given(STROKES, st.floats(-3.0, 3.0), st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_mass_is_conserved_at_every_tick(strokes, wind, seed):
    """Ground, air, litter, bin and what has left, less what was brought, weigh the same always."""
    weather = Weather(wind=(wind, 1.0), showers=((0.5, 1.0, 20.0),))
    dirt = Dirt(YARD, np.random.default_rng(seed), weather=weather)
    before = dirt.total_mass()
    for x, y, yaw, brush, spray, fan, duration, takes in strokes:
        for _ in range(4):
            dirt.sweep(
                np.array([x, y, yaw]),
                brush=brush,
                spray=spray,
                fan=fan,
                duration=duration,
                takes=takes,
                people=PEOPLE,
            )
            assert dirt.total_mass() == pytest.approx(before, rel=1e-9)
    assert dirt.ground.load.min() >= 0.0
    assert dirt.ground.flying.min() >= 0.0


def test_tallies_are_the_sums_of_the_cells():
    """What is told of zones and kerbs is what lies on their cells, litter and dust in the air."""
    dirt = Dirt(YARD, np.random.default_rng(3))
    for k, y in enumerate((1.0, 2.0, 2.9)):
        _pass(dirt, y, spray=0.5 * k, sign=1 - 2 * (k % 2))
    x, y = dirt._layout.centres()
    inside = ((x > 0.5) & (x < 4.5))[None, :] & ((y > 0.5) & (y < 3.5))[:, None]
    kerb = inside & (y > 3.4)[:, None]
    dirt.litter.size[0], dirt.litter.height[0] = 0.35, 0.2
    pieces = dirt.litter.lying_mass() * _in_zone(dirt.pieces)
    lying = pieces[dirt.litter.fitting].sum()
    assert dirt.too_large_in(ZONE) == pytest.approx(pieces.sum() - lying)
    assert dirt.mass_in(ZONE) == pytest.approx(dirt.load()[inside].sum() + lying, rel=1e-9)
    dirt.ground.flying[:] = 0.0
    assert dirt.kerb_mass_in(ZONE) == pytest.approx(dirt.load()[kerb].sum(), rel=1e-9)
    assert dirt.ground.raised.sum() >= dirt.raised_in(ZONE) > 0.0


def _in_zone(pieces):
    return (pieces[:, 0] > 0.5) & (pieces[:, 0] < 4.5) & (pieces[:, 1] > 0.5) & (pieces[:, 1] < 3.5)


def test_nothing_changes_where_no_brush_was():
    """A pass leaves sand and leaves farther than the brushes as they were."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    dirt._supply._cells = np.zeros((0, 2), dtype=np.int64)  # nothing new comes
    before = dirt.ground.load.copy()
    _pass(dirt, 1.0, spray=1.0)
    _, y = dirt._layout.centres()
    beyond = np.abs(y - 1.0) > brushes.HALF_WIDTH + 0.5 * RESOLUTION
    assert np.array_equal(dirt.ground.load[1:, beyond], before[1:, beyond])
    assert (dirt.ground.load[1:] != before[1:]).any()


def test_tools_that_are_off_do_nothing():
    """Driving over dirt with everything off moves none of it."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    dirt._supply._cells = np.zeros((0, 2), dtype=np.int64)
    before = dirt.ground.load.copy()
    _pass(dirt, 1.5, brush=0.0)
    assert np.array_equal(dirt.ground.load, before)
    assert dirt.bin_mass == dirt.water_used == 0.0


def test_a_full_bin_takes_nothing():
    """Brushes turn, but what they move stays on the ground."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    for x in np.arange(0.0, 4.0, 0.04):
        dirt.sweep(np.array([x, 2.0, 0.0]), brush=1.0, spray=0.0, duration=0.05, takes=False)
    assert dirt.bin_mass == 0.0


def test_one_pass_of_the_roller_takes_what_the_sources_say():
    """At the speed of the efficiencies, one dry pass leaves 20 % of the dust, 10 % of the sand."""
    laws = Laws(residual=(0.0, 0.0, 0.0), side=(0.0, 0.0, 0.0), raised=0.0)
    fine, sand = _kept(laws, speed=WORKING_SPEED)
    assert fine == pytest.approx(1.0 - PASS_EFFICIENCY[0], rel=0.05)
    assert sand == pytest.approx(1.0 - PASS_EFFICIENCY[1], rel=0.05)


@given(st.floats(0.2, 1.2), st.floats(0.2, 1.2))
@settings(max_examples=10, deadline=None)
def test_faster_removes_less(one, other):
    """Time under the bristles decides."""
    slow, fast = (_kept(speed=speed) for speed in sorted((one, other)))
    assert (slow <= fast + 1e-3).all()


@given(st.floats(0.1, 1.0), st.floats(0.1, 1.0))
@settings(max_examples=10, deadline=None)
def test_slower_brushes_and_less_suction_remove_less(one, other):
    """Bristle speed counts like time; without suction fine dust stays."""
    less, more = sorted((one, other))
    assert (_kept(brush=more) <= _kept(brush=less) + 1e-3).all()
    assert (_kept(fan=more) <= _kept(fan=less) + 1e-3).all()


def test_what_lies_in_the_joints_stays():
    """Twenty passes leave the residual, and no less; the windrow of the last is a little more."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM)
    dirt._supply._cells = np.zeros((0, 2), dtype=np.int64)
    for _ in range(20):
        _pass(dirt, 2.0, spray=0.2)
    left = dirt.ground.load[1, 49:51, 60:90] / RESOLUTION**2
    assert left.min() >= Laws().residual[1] * (1.0 - 1e-9)
    assert left.mean() < 1.5 * Laws().residual[1]


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=10, deadline=None)
def test_wetter_raises_less(one, other):
    """More water, less dust; dry bristles raise most."""
    raised = []
    for spray in sorted((one, other)):
        dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM)
        _pass(dirt, 2.0, spray=spray, speed=0.5)
        raised.append(dirt.ground.raised.sum())
    assert raised[1] <= raised[0] * (1.0 + 1e-9)


def test_slower_brushes_raise_less_for_the_same_cleaning():
    """Half the brush speed at half the drive speed cleans alike, and raises half."""
    raised, kept = [], []
    for part in (1.0, 0.5):
        dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM)
        _pass(dirt, 2.0, brush=part, speed=0.8 * part)
        raised.append(dirt.ground.raised.sum())
        kept.append(dirt.ground.load[1, 49:51, 60:90].sum())
    assert raised[1] == pytest.approx(0.5 * raised[0], rel=0.05)
    assert kept[1] == pytest.approx(kept[0], rel=0.05)


def test_too_much_water_smears():
    """Ground under half a millimetre of rain is cleaned worse than dry ground."""
    flood = Weather(wind=(0.0, 0.0), showers=((0.0, 1e9, 200.0),))
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=flood, laws=NO_SIDES)
    _rest(dirt, 60.0)
    before = dirt.ground.load[1, 49:51, 60:90].sum()
    _pass(dirt, 2.0)
    assert dirt.ground.load[1, 49:51, 60:90].sum() / before > 2.0 * _kept()[1]


def test_left_and_right_are_alike():
    """On a mirrored load, both side brushes leave mirrored ground."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM)
    dirt._supply._cells = np.zeros((0, 2), dtype=np.int64)
    middle = round((2.0 - dirt.ground.y) / RESOLUTION)
    load = dirt.ground.load[:, middle - 20 : middle + 20]
    load[:, :20] = load[:, :19:-1]
    _pass(dirt, dirt.ground.y + middle * RESOLUTION, spray=0.5)
    lower, upper = load[:, 19::-1], load[:, 20:]
    assert lower.sum() == pytest.approx(upper.sum(), rel=1e-3)
    assert np.abs(lower - upper).max() < 0.05 * load.max()


def test_the_film_dries_as_fast_as_water_evaporates():
    """Wetness falls linearly with Penman's rate and stops at dry, as in closed form."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM)
    for x in np.arange(1.0, 3.0, 0.02):
        dirt.sweep(np.array([x, 2.0, 0.0]), brush=0.0, spray=1.0, duration=0.05)
    film = Laws().slurry[0] * dirt.wetness(2.5, 2.0)
    rate = CALM.evaporation()
    assert film > 0.03
    _rest(dirt, 60.0)
    assert Laws().slurry[0] * dirt.wetness(2.5, 2.0) == pytest.approx(film - 60.0 * rate, abs=1e-6)
    _rest(dirt, film / rate)
    assert dirt.wetness(2.5, 2.0) == 0.0


def test_the_tank_gives_what_the_spray_bar_lets_through():
    """Half open for 10 s uses half the flow times 10 s, and as much lies on the ground."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=replace(CALM, humidity=1.0, radiation=0.0))
    for k in range(200):
        dirt.sweep(np.array([0.5 + 0.01 * k, 2.0, 0.0]), brush=0.0, spray=0.5, duration=0.05)
    assert dirt.water_used == pytest.approx(5.0 * SPRAY_FLOW)
    assert dirt.ground.film.sum() * RESOLUTION**2 == pytest.approx(dirt.water_used, rel=0.05)


def test_raised_dust_settles_downwind():
    """Dust goes with the wind, comes down, and is on the ground or gone in the end."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=Weather(wind=(2.0, 0.0)))
    before = dirt.total_mass()
    dirt.ground.flying[5, 3] = 1e-3
    dirt._haze = (5, 6, 3, 4)
    _rest(dirt, 60.0)
    assert dirt.account.airborne == 0.0
    east = dirt._air.fallen.sum(axis=0)
    assert east[4:].sum() > 5.0 * east[:3].sum()
    assert dirt.account.gone > 0.0
    assert dirt.total_mass() == pytest.approx(before + 1e-3, rel=1e-9)


def test_settling_has_its_time_constant():
    """In still air what flies falls as exp(-t v / h)."""
    laws = Laws(spread=0.0)
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM, laws=laws)
    dirt.ground.flying[5, 5] = 1e-3
    dirt._haze = (5, 6, 5, 6)
    _rest(dirt, 10.0)
    expected = 1e-3 * math.exp(-10.0 * laws.fall / laws.height)
    assert dirt.account.airborne == pytest.approx(expected, rel=0.05)


def test_most_of_the_street_dirt_lies_at_the_kerb():
    """Of what a kerb gathers, 78 % lies within 15 cm; its whole is what the world's plan says."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    _, y = dirt._layout.centres()
    x, _ = dirt._layout.centres()
    area = RESOLUTION**2 * ((x > 0.5) & (x < 4.5)).sum()
    rows = [(y > 3.5 - d) & (y < 3.5) for d in (0.15, 0.6)]
    here = [dirt.ground.load[:, r][:, :, (x > 0.5) & (x < 4.5)].sum() for r in rows]
    even = YARD.dirt.dust / 1000.0 * area
    near, all_of_it = (m - even * r.sum() for m, r in zip(here, rows, strict=True))
    assert near / all_of_it == pytest.approx(0.78, abs=0.06)
    plan = (YARD.dirt.kerb_factor - 1.0) * YARD.dirt.kerb_width * YARD.dirt.dust / 1000.0
    assert all_of_it == pytest.approx(plan * area / RESOLUTION, rel=0.15)


def test_wind_and_people_bring_new_dirt():
    """A day brings a fifth of the first load, some of it where people walk."""
    dirt = Dirt(CLEAN, np.random.default_rng(0))
    first = dirt.total_mass()
    for _ in range(3000):
        dirt.sweep(np.zeros(3), brush=0.0, spray=0.0, duration=0.2, people=PEOPLE[:1])
    brought = dirt.account.brought - dirt.litter.lying_mass().sum()
    assert brought / first == pytest.approx(600.0 / (5.0 * 86400.0), rel=0.02)
    assert 0.0 < dirt.brought_into(ZONE) <= dirt.account.brought


def test_litter_is_picked_up_piece_by_piece():
    """A pass takes a cup in the middle into the bin; a carton is too large for the mouth."""
    dirt = Dirt(YARD, np.random.default_rng(0))
    dirt.litter.position[:2] = ((2.5, 2.0), (3.5, 2.0))
    dirt.litter.size[:2], dirt.litter.height[:2] = (0.09, 0.35), (0.08, 0.20)
    _pass(dirt, 2.0, speed=0.4)
    assert dirt.lying[:2].tolist() == [False, True]
    assert 0.0 < dirt.bin_fraction < 1.0


def test_sensors_read_the_ground_ahead_and_the_air_beside():
    """Wet ground ahead, dust where brushes work dry; neither before."""
    dirt = Dirt(CLEAN, np.random.default_rng(0), weather=CALM)
    pose = np.array([2.0, 2.0, 0.0])
    assert (dirt.around(pose).dust, dirt.around(pose).wetness) == (0.0, 0.0)
    _pass(dirt, 2.0, spray=1.0, speed=0.5)
    read = dirt.around(pose)
    assert read.dust > 0.0
    assert read.wetness > 0.1
    assert (read.temperature, read.rain) == (CALM.temperature, 0.0)


def test_same_seed_same_dirt():
    """One seed gives one load and one result, bit for bit."""
    results = []
    for _ in range(2):
        dirt = Dirt(YARD, np.random.default_rng(7))
        _pass(dirt, 1.5, spray=0.3)
        results.append((dirt.ground.load.tobytes(), dirt.pieces.tobytes(), dirt.account))
    assert results[0] == results[1]
