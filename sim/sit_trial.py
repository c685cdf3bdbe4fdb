"""One sit under physics: down, the motors without power, switched on anew, up, and a walk.

The robot is the whole greeter but its lidar: its own estimator, reflexes and guard, with sensor
noise, latency and motor limits. Nothing but the ground and its motors holds it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Command, Goal, Joints, Observation, Posture, Twist2
from robotics.core.rotation import matrix_from_quaternion
from robotics.robots.greeter.config import GreeterConfig
from robotics.robots.greeter.reflexes import Plight, Reflexes
from robotics.robots.greeter.robot import standing_pose
from robotics.robots.greeter.walker import walker
from sim.body import BulletBody, greeter_spec
from sim.bullet import BulletWorld
from sim.sensors import LidarSpec

STANDS = 1.0
"""On its feet before anything is asked of it [s]."""
POWERLESS = 5.0
"""The motors are without power for so long [s]."""
LONGEST = 40.0
"""To sit down, and to stand up again [s]."""
WALKS = 3.0
"""It walks for so long when it stands again [s]."""
HELD_TILT, HELD_FALL = math.radians(10.0), 0.02
"""A sit holds if trunk and seat move no more without power [rad], [m]."""
_BODY_B, _LINK_A, _LINK_B, _FORCE = 2, 3, 4, 9


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What differs from one trial to the next."""

    seed: int
    walk: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """What it does for 2 s before it is asked to sit."""
    friction: float = 1.0
    """Of the ground; the soles' 0.8 multiplies it."""
    zero: Array = field(default_factory=lambda: np.zeros(22))
    """Error of each joint's zero, shape (22,) [rad]."""

    @staticmethod
    def drawn(number: int, seed: int) -> Circumstances:
        """Return those of trial ``number``: zeros within 0.5°, friction 0.6 to 1."""
        rng = np.random.default_rng([seed, number])
        walk = ((0.0, 0.0, 0.0), (0.2, 0.0, 0.0), (0.0, 0.0, 0.4))[number % 3]
        zero = rng.uniform(-1.0, 1.0, 22) * math.radians(0.5)
        friction = float(rng.uniform(0.6, 1.0))
        return Circumstances(int(rng.integers(1, 10**6)), walk, friction, zero)


@dataclass(slots=True)
class SitSeen:
    """What an onlooker saw, who knows the truth.

    Attributes:
        sat: Whether it sat down by itself.
        held: Whether it sat as before after ``POWERLESS`` without power.
        woken: Whether, switched on anew, it stood up and walked.
        took: Time to sit down and to stand up [s].
        moved: How far tilt [rad] and height [m] of the trunk changed without power.
        drop: Fastest way down of the trunk [m/s].
        over: How far a joint was beyond its limit [rad].
        collision: Largest force of one link of its own on another [N], and which two.
        why: What went wrong.
    """

    sat: bool = False
    held: bool = False
    woken: bool = False
    took: list[float] = field(default_factory=list)
    moved: tuple[float, float] = (0.0, 0.0)
    drop: float = 0.0
    over: float = 0.0
    collision: tuple[float, str] = (0.0, "")
    why: str = ""


Look = Callable[[BulletBody, float], None]


