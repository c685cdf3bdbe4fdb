"""How far a robot came since the last tick: wheels and gyro of a differential drive."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import compose


@dataclass(frozen=True, slots=True)
class Increment:
    """A planar step of the base, seen from where the base was: what every odometry gives."""

    dx: float = 0.0
    """Forward [m]."""
    dy: float = 0.0
    """To the left [m]."""
    dyaw: float = 0.0
    """Counter-clockwise [rad]."""
    var_x: float = 0.0
    """Variance of ``dx`` [m²]."""
    var_y: float = 0.0
    """Variance of ``dy`` [m²]."""
    var_yaw: float = 0.0
    """Variance of ``dyaw`` [rad²]."""

    def then(self, later: Increment) -> Increment:
        """Return this step followed by ``later`` (variances add; short steps are meant)."""
        dx, dy, dyaw = compose((self.dx, self.dy, self.dyaw), (later.dx, later.dy, later.dyaw))
        return Increment(
            float(dx),
            float(dy),
            float(dyaw),
            self.var_x + later.var_x,
            self.var_y + later.var_y,
            self.var_yaw + later.var_yaw,
        )


@dataclass(frozen=True, slots=True)
class DifferentialDrive:
    """Geometry and errors of two driven wheels and a gyro."""

    wheel_radius: float
    """[m]."""
    track: float
    """Distance between the wheels' contact points [m]."""
    quantum: float = 2.0 * math.pi / 4096
    """Step of the wheel encoders [rad]."""
    wheel_speed_max: float = 25.0
    """Faster readings are jumps of a bad encoder [rad/s]."""
    slip: float = 0.02
    """One sigma of the difference between the wheels' rolled distances, as a share of them."""
    drift: float = 0.03
    """One sigma of the driven distance after 1 m [m]; its variance grows with the distance, since
    tyres that slip or are worn err the same way for a while."""
    gyro_sigma: float = 0.01
    """Noise of one gyro sample [rad/s]."""
    bias_sigma: float = 0.01
    """One sigma of the gyro's bias before it was ever estimated [rad/s]."""


@dataclass(slots=True)
class GyroBias:
    """The gyro's mean reading (3,) [rad/s] while the robot is known to stand."""

    sigma: float
    """One sigma of the bias before standing [rad/s]."""
    noise: float
    """One sigma of a sample [rad/s]."""
    memory: int = 2000
    """Samples after which old ones begin to be forgotten."""
    value: Array = field(default_factory=lambda: np.zeros(3))
    """The estimate, shape (3,) [rad/s]."""
    count: int = 0

    def learn(self, angular_velocity: Array) -> None:
        """Take in one reading (3,) [rad/s] made at rest; a turning robot's is refused."""
        if np.abs(angular_velocity).max() > 4.0 * (self.noise + self.sigma):
            return
        self.count = min(self.count + 1, self.memory)
        weight = 1.0 / (self.count + (self.noise / self.sigma) ** 2)
        self.value = self.value + weight * (angular_velocity - self.value)

    @property
    def uncertainty(self) -> float:
        """One sigma of the estimate [rad/s]."""
        return self.sigma / math.sqrt(1.0 + self.count * (self.sigma / self.noise) ** 2)


