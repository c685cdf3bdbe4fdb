"""What legs and trunk will do to ξ before the foot lands, foreseen.

The pendulum knows no turning body. A foot that swings ahead, or a trunk that comes upright, turns
the body about its centre of mass; the ground has to turn it, and what it needs for that moves ξ.
"""

from __future__ import annotations

import math

import numpy as np

from robotics.control.com_observer import Seen
from robotics.control.swing import Swing, pull
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array
from robotics.core.geometry import rotation2

_UPRIGHT_IN = 0.2
"""A tilted trunk is upright and at rest after so long [s]."""
_SHORTEST = 0.02
"""What is left of a step counts as at least this [s]."""


def to_come(walk: WalkParameters, swing: Swing, seen: Seen, *, left: float, omega: float) -> Array:
    """Return by how much ξ now is as if it were elsewhere, in the walk frame, (2,) [m].

    Args:
        walk: Reactions to acceleration.
        swing: The foot in the air.
        seen: Tilt of the trunk and its rate.
        left: Until landing [s].
        omega: Rate of the pendulum [1/s].
    """
    foot = swing.pull_to_come(left, omega=omega) * math.exp(-omega * max(left, _SHORTEST))
    lean, rate = (np.array([pitch, -roll]) for roll, pitch in (seen.tilt, seen.tilt_rate))
    trunk = pull(lean, -rate, _UPRIGHT_IN, omega=omega) * math.exp(-omega * _UPRIGHT_IN)
    turned = rotation2(seen.yaw) @ trunk
    return np.asarray(walk.leg_reaction * foot + walk.trunk_reaction * turned)
