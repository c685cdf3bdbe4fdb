"""Rigid-body kinematics and dynamics of the whole robot: the only place that knows Pinocchio.

Pinocchio: Carpentier et al., "The Pinocchio C++ library", SII 2019. Its joint order and its free
flyer stay inside this file; outside, arrays are in the order of the joint table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import MissingDependency
from robotics.core.model import Model
from robotics.core.rotation import cross

try:
    import pinocchio
except ModuleNotFoundError:  # the sweeper's computer does not have it
    pinocchio = None

SIDES = ("left", "right")
"""Order of the legs in every array that has one row for each."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A motion over the ground, sampled evenly; it begins and ends at rest."""

    position: Array
    """Joint angles in table order, shape (t, n) [rad]."""
    position_base: Array
    """In the world, shape (t, 3) [m]."""
    yaw: Array
    """Heading of the base, which stays upright, shape (t,) [rad]."""
    period: float
    """Time between two samples [s]."""

    def rates(self) -> tuple[Array, Array]:
        """Return speeds and accelerations (t, 6 + n): base in its own axes, then the joints.

        Differences to either side: exact for what is quadratic in time.
        """
        turned = np.diff(self.yaw)
        middle = self.yaw[:-1] + 0.5 * turned
        c, s = np.cos(middle), np.sin(middle)
        x, y, z = np.diff(self.position_base, axis=0).T
        still = np.zeros_like(turned)
        base = np.column_stack((c * x + s * y, c * y - s * x, z, still, still, turned))
        between = np.hstack((base, np.diff(self.position, axis=0))) / self.period
        rest = np.zeros((1, between.shape[1]))
        padded = np.vstack((rest, between, rest))
        return 0.5 * (padded[1:] + padded[:-1]), np.diff(padded, axis=0) / self.period


@dataclass(frozen=True, slots=True)
class Effort:
    """What a motion on two flat feet takes, sample by sample."""

    torque: Array
    """Of the joints, shape (t, n) [N·m]."""
    zmp: Array
    """Where the ground's push has no horizontal moment, in the world, shape (t, 2) [m]."""
    push: Array
    """Of the ground, in the world, shape (t, 3) [N]."""
    com: Array
    """Centre of mass in the world, shape (t, 3) [m]."""


