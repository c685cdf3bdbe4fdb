"""Rigid-body kinematics and dynamics of the whole robot: the only place that knows Pinocchio.

Pinocchio: Carpentier et al., "The Pinocchio C++ library", SII 2019. Its joint order and its free
flyer stay inside this file; outside, arrays are in the order of the joint table.
"""

from __future__ import annotations

import numpy as np

from robotics.core.arrays import Array
from robotics.core.errors import MissingDependency
from robotics.core.model import Model

try:
    import pinocchio
except ModuleNotFoundError:  # the sweeper's computer does not have it
    pinocchio = None

SIDES = ("left", "right")
"""Order of the legs in every array that has one row for each."""


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

    def _link(self, name: str) -> int:
        """Return the frame of a link; a fixed joint may have the same name."""
        return int(self._model.getFrameId(name, self._pin.FrameType.BODY))
