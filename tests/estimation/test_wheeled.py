"""The wheeled robot's estimator: a full state, bad sensors named, same input same bits."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from rooms import DRIVE, LIDAR, Rover, hall

from robotics.core.geometry import compose
from robotics.core.messages import Joints, Observation, Scan, State
from robotics.estimation.perception import BLINDED, MISCOUNT, Start
from robotics.estimation.tilt import TiltFilter
from robotics.estimation.wheeled import BACKWARDS, ENCODER_LOST, STOOD_STILL, WheeledEstimator

POSE = np.array([-1.0, -3.0, 0.2])


def made() -> tuple[Rover, WheeledEstimator]:
    """Return a rover in the hall, and its estimator."""
    room = hall()
    rover = Rover(room, POSE.copy(), np.random.default_rng(11))
    return rover, WheeledEstimator.of(room.draw(), Start(POSE), drive=DRIVE, lidar=LIDAR)


def driven(seconds: float) -> tuple[Rover, WheeledEstimator, State]:
    """Return rover, estimator and state after standing 1 s and driving on a circle."""
    rover, estimator = made()
    state = estimator.update(rover.observe())
    for k in range(int(seconds / rover.period)):
        moving = k > 50
        state = estimator.update(rover.drive(0.5 * moving, 0.25 * moving))
    return rover, estimator, state


def test_the_state_is_whole() -> None:
    """Pose, twist, tilt, bias-free rate, points, battery: all there and right."""
    rover, _, state = driven(4.0)
    assert state.pose_base_in_map[:2] == pytest.approx(rover.pose[:2], abs=0.03)
    assert state.twist_base_in_base == pytest.approx((0.505, 0.0, 0.25), abs=0.03)
    assert state.tilt == pytest.approx((0.0, 0.0), abs=0.01)
    assert state.angular_velocity_base_in_base[2] == pytest.approx(0.25, abs=0.04)
    assert len(state.points_in_base) == 360
    assert state.battery.charge == 0.5
    assert state.quality > 0.95
    assert state.faults == ()


def bad_scan(ranges: int, value: float) -> Scan:
    """Return a scan of ``ranges`` beams that all say ``value``."""
    return Scan(np.linspace(-math.pi, math.pi, ranges), np.full(ranges, value))


def lost_wheel(observation: Observation) -> Observation:
    """Return ``observation`` without its left wheel."""
    joints = dataclasses.replace(
        observation.joints, valid=np.array([False, True, True, True, True])
    )
    return dataclasses.replace(observation, joints=joints)


BAD = {
    BLINDED: lambda o: dataclasses.replace(o, scan=bad_scan(360, np.inf)),
    MISCOUNT: lambda o: dataclasses.replace(o, scan=bad_scan(7, 3.0)),
    ENCODER_LOST: lost_wheel,
    BACKWARDS: lambda o: dataclasses.replace(o, time=10.0 - o.time),
    STOOD_STILL: lambda o: dataclasses.replace(o, time=4.0),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_sensors_are_named_and_never_raise(fault: str) -> None:
    """Each fault shows by name, lets the quality fall, and both pass when the sensor is back."""
    rover, estimator, before = driven(4.0)
    worst, names = before.quality, set()
    for _ in range(100):
        state = estimator.update(BAD[fault](rover.drive(0.1, 0.0)))
        worst = min(worst, state.quality)
        names |= set(state.faults)
        assert np.hypot(*(state.pose_base_in_map - rover.pose)[:2]) < 0.25
    assert fault in names
    assert worst < before.quality - 0.3
    for _ in range(250):
        state = estimator.update(rover.drive(0.1, 0.0))
    assert state.faults == ()
    assert state.quality > 0.9


def test_a_body_without_wheel_joints_is_survived() -> None:
    """A joint table that is too short counts as lost encoders."""
    rover, estimator = made()
    observation = dataclasses.replace(rover.observe(), joints=Joints.at_rest(np.zeros(1)))
    assert ENCODER_LOST in estimator.update(observation).faults


def test_the_body_s_own_faults_are_passed_on() -> None:
    """What the body reports stands beside what the estimator finds."""
    rover, estimator = made()
    state = estimator.update(dataclasses.replace(rover.observe(), faults=("water leak",)))
    assert state.faults == ("water leak",)


def test_same_observations_same_bits() -> None:
    """Two estimators that are told the same believe the same, to the last bit."""
    _, _, first = driven(3.0)
    _, _, second = driven(3.0)
    assert first.pose_base_in_map.tobytes() == second.pose_base_in_map.tobytes()
    assert first.twist_base_in_base.tobytes() == second.twist_base_in_base.tobytes()
    assert first.quality == second.quality


def test_walkers_are_seen_from_a_moving_robot() -> None:
    """A walker beside the driving robot: place within 10 cm, velocity within 0.15 m/s."""
    rover, estimator = made()
    rover.discs = np.array([[1.0, -5.0, 0.25]])
    state = estimator.update(rover.observe())
    for _ in range(100):
        rover.discs[0, 0] += 0.7 * rover.period
        state = estimator.update(rover.drive(0.4, 0.1))
    (walker,) = (one for one in state.obstacles if one.unseen < 0.05)
    assert walker.position_in_map == pytest.approx(rover.discs[0, :2], abs=0.10)
    assert walker.velocity_in_map == pytest.approx((0.7, 0.0), abs=0.15)


@pytest.mark.parametrize(("roll", "pitch"), [(0.05, 0.0), (0.0, -0.08), (-0.1, 0.1)])
def test_tilt_follows_gravity_at_rest(roll: float, pitch: float) -> None:
    """The specific force of a resting, tilted body gives back its roll and pitch."""
    up = (-math.sin(pitch), math.cos(pitch) * math.sin(roll), math.cos(pitch) * math.cos(roll))
    tilt = TiltFilter()
    assert tilt.update(np.zeros(3), 9.81 * np.array(up), duration=0.02) == pytest.approx(
        (roll, pitch), abs=1e-9
    )


def test_tilt_follows_the_gyro_at_once() -> None:
    """Nose down by 0.2 rad in 0.2 s shows at once, long before gravity would tell."""
    tilt, level = TiltFilter(), np.array([0.0, 0.0, 9.81])
    tilt.update(np.zeros(3), level, duration=0.02)
    for _ in range(10):
        answer = tilt.update(np.array([0.0, 1.0, 0.0]), level, duration=0.02)
    assert answer[1] == pytest.approx(0.2, abs=0.02)


def test_the_rover_of_these_tests_moves_as_told() -> None:
    """The oracle's own motion is the exact circle."""
    rover, _ = made()
    rover.drive(0.5, 0.0)
    assert rover.pose == pytest.approx(compose(POSE, (0.01, 0.0, 0.0)))
