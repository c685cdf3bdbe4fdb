"""An arm that yields: impedance on position servos, and what the hand feels.

A position servo pushes with Kp (target - q), at most with its effort limit. Asking for the target
``q + (g + K (r - q) + ...) / Kp`` makes it carry its own weight g and pull towards the reference r
with a stiffness K of our choice (Hogan, "Impedance control", ASME J. Dyn. Syst. 1985; the offset is
that of ``feedforward``); the age of the readings adds Kp times that age of damping. The effort
limit, weight plus ``strength``, is what bounds the force at the hand, whatever the rest computes.

What somebody else's hand does is read from the motors' torques: what they give beyond the weight of
the arm, through the transposed Jacobian. Friction of the gears and the accelerated mass of the arm
stay in it, so below ``grip`` nothing is felt (see docs/handshake.md for the noise measured).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from robotics.control.balance import Settling
from robotics.control.dynamics import Dynamics
from robotics.control.feedforward import Servos
from robotics.control.rhythm import Rhythm
from robotics.core.arrays import Array, clamped, frozen
from robotics.core.joints import JointTable
from robotics.core.messages import Hand, State
from robotics.core.rotation import matrix_from_rpy

FORCE_BOUND = 25.0
"""The arm never puts more on a hand, in any direction [N]: ISO/TS 15066:2016, table A.2, has 140 N
for a grown-up's hand and fingers; a small child's hand is 0.4 of that in section (0.64² of the
breadth), and half of the rest is kept in reserve. See docs/handshake.md."""
_DAMPED = 0.03
"""Regularises the force where the arm is nearly straight [m]."""
_SINGULAR = 1e-9
"""Volume that three levers span where they bound no force [m³]."""
_THREES = np.array(list(combinations(range(4), 3)))
_SIGNS = np.array(list(product((-1.0, 1.0), repeat=3))).T
_LEAD_TIME = 0.02
"""Readings are 10 ms old, commands are applied 5 ms later and held for 5 [s]."""


@dataclass(frozen=True, slots=True)
class TouchParameters:
    """Numbers of the yielding arm."""

    side: str = "right"
    offered: float = 10.0
    """Stiffness of each joint while the hand is held out [N·m/rad]."""
    soft: float = 1.5
    """While it is held …"""
    homing: float = 5.0
    """… and on its way home."""
    strength: float = 1.5
    """Largest torque beyond the arm's weight [N·m], less where that would make more than ``force``
    (see ``largest_force``) …"""
    force: float = 0.8 * FORCE_BOUND
    """… of the motors on a hand [N]; the rest is left for friction and for what the body does …"""
    least: float = 0.22
    """… but so much is left to each joint of a straight arm that nobody holds, to bend it [N·m]."""
    lightness: float = 0.5
    """Share of the motors' own damping that is taken away while it is held."""
    easing: float = 0.25
    """Time of going over from stiff to yielding and back [s]."""
    grip: float = 1.7
    """A force above this for ``grip_time`` is somebody's hand [N] …"""
    grip_time: float = 0.15
    grip_still: float = 1.2
    """While it is held out and has been still for ``still_time``, so little is enough [N]; and so
    is a rhythm …"""
    still_time: float = 0.8
    free: float = 1.3
    """… and one below this for ``free_time`` nobody's."""
    free_time: float = 0.4
    fading: float = 0.3
    """The force felt fades with this time constant, so that a shake is felt between strokes [s]."""
    join: float = 4.0
    """Joins in with so much force for each speed of the hand [N·s/m]: less than the arm's own
    damping, so a rhythm that nobody keeps up dies away …"""
    join_limit: float = 4.0
    """… and at most with this [N]."""
    lead: float = 3.0
    """Force of shaking by itself [N] …"""
    lead_frequency: float = 1.8
    """… and its frequency [Hz]."""
    haste: float = 1.6
    """Largest speed at which a joint goes to where its clip wants it [rad/s]."""
    mass: float = 0.2
    """Of the arm as the hand feels it, up and down [kg]."""
    near: float = 0.10
    """The arm is where it should be within this [rad] …"""
    home_time: float = 0.7
    """… and, for so long after the handshake, at home: longer than its way takes to begin [s]."""


@dataclass(frozen=True, slots=True)
class Felt:
    """What the hand feels now."""

    force: Array = field(default_factory=lambda: frozen(np.zeros(3)))
    """Of the other hand on ours, smoothed, along the base's heading, left, up, shape (3,) [N]."""
    held: bool = False
    """Whether somebody's hand is there."""
    frequency: float = 0.0
    """Of the shaking [Hz]; 0 where nobody shakes."""
    amplitude: float = 0.0
    """Half of its stroke [m]."""
    there: bool = True
    """Whether the arm is where its clip wants it."""
    yielding: bool = False
    """Whether the arm gives way: it has not been at rest and free since it was offered."""


SHAKEN, SLOW = 0.006, 1.2
"""A rhythm of less than this amplitude [m] or frequency [Hz] is none: the arm is led somewhere."""


