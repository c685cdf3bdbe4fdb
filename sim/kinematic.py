"""Bodies without physics, for fast tests: motors that obey at once, wheels that never slip."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.geometry import integrate
from robotics.core.rotation import matrix_z
from sim.docks import Stations
from sim.motion import BaseMotion
from sim.raycast import cast, near, prisms
from sim.sensors import GRAVITY, LidarSpec
from sim.servo import Drive
from sim.simulated import SimulatedBody
from sim.spec import BodySpec
from sim.timeline import STEP, Timeline, Walkers
from sim.world_model import World


class KinematicWorld(Timeline):
    """A place that can be seen but not touched: solids and visitors for the lidars."""

    def __init__(
        self,
        world: World | None = None,
        *,
        visitors: Walkers | None = None,
        step: float = STEP,
    ) -> None:
        super().__init__(step, visitors)
        self.docks = Stations.of(world)
        self._prisms = prisms(() if world is None else world.solids)
        self._cylinders = np.zeros((0, 4))
        if visitors is not None:
            self.place_visitors(visitors)

    def place_visitors(self, visitors: Walkers) -> None:
        """Look where the visitors are now."""
        self._cylinders = np.column_stack([visitors.position, visitors.radius, visitors.height])

    def distances(self, start: Array, beams: Array, *, reach: float) -> Array:
        """Return the true distance along each of ``beams`` (m, 3) from ``start`` (3,) [m]."""
        among = near(self._prisms, start[:2], reach)
        found = cast(self._prisms, among, self._cylinders, start, np.ascontiguousarray(beams))
        return np.where(found <= reach, found, np.inf)

    def close(self) -> None:
        """Nothing to let go of."""


class KinematicMechanism:
    """Implements ``sim.motion.Mechanism``: perfect motion.

    Position joints run to their targets at no more than their top speed, and the base stands.
    Velocity joints turn at their set-points, and the base is a unicycle on its wheels.
    """

    def __init__(self, place: KinematicWorld, spec: BodySpec, pose_start: ArrayLike) -> None:
        self.spec = spec
        self._place = place
        self._start = np.asarray(pose_start, dtype=np.float64)
        self._limit = spec.model.joints.column("velocity")
        self._bounds = spec.model.joints.column("lower"), spec.model.joints.column("upper")
        self.restart()

    def restart(self) -> None:
        """Go back to the start."""
        self.position = np.array(self.spec.initial_joints)
        self.velocity = np.zeros(len(self.position))
        self.torque = np.zeros(len(self.position))
        self._pose = self._start.copy()
        self._twist = np.zeros(3)

    def read(self) -> None:
        """Nothing to look up."""

    def drive(self, drive: Drive) -> None:
        """Move for one step."""
        step = self._place.step
        wished = drive.target
        if self.spec.motors.is_position:
            wished = (np.clip(wished, *self._bounds) - self.position) / step
        self.velocity = np.clip(wished, -self._limit, self._limit)
        self.position = self.position + self.velocity * step
        if self.spec.wheels is not None:
            radius, track = self.spec.wheels
            left, right = radius * self.velocity[:2]
            self._twist = np.array([0.5 * (left + right), 0.0, (right - left) / track])
            self._pose = integrate(self._pose, self._twist, step)

    def motion(self) -> BaseMotion:
        """Return the true motion of the base."""
        x, y, yaw = self._pose
        rotation = matrix_z(yaw)
        forward, _, turn = self._twist
        return BaseMotion(
            position=np.array([x, y, self.spec.base_height]),
            rotation=rotation,
            velocity=rotation @ np.array([forward, 0.0, 0.0]),
            angular_velocity=np.array([0.0, 0.0, turn]),
        )

    def distances(self, spec: LidarSpec) -> Array:
        """Return the true distance along each beam (m,) [m]; its own body hides nothing."""
        origin, turn = self.spec.model.pose_in_base(spec.link, self.spec.initial_joints)
        motion = self.motion()
        start = motion.position + motion.rotation @ origin
        beams = spec.directions @ (motion.rotation @ turn).T
        return self._place.distances(start, beams, reach=spec.most)

    def foot_force(self) -> Array:
        """Return the weight, shared evenly by all corners, shape (2, 4) [N]."""
        return np.full((2, 4), self.spec.model.mass * GRAVITY / 8.0)

    def pressed(self) -> tuple[str, ...]:
        """Nothing can be touched."""
        return ()

    def contacts_with(self) -> list[tuple[str, float]]:
        """Nothing can be touched."""
        return []

    def remove(self) -> None:
        """Nothing to remove."""


class KinematicBody(SimulatedBody):
    """A robot without physics; bodies of one ``KinematicWorld`` share its clock."""

    def __init__(
        self,
        place: KinematicWorld,
        spec: BodySpec,
        pose_start: ArrayLike,
        rng: np.random.Generator,
    ) -> None:
        """Put a robot at ``pose_start`` (x, y, yaw) in the map; its random numbers are ``rng``'s.

        Raises:
            OptionError: The control period or the sensor delay is no whole number of steps.
        """
        mechanism = KinematicMechanism(place, spec, pose_start)
        super().__init__(place, spec, mechanism, docks=place.docks, rng=rng)
