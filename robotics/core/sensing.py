"""What a body's sensors say: the first of the values that flow through a tick.

Kept apart from the other messages for its length only; read them together in
``robotics.core.messages``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from robotics.core.arrays import Array, BoolArray, checked, frozen


@dataclass(frozen=True, slots=True)
class Joints:
    """What the encoders say, in the order of the robot's joint table."""

    position: Array
    """Joint angles, shape (n,) [rad]."""
    velocity: Array
    """Joint speeds, shape (n,) [rad/s]."""
    effort: Array
    """Joint torques, shape (n,) [N·m]."""
    valid: BoolArray
    """False where the reading is not to be used, shape (n,)."""
    age: Array
    """Age of each reading, shape (n,) [s]."""

    def __post_init__(self) -> None:
        n = len(self.position)
        for name in ("position", "velocity", "effort", "age"):
            object.__setattr__(self, name, checked("Joints", name, getattr(self, name), (n,)))
        object.__setattr__(self, "valid", frozen(self.valid, dtype=np.bool_))

    @staticmethod
    def at_rest(position: Array) -> Joints:
        """Valid, fresh readings at ``position`` (n,) [rad], with no speed and no effort."""
        zero = np.zeros(len(position))
        return Joints(position, zero, zero, np.ones(len(position), dtype=np.bool_), zero)


@dataclass(frozen=True, slots=True)
class Imu:
    """Inertial readings in the frame of the IMU, which is parallel to the base frame."""

    angular_velocity: Array
    """Rate of the IMU seen from the world, shape (3,) [rad/s]."""
    linear_acceleration: Array
    """Specific force (+g on z at rest), shape (3,) [m/s²]."""

    def __post_init__(self) -> None:
        for name in ("angular_velocity", "linear_acceleration"):
            object.__setattr__(self, name, checked("Imu", name, getattr(self, name), (3,)))


@dataclass(frozen=True, slots=True)
class Scan:
    """One turn of a planar lidar, in the frame of that lidar (its x-y plane)."""

    angle: Array
    """Bearing of each beam, shape (m,) [rad], from -π to π, counter-clockwise."""
    range: Array
    """Distance of the first return, shape (m,) [m]; infinite where nothing came back."""

    def __post_init__(self) -> None:
        m = len(self.angle)
        object.__setattr__(self, "angle", checked("Scan", "angle", self.angle, (m,)))
        ranges = checked("Scan", "range", self.range, (m,), finite=False)
        object.__setattr__(self, "range", ranges)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Touch: foot force sensors, bumpers."""

    foot_force: Array = field(default_factory=lambda: frozen(np.zeros((2, 4))))
    """Vertical force on the corners of the (left, right) sole: front-left, front-right, rear-left,
    rear-right; shape (2, 4) [N]."""
    bumpers: tuple[str, ...] = ()
    """Names of the bumpers that are pressed."""

    def __post_init__(self) -> None:
        force = checked("Contacts", "foot_force", self.foot_force, (2, 4))
        object.__setattr__(self, "foot_force", force)


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery's own gauge."""

    charge: float = 1.0
    """Fraction left, 0 to 1."""
    voltage: float = 24.0
    """[V]."""
    charging: bool = False


@dataclass(frozen=True, slots=True)
class ToolReadings:
    """Levels of the sweeper's tools."""

    water: float = 1.0
    """Fraction of the water tank that is full, 0 to 1."""
    bin: float = 0.0
    """Fraction of the bin that is full, 0 to 1."""
    dust: float = 0.0
    """Fine dust in the air beside the brushes, by an optical sensor [mg/m³]."""
    wetness: float = 0.0
    """Ground just ahead of the brushes, by a moisture sensor: 0 dry, 1 wet."""
    temperature: float = 20.0
    """Of the air [°C]."""
    rain: float = 0.0
    """How hard it rains [mm/h]."""


class FixKind(StrEnum):
    """How a satellite receiver found its position, worst first."""

    NONE = "none"
    ESTIMATED = "estimated"
    SINGLE = "single"
    DIFFERENTIAL = "differential"
    RTK_FLOAT = "rtk float"
    RTK_FIXED = "rtk fixed"


@dataclass(frozen=True, slots=True)
class GnssFix:
    """Where a satellite receiver believes its antenna to be (WGS 84)."""

    latitude: float
    """[rad]."""
    longitude: float
    """[rad]."""
    height: float
    """Above the ellipsoid [m]."""
    kind: FixKind
    covariance: Array
    """Of (east, north), shape (2, 2) [m²]."""
    age: float = 0.0
    """Time since it was measured [s]."""

    def __post_init__(self) -> None:
        checked("GnssFix", "(latitude, longitude, height)", self._place, (3,))
        covariance = checked("GnssFix", "covariance", self.covariance, (2, 2))
        object.__setattr__(self, "covariance", covariance)

    @property
    def _place(self) -> tuple[float, float, float]:
        return self.latitude, self.longitude, self.height


@dataclass(frozen=True, slots=True)
class Observation:
    """All that a body's sensors say at one instant. Nothing else reaches the controllers."""

    time: float
    """[s], from the body's own clock; never runs backwards."""
    joints: Joints
    imu: Imu
    scan: Scan | None = None
    """The 360° lidar; None on the ticks between two turns."""
    kerb_scan: Scan | None = None
    """The down-tilted lidar, where the robot has one; None between two turns."""
    contacts: Contacts = Contacts()
    battery: Battery = Battery()
    tools: ToolReadings = ToolReadings()
    faults: tuple[str, ...] = ()
    """Names of the faults that the body reports."""
    heard: tuple[str, ...] = ()
    """What was said to the robot since the last tick."""
    gnss: GnssFix | None = None
    """Of a satellite receiver, on the ticks on which it has one."""
