"""A visitor's hand: a body of its own that reaches, grips, shakes, pulls, and lets go.

Its visitor's muscles draw it to a point that moves, like a spring with a damper, at most as strong
as they are (stiffness of a human arm at the hand, 300 N/m: Mussa-Ivaldi, Hogan and Bizzi, J.
Neurosci. 5, 1985). It grips with a constraint from palm to palm, as strong as its grip, and slips
off where more is asked for. Nothing here pushes the robot except through its hand.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from robotics.core.arrays import Array
from sim.bullet import BulletWorld
from sim.mechanism import BulletMechanism
from sim.sensors import GRAVITY

HAND = "a visitor's hand"
"""Its name among the bodies of the place."""
RADIUS = 0.04
"""Of the hand [m]."""
MASS = 0.6
"""A hand and the part of the forearm that goes with it [kg] (1 % of 60 kg: Winter, "Biomechanics
and motor control of human movement", table 4.1: hand 0.006, forearm 0.016 of the body's mass)."""
SKIN = 75.0e3
"""Stiffness of a hand that is touched [N/m] (ISO/TS 15066, table A.3: 75 N/mm) …"""
SKIN_DAMPING = 200.0
"""… and its damping [N·s/m]: half of critical for the hand's mass (own choice)."""
PALM_GAP = 0.09
"""Hands whose middles are so near can grip [m]."""
MEAN = 0.01
"""Forces are told as means over this [s]: a force gauge with a 100 Hz low-pass."""
CLOSING = 0.3
"""Time in which a hand closes around the other [s]."""
SLIPPED = 0.07
"""Palms so far apart have slipped off each other [m]."""
SLIP_TIME = 0.03
"""A grip asked for more than it can hold slips after this [s]."""
_DAMPING = 0.8
"""Of the muscles, as a share of critical (own choice)."""
_GENTLE = (0.15, 0.2)
"""So near the other hand, the reach is so much slower than before [m, share]."""
_CONTACT_LINK, _NORMAL, _FORCE = 4, 7, 9
"""Places in PyBullet's contact tuple."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a visitor shakes hands."""

    comes: bool = True
    """Whether the offered hand is taken at all."""
    after: float = 0.8
    """Time between seeing a hand and reaching for it [s]."""
    reach_speed: float = 0.5
    """[m/s]."""
    pause: float = 0.3
    """From the grip to the first shake [s]."""
    frequency: float = 2.0
    """Of the shaking [Hz]."""
    amplitude: float = 0.03
    """Half of its stroke [m]; 0 holds still."""
    shakes: float = 2.0
    """For so long [s]."""
    holds: float = 0.4
    """Holds on so long after that [s]."""
    pull: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Where it draws the hand while it holds on, in the robot's frame at the grip [m]."""
    pull_speed: float = 0.3
    """[m/s]."""
    strength: float = 15.0
    """Largest force of its muscles [N] (its own weight is carried beside)."""
    stiffness: float = 300.0
    """Of its arm [N/m]."""
    grip: float = 20.0
    """Largest force of its grip on each axis [N]."""


TYPICAL = Manners()
"""Takes the hand, shakes at 2 Hz for two seconds, lets go."""

CASES = {
    "slow": replace(TYPICAL, frequency=1.5, amplitude=0.04),
    "typical": TYPICAL,
    "quick": replace(TYPICAL, frequency=2.5, amplitude=0.025),
    "still": replace(TYPICAL, amplitude=0.0, shakes=0.0, holds=2.5),
    "pulls ahead": replace(TYPICAL, pull=(0.25, 0.0, 0.0), holds=2.0),
    "pulls left": replace(TYPICAL, pull=(0.0, 0.25, 0.0), holds=2.0),
    "pulls right": replace(TYPICAL, pull=(0.0, -0.25, 0.0), holds=2.0),
    "pulls down": replace(TYPICAL, pull=(0.0, 0.0, -0.25), holds=2.0),
    "pushes": replace(TYPICAL, pull=(-0.2, 0.0, 0.0), holds=2.0),
    "yanks": replace(TYPICAL, pull=(0.5, 0.0, 0.0), pull_speed=2.0, strength=40.0, holds=1.0),
    "lets go late": replace(TYPICAL, shakes=4.0, holds=3.0),
    "holds too long": replace(TYPICAL, shakes=2.0, holds=12.0),
    "iron": replace(
        TYPICAL, amplitude=0.0, shakes=0.0, holds=7.0, strength=300.0, stiffness=4000.0, grip=300.0
    ),
    "never comes": replace(TYPICAL, comes=False),
}
"""What a handshake has to cope with; "iron" is a hand that does not give way at all."""


@dataclass(slots=True)
class Grasp:
    """What happened so far."""

    phase: str = "rest"
    """``rest``, ``reach``, ``hold`` or ``gone``."""
    gripped: float | None = None
    """When it took the hand [s]."""
    released: float | None = None
    """When it let go, or slipped off [s]."""
    slipped: bool = False
    largest: float = 0.0
    """Largest force between hand and robot, grip or touch, mean of ``MEAN``, so far [N] …"""
    peak: float = 0.0
    """… and of a single step [N]."""
    force: float = 0.0
    """Mean of the last ``MEAN`` [N]."""


class VisitorHand:
    """One hand before one robot; satisfies ``sim.timeline.Actor``.

    Args:
        bullet: The place.
        robot: Whose hand is taken.
        manners: How.
        rest: Where the hand hangs, shape (3,) in the map [m].
        link: The robot's hand.

    Attributes:
        grasp: What happened so far.
        offered: Whether the visitor sees a hand held out; whoever stages the scene sets it.
    """

    def __init__(
        self,
        bullet: BulletWorld,
        robot: BulletMechanism,
        manners: Manners,
        rest: Array,
        *,
        link: str = "right_hand",
    ) -> None:
        self._bullet, self._engine, self.manners = bullet, bullet.engine, manners
        self._robot, (self._body_robot, self._link) = robot, robot.link(link)
        self._rest = np.array(rest, dtype=np.float64)
        self.grasp = Grasp()
        self.offered = False
        self._seen: float | None = None
        self._goal = self._rest.copy()
        self._start = self._taken = np.zeros(3)
        self._drawn = 0.0
        self._slipping = 0.0
        self._palms: int | None = None
        self._forces = deque([0.0], maxlen=max(1, round(MEAN / bullet.step)))
        self._make()
        bullet.actors.append(self)

    def _make(self) -> None:
        engine = self._engine
        shape = engine.createCollisionShape(engine.GEOM_SPHERE, radius=RADIUS)
        visual = engine.createVisualShape(
            engine.GEOM_SPHERE, radius=RADIUS, rgbaColor=(0.93, 0.76, 0.64, 1)
        )
        self.body = int(engine.createMultiBody(MASS, shape, visual, self._rest.tolist()))
        engine.changeDynamics(
            *(self.body, -1),
            linearDamping=0.0,
            angularDamping=0.5,
            lateralFriction=0.5,
            contactStiffness=SKIN,
            contactDamping=SKIN_DAMPING,
        )
        engine.setCollisionFilterGroupMask(self.body, -1, 0, 0)  # it meets the robot only
        for link in range(-1, engine.getNumJoints(self._body_robot)):
            engine.setCollisionFilterPair(self.body, self._body_robot, -1, link, 1)
        self._bullet.names[self.body] = HAND

    def before_step(self, step: int) -> None:
        """Look at the last step's force, decide, move the muscles' goal."""
        time, duration = step * self._bullet.step, self._bullet.step
        self._measure(duration)
        phase = self.grasp.phase
        if phase == "rest":
            self._wait(time)
        elif phase == "reach":
            self._reach(time, duration)
        elif phase == "hold":
            self._hold(time, duration)
        else:
            self._go(self._rest, self.manners.reach_speed * duration)
        self._hold_up()

    def _wait(self, time: float) -> None:
        if not self.offered or not self.manners.comes:
            self._seen = None
            return
        self._seen = time if self._seen is None else self._seen
        if time - self._seen >= self.manners.after:
            self.grasp.phase = "reach"

    def _reach(self, time: float, duration: float) -> None:
        if not self.offered:
            self.grasp.phase = "rest"
            return
        near, share = _GENTLE
        apart = self._apart()
        speed = self.manners.reach_speed * (share if apart < near else 1.0)
        self._go(self.palm(), speed * duration)
        if apart < PALM_GAP:
            self._grip(time)

    def _grip(self, time: float) -> None:
        engine = self._engine
        for link in self._robot.chain(self._link):
            engine.setCollisionFilterPair(self.body, self._body_robot, -1, link, 0)
        self._pivots = [self._robot.pivot(self._link, p) for p in (self.position(), self.palm())]
        self._palms = engine.createConstraint(
            *(self.body, -1, self._body_robot, self._link, engine.JOINT_POINT2POINT),
            *((0, 0, 0), (0, 0, 0), self._pivot(0.0)),
        )
        self._close(0.0)
        self.grasp.phase, self.grasp.gripped = "hold", time
        self._start, self._taken, self._drawn = self.palm(), self._goal, 0.0
        yaw = self._robot.heading()
        c, s = math.cos(yaw), math.sin(yaw)
        self._turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])

    def _pivot(self, since: float) -> list[float]:
        """Return where on the robot's hand the palm is, as the engine wants it, (3,) [m]."""
        share = min(1.0, since / CLOSING)
        first, last = self._pivots
        pivot: list[float] = (first + share * (last - first)).tolist()
        return pivot

    def _close(self, since: float) -> None:
        """Draw the palms together within ``CLOSING`` of the grip."""
        self._engine.changeConstraint(
            self._palms,
            jointChildPivot=self._pivot(since),
            maxForce=self.manners.grip,
        )

    def _hold(self, time: float, duration: float) -> None:
        manners, grasp = self.manners, self.grasp
        assert grasp.gripped is not None
        self._close(time - grasp.gripped)
        since = time - grasp.gripped - manners.pause
        goal = self._start + max(0.0, -since / manners.pause) * (self._taken - self._start)
        if 0.0 < since < manners.shakes:
            ease = min(1.0, since / 0.3, (manners.shakes - since) / 0.2)
            turn = 2.0 * math.pi * manners.frequency * since
            goal[2] += ease * manners.amplitude * math.sin(turn)
        way = np.array(manners.pull)
        length = float(np.linalg.norm(way))
        if since >= max(manners.shakes, 0.0) and length > 0.0:
            self._drawn = min(length, self._drawn + manners.pull_speed * duration)
            goal = self._start + self._turn @ way * (self._drawn / length)
        self._goal = goal
        if since >= manners.shakes + manners.holds:
            self._let_go(time, slipped=False)
        elif self._slipping > SLIP_TIME or (self._apart() > SLIPPED and since > 0.0):
            self._let_go(time, slipped=True)

    def _let_go(self, time: float, *, slipped: bool) -> None:
        assert self._palms is not None
        self._engine.removeConstraint(self._palms)
        self._palms = None
        self.grasp.phase, self.grasp.released, self.grasp.slipped = "gone", time, slipped
        self._goal = self.position()

    def _measure(self, duration: float) -> None:
        """Take down the force of the last step."""
        force = np.zeros(3)
        if self._palms is not None:
            force = np.array(self._engine.getConstraintState(self._palms))
            full = float(np.abs(force).max()) > 0.98 * self.manners.grip
            self._slipping = self._slipping + duration if full else 0.0
        for contact in self._engine.getContactPoints(self.body, self._body_robot):
            force = force + contact[_FORCE] * np.array(contact[_NORMAL])
        self._forces.append(float(np.linalg.norm(force)))
        grasp = self.grasp
        grasp.force = float(np.mean(self._forces))
        grasp.largest = max(grasp.largest, grasp.force)
        grasp.peak = max(grasp.peak, self._forces[-1])

    def _go(self, goal: Array, step: float) -> None:
        """Move the muscles' goal towards ``goal`` (3,) by at most ``step`` [m]."""
        way = goal - self._goal
        length = float(np.linalg.norm(way))
        self._goal = goal.copy() if length <= step else self._goal + way * (step / length)

    def _hold_up(self) -> None:
        """Let the muscles draw the hand to its goal, and carry its weight."""
        manners = self.manners
        velocity = np.array(self._engine.getBaseVelocity(self.body)[0])
        damping = 2.0 * _DAMPING * math.sqrt(manners.stiffness * MASS)
        force = manners.stiffness * (self._goal - self.position()) - damping * velocity
        size = float(np.linalg.norm(force))
        force = force * min(1.0, manners.strength / max(size, 1e-9))
        force[2] += GRAVITY * MASS
        self._engine.applyExternalForce(
            *(self.body, -1, force.tolist(), self.position().tolist(), self._engine.WORLD_FRAME)
        )

    def position(self) -> Array:
        """Return where the hand is, shape (3,) in the map [m]."""
        return np.array(self._engine.getBasePositionAndOrientation(self.body)[0])

    def palm(self) -> Array:
        """Return where the robot's hand is, shape (3,) in the map [m]."""
        return self._robot.place_of(self._link)

    def _apart(self) -> float:
        return float(np.linalg.norm(self.palm() - self.position()))

    def remove(self) -> None:
        """Leave the place. May be called twice."""
        if self in self._bullet.actors:
            self._bullet.actors.remove(self)
            if self._palms is not None:
                self._engine.removeConstraint(self._palms)
                self._palms = None
            self._engine.removeBody(self.body)
            self._bullet.names.pop(self.body, None)
