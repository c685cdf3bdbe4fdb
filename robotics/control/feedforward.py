"""Torque through a position servo: the offset that makes it walk.

A position servo pushes with about Kp (target - q) - b q̇, so a robot that needs torque sags until
the error makes it. Asking for ``q + (τ + b q̇) / Kp`` instead gives the torque at the wanted angle.
The torque comes from inverse dynamics with the ground's push under the feet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.control.body_reference import BodyReference
from robotics.control.dynamics import Dynamics
from robotics.control.pendulum import GRAVITY
from robotics.control.walk_parameters import WalkParameters
from robotics.control.whole_body import JointReference
from robotics.core.arrays import Array, clamped
from robotics.core.geometry import rotation2
from robotics.core.rotation import cross

_LARGEST = 0.25
"""Largest offset for torque [rad]: a wrong model cannot throw a leg."""
_COP_SPARE = 0.02
"""How far the dynamics may put the pressure beyond the walk's own limit [m]."""
_LEAST_LOAD = 0.3
"""Of the weight: below it, no centre of pressure is computed from the push."""


@dataclass(frozen=True, slots=True)
class Servos:
    """What the position servos do, in table order."""

    stiffness: Array
    """Kp, shape (n,) [N·m/rad]."""
    damping: Array
    """b: loss of torque with speed, stall torque over free speed, shape (n,) [N·m·s/rad]."""

    def offset(self, torque: Array, velocity: Array) -> Array:
        """Return what to add to the targets for ``torque`` (n,) at ``velocity`` (n,) [rad]."""
        static = clamped(torque / self.stiffness, -_LARGEST, _LARGEST)
        return np.asarray(static + self.damping * velocity / self.stiffness)


def torques(
    dynamics: Dynamics, walk: WalkParameters, body: BodyReference, joints: JointReference
) -> Array:
    """Return the joint torques of the wanted motion on the wanted feet, shape (n,) [N·m].

    Args:
        dynamics: Left in the posture of ``joints``.
        walk: Limits of the centre of pressure.
        body: Which feet carry, and the acceleration of the centre of mass.
        joints: Posture, speed and acceleration.
    """
    dynamics.place(
        joints.position, rotation_base=joints.rotation_base, position_base=joints.position_base
    )
    torque, force, moment = _inverse_dynamics(dynamics, body, joints)
    dynamics.prepare_jacobians()
    if body.swinging:
        ground = float(body.soles[body.stance][2])
        push = _cop_of_push(dynamics, joints.position_base - (0.0, 0.0, ground), force, moment)
        shares = [(body.stance, 1.0, _inside(walk, body, push))]
    else:
        shares = _shared(body)
    for side, share, cop in shares:
        jacobian = dynamics.sole_jacobian(side)
        arm = np.array([*cop, float(body.soles[side][2])]) - dynamics.sole(side)[0]
        push_here = share * force
        torque = torque - jacobian[:3].T @ push_here - jacobian[3:].T @ cross(arm, push_here)
    return np.asarray(torque)


def _inverse_dynamics(
    dynamics: Dynamics, body: BodyReference, joints: JointReference
) -> tuple[Array, Array, Array]:
    """Return torques (n,), force (3,) and moment (3,) on the base, see ``inverse_dynamics``.

    The centre of mass shall move as wanted; legs that swing move it inside the body, so the base
    has to go the other way: by what they alone would accelerate it.
    """
    speeds, rates = joints.velocity, joints.acceleration
    _, force, _ = dynamics.inverse_dynamics(speeds, rates, acceleration_base=np.zeros(3))
    wanted = np.array([*body.acceleration, GRAVITY])
    return dynamics.inverse_dynamics(
        speeds, rates, acceleration_base=wanted - force / dynamics.mass
    )


def _cop_of_push(dynamics: Dynamics, base: Array, force: Array, moment: Array) -> Array:
    """Return where on the ground (2,) [m] the push on ``base`` (3,) has no horizontal moment.

    Args:
        dynamics: For the weight.
        base: Its place, the ground at height zero [m].
        force: On it, shape (3,) [N].
        moment: On it, shape (3,) [N·m].
    """
    about_origin = moment + cross(base, force)
    load = max(float(force[2]), _LEAST_LOAD * dynamics.mass * GRAVITY)
    return np.array([-about_origin[1], about_origin[0]]) / load


def _inside(walk: WalkParameters, body: BodyReference, cop: Array) -> Array:
    """Return ``cop`` (2,) brought into the stance sole."""
    turn = rotation2(float(body.sole_yaw[body.stance]))
    foot = body.soles[body.stance][:2]
    low, high = walk.cop_forward
    side = walk.cop_outward
    kept = clamped(turn.T @ (cop - foot), (low - _COP_SPARE, -side), (high + _COP_SPARE, side))
    return np.asarray(foot + turn @ kept)


def _shared(body: BodyReference) -> list[tuple[int, float, Array]]:
    """Share the load between two feet so that the pressures add up at the wanted centre.

    Returns:
        For each foot: side, share of the load, and its own centre of pressure (2,), ahead of the
        sole's centre by as much as the common one is ahead of the line between the feet, and out
        to the side by as much as the common one is beyond that foot.
    """
    left, right = body.soles[0][:2], body.soles[1][:2]
    across = left - right
    along = float((body.cop - right) @ across / (across @ across))
    share = min(max(along, 0.0), 1.0)
    forward = rotation2(body.heading)[:, 0]
    ahead = forward * float(forward @ (body.cop - 0.5 * (left + right)))
    return [
        (0, share, left + ahead + max(along - 1.0, 0.0) * across),
        (1, 1.0 - share, right + ahead + min(along, 0.0) * across),
    ]
