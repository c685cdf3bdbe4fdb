"""Keeps the centre of mass over flat soles with the ankles, whatever the rest of the body plays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.control.dynamics import SIDES, Dynamics
from robotics.core.arrays import Array, clamped
from robotics.core.joints import JointTable
from robotics.core.messages import State
from robotics.core.rotation import matrix_from_rpy


@dataclass(frozen=True, slots=True)
class SoleBalanceParameters:
    """Numbers of the ankles' balance."""

    gain: float = 1.2
    """Ankle angle for each metre that the centre of mass is ahead of where it should be."""
    damping: float = 0.05
    """Ankle angle for each rad/s of pitching [s]."""
    limit: float = 0.25
    """[rad]."""
    ease: float = 0.3
    """In which the ankles take over [s]."""


def pitch_on_soles(joints: JointTable, position: Array) -> float:
    """Return the pitch of the trunk over flat soles [rad], nose down, for joints (n,) [rad]."""
    legs = joints.indices("left_hip_pitch", "left_knee", "left_ankle_pitch")
    return -float(position[list(legs)].sum())


@dataclass(slots=True)
class SoleBalance:
    """What the ankles add to a posture as long as the soles carry all the weight.

    Attributes:
        joints: The joint table.
        dynamics: Kinematics; its posture is overwritten.
        period: Time of a tick [s].
        parameters: Numbers.
    """

    joints: JointTable
    dynamics: Dynamics
    period: float
    parameters: SoleBalanceParameters = field(default_factory=SoleBalanceParameters)
    _ankles: list[int] = field(init=False)
    _balanced: float = 0.0

    def __post_init__(self) -> None:
        self._ankles = list(self.joints.indices(*(f"{side}_ankle_pitch" for side in SIDES)))

    def reset(self) -> None:
        """Ease in anew from the next tick on."""
        self._balanced = 0.0

    def offset(self, state: State, wanted: Array) -> Array:
        """Return what the ankles add, shape (n,) [rad], to joints meant to be ``wanted`` (n,)."""
        parameters = self.parameters
        roll, pitch = (float(angle) for angle in state.tilt)
        is_ahead = self._ahead(state.joints.position, matrix_from_rpy(roll, pitch, 0.0))
        flat = matrix_from_rpy(0.0, pitch_on_soles(self.joints, wanted), 0.0)
        wrong = is_ahead - self._ahead(wanted, flat)
        rate = float(state.angular_velocity_base_in_base[1])
        push = parameters.gain * wrong + parameters.damping * rate
        self._balanced = min(self._balanced + self.period, parameters.ease)
        share = self._balanced / parameters.ease
        offset = np.zeros(len(wanted))
        offset[self._ankles] = clamped(share * push, -parameters.limit, parameters.limit)
        return offset

    def _ahead(self, position: Array, rotation: Array) -> float:
        """Return how far the centre of mass is ahead of the middle of the soles [m]."""
        com = self.dynamics.place(position, rotation_base=rotation)
        soles = [self.dynamics.sole(side)[0] for side in range(len(SIDES))]
        ahead = np.array([rotation[1, 1], -rotation[0, 1]])  # across the hips, turned: no gimbal
        ahead = ahead / max(float(np.linalg.norm(ahead)), 1e-6)
        return float(ahead @ (com - 0.5 * (soles[0] + soles[1]))[:2])
