"""The whole estimator of a robot on two driven wheels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.messages import GroundSight, Observation, State
from robotics.estimation.gnss_fix import DISAGREES, GnssAid
from robotics.estimation.ground_sight import KerbWatch
from robotics.estimation.odometry import DifferentialDrive, Increment, WheelOdometry
from robotics.estimation.perception import Lidar, Perceived, RangePerception, Start
from robotics.estimation.tilt import TiltFilter
from robotics.mapping.grid import Grid
from robotics.mapping.litter import LitterWatch, Look

BACKWARDS = "time ran backwards"
STOOD_STILL = "time stood still"
ENCODER_LOST = "wheel encoder lost"
TURNS_FROM = 3.0
"""A roller that is quicker than this sweeps [rad/s]."""


@dataclass(slots=True)
class WheeledEstimator:
    """From an observation to a full state; never raises on bad readings, but names them."""

    wheels: tuple[int, int]
    """Places of the (left, right) wheel in the joint table."""
    odometry: WheelOdometry
    perception: RangePerception
    tilt: TiltFilter = field(default_factory=TiltFilter)
    kerb: KerbWatch | None = None
    """What looks at the ground ahead; None without a down-tilted lidar."""
    litter: LitterWatch | None = None
    """What finds litter there; None to leave that out."""
    gnss: GnssAid | None = None
    """What corrects the pose by satellite fixes; None to leave them out."""
    roller: int = -1
    """Place of the roller, which takes litter, in the joint table; -1 for none."""
    fade: float = 2.0
    """Time constant with which the quality falls while a fault lasts [s]."""
    _time: float | None = None
    _trust: float = 1.0
    _speed: float = 0.0

    @staticmethod
    def of(
        scannable: Grid,
        start: Start,
        *,
        drive: DifferentialDrive,
        lidar: Lidar,
        wheels: tuple[int, int] = (0, 1),
        ground: Grid | None = None,
        kerb: KerbWatch | None = None,
    ) -> WheeledEstimator:
        """Build the estimator for a site and a robot.

        Args:
            scannable: True where a lidar beam ends.
            start: Where the robot is switched on.
            drive: Its wheels.
            lidar: Its lidar.
            wheels: Numbers of the left and right wheel among its joints.
            ground: True where a robot can be; None if that is not known.
            kerb: What looks at the ground ahead; None without a down-tilted lidar.
        """
        perception = RangePerception.of(scannable, start, lidar, ground=ground)
        return WheeledEstimator(wheels, WheelOdometry(drive), perception, kerb=kerb)

    def update(self, observation: Observation) -> State:
        """Return the state at ``observation.time``."""
        duration, faults = self._elapsed(observation.time)
        step = self._step(observation, duration)
        if self.odometry.lost:
            faults = (*faults, ENCODER_LOST)
        rate = observation.imu.angular_velocity - self.odometry.bias.value
        tilt = self._level(observation, rate, duration)
        seen = self.perception.update(observation.time, step, observation.scan)
        seen = self._by_satellites(observation, seen)
        faults = (*faults, *seen.faults)
        self._judge(bool(faults), duration)
        sight = self._sight(observation, step, seen)
        return self._state(observation, seen, sight, rate=rate, tilt=tilt, faults=faults)

    def _by_satellites(self, observation: Observation, seen: Perceived) -> Perceived:
        """Return what was perceived, with the pose corrected by a satellite fix if there is one."""
        if self.gnss is None:
            return seen
        if observation.gnss is not None:
            found = self.perception.localisation
            found.pose, found.covariance = self.gnss.correct(
                observation.time,
                found.pose,
                found.covariance,
                observation.gnss,
                self.odometry.speed,
            )
            pose, covariance = frozen(found.pose), frozen(found.covariance)
            seen = replace(seen, pose_base_in_map=pose, covariance=covariance)
        return replace(seen, faults=(*seen.faults, DISAGREES)) if self.gnss.disagrees else seen

    def _sight(self, observation: Observation, step: Increment, seen: Perceived) -> GroundSight:
        """Return what is known of the ground ahead."""
        if self.kerb is None:
            return GroundSight()
        motion = np.array([step.dx, step.dy, step.dyaw])
        pose = seen.pose_base_in_map
        sight = self.kerb.update(observation.time, motion, pose, observation.kerb_scan)
        if self.litter is None:
            return sight
        if observation.kerb_scan is not None:
            points = self.kerb.points_in_base
            self.litter.look(Look(observation.time, pose, points, seen.points_in_base))
        if self._is_brushing(observation):
            self.litter.swept(pose)
        return replace(sight, litter=self.litter.pieces)

    def _is_brushing(self, observation: Observation) -> bool:
        """Return whether the roller turns."""
        joints = observation.joints
        there = 0 <= self.roller < len(joints.velocity)
        return there and abs(float(joints.velocity[self.roller])) > TURNS_FROM

    def _elapsed(self, time: float) -> tuple[float, tuple[str, ...]]:
        """Return the time since the last tick [s] and what is wrong with it."""
        last, self._time = self._time, time
        if last is None:
            return 0.0, ()
        if time > last:
            return time - last, ()
        return 0.0, (BACKWARDS if time < last else STOOD_STILL,)

    def _step(self, observation: Observation, duration: float) -> Increment:
        joints = observation.joints
        places = list(self.wheels)
        if max(places) >= len(joints.position):
            return self._blind_step(observation, duration)
        return self.odometry.update(
            joints.position[places],
            joints.valid[places],
            angular_velocity=observation.imu.angular_velocity,
            duration=duration,
        )

    def _blind_step(self, observation: Observation, duration: float) -> Increment:
        """Step on without any joint reading."""
        return self.odometry.update(
            np.zeros(2),
            np.zeros(2, dtype=np.bool_),
            angular_velocity=observation.imu.angular_velocity,
            duration=duration,
        )

    def _level(self, observation: Observation, rate: Array, duration: float) -> Array:
        """Return (roll, pitch) [rad]; the force of driving and turning is taken off first."""
        speed, turn = self.odometry.speed, self.odometry.turn
        pull = (speed - self._speed) / duration if duration > 0.0 else 0.0
        self._speed = speed
        own = np.array([pull, speed * turn, 0.0])
        force = observation.imu.linear_acceleration - own
        return self.tilt.update(rate, force, duration=duration)

    def _judge(self, faulty: bool, duration: float) -> None:
        """Let the trust fall while something is wrong, and come back in about a second."""
        if faulty:
            self._trust *= math.exp(-max(duration, 0.02) / self.fade)
        else:
            self._trust += (1.0 - self._trust) * (1.0 - math.exp(-duration))

    def _state(
        self,
        observation: Observation,
        seen: Perceived,
        sight: GroundSight,
        *,
        rate: Array,
        tilt: Array,
        faults: tuple[str, ...],
    ) -> State:
        return State(
            time=observation.time,
            pose_base_in_map=seen.pose_base_in_map,
            twist_base_in_base=frozen((self.odometry.speed, 0.0, self.odometry.turn)),
            joints=observation.joints,
            tilt=frozen(tilt),
            angular_velocity_base_in_base=frozen(rate),
            contacts=observation.contacts,
            obstacles=seen.obstacles,
            points_in_base=seen.points_in_base,
            points_age=seen.points_age,
            quality=min(1.0, max(0.0, seen.quality * self._trust)),
            battery=observation.battery,
            tools=observation.tools,
            ground=sight,
            faults=(*observation.faults, *faults),
            heard=observation.heard,
        )
