"""Satellite fixes in the wheeled estimator: a help where they are, nothing where they are not."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from robotics.core.messages import FixKind, GnssFix, Imu, Joints, Observation
from robotics.estimation.gnss_fix import DISAGREES, GnssAid
from robotics.estimation.odometry import DifferentialDrive
from robotics.estimation.perception import Lidar, Start
from robotics.estimation.wheeled import WheeledEstimator
from robotics.core.georeference import SiteOrigin
from robotics.mapping.grid import Grid

ORIGIN = SiteOrigin(0.5, 2.0)
NOWHERE = Grid(np.zeros((40, 40), dtype=np.bool_), 0.5, np.array([-10.0, -10.0]))


def estimator(gnss: GnssAid | None) -> WheeledEstimator:
    """Return an estimator in an open field, told a start that is 0.6 m wrong."""
    start = Start(np.array([0.6, 0.0, 0.0]))
    drive, lidar = DifferentialDrive(0.15, 0.64), Lidar(np.zeros(3))
    found = WheeledEstimator.of(NOWHERE, start, drive=drive, lidar=lidar)
    found.gnss = gnss
    return found


def observations(seconds: float, speed: float = 0.5) -> list[Observation]:
    """Return a straight drive from (0, 0); every fifth tick has a fix, taken on the axle."""
    seen = []
    for tick in range(round(50 * seconds)):
        time = 0.02 * tick
        angle = np.full(2, speed * time / 0.15)
        joints = Joints(
            angle, np.full(2, speed / 0.15), np.zeros(2), np.ones(2, dtype=bool), np.zeros(2)
        )
        imu = Imu(np.zeros(3), np.array([0.0, 0.0, 9.81]))
        one = Observation(time, joints, imu)
        if tick % 5 == 0:
            metre = 1.0 / 6_379_000.0 / math.cos(ORIGIN.latitude)
            east = ORIGIN.longitude + speed * time * metre
            cov = 0.02**2 * np.eye(2)
            one = replace(one, gnss=GnssFix(ORIGIN.latitude, east, 0.0, FixKind.RTK_FIXED, cov))
        seen.append(one)
    return seen


def test_fixes_lead_to_where_the_robot_is() -> None:
    """The wrong start is forgotten within a second; the driven way is right."""
    robot = estimator(GnssAid(ORIGIN, np.zeros(2)))
    for seen in observations(6.0):
        state = robot.update(seen)
    assert np.hypot(*(state.pose_base_in_map[:2] - (0.5 * 5.98, 0.0))) < 0.05
    assert DISAGREES not in state.faults


def test_without_an_aid_fixes_change_nothing() -> None:
    """Bit for bit the same with and without fixes in the observations."""
    with_fixes, without = estimator(None), estimator(None)
    for seen in observations(2.0):
        a, b = with_fixes.update(seen), without.update(replace(seen, gnss=None))
        assert np.array_equal(a.pose_base_in_map, b.pose_base_in_map)
        assert a.quality == b.quality
        assert a.faults == b.faults


def test_without_fixes_an_aid_changes_nothing() -> None:
    """A receiver that is silent leaves everything as it was."""
    aided, plain = estimator(GnssAid(ORIGIN, np.zeros(2))), estimator(None)
    for seen in observations(2.0):
        quiet = replace(seen, gnss=None)
        a, b = aided.update(quiet), plain.update(quiet)
        assert np.array_equal(a.pose_base_in_map, b.pose_base_in_map)
        assert a.quality == b.quality


def test_a_lasting_disagreement_is_a_fault() -> None:
    """RTK fixes 30 m away for more than five seconds: somebody is wrong, and the robot says so."""
    robot = estimator(GnssAid(SiteOrigin(0.5, 2.0 + 30.0 / 5.6e6), np.zeros(2)))
    states = [robot.update(seen) for seen in observations(6.0)]
    assert DISAGREES not in states[200].faults
    assert DISAGREES in states[-1].faults
