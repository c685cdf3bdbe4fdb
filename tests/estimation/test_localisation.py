"""Scan to map: convergence, accuracy on the move, corridors, crowds, getting lost."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from rooms import BEAMS, DRIVE, LIDAR, Room, Rover, cast, corridor, hall

from robotics.core.arrays import Array
from robotics.core.geometry import compose, transform, wrap
from robotics.core.messages import Scan, State
from robotics.core.rotation import matrix_from_rpy
from robotics.estimation.odometry import Increment
from robotics.estimation.perception import BLINDED, Lidar, RangePerception, Start, level
from robotics.estimation.scan_match import Belief, Matching, align
from robotics.estimation.wheeled import WheeledEstimator
from robotics.mapping.field import surface_field


def journey(
    rover: Rover, *, told: Array, seconds: float, vx: float = 0.6, wz: float = 0.3
) -> tuple[Array, list[State]]:
    """Stand for 1 s, then drive round while estimating from a wrong start.

    Returns:
        Errors (ticks, 3) along, across [m] and in heading [rad], and the states.
    """
    estimator = WheeledEstimator.of(rover.room.draw(), Start(told), drive=DRIVE, lidar=LIDAR)
    observation, errors, states = rover.observe(), [], []
    for k in range(int(seconds / rover.period)):
        states.append(estimator.update(observation))
        off = states[-1].pose_base_in_map - rover.pose
        c, s = math.cos(rover.pose[2]), math.sin(rover.pose[2])
        errors.append((c * off[0] + s * off[1], c * off[1] - s * off[0], wrap(off[2])))
        moving = k * rover.period > 1.0
        rover.discs[:, 1] += 0.7 * rover.period * np.sign(rover.discs[:, 0])
        observation = rover.drive(vx * moving, wz * moving)
    return np.array(errors), states


def rover(room: Room, pose: tuple[float, float, float], seed: int, **more: object) -> Rover:
    """Return a rover in ``room``."""
    return Rover(room, np.array(pose), np.random.default_rng(seed), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [(0, 0, 0), (0.2, -0.2, 0.26), (-0.3, 0.4, -0.26)])
def test_a_minute_of_driving_stays_within_three_centimetres(error: Array) -> None:
    """From up to 0.5 m and 15° off: p95 within 3 cm and 0.6° after the first second."""
    one = rover(hall(), (-1.0, -3.0, 0.0), 0)
    errors, states = journey(one, told=one.pose + error, seconds=60.0)
    after = np.abs(errors[50:])
    assert np.quantile(np.hypot(after[:, 0], after[:, 1]), 0.95) < 0.03
    assert np.quantile(after[:, 2], 0.95) < 0.01
    assert min(state.quality for state in states[100:]) > 0.9


@pytest.mark.parametrize("seed", range(6))
def test_the_first_turn_corrects_a_wrong_start(seed: int) -> None:
    """0.5 m and 15° off in any direction is put right by one scan, anywhere in the hall.

    It is sure of that within a second, when it has seen that no other place looks like this one.
    """
    rng = np.random.default_rng(seed)
    pose = np.array([rng.uniform(-4, 1), rng.uniform(-1, 4), rng.uniform(-3, 3)])
    course = rng.uniform(-np.pi, np.pi)
    turned = rng.choice((-0.26, 0.26))
    told = pose + np.array([0.5 * math.cos(course), 0.5 * math.sin(course), turned])
    one = Rover(hall(), pose, rng)
    perception = RangePerception.of(hall().draw(), Start(told), LIDAR)
    seen = perception.update(0.0, Increment(), one.scan())
    assert np.hypot(*(seen.pose_base_in_map - pose)[:2]) < 0.03
    assert abs(wrap(seen.pose_base_in_map[2] - pose[2])) < 0.01
    assert 0.4 < seen.quality < 0.5
    for k in range(1, 11):
        seen = perception.update(0.1 * k, Increment(), one.scan())
    assert seen.quality > 0.9


def test_a_corridor_fixes_what_it_shows_and_odometry_the_rest() -> None:
    """Across and in heading the walls correct; along, the error is that of the wheels alone."""
    one = rover(corridor(), (-20.0, 0.0, 0.0), 3)
    errors, states = journey(one, told=np.array([-20.0, 0.3, 0.1]), seconds=25.0, vx=0.8, wz=0.0)
    way = 0.8 * 24.0
    assert np.quantile(np.abs(errors[50:, 1]), 0.95) < 0.03
    assert abs(errors[-1, 2]) < 0.005
    assert errors[-1, 0] == pytest.approx(one.slip * way, abs=0.05)
    assert states[-1].quality > 0.9


def test_the_covariance_knows_that_a_corridor_shows_no_end() -> None:
    """Variance along the corridor only grows; across it shrinks to millimetres."""
    one = rover(corridor(), (0.0, 0.0, 0.0), 4)
    perception = RangePerception.of(corridor().draw(), Start(one.pose), LIDAR)
    before = perception.localisation.covariance[0, 0]
    for k in range(20):
        step = Increment(0.08, var_x=1e-4, var_y=1e-6, var_yaw=1e-7)
        seen = perception.update(0.1 * k, step, one.scan())
    assert seen.covariance[0, 0] == pytest.approx(before + 20e-4, rel=0.05)
    assert math.sqrt(seen.covariance[1, 1]) < 0.01


def test_a_pose_that_grows_vague_loses_quality() -> None:
    """After a long way along a corridor the scans still fit, but the quality says: unsure."""
    one = rover(corridor(), (0.0, 0.0, 0.0), 4)
    perception = RangePerception.of(corridor().draw(), Start(one.pose), LIDAR)
    for k in range(80):
        perception.update(0.1 * k, Increment(), one.scan())
    quality = []
    for k in range(80, 120):
        step = Increment(0.0, var_x=0.1, var_y=1e-6, var_yaw=1e-7)
        quality.append(perception.update(0.1 * k, step, one.scan()).quality)
    assert quality[0] > 0.9
    assert quality[-1] < 0.5
    assert all(later <= before + 0.02 for before, later in itertools.pairwise(quality))


def test_a_thin_wall_is_not_taken_for_its_far_face() -> None:
    """Started half a wall off, the match comes back to the face that the lidar can see."""
    walls = Room((_rail(2.0), _rail(-2.1), _post(3.0)))
    one = rover(walls, (0.0, 0.0, 0.0), 5)
    for off in (-0.1, 0.1, 0.25):
        perception = RangePerception.of(
            walls.draw(resolution=0.1), Start(np.array([0.0, off, 0.0])), LIDAR
        )
        for k in range(3):
            seen = perception.update(0.1 * k, Increment(), one.scan())
        assert abs(seen.pose_base_in_map[1]) < 0.03


def _rail(y: float) -> Array:
    return np.array([(-30, y), (30, y), (30, y + 0.1), (-30, y + 0.1)])


def _post(x: float) -> Array:
    return np.array([(x, 1.5), (x + 0.4, 1.5), (x + 0.4, 1.9), (x, 1.9)])


def test_a_crowd_does_not_push_the_robot_off() -> None:
    """Eight walkers around, hiding a third of the hall: still within 3 cm, quality still high."""
    rng = np.random.default_rng(6)
    round_about = np.linspace(0.0, 2.0 * np.pi, 8, endpoint=False)
    far = rng.uniform(1.2, 2.5, 8)
    discs = np.stack((far * np.cos(round_about), far * np.sin(round_about), np.full(8, 0.25)), 1)
    discs[:, 1] -= 2.0
    one = rover(hall(), (0.0, -2.0, 0.0), 6, discs=discs)
    errors, states = journey(one, told=one.pose, seconds=6.0, vx=0.2)
    assert np.hypot(errors[50:, 0], errors[50:, 1]).max() < 0.03
    assert states[-1].quality > 0.8
    assert len(states[60].obstacles) >= 5


@pytest.mark.parametrize("away", [(0.7, -0.55, 0.3), (4.0, 6.0, 1.5), (-9.0, 2.0, 3.0)])
def test_a_robot_that_was_told_wrongly_finds_itself(away: tuple[float, float, float]) -> None:
    """A step off it is at once right; elsewhere in the hall it first says so, then finds itself."""
    one = rover(hall(), (-1.0, -1.0, 0.4), 7)
    told = Start(one.pose + away, sigma=0.05, sigma_yaw=0.02)
    perception = RangePerception.of(hall().draw(), told, LIDAR)
    first = perception.update(0.0, Increment(), one.scan())
    at_once = np.hypot(*(first.pose_base_in_map - one.pose)[:2]) < 0.03
    assert at_once is np.bool_(math.hypot(*away[:2]) < 1.0)
    assert first.quality < 0.5
    for k in range(1, 25):
        seen = perception.update(0.1 * k, Increment(), one.scan())
    assert np.hypot(*(seen.pose_base_in_map - one.pose)[:2]) < 0.03
    assert abs(wrap(seen.pose_base_in_map[2] - one.pose[2])) < 0.01
    assert seen.quality > 0.9


def test_the_match_is_the_bayesian_mean_on_a_line() -> None:
    """Against one straight wall the update equals the textbook Kalman update of its distance."""
    wall = Room((np.array([(-30.0, 2.0), (30.0, 2.0), (30.0, 4.0), (-30.0, 4.0)]),))
    x = np.linspace(-3.0, 3.0, 61)
    points = np.stack((x, np.full(61, 2.01)), axis=1)
    prior = np.diag([1e4, 61 / 0.08**2, 1e8])
    fitted, seen = align(
        points,
        np.ones(61),
        surface_field(wall.draw()),
        Belief(np.zeros(3), prior),
        Matching(scale=100.0, scale_first=100.0),
    )
    assert fitted[1] == pytest.approx(-0.005, abs=2e-4)
    assert fitted[0] == pytest.approx(0.0, abs=1e-9)
    assert seen[1, 1] == pytest.approx(61 / 0.08**2, rel=0.01)
    assert seen[0, 0] == pytest.approx(0.0, abs=1e-6)


def test_a_swaying_lidar_sees_walls_where_they_are_and_no_ground() -> None:
    """Tilted beams are laid flat; those that reach the ground are dropped."""
    lidar = Lidar(np.array([0.07, 0.0, 0.40]), base_height=0.50)
    roll, pitch, height = 0.03, 0.10, 0.90
    rays = np.stack((np.cos(BEAMS), np.sin(BEAMS), np.zeros(360)), axis=1)
    turned = rays @ matrix_from_rpy(roll, pitch, 0.0).T
    flat = np.hypot(turned[:, 0], turned[:, 1])
    wall = 12.0 / flat
    with np.errstate(divide="ignore"):
        ground = np.where(turned[:, 2] < 0, height / -turned[:, 2], np.inf)
    scan = Scan(BEAMS, np.minimum(wall, ground))
    returns, origin = level(scan, lidar, (roll, pitch))
    assert np.hypot(*returns.points_in_lidar.T) == pytest.approx(12.0, abs=1e-9)
    assert 180 < len(returns.beams) < 340
    assert origin == pytest.approx((0.07 + 0.40 * pitch, -0.40 * roll), abs=2e-3)


def test_points_are_carried_along_until_the_next_turn() -> None:
    """Between turns the guard's points stay on the things that they are on, and grow old."""
    one = rover(hall(), (-1.0, -1.0, 0.0), 8)
    perception = RangePerception.of(hall().draw(), Start(one.pose), LIDAR)
    first = perception.update(0.0, Increment(), one.scan())
    later = perception.update(0.04, Increment(0.1, 0.02, 0.3), None)
    fixed = transform(first.pose_base_in_map, first.points_in_base)
    moved = transform(compose(first.pose_base_in_map, (0.1, 0.02, 0.3)), later.points_in_base)
    assert moved == pytest.approx(fixed, abs=1e-9)
    assert later.points_age == pytest.approx(0.04)


def test_turns_without_any_return_do_not_look_fresh() -> None:
    """An empty turn is no turn: points age, the lidar counts as blinded, the quality falls."""
    one = rover(hall(), (-1.0, -1.0, 0.0), 9)
    perception = RangePerception.of(hall().draw(), Start(one.pose), LIDAR)
    clear = perception.update(0.0, Increment(), one.scan())
    for k in range(1, 31):
        blind = perception.update(0.1 * k, Increment(), Scan(BEAMS, np.full(360, np.inf)))
    assert BLINDED in blind.faults
    assert blind.points_age == pytest.approx(3.0)
    assert blind.quality < 0.7 * clear.quality


def test_the_oracle_sees_a_wall_at_its_distance() -> None:
    """The ray caster of these tests is right where the answer is known by hand."""
    ranges = cast(np.zeros(3), corridor().segments(), np.array([[3.0, 0.0, 0.5]]))
    assert ranges[180] == pytest.approx(2.5)
    assert ranges[270] == pytest.approx(2.02)
    assert ranges[90] == pytest.approx(2.01)
