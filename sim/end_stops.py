"""The stops at the ends of joints: they hold a joint at its limit, not a step later.

Bullet's own limit (``btMultiBodyJointLimitConstraint``) begins to act in the step after the limit
was passed, so a joint that is knocked to its end at 20 rad/s goes 0.05 rad beyond it before
anything holds it. A real stop is a surface: the limb does not get into it. So where a joint will
meet its limit within the coming step, the engine is told that the limit is where the joint is now,
and takes the speed away before. That is up to one step's way too early, never too late, unless a
shock within that very step is the cause.
"""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from sim.engine import Engine

NEAR = 0.005
"""A joint this near to its end rests on the stop [rad]."""


class EndStops:
    """Of one body's position joints.

    Args:
        engine: The physics client.
        body: Its number there.
        indices: The engine's numbers of the joints.
        limits: Lower and upper ones, shape (2, n) [rad].
        step: Of the physics [s].
    """

    def __init__(
        self, engine: Engine, body: int, indices: list[int], limits: Array, *, step: float
    ) -> None:
        self._engine, self._body, self._indices, self._step = engine, body, indices, step
        self._lower, self._upper = limits
        self._held: set[int] = set()

    def hold(self, position: Array, velocity: Array) -> None:
        """Set the engine's limits for the coming step.

        Args:
            position: Of the joints, shape (n,) [rad].
            velocity: Shape (n,) [rad/s].
        """
        ahead = position + self._step * velocity
        ends = (ahead > self._upper - NEAR) | (ahead < self._lower + NEAR)
        if not self._held and not ends.any():
            return
        meets = set(np.flatnonzero(ends).tolist())
        for joint in sorted(meets | self._held):
            lower, upper = float(self._lower[joint]), float(self._upper[joint])
            if joint in meets:
                here = float(position[joint])
                lower, upper = (
                    (lower, min(upper, here))
                    if ahead[joint] > upper - NEAR
                    else (max(lower, here), upper)
                )
            self._engine.changeDynamics(
                self._body, self._indices[joint], jointLowerLimit=lower, jointUpperLimit=upper
            )
        self._held = meets
