"""What a simulated body is made of: model, motors, sensors, battery. Data, no physics engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.model import Model
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.sweeper import joints as sweeper_joints
from sim.battery import BatterySpec
from sim.brushes import SPRAY_FLOW
from sim.held import SPEED_QUANTUM
from sim.sensors import LidarSpec, SensorNoise
from sim.servo import ServoParameters, servo_parameters


@dataclass(frozen=True, slots=True)
class SoleSpec:
    """A foot with a load cell under each corner."""

    link: str
    """Frame of the sole, at the ground under the ankle axis."""
    foot: str
    """The link whose contacts are felt."""
    centre: float = 0.015
    """Middle of the sole ahead of its frame [m]."""
    length: float = 0.21
    width: float = 0.12


@dataclass(frozen=True, slots=True)
class BodySpec:
    """A robot's body."""

    name: str
    model: Model
    motors: ServoParameters
    period: float
    """Control period [s]."""
    initial_joints: Array
    """Joint angles at the start, shape (n,) [rad]."""
    base_height: float
    """Height of the base link's origin above the ground at the start [m]."""
    radius: float
    """Of the circle that visitors keep out of [m]."""
    friction: Mapping[str, float]
    """Lateral friction of links, against ground of 1.0."""
    battery: BatterySpec
    lidar: LidarSpec
    kerb_lidar: LidarSpec | None = None
    soles: tuple[SoleSpec, ...] = ()
    bumpers: tuple[str, ...] = ()
    """Links that report a touch."""
    supports: tuple[str, ...] = ()
    """Links that are meant to stand on the ground."""
    imu: str = "imu"
    """Link of the IMU, fixed to the base."""
    noise: SensorNoise = field(default_factory=SensorNoise)
    sensor_delay: float = 0.010
    """Age of every sample when it is delivered [s]; a multiple of the physics step."""
    fan_power: float = 0.0
    """Of the vacuum at full speed [W]."""
    spray_flow: float = SPRAY_FLOW
    """Of the whole spray bar, fully open [kg/s]."""
    tank: float = 60.0
    """Water when full [kg]."""
    bin_volume: float = 0.060
    """[m³]: 60 l, as in the trial of this class of sweeper in Norway (at.no, project 498234)."""

    @property
    def wheels(self) -> tuple[float, float] | None:
        """(wheel radius, track) [m] of a differential drive; None for legs."""
        return None if self.motors.is_position else (0.15, 0.64)


ARM_REACH = 0.5
"""Visitors walk round the greeter as round somebody who talks with his hands [m]."""
CROUCH = 0.2
"""Bend of hip and ankle in the standing pose [rad]; the knee bends twice as much."""


def standing_joints(crouch: float = CROUCH) -> Array:
    """Return the greeter's 22 joint angles, soles flat, trunk upright, arms slightly out [rad]."""
    angle = dict.fromkeys(greeter_joints.JOINT_NAMES, 0.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        angle[f"{side}_shoulder_roll"] = 0.15 * sign
        angle[f"{side}_elbow"] = -0.5
        angle[f"{side}_hip_pitch"] = angle[f"{side}_ankle_pitch"] = -crouch
        angle[f"{side}_knee"] = 2.0 * crouch
    return frozen([angle[name] for name in greeter_joints.JOINT_NAMES])


def height_above_soles(model: Model, joints: Array) -> float:
    """Return the base height [m] at which the lower sole touches level ground, trunk upright."""
    poses = model.poses_in_base(joints)
    return -float(min(poses[link][0][2] for link in ("left_sole", "right_sole")))


def greeter_spec(initial_joints: Array | None = None) -> BodySpec:
    """Return the greeter's body, standing in ``initial_joints`` (22,) [rad] at the start.

    Raises:
        ModelError: The URDF is broken.
    """
    model = greeter_joints.load()
    joints = standing_joints() if initial_joints is None else frozen(initial_joints)
    feet = ("left_foot", "right_foot")
    return BodySpec(
        name="greeter",
        model=model,
        motors=servo_parameters(model.joints),
        period=0.005,
        initial_joints=joints,
        base_height=height_above_soles(model, joints),
        radius=ARM_REACH,
        friction=dict.fromkeys(feet, 0.8),
        battery=BatterySpec(capacity=200.0 * 3600.0, idle=25.0),
        lidar=LidarSpec("lidar"),
        soles=(SoleSpec("left_sole", "left_foot"), SoleSpec("right_sole", "right_foot")),
        supports=feet,
    )


def sweeper_spec() -> BodySpec:
    """Return the sweeper's body.

    Raises:
        ModelError: The URDF is broken.
    """
    model = sweeper_joints.load()
    wheels = ("wheel_left_link", "wheel_right_link")
    casters = tuple(link for link in model.links if link.startswith("caster_"))
    return BodySpec(
        name="sweeper",
        model=model,
        motors=servo_parameters(model.joints),
        period=0.02,
        initial_joints=frozen(np.zeros(len(model.joints))),
        base_height=0.0,
        radius=0.75,
        friction={**dict.fromkeys(wheels, 0.8), **dict.fromkeys(casters, 0.03)},
        battery=BatterySpec(capacity=2400.0 * 3600.0, idle=60.0, charger=800.0),
        lidar=LidarSpec("lidar"),
        kerb_lidar=LidarSpec("kerb_lidar", 180, -np.pi / 3, np.pi / 3, most=4.0),
        bumpers=("bumper_front", "bumper_rear"),
        supports=(*wheels, *casters),
        noise=SensorNoise(speed_quantum=SPEED_QUANTUM),
        fan_power=250.0,
    )
