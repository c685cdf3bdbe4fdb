"""A robot's body under physics, and what the two robots' bodies are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.bullet import BulletWorld
from sim.mechanism import BulletMechanism
from sim.simulated import SimulatedBody
from sim.spec import BodySpec, greeter_spec, standing_joints, sweeper_spec

__all__ = ["BodySpec", "BulletBody", "greeter_spec", "standing_joints", "sweeper_spec"]


class BulletBody(SimulatedBody):
    """A robot under physics; bodies of one ``BulletWorld`` share its clock.

    Attributes:
        mechanism: The rigid bodies, for onlookers and for tests that push.
    """

    def __init__(
        self,
        bullet: BulletWorld,
        spec: BodySpec,
        pose_start: ArrayLike,
        rng: np.random.Generator,
    ) -> None:
        """Put a robot at ``pose_start`` (x, y, yaw) in the map; its random numbers are ``rng``'s.

        Raises:
            OptionError: The control period or the sensor delay is no whole number of steps.
        """
        bullet.count(spec.period, f"the control period of {spec.name}")
        self.mechanism = BulletMechanism(bullet, spec, pose_start)
        super().__init__(bullet, spec, self.mechanism, docks=bullet.docks, rng=rng)
