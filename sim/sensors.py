"""What sensors make of the truth: noise, bias, quantisation. Pure functions, no physics engine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.messages import Imu, Joints, Scan
from robotics.wire import boards
from sim.held import (
    EFFORT_QUANTUM,
    ENCODER_QUANTUM,
    SERVO_SPEED_QUANTUM,
    bounded,
    efforts,
    quantised,
)
from sim.servo import ServoParameters

GRAVITY = 9.81
"""[m/s²]."""


@dataclass(frozen=True, slots=True)
class SensorNoise:
    """Standard deviations and steps; zero turns one off."""

    gyro: float = 0.01
    """[rad/s]; BMI088-class MEMS at 100 Hz bandwidth, rounded up."""
    gyro_bias: float = 0.01
    """Largest constant bias of each axis [rad/s]; what is left after a standstill calibration."""
    accelerometer: float = 0.05
    """[m/s²]; BMI088-class MEMS at 100 Hz bandwidth, rounded up."""
    range: float = 0.01
    """[m]; class of Slamtec S2 and Hokuyo UST."""
    foot_force: float = 0.5
    """[N]; strain-gauge cells of 200 N, 0.25 % of full scale."""
    foot_quantum: float = boards.FOOT_UNIT
    """[N]."""
    encoder_quantum: float = ENCODER_QUANTUM
    """[rad]; 12-bit encoder."""
    speed_quantum: float = SERVO_SPEED_QUANTUM
    """[rad/s]; Dynamixel "present velocity", 0.229 rev/min."""
    load_quantum: float = EFFORT_QUANTUM
    """Fraction of the stall torque."""
    gyro_quantum: float = boards.GYRO_UNIT
    """[rad/s]."""
    acceleration_quantum: float = boards.ACCELERATION_UNIT
    """[m/s²]."""
    range_quantum: float = 0.001
    """[m]; serial lidars tell whole millimetres."""


QUIET = SensorNoise(*12 * (0.0,))
"""Perfect sensors, for tests of physics."""


@dataclass(frozen=True, slots=True)
class LidarSpec:
    """A planar lidar that scans the x-y plane of a link."""

    link: str
    beams: int = 360
    start: float = -np.pi
    """Bearing of the first beam [rad], counter-clockwise from the link's x axis."""
    end: float = np.pi
    """Bearing after the last beam (a full turn) or of the last beam (a sector) [rad]."""
    least: float = 0.1
    """[m]; nearer returns are lost."""
    most: float = 20.0
    """[m]."""
    period: float = 0.1
    """Time of one turn [s]; the whole turn is taken at one instant."""

    @property
    def angles(self) -> Array:
        """Bearings, shape (m,) [rad]."""
        whole = self.end - self.start > 2.0 * np.pi - 1e-9
        return frozen(np.linspace(self.start, self.end, self.beams, endpoint=not whole))

    @property
    def directions(self) -> Array:
        """Unit vectors of the beams in the lidar's frame, shape (m, 3)."""
        return frozen(
            np.stack([np.cos(self.angles), np.sin(self.angles), np.zeros(self.beams)], axis=1)
        )


def rounded(values: Array, quantum: float) -> Array:
    """Return ``values`` on a grid of ``quantum``; unchanged where it is zero."""
    return quantised(values, quantum) if quantum > 0.0 else values


def read_joints(
    motion: tuple[Array, Array, Array], motors: ServoParameters, *, noise: SensorNoise, age: float
) -> Joints:
    """Return encoder readings of true position, speed and torque (n,) each, ``age`` [s] old."""
    position, velocity, torque = motion
    n = len(position)
    return Joints(
        position=rounded(position, noise.encoder_quantum),
        velocity=rounded(velocity, noise.speed_quantum),
        effort=efforts(torque, motors.stall) if noise.load_quantum > 0.0 else torque,
        valid=np.ones(n, dtype=np.bool_),
        age=np.full(n, age),
    )


def read_imu(rate: Array, force: Array, *, noise: SensorNoise, draw: Array) -> Imu:
    """Return IMU readings.

    Args:
        rate: True angular velocity plus bias, IMU frame, shape (3,) [rad/s].
        force: True mean specific force, IMU frame, shape (3,) [m/s²].
        noise: Standard deviations.
        draw: Six standard normal numbers.
    """
    turning, pushing = rate + noise.gyro * draw[:3], force + noise.accelerometer * draw[3:]
    if noise.gyro_quantum > 0.0:
        turning = bounded(turning, noise.gyro_quantum)
    if noise.acceleration_quantum > 0.0:
        pushing = bounded(pushing, noise.acceleration_quantum)
    return Imu(turning, pushing)


def corner_forces(
    loads: Iterable[tuple[float, float, float]], *, half_length: float, half_width: float
) -> Array:
    """Return what the four load cells of a rectangular sole feel.

    Bilinear: the sum and the moments about both axes are kept.

    Args:
        loads: (x, y, force) of each touch, x and y from the middle of the sole [m, m, N].
        half_length: Along x [m].
        half_width: Along y [m].

    Returns:
        Front-left, front-right, rear-left, rear-right, shape (4,) [N].
    """
    cells = [0.0, 0.0, 0.0, 0.0]
    for x, y, force in loads:
        front = min(max(0.5 + 0.5 * x / half_length, 0.0), 1.0)
        left = min(max(0.5 + 0.5 * y / half_width, 0.0), 1.0)
        cells[0] += force * front * left
        cells[1] += force * front * (1.0 - left)
        cells[2] += force * (1.0 - front) * left
        cells[3] += force * (1.0 - front) * (1.0 - left)
    return np.array(cells)


def read_feet(force: Array, *, noise: SensorNoise, draw: Array) -> Array:
    """Return load cell readings (2, 4) [N] of true forces; a cell cannot pull."""
    read = rounded(force + noise.foot_force * draw.reshape(2, 4), noise.foot_quantum)
    return np.maximum(read, 0.0)


def read_scan(spec: LidarSpec, distance: Array, *, noise: SensorNoise, draw: Array) -> Scan:
    """Return one turn of a lidar.

    Args:
        spec: The lidar.
        distance: True distance along each beam, infinite where nothing is, shape (m,) [m].
        noise: Standard deviations.
        draw: ``m`` standard normal numbers.
    """
    measured = distance + noise.range * draw
    if noise.range_quantum > 0.0:  # divided as the lidar's decoder does
        measured = np.rint(measured / noise.range_quantum) / (1.0 / noise.range_quantum)
    seen = np.isfinite(distance) & (measured >= spec.least) & (measured <= spec.most)
    return Scan(spec.angles, np.where(seen, measured, np.inf))
