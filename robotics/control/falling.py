"""Sees a fall coming.

As long as the capture point ξ = c + ċ/ω is over the soles, the centre of pressure can bring it
back; beyond them, a step must be put there, and ξ runs away from the soles as e^{ωt} until the foot
lands. So how far ξ is outside the soles tells what is left: up to what one step of these legs
reaches in the time of a step a fall can be caught, beyond that none can (Pratt et al., "Capture
point", Humanoids 2006; capturability: Koolen et al., IJRR 2012). A trunk that tips is the other
sign, where the soles themselves have lost the ground: the tilt foreseen from its rate (Renner and
Behnke, "Instability detection and fall avoidance for a humanoid", IROS 2006).

The speed of the centre of mass is that of the gyro about the foot that carries, and that of the
joints: no difference of a tilted position, so no delay by a filter of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.control import pendulum
from robotics.control.dynamics import SIDES, Dynamics
from robotics.core.arrays import Array
from robotics.core.messages import State
from robotics.core.rotation import cross, matrix_from_rpy

_AROUND = np.arange(16) * (2.0 * np.pi / 16)
_DIRECTIONS = np.stack([np.cos(_AROUND), np.sin(_AROUND)])
"""In which the distance from the soles is measured, shape (2, 16)."""


@dataclass(frozen=True, slots=True)
class FallParameters:
    """When a fall is certain."""

    beyond: float = 0.165
    """ξ so far outside the soles is not caught any more [m]."""
    tilt: float = 0.50
    """Nor a trunk that will be tilted so much [rad] …"""
    foresight: float = 0.15
    """… after so long at its present rate [s]."""
    lasting: float = 0.010
    """Either has to hold for so long [s]: one bad reading is no fall."""
    joint_filter: float = 0.01
    """Time constant of the motion by the joints [s]."""
    front: float = 0.12
    rear: float = -0.09
    side: float = 0.06
    """Of the soles, from the point under the ankle [m]."""


@dataclass(frozen=True, slots=True)
class FallSigns:
    """What the detector looks at."""

    beyond: float
    """How far ξ is outside the soles, negative inside [m]."""
    foreseen: float
    """Tilt after the time of foresight [rad]."""
    direction: float
    """Where it goes, seen from the base: 0 ahead, π/2 left [rad]."""


class FallDetector:
    """Looks at every state of a robot on its feet.

    Args:
        dynamics: Kinematics; its posture is overwritten.
        parameters: Numbers.
        period: Time between two states [s].

    Attributes:
        signs: Of the last state.
    """

    def __init__(self, dynamics: Dynamics, parameters: FallParameters, *, period: float) -> None:
        self._dynamics, self._parameters, self._period = dynamics, parameters, period
        front, rear, side = parameters.front, parameters.rear, parameters.side
        self._corners = np.array(
            [[front, side, 0.0], [front, -side, 0.0], [rear, side, 0.0], [rear, -side, 0.0]]
        )
        self._share = period / (parameters.joint_filter + period)
        self.reset()

    def reset(self) -> None:
        """Forget: the robot has been set on its feet."""
        self._last: Array | None = None
        self._foot = 0
        self._drift = np.zeros(3)
        self._lasted = 0.0
        self.signs = FallSigns(-1.0, 0.0, 0.0)

    def falls(self, state: State) -> bool:
        """Return whether the robot will fall, whatever it does."""
        self.signs = signs = self._read(state)
        parameters = self._parameters
        certain = signs.beyond > parameters.beyond or signs.foreseen > parameters.tilt
        self._lasted = self._lasted + self._period if certain else 0.0
        return self._lasted >= parameters.lasting

    def _read(self, state: State) -> FallSigns:
        roll, pitch = (float(angle) for angle in state.tilt)
        rate = state.angular_velocity_base_in_base
        com = self._dynamics.place(state.joints.position)  # all in the base frame
        soles = [self._dynamics.sole(side) for side in range(len(SIDES))]
        arm = com - soles[self._carrying(state)][0]
        if self._last is not None:
            moved = (arm - self._last) / self._period
            self._drift = self._drift + self._share * (moved - self._drift)
        self._last = arm
        level = matrix_from_rpy(roll, pitch, 0.0)
        velocity = level @ (cross(rate, arm) + self._drift)
        lift = max(float(level[2] @ arm), 0.1)
        place = (level @ com)[:2] + velocity[:2] / pendulum.rate(lift)
        corners = np.vstack([where + self._corners @ turn.T for where, turn in soles])
        ground = corners @ level[:2].T
        beyond = place @ _DIRECTIONS - (ground @ _DIRECTIONS).max(axis=0)
        worst = int(beyond.argmax())
        return FallSigns(float(beyond[worst]), self._foreseen(state, level), self._way(worst))

    def _carrying(self, state: State) -> int:
        """Return the foot that carries more, with a dead zone; begin anew where it changes."""
        left, right = state.contacts.foot_force.sum(axis=1)
        other = (left, right)[1 - self._foot]
        if other > 1.5 * (left, right)[self._foot]:
            self._foot, self._last = 1 - self._foot, None
        return self._foot

    def _foreseen(self, state: State, level: Array) -> float:
        """Return the angle between the trunk and the vertical after the time of foresight."""
        spin = level @ state.angular_velocity_base_in_base
        up = level[:, 2] + self._parameters.foresight * cross(spin, level[:, 2])
        return math.atan2(math.hypot(float(up[0]), float(up[1])), float(up[2]))

    @staticmethod
    def _way(direction: int) -> float:
        return math.remainder(float(_AROUND[direction]), 2.0 * math.pi)
