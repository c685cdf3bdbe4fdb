"""Visitors keep to the ground that people can walk on, to their families, and to their seed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import shapely

from robotics.core.errors import OptionError
from sim.itinerary import Guide
from sim.paths import Paths
from sim.steering import RUN_SPEED
from sim.visitors import Visitors
from sim.walls import walkable
from sim.world import load_world

YARD = load_world("yard")
PIER = load_world("zhanqiao")
STATION = np.array(YARD.place("greeter").pose)
GREETER = np.array([[STATION[0], STATION[1], 0.3]])


def _watch(world, seconds, *, seed=0, robots=GREETER):
    """Return the visitors, and position (t, n, 2) and id (t, n) of each at 20 Hz."""
    visitors = Visitors(world, np.random.default_rng(seed))
    where, who = [], []
    for _ in range(round(seconds / 0.05)):
        visitors.advance(0.05, robots)
        where.append(visitors.position)
        who.append(visitors.id)
    return visitors, np.array(where), np.array(who)


@pytest.mark.parametrize("world", [YARD, PIER], ids=lambda world: world.name)
def test_nobody_leaves_the_walkable_ground(world):
    """In 120 s, no visitor's centre enters a solid, a lawn or the sea."""
    region = walkable(world)
    shapely.prepare(region)
    _, where, _ = _watch(world, 120.0)
    assert shapely.contains_xy(region, where[..., 0], where[..., 1]).all()


def test_nobody_jumps_except_to_come_in_as_somebody_else():
    """The same person never moves farther in 50 ms than the fastest child can run."""
    _, where, who = _watch(PIER, 60.0)
    moved = np.hypot(*(where[1:] - where[:-1]).transpose(2, 0, 1))
    assert moved[who[1:] == who[:-1]].max() <= 1.3 * RUN_SPEED * 0.05 + 1e-9


def test_same_seed_same_tracks_bit_for_bit():
    """Two runs with one seed agree in every bit; another seed gives other tracks."""
    first, again, other = (_watch(YARD, 30.0, seed=seed)[1] for seed in (3, 3, 4))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


@pytest.mark.parametrize("world", [YARD, PIER], ids=lambda world: world.name)
def test_families_stay_within_three_metres(world):
    """No member is ever farther than 3 m from the middle of the family, playing children too."""
    visitors, where, _ = _watch(world, 120.0)
    for number in set(visitors.group.tolist()):
        members = where[:, visitors.group == number]
        off = members - members.mean(axis=1, keepdims=True)
        assert np.hypot(off[..., 0], off[..., 1]).max() < 3.0


def test_a_child_at_play_runs_and_the_others_walk():
    """The runner reaches 1.6 m/s; adults' mean speed on the way is near 1.2 m/s."""
    visitors, where, who = _watch(PIER, 60.0)
    speed = np.hypot(*(where[1:] - where[:-1]).transpose(2, 0, 1)) / 0.05
    speed = np.where(who[1:] == who[:-1], speed, np.nan)
    kinds = np.array(visitors.kind)
    assert np.nanmax(speed[:, kinds == "runner"]) > 1.6
    alone = speed[:, (kinds == "adult") & (np.bincount(visitors.group)[visitors.group] == 1)]
    assert 1.0 < np.nanmedian(alone[alone > 0.3]) < 1.4


def test_who_leaves_comes_back_as_somebody_else():
    """Ids only grow, are unique, and the number of visitors stays."""
    _, _, who = _watch(YARD, 120.0)
    assert who.max() > 3 * who.shape[1]
    assert (np.diff(who, axis=0) >= 0).all()
    assert all(len(set(row)) == len(row) for row in who.tolist())


