"""The match of a scan: known offsets, frames, honest covariances, scans that say nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rooms import BEAMS, Room, box, cast, corridor, hall

from robotics.core.arrays import Array
from robotics.core.geometry import compose, relative, transform, wrap
from robotics.estimation.scan_match import (
    Belief,
    Sight,
    _eigenvectors,
    _newton_step,
    look,
    match,
)
from robotics.mapping.field import SurfaceField, surface_field
from robotics.mapping.submap import Seen, submap_field

LOOSE = np.diag([0.3, 0.3, 0.15]) ** 2


@pytest.fixture(scope="module")
def surfaces() -> SurfaceField:
    """The map of the hall, 5 cm."""
    return surface_field(hall().draw())


def returns(pose: Array, rng: np.random.Generator, room: Room | None = None) -> Array:
    """Return what a lidar at ``pose`` sees, (k, 2), 1 cm one sigma."""
    walls = (room or hall()).segments()
    ranges = cast(pose, walls, np.zeros((0, 3))) + rng.normal(0.0, 0.01, 360)
    seen = np.isfinite(ranges)
    angle, reach = BEAMS[seen], ranges[seen]
    return np.stack((reach * np.cos(angle), reach * np.sin(angle)), axis=1)


def somewhere(rng: np.random.Generator) -> Array:
    """Return a pose in the free middle of the hall."""
    return np.array([rng.uniform(-4, 1), rng.uniform(-4.5, 0), rng.uniform(-3, 3)])


@pytest.mark.parametrize("seed", range(10))
def test_a_known_offset_is_found_in_the_map(surfaces: SurfaceField, seed: int) -> None:
    """From 30 cm and 8° off, the pose is right to 1 cm and 3 mrad."""
    rng = np.random.default_rng(seed)
    pose = somewhere(rng)
    off = rng.uniform(-1.0, 1.0, 3) * (0.3, 0.3, 0.15)
    prior = Belief(pose + off, np.linalg.inv(LOOSE))
    found = match(returns(pose, rng), surfaces, prior)
    assert np.hypot(*(found.pose - pose)[:2]) < 0.01
    assert abs(wrap(found.pose[2] - pose[2])) < 0.003
    assert found.share > 0.95


@pytest.mark.parametrize("seed", range(6))
def test_a_known_offset_is_found_between_two_scans(seed: int) -> None:
    """The same against the field of one other scan, to 1.5 cm and 4 mrad."""
    rng = np.random.default_rng(20 + seed)
    pose, step = somewhere(rng), rng.uniform(-1.0, 1.0, 3) * (0.2, 0.2, 0.1)
    first, second = returns(pose, rng), returns(compose(pose, step), rng)
    field = submap_field([Seen(first, np.zeros(2))], reach=1.0)
    found = match(second, field, Belief(np.zeros(3), np.linalg.inv(LOOSE)))
    assert np.hypot(*(found.pose - step)[:2]) < 0.015
    assert abs(found.pose[2] - step[2]) < 0.004


def test_moving_everything_moves_the_answer() -> None:
    """Submap, prior and all shifted and turned: so is the pose, to a fifth of a cell."""
    rng = np.random.default_rng(1)
    pose, step = np.array([-2.0, -3.0, 0.4]), np.array([0.15, -0.1, 0.08])
    first, second = returns(pose, rng), returns(compose(pose, step), rng)
    prior = np.linalg.inv(np.diag([0.2, 0.2, 0.1]) ** 2)
    plain = match(second, submap_field([Seen(first, np.zeros(2))]), Belief(np.zeros(3), prior))
    frame = np.array([31.0, -17.0, 0.7])
    turned = submap_field([Seen(transform(frame, first), frame[:2])])
    moved = match(second, turned, Belief(frame, prior))
    assert relative(frame, moved.pose) == pytest.approx(plain.pose, abs=0.01)


def test_the_covariance_is_honest(surfaces: SurfaceField) -> None:
    """Over 150 matches the normalised squared error is never too large: it promises no more.

    For three degrees of freedom a consistent filter has 3 on average (Bar-Shalom 2001, 5.4.2);
    ours is below, since neighbouring beams are taken to share their errors.
    """
    rng = np.random.default_rng(2)
    spread = np.array([0.05, 0.05, 0.02])
    squares, priors = [], []
    for _ in range(150):
        pose = somewhere(rng)
        off = rng.normal(0.0, spread)
        found = match(returns(pose, rng), surfaces, Belief(pose + off, np.diag(spread**-2)))
        error = found.pose - pose
        squares.append(error @ np.linalg.solve(found.covariance, error))
        priors.append(found.covariance[0, 0])
    assert 0.1 < np.mean(squares) < 3.5
    assert np.quantile(squares, 0.95) < 9.0
    assert math.sqrt(np.mean(priors)) < 0.02


def test_along_a_corridor_the_prior_stays() -> None:
    """What the walls do not show keeps the prior's mean and variance."""
    field = surface_field(corridor().draw())
    rng = np.random.default_rng(3)
    points = returns(np.array([0.0, 0.1, 0.05]), rng, corridor())
    prior = Belief(np.array([0.7, 0.0, 0.0]), np.linalg.inv(np.diag([0.5, 0.2, 0.1]) ** 2))
    found = match(points, field, prior)
    assert found.pose[0] == pytest.approx(0.7, abs=1e-6)
    assert found.covariance[0, 0] == pytest.approx(0.25, rel=1e-3)
    assert found.pose[1:] == pytest.approx([0.1, 0.05], abs=0.01)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_short_scan_changes_little(surfaces: SurfaceField, count: int) -> None:
    """With no return or two, the pose stays within the prior's spread, and is finite."""
    points = returns(np.array([-2.0, -3.0, 0.4]), np.random.default_rng(4))[:count]
    prior = Belief(np.array([-2.0, -3.0, 0.4]), np.linalg.inv(LOOSE))
    found = match(points, surfaces, prior)
    assert np.isfinite(found.pose).all()
    assert np.isfinite(found.covariance).all()
    assert found.pose == pytest.approx(prior.pose, abs=0.3)


