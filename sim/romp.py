"""A child at play that runs into a robot: a body of its own, arms out, that stops and steps back.

The child is a body on two legs, kept upright by itself; its legs push it along the ground with no
more than they can, so it takes time and way to stop. It sees the robot too late. Its two hands are
out before it, each drawn to its place by an arm like a spring with a damper, no stronger than a
child's; what an arm does to a hand it does to the child, too. Only hands and chest meet the robot,
and nothing here pushes the robot except through them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from sim.bullet import BulletWorld
from sim.hand import SKIN, SKIN_DAMPING
from sim.mechanism import BulletMechanism
from sim.sensors import GRAVITY

CHILD = "a child at play"
"""Its name among the bodies of the place."""
CHEST = 25.0e3
"""Stiffness of a chest that is touched [N/m] (ISO/TS 15066, table A.3: 25 N/mm)."""
HAND_RADIUS, HAND_MASS = 0.04, 0.4
"""Hand and the part of the forearm that goes with it: 1.1 % of the body, and half as much again
[m], [kg] (Winter, table 4.1)."""
HANDS = (0.10, -0.10)
"""To either side of its middle [m]."""
SHOULDERS = 0.66
"""Height of the hands, as a part of the child's [1]."""
_UPRIGHT = 1.0e3
"""Moment of inertia with which it keeps itself upright [kg m²]."""
_HOLDS = 900.0
"""Stiffness with which hands are held to their height and side [N/m]."""
_NORMAL, _FORCE = 7, 9
"""Places in PyBullet's contact tuple."""


@dataclass(frozen=True, slots=True)
class Child:
    """What runs, and how."""

    mass: float = 20.0
    """[kg] (WHO growth standards: median at six years)."""
    height: float = 1.05
    """[m]."""
    radius: float = 0.15
    """[m]."""
    speed: float = 1.2
    """[m/s]."""
    legs: float = 90.0
    """Largest force of its legs along the ground [N]: 0.46 of its weight."""
    arms: float = 0.28
    """Its hands are so far ahead of its chest [m]."""
    stiffness: float = 250.0
    """Of both arms together [N/m]."""
    strength: float = 50.0
    """Largest force of both arms together [N]."""
    reacts: float = 0.12
    """From the touch until its legs begin to stop it [s]."""
    back: float = 0.8
    """It steps back by so much [m] …"""
    back_speed: float = 0.5
    """… at this speed [m/s]."""


@dataclass(slots=True)
class Bump:
    """What happened so far."""

    phase: str = "run"
    """``run``, ``stop``, ``back`` or ``done``."""
    touched: float | None = None
    """When it touched first [s]."""
    impulse: Array = field(default_factory=lambda: np.zeros(2))
    """What the robot was given, shape (2,) in the map [N·s]."""
    peak: float = 0.0
    """Largest force, mean of 10 ms [N]."""
    lasted: float = 0.0
    """Time in touch [s]."""


