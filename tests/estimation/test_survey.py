"""A drive through a hall becomes its map: scans fit, loops close, walls stand where they stand."""

import numpy as np
import pytest
from rooms import DRIVE, LIDAR, Rover, cast, hall
from scipy.optimize import least_squares

from robotics.core.geometry import compose, relative, transform, wrap
from robotics.estimation.odometry import Increment, WheelOdometry
from robotics.estimation.survey.build import Method, build
from robotics.estimation.survey.graph import Edge, errors, optimise
from robotics.estimation.survey.raster import draw
from robotics.estimation.survey.registration import Surface, coarse_prior, register
from robotics.estimation.survey.sighting import Sighting, Spacing, keyframes
from robotics.mapping.grid import UNKNOWN

HALL = hall()


def _seen(pose, rng=None, discs=None):
    """Return what a lidar at the base sees from ``pose`` (3,), shape (k, 2)."""
    ranges = cast(np.asarray(pose, dtype=float), HALL.segments(), discs or np.zeros((0, 3)))
    angle = np.linspace(-np.pi, np.pi, 360, endpoint=False)
    noise = rng.normal(0.0, 0.01, 360) if rng is not None else 0.0
    seen = np.isfinite(ranges)
    reach = (ranges + noise)[seen]
    return np.column_stack((reach * np.cos(angle[seen]), reach * np.sin(angle[seen])))


def _ring_drive(seed=3):
    """Drive about twice round the hall's block; return the sightings and the true poses (n, 3)."""
    rng = np.random.default_rng(seed)
    rover = Rover(HALL, np.array([0.0, 0.0, 0.0]), rng, slip=0.04)
    odometry = WheelOdometry(DRIVE)
    pose, found, truth = np.zeros(3), [], []
    legs = [(0.5, 0.0, 10.0), (0.35, 0.35, 4.5), (0.5, 0.0, 8.0), (0.35, 0.35, 4.5)]
    for vx, wz, seconds in (legs * 4)[:14]:
        for _ in range(round(seconds / rover.period)):
            seen = rover.drive(vx, wz)
            step: Increment = odometry.update(
                seen.joints.position[:2],
                np.ones(2, dtype=bool),
                angular_velocity=seen.imu.angular_velocity,
                duration=rover.period,
            )
            pose = compose(pose, (step.dx, step.dy, step.dyaw))
            if seen.scan is not None:
                kept = np.isfinite(seen.scan.range)
                reach, angle = seen.scan.range[kept], seen.scan.angle[kept]
                points = np.column_stack((reach * np.cos(angle), reach * np.sin(angle)))
                points = points + LIDAR.position_in_base[:2]
                found.append(Sighting(seen.time, pose, points, LIDAR.position_in_base[:2]))
                truth.append(rover.pose.copy())
    return found, np.array(truth)


@pytest.fixture(scope="module")
def surveyed():
    """Return a survey of the ring drive, its sightings and its true poses."""
    sightings, truth = _ring_drive()
    return build(sightings, start=truth[0], method=Method()), sightings, truth


def test_a_scan_is_laid_where_it_was_taken():
    """From a guess 20 cm and 8° off, the known pose comes out to millimetres."""
    rng = np.random.default_rng(0)
    surface = Surface.of(_seen((1.0, -1.0, 0.2), rng))
    true = np.array([0.3, 0.2, 0.1])
    scan = _seen(compose((1.0, -1.0, 0.2), true), rng)
    fit = register(scan, surface, true + np.array([0.15, -0.15, 0.14]), prior=coarse_prior())
    assert np.hypot(*(fit.pose[:2] - true[:2])) < 0.01
    assert abs(wrap(float(fit.pose[2] - true[2]))) < 0.005
    assert fit.share > 0.5


def test_a_scan_on_nothing_stays_with_its_guess():
    """No surface, no points: the prior comes back, and nothing fits."""
    guess = np.array([1.0, 2.0, 0.5])
    empty = Surface.of(np.zeros((0, 2)))
    for fit in (
        register(_seen((0, 0, 0)), empty, guess, prior=coarse_prior()),
        register(np.zeros((0, 2)), Surface.of(_seen((0, 0, 0))), guess, prior=coarse_prior()),
    ):
        assert np.array_equal(fit.pose, guess)
        assert fit.share == 0.0


def _random_graph(rng, count=30):
    true = np.cumsum(rng.normal(0.0, 0.5, (count, 3)) * (1, 1, 0.3), axis=0)
    pairs = [(k, k + 1) for k in range(count - 1)] + [(0, 20), (5, 29), (3, 17)]
    edges = []
    for i, j in pairs:
        noise = rng.normal(0.0, 0.02, 3)
        measured = relative(true[i], true[j]) + noise
        edges.append(Edge(i, j, measured, np.diag([900.0, 800.0, 2000.0])))
    start = [true[0]]
    for edge in edges[: count - 1]:
        start.append(compose(start[-1], edge.pose))
    return true, np.array(start), edges


def test_the_graph_is_solved_as_scipy_solves_it():
    """Gauss-Newton finds the minimum that scipy's dense least squares finds."""
    _, start, edges = _random_graph(np.random.default_rng(5))

    def residual(rest):
        poses = np.vstack((start[:1], rest.reshape(-1, 3)))
        parts = []
        for edge in edges:
            off = relative(poses[edge.first], poses[edge.second]) - edge.pose
            off[2] = wrap(float(off[2]))
            parts.append(np.sqrt(np.diag(edge.information)) * off)
        return np.concatenate(parts)

    oracle = least_squares(residual, start[1:].ravel(), xtol=1e-12, ftol=1e-12)
    poses = optimise(start, edges)
    assert float(errors(poses, edges).sum()) == pytest.approx(2.0 * oracle.cost, rel=1e-6)
    assert np.abs(poses[1:] - oracle.x.reshape(-1, 3)).max() < 1e-4


