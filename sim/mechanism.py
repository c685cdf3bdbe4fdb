"""A robot as rigid bodies in PyBullet, driven by torques only."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from numpy.typing import ArrayLike

from robotics.core.arrays import Array
from robotics.core.rotation import cross, matrix_from_quaternion
from sim.bullet import BulletWorld
from sim.end_stops import EndStops
from sim.motion import BaseMotion
from sim.sensors import LidarSpec, corner_forces
from sim.servo import Drive, LoopState, position_torque, speed_torque
from sim.spec import BodySpec, SoleSpec

_BLOCKED = 1000.0
"""Holds a joint against any motor [N·m]."""
_UPRIGHT = 0.7
"""A support whose contact normal is steeper than this (cosine) stands; else it touches."""
_BODY_B, _LINK_A, _POINT_ON_A, _NORMAL_ON_B, _FORCE = 2, 3, 5, 7, 9
"""Places in PyBullet's contact tuple."""


class BulletMechanism:
    """Implements ``sim.motion.Mechanism`` with rigid bodies.

    The engine's own motors only give Coulomb friction (a velocity constraint of zero with that
    much force); all else comes from ``sim.servo`` as torque, every step.
    """

    def __init__(self, bullet: BulletWorld, spec: BodySpec, pose_start: ArrayLike) -> None:
        self.spec = spec
        self._bullet, self._engine = bullet, bullet.engine
        self._start = np.asarray(pose_start, dtype=np.float64)
        n = len(spec.model.joints)
        self.position, self.velocity, self.torque = np.zeros(n), np.zeros(n), np.zeros(n)
        self._loops = LoopState.at_rest(n)
        self._stand: int | None = None
        self._body = self._load()
        self._links = self._link_indices()
        self._indices = self._joint_indices()
        self._mounts = {
            lidar.link: spec.model.pose_in_base(lidar.link, spec.initial_joints)
            for lidar in (spec.lidar, spec.kerb_lidar)
            if lidar is not None
        }
        self._read_inertial_frame()
        self._free_joints()
        self._ends = self._end_stops()
        bullet.names[self._body] = spec.name

    def _load(self) -> int:
        engine = self._engine
        flags = (
            engine.URDF_USE_INERTIA_FROM_FILE
            | engine.URDF_USE_SELF_COLLISION
            | engine.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS
            | engine.URDF_USE_IMPLICIT_CYLINDER  # else wheels have 32 corners, and rumble
        )
        x, y, _ = self._start
        ground = self._bullet.ground_height(x, y)
        self._height = self.spec.base_height + ground
        above = [x, y, self._height]
        return int(engine.loadURDF(str(self.spec.model.file), above, flags=flags))

    def _link_indices(self) -> dict[str, int]:
        engine, body = self._engine, self._body
        count = engine.getNumJoints(body)
        infos = [engine.getJointInfo(body, index) for index in range(count)]
        self._joint_names = {info[1].decode(): info[0] for info in infos}
        links = {info[12].decode(): info[0] for info in infos}
        return {**links, self.spec.model.base: -1}

    def _joint_indices(self) -> list[int]:
        return [self._joint_names[name] for name in self.spec.model.joints.names]

    def _read_inertial_frame(self) -> None:
        """Learn where the base's inertial frame is: PyBullet's base pose is its pose."""
        info = self._engine.getDynamicsInfo(self._body, -1)
        self._com_in_base = np.array(info[3])
        self._rotation_inertial_in_base = matrix_from_quaternion(info[4])

    def _free_joints(self) -> None:
        """Take away the engine's damping and limits; set friction."""
        engine, spec = self._engine, self.spec
        for link in self._links.values():
            engine.changeDynamics(
                self._body,
                link,
                linearDamping=0.0,
                angularDamping=0.0,
                jointDamping=0.0,
                restitution=0.0,
                maxJointVelocity=100.0,
                activationState=engine.ACTIVATION_STATE_DISABLE_SLEEPING,
            )
        for name, friction in spec.friction.items():
            engine.changeDynamics(self._body, self._links[name], lateralFriction=friction)
        for sole in spec.soles:
            engine.changeDynamics(self._body, self._links[sole.foot], spinningFriction=0.002)

    def _end_stops(self) -> EndStops | None:
        """Return the stops of a robot with position joints."""
        table = self.spec.model.joints
        if not self.spec.motors.is_position:
            return None
        limits = np.stack([table.column("lower"), table.column("upper")])
        return EndStops(self._engine, self._body, self._indices, limits, step=self._bullet.step)

    # ------------------------------------------------------------------------------- motion

    def restart(self) -> None:
        """Go back to the start, at rest."""
        engine, spec = self._engine, self.spec
        for index, angle in zip(self._indices, spec.initial_joints, strict=True):
            engine.resetJointState(self._body, index, float(angle), 0.0)
        x, y, yaw = self._start
        c, s = np.cos(yaw / 2), np.sin(yaw / 2)
        turn = (0.0, 0.0, float(s), float(c))
        offset, orientation = engine.multiplyTransforms(
            (x, y, self._height),
            turn,
            self._com_in_base.tolist(),
            self._engine.getDynamicsInfo(self._body, -1)[4],
        )
        engine.resetBasePositionAndOrientation(self._body, offset, orientation)
        engine.resetBaseVelocity(self._body, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))
        engine.setJointMotorControlArray(
            self._body,
            self._indices,
            engine.VELOCITY_CONTROL,
            forces=spec.motors.friction.tolist(),
        )
        self._loops = LoopState.at_rest(len(self._indices))
        self.torque = np.zeros(len(self._indices))
        self.read()

    def read(self) -> None:
        """Look at the joints: the one query that every step makes."""
        states = self._engine.getJointStates(self._body, self._indices)
        self.position = np.array([state[0] for state in states])
        self.velocity = np.array([state[1] for state in states])

    def drive(self, drive: Drive) -> None:
        """Apply the motors' torques for one step."""
        motors = self.spec.motors
        if self._ends is not None:
            self._ends.hold(self.position, self.velocity)
        if motors.is_position:
            self.torque = position_torque(motors, drive, self.position, self.velocity)
        else:
            self.torque, self._loops = speed_torque(
                motors, drive, self.velocity, state=self._loops, step=self._bullet.step
            )
        self._engine.setJointMotorControlArray(
            self._body, self._indices, self._engine.TORQUE_CONTROL, forces=self.torque.tolist()
        )

    def motion(self) -> BaseMotion:
        """Return the true motion of the base link's frame, from that of its inertial frame."""
        position, quaternion = self._engine.getBasePositionAndOrientation(self._body)
        velocity, rate = (np.array(v) for v in self._engine.getBaseVelocity(self._body))
        rotation = matrix_from_quaternion(quaternion) @ self._rotation_inertial_in_base.T
        to_origin = -rotation @ self._com_in_base
        return BaseMotion(
            position=np.array(position) + to_origin,
            rotation=rotation,
            velocity=velocity + cross(rate, to_origin),
            angular_velocity=rate,
        )

    def suspend(self, held: bool, *, raised: float = 0.0) -> None:
        """Hold the base where it is, or ``raised`` [m], as a stand does, or let go of it."""
        engine = self._engine
        if held and self._stand is None:
            (x, y, z), turn = engine.getBasePositionAndOrientation(self._body)
            position = (x, y, z + raised)
            self._stand = engine.createConstraint(
                *(self._body, -1, -1, -1, engine.JOINT_FIXED, (0, 0, 0), (0, 0, 0), position),
                childFrameOrientation=turn,
            )
        elif not held and self._stand is not None:
            engine.removeConstraint(self._stand)
            self._stand = None

    def block(self, joint: int) -> None:
        """Hold joint number ``joint`` where it is, whatever its motor does: a fault."""
        self._engine.setJointMotorControl2(
            *(self._body, self._indices[joint], self._engine.VELOCITY_CONTROL),
            targetVelocity=0.0,
            force=_BLOCKED,
        )

    def grip(self, link: str, friction: float) -> None:
        """Give a link another lateral friction: a wheel on wet leaves."""
        self._engine.changeDynamics(self._body, self._links[link], lateralFriction=friction)

    def push(self, force: ArrayLike, point_in_base: ArrayLike) -> None:
        """Push the base for the next step only: a test's hand, never a controller's.

        Args:
            force: In the map, shape (3,) [N].
            point_in_base: Where, shape (3,) [m].
        """
        motion = self.motion()
        point = motion.position + motion.rotation @ np.asarray(point_in_base)
        self._engine.applyExternalForce(
            self._body,
            -1,
            np.asarray(force, dtype=np.float64).tolist(),
            point.tolist(),
            self._engine.WORLD_FRAME,
        )

    # ------------------------------------------------------------------------------ sensing

    def distances(self, spec: LidarSpec) -> Array:
        """Return the true distance along each beam (m,) [m].

        A beam that meets the robot's own body first is blocked: infinite (the greeter's neck
        hides the rear).
        """
        origin, turn = self._mounts[spec.link]
        motion = self.motion()
        start = motion.position + motion.rotation @ origin
        beams = spec.directions @ (motion.rotation @ turn).T
        starts = np.repeat(start[None, :], spec.beams, axis=0)
        bodies, fractions = self._bullet.ray_test(starts, starts + beams * spec.most)
        return np.where(bodies == self._body, np.inf, fractions * spec.most)

    def foot_force(self) -> Array:
        """Return the true vertical forces on the corners of the soles, shape (2, 4) [N]."""
        force = np.zeros((2, 4))
        for row, sole in enumerate(self.spec.soles):
            force[row] = self._sole_force(sole)
        return force

    def _sole_force(self, sole: SoleSpec) -> Array:
        contacts = self._engine.getContactPoints(
            bodyA=self._body, linkIndexA=self._links[sole.foot]
        )
        touching = [c for c in contacts if c[_BODY_B] != self._body and c[_FORCE] > 0.0]
        if not touching:
            return np.zeros(4)
        state = self._engine.getLinkState(self._body, self._links[sole.link])
        (ox, oy, oz), turn = state[4], self._engine.getMatrixFromQuaternion(state[5])
        loads = []
        for contact in touching:
            (px, py, pz), normal = contact[_POINT_ON_A], contact[_NORMAL_ON_B]
            px, py, pz = px - ox, py - oy, pz - oz
            along = turn[0] * px + turn[3] * py + turn[6] * pz - sole.centre
            across = turn[1] * px + turn[4] * py + turn[7] * pz
            upright = turn[2] * normal[0] + turn[5] * normal[1] + turn[8] * normal[2]
            loads.append((along, across, contact[_FORCE] * max(upright, 0.0)))
        return corner_forces(loads, half_length=sole.length / 2, half_width=sole.width / 2)

    def pressed(self) -> tuple[str, ...]:
        """Return the names of the bumpers that touch something."""
        names = []
        for link in self.spec.bumpers:
            contacts = self._engine.getContactPoints(bodyA=self._body, linkIndexA=self._links[link])
            if any(c[_FORCE] > 0.0 and c[_BODY_B] != self._body for c in contacts):
                names.append(link)
        return tuple(names)

    def contacts_with(self) -> list[tuple[str, float]]:
        """Return (what, force [N]) of every touch beyond standing on the ground, sorted."""
        supports = {self._links[link] for link in self.spec.supports}
        force: dict[str, float] = defaultdict(float)
        for contact in self._engine.getContactPoints(bodyA=self._body):
            stands = contact[_LINK_A] in supports and contact[_NORMAL_ON_B][2] > _UPRIGHT
            if contact[_BODY_B] != self._body and contact[_FORCE] > 0.0 and not stands:
                what = self._bullet.name_of(contact[_BODY_B], contact[_POINT_ON_A])
                force[what] += contact[_FORCE]
        return sorted(force.items())

    # -------------------------------------------------------------- for hands that take its own

    def link(self, name: str) -> tuple[int, int]:
        """Return the engine's numbers of this body and of its link ``name``."""
        return self._body, self._links[name]

    def chain(self, link: int) -> tuple[int, ...]:
        """Return link number ``link`` and the one that carries it."""
        return link, int(self._engine.getJointInfo(self._body, link)[16])

    def pivot(self, link: int, point: Array) -> Array:
        """Return a point of the map (3,) as the engine's constraints want it on a link, (3,) [m].

        They count from the link's centre of mass, along its principal axes of inertia.
        """
        state = self._engine.getLinkState(self._body, link, computeForwardKinematics=1)
        rotation = matrix_from_quaternion(state[1])
        return np.asarray(rotation.T @ (point - np.array(state[0])))

    def place_of(self, link: int) -> Array:
        """Return where the frame of link number ``link`` is in the map, shape (3,) [m]."""
        state = self._engine.getLinkState(self._body, link, computeForwardKinematics=1)
        return np.array(state[4])

    def heading(self) -> float:
        """Return the yaw of the base [rad]."""
        rotation = self.motion().rotation
        return math.atan2(rotation[1, 0], rotation[0, 0])

    def remove(self) -> None:
        """Leave the world. May be called twice."""
        if self._body >= 0 and self._engine.client >= 0:
            self._engine.removeBody(self._body)
        self._bullet.names.pop(self._body, None)
        self._body = -1
