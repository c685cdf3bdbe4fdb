"""Walkers and things as the lidar sees them: places, speeds, ids, kinds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.core.arrays import Array
from robotics.core.messages import Kind, Obstacle
from robotics.mapping.field import surface_field
from robotics.mapping.grid import Grid
from robotics.mapping.obstacles import ObstacleTracker, Returns, away_from

SPACING = 2.0 * math.pi / 360
ANGLE = -math.pi + SPACING * np.arange(360)
NOWHERE = np.zeros(3)


def plaza() -> Grid:
    """Return an empty square of 20 × 20 m with a wall along x = 8 m."""
    cells = np.zeros((400, 400), dtype=np.bool_)
    cells[:, 360:] = True
    return Grid(cells, 0.05, np.array([-10.0, -10.0]))


def turn(discs: Array, rng: np.random.Generator, *, wall: float = 8.0) -> Returns:
    """Return what a lidar at the origin sees of discs (x, y, radius) (n, 3) and the wall."""
    dx, dy = np.cos(ANGLE)[:, None], np.sin(ANGLE)[:, None]
    ahead = dx * discs[:, 0] + dy * discs[:, 1]
    root = discs[:, 2] ** 2 - (dx * discs[:, 1] - dy * discs[:, 0]) ** 2
    near = ahead - np.sqrt(np.maximum(root, 0.0))
    ranges = np.where((root > 0) & (near > 0), near, np.inf).min(axis=1, initial=np.inf)
    with np.errstate(divide="ignore"):
        ranges = np.minimum(ranges, np.where(np.cos(ANGLE) > 0, wall / np.cos(ANGLE), np.inf))
    ranges = ranges + rng.normal(0.0, 0.01, 360)
    beams = np.flatnonzero(ranges < 12.0)
    points = np.stack((np.cos(ANGLE), np.sin(ANGLE)), axis=1)[beams] * ranges[beams, None]
    return Returns(points, beams, 360, SPACING)


def watch(
    discs: Array, velocity: Array, *, seconds: float, seed: int = 0, gone: float = math.inf
) -> list[tuple[Obstacle, ...]]:
    """Track discs (n, 3) that move at ``velocity`` (n, 2); all are away after ``gone`` [s]."""
    tracker, rng = ObstacleTracker(surface_field(plaza())), np.random.default_rng(seed)
    discs, seen = np.array(discs, dtype=np.float64), []
    for k in range(round(10 * seconds) + 1):
        now = discs.copy()
        now[:, :2] += 0.1 * k * np.asarray(velocity)
        tracker.predict(0.1 * k)
        shown = now if 0.1 * k <= gone else now[:0]
        tracker.update(0.1 * k, turn(shown, rng), pose_lidar_in_map=NOWHERE)
        seen.append(tracker.obstacles)
    return seen


@pytest.mark.parametrize("seed", range(12))
def test_a_walker_is_measured_within_a_second(seed: int) -> None:
    """After 1 s: velocity within 0.15 m/s, centre within 8 cm, radius within 5 cm."""
    rng = np.random.default_rng(seed)
    bearing, course, far = rng.uniform(1.8, 4.4), rng.uniform(-np.pi, np.pi), rng.uniform(2.5, 5.0)
    place = far * np.array([math.cos(bearing), math.sin(bearing)])
    velocity = rng.uniform(0.3, 1.4) * np.array([math.cos(course), math.sin(course)])
    disc = np.array([[*(place - velocity), 0.25]])
    (one,) = watch(disc, velocity[None], seconds=1.0, seed=seed)[-1]
    assert np.hypot(*(one.velocity_in_map - velocity)) < 0.15
    assert np.hypot(*(one.position_in_map - place)) < 0.08
    assert one.radius == pytest.approx(0.25, abs=0.05)


def test_the_third_sighting_confirms() -> None:
    """Nothing is reported before three sightings."""
    seen = watch(np.array([[-3.0, 0.0, 0.25]]), np.zeros((1, 2)), seconds=0.3)
    assert [len(obstacles) for obstacles in seen] == [0, 0, 1, 1]


def test_a_lost_walker_is_carried_on_for_one_second_and_dropped() -> None:
    """Unseen, a track moves on with its speed; after 1.0 s it is gone."""
    seen = watch(np.array([[-3.0, -1.0, 0.25]]), np.array([[0.0, 1.0]]), seconds=3.4, gone=2.0)
    (carried,) = seen[28]
    assert carried.unseen == pytest.approx(0.8)
    assert carried.position_in_map[1] == pytest.approx(1.8, abs=0.15)
    assert seen[-1] == ()


@pytest.mark.parametrize("apart", [0.55, 0.8, 1.5])
def test_two_who_pass_each_other_keep_their_ids(apart: float) -> None:
    """Walkers who cross, one hiding the other for a moment, come out with the ids they had."""
    discs = np.array([[-3.0, -2.5, 0.25], [-3.0 - apart, 2.5, 0.25]])
    seen = watch(discs, np.array([[0.0, 1.0], [0.0, -1.0]]), seconds=5.0)
    before = {one.id: math.copysign(1.0, one.velocity_in_map[1]) for one in seen[12]}
    after = {one.id: math.copysign(1.0, one.velocity_in_map[1]) for one in seen[-1]}
    assert len(before) == 2
    assert after == before


def test_two_side_by_side_are_two() -> None:
    """A gap of 10 cm between two walkers does not make them one."""
    discs = np.array([[-3.0, -0.3, 0.25], [-3.0, 0.3, 0.25]])
    assert len(watch(discs, np.array([[0.5, 0.0]] * 2), seconds=1.0)[-1]) == 2


@pytest.mark.parametrize(
    ("radius", "speed", "kind"),
    [
        (0.25, 0.8, Kind.PERSON),
        (0.18, 1.2, Kind.CHILD),
        (0.40, 0.6, Kind.CART),
        (0.25, 0.0, Kind.STATIC),
    ],
)
def test_size_and_motion_tell_the_kind(radius: float, speed: float, kind: Kind) -> None:
    """Who moves is a child, a person or a cart by size; what never moved for 3 s is static."""
    start = np.array([[-3.0, -1.5, radius]])
    (one,) = watch(start, np.array([[0.0, speed]]), seconds=3.2)[-1]
    assert one.kind is kind
    if kind is Kind.STATIC:
        assert not one.velocity_in_map.any()


def test_a_newcomer_is_unknown_and_a_walker_who_stops_stays_one() -> None:
    """Before it moved nothing is known; after it moved, standing still changes nothing."""
    tracker, rng = ObstacleTracker(surface_field(plaza())), np.random.default_rng(1)
    kinds = []
    for k in range(80):
        tracker.predict(0.1 * k)
        disc = np.array([[-3.0, min(0.0, -1.6 + 0.08 * k), 0.25]])
        tracker.update(0.1 * k, turn(disc, rng), pose_lidar_in_map=NOWHERE)
        kinds += [one.kind for one in tracker.obstacles]
    assert kinds[0] is Kind.UNKNOWN
    assert kinds[-1] is Kind.PERSON


def test_what_the_map_explains_is_no_obstacle() -> None:
    """The wall of the map is not reported, nor is one 10 cm off; one 50 cm off is."""
    field = surface_field(plaza())
    for wall, expected in ((8.0, False), (7.9, False), (7.5, True)):
        tracker, rng = ObstacleTracker(field), np.random.default_rng(2)
        for k in range(4):
            tracker.predict(0.1 * k)
            returns = turn(np.zeros((0, 3)), rng, wall=wall)
            tracker.update(0.1 * k, returns, pose_lidar_in_map=NOWHERE)
        assert bool(tracker.obstacles) is expected
        assert all(one.kind is Kind.STATIC for one in tracker.obstacles)


def test_a_thing_behind_the_lidar_is_one_thing() -> None:
    """The seam of the scan at ±π does not cut what lies across it."""
    seen = watch(np.array([[-2.0, 0.0, 0.3]]), np.zeros((1, 2)), seconds=0.5)[-1]
    assert len(seen) == 1
    assert seen[0].position_in_map == pytest.approx((-2.0, 0.0), abs=0.03)


def test_points_on_walkers_lose_their_weight() -> None:
    """Weights are 0 within the circle and its margin, and 1 beyond."""
    points = np.array([[1.0, 0.0], [1.46, 0.0], [2.0, 0.0]])
    weights = away_from(points, np.array([[1.0, 0.0, 0.25]]), margin=0.2)
    assert weights.tolist() == [0.0, 1.0, 1.0]


def follow(tracks: Array, *, seed: int = 0) -> list[tuple[Obstacle, ...]]:
    """Track discs of radius 0.25 m whose centres are ``tracks`` (scans, n, 2)."""
    tracker, rng = ObstacleTracker(surface_field(plaza())), np.random.default_rng(seed)
    seen = []
    for k, centres in enumerate(np.asarray(tracks, dtype=np.float64)):
        tracker.predict(0.1 * k)
        discs = np.column_stack((centres, np.full(len(centres), 0.25)))
        tracker.update(0.1 * k, turn(discs, rng), pose_lidar_in_map=NOWHERE)
        seen.append(tracker.obstacles)
    return seen


def nearest(obstacles: tuple[Obstacle, ...], place: Array) -> Obstacle:
    """Return the obstacle nearest to ``place`` (2,)."""
    return min(obstacles, key=lambda one: math.dist(one.position_in_map, place))


def test_one_hidden_by_another_is_remembered_with_growing_age_and_keeps_its_id() -> None:
    """A walker who passes behind a nearer one for 1.6 s is there all the time, and still itself."""
    time = 0.1 * np.arange(70)
    far = np.column_stack((np.full(70, -5.0), -2.1 + 0.6 * time))
    near = np.column_stack((np.full(70, -1.2), np.zeros(70)))
    seen = follow(np.stack((far, near), axis=1))
    own = [nearest(obstacles, place) for obstacles, place in zip(seen[3:], far[3:], strict=True)]
    assert len({one.id for one in own}) == 1
    assert max(one.unseen for one in own) > 1.2
    off = [math.dist(one.position_in_map, place) for one, place in zip(own, far[3:], strict=True)]
    assert max(off) < 0.3


def test_one_who_stops_behind_another_stays_in_the_shadow() -> None:
    """Where it would have come out it is not, so it is still hidden, standing."""
    time = 0.1 * np.arange(60)
    y = np.minimum(-2.1 + 0.7 * time, 0.0)
    far = np.column_stack((np.full(60, -5.0), y))
    near = np.column_stack((np.full(60, -1.2), np.zeros(60)))
    seen = follow(np.stack((far, near), axis=1))
    hidden = nearest(seen[55], np.array([-5.0, 0.0]))
    assert hidden.unseen > 1.5
    assert hidden.position_in_map == pytest.approx((-5.0, 0.0), abs=1.25)
    assert np.hypot(*hidden.velocity_in_map) < 0.2


def test_whose_place_is_seen_empty_is_dropped_within_half_a_second() -> None:
    """A walker in front of the wall vanishes; the beams that meet the wall behind it tell."""
    centres = np.full((30, 1, 2), 4.0)
    centres[:, 0, 1] = -1.0 + 0.05 * np.arange(30)
    centres[20:] = 50.0
    seen = follow(centres)
    assert len(seen[19]) == 1
    assert seen[25] == ()


def test_two_who_touch_and_part_are_two_with_their_ids() -> None:
    """Walkers who come together till they touch, walk on so, and part: two all the time."""
    time = 0.1 * np.arange(60)
    gap = 0.27 + 0.3 * np.abs(time - 3.0).clip(0.8) - 0.24
    one = np.column_stack((-3.5 + 0.3 * time, -gap))
    other = np.column_stack((-3.5 + 0.3 * time, gap))
    seen = follow(np.stack((one, other), axis=1))
    sides = [
        {nearest(s, place).id for place in pair}
        for s, pair in zip(seen[5:], np.stack((one, other), 1)[5:], strict=True)
    ]
    assert all(len(ids) == 2 for ids in sides)
    assert sides[0] == sides[-1]


@pytest.mark.parametrize("seed", range(5))
def test_a_bench_of_which_another_part_is_met_each_time_does_not_walk(seed: int) -> None:
    """The ends of what is seen of it jump by a third of a metre; no speed is told, no kind."""
    rng, tracker = np.random.default_rng(seed), ObstacleTracker(surface_field(plaza()))
    for k in range(100):
        tracker.predict(0.1 * k)
        low, high = -0.5 + rng.uniform(0.0, 0.35), 0.5 - rng.uniform(0.0, 0.35)
        y = -3.0 * np.tan(ANGLE)
        beams = np.flatnonzero((np.cos(ANGLE) < 0.0) & (y > low) & (y < high))
        points = np.stack((np.full(len(beams), -3.0), y[beams]), axis=1)
        points[:, 0] += rng.normal(0.0, 0.01, len(beams))
        tracker.update(0.1 * k, Returns(points, beams, 360, SPACING), pose_lidar_in_map=NOWHERE)
        assert all(one.kind in (Kind.UNKNOWN, Kind.STATIC) for one in tracker.obstacles)
        assert all(np.hypot(*one.velocity_in_map) < 0.3 for one in tracker.obstacles)


def test_what_walks_is_carried_along_when_the_pose_jumps() -> None:
    """Seen from the robot, a walker is where it was; what never moved is forgotten."""
    tracker, rng = ObstacleTracker(surface_field(plaza())), np.random.default_rng(4)
    for k in range(20):
        tracker.predict(0.1 * k)
        discs = np.array([[-3.0, -1.0 + 0.1 * k, 0.25], [2.0, 3.0, 0.25]])
        tracker.update(0.1 * k, turn(discs, rng), pose_lidar_in_map=NOWHERE)
    assert len(tracker.obstacles) == 2
    tracker.carry(NOWHERE, np.array([1.0, 2.0, 0.5 * math.pi]))
    assert len(tracker.tracks) == 1
    assert tracker.tracks.place[0] == pytest.approx((0.1, -1.0), abs=0.05)
    assert tracker.tracks.speed[0] == pytest.approx((-1.0, 0.0), abs=0.15)


def test_time_that_runs_backwards_or_stands_is_survived() -> None:
    """No exception, no NaN."""
    tracker, rng = ObstacleTracker(surface_field(plaza())), np.random.default_rng(5)
    for time in (0.0, 0.1, 0.2, 0.2, 0.1, 0.3, -5.0, 0.4):
        tracker.predict(time)
        tracker.update(time, turn(np.array([[-3.0, 0.0, 0.25]]), rng), pose_lidar_in_map=NOWHERE)
    assert np.isfinite(tracker.tracks.place).all()
    assert len(tracker.obstacles) == 1
