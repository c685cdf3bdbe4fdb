"""A swinging leg hangs on its hip servo like a pendulum on a weak spring: it has to be damped.

The servo's spring (150 N·m/rad) and the leg's inertia (0.35 kg·m²) swing at 3.3 Hz, about the pace
of the steps, and the motor's own droop damps that by a sixth of what is critical. So the foot
arrived late, overshot by centimetres and rang, and the trunk with it. The servo takes no speed, but
a position: asking for ``d (q̇* - q̇) / Kp`` more damps it. Wish and reading are compared for the same
instant, the wish's own time on its way ago.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from robotics.control.body_reference import BodyReference
from robotics.control.feedforward import Servos
from robotics.control.leg import JOINTS
from robotics.control.walk_parameters import WalkParameters
from robotics.core.arrays import Array

_HIPS = [JOINTS.index("hip_roll"), JOINTS.index("hip_pitch")]
"""Only these: the lighter joints below are faster than a loop with that delay can be."""


class HipDamping:
    """Damps roll and pitch of the hip of the leg in the air.

    Args:
        walk: Numbers of the walk.
        servos: What the servos do.
        legs: Places of the leg joints, shape (2, 6).
        period: Time of a tick [s].
    """

    def __init__(self, walk: WalkParameters, servos: Servos, *, legs: Array, period: float) -> None:
        self._gain = walk.hip_damping / servos.stiffness
        self._hips = legs[:, _HIPS]
        self._wished: deque[Array] = deque(maxlen=max(1, round(walk.transport / period)) + 1)

    def offset(self, body: BodyReference, wished: Array, measured: Array) -> Array:
        """Return what to add to the targets, shape (n,) [rad].

        Args:
            body: Tells which leg is in the air.
            wished: Joint speeds wished now, shape (n,) [rad/s].
            measured: Joint speeds as read, shape (n,) [rad/s].
        """
        self._wished.append(wished)
        added = np.zeros(len(wished))
        if body.swinging:
            hips = self._hips[1 - body.stance]
            added[hips] = (self._gain * (self._wished[0] - measured))[hips]
        return added