class YieldingArm:
    """Makes one arm give way while its hand is there for somebody.

    Call ``follow`` with the joint reference, then ``command`` with the targets made from it.

    Args:
        dynamics: Kinematics; its posture is overwritten.
        joints: The joint table.
        servos: Stiffness and damping.
        parameters: Numbers.
        period: Time of a tick [s].
    """

    def __init__(
        self,
        dynamics: Dynamics,
        joints: JointTable,
        servos: Servos,
        parameters: TouchParameters,
        *,
        period: float,
    ) -> None:
        self._dynamics, self._parameters, self._period = dynamics, parameters, period
        names = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow")
        self._places = list(joints.indices(*(f"{parameters.side}_{name}" for name in names)))
        self._hand = f"{parameters.side}_hand"
        self._gain = servos.stiffness[self._places]
        self._damping = servos.damping[self._places]
        self._effort = joints.column("effort")
        self._position: list[Settling] | None = None
        self._goal = self._angle = self._velocity = np.zeros(len(names))
        self._rhythm = Rhythm()
        self._share = self._stiffness = 0.0
        self._strength = np.full(len(names), parameters.strength)
        self._torque = self._weight = np.zeros(len(names))
        self._jacobian = np.zeros((3, len(names)))
        self._there = True
        self._force = np.zeros(3)
        self._gripped = self._loose = 0.0
        self._leading = self._home = self._envelope = self._still = 0.0
        self._last = Hand.NONE
        self.felt = Felt()

    def follow(self, state: State, hand: Hand, upper: Array) -> Array:
        """Return the joint reference with the arm where it is, as far as it yields.

        Args:
            state: Joints and tilt.
            hand: What the hand is there for.
            upper: Reference of all joints, shape (n,) [rad].
        """
        reference = upper[self._places]
        self._read(state, reference)
        if self._last is Hand.OFFERED and hand is not Hand.OFFERED:
            self._rhythm.forget()  # raising the arm was no shaking
        self._last = hand
        self._ease(hand, reference)
        if self._share == 0.0:
            self._position, self._goal = None, reference
            return upper
        waits = hand is Hand.OFFERED and float(np.abs(reference - self._goal).max()) < 1e-3
        self._still = self._still + self._period if waits else 0.0
        most = self._parameters.haste * self._period
        self._goal = self._goal + clamped(reference - self._goal, -most, most)
        if self._position is None:
            self._position = [Settling(float(one), 0.03) for one in self._angle]
        smooth = [
            axis.follow(float(one), self._period)
            for axis, one in zip(self._position, self._angle, strict=True)
        ]
        self._feel(state, hand, upper)
        self._wish(hand)
        followed = upper.copy()
        followed[self._places] += self._share * (np.array(smooth) - reference)
        return followed

    def command(self, target: Array) -> tuple[Array, Array]:
        """Return targets (n,) [rad] and effort limits (n,) [N·m] with the arm yielding.

        Args:
            target: Targets of all joints, shape (n,) [rad].
        """
        if self._share == 0.0:
            return target, self._effort
        places, share = self._places, self._share
        yielding = self._angle + self._torque / self._gain
        target, effort = target.copy(), self._effort.copy()
        target[places] += share * (yielding - target[places])
        limit = np.abs(self._weight) + self._strength
        effort[places] += share * (np.minimum(limit, effort[places]) - effort[places])
        return target, effort

    def _read(self, state: State, reference: Array) -> None:
        """Take in the arm's angles and speeds; where a reading is invalid, the last good angle."""
        joints, places = state.joints, self._places
        if self._share == 0.0:
            self._angle = reference
        valid = joints.valid[places]
        self._angle = np.where(valid, joints.position[places], self._angle)
        self._velocity = np.where(valid, joints.velocity[places], 0.0)

    def _ease(self, hand: Hand, reference: Array) -> None:
        """Move ``_share`` towards yielding, or back where the arm is home and free."""
        parameters = self._parameters
        off = float(np.abs(reference - self._angle).max())
        there = off < parameters.near
        at_rest = there and hand is Hand.NONE and not self.felt.held
        self._home = self._home + self._period if at_rest else 0.0
        stiff = hand is Hand.NONE and (self._share < 1.0 or self._home > parameters.home_time)
        step = self._period / parameters.easing
        self._share = max(0.0, self._share - step) if stiff else min(1.0, self._share + step)
        if self._share == 0.0:
            self._rhythm.forget()
            self._gripped = self._loose = self._leading = self._envelope = 0.0
            self._stiffness, self._force = parameters.offered, np.zeros(3)
            self.felt = Felt(there=there)
        wanted = {Hand.NONE: parameters.homing, Hand.OFFERED: parameters.offered}
        goal = wanted.get(hand, parameters.soft)
        self._stiffness += (goal - self._stiffness) * min(1.0, self._period / 0.1)
        self._there = there

    def _feel(self, state: State, hand: Hand, upper: Array) -> None:
        """Read the force of the other hand from the motors, and the rhythm from the motion."""
        places, joints, parameters = self._places, state.joints, self._parameters
        position = upper.copy()
        position[places] = self._angle
        roll, pitch = state.tilt
        level = matrix_from_rpy(float(roll), float(pitch), 0.0)
        self._dynamics.place(position, rotation_base=level)
        self._weight = self._dynamics.gravity()[places]
        self._dynamics.prepare_jacobians()
        self._jacobian = self._dynamics.link_jacobian(self._hand)[:3, places]
        self._strength = bounded_strength(self._jacobian, parameters, held=self.felt.held)
        if joints.valid[places].all():
            missing = self._weight - joints.effort[places]
            force = force_at(self._jacobian, missing)
            force[2] += parameters.mass * self._rhythm.acceleration
            self._force = self._force + self._period / 0.03 * (force - self._force)
        speed = self._jacobian[2] @ self._velocity
        self._rhythm.update(float(speed), self._period)
        size = float(np.linalg.norm(self._force))
        self._envelope = max(size, self._envelope * (1.0 - self._period / parameters.fading))
        swings = self._rhythm.amplitude > SHAKEN and self._rhythm.frequency > SLOW
        still = self._still > parameters.still_time
        grip = parameters.grip_still if still else parameters.grip
        taken = self._envelope > grip or (still and swings)
        self._gripped = self._gripped + self._period if taken else 0.0
        free = self._envelope < parameters.free and not swings
        self._loose = self._loose + self._period if free else 0.0
        held = self.felt.held and self._loose < parameters.free_time
        held = held or self._gripped >= parameters.grip_time
        shaken = held and swings
        self.felt = Felt(
            frozen(self._force),
            held,
            self._rhythm.frequency if shaken else 0.0,
            self._rhythm.amplitude if shaken else 0.0,
            there=self._there,
            yielding=True,
        )
        self._leading = self._leading + self._period if hand is Hand.LEADING else 0.0

    def _wish(self, hand: Hand) -> None:
        """Set the torque that the arm should have."""
        parameters = self._parameters
        pull = self._stiffness * (self._goal - self._angle)
        if hand in (Hand.HELD, Hand.SHAKING, Hand.LEADING):
            light = parameters.lightness * self._damping * self._velocity
            pull = pull + light + self._jacobian[2] * self._join(hand)
        pull = clamped(pull, -self._strength, self._strength)
        self._torque = self._weight + pull

    def _join(self, hand: Hand) -> float:
        """Return the vertical force of joining in, or of shaking by itself [N]."""
        parameters, limit = self._parameters, self._parameters.join_limit
        if hand is Hand.SHAKING:
            force = parameters.join * self._rhythm.ahead(_LEAD_TIME)
            return min(max(force, -limit), limit)
        if hand is Hand.LEADING:
            turn = 2.0 * math.pi * parameters.lead_frequency * self._leading
            return parameters.lead * math.sin(turn)
        return 0.0


