"""Twist and posture to 22 joint targets: the greeter's legs, arms and head."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from robotics.control.com_observer import ComObserver
from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.feedforward import torques
from robotics.control.gait import Gait, Phase
from robotics.control.hip_damping import HipDamping
from robotics.control.leg import inverse, leg_geometry
from robotics.control.posture import Clip, UpperBody
from robotics.control.whole_body import WholeBody, leg_joints, upright_offset
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2
from robotics.core.messages import Command, Goal, Posture, State, Twist2
from robotics.core.model import Model
from robotics.robots.greeter.config import PERIOD, GreeterConfig, servos

CALM = 0.8
"""Gestures wait until it has stood for so long after a step [s]."""
TwistLimit = Callable[[State, Twist2], tuple[Twist2, str]]
"""Slows a wished twist before an obstacle, and names the rule that did: see ``restraint``."""


def unlimited(state: State, twist: Twist2) -> tuple[Twist2, str]:
    """Let every twist pass."""
    return twist, ""


class WalkingLocomotion:
    """Walks, stands, gestures and looks.

    Args:
        model: The greeter.
        config: Its numbers.
        clips: Movements of the upper body, by the name that a ``Posture`` gives.
        limit_twist: Asked at every tick, before a foot is placed.
    """

    def __init__(
        self,
        model: Model,
        config: GreeterConfig,
        clips: Mapping[str, Clip],
        *,
        limit_twist: TwistLimit = unlimited,
    ) -> None:
        self._config, self._limit_twist = config, limit_twist
        self._servos = servos(model.joints)
        self._dynamics = Dynamics(model)
        start, _ = standing_pose(model, config, dynamics=self._dynamics)
        self._upper = UpperBody(model.joints, config.upper, clips, start=start, period=PERIOD)
        self._body = WholeBody(model, self._dynamics, period=PERIOD, start=start)
        legs = self._body.leg_joints
        self._damping = HipDamping(config.walk, self._servos, legs=legs, period=PERIOD)
        self._observer = ComObserver(self._dynamics, config.observer, period=PERIOD)
        self.gait = Gait(config.walk, config.stand, period=PERIOD, mass=self._dynamics.mass)
        self._lower, self._upper_limit = model.joints.column("lower"), model.joints.column("upper")
        self._effort = model.joints.column("effort")
        self._behind: Array | None = None
        self._calm = CALM
        self._awake = 0.0

    @property
    def is_standing(self) -> bool:
        """Whether both feet are down and stay there."""
        return self.gait.phase is Phase.STAND

    def _while_calm(self, posture: Posture) -> Posture:
        """Return the posture without its clip unless the robot has stood still for a while.

        Balance comes before gestures: an arm held out pulls the steps to its side.
        """
        self._calm = min(CALM, self._calm + PERIOD) if self.is_standing else 0.0
        return posture if self._calm >= CALM else replace(posture, clip="")

    def move(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the joint targets for this tick."""
        allowed, stopped_by = self._limit_twist(state, twist)
        wanted = np.array([allowed.vx, allowed.vy, allowed.wz])
        if (np.abs(wanted) < self._config.still_twist).all():
            wanted = np.zeros(3)
        gait = self.gait
        seen = self._observer.observe(
            state, stance=gait.stance, planted=gait.planted, standing=self.is_standing
        )
        body = gait.advance(seen, wanted, crouch=goal.posture.crouch)
        self._feet_apart = float((rotation2(body.yaw).T @ (body.soles[0] - body.soles[1])[:2])[0])
        upper = self._upper.advance(
            state, self._while_calm(goal.posture), feet_apart=self._feet_apart
        )
        joints = self._body.pose(body, upper, seen)
        torque = torques(self._dynamics, self._config.walk, body, joints)
        target = joints.position + self._servos.offset(torque, joints.velocity)
        target += upright_offset(
            self._config.walk,
            body,
            seen,
            legs=self._body.leg_joints,
            count=len(target),
        )
        target += self._damping.offset(body, joints.velocity, state.joints.velocity)
        target = self._taken_over(target, state)
        target = clamped(target, self._lower, self._upper_limit)
        return Command(
            target,
            self._effort,
            tools=goal.tools,
            sound=goal.voice,
            stopped_by=stopped_by,
        )

    def _taken_over(self, target: Array, state: State) -> Array:
        """Return ``target`` (n,), reached from the joints as they are found when switched on."""
        if self._behind is None:
            self._behind = state.joints.position - target
        share = self._awake / self._config.walk.wake_time
        self._awake += PERIOD
        if share >= 1.0:
            return target
        left = 1.0 - share**3 * (10.0 - 15.0 * share + 6.0 * share**2)  # minimum jerk
        return np.asarray(target + left * self._behind)


def standing_pose(
    model: Model, config: GreeterConfig, *, dynamics: Dynamics | None = None
) -> tuple[Array, float]:
    """Return the joints (n,) [rad] and the base height [m] of standing still.

    The centre of mass is over the middle of the line between the ankles, at its walking height.
    """
    dynamics = dynamics or Dynamics(model)
    walk = config.walk
    position = np.zeros(len(model.joints))
    for name, angle in config.upper.rest.items():
        position[model.joints.index(name)] = angle
    places = leg_joints(model)
    legs = [leg_geometry(model, side) for side in SIDES]
    base = np.array([0.0, 0.0, walk.com_height])
    wanted = base.copy()
    for _ in range(20):
        for side, leg in enumerate(legs):
            across = (0.5 - side) * walk.stance_width
            sole = np.array([0.0, across, 0.0]) - base
            position[places[side]] = inverse(leg, sole, np.eye(3)).position
        base = base + wanted - dynamics.place(position, position_base=base)
    return position, float(base[2])
