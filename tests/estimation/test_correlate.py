"""Branch and bound against trying every pose; slices; what is not found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rooms import BEAMS, cast, hall

from robotics.core.arrays import Array
from robotics.core.geometry import wrap
from robotics.estimation.correlate import EFFORT, Area, Search, spread
from robotics.mapping.field import surface_field
from robotics.mapping.pyramid import FULL, Pyramid, pyramid

WIDE = Area((-13.0, -9.0), (15.0, 10.0))


@pytest.fixture(scope="module")
def scores() -> Pyramid:
    """The pyramid of the hall."""
    return pyramid(surface_field(hall().draw()))


def returns(pose: Array, rng: np.random.Generator) -> Array:
    """Return what a lidar at ``pose`` in the hall sees, (k, 2)."""
    ranges = cast(pose, hall().segments(), np.zeros((0, 3))) + rng.normal(0.0, 0.01, 360)
    seen = np.isfinite(ranges)
    angle, reach = BEAMS[seen], ranges[seen]
    return np.stack((reach * np.cos(angle), reach * np.sin(angle)), axis=1)


def tried(scores: Pyramid, points: Array, area: Area, *, steps: int, turn_step: float) -> Array:
    """Return the score of every pose of a lattice (headings, rows, columns), the slow way."""
    cell = scores.resolution
    first = np.floor((np.array(area.low) - (scores.x, scores.y)) / cell).astype(int)
    last = np.floor((np.array(area.high) - (scores.x, scores.y)) / cell).astype(int)
    columns, rows = np.arange(first[0], last[0] + 1), np.arange(first[1], last[1] + 1)
    base = np.pad(scores.levels[0].astype(int), 300)
    found = []
    for k in range(-steps, steps + 1):
        yaw = area.yaw + k * turn_step
        c, s = math.cos(yaw), math.sin(yaw)
        turned = points @ np.array([[c, s], [-s, c]])
        offset = np.floor(turned / cell + 0.5).astype(int) + 300
        total = np.zeros((len(rows), len(columns)), dtype=int)
        for x, y in offset:
            total += base[np.ix_(rows + y, columns + x)]
        found.append(total)
    return np.array(found)


@pytest.mark.parametrize("seed", range(5))
def test_the_first_pose_is_the_best_of_all(scores: Pyramid, seed: int) -> None:
    """Its score equals the optimum of the exhaustive search over the same lattice."""
    rng = np.random.default_rng(seed)
    pose = np.array([rng.uniform(-4, 1), rng.uniform(-4, 4), rng.uniform(-3, 3)])
    points = returns(pose, rng)
    centre = pose + rng.uniform(-1.0, 1.0, 3) * (1.0, 1.0, 0.3)
    low, high = centre[:2] - 1.5, centre[:2] + 1.5
    area = Area(tuple(low), tuple(high), float(centre[2]), 0.4)
    effort = EFFORT._replace(floor=0, least=0.05, turn_step=0.05, found=3)
    search = Search.of(scores, points, area, effort)
    assert search.advance(10_000_000)
    every = tried(scores, search.points, area, steps=8, turn_step=0.05)
    assert round(search.shares[0] * FULL * len(search.points)) == every.max()


def test_levels_bound_what_lies_below(scores: Pyramid) -> None:
    """A cell of each level is the maximum over its square of base cells."""
    base = scores.levels[0]
    rng = np.random.default_rng(0)
    for h in range(len(scores.levels)):
        side = 2**h
        for r, c in rng.integers(0, min(base.shape) - side, (200, 2)):
            square = base[r : r + side, c : c + side]
            assert scores.levels[h, r, c] == square.max()


def test_slices_of_any_size_give_the_same_answer(scores: Pyramid) -> None:
    """Cut into a thousand pieces or none, the poses are the same bits."""
    points = returns(np.array([-1.0, -3.0, 0.7]), np.random.default_rng(1))
    whole, pieces = (Search.of(scores, points, WIDE) for _ in range(2))
    whole.advance(10_000_000)
    count = 0
    while not pieces.advance(37):
        count += 1
    assert count > 50
    assert np.array_equal(whole.poses, pieces.poses)
    assert np.array_equal(whole.shares, pieces.shares)


def test_a_slice_is_no_longer_than_asked(scores: Pyramid) -> None:
    """A slice looks at no more boxes than its budget, and a family's four."""
    points = returns(np.array([-1.0, -3.0, 0.7]), np.random.default_rng(1))
    search = Search.of(scores, points, WIDE)
    before = 0
    while not search.advance(50):
        assert search.spent - before <= 54
        before = search.spent


@pytest.mark.parametrize("seed", range(6))
def test_it_finds_a_robot_anywhere_in_the_hall(scores: Pyramid, seed: int) -> None:
    """The best pose of the whole map is the true one, to the width of a cell and a step."""
    rng = np.random.default_rng(10 + seed)
    pose = np.array([rng.uniform(-4, 1), rng.uniform(-4, 4), rng.uniform(-3, 3)])
    search = Search.of(scores, returns(pose, rng), WIDE)
    search.advance(10_000_000)
    assert np.hypot(*(search.poses[0] - pose)[:2]) < 0.3
    assert abs(wrap(search.poses[0, 2] - pose[2])) < 0.07
    assert search.is_complete


def test_turning_the_scan_turns_the_answer(scores: Pyramid) -> None:
    """The same returns from a base that is turned further are found at that heading."""
    pose = np.array([-1.0, -3.0, 0.0])
    points = returns(pose, np.random.default_rng(2))
    turn = 10 * EFFORT.turn_step
    c, s = math.cos(turn), math.sin(turn)
    effort = EFFORT._replace(points=400)
    found = []
    for seen in (points, points @ np.array([[c, s], [-s, c]]).T):
        search = Search.of(scores, seen, WIDE, effort)
        search.advance(10_000_000)
        found.append(search.poses[0])
    assert found[0][:2] == pytest.approx(found[1][:2], abs=0.21)
    assert wrap(found[1][2] - found[0][2]) == pytest.approx(turn, abs=2.1 * EFFORT.turn_step)


def test_nothing_to_look_for_ends_at_once(scores: Pyramid) -> None:
    """No points, an empty area, an area off the map: no poses, and it is over."""
    points = returns(np.array([-1.0, -3.0, 0.7]), np.random.default_rng(1))
    for seen, area in (
        (np.zeros((0, 2)), WIDE),
        (points, Area((3.0, 3.0), (2.0, 2.0))),
        (points, Area((900.0, 900.0), (905.0, 905.0))),
    ):
        search = Search.of(scores, seen, area)
        search.advance(10_000_000)
        assert search.done
        assert len(search.poses) == 0


def test_a_search_that_runs_out_of_room_says_so(scores: Pyramid) -> None:
    """With ten boxes at most the answer is not complete."""
    points = returns(np.array([-1.0, -3.0, 0.7]), np.random.default_rng(1))
    search = Search.of(scores, points, WIDE, EFFORT._replace(nodes=10, found=1))
    search.advance(10_000_000)
    assert search.done
    assert not search.is_complete


def test_spreading_thins_walls_not_landmarks() -> None:
    """Of a dense wall and a lone post, few points are kept, and the post is among them."""
    wall = np.stack((np.linspace(0.0, 5.0, 2000), np.full(2000, 2.0)), axis=1)
    post = np.array([[-7.0, -7.0]])
    kept = spread(np.concatenate((wall, post)), 30)
    assert len(kept) <= 30
    assert (kept == post).all(axis=1).any()
