"""What the sensors make of the truth: noise, bias, quanta, delay."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

GRAVITY = 9.81


@dataclass(frozen=True, slots=True)
class Noise:
    """Sensor errors. Sources: data sheets of the class named with each."""

    gyro: float = 0.01
    """White noise of one sample, consumer MEMS (BMI088 class) [rad/s]."""
    gyro_bias: float = 0.01
    """Largest constant bias after warm-up [rad/s]."""
    acceleration: float = 0.05
    """[m/s²]."""
    foot_force: float = 0.5
    """Of one corner's load cell [N]."""
    foot_quantum: float = 0.25
    """[N]."""
    range: float = 0.01
    """Of one beam, time-of-flight lidar of the LD19 class [m]."""
    delay: float = 0.010
    """Age of joint and IMU readings when they arrive [s]."""


@dataclass(frozen=True, slots=True)
class LidarSpec:
    """A planar lidar."""

    link: str
    beams: int
    half_angle: float
    """Beams are spread over ± this [rad]."""
    nearest: float
    """[m]."""
    farthest: float
    """[m]."""
    period: float = 0.1
    """Time of one turn [s]."""

    @property
    def angles(self) -> Vector:
        """Bearings of the beams, shape (beams,) [rad]."""
        full = self.half_angle >= math.pi
        return np.linspace(-self.half_angle, self.half_angle, self.beams, endpoint=not full)


LIDAR = LidarSpec("lidar", 360, math.pi, 0.1, 20.0)
KERB_LIDAR = LidarSpec("kerb_lidar", 180, math.radians(60.0), 0.1, 4.0)


@dataclass(slots=True)
class ImuModel:
    """Gyro and accelerometer with a constant bias drawn once."""

    noise: Noise
    rng: np.random.Generator
    bias: Vector = field(init=False)

    def __post_init__(self) -> None:
        self.bias = self.rng.uniform(-self.noise.gyro_bias, self.noise.gyro_bias, 3)

    def read(self, rate_in_imu: Vector, force_in_imu: Vector) -> tuple[Vector, Vector]:
        """Return (angular velocity, specific force) as measured, each shape (3,)."""
        gyro = rate_in_imu + self.bias + self.rng.normal(0.0, self.noise.gyro, 3)
        force = force_in_imu + self.rng.normal(0.0, self.noise.acceleration, 3)
        return gyro, force


def corner_forces(
    point_in_sole: Vector, force: float, half_size: tuple[float, float], centre_x: float
) -> Vector:
    """Share a vertical force at a point of the sole among its four load cells.

    Args:
        point_in_sole: (x, y) in the sole frame [m].
        force: [N].
        half_size: Half length and half width of the sole [m].
        centre_x: The sole's middle lies this far ahead of the sole frame [m].

    Returns:
        Front-left, front-right, rear-left, rear-right, shape (4,) [N]: the shares of a rigid plate
        (bilinear), so that the sum and the centre of pressure are kept.
    """
    front = 0.5 + 0.5 * np.clip((point_in_sole[0] - centre_x) / half_size[0], -1.0, 1.0)
    left = 0.5 + 0.5 * np.clip(point_in_sole[1] / half_size[1], -1.0, 1.0)
    shares = [front * left, front * (1 - left), (1 - front) * left, (1 - front) * (1 - left)]
    return force * np.array(shares)


Sample = TypeVar("Sample")


class DelayLine(Generic[Sample]):
    """Hands out each sample a whole number of ticks after it was put in."""

    def __init__(self, ticks: int) -> None:
        self._line: deque[Sample] = deque(maxlen=ticks + 1)

    def pass_on(self, sample: Sample) -> Sample:
        """Put ``sample`` in and return the one that is due (the oldest, while the line fills)."""
        self._line.append(sample)
        return self._line[0]


def noisy_ranges(
    distance: Vector, spec: LidarSpec, noise: Noise, rng: np.random.Generator
) -> Vector:
    """Return measured ranges: noise added, infinite beyond the reach and below the least range.

    Args:
        distance: True distances, infinite where nothing stands, shape (beams,) [m].
        spec: The lidar.
        noise: Its errors.
        rng: Source of randomness.
    """
    measured = distance + rng.normal(0.0, noise.range, len(distance))
    out = (measured < spec.nearest) | (measured > spec.farthest)
    return np.where(out, np.inf, measured)