class Dynamics:
    """A floating robot in one posture at a time.

    ``place`` sets the posture; every other method answers for it. The world frame is whatever
    frame the base pose is given in, with z against gravity.

    Raises:
        MissingDependency: Pinocchio is not installed.
    """

    def __init__(self, model: Model) -> None:
        if pinocchio is None:
            raise MissingDependency("pinocchio", "walking", "greeter")
        self._pin = pinocchio
        self._model = pinocchio.buildModelFromUrdf(str(model.file), pinocchio.JointModelFreeFlyer())
        self._data = self._model.createData()
        joints = [self._model.getJointId(name) for name in model.joints.names]
        self._column = np.array([self._model.joints[joint].idx_v for joint in joints])
        self._place = self._column + 1  # the free flyer has 7 numbers for 6 speeds
        self._sole = [self._link(f"{side}_sole") for side in SIDES]
        self._configuration = pinocchio.neutral(self._model)
        self.count = len(joints)
        self.mass = float(pinocchio.computeTotalMass(self._model))

    def place(
        self,
        position: Array,
        *,
        rotation_base: Array | None = None,
        position_base: Array | None = None,
    ) -> Array:
        """Take a posture.

        Args:
            position: Joint angles in table order, shape (n,) [rad].
            rotation_base: Rotation (3, 3) of the base in the world; identity if None.
            position_base: Position (3,) of the base in the world [m]; zero if None.

        Returns:
            Centre of mass in the world, shape (3,) [m].
        """
        configuration = self._configuration
        configuration[:3] = 0.0 if position_base is None else position_base
        configuration[3:7] = (0.0, 0.0, 0.0, 1.0)
        if rotation_base is not None:
            configuration[3:7] = self._pin.Quaternion(rotation_base).coeffs()
        configuration[self._place] = position
        com = self._pin.centerOfMass(self._model, self._data, configuration, False)
        return np.array(com)

    def sole(self, side: int) -> tuple[Array, Array]:
        """Return position (3,) [m] and rotation (3, 3) of sole ``side`` (0 left, 1 right)."""
        pose = self._pin.updateFramePlacement(self._model, self._data, self._sole[side])
        return np.array(pose.translation), np.array(pose.rotation)

    def link(self, name: str) -> tuple[Array, Array]:
        """Return position (3,) [m] and rotation (3, 3) of a link's frame, by its name."""
        pose = self._pin.updateFramePlacement(self._model, self._data, self._link(name))
        return np.array(pose.translation), np.array(pose.rotation)

    def prepare_jacobians(self) -> None:
        """Compute what ``sole_jacobian`` reads; call it once after ``place``."""
        self._pin.computeJointJacobians(self._model, self._data, self._configuration)

    def sole_jacobian(self, side: int) -> Array:
        """Return the Jacobian (6, n) of a sole: its speed, then its rate, in the world's axes.

        The base is held; see ``prepare_jacobians``.
        """
        return self._jacobian(self._sole[side])

    def link_jacobian(self, name: str) -> Array:
        """Return the Jacobian (6, n) of a link's frame, by its name; as ``sole_jacobian``."""
        return self._jacobian(self._link(name))

    def _jacobian(self, frame: int) -> Array:
        axes = self._pin.ReferenceFrame.LOCAL_WORLD_ALIGNED
        found = self._pin.getFrameJacobian(self._model, self._data, frame, axes)
        return np.array(found[:, self._column])

    def com_jacobian(self) -> Array:
        """Return the Jacobian (3, n) of the centre of mass in the world's axes, base held."""
        full = self._pin.jacobianCenterOfMass(self._model, self._data, self._configuration, False)
        return np.array(full[:, self._column])

    def gravity(self) -> Array:
        """Return the torques (n,) [N·m] that hold the links up with the base held."""
        torque = self._pin.computeGeneralizedGravity(self._model, self._data, self._configuration)
        return np.array(torque[self._column])

    def inverse_dynamics(
        self, velocity: Array, acceleration: Array, *, acceleration_base: Array
    ) -> tuple[Array, Array, Array]:
        """Recursive Newton-Euler without contacts.

        Args:
            velocity: Joint speeds, shape (n,) [rad/s]; the base neither moves nor turns.
            acceleration: Joint accelerations, shape (n,) [rad/s²].
            acceleration_base: Linear acceleration of the base in the world, shape (3,) [m/s²].

        Returns:
            Torques (n,) [N·m]; force (3,) [N] and moment about the base's origin (3,) [N·m] that
            somebody has to put on the base, in the world's axes.
        """
        rotation = self._pin.Quaternion(self._configuration[3:7]).matrix()
        speeds, rates = np.zeros(self._model.nv), np.zeros(self._model.nv)
        speeds[self._column], rates[self._column] = velocity, acceleration
        rates[:3] = rotation.T @ acceleration_base
        torque = self._pin.rnea(self._model, self._data, self._configuration, speeds, rates)
        force, moment = rotation @ torque[:3], rotation @ torque[3:6]
        return np.array(torque[self._column]), force, moment

    def effort(self, motion: Motion) -> Effort:
        """Return what a motion takes: recursive Newton-Euler, the soles carrying.

        The load is shared between the soles so that their pressures add up at the zero-moment
        point (Vukobratović and Borovac, "Zero-moment point: thirty-five years of its life",
        Int. J. Humanoid Robotics 2004), as in ``feedforward``.
        """
        speeds, rates = motion.rates()
        count = len(motion.yaw)
        torque, com = np.empty((count, self.count)), np.empty((count, 3))
        push, zmp = np.empty((count, 3)), np.empty((count, 2))
        for k in range(count):
            yaw = float(motion.yaw[k])
            turn = np.array(
                [[np.cos(yaw), -np.sin(yaw), 0.0], [np.sin(yaw), np.cos(yaw), 0.0], [0.0, 0.0, 1.0]]
            )
            base = motion.position_base[k]
            com[k] = self.place(motion.position[k], rotation_base=turn, position_base=base)
            forces = self._newton_euler(speeds[k], rates[k])
            push[k] = turn @ forces[:3]
            moment = turn @ forces[3:6] + cross(base, push[k])
            zmp[k] = np.array([-moment[1], moment[0]]) / push[k, 2]
            torque[k] = forces[self._column] - self._carried(push[k], moment, zmp[k])
        return Effort(torque, zmp, push, com)

    def _newton_euler(self, speeds: Array, rates: Array) -> Array:
        """Return the generalised forces (6 + n,) of rates in the order base, then joint table."""
        speed, rate = np.zeros(self._model.nv), np.zeros(self._model.nv)
        speed[:6], rate[:6] = speeds[:6], rates[:6]
        speed[self._column], rate[self._column] = speeds[6:], rates[6:]
        found = self._pin.rnea(self._model, self._data, self._configuration, speed, rate)
        return np.array(found)

    def _carried(self, push: Array, moment: Array, zmp: Array) -> Array:
        """Return the part (n,) of the joint torques that a push of the ground takes over.

        Args:
            push: Of the ground on both soles together, shape (3,) [N].
            moment: The same about the world's origin, shape (3,) [N·m].
            zmp: Shape (2,) [m].
        """
        self.prepare_jacobians()
        soles = [self.sole(side)[0] for side in range(len(SIDES))]
        across = (soles[0] - soles[1])[:2]
        along = float((zmp - soles[1][:2]) @ across / (across @ across))
        share = min(max(along, 0.0), 1.0)
        off = zmp - (share * soles[0][:2] + (1.0 - share) * soles[1][:2])
        twist = moment[2] - (zmp[0] * push[1] - zmp[1] * push[0])
        torque = np.zeros(self.count)
        for side, part in enumerate((share, 1.0 - share)):
            here = part * push
            arm = np.array([*off, -soles[side][2]])
            about = cross(arm, here) + np.array([0.0, 0.0, part * twist])
            torque += self.sole_jacobian(side).T @ np.array([*here, *about])
        return torque

    def _link(self, name: str) -> int:
        """Return the frame of a link; a fixed joint may have the same name."""
        return int(self._model.getFrameId(name, self._pin.FrameType.BODY))