class RompingChild:
    """One child and one robot; satisfies ``sim.timeline.Actor``.

    Args:
        bullet: The place.
        robot: Who is run into.
        child: How.
        start: Where the child is, shape (2,) in the map [m].
        velocity: How it moves already, shape (2,) [m/s].
        figure: The visitor who it is ("visitor 3"), whose own capsule touches nothing meanwhile;
            "" for a child who comes from nowhere.

    Attributes:
        bump: What happened so far.
    """

    def __init__(
        self,
        bullet: BulletWorld,
        robot: BulletMechanism,
        child: Child,
        start: Array,
        velocity: Array | None = None,
        *,
        figure: str = "",
    ) -> None:
        self._bullet, self._engine, self.child = bullet, bullet.engine, child
        self._name = figure or CHILD
        self._robot, (self._robot_body, _) = robot, robot.link(robot.spec.model.base)
        self.bump = Bump()
        self._course = np.array([1.0, 0.0])
        self._touch_place = np.zeros(2)
        self._recent = 0.0
        self._aim(np.asarray(start))
        self.body = self._make_trunk(np.asarray(start))
        self._hands = [self._make_hand(np.asarray(start), side) for side in HANDS]
        self._figure = self._capsule(figure)
        self._meets(False)
        speed = self._course * child.speed if velocity is None else np.asarray(velocity)
        for body in (self.body, *self._hands):
            self._engine.resetBaseVelocity(body, [*speed.tolist(), 0.0], [0.0, 0.0, 0.0])
        bullet.actors.append(self)

    # ------------------------------------------------------------------------- what it is made of

    def _make_trunk(self, start: Array) -> int:
        engine, child = self._engine, self.child
        length = child.height - 2.0 * child.radius
        shape = engine.createCollisionShape(engine.GEOM_CAPSULE, radius=child.radius, height=length)
        body = int(
            engine.createMultiBody(
                child.mass - 2.0 * HAND_MASS, shape, -1, [*start.tolist(), 0.5 * child.height]
            )
        )
        engine.changeDynamics(
            *(body, -1),
            localInertiaDiagonal=[_UPRIGHT] * 3,
            lateralFriction=0.0,  # its legs are a force, see ``_walk``
            linearDamping=0.0,
            angularDamping=0.0,
            restitution=0.0,
            contactStiffness=CHEST,
            contactDamping=2.0 * math.sqrt(CHEST * child.mass) * 0.5,
        )
        self._bullet.names[body] = self._name
        return body

    def _make_hand(self, start: Array, side: float) -> int:
        engine = self._engine
        shape = engine.createCollisionShape(engine.GEOM_SPHERE, radius=HAND_RADIUS)
        place = self._rest(start, side)
        body = int(engine.createMultiBody(HAND_MASS, shape, -1, place.tolist()))
        engine.changeDynamics(
            *(body, -1),
            linearDamping=0.0,
            angularDamping=0.5,
            lateralFriction=0.5,
            restitution=0.0,
            contactStiffness=SKIN,
            contactDamping=SKIN_DAMPING,
        )
        engine.setCollisionFilterGroupMask(body, -1, 0, 0)  # it meets the robot only
        for link in range(-1, engine.getNumJoints(self._robot_body)):
            engine.setCollisionFilterPair(body, self._robot_body, -1, link, 1)
        self._bullet.names[body] = self._name
        return body

    def _capsule(self, figure: str) -> int | None:
        """Return the body that shows the visitor who it is, if it is one."""
        own = (self.body, *self._hands)
        found = [body for body, name in self._bullet.names.items() if name == figure]
        return next((body for body in found if body not in own), None)

    def _meets(self, touches: bool) -> None:
        """Let the visitor's capsule touch the robot and the child, or go through them."""
        if self._figure is None:
            return
        engine, robot = self._engine, self._robot_body
        for link in range(-1, engine.getNumJoints(robot)):
            engine.setCollisionFilterPair(self._figure, robot, -1, link, int(touches))
        if not touches:
            engine.setCollisionFilterPair(self._figure, self.body, -1, -1, 0)

    # ------------------------------------------------------------------------------- what it does

    def before_step(self, step: int) -> None:
        """Look at the last step's touch, decide, use legs and arms."""
        time, duration = step * self._bullet.step, self._bullet.step
        self._measure(time, duration)
        self._decide(time)
        self._walk(duration)
        for hand, side in zip(self._hands, HANDS, strict=True):
            self._hold_out(hand, side)

    def _decide(self, time: float) -> None:
        bump = self.bump
        if bump.phase == "run":
            if bump.touched is None:
                self._aim(self.position())
            elif time - bump.touched >= self.child.reacts:
                bump.phase, self._touch_place = "stop", self.position()
        elif bump.phase == "stop":
            if float(self.velocity() @ self._course) < 0.05:
                bump.phase = "back"
        elif bump.phase == "back":
            gone = float((self._touch_place - self.position()) @ self._course)
            if gone >= self.child.back:
                bump.phase = "done"

    def _aim(self, start: Array) -> None:
        """Run to where the robot is."""
        way = self._robot.motion().position[:2] - start
        self._course = way / max(float(np.hypot(*way)), 1e-9)

    def _walk(self, duration: float) -> None:
        """Let the legs push it towards the velocity that it wants."""
        child, phase = self.child, self.bump.phase
        wanted = {"run": child.speed, "stop": 0.0, "back": -child.back_speed, "done": 0.0}[phase]
        force = child.mass * (wanted * self._course - self.velocity()) / (20.0 * duration)
        size = float(np.hypot(*force))
        self._push(self.body, np.array([*(force * min(1.0, child.legs / max(size, 1e-9))), 0.0]))

    def _hold_out(self, hand: int, side: float) -> None:
        """Draw a hand to its place; what acts on the hand acts on the child the other way."""
        child, engine = self.child, self._engine
        where = np.array(engine.getBasePositionAndOrientation(hand)[0])
        motion = np.array(engine.getBaseVelocity(hand)[0])
        off = self._rest(self.position(), side) - where
        slip = np.array([*self.velocity(), 0.0]) - motion
        ahead = np.array([*self._course, 0.0])
        along = self._arm(float(off @ ahead), float(slip @ ahead))
        across = off - float(off @ ahead) * ahead
        slip_across = slip - float(slip @ ahead) * ahead
        held = _HOLDS * across + 2.0 * math.sqrt(_HOLDS * HAND_MASS) * slip_across
        size = float(np.linalg.norm(held))
        held *= min(1.0, 0.5 * child.strength / max(size, 1e-9))
        force = along * ahead + held
        self._push(hand, force + np.array([0.0, 0.0, GRAVITY * HAND_MASS]))
        self._push(self.body, np.array([-force[0], -force[1], 0.0]))

    def _arm(self, off: float, slip: float) -> float:
        """Return the force of one arm along its child's course [N]."""
        stiffness = 0.5 * self.child.stiffness
        damping = 2.0 * 0.8 * math.sqrt(stiffness * HAND_MASS)
        most = 0.5 * self.child.strength
        return min(max(stiffness * off + damping * slip, -most), most)

    def _rest(self, middle: Array, side: float) -> Array:
        """Return where a hand belongs, shape (3,) [m]; drawn in when it steps back."""
        child = self.child
        out = child.arms if self.bump.phase in ("run", "stop") else 0.05
        ahead, left = self._course, np.array([-self._course[1], self._course[0]])
        place = middle + (child.radius + out) * ahead + side * left
        return np.array([*place, SHOULDERS * child.height])

    def _push(self, body: int, force: Array) -> None:
        place = self._engine.getBasePositionAndOrientation(body)[0]
        self._engine.applyExternalForce(body, -1, force.tolist(), place, self._engine.WORLD_FRAME)

    def _measure(self, time: float, duration: float) -> None:
        """Take down what the robot was given in the last step."""
        given = np.zeros(3)
        for body in (self.body, *self._hands):
            for contact in self._engine.getContactPoints(body, self._robot_body):
                given -= contact[_FORCE] * np.array(contact[_NORMAL])
        size = float(np.hypot(*given[:2]))
        bump = self.bump
        self._recent += (size - self._recent) * min(1.0, duration / 0.01)
        bump.peak = max(bump.peak, self._recent)
        bump.impulse = bump.impulse + given[:2] * duration
        bump.lasted += duration if size > 0.5 else 0.0
        if size > 0.5 and bump.touched is None:
            bump.touched = time

    def position(self) -> Array:
        """Return where the child is, shape (2,) in the map [m]."""
        return np.array(self._engine.getBasePositionAndOrientation(self.body)[0][:2])

    def velocity(self) -> Array:
        """Return how it moves, shape (2,) in the map [m/s]."""
        return np.array(self._engine.getBaseVelocity(self.body)[0][:2])

    def remove(self) -> None:
        """Leave the place. May be called twice."""
        if self in self._bullet.actors:
            self._bullet.actors.remove(self)
            self._meets(True)
            for body in (self.body, *self._hands):
                self._engine.removeBody(body)
                self._bullet.names.pop(body, None)
