"""What a way for a machine with a turning radius may never do, and when there is none."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from planning_grounds import SHAPE
from scipy.ndimage import label
from scipy.spatial import cKDTree

from robotics.core.arrays import Array, BoolArray
from robotics.core.errors import InvalidMessage
from robotics.core.geometry import wrap_array
from robotics.mapping.grid import Grid
from robotics.planning.kinematic.maneuver import SPOT, Maneuver, Vehicle, find_maneuver
from robotics.planning.kinematic.words import SEGMENTS, shortest
from robotics.planning.space import Space

RESOLUTION = 0.05
DISC = np.array([(0.0, 0.0, 0.4)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the tables of this file's vehicles are kept."""
    return tmp_path_factory.mktemp("cache")


def _walled(rows: int, cols: int) -> BoolArray:
    cells = np.zeros((rows, cols), dtype=np.bool_)
    cells[[0, -1]] = cells[:, [0, -1]] = True
    return cells


def _space(cells: BoolArray, discs: Array) -> Space:
    return Space.of(Grid(cells, RESOLUTION, np.array([-1.0, 2.0])), discs)


def _posts(rng: np.random.Generator, count: int) -> BoolArray:
    """Return a walled place of 12 × 12 m with boxes in it."""
    cells = _walled(240, 240)
    for row, col, size in rng.integers((10, 10, 3), (230, 230, 14), (count, 3)):
        cells[row : row + size, col : col + size] = True
    return cells


def _densely(path: Array, spacing: float = 0.005) -> Array:
    """Return poses on the arcs between those of a path, both ends of each included."""
    pieces = []
    for a, b in pairwise(path):
        turn = float(wrap_array(b[2] - a[2]))
        chord = math.dist(a[:2], b[:2])
        at = np.linspace(0.0, 1.0, max(2, math.ceil(chord / spacing) + 1))
        gear = (
            -1.0
            if (b - a)[:2] @ (math.cos(a[2] + turn / 2), math.sin(a[2] + turn / 2)) < 0
            else 1.0
        )
        length = gear * chord / np.sinc(turn / math.tau)
        middle = a[2] + 0.5 * at * turn
        part = length * at * np.sinc(at * turn / math.tau)
        pieces.append(
            np.column_stack(
                (a[0] + part * np.cos(middle), a[1] + part * np.sin(middle), a[2] + at * turn)
            )
        )
        assert np.abs(pieces[-1][-1, :2] - b[:2]).max() < 1e-9, "not an arc along the heading"
    return np.vstack(pieces)


def _least_gap(cells: BoolArray, discs: Array, path: Array) -> float:
    """Return the least gap [m] between the footprint and occupied cells: no field, no shortcuts."""
    rows, cols = np.nonzero(cells)
    centres = np.column_stack((cols, rows)) * RESOLUTION + (
        0.5 * RESOLUTION - 1.0,
        0.5 * RESOLUTION + 2.0,
    )
    tree, least = cKDTree(centres), math.inf
    poses = _densely(path)
    c, s = np.cos(poses[:, 2]), np.sin(poses[:, 2])
    for x, y, radius in discs:
        points = np.column_stack((poses[:, 0] + c * x - s * y, poses[:, 1] + s * x + c * y))
        least = min(least, float(tree.query(points)[0].min()) - radius - 0.5 * RESOLUTION)
    return least


def _check(maneuver: Maneuver, ends: Array, radius: float) -> None:
    """Ends are exact, and no step bends more than the circle of the radius."""
    path = maneuver.path
    assert maneuver.reason == ""
    assert path[[0, -1], :2] == pytest.approx(ends[:, :2], abs=1e-12)
    assert wrap_array(path[[0, -1], 2] - ends[:, 2]) == pytest.approx(np.zeros(2), abs=1e-9)
    step = np.diff(path, axis=0)
    chord, turn = np.hypot(step[:, 0], step[:, 1]), np.abs(wrap_array(step[:, 2]))
    assert (turn <= 2.0 * np.arcsin(np.minimum(chord / (2.0 * radius), 1.0)) + 1e-7).all()
    assert chord.max() <= 0.1 + 1e-9


def _free_pose(space: Space, part: BoolArray, rng: np.random.Generator) -> Array:
    while True:
        pose = np.array([*rng.uniform((-1, 2), (11, 14)), rng.uniform(-math.pi, math.pi)])
        row, col = space.distance.index(pose[:2])
        if part[row, col] and space.clearance(pose)[0] > 0.03:
            return pose


