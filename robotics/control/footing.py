"""How a step ends if nobody steps on: what a walker leaves behind for the moment without a host.

Both feet are down, the foot in the air where it is heading, the centre of mass between them. It is
a guess made in advance, for joints that go there blindly; it holds as long as the step goes as
planned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from robotics.control.body_reference import BodyReference, Phase, heading_of
from robotics.control.gait import Gait
from robotics.core.arrays import Array
from robotics.core.messages import Landing

_PRESS = 0.005
"""A foot that is put down blindly goes so far below the ground: the other leg gives way [m]."""
_SHIFTING = 0.35
"""Back from shifting the weight to one foot [s]."""
_SHORTEST = 0.05
"""A foot is not put down blindly within less [s]."""


def landed(gait: Gait, body: BodyReference) -> tuple[BodyReference, float]:
    """Return the body at rest at the end of the present step, and the time to get there [s].

    A time of 0 means that it stands.

    Args:
        gait: Which foot goes where, and until when.
        body: What the body does now.
    """
    soles, sole_yaw = np.array(body.soles), np.array(body.sole_yaw)
    soles[:, 2] = 0.0
    left = 0.0 if gait.phase is Phase.STAND else _SHIFTING
    if body.swinging:
        swinging = 1 - body.stance
        soles[swinging] = (*gait.swing.target, -_PRESS)
        sole_yaw[swinging] = gait.swing.target_yaw
        left = max(gait.time_left, _SHORTEST)
    middle = soles[:, :2].mean(axis=0)
    at_rest = replace(
        body,
        com=np.array([*middle, body.com[2]]),
        cop=middle,
        acceleration=np.zeros(2),
        yaw=heading_of(sole_yaw),
        soles=soles,
        sole_yaw=sole_yaw,
        swinging=False,
    )
    return at_rest, left


@dataclass(frozen=True, slots=True)
class Brace:
    """A way to the landing pose for a walker that cannot balance any more, and stays there."""

    begin: float
    """[s]."""
    start: Array
    """Joint targets then, shape (n,) [rad]."""
    landing: Landing

    def at(self, time: float) -> Array:
        """Return the joint targets at ``time`` [s], shape (n,) [rad]."""
        share = min(max((time - self.begin) / (self.landing.duration + _SHORTEST), 0.0), 1.0)
        share *= share * (3.0 - 2.0 * share)
        return np.asarray(self.start + share * (self.landing.target - self.start))
