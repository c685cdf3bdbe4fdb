"""From what the body should do to joint angles, and back from tilt to the hips.

The base is placed so that the centre of mass comes out right for the arms as they are; both legs
follow in closed form (`leg`). A robot on servos tilts a little on its compliant stance leg, so the
swing leg is posed as seen from the tilted trunk, and the stance hip pushes the trunk upright.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.control.body_reference import BodyReference
from robotics.control.com_observer import Seen
from robotics.control.dynamics import SIDES, Dynamics
from robotics.control.leg import JOINTS, inverse, leg_geometry
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array, clamped
from robotics.core.model import Model
from robotics.core.rotation import matrix_from_rpy, matrix_z

_SPEED_SHARE, _ACCELERATION_SHARE = 0.6, 0.4
"""Shares of a new difference quotient in the filtered speed and acceleration of the reference."""
_TOP_ACCELERATION = 120.0
"""[rad/s²]."""
_LEANING = 0.05
"""Time in which a leg goes over from the upright pose to that of the tilted trunk [s]."""
_ASTRAY = 0.01
"""A base no farther from where it should be is not made up for: servos give [m]."""
_TILT_SHARE = 0.3
"""Share of a new tilt in the filtered tilt that poses the swing leg."""

Base = tuple[Array, Array]
"""Rotation (3, 3) and position (3,) of the base in the walk frame."""


@dataclass(frozen=True, slots=True)
class JointReference:
    """Where the joints should be, and how the base lies for that."""

    position: Array
    """Shape (n,) [rad]."""
    velocity: Array
    """Shape (n,) [rad/s]."""
    acceleration: Array
    """Shape (n,) [rad/s²]."""
    rotation_base: Array
    """In the walk frame, shape (3, 3)."""
    position_base: Array
    """In the walk frame, shape (3,) [m]."""


class WholeBody:
    """Poses the joints.

    Args:
        model: The robot.
        dynamics: Kinematics; its posture is overwritten.
        period: Time of a tick [s].
        start: Joint angles to begin from, shape (n,) [rad].
    """

    def __init__(self, model: Model, dynamics: Dynamics, *, period: float, start: Array) -> None:
        self._dynamics, self._period = dynamics, period
        self._legs = [leg_geometry(model, side) for side in SIDES]
        self.leg_joints = leg_joints(model)
        self._position = np.array(start, dtype=np.float64)
        self._velocity = np.zeros(len(start))
        self._leaning = np.zeros(len(SIDES))
        self._acceleration = np.zeros(len(start))
        self._tilt = np.zeros(2)
        self._astray = np.zeros(2)
        self.reachable = True

    def pose(self, body: BodyReference, upper: Array, seen: Seen) -> JointReference:
        """Return the joint reference for this tick.

        Args:
            body: What the body should do.
            upper: Angles of all joints, shape (n,) [rad]; those of the legs are ignored.
            seen: For the tilt of the trunk.
        """
        before = self._position
        position = np.array(upper)
        position[self.leg_joints] = before[self.leg_joints]
        rotation = matrix_z(body.yaw)
        com_from_base = self._dynamics.place(position, rotation_base=rotation)
        base = body.com - com_from_base
        self.reachable = True
        for side in range(len(SIDES)):
            self._pose_leg(position, side, body, (rotation, base))
        self._position = position
        if not body.landed:
            self._differentiate(before)
        target = position.copy()
        self._lean(target, body, (rotation, base), seen)
        return JointReference(target, self._velocity, self._acceleration, rotation, base)

    def legs_for(self, body: BodyReference) -> Array:
        """Return all joints (n,) [rad] with the legs as ``body`` wants them; changes nothing."""
        found, reachable = self._position.copy(), self.reachable
        rotation = matrix_z(body.yaw)
        base = body.com - self._dynamics.place(found, rotation_base=rotation)
        for side in range(len(SIDES)):
            self._pose_leg(found, side, body, (rotation, base))
        self.reachable = reachable
        return found

    def _lean(self, target: Array, body: BodyReference, base: Base, seen: Seen) -> None:
        """Pose the leg in the air as seen from the trunk as it is tilted, and where it is.

        A leg goes over to that, and back when it lands, within ``_LEANING``: a jump in a target is
        a blow. Speeds and accelerations stay those of an upright robot: inverse dynamics knows of
        no tilting base, and would take the leg's making up for it for a swing.
        """
        self._tilt = self._tilt + _TILT_SHARE * (seen.tilt - self._tilt)
        self._follow(body, base, seen)
        step = self._period / _LEANING
        for side in range(len(SIDES)):
            wanted = 1.0 if body.swinging and side != body.stance else 0.0
            share = self._leaning[side] + clamped(wanted - self._leaning[side], -step, step)
            self._leaning[side] = share
            if share > 0.0:
                rotation, origin = self._tilted(side, body, base, share)
                astray = np.array([*(share * self._astray), 0.0])
                self._pose_leg(target, side, body, (rotation, origin + astray))

    def _follow(self, body: BodyReference, base: Base, seen: Seen) -> None:
        """See how far the base is from where the tilt alone would have it, beside the body's mass.

        A leg that pushes the body back leans away from the fall while the trunk leans the other
        way: the leg in the air hangs from a hip that is up to 6 cm from where it should be.
        """
        astray = np.zeros(2)
        if body.swinging and seen.base is not None:
            turned = self._tilted(1 - body.stance, body, base, 1.0)[1]
            astray = (seen.base - seen.com) - (turned - body.com)[:2]
        astray = astray - clamped(astray, -_ASTRAY, _ASTRAY)
        self._astray = self._astray + _TILT_SHARE * (astray - self._astray)

    def _pose_leg(self, target: Array, side: int, body: BodyReference, base: Base) -> None:
        """Write the angles of a leg into ``target`` (n,)."""
        rotation, origin = base
        place = rotation.T @ (body.soles[side] - origin)
        roll, pitch = (float(angle) for angle in body.sole_lean[side])
        turned = rotation.T @ matrix_from_rpy(roll, pitch, float(body.sole_yaw[side]))
        angles = inverse(self._legs[side], place, turned)
        target[self.leg_joints[side]] = angles.position
        self.reachable &= angles.reachable

    def _tilted(self, side: int, body: BodyReference, base: Base, share: float) -> Base:
        """Return the base as it is, turned about the hip of the other leg."""
        rotation, origin = base
        hip = self._legs[1 - side].hip_in_base
        roll, pitch = share * self._tilt
        tilted = matrix_from_rpy(float(roll), float(pitch), body.yaw)
        return tilted, origin + rotation @ hip - tilted @ hip

    def _differentiate(self, before: Array) -> None:
        speed = (self._position - before) / self._period
        last = self._velocity
        self._velocity = last + _SPEED_SHARE * (speed - last)
        rate = (self._velocity - last) / self._period
        change = _ACCELERATION_SHARE * (rate - self._acceleration)
        self._acceleration = clamped(
            self._acceleration + change, -_TOP_ACCELERATION, _TOP_ACCELERATION
        )


def leg_joints(model: Model) -> Array:
    """Return the places of the leg joints in the joint table, shape (2, 6), hip to sole."""
    table = model.joints
    return np.array([table.indices(*(f"{side}_{joint}" for joint in JOINTS)) for side in SIDES])


def upright_offset(
    walk: WalkParameters, body: BodyReference, seen: Seen, *, legs: Array, count: int
) -> Array:
    """Return what to add to the joint targets so that the trunk comes upright, shape (n,) [rad].

    Acts on the hips of the leg, or legs, on the ground; with their ankles where the body has to be
    pushed back.

    Args:
        walk: Gains.
        body: Tells which feet are on the ground.
        seen: Tilt and its rate.
        legs: Places of the leg joints, shape (2, 6).
        count: Number of joints.
    """
    gain, damping = walk.trunk_gain if body.swinging else walk.trunk_gain_standing
    push = gain * seen.tilt + damping * seen.tilt_rate + body.push_back
    offset = np.zeros(count)
    for side in (body.stance,) if body.swinging else (0, 1):
        leg = dict(zip(JOINTS, legs[side], strict=True))
        offset[[leg["hip_roll"], leg["hip_pitch"]]] = push
        offset[[leg["ankle_roll"], leg["ankle_pitch"]]] = body.push_back
    return offset