def test_a_graph_without_contradiction_is_left_alone():
    """Exact measurements: nothing moves; the first pose never does."""
    rng = np.random.default_rng(1)
    true = rng.normal(0.0, 2.0, (12, 3))
    pairs = [(k, k + 1) for k in range(11)] + [(0, 11)]
    edges = [Edge(i, j, relative(true[i], true[j]), np.eye(3) * 100) for i, j in pairs]
    moved = optimise(true, edges) - true
    assert np.abs(np.column_stack((moved[:, :2], np.sin(moved[:, 2])))).max() < 1e-9


def test_one_wrong_loop_does_not_bend_the_map():
    """A closure that contradicts everything else is weighed down."""
    true, start, edges = _random_graph(np.random.default_rng(7))
    good = optimise(start, edges)
    wrong = Edge(2, 25, np.array([9.0, -7.0, 2.0]), np.eye(3) * 1000.0, is_closure=True)
    bent = optimise(start, [*edges, wrong])
    assert np.abs(bent[:, :2] - good[:, :2]).max() < 0.05
    assert np.abs(good[:, :2] - true[:, :2]).max() < 0.5


def test_a_drive_is_laid_straight(surveyed):
    """Odometry is off by metres at the end; the survey by centimetres, loops closed."""
    found, sightings, truth = surveyed
    by_time = {one.time: pose for one, pose in zip(sightings, truth, strict=True)}
    true = np.array([by_time[frame.time] for frame in found.frames])
    dead = np.array(
        [
            compose(truth[0], relative(sightings[0].pose_base_in_odometry, f.pose_base_in_odometry))
            for f in found.frames
        ]
    )
    assert np.hypot(*(dead - true)[:, :2].T).max() > 0.5
    off = np.hypot(*(found.poses - true)[:, :2].T)
    assert off.max() < 0.05
    assert np.abs(np.sin(found.poses[:, 2] - true[:, 2])).max() < np.radians(0.5)
    assert found.closures > 5


def test_the_drawn_walls_stand_where_the_walls_are(surveyed):
    """Nearly every occupied cell lies within two cells of a true wall; seen ground is free."""
    found, _, truth = surveyed
    grid = found.occupancy
    rows, cols = np.nonzero(grid.cells >= 65)
    spots = grid.origin + grid.resolution * (np.column_stack((cols, rows)) + 0.5)
    walls = HALL.segments()
    a, b = walls[:, :2], walls[:, 2:]
    along = ((spots[:, None] - a) * (b - a)).sum(axis=2) / ((b - a) ** 2).sum(axis=1)
    foot = a + np.clip(along, 0.0, 1.0)[..., None] * (b - a)
    gap = np.hypot(*(spots[:, None] - foot).transpose(2, 0, 1)).min(axis=1)
    assert len(gap) > 500
    assert np.mean(gap < 0.1) > 0.97
    driven = grid.value(truth[:, :2], 100)
    assert not (driven >= 65).any()
    assert np.mean(driven == 0) > 0.99


def test_rays_free_what_they_cross_and_fill_where_they_end():
    """One post, seen thrice: its cell is occupied, the way to it free, behind it unknown."""
    seen = Sighting(0.0, np.zeros(3), np.array([[2.02, 0.02]]), np.zeros(2))
    grid = draw([seen] * 3, np.zeros((3, 3)), 0.05)
    assert grid.value(np.array([[2.02, 0.02]]), -2)[0] == 100
    assert (grid.value(np.array([[0.5, 0.02], [1.0, 0.02], [1.9, 0.02]]), -2) == 0).all()
    assert grid.value(np.array([[2.2, 0.02]]), -2)[0] == UNKNOWN


def test_people_who_walked_by_leave_no_walls():
    """Cells that were hit once and seen through often are free."""
    post = np.array([[2.02, 0.02]])
    far = Sighting(0.0, np.zeros(3), np.array([[4.02, 0.04]]), np.zeros(2))
    near = Sighting(0.0, np.zeros(3), post, np.zeros(2))
    grid = draw([near, *[far] * 9], np.zeros((10, 3)), 0.05)
    assert grid.value(post, -2)[0] == 0


def test_keyframes_stand_apart():
    """A robot that stands adds nothing; one that turns does; poor turns are left out."""
    points = np.ones((40, 2))
    poses = [(0, 0, 0), (0.1, 0, 0), (0.5, 0, 0), (0.5, 0, 0.3), (0.5, 0, 0.35)]
    turns = [Sighting(k, np.array(p, float), points, np.zeros(2)) for k, p in enumerate(poses)]
    assert [one.time for one in keyframes(turns, Spacing(pause=9.0))] == [0, 2, 3]
    blind = Sighting(9.0, np.array([5.0, 0, 0]), points[:3], np.zeros(2))
    assert keyframes([*turns, blind], Spacing(pause=9.0))[-1].time == 3


def test_a_drive_that_saw_nothing_is_refused():
    """No scan with enough returns: there is no map to be made."""
    blind = Sighting(0.0, np.zeros(3), np.zeros((0, 2)), np.zeros(2))
    with pytest.raises(ValueError, match="30 returns"):
        build([blind], start=np.zeros(3))


def test_same_drive_same_map(surveyed):
    """Nothing is left to chance."""
    found, sightings, truth = surveyed
    part = sightings[:120]
    one, two = (build(part, start=truth[0]) for _ in range(2))
    assert np.array_equal(one.poses, two.poses)
    assert np.array_equal(one.occupancy.cells, two.occupancy.cells)
    assert transform(found.poses[0], np.zeros((1, 2))) == pytest.approx(truth[:1, :2])