class SitTrial:
    """The greeter sits down, loses its power, and stands up again.

    Args:
        circumstances: What differs.
        look: Is shown the body at every tick, with the time [s].

    Attributes:
        seen: What was seen so far.
    """

    def __init__(self, circumstances: Circumstances, look: Look = lambda body, time: None) -> None:
        self._circumstances, self._look = circumstances, look
        self.world = BulletWorld()
        for ground in self.world.names:
            self.world.engine.changeDynamics(ground, -1, lateralFriction=circumstances.friction)
        lidar = LidarSpec("lidar", period=1e9)
        spec = replace(greeter_spec(standing_pose()[0]), lidar=lidar)
        rng = np.random.default_rng(circumstances.seed)
        self.body = BulletBody(self.world, spec, (0.0, 0.0, 0.0), rng)
        self.seen = SitSeen()
        self._limits = [spec.model.joints.column(name) for name in ("lower", "upper")]
        self._engine, self._handle = self.world.engine, self.body.mechanism.link("trunk")[0]
        self._observation = self.body.reset()
        self._switch_on()

    def _switch_on(self) -> None:
        """Build the robot anew: it knows nothing of what was."""
        robot = walker(GreeterConfig(), reflexes=True)
        self._estimator, self._guard = robot.estimator, robot.guard
        assert isinstance(robot.locomotion, Reflexes)
        self.reflexes = robot.locomotion

    def run(self) -> SitSeen:
        """Go through all of it, or until something fails."""
        self._spend(STANDS, Posture())
        self._spend(2.0, Posture(), self._circumstances.walk)
        self.seen.sat = self._until(Plight.SEATED, Posture(sit=True))
        if self.seen.sat:
            self._spend(1.0, Posture(sit=True))
            self._lose_power()
            self._switch_on()
            self._spend(1.0, Posture(stay_seated=True))
            stands = self._until(Plight.FEET, Posture())
            self._spend(WALKS, Posture(), (0.2, 0.0, 0.0))
            is_up = self._trunk()[1][2, 2] > 0.95 and self.reflexes.plight is Plight.FEET
            self.seen.woken = bool(stands and is_up)
        self.seen.why = "; ".join(why for _, plight, why in self.reflexes.log if plight in _WRONG)
        self.body.close()
        self.world.close()
        return self.seen

    def _until(self, plight: Plight, posture: Posture) -> bool:
        """Ask for ``posture`` until the robot is in this plight; return whether it came to that."""
        begin = self._observation.time
        while self._observation.time < begin + LONGEST:
            self._tick(posture)
            if self.reflexes.plight in _WRONG:
                return False
            if self.reflexes.plight is plight:
                self.seen.took.append(self._observation.time - begin)
                return True
        return False

    def _spend(
        self, seconds: float, posture: Posture, twist: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ) -> None:
        for _ in range(round(seconds / self.body.period)):
            self._tick(posture, twist)

    def _tick(self, posture: Posture, twist: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:
        zero = self._circumstances.zero
        state = self._estimator.update(_misread(self._observation, zero))
        wished = self.reflexes.move(state, Goal(posture=posture), Twist2(*twist))
        command = self._guard.allow(state, wished)
        self._pass(replace(command, target=command.target - zero))

    def _lose_power(self) -> None:
        """Let the motors have no torque at all, and look what becomes of the sit."""
        position, rotation = self._trunk()
        target = self.body.joint_positions()
        for _ in range(round(POWERLESS / self.body.period)):
            self._pass(Command(target, np.zeros(len(target))))
        after, turned = self._trunk()
        tilted = float(np.arccos(np.clip(rotation[2] @ turned[2], -1.0, 1.0)))
        fallen = abs(float(after[2] - position[2]))
        self.seen.moved = tilted, fallen
        self.seen.held = tilted < HELD_TILT and fallen < HELD_FALL

    def _pass(self, command: Command) -> None:
        self.body.act(command)
        self._observation = self.body.observe()
        self._watch()
        self._look(self.body, self._observation.time)

    def _trunk(self) -> tuple[Array, Array]:
        position, quaternion = self.body.true_base()
        return np.array(position), matrix_from_quaternion(quaternion)

    def _watch(self) -> None:
        seen, engine = self.seen, self._engine
        seen.drop = max(seen.drop, -engine.getBaseVelocity(self._handle)[0][2])
        lower, upper = self._limits
        position = self.body.joint_positions()
        seen.over = max(seen.over, float(np.maximum(lower - position, position - upper).max()))
        for contact in engine.getContactPoints(bodyA=self._handle, bodyB=self._handle):
            if contact[_FORCE] > seen.collision[0]:
                names = [self._name(contact[place]) for place in (_LINK_A, _LINK_B)]
                seen.collision = contact[_FORCE], "+".join(names)

    def _name(self, link: int) -> str:
        if link < 0:
            return "trunk"
        return str(self._engine.getJointInfo(self._handle, link)[12].decode())


_WRONG = frozenset({Plight.FALLING, Plight.LYING, Plight.HELPLESS})


def _misread(observation: Observation, zero: Array) -> Observation:
    """Return what the encoders say where their zeros are off by ``zero`` (n,) [rad]."""
    joints: Joints = observation.joints
    return replace(observation, joints=replace(joints, position=joints.position + zero))
