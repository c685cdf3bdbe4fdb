"""Satellite fixes: geometry against textbooks, the filter against its own promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robotics.core.messages import FixKind, GnssFix
from robotics.estimation.gnss_fix import GnssAid
from robotics.core.georeference import FLATTENING, SEMI_MAJOR, SiteOrigin, origin_from

HANGZHOU = SiteOrigin(math.radians(30.2419), math.radians(120.1646), 12.0, math.radians(25.0))
METRES_NORTH = 1.0 / 6_351_000.0
"""About one metre, as a latitude at 30° [rad]."""


def fix_at(
    origin: SiteOrigin, point: tuple[float, float], *, sigma: float = 0.015, age: float = 0.0
) -> GnssFix:
    """Return an RTK fix of an antenna at ``point`` in the map, by Newton's method on the map."""
    place = np.array([origin.latitude, origin.longitude])
    for _ in range(6):
        base = GnssFix(*place, origin.height, FixKind.RTK_FIXED, sigma**2 * np.eye(2), age)
        here = origin.position_in_map(base)
        slope = np.empty((2, 2))
        for k, step in enumerate(1e-7 * np.eye(2)):
            off = place + step
            near = GnssFix(*off, origin.height, FixKind.RTK_FIXED, np.eye(2))
            slope[:, k] = (origin.position_in_map(near) - here) / 1e-7
        place = place + np.linalg.solve(slope, np.asarray(point) - here)
    return GnssFix(*place, origin.height, FixKind.RTK_FIXED, sigma**2 * np.eye(2), age)


def test_metres_to_the_north_and_east_are_the_radii_of_curvature() -> None:
    """Textbook: meridian and prime vertical radius at 30° N."""
    origin = SiteOrigin(math.radians(30.0), math.radians(120.0))
    squared = FLATTENING * (2.0 - FLATTENING)
    bend = 1.0 - squared * math.sin(origin.latitude) ** 2
    meridian = SEMI_MAJOR * (1.0 - squared) / bend**1.5
    across = SEMI_MAJOR / math.sqrt(bend)
    step = 1e-5
    north = GnssFix(origin.latitude + step, origin.longitude, 0.0, FixKind.SINGLE, np.eye(2))
    east = GnssFix(origin.latitude, origin.longitude + step, 0.0, FixKind.SINGLE, np.eye(2))
    assert np.allclose(origin.position_in_map(north), (0.0, meridian * step), atol=1e-3)
    reach = across * math.cos(origin.latitude) * step
    assert np.allclose(origin.position_in_map(east), (reach, 0.0), atol=1e-3)


def test_the_maps_axes() -> None:
    """With the map's x axis towards north, north is +x and east is -y; covariances turn along."""
    origin = SiteOrigin(0.5, 2.0, 0.0, math.pi / 2)
    north = GnssFix(0.5 + METRES_NORTH, 2.0, 0.0, FixKind.SINGLE, np.eye(2))
    x, y = origin.position_in_map(north)
    assert math.isclose(x, 1.0, abs_tol=0.01)
    assert abs(y) < 1e-6
    assert np.allclose(origin.covariance_in_map(np.diag([4.0, 1.0])), np.diag([1.0, 4.0]))


@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(-3.1, 3.1))
@settings(max_examples=40, deadline=None)
def test_an_origin_is_found_from_one_known_place(x: float, y: float, yaw: float) -> None:
    """To a tenth of a millimetre, half a kilometre around."""
    fix = GnssFix(0.5278, 2.0973, 12.0, FixKind.RTK_FIXED, np.eye(2))
    origin = origin_from(fix, (x, y), yaw)
    assert np.allclose(origin.position_in_map(fix), (x, y), atol=1e-4)


def aid(**options: object) -> GnssAid:
    """Return an aid with the antenna 0.3 m ahead and 0.2 m to the left."""
    return GnssAid(HANGZHOU, np.array([0.3, 0.2]), **options)  # type: ignore[arg-type]


def antenna(pose: np.ndarray) -> tuple[float, float]:
    """Return where the antenna of a base at ``pose`` is."""
    c, s = math.cos(pose[2]), math.sin(pose[2])
    return float(pose[0] + c * 0.3 - s * 0.2), float(pose[1] + s * 0.3 + c * 0.2)


def test_a_right_pose_stays_and_is_surer() -> None:
    """The lever arm is reckoned with: no pull at any heading."""
    for yaw in np.linspace(-3.0, 3.0, 7):
        pose = np.array([12.0, -7.0, yaw])
        after, covariance = aid().correct(
            1.0, pose, np.diag([0.2, 0.2, 0.05]) ** 2, fix_at(HANGZHOU, antenna(pose))
        )
        assert np.allclose(after, pose, atol=1e-4)
        assert np.all(np.sqrt(np.diag(covariance))[:2] < 0.05)
        assert np.all(np.linalg.eigvalsh(covariance) > 0.0)