def force_at(jacobian: Array, torque: Array) -> Array:
    """Return the force (3,) [N] at the hand that ``torque`` (k,) [N·m] answers (least squares).

    Args:
        jacobian: Of the hand, shape (3, k) [m].
        torque: What the joints hold against it.
    """
    square = jacobian @ jacobian.T + _DAMPED**2 * np.eye(3)
    return np.asarray(np.linalg.solve(square, jacobian @ torque))


def bounded_strength(jacobian: Array, parameters: TouchParameters, *, held: bool) -> Array:
    """Return the torques (4,) [N·m], beyond the weight, that put at most ``force`` on a hand.

    A nearly straight arm is a toggle: the elbow then makes a large force of a small torque, so it
    is the elbow that is held back first.

    Args:
        jacobian: Of the hand, shape (3, 4) [m].
        parameters: The bounds.
        held: Whether somebody is there; else a straight arm keeps enough to bend again.
    """
    strength = np.full(4, parameters.strength)
    share = min(1.0, parameters.force / largest_force(jacobian, strength))
    strength[3] *= share
    strength *= min(1.0, parameters.force / largest_force(jacobian, strength))
    return strength if held else np.maximum(strength, parameters.least)


def largest_force(jacobian: Array, strength: Array) -> float:
    """Return the largest force that joints can put on a hand that is held still [N].

    All forces f with |Jᵀ f| <= strength make a polytope; its farthest corner, found by trying
    every three joints at their limits. Infinite where the arm is straight: there it is the bones
    that hold, not the motors.

    Args:
        jacobian: Of the hand, shape (3, 4) [m].
        strength: Largest torque of each joint, shape (4,) [N·m].
    """
    levers = jacobian.T
    three = levers[_THREES]  # (4, 3, 3)
    regular = np.abs(np.linalg.det(three)) > _SINGULAR
    if not regular.any():
        return math.inf
    sides = strength[_THREES][regular][:, :, None] * _SIGNS  # (t, 3, 8)
    corners = np.linalg.inv(three[regular]) @ sides
    corners = corners.transpose(0, 2, 1).reshape(-1, 3)
    inside = (np.abs(corners @ jacobian) <= strength * (1.0 + 1e-6)).all(axis=1)
    return float(np.sqrt((corners[inside] ** 2).sum(axis=1).max(initial=0.0))) or math.inf