CASES = {"disc": (DISC, 0.4, 40), "sweeper": (SHAPE, 0.8, 14)}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", range(6))
def test_ways_are_free_and_bend_no_more_than_allowed(name: str, seed: int, folder: Path) -> None:
    """Among boxes; seen with a tree of cell centres every 5 mm; at least as long as the curve."""
    discs, radius, count = CASES[name]
    rng = np.random.default_rng(seed)
    cells = _posts(rng, count)
    space = _space(cells, discs)
    vehicle = Vehicle(radius, folder=folder)
    parts, _ = label(space.distance.cells > space.turning_radius + 0.05)
    part = parts == np.bincount(parts[parts > 0]).argmax()
    ends = np.array([_free_pose(space, part, rng) for _ in range(2)])
    maneuver = find_maneuver(space, ends[0], ends[1], vehicle)
    _check(maneuver, ends, radius)
    assert _least_gap(cells, discs, maneuver.path) >= 0.0
    c, s = math.cos(ends[0, 2]), math.sin(ends[0, 2])
    x, y, yaw = (ends[1] - ends[0]) / (radius, radius, 1.0)
    seen = np.array([c * x + s * y, c * y - s * x, yaw])
    least = radius * shortest(seen, np.array([1.0, 1.0, 0.0]), np.empty((2, SEGMENTS)))
    assert maneuver.length >= least - 1e-6


def test_the_same_input_gives_the_same_bits(folder: Path) -> None:
    """Twice the same search, with a vehicle made anew."""
    space = _space(_posts(np.random.default_rng(2), 20), SHAPE)
    ends = ((0.5, 3.2, 0.3), (9.5, 12.5, -2.0))
    first, second = (find_maneuver(space, *ends, Vehicle(0.8, folder=folder)) for _ in range(2))
    assert np.array_equal(first.path, second.path)
    assert first.expansions == second.expansions


def test_an_open_place_is_crossed_on_the_shortest_curve(folder: Path) -> None:
    """Where nothing stands the length is that of the Reeds-Shepp curve, up to rounding."""
    space = _space(np.zeros((240, 240), dtype=np.bool_), DISC)
    vehicle = Vehicle(0.4, reverse_weight=1.0, gear_change=0.0, folder=folder)
    maneuver = find_maneuver(space, (1.0, 4.0, 0.0), (1.0, 4.0, math.pi), vehicle)
    assert maneuver.length == pytest.approx(0.4 * math.pi, abs=1e-6)


def _bay() -> BoolArray:
    """Return a yard with a bay of 1.3 × 1.5 m in its wall, open to the north."""
    cells = _walled(160, 200)
    cells[:40] = True
    cells[10:40, 87:113] = False
    return cells


@pytest.mark.parametrize("yaw", [math.pi / 2, -math.pi / 2])
def test_it_docks_in_a_narrow_bay(yaw: float, folder: Path) -> None:
    """The sweeper, 1.12 m wide, into 1.3 m, tail first and nose first, and out again."""
    cells = _bay()
    space, vehicle = _space(cells, SHAPE), Vehicle(0.8, folder=folder)
    berth = np.array([4.0, 3.35 if yaw < 0 else 3.1, yaw])
    outside = np.array([2.0, 7.0, 0.0])
    assert space.free(berth)[0]
    for ends in (np.array([outside, berth]), np.array([berth, outside])):
        maneuver = find_maneuver(space, ends[0], ends[1], vehicle)
        _check(maneuver, ends, 0.8)
        assert _least_gap(cells, SHAPE, maneuver.path) >= 0.0


def test_it_parks_between_two_walls(folder: Path) -> None:
    """The sweeper, 1.28 m long, sideways into 1.8 m, to and fro in steps too fine to try first."""
    cells = _walled(160, 240)
    cells[:30] = True
    cells[5:30, 100:136] = False
    space, vehicle = _space(cells, SHAPE), Vehicle(0.8, folder=folder)
    slot, street = np.array([4.84, 2.85, 0.0]), np.array([1.5, 6.5, 0.3])
    for ends in (np.array([street, slot]), np.array([slot, street])):
        maneuver = find_maneuver(space, ends[0], ends[1], vehicle)
        _check(maneuver, ends, 0.8)
        assert (np.diff(_gears(maneuver.path)) != 0).sum() >= 3
        assert _least_gap(cells, SHAPE, maneuver.path) >= 0.0


def _gears(path: Array) -> Array:
    step = np.diff(path, axis=0)
    middle = path[:-1, 2] + 0.5 * wrap_array(step[:, 2])
    return np.sign(step[:, 0] * np.cos(middle) + step[:, 1] * np.sin(middle))