@dataclass(slots=True)
class WheelOdometry:
    """Dead reckoning from encoder steps and gyro.

    The yaw step is the mean of gyro and wheels, weighted by their variances; where they disagree
    by more than five sigma a wheel slips, and the gyro alone is believed. A lost wheel is
    replaced by the other one and the gyro; with both lost, the last speed is taken to go on.
    """

    drive: DifferentialDrive
    bias: GyroBias = field(init=False)
    speed: float = 0.0
    """Forward speed, low-passed over ``SMOOTHING`` [m/s]."""
    turn: float = 0.0
    """Yaw rate, low-passed likewise [rad/s]."""
    lost: bool = False
    """Whether a wheel encoder could not be used at the last step."""
    standing: float = 0.0
    """For how long the wheels have stood still [s]."""
    _wheels: Array | None = None
    _known: BoolArray = field(default_factory=lambda: np.zeros(2, dtype=np.bool_))
    _anchor: Array = field(default_factory=lambda: np.zeros(2))

    def __post_init__(self) -> None:
        self.bias = GyroBias(sigma=self.drive.bias_sigma, noise=self.drive.gyro_sigma)

    def update(
        self, wheels: Array, valid: BoolArray, *, angular_velocity: Array, duration: float
    ) -> Increment:
        """Return the step since the last call.

        Args:
            wheels: Angles of the (left, right) wheel, shape (2,) [rad], not wrapped.
            valid: Whether each may be used, shape (2,).
            angular_velocity: Gyro, shape (3,) [rad/s].
            duration: Time since the last call, positive [s]; the first call gives no step.
        """
        last, known = self._wheels, self._known
        valid = np.asarray(valid, dtype=np.bool_)
        self._wheels = np.where(valid, wheels, wheels if last is None else last)
        self._known = valid.copy()
        self.lost = not bool(valid.all())
        if last is None or duration <= 0.0:
            return Increment()
        rolled = np.asarray(wheels - last)
        usable = valid & known & (np.abs(rolled) < self.drive.wheel_speed_max * duration)
        self.lost = self.lost or not bool((usable | ~known).all())
        self._watch_rest(duration, angular_velocity, bool(usable.all()))
        gyro = float(angular_velocity[2] - self.bias.value[2]) * duration
        step = self._step(rolled * self.drive.wheel_radius, usable, gyro=gyro, duration=duration)
        share = 1.0 - math.exp(-duration / SMOOTHING)
        self.speed += share * (step.dx / duration - self.speed)
        self.turn += share * (step.dyaw / duration - self.turn)
        return step

    def _watch_rest(self, duration: float, angular_velocity: Array, usable: bool) -> None:
        """Learn the bias once the wheels have kept within two encoder steps for a while."""
        wheels = self._wheels
        if wheels is None:
            return
        if not usable or np.abs(wheels - self._anchor).max() > 2.5 * self.drive.quantum:
            self._anchor, self.standing = wheels.copy(), 0.0
            return
        self.standing += duration
        if self.standing > REST:
            self.bias.learn(angular_velocity)

    def _step(self, rolled: Array, usable: BoolArray, *, gyro: float, duration: float) -> Increment:
        """Fuse the distances (left, right) [m] and the gyro's angle [rad] into an arc."""
        drive = self.drive
        left, right = float(rolled[0]), float(rolled[1])
        var_gyro = (drive.gyro_sigma * duration) ** 2 + (self.bias.uncertainty * duration) ** 2
        grain = (drive.quantum * drive.wheel_radius) ** 2 / 6.0
        if usable.all():
            dyaw, var_yaw = self._yaw((left, right), gyro=gyro, var_gyro=var_gyro, grain=grain)
            distance = 0.5 * (left + right)
            var = drive.drift**2 * abs(distance) + 0.5 * grain
            if self.standing > REST:
                dyaw, var_yaw = 0.0, (1e-4 * duration) ** 2
        elif usable.any():
            dyaw, var_yaw = gyro, var_gyro
            half = 0.5 * dyaw * drive.track
            distance = left + half if usable[0] else right - half
            var = (2.0 * drive.drift) ** 2 * abs(distance) + grain
        else:
            dyaw, var_yaw = gyro, var_gyro
            distance = self.speed * duration
            var = (0.5 * distance) ** 2 + (0.1 * duration) ** 2
        sideways = (0.3 * drive.drift) ** 2 * abs(distance)
        dx, dy = arc(distance, dyaw)
        return Increment(dx, dy, dyaw, var, sideways, var_yaw)

    def _yaw(
        self, rolled: tuple[float, float], *, gyro: float, var_gyro: float, grain: float
    ) -> tuple[float, float]:
        """Return the fused yaw step [rad] and its variance."""
        drive = self.drive
        left, right = rolled
        wheels = (right - left) / drive.track
        slip = drive.slip * math.hypot(left, right)
        var_wheels = (slip**2 + 2.0 * grain) / drive.track**2
        if abs(wheels - gyro) > 5.0 * math.sqrt(var_wheels + var_gyro):
            return gyro, var_gyro
        share = var_gyro / (var_gyro + var_wheels) if var_wheels > 0.0 else 1.0
        return gyro + share * (wheels - gyro), share * var_wheels


SMOOTHING = 0.06
"""Time constant of the reported speeds [s]: one encoder step in 20 ms is 1 cm/s."""
REST = 0.5
"""Wheels that stood for this long mean a robot at rest [s]."""


def arc(distance: float, angle: float) -> tuple[float, float]:
    """Return (dx, dy) [m] after ``distance`` [m] along a circle that turns by ``angle`` [rad].

    Exact: the chord is ``distance · sin(a/2)/(a/2)`` long and points along ``a/2``.
    """
    half = 0.5 * angle
    chord = distance * (1.0 - half * half / 6.0 if abs(half) < 1e-4 else math.sin(half) / half)
    return chord * math.cos(half), chord * math.sin(half)
