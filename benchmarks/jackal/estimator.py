"""Pose by dead reckoning alone: wheels that are not quite the size they should be, and a gyro."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.geometry import compose, transform
from robotics.core.messages import Observation, Scan, State
from robotics.estimation.odometry import DifferentialDrive, Increment, WheelOdometry
from robotics.estimation.perception import Lidar, level

WEAR = 0.01
"""One sigma of a wheel's true radius against the nominal one, as a part of it."""


@dataclass(slots=True)
class DeadReckoning:
    """The estimator of a robot that knows no map (``robotics.core.parts.Estimator``).

    Attributes:
        odometry: The library's fusion of wheels and gyro.
        lidar: How the lidar is mounted.
        pose: Believed, shape (3,); at the beginning where the robot is told that it starts.
        scale: What each encoder step is taken for, against the truth, shape (2,): the wear of the
            tyres, which the robot does not know.
    """

    odometry: WheelOdometry
    lidar: Lidar
    pose: Array
    scale: Array
    _time: float | None = None
    _twist: tuple[float, float, float] = (0.0, 0.0, 0.0)
    _scanned: float = -math.inf
    _points: Array = field(default_factory=lambda: frozen(np.zeros((0, 2))))

    @staticmethod
    def of(start: Array, lidar: Lidar, *, drive: DifferentialDrive, seed: int) -> DeadReckoning:
        """Start at ``start`` (3,), with wheels drawn by ``seed``."""
        scale = 1.0 + WEAR * np.random.default_rng(seed).standard_normal(2)
        return DeadReckoning(WheelOdometry(drive), lidar, np.array(start, dtype=float), scale)

    def update(self, observation: Observation) -> State:
        """Return the state at ``observation.time``; everything in it is equally old."""
        time = observation.time
        duration = 0.0 if self._time is None else time - self._time
        self._time = time
        step = self.odometry.update(
            observation.joints.position * self.scale,
            observation.joints.valid,
            angular_velocity=observation.imu.angular_velocity,
            duration=duration,
        )
        self.pose = compose(self.pose, (step.dx, step.dy, step.dyaw))
        if duration > 0.0:  # not the smoothed speeds: these are 25 ms old, those 60 ms more
            self._twist = (step.dx / duration, 0.0, step.dyaw / duration)
        self._look(time, step, observation.scan)
        return State(
            time=time,
            pose_base_in_map=frozen(self.pose),
            twist_base_in_base=frozen(self._twist),
            joints=observation.joints,
            tilt=np.zeros(2),
            angular_velocity_base_in_base=observation.imu.angular_velocity,
            points_in_base=self._points,
            points_age=max(0.0, time - self._scanned),
        )

    def _look(self, time: float, step: Increment, scan: Scan | None) -> None:
        """Keep the returns of a new scan, or carry the last ones to the base of now."""
        if scan is not None:
            returns, origin = level(scan, self.lidar, (0.0, 0.0))
            self._points = frozen(transform((*origin, 0.0), returns.points_in_lidar))
            self._scanned = time
            return
        c, s = math.cos(step.dyaw), math.sin(step.dyaw)
        self._points = frozen((self._points - (step.dx, step.dy)) @ np.array([[c, -s], [s, c]]))