def test_off_the_map_nothing_is_explained(surfaces: SurfaceField) -> None:
    """Far away from all surfaces the prior is the answer, with a share of zero."""
    points = returns(np.array([-2.0, -3.0, 0.4]), np.random.default_rng(4))
    prior = Belief(np.array([500.0, 500.0, 0.0]), np.linalg.inv(LOOSE))
    found = match(points, surfaces, prior)
    assert found.pose == pytest.approx(prior.pose)
    assert found.share == 0.0


def test_a_look_tells_walls_from_people_from_the_impossible() -> None:
    """Returns on the wall, in free space, and from behind the wall are counted apart."""
    field = surface_field(Room((box(3.0, -5.0, 4.0, 5.0),)).draw())
    points = np.array([(3.0, 0.0), (3.0, 1.0), (1.5, 0.0), (5.5, 0.5)])
    ends = np.array([(10.0, 0.0), (-10.0, 0.0)])
    for open_ends, total in ((np.zeros((0, 2)), 4.0), (ends, 5.0)):
        sight = Sight(points, np.ones(4), open_ends, np.zeros(2))
        view = look(sight, field, np.zeros(3))
        assert view.explained == pytest.approx(2.0 / total)
        assert view.short == pytest.approx(1.0 / total)
        assert view.through == pytest.approx((total - 3.0) / total)


@pytest.mark.parametrize("seed", range(20))
def test_the_small_algebra_equals_lapack(seed: int) -> None:
    """Eigenvalues, eigenvectors and the Newton step agree with numpy's to rounding."""
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(3, 3)) * 10.0 ** rng.uniform(-3.0, 3.0, 3)
    matrix = roots @ roots.T
    diagonal = matrix.copy()
    vectors = _eigenvectors(diagonal)
    values = np.linalg.eigvalsh(matrix)
    assert np.sort(np.diag(diagonal)) == pytest.approx(values, rel=1e-9, abs=1e-12 * values[-1])
    assert vectors @ np.diag(np.diag(diagonal)) @ vectors.T == pytest.approx(
        matrix, abs=1e-12 * values[-1]
    )
    prior = np.diag(rng.uniform(1.0, 9.0, 3))
    gradient, off = rng.normal(size=3), rng.normal(size=3)
    step = _newton_step(matrix, gradient, prior, off, 0.1)
    wanted = np.linalg.solve(matrix + prior, -gradient / 0.01 - prior @ off)
    assert step == pytest.approx(wanted, rel=1e-6, abs=1e-8)
