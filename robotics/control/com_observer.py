"""Where the centre of mass is, seen from the foot on the ground.

The stance foot does not move, so the chain of joint angles from it up, turned by the measured
tilt, gives the centre of mass in a frame fixed to the ground. That frame, the *walk frame*, begins
under the robot, has z up, and keeps the heading of the gyro; it is the controller's own and drifts
slowly against the map, which does no harm because the twist to follow is given in the base frame.

A tilt that is wrong by 0.01 rad shifts that centre of mass by 5 mm, and standing on a wrong one
leans further and further. On both feet the mean centre of pressure tells the truth (it is under
the centre of mass as long as nothing accelerates), so the difference is learned there and kept.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from robotics.control.com_velocity import ComVelocity
from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.pendulum import GRAVITY
from robotics.control.terrain import NOTHING_FELT, Underfoot
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2
from robotics.core.messages import State
from robotics.core.rotation import matrix_from_rpy, rpy_from_matrix


@dataclass(frozen=True, slots=True)
class Seen:
    """What the sensors say about balance, in the walk frame."""

    com: Array
    """Horizontal place of the centre of mass, shape (2,) [m]."""
    velocity: Array
    """Its velocity, shape (2,) [m/s]."""
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
    underfoot: Underfoot = NOTHING_FELT
    """The ground under the soles."""
    base: Array | None = None
    """Horizontal place of the base's origin, shape (2,) [m]; None where it is not known."""

    def led(self, shift: Array, change: Array) -> Seen:
        """Return it with the centre of mass ``shift`` (2,) on and ``change`` (2,) faster."""
        return replace(self, com=self.com + shift, velocity=self.velocity + change)


@dataclass(frozen=True, slots=True)
class ObserverParameters:
    """Numbers of the observer."""

    imu_trust: float = 0.1
    """Time for which the IMU is believed against the legs about speed [s]."""
    inner_filter: float = 0.025
    """Time constant of the speed of the centre of mass inside the body [s]."""
    imu_height: float = 0.16
    """Of the IMU above the base's origin [m]."""
    learning: float = 0.8
    """Rate at which standing corrects the centre of mass by the centre of pressure [1/s]."""
    learning_swayed: float = 4.0
    """The same while the trunk sways: legs give, more to one side than to the other [1/s]."""
    largest_error: float = 0.03
    """Of the centre of mass that is believed [m]."""
    sole_front: float = 0.12
    sole_rear: float = -0.09
    sole_side: float = 0.06
    """Force sensors on the sole, from the point under the ankle [m]."""
    carries: float = 0.25
    """Of the weight: a sole with more than this is turned by the ground."""
    edge: float = 0.015
    """A sole that presses so near to its edge may tip over it [m]."""


class ComObserver:
    """Turns states into ``Seen``.

    Args:
        dynamics: Kinematics; its posture is overwritten.
        parameters: Numbers.
        period: Time between two states [s].

    Attributes:
        error: What was learned to add to the centre of mass, along the base's heading, (2,) [m].
    """

    def __init__(
        self, dynamics: Dynamics, parameters: ObserverParameters, *, period: float
    ) -> None:
        self._dynamics, self._parameters = dynamics, parameters
        self._period = period
        self._speed = ComVelocity(
            trust=parameters.imu_trust, smoothing=parameters.inner_filter, period=period
        )
        front, rear, side = parameters.sole_front, parameters.sole_rear, parameters.sole_side
        self._corners = np.array(
            [[front, side, 0.0], [front, -side, 0.0], [rear, side, 0.0], [rear, -side, 0.0]]
        )
        self.error = np.zeros(2)
        self._yaw = 0.0

    def observe(
        self,
        state: State,
        *,
        stance: int,
        planted: Array,
        standing: bool,
        pressing: ArrayLike = (0.0, 0.0),
    ) -> Seen:
        """Return what ``state`` says, given where the stance foot stands.

        Args:
            state: Joints, tilt, gyro and foot force are used.
            stance: The foot that does not move (0 left, 1 right).
            planted: Where its sole's centre is in the walk frame, shape (2,) [m].
            standing: Whether both feet are on the ground and the robot does not walk.
            pressing: By how much the centre of pressure is meant to be off the centre of mass,
                because the trunk sways, along the heading, shape (2,) [m].
        """
        roll, pitch = (float(angle) for angle in state.tilt)
        wx, wy, wz = (float(rate) for rate in state.angular_velocity_base_in_base)
        turning = wy * math.sin(roll) + wz * math.cos(roll)
        self._yaw += self._period * turning / math.cos(pitch)
        rotation = matrix_from_rpy(roll, pitch, self._yaw)
        com = self._dynamics.place(state.joints.position, rotation_base=rotation)
        poses = [self._dynamics.sole(side) for side in range(len(SIDES))]
        shift = planted - poses[stance][0][:2]
        force = state.contacts.foot_force
        if standing:
            away = np.asarray(pressing)
            rate = self._parameters.learning_swayed if away.any() else self._parameters.learning
            self._learn(com[:2] + rotation2(self._yaw) @ away, poses, force, rate)
        com_in_walk = com[:2] + rotation2(self._yaw) @ self.error + shift
        imu = shift + self._parameters.imu_height * rotation[:2, 2]
        felt = rotation @ state.specific_force_base_in_base
        velocity = self._speed.update(com[:2] + shift, imu, felt[:2])
        return Seen(
            com=com_in_walk,
            velocity=velocity,
            soles=np.array([place[:2] + shift for place, _ in poses]),
            sole_yaw=np.array([math.atan2(r[1, 0], r[0, 0]) for _, r in poses]),
            force=force.sum(axis=1),
            yaw=self._yaw,
            tilt=state.tilt,
            tilt_rate=np.array([wx, wy * math.cos(roll) - wz * math.sin(roll)]),
            underfoot=self._underfoot(poses, shift, force),
            base=shift,
        )

    def _underfoot(self, soles: list[tuple[Array, Array]], shift: Array, force: Array) -> Underfoot:
        parameters = self._parameters
        edge, weight = parameters.edge, self._dynamics.mass * GRAVITY
        low = np.array([parameters.sole_rear, -parameters.sole_side]) + edge
        high = np.array([parameters.sole_front, parameters.sole_side]) - edge
        pressure, lean, edges = np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((2, 2))
        load = force.sum(axis=1)
        for side, (place, rotation) in enumerate(soles):
            at = force[side] @ self._corners / load[side] if load[side] > 1.0 else np.zeros(3)
            pressure[side] = place + rotation @ at + (*shift, 0.0)
            lean[side] = rpy_from_matrix(rotation)[:2]
            edges[side] = (at[:2] > high).astype(float) - (at[:2] < low)
        left, right = (load > parameters.carries * weight).tolist()
        return Underfoot(pressure, lean, edges, (left, right))

    def _learn(
        self, com: Array, soles: list[tuple[Array, Array]], force: Array, rate: float
    ) -> None:
        """Pull the learned error towards what the centre of pressure says; ``com`` is above it."""
        total = float(force.sum())
        if total < 0.5 * self._dynamics.mass * GRAVITY:
            return
        corners = [place + self._corners @ rotation.T for place, rotation in soles]
        cop = np.einsum("fk,fki->i", force, np.array(corners)) / total
        wrong = rotation2(self._yaw).T @ (cop[:2] - com) - self.error
        top = self._parameters.largest_error
        learned = self.error + self._period * rate * wrong
        self.error = clamped(learned, -top, top)