def test_some_stop_before_the_greeter_and_face_it():
    """Somebody stands 1.7 to 2.6 m before the greeter for 3 s, looking at it."""
    visitors = Visitors(YARD, np.random.default_rng(1))
    stood = np.zeros(len(visitors.kind))
    longest = 0.0
    for _ in range(1600):
        visitors.advance(0.05, GREETER)
        to = STATION[:2] - visitors.position
        distance, bearing = np.hypot(*to.T), np.arctan2(to[:, 1], to[:, 0])
        faces = np.cos(bearing - visitors.heading) > 0.9
        still = np.hypot(*visitors.velocity.T) < 0.3
        here = (distance > 1.7) & (distance < 2.6) & faces & still
        stood = np.where(here, stood + 0.05, 0.0)
        longest = max(longest, float(stood.max()))
    assert longest > 3.0


def test_count_kinds_and_shares_follow_the_world():
    """20 visitors on the pier: about 35 % in families, one runner with a family, one stroller."""
    visitors = Visitors(PIER, np.random.default_rng(0))
    sizes = np.bincount(visitors.group)
    assert len(visitors.kind) == 20
    assert sizes[sizes > 1].sum() == 7
    assert all(2 <= size <= 4 for size in sizes[sizes > 1])
    assert visitors.kind.count("runner") == visitors.kind.count("stroller") == 1
    assert sizes[visitors.group[visitors.kind.index("runner")]] > 1


@pytest.mark.parametrize("count", [0, 1, 2, 5, 50])
def test_any_number_of_visitors_can_be_asked_for(count):
    """The number given is the number that comes; their rows are plain values for the scene."""
    visitors = Visitors(PIER, np.random.default_rng(0), count)
    visitors.advance(0.05, GREETER)
    rows = visitors.rows()
    assert len(rows) == len(visitors.position) == count
    assert all(isinstance(row[0], int) and len(row) == 6 for row in rows)


def test_ways_go_round_solids():
    """From one side of the east lawn to the other, every piece of the way is free."""
    paths = Paths(walkable(PIER))
    a, b = np.array([10.0, 11.5]), np.array([10.0, 22.0])
    way = np.vstack([a, paths.between(a, b)])
    assert not paths.clear(a, b)
    assert all(paths.clear(p, q) for p, q in pairwise(way))
    assert np.array_equal(way[-1], b)


def test_a_trip_halts_at_what_attracts_as_long_as_the_world_says():
    """With a share of 1 everybody halts, 4 to 10 s; with 0 nobody does."""
    (spot,) = YARD.visitors.attractions
    rng = np.random.default_rng(0)
    for share in (0.0, 1.0):
        plan = replace(YARD.visitors, attractions=(replace(spot, share=share),))
        world = replace(YARD, visitors=plan)
        guide = Guide(world, Paths(walkable(world)))
        trips = guide.trips(plan.routes[0], 3, rng)
        halts = [trip.halt[trip.halt > 0.0] for trip in trips]
        assert all(len(halt) == share for halt in halts)
        assert all(spot.dwell[0] <= t <= spot.dwell[1] for halt in halts for t in halt)


def test_a_crowd_that_finds_no_room_is_refused() -> None:
    """Half-entered visitors would have no body; the error says how many fit and what to change."""
    with pytest.raises(OptionError, match=r"400 visitors find no room at yard: \d+ do; give fewer"):
        Visitors(load_world("yard"), np.random.default_rng(1), 400)


def test_who_is_led_is_where_it_is_put_and_then_goes_on():
    """Among the others it counts as there; let go, it walks on from that place."""
    visitors, _, _ = _watch(YARD, 5.0)
    who, place = int(visitors.id[0]), visitors.position[0] + (0.3, 0.2)
    assert visitors.lead(who, place, np.array([0.4, 0.0]))
    visitors.advance(0.05, GREETER)
    assert visitors.position[0] == pytest.approx(place)
    assert visitors.velocity[0] == pytest.approx((0.4, 0.0))
    assert not visitors.lead(who, None)
    visitors.advance(0.05, GREETER)
    assert 0.0 < np.hypot(*(visitors.position[0] - place)) < 0.15
    assert not visitors.lead(10**6, place)