class SelfCollision:
    """How near a robot comes to itself: distances between the collision shapes of its URDF.

    Pairs joined by a single joint are left out: they touch by construction, and their joint's
    limits are theirs. Distances by coal (Pan, Chitta and Manocha, "FCL", ICRA 2012; GJK and EPA).

    Raises:
        MissingDependency: Pinocchio is not installed.
    """

    def __init__(self, model: Model) -> None:
        if pinocchio is None:
            raise MissingDependency("pinocchio", "a proof of movements", "greeter")
        self._pin = pinocchio
        file, kind = str(model.file), pinocchio.GeometryType.COLLISION
        self._model = pinocchio.buildModelFromUrdf(file)
        self._shapes = pinocchio.buildGeomFromUrdf(self._model, file, kind)
        self._data = self._model.createData()
        joints = [self._model.getJointId(name) for name in model.joints.names]
        self._place = np.array([self._model.joints[joint].idx_q for joint in joints])
        found = self._shapes.geometryObjects
        for first in range(len(found)):
            for second in range(first + 1, len(found)):
                if self._joints_between(found[first], found[second]) >= 2:
                    self._shapes.addCollisionPair(pinocchio.CollisionPair(first, second))
        self._distances = self._shapes.createData()
        names = [shape.name.rpartition("_")[0] for shape in found]
        self.pairs: tuple[tuple[str, str], ...] = tuple(
            (names[pair.first], names[pair.second]) for pair in self._shapes.collisionPairs
        )

    def distances(self, position: Array) -> Array:
        """Return the distance of each of ``pairs``, negative where they overlap, shape (p,) [m].

        Args:
            position: Joint angles in table order, shape (n,) [rad].
        """
        configuration = np.zeros(self._model.nq)
        configuration[self._place] = position
        self._pin.updateGeometryPlacements(
            self._model, self._data, self._shapes, self._distances, configuration
        )
        self._pin.computeDistances(self._shapes, self._distances)
        return np.array([one.min_distance for one in self._distances.distanceResults])

    def _joints_between(self, first: object, second: object) -> int:
        """Return how many joints lie between the links of two shapes."""
        ways = []
        for shape in (first, second):
            joint = shape.parentJoint  # type: ignore[attr-defined]  # of an untyped package
            way = [joint]
            while joint:
                joint = self._model.parents[joint]
                way.append(joint)
            ways.append(way)
        return len(set(ways[0]) ^ set(ways[1]))
