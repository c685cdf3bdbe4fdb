"""The motor laws of both robots. They are the laws of the real devices, too: see docs/conventions.md.

A position joint is a smart servo in position mode (duty-cycle drive, Dynamixel X/P class): a
proportional law commands duty, duty times supply gives torque, and back-EMF takes torque away as
the joint speeds up. A velocity joint is a wheel or brush behind the chassis board's speed loop.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robotics.core.joints import JointTable

Vector = NDArray[np.float64]

COUNT = 2.0 * math.pi / 4096
"""One register unit of position: 4096 a turn (ROBOTIS X-series control table) [rad]."""
SPEED_COUNT = 0.229 * 2.0 * math.pi / 60.0
"""One register unit of velocity: 0.229 rpm (ROBOTIS X-series control table) [rad/s]."""

GAIN_BY_EFFORT = ((15.0, 150.0, 0.30), (7.0, 75.0, 0.15), (4.0, 35.0, 0.075), (0.0, 15.0, 0.04))
"""Servo classes: (least stall torque [N·m], gain Kp [N·m/rad], Coulomb friction [N·m]).

Gains and friction of the prototype in which such a robot walked; friction is 1 to 2 % of stall.
"""


@dataclass(frozen=True, slots=True)
class PositionServos:
    """Parameters of ``n`` servos, each field of shape (n,)."""

    stall: Vector
    """Torque at standstill and full supply [N·m]."""
    no_load: Vector
    """Speed without load at full supply [rad/s]."""
    gain: Vector
    """Kp [N·m/rad]."""
    friction: Vector
    """Coulomb friction [N·m]."""
    backlash: float = math.radians(0.15)
    """Play of the gear train: an error inside it commands nothing [rad]."""

    @staticmethod
    def of(joints: JointTable) -> PositionServos:
        """Return the servos of a joint table: stall torque and no-load speed are its limits."""
        stall = np.asarray(joints.column("effort"))
        rows = [next(row for row in GAIN_BY_EFFORT if torque >= row[0]) for torque in stall]
        gain, friction = (np.array([row[k] for row in rows]) for k in (1, 2))
        return PositionServos(stall, np.asarray(joints.column("velocity")), gain, friction)

    def torque(
        self, error: Vector, velocity: Vector, *, limit: Vector, supply: float = 1.0
    ) -> Vector:
        """Return the torque on each joint, shape (n,) [N·m].

        ``duty = clip(Kp · error / stall)``, ``torque = stall · (duty · supply - speed / no-load)``,
        held within the stall torque at this supply and within ``limit``.

        Args:
            error: Goal minus position [rad].
            velocity: Joint speed [rad/s].
            limit: Goal current register: largest torque [N·m].
            supply: Voltage over nominal voltage.
        """
        play = 0.5 * self.backlash
        error = error - np.clip(error, -play, play)
        duty = np.clip(self.gain * error / self.stall, -1.0, 1.0)
        wanted = self.stall * (duty * supply - velocity / self.no_load)
        bound = np.minimum(self.stall * supply, limit)
        return np.asarray(np.clip(wanted, -bound, bound))


@dataclass(slots=True)
class SpeedLoop:
    """The chassis board's PI loop for ``n`` motors; it keeps the integrals between calls."""

    stall: Vector
    no_load: Vector
    proportional: Vector
    """[N·m·s/rad]."""
    integral: Vector
    """[N·m/rad]."""
    acceleration: Vector
    """Ramp of the set-point [rad/s²]."""
    ramp: Vector
    sum: Vector

    @staticmethod
    def of(joints: JointTable) -> SpeedLoop:
        """Return the loop for a joint table; gains scale with the motors' torque."""
        stall = np.asarray(joints.column("effort"))
        zero = np.zeros(len(joints))
        return SpeedLoop(
            stall=stall,
            no_load=1.5 * np.asarray(joints.column("velocity")),
            proportional=0.4 * stall,
            integral=1.5 * stall,
            acceleration=np.full(len(joints), 12.0),
            ramp=zero,
            sum=zero,
        )

    def torque(
        self, target: Vector, velocity: Vector, *, limit: Vector, step: float, supply: float = 1.0
    ) -> Vector:
        """Advance the loop by ``step`` [s] and return the torque, shape (n,) [N·m].

        Args:
            target: Wanted speed [rad/s].
            velocity: Measured speed [rad/s].
            limit: Largest torque [N·m].
            step: Time since the last call [s].
            supply: Voltage over nominal voltage.
        """
        change = self.acceleration * step
        self.ramp = self.ramp + np.clip(target - self.ramp, -change, change)
        error = self.ramp - velocity
        bound = np.minimum(
            self.stall * np.clip(supply - np.abs(velocity) / self.no_load, 0, 1), limit
        )
        wanted = self.proportional * error + self.sum
        torque = np.clip(wanted, -bound, bound)
        free = torque == wanted  # anti-windup: a saturated motor does not integrate
        self.sum = self.sum + np.where(free, self.integral * error * step, 0.0)
        return np.asarray(torque)

    def reset(self) -> None:
        """Forget ramp and integral."""
        self.ramp = np.zeros_like(self.ramp)
        self.sum = np.zeros_like(self.sum)


def quantised(values: Vector, unit: float) -> Vector:
    """Return ``values`` rounded to whole register units."""
    return np.asarray(np.round(values / unit) * unit)
