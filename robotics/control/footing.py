"""How a step ends if nobody steps on: what a walker leaves behind for the moment without a host.

Both feet are down, the foot in the air where it is heading, the centre of mass between them. It is
a guess made in advance, for joints that go there blindly; it holds as long as the step goes as
planned. A foot that has just left the ground comes down where it is: on the straight way of its
joints to the end of the step it would not be lifted any more, but dragged along the ground, and
would push the body back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from robotics.control.body_reference import BodyReference, Phase, heading_of
from robotics.control.gait import Gait
from robotics.control.leg import LegAngles, LegGeometry, forward, inverse
from robotics.core.arrays import Array
from robotics.core.messages import Landing

_PRESS = 0.005
"""A foot that is put down blindly goes so far below the ground: the other leg gives way [m]."""
_SHIFTING = 0.35
"""Back from shifting the weight to one foot [s]."""
_SHORTEST = 0.05
"""A foot is not put down blindly within less [s]."""
_LOW, _FAR = 0.022, 0.15
"""A foot that is lower [m] has just left the ground, if it has so long to go [s]."""
_DOWN = 0.1
"""It is put down again within so long [s]."""
_LOWER, _HIGHER = 0.15, 0.03
"""So far the hips may go down or up for a leg of which a joint is stuck [m]."""
_AGAINST_LEAN, _AGAINST_RATE, _MOST_STEADIED = 0.5, 0.1, 0.15
"""How far ankles are told to press against a lean [rad/rad] and a fall [s], at most [rad]: else a
body on stiff legs rocks from its toes to its heels, higher each time."""
_SEARCH = ((_LOWER, 31), (0.01, 11))
"""How the height is found: to a centimetre, then to two millimetres [m, tries]."""


def landed(gait: Gait, body: BodyReference) -> tuple[BodyReference, float]:
    """Return the body at rest at the end of the present step, and the time to get there [s].

    A time of 0 means that it stands.

    Args:
        gait: Which foot goes where, and until when.
        body: What the body does now.
    """
    soles, sole_yaw, lean = body.soles.copy(), body.sole_yaw.copy(), body.sole_lean.copy()
    left = 0.0 if gait.phase is Phase.STAND else _SHIFTING
    if body.swinging:
        swinging = 1 - body.stance
        left, place = max(gait.time_left, _SHORTEST), gait.swing.target
        if left > _FAR and body.soles[swinging, 2] - gait.swing.ground_start < _LOW:
            left, place = _DOWN, soles[swinging, :2]
        else:
            sole_yaw[swinging] = gait.swing.target_yaw
            lean[swinging] = gait.terrain.lean_at(gait.swing.target_yaw)
        ground = gait.terrain.ahead(body.stance, place - gait.planted)
        soles[swinging] = (*place, ground - _PRESS)
    middle = soles[:, :2].mean(axis=0)
    at_rest = replace(
        body,
        com=np.array([*middle, body.com[2]]),
        cop=middle,
        acceleration=np.zeros(2),
        yaw=heading_of(sole_yaw),
        soles=soles,
        sole_yaw=sole_yaw,
        sole_lean=lean,
        swinging=False,
    )
    return at_rest, left


def settled(
    landing: Landing, legs: Sequence[LegGeometry], joints: Array, *, dead: int, angle: float
) -> Landing:
    """Return a landing for legs of which one joint stays where it is.

    A knee that stays bent makes its leg too short for the ground: the robot would tip over it. So
    the hips come down, over both legs alike, until the leg with that joint fits between hip and
    ground; the feet go where they would have gone.

    Args:
        landing: Where all joints were to go.
        legs: Geometry of the left and the right leg.
        joints: Places of their joints in the joint table, hip to sole, shape (2, 6).
        dead: Place of the joint that does not move.
        angle: Where it is [rad].
    """
    side, place = (int(one[0]) for one in np.nonzero(joints == dead))
    soles = [forward(leg, landing.target[one]) for leg, one in zip(legs, joints, strict=True)]

    def reached(leg: int, lower: float) -> LegAngles:
        position, turn = soles[leg]
        return inverse(legs[leg], position + np.array([0.0, 0.0, lower]), turn)

    lower = 0.0
    for width, count in _SEARCH:
        tries = lower + np.linspace(-width, width, count)
        tries = tries[(tries >= -_HIGHER) & (tries <= _LOWER)]
        off = [abs(reached(side, one).position[place] - angle) for one in tries]
        lower = float(tries[int(np.argmin(off))])
    target = np.array(landing.target)
    for leg in range(len(legs)):
        target[joints[leg]] = reached(leg, lower).position
    return replace(landing, target=target)


def steadying(lean: Array, rate: Array) -> Array:
    """Return by how much ankles press against a fall, any shape [rad].

    Args:
        lean: Tilt of the trunk about the ankles' axes [rad].
        rate: Its rate of change [rad/s].
    """
    wished = _AGAINST_LEAN * lean + _AGAINST_RATE * rate
    return np.clip(wished, -_MOST_STEADIED, _MOST_STEADIED)


@dataclass(frozen=True, slots=True)
class Brace:
    """A way to the landing pose for a walker that cannot balance any more, and stays there."""

    begin: float
    """[s]."""
    start: Array
    """Joint targets then, shape (n,) [rad]."""
    landing: Landing

    def is_down(self, time: float) -> bool:
        """Return whether both feet should be down."""
        return time > self.begin + self.landing.duration

    def at(self, time: float) -> Array:
        """Return the joint targets at ``time`` [s], shape (n,) [rad]."""
        share = min(max((time - self.begin) / (self.landing.duration + _SHORTEST), 0.0), 1.0)
        share *= share * (3.0 - 2.0 * share)
        return np.asarray(self.start + share * (self.landing.target - self.start))
