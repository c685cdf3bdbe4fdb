"""The joint table: one row for each actuated joint, in URDF order = bus order = array order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.errors import UnknownName


class Mode(StrEnum):
    """What a joint's set-point means."""

    POSITION = "position"
    VELOCITY = "velocity"


@dataclass(frozen=True, slots=True)
class Joint:
    """One actuated joint with the limits of its URDF."""

    name: str
    mode: Mode
    lower: float
    """[rad]; -inf for a wheel."""
    upper: float
    """[rad]; +inf for a wheel."""
    velocity: float
    """Largest speed [rad/s]."""
    effort: float
    """Largest torque [N·m]."""


@dataclass(frozen=True, slots=True)
class JointTable:
    """All joints of a robot."""

    joints: tuple[Joint, ...]

    def __len__(self) -> int:
        return len(self.joints)

    @property
    def names(self) -> tuple[str, ...]:
        """Joint names in order."""
        return tuple(joint.name for joint in self.joints)

    def index(self, name: str) -> int:
        """Return the place of joint ``name``.

        Raises:
            UnknownName: There is no such joint.
        """
        for place, joint in enumerate(self.joints):
            if joint.name == name:
                return place
        raise UnknownName("joint", name, list(self.names))

    def indices(self, *names: str) -> tuple[int, ...]:
        """Return the places of several joints."""
        return tuple(self.index(name) for name in names)

    def column(self, field: str) -> Array:
        """Return ``lower``, ``upper``, ``velocity`` or ``effort`` of all joints, shape (n,)."""
        return frozen([getattr(joint, field) for joint in self.joints])

    @property
    def is_position(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """True for position joints, shape (n,)."""
        return np.array([joint.mode is Mode.POSITION for joint in self.joints])
