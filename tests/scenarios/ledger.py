"""Books momentum and energy of the greeter's links at every physics step, from the engine's own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.rotation import matrix_from_quaternion
from sim.body import BulletBody
from sim.bullet import BulletWorld

G = 9.81
HANDS = (
    *("applyExternalForce", "applyExternalTorque", "createConstraint", "changeConstraint"),
    *("resetBaseVelocity", "resetBasePositionAndOrientation", "resetJointState"),
    *("resetJointStateMultiDof", "setJointMotorControl2", "setJointMotorControlMultiDof"),
)
"""With which PyBullet lets one move a body past contacts and motors."""
_BODY_B, _ON_A = 2, 5


@dataclass(frozen=True, slots=True)
class Sums:
    """Of all links: mass [kg], centre of mass, momenta, energies."""

    mass: float
    com: Array
    linear: Array
    """Momentum, shape (3,) [N·s]."""
    angular: Array
    """About the centre of mass, shape (3,) [N·m·s]."""
    energy: float
    """Kinetic and potential [J]."""


@dataclass
class Ledger:
    """Rows of one run; put in place with ``watch`` before the first step.

    Attributes:
        sums: After each step.
        impulse: Of gravity and contacts in each step, shape (3,) [N·s].
        turning: Moment of the contacts about the centre of mass times the step, (3,) [N·m·s].
        work: Of the motors in each step [J].
    """

    sums: list[Sums] = field(default_factory=list)
    impulse: list[Array] = field(default_factory=list)
    turning: list[Array] = field(default_factory=list)
    work: list[float] = field(default_factory=list)
    constraints: int = 0
    """Most that the engine had."""
    base_mass: float = 0.0
    """Of the free base [kg]: a fixed one has none."""
    refused: list[str] = field(default_factory=list)
    """Functions of the engine that nobody may call meanwhile."""
    _handle: int = -1
    _links: list[tuple[int, float, Array]] = field(default_factory=list)
    _driven: list[int] = field(default_factory=list)

    def watch(self, world: BulletWorld, body: BulletBody) -> None:
        """Book every step of ``world`` from now on; may be called again and again."""
        if self._handle >= 0:
            return
        engine = world.engine
        self._handle = body.mechanism.link("trunk")[0]
        self._refuse_hands(world)
        count = engine.getNumJoints(self._handle)
        places = {engine.getJointInfo(self._handle, k)[1].decode(): k for k in range(count)}
        self._driven = [places[name] for name in body.spec.model.joints.names]
        self.base_mass = float(engine.getDynamicsInfo(self._handle, -1)[0])
        for link in (-1, *range(engine.getNumJoints(self._handle))):
            info = engine.getDynamicsInfo(self._handle, link)
            self._links.append((link, info[0], np.array(info[2])))
        make_step, mechanism = world.make_step, body.mechanism
        self.sums.append(self._sum(world))

        def booked() -> None:
            torque, before = mechanism.torque.copy(), self._speeds(world)
            make_step()
            speed = 0.5 * (before + self._speeds(world))
            self.work.append(float(torque @ speed) * world.step)
            self._book_contacts(world)
            self.sums.append(self._sum(world))
            self.constraints = max(self.constraints, engine.getNumConstraints())

        world.make_step = booked  # type: ignore[method-assign]  # every step goes through it

    def _refuse_hands(self, world: BulletWorld) -> None:
        """Let every way to move a body from outside raise."""

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("somebody moves a body from outside")

        for name in HANDS:
            setattr(world.engine, name, refuse)
            self.refused.append(name)

    def _speeds(self, world: BulletWorld) -> Array:
        states = world.engine.getJointStates(self._handle, self._driven)
        return np.array([state[1] for state in states])

    def _book_contacts(self, world: BulletWorld) -> None:
        com, mass = self.sums[-1].com, self.sums[-1].mass
        force, moment = np.array([0.0, 0.0, -mass * G]), np.zeros(3)
        for contact in world.engine.getContactPoints(bodyA=self._handle):
            if contact[_BODY_B] == self._handle:
                continue
            push = sum(
                np.array(contact[way]) * contact[size] for way, size in ((7, 9), (11, 10), (13, 12))
            )
            force = force + push
            moment = moment + np.cross(np.array(contact[_ON_A]) - com, push)
        self.impulse.append(world.step * force)
        self.turning.append(world.step * moment)

    def _sum(self, world: BulletWorld) -> Sums:
        rows = [self._link(world, *one) for one in self._links]
        masses = np.array([row[0] for row in rows])
        places, speeds = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
        mass = float(masses.sum())
        com, velocity = masses @ places / mass, masses @ speeds / mass
        orbit = np.cross(places - com, masses[:, None] * (speeds - velocity)).sum(axis=0)
        spin = np.sum([row[3] for row in rows], axis=0)
        moving = 0.5 * float(masses @ (speeds**2).sum(axis=1)) + sum(row[4] for row in rows)
        return Sums(mass, com, mass * velocity, orbit + spin, moving + mass * G * float(com[2]))

    def _link(
        self, world: BulletWorld, link: int, mass: float, inertia: Array
    ) -> tuple[float, Array, Array, Array, float]:
        """Return mass, place, velocity, spin and its energy of one link."""
        engine = world.engine
        if link < 0:
            place, turn = engine.getBasePositionAndOrientation(self._handle)
            velocity, rate = engine.getBaseVelocity(self._handle)
        else:
            state = engine.getLinkState(
                self._handle, link, computeLinkVelocity=1, computeForwardKinematics=1
            )
            place, turn, velocity, rate = state[0], state[1], state[6], state[7]
        rotation = matrix_from_quaternion(turn)
        spin = rotation @ (inertia * (rotation.T @ np.array(rate)))
        return mass, np.array(place), np.array(velocity), spin, 0.5 * float(spin @ np.array(rate))
