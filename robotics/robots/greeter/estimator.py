"""The greeter's estimator: tilt, touch, steps and lidar make one state."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.pendulum import GRAVITY
from robotics.core.arrays import Array, BoolArray
from robotics.core.messages import Observation, State
from robotics.core.model import Model
from robotics.core.rotation import matrix_x, matrix_y
from robotics.estimation.attitude import Attitude
from robotics.estimation.contact import FootContact
from robotics.estimation.foot_sensors import FootSensors
from robotics.estimation.leg_odometry import LegOdometry
from robotics.estimation.perception import RangePerception
from robotics.robots.duty import FALLEN
from robotics.robots.greeter.config import PERIOD
from robotics.robots.greeter.restraint import has_fallen
from robotics.robots.plausible import FrozenImu

_AT_REST = 0.5
"""Both feet loaded for so long, and no step since: the gyro's mean is its bias [s]."""
_TURNING = 0.15
"""A standing trunk that turns faster is swayed on purpose [rad/s]: largest bias and noise are less
than half of it, and so is the turning of idle sway."""
_LARGEST_GAP = 0.1
"""A longer time between two observations is a break, not a step [s]."""
SHAKEN = 8.0
"""So long after it lay the horizon is mended whenever nothing moves [s]: until it has risen."""
HELPLESS_AFTER = 90.0
"""So long on the ground, it will not get up by itself any more [s]."""
HELPLESS = "lies on the ground and cannot get up"
"""Name of the fault of such a robot."""
_INVALID = "joint reading invalid"
_FROZEN = "imu frozen"
_PATIENCE = 2.0
"""So many times as long as on the wire, where repeated readings are counted, an IMU may repeat."""
_UPRIGHT, _ON_LEGS = 0.4, 0.25
"""A trunk tilted less [rad], over soles further down [m], has only these to stand on."""


@dataclass(slots=True)
class WalkingEstimator:
    """From an observation to a full state (``robotics.core.parts.Estimator``).

    Attributes:
        perception: Pose and obstacles by lidar.
        contact: Which feet carry.
        odometry: Steps.
        feet: Notices load cells that are lost, and stands in for them.
        attitude: Tilt and gyro bias.
    """

    perception: RangePerception
    contact: FootContact
    odometry: LegOdometry
    feet: FootSensors
    attitude: Attitude = field(default_factory=Attitude)
    _time: float | None = None
    _down: float = 0.0
    _shaken: float = 0.0
    _position: Array | None = None
    _imu: FrozenImu = field(default_factory=lambda: FrozenImu(PERIOD / _PATIENCE))
    _ticks: int = 0

    @staticmethod
    def of(model: Model, perception: RangePerception) -> WalkingEstimator:
        """Build it for a robot and its lidar."""
        dynamics = Dynamics(model)

        def soles(position: Array) -> Array:
            dynamics.place(position)
            return np.array([dynamics.sole(side)[0] for side in range(len(SIDES))])

        contact = FootContact(dynamics.mass * GRAVITY)
        feet = FootSensors(dynamics.mass * GRAVITY)
        return WalkingEstimator(perception, contact, LegOdometry(soles), feet)

    def update(self, observation: Observation) -> State:
        """Return the state at ``observation.time``."""
        last, self._time = self._time, observation.time
        duration = 0.0 if last is None else observation.time - last
        if not 0.0 <= duration <= _LARGEST_GAP:
            duration = 0.0
        joints, imu = observation.joints, observation.imu
        position = self._trusted(joints.position, joints.valid)
        frozen = self._frozen(observation)
        force = self._felt_by_feet(observation, position, duration)
        self.contact.update(force, duration=duration)
        self._shaken = max(self._shaken - duration, 0.0)
        tilt = self.attitude.update(
            imu.angular_velocity,
            imu.linear_acceleration,
            duration=duration,
            still=self._is_still(imu.angular_velocity),
            shaken=self._shaken > 0.0,
        )
        rate = imu.angular_velocity - self.attitude.bias
        step = self.odometry.update(
            position,
            self.contact.shares,
            tilt=tilt,
            angular_velocity=rate,
            duration=duration,
        )
        fallen = has_fallen(tilt)
        self._down = self._down + duration if fallen else 0.0
        self._shaken = SHAKEN if fallen else self._shaken
        scan = None if fallen else observation.scan  # it would see the ground
        seen = self.perception.update(
            observation.time, step, scan, tilt=(float(tilt[0]), float(tilt[1]))
        )
        faults = () if joints.valid.all() else (_INVALID,)
        faults = (*faults, FALLEN) if fallen else faults
        faults = (*faults, HELPLESS) if self._down > HELPLESS_AFTER else faults
        faults = (*faults, *frozen, *self.feet.faults)
        return State(
            time=observation.time,
            pose_base_in_map=seen.pose_base_in_map,
            twist_base_in_base=np.array([*self.odometry.velocity, self.odometry.turn]),
            joints=joints,
            tilt=tilt,
            angular_velocity_base_in_base=rate,
            contacts=replace(observation.contacts, foot_force=force),
            obstacles=seen.obstacles,
            points_in_base=seen.points_in_base,
            points_age=seen.points_age,
            quality=min(1.0, max(0.0, seen.quality)),
            battery=observation.battery,
            tools=observation.tools,
            faults=(*observation.faults, *faults, *seen.faults),
            heard=observation.heard,
        )

    def _frozen(self, observation: Observation) -> tuple[str, ...]:
        """Return the fault of an IMU that says the same again and again, if the body does not."""
        imu = observation.imu
        self._ticks += 1
        values = imu.angular_velocity.tobytes() + imu.linear_acceleration.tobytes()
        found = self._imu.look(values, self._ticks)
        return () if _FROZEN in observation.faults else found

    def _felt_by_feet(self, observation: Observation, position: Array, duration: float) -> Array:
        """Return the force on the soles, shape (2, 4) [N], plausible: see ``FootSensors``."""
        roll, pitch = (float(angle) for angle in self.attitude.tilt)
        upward = matrix_y(pitch) @ matrix_x(roll)
        height = self.odometry.soles(position) @ upward[2]
        return self.feet.update(
            observation.contacts.foot_force,
            felt=float(upward[2] @ observation.imu.linear_acceleration),
            soles=height,
            stands=math.hypot(roll, pitch) < _UPRIGHT and float(height.min()) < -_ON_LEGS,
            duration=duration,
        )

    def _is_still(self, angular_velocity: Array) -> bool:
        """Whether it stands and its trunk does not turn: what the gyro says then is its bias."""
        turning = float(np.abs(angular_velocity - self.attitude.bias).max())
        return self.contact.planted > _AT_REST and turning < _TURNING

    def _trusted(self, position: Array, valid: BoolArray) -> Array:
        """Return the joint angles (n,), the last good one where a reading is invalid."""
        if self._position is None or valid.all():
            self._position = np.array(position)
        else:
            self._position = np.where(valid, position, self._position)
        return self._position
