"""Where the centre of mass is, seen from the foot on the ground.

The stance foot does not move, so the chain of joint angles from it up, turned by the measured
tilt, gives the centre of mass in a frame fixed to the ground. That frame, the *walk frame*, begins
under the robot, has z up, and keeps the heading of the gyro; it is the controller's own and drifts
slowly against the map, which does no harm because the twist to follow is given in the base frame.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from robotics.control.dynamics import SIDES, Dynamics
from robotics.core.arrays import Array
from robotics.core.messages import State
from robotics.core.rotation import matrix_from_rpy


@dataclass(frozen=True, slots=True)
class Seen:
    """What the sensors say about balance, in the walk frame."""

    com: Array
    """Horizontal place of the centre of mass, shape (2,) [m]."""
    velocity: Array
    """Its filtered velocity, shape (2,) [m/s]."""
    soles: Array
    """Both sole centres as far as the legs tell, shape (2, 2) [m]."""
    sole_yaw: Array
    """Their headings, shape (2,) [rad]."""
    force: Array
    """Vertical force on each, shape (2,) [N]."""
    yaw: float
    """Heading of the base [rad]."""
    tilt: Array
    """(roll, pitch) of the base, shape (2,) [rad]."""
    tilt_rate: Array
    """Rate of roll and pitch, shape (2,) [rad/s]."""


class ComObserver:
    """Turns states into ``Seen``.

    Args:
        dynamics: Kinematics; its posture is overwritten.
        period: Time between two states [s].
        time_constant: Of the velocity filter [s].
    """

    def __init__(self, dynamics: Dynamics, *, period: float, time_constant: float) -> None:
        self._dynamics = dynamics
        self._period = period
        self._share = period / (time_constant + period)
        self._yaw = 0.0
        self._last: Array | None = None
        self._velocity = np.zeros(2)

    def observe(self, state: State, *, stance: int, planted: Array) -> Seen:
        """Return what ``state`` says, given where the stance foot stands.

        Args:
            state: Joints, tilt, gyro and foot force are used.
            stance: The foot that does not move (0 left, 1 right).
            planted: Where its sole's centre is in the walk frame, shape (2,) [m].
        """
        roll, pitch = (float(angle) for angle in state.tilt)
        wx, wy, wz = (float(rate) for rate in state.angular_velocity_base_in_base)
        turning = wy * math.sin(roll) + wz * math.cos(roll)
        self._yaw += self._period * turning / math.cos(pitch)
        rotation = matrix_from_rpy(roll, pitch, self._yaw)
        com = self._dynamics.place(state.joints.position, rotation_base=rotation)
        poses = [self._dynamics.sole(side) for side in range(len(SIDES))]
        shift = planted - poses[stance][0][:2]
        com_in_walk = com[:2] + shift
        if self._last is not None:
            measured = (com_in_walk - self._last) / self._period
            self._velocity = self._velocity + self._share * (measured - self._velocity)
        self._last = com_in_walk
        return Seen(
            com=com_in_walk,
            velocity=self._velocity,
            soles=np.array([place[:2] + shift for place, _ in poses]),
            sole_yaw=np.array([math.atan2(r[1, 0], r[0, 0]) for _, r in poses]),
            force=state.contacts.foot_force.sum(axis=1),
            yaw=self._yaw,
            tilt=state.tilt,
            tilt_rate=np.array([wx, wy * math.cos(roll) - wz * math.sin(roll)]),
        )
