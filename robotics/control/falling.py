"""Sees a fall coming.

As long as the capture point ξ = c + ċ/ω is over the soles, the centre of pressure can bring it
back; beyond them, a step must be put there, and ξ runs away from the soles as e^{ωt} until the foot
lands. So how far ξ is outside the soles tells what is left: up to what one step of these legs
reaches in the time of a step a fall can be caught, beyond that none can (Pratt et al., "Capture
point", Humanoids 2006; capturability: Koolen et al., IJRR 2012). A trunk that tips is the other
sign, where the soles themselves have lost the ground: the tilt foreseen from its rate (Renner and
Behnke, "Instability detection and fall avoidance for a humanoid", IROS 2006).

A step that is under way may be just the one that catches it: as long as ξ will be over the sole
that lands when it lands, it is no fall yet.

The speed of the centre of mass is that of the gyro about the foot that carries, and that of the
joints: no difference of a tilted position, so no delay by a filter of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.control import pendulum
from robotics.control.dynamics import SIDES, Dynamics
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2
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
    caught: float = 0.0
    """It is no fall if ξ will be no farther outside the soles once the next one lands [m] …"""
    certain: float = 0.26
    """… unless it is this far outside already [m]."""
    joint_filter: float = 0.01
    """Time constant of the motion by the joints [s]."""
    front: float = 0.12
    rear: float = -0.09
    side: float = 0.06
    """Of the soles, from the point under the ankle [m]."""


@dataclass(frozen=True, slots=True)
class StepAhead:
    """The step that is under way."""

    stance: int
    """The foot that stands, 0 left, 1 right."""
    place: Array
    """Where the other one is to land, along the axes of the sole that stands, shape (2,) [m]."""
    time: float
    """Until then [s]."""


@dataclass(frozen=True, slots=True)
class FallSigns:
    """What the detector looks at."""

    beyond: float
    """How far ξ is outside the soles, negative inside [m]."""
    foreseen: float
    """Tilt after the time of foresight [rad]."""
    direction: float
    """Where it goes, seen from the base: 0 ahead, π/2 left [rad]."""
    missed: float = math.inf
    """How far ξ will be outside both soles when the next one lands, negative inside [m]."""


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

    def falls(self, state: State, ahead: StepAhead | None = None) -> bool:
        """Return whether the robot will fall, whatever it does.

        Args:
            state: Of a robot on its feet.
            ahead: The step that it is about to make; None for none.
        """
        self.signs = signs = self._read(state, ahead)
        parameters = self._parameters
        is_caught = signs.missed < parameters.caught and signs.beyond < parameters.certain
        lost = signs.beyond > parameters.beyond and not is_caught
        certain = lost or signs.foreseen > parameters.tilt
        self._lasted = self._lasted + self._period if certain else 0.0
        return self._lasted >= parameters.lasting

    def _read(self, state: State, ahead: StepAhead | None) -> FallSigns:
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
        omega = pendulum.rate(lift)
        place = (level @ com)[:2] + velocity[:2] / omega
        corners = np.vstack([where + self._corners @ turn.T for where, turn in soles])
        ground = corners @ level[:2].T
        beyond = place @ _DIRECTIONS - (ground @ _DIRECTIONS).max(axis=0)
        worst = int(beyond.argmax())
        missed = math.inf
        if ahead is not None and beyond[worst] > self._parameters.beyond:
            where, turn = soles[ahead.stance]
            toes = level[:2] @ turn[:, 0]
            along = rotation2(math.atan2(float(toes[1]), float(toes[0])))
            missed = self._missed(along.T @ (place - level[:2] @ where), ahead, omega)
        foreseen = self._foreseen(state, level)
        return FallSigns(float(beyond[worst]), foreseen, self._way(worst), missed)

    def _missed(self, dcm: Array, ahead: StepAhead, omega: float) -> float:
        """Return how far ξ will be outside both soles when the foot lands [m], negative inside.

        The pressure under the standing foot goes to its edge and holds ξ back as well as it can.

        Args:
            dcm: ξ along the axes of the standing sole, shape (2,) [m].
            ahead: The step.
            omega: Rate of the pendulum [1/s].
        """
        corners = self._corners[:, :2]
        edge = clamped(dcm, corners[3], corners[0])
        there = pendulum.divergent_after(dcm, edge, omega=omega, time=ahead.time)
        both = np.vstack([corners, corners + ahead.place]) @ _DIRECTIONS
        return float((there @ _DIRECTIONS - both.max(axis=0)).max())

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