def test_a_machine_without_reverse_never_reverses(folder: Path) -> None:
    """It takes the longer way round."""
    space = _space(_walled(240, 240), DISC)
    ends = np.array([(4.0, 8.0, 0.0), (3.0, 8.0, 0.0)])
    ahead = find_maneuver(space, ends[0], ends[1], Vehicle(0.8, reverse=False, folder=folder))
    both = find_maneuver(space, ends[0], ends[1], Vehicle(0.8, folder=folder))
    _check(ahead, ends, 0.8)
    assert (_gears(ahead.path) > 0).all()
    assert (_gears(both.path) < 0).all()
    assert ahead.length > both.length


def test_weights_make_it_rather_drive_forwards(folder: Path) -> None:
    """The dearer reversing is, the less of the way is driven backwards."""
    space, shares = _space(_walled(240, 240), DISC), []
    for weight in (1.0, 1.3, 8.0):
        vehicle = Vehicle(0.6, reverse_weight=weight, folder=folder)
        maneuver = find_maneuver(space, (8.0, 8.0, 0.4), (2.0, 7.0, 0.2), vehicle)
        shares.append(float((_gears(maneuver.path) < 0).mean()))
    assert shares[0] > 0.8
    assert shares[2] < 0.3
    assert shares == sorted(shares, reverse=True)


def test_a_machine_that_turns_on_the_spot_is_planned_for_too(folder: Path) -> None:
    """With curves of the radius ``SPOT``: half a turn costs hardly any way."""
    space = _space(_walled(120, 120), DISC)
    ends = np.array([(2.0, 5.0, 0.0), (2.0, 5.0, math.pi)])
    maneuver = find_maneuver(space, ends[0], ends[1], Vehicle(0.0, folder=folder))
    _check(maneuver, ends, SPOT)
    assert maneuver.length < 0.4


def test_what_stands_in_the_way_is_gone_around(folder: Path) -> None:
    """Discs put into the space count as its walls do."""
    space = _space(_walled(240, 240), SHAPE).with_standing([(5.0, 8.0, 0.5)])
    ends = np.array([(1.5, 8.0, 0.0), (9.0, 8.0, 0.0)])
    maneuver = find_maneuver(space, ends[0], ends[1], Vehicle(0.8, folder=folder))
    _check(maneuver, ends, 0.8)
    assert space.clearance(_densely(maneuver.path)).min() >= 0.0


def test_impossible_goals_have_reasons(folder: Path) -> None:
    """Each way to fail is told apart, and none raises."""
    cells = _walled(160, 160)
    cells[:, 78:82] = True
    space, vehicle = _space(cells, SHAPE), Vehicle(0.8, folder=folder)
    here, there = (0.5, 5.0, 0.0), (5.0, 5.0, 0.0)

    def why(start: tuple[float, float, float], goal: tuple[float, float, float]) -> str:
        maneuver = find_maneuver(space, start, goal, vehicle, budget=500)
        assert maneuver.path.shape == (0, 3)
        return maneuver.reason

    assert why(here, there) == "no way through"
    assert why(here, (3.0, 5.0, 0.0)) == "goal occupied"
    assert why((3.0, 5.0, 0.0), here) == "start occupied"
    assert why(here, (1e300, 5.0, 0.0)) == "goal outside the map"
    assert why(here, (30.0, 5.0, 0.0)) == "goal outside the map"
    assert why((-30.0, 5.0, 0.0), here) == "start outside the map"
    assert why(here, (math.nan, 5.0, 0.0)) == "goal not finite"
    assert why((0.5, math.inf, 0.0), here) == "start not finite"


@pytest.mark.parametrize("budget", [2, 50, 300])
def test_a_spent_budget_leaves_the_best_effort(budget: int, folder: Path) -> None:
    """Where the footprint is too long to turn it tries no more often than it may, and says so."""
    cells = _walled(120, 400)
    cells[:46] = cells[74:] = True  # a corridor of 1.4 m, in which nobody turns round
    space, vehicle = _space(cells, SHAPE), Vehicle(0.8, folder=folder)
    start = np.array([1.0, 5.0, 0.0])
    assert space.free(start)[0]
    maneuver = find_maneuver(space, start, (15.0, 5.0, math.pi), vehicle, budget=budget)
    assert maneuver.reason == "budget spent"
    assert maneuver.expansions <= budget
    assert maneuver.path[0] == pytest.approx(start)
    assert space.free(maneuver.path).all()
    if budget == 300:
        assert math.dist(maneuver.path[-1, :2], (15.0, 5.0)) < 3.0


@pytest.mark.parametrize(
    "wrong", [{"turning_radius": -1.0}, {"turning_radius": math.nan}, {"reverse_weight": 0.0}]
)
def test_a_vehicle_with_impossible_numbers_cannot_be_built(wrong: dict[str, float]) -> None:
    """Negative, not a number, free of charge."""
    with pytest.raises(InvalidMessage):
        Vehicle(**{"turning_radius": 0.5, **wrong})  # type: ignore[arg-type]