def test_a_wrong_pose_is_drawn_to_the_fix() -> None:
    """0.3 m off with a sigma of 0.3 m: nearly all of it is taken back."""
    pose = np.array([3.0, 4.0, 0.4])
    fix = fix_at(HANGZHOU, antenna(pose))
    wrong = pose + np.array([0.25, -0.2, 0.0])
    after, _ = aid().correct(1.0, wrong, np.diag([0.3, 0.3, 0.02]) ** 2, fix)
    assert np.hypot(*(after - pose)[:2]) < 0.02


def test_the_update_is_the_least_squares_answer() -> None:
    """Against weighing prior and fix as one linear problem."""
    prior = np.array([3.0, 4.0, 0.4])
    spread = np.array([[0.04, 0.01, 0.002], [0.01, 0.03, -0.001], [0.002, -0.001, 0.001]])
    point = np.asarray(antenna(prior)) + np.array([0.1, 0.05])
    one = aid(floor=0.0, memory=0.0)
    after, covariance = one.correct(1.0, prior, spread, fix_at(HANGZHOU, tuple(point), sigma=0.1))
    step = 1e-6
    row = np.column_stack(
        [(np.array(antenna(prior + step * e)) - antenna(prior)) / step for e in np.eye(3)]
    )
    information = np.linalg.inv(spread) + row.T @ row / 0.1**2
    off = point - antenna(prior)
    expected = prior + np.linalg.solve(information, row.T @ off / 0.1**2)
    assert np.allclose(after, expected, atol=1e-5)
    assert np.allclose(covariance, np.linalg.inv(information), atol=1e-6)


@pytest.mark.parametrize("kind", [FixKind.SINGLE, FixKind.DIFFERENTIAL, FixKind.ESTIMATED])
def test_poor_kinds_change_nothing(kind: FixKind) -> None:
    """Bit for bit."""
    good = fix_at(HANGZHOU, (1.0, 1.0))
    fix = GnssFix(good.latitude, good.longitude, good.height, kind, np.eye(2))
    pose, covariance = np.zeros(3), np.eye(3)
    after = aid().correct(1.0, pose, covariance, fix)
    assert after[0] is pose
    assert after[1] is covariance


def test_an_outlier_changes_nothing_until_it_lasts() -> None:
    """A fix 3 m off is refused; RTK fixes that insist for 5 s are a disagreement to be told."""
    pose, covariance = np.zeros(3), np.diag([0.05, 0.05, 0.01]) ** 2
    one = aid()
    far = fix_at(HANGZHOU, (3.3, 0.2))
    near = fix_at(HANGZHOU, (0.3, 0.2))
    for time in np.arange(0.0, 4.9, 0.1):
        after, _ = one.correct(float(time), pose, covariance, far)
        assert after is pose
    assert not one.disagrees
    one.correct(4.95, pose, covariance, near)
    for time in np.arange(5.0, 10.2, 0.1):
        one.correct(float(time), pose, covariance, far)
    assert one.disagrees
    one.correct(10.3, pose, covariance, near)
    assert not one.disagrees


def test_old_fixes_are_not_used_and_late_ones_weigh_less() -> None:
    """At 1 m/s a fix of 0.2 s ago may be 0.2 m behind."""
    pose, covariance = np.zeros(3), np.diag([0.1, 0.1, 0.01]) ** 2
    stale = fix_at(HANGZHOU, (0.3, 0.2), age=0.6)
    assert aid().correct(1.0, pose, covariance, stale)[0] is pose
    spreads = [
        aid().correct(1.0, pose, covariance, fix_at(HANGZHOU, (0.3, 0.2), age=age), 1.0)[1][0, 0]
        for age in (0.0, 0.1, 0.3)
    ]
    assert spreads == sorted(spreads)


def test_errors_that_last_do_not_average_out() -> None:
    """100 fixes of 10 s, all 3 cm off the same way: the filter never claims to know to 1 cm."""
    one = aid()
    pose, covariance = np.zeros(3), np.diag([0.3, 0.3, 0.01]) ** 2
    for number in range(100):
        covariance = covariance + np.diag([1e-8, 1e-8, 0.0])
        pose, covariance = one.correct(
            0.1 * number, pose, covariance, fix_at(HANGZHOU, (0.33, 0.2), sigma=0.03)
        )
    assert one.used == 100
    assert math.sqrt(covariance[0, 0]) > 0.01


def test_the_filter_is_as_sure_as_it_is_right() -> None:
    """Monte Carlo: normalised errors of 400 updates have the mean of χ² with three degrees."""
    rng = np.random.default_rng(4)
    spread = np.diag([0.2, 0.1, 0.05]) ** 2
    total = []
    for _ in range(400):
        truth = np.array([5.0, -2.0, rng.uniform(-3, 3)])
        prior = truth + rng.multivariate_normal(np.zeros(3), spread)
        seen = np.asarray(antenna(truth)) + 0.05 * rng.standard_normal(2)
        one = aid(floor=0.0, memory=0.0, gate=1e9)
        fix = fix_at(HANGZHOU, (float(seen[0]), float(seen[1])), sigma=0.05)
        after, covariance = one.correct(1.0, prior, spread, fix)
        off = after - truth
        total.append(off @ np.linalg.solve(covariance, off))
    assert 2.6 < np.mean(total) < 3.4
