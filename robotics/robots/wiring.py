"""Which joint is which device on the bus, and how its counts mean angles and torques."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array
from robotics.core.joints import JointTable
from robotics.wire.boards import ANGLE_UNIT, EFFORT_UNIT
from robotics.wire.table import Table


@dataclass(frozen=True, slots=True)
class ServoWire:
    """One joint's servo."""

    id: int
    table: Table
    sign: int = 1
    """-1 where the servo turns against the joint."""
    zero: int = 2048
    """Position register at joint angle 0."""


@dataclass(frozen=True, slots=True)
class ServoWiring:
    """The servos of all joints, in the order of the joint table; arrays have shape (n,)."""

    servos: tuple[ServoWire, ...]
    joints: JointTable

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids in the order of the joints."""
        return tuple(one.id for one in self.servos)

    @property
    def sign(self) -> Array:
        """1, or -1 where a servo turns against its joint."""
        return np.array([one.sign for one in self.servos], dtype=np.float64)

    @property
    def zero(self) -> Array:
        """Position registers at joint angle 0."""
        return np.array([one.zero for one in self.servos], dtype=np.float64)

    @property
    def effort_unit(self) -> Array:
        """Torque of one count of current [N·m].

        Nominal: a thousand counts (2.69 A) are the largest torque of the joint's URDF. Two motors
        on one joint (the legs) share its id by ``secondary_id``.
        """
        return np.asarray(EFFORT_UNIT * self.joints.column("effort"))

    def limits(self) -> tuple[Array, Array]:
        """Return the lowest and the highest position register of each joint.

        The joint's limits, rounded outwards to a whole count.
        """
        lower = np.floor(self.joints.column("lower") / ANGLE_UNIT)
        upper = np.ceil(self.joints.column("upper") / ANGLE_UNIT)
        ends = np.stack((lower, upper)) * self.sign + self.zero
        return ends.min(axis=0), ends.max(axis=0)

    def angles(self, counts: Array) -> Array:
        """Return joint angles (n,) [rad] of position registers."""
        return np.asarray((counts - self.zero) * self.sign * ANGLE_UNIT)

    def counts(self, angles: Array) -> Array:
        """Return position registers, within their limits, of joint angles (n,) [rad]."""
        lowest, highest = self.limits()
        wished = np.rint(angles / ANGLE_UNIT) * self.sign + self.zero
        return np.asarray(np.clip(wished, lowest, highest))
