"""Lidar and odometry together, when all goes well and when it does not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rooms import BEAMS, LIDAR, Rover, hall

from robotics.core.arrays import Array
from robotics.core.messages import Kind, Scan
from robotics.estimation.odometry import Increment
from robotics.estimation.perception import (
    BLINDED,
    MISCOUNT,
    Lidar,
    Perceived,
    RangePerception,
    Start,
)

POSE = np.array([-1.0, -1.0, 0.4])
MAP = hall().draw()


def made(seed: int = 0, *, discs: Array | None = None) -> tuple[Rover, RangePerception]:
    """Return a standing robot in the hall and its perception."""
    rover = Rover(hall(), POSE.copy(), np.random.default_rng(seed))
    if discs is not None:
        rover.discs = discs
    return rover, RangePerception.of(MAP, Start(POSE.copy(), sigma=0.05, sigma_yaw=0.02), LIDAR)


def walk(rover: Rover, perception: RangePerception, scans: int, *, first: int = 0) -> Perceived:
    """Let a walker come along y = 1.5 at 1 m/s for so many scans."""
    for k in range(first, first + scans):
        rover.discs = np.array([[-5.0 + 0.1 * k, 1.5, 0.25]])
        seen = perception.update(0.1 * k, Increment(), rover.scan())
    return seen


def test_one_who_steps_out_is_reported_within_three_tenths_of_a_second() -> None:
    """From the first sight of a walker on, the fourth scan at the latest tells place and speed."""
    rover, perception = made()
    for k in range(10):
        perception.update(0.1 * k, Increment(), rover.scan())
    seen = walk(rover, perception, 4, first=10)
    (one,) = seen.obstacles
    assert one.position_in_map == pytest.approx((-3.7, 1.5), abs=0.08)
    assert one.velocity_in_map == pytest.approx((1.0, 0.0), abs=0.3)


def test_whoever_walked_stays_a_person_standing_at_a_pillar() -> None:
    """Seen to move, then standing 0.35 m beside a pillar for 5 s: still a person."""
    rover, perception = made()
    for k in range(100):
        rover.discs = np.array([[min(-5.0 + 0.12 * k, 0.9), 2.0, 0.25]])
        rover.discs[0, 0] = min(rover.discs[0, 0], 2.01 - 0.6)
        seen = perception.update(0.1 * k, Increment(), rover.scan())
    assert [one.kind for one in seen.obstacles] == [Kind.PERSON]


@pytest.mark.parametrize("fill", [math.nan, math.inf, 0.0, -1.0, 1e9])
def test_useless_ranges_are_survived_and_what_was_tracked_grows_old(fill: float) -> None:
    """Whole turns of nothing: no exception, walkers go on unseen, then they are dropped."""
    rover, perception = made()
    walk(rover, perception, 15)
    useless = Scan(BEAMS, np.full(360, fill))
    soon = perception.update(1.8, Increment(), useless)
    assert [one.unseen for one in soon.obstacles] == pytest.approx([0.4])
    for k in range(19, 40):
        seen = perception.update(0.1 * k, Increment(), useless)
    assert seen.obstacles == ()
    assert BLINDED in seen.faults
    assert np.isfinite(seen.pose_base_in_map).all()


def test_a_turn_of_the_wrong_length_is_named_and_not_used() -> None:
    """Too few and too many beams, and none at all."""
    rover, perception = made()
    walk(rover, perception, 15)
    for beams in (0, 1, 359, 720):
        angle = np.linspace(-math.pi, math.pi, beams, endpoint=False)
        seen = perception.update(1.5, Increment(), Scan(angle, np.full(beams, 0.5)))
        assert MISCOUNT in seen.faults


def test_without_any_turn_walkers_go_on_and_are_dropped() -> None:
    """The lidar says nothing more: after 0.5 s the walker is predicted, after 2 s forgotten."""
    rover, perception = made()
    before = walk(rover, perception, 15)
    for k in range(1, 26):
        seen = perception.update(1.4 + 0.02 * k, Increment(), None)
    (one,) = seen.obstacles
    assert one.unseen == pytest.approx(0.5, abs=0.2)
    assert one.position_in_map[0] > before.obstacles[0].position_in_map[0] + 0.25
    for k in range(26, 100):
        seen = perception.update(1.4 + 0.02 * k, Increment(), None)
    assert seen.obstacles == ()


def test_a_sector_blinded_by_the_sun_makes_no_walkers_and_loses_only_its_own() -> None:
    """60° without returns: the pose stays, no mover appears, who is in it is predicted for 1 s."""
    rover, perception = made()
    walk(rover, perception, 15)
    for k in range(15, 20):
        rover.discs = np.array([[-5.0 + 0.1 * k, 1.5, 0.25]])
        scan = rover.scan()
        towards = np.arctan2(2.5, rover.discs[0, 0] + 1.0) - POSE[2]
        away = np.abs((BEAMS - towards + np.pi) % (2.0 * np.pi) - np.pi)
        ranges = np.where(away < math.radians(30.0), np.inf, scan.range)
        seen = perception.update(0.1 * k, Increment(), Scan(BEAMS, ranges))
    (one,) = seen.obstacles
    assert one.unseen == pytest.approx(0.5)
    assert one.position_in_map == pytest.approx((-3.1, 1.5), abs=0.2)
    assert seen.pose_base_in_map == pytest.approx(POSE, abs=0.03)


def test_backward_time_is_survived() -> None:
    """Time jumps back by a second: what was tracked is seen anew, nothing is NaN."""
    rover, perception = made()
    walk(rover, perception, 15)
    back = perception.update(0.4, Increment(), rover.scan())
    assert back.obstacles == ()
    seen = walk(rover, perception, 5, first=5)
    assert len(seen.obstacles) == 1
    assert np.isfinite(seen.covariance).all()


def test_an_empty_hall_has_no_movers() -> None:
    """Half a minute of turning on the spot among walls and pillars: not one thing that moves."""
    rover, perception = made(3)
    rng, step = np.random.default_rng(4), 0.05
    for k in range(300):
        rover.pose = np.array([*POSE[:2], POSE[2] + step * (k + 1)])
        told = Increment(
            dyaw=step + float(rng.normal(0.0, 2e-3)), var_yaw=4e-6, var_x=1e-6, var_y=1e-6
        )
        seen = perception.update(0.1 * k, told, rover.scan())
        assert all(np.hypot(*one.velocity_in_map) < 0.2 for one in seen.obstacles)


def test_low_returns_of_a_tilted_lidar_are_no_obstacles() -> None:
    """A lidar at 0.5 m that nods by 6° sees ground and a 10 cm kerb ahead: nothing is reported."""
    lidar = Lidar(np.array([0.0, 0.0, 0.50]))
    perception = RangePerception.of(MAP, Start(POSE.copy()), lidar)
    with np.errstate(divide="ignore"):
        ground = np.where(np.cos(BEAMS) > 0.0, 0.45 / (math.sin(0.105) * np.cos(BEAMS)), np.inf)
    for k in range(10):
        scan = Scan(BEAMS, np.where(ground < 20.0, ground, np.inf))
        seen = perception.update(0.1 * k, Increment(), scan, tilt=(0.0, 0.105))
    assert seen.obstacles == ()
    assert len(seen.points_in_base) == 0


def test_same_turns_same_bits() -> None:
    """Two perceptions that are told the same see the same, to the last bit."""
    first, second = (walk(*made(7), 25) for _ in range(2))
    for one, other in zip(first.obstacles, second.obstacles, strict=True):
        assert one.position_in_map.tobytes() == other.position_in_map.tobytes()
        assert one.velocity_in_map.tobytes() == other.velocity_in_map.tobytes()
    assert first.pose_base_in_map.tobytes() == second.pose_base_in_map.tobytes()
