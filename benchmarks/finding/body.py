"""Robots that move truly and sense with the errors of their kind."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.geometry import integrate, relative
from robotics.core.messages import Imu, Joints, Observation, Scan
from robotics.estimation.odometry import DifferentialDrive, Increment

PERIOD = 0.02
DRIVE = DifferentialDrive(0.15, 0.64)


@dataclass(slots=True)
class Body:
    """A robot that moves truly, and senses how far it came with the errors of its kind."""

    robot: str
    pose: Array
    rng: np.random.Generator
    wheels: Array = field(default_factory=lambda: np.zeros(2))
    step: Array = field(default_factory=lambda: np.zeros(3))
    twist: tuple[float, float] = (0.0, 0.0)
    errors: Array = field(init=False)
    phase: float = 0.0

    def __post_init__(self) -> None:
        self.errors = self.rng.normal(0.0, (0.01, 0.01, 0.005, 0.015, 0.003))

    def move(self, vx: float, wz: float) -> None:
        """Go on for one tick; each wheel slips by 1 % for good and 2 % at random."""
        new = integrate(self.pose, (vx, 0.0, wz), PERIOD)
        self.step, self.pose, self.twist = relative(self.pose, new), new, (vx, wz)
        slip = 1.0 + self.errors[:2] + self.rng.normal(0.0, 0.02, 2)
        half = 0.5 * wz * DRIVE.track
        rolled = np.array([vx - half, vx + half]) * slip * PERIOD
        self.wheels = self.wheels + rolled / DRIVE.wheel_radius
        self.phase += PERIOD

    @property
    def tilt(self) -> Array:
        """(roll, pitch) [rad]: the greeter sways as it walks, 1.5 Hz."""
        sway = 0.02 if self.robot == "greeter" and self.twist != (0.0, 0.0) else 0.0
        angle = 3.0 * math.pi * self.phase
        return sway * np.array([math.sin(angle), 0.5 * math.cos(2.0 * angle)])

    def observation(self, time_now: float, scan: Scan | None) -> Observation:
        """Return what the sweeper's sensors say."""
        position = np.zeros(5)
        position[:2] = np.round(self.wheels / DRIVE.quantum) * DRIVE.quantum
        gyro = self.rng.normal((0.0, 0.0, self.twist[1] + self.errors[2]), 0.01)
        force = self.rng.normal((0.0, 0.0, 9.81), 0.05)
        return Observation(time_now, Joints.at_rest(position), Imu(gyro, force), scan=scan)

    def increment(self) -> Increment:
        """Return the step as an odometry of steps would measure it."""
        way = math.hypot(self.step[0], self.step[1])
        noise = self.rng.normal(0.0, 1.0, 3)
        dx = self.step[0] * (1.0 + self.errors[3]) + 0.003 * noise[0] * math.sqrt(way)
        dy = self.step[1] + 0.002 * noise[1] * math.sqrt(way)
        dyaw = self.step[2] + (self.errors[4] + 0.01 * noise[2]) * PERIOD
        return Increment(
            dx, dy, dyaw, 0.03**2 * way + 1e-12, 0.015**2 * way + 1e-12, (0.01 * PERIOD) ** 2
        )
