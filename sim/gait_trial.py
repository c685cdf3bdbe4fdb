"""The greeter alone under physics: its own estimator, walk and joint guard, nothing else.

Sensor noise, quantisation, gyro bias, 10 ms old samples, one period of command delay, torque-speed
lines, backlash and friction are those of ``sim.body``. What pushes is the trial's hand, on the
trunk; nothing holds the robot. It walks without a map: its lidar is off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Command, Goal, Observation, State, Twist2
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.robot import standing_pose
from robotics.robots.greeter.walker import walker
from sim.body import BodySpec, BulletBody, greeter_spec
from sim.bullet import BulletWorld
from sim.onlooker import Onlooker
from sim.sensors import LidarSpec

NEVER = 1e9
"""Period of a lidar that is off [s]."""
SETTLED = 2.5
"""Standing before a walk is asked for [s]."""
TRUNK = (0.0, 0.0, 0.20)
"""Where it is pushed, in the base [m]: the middle of the trunk."""

Wish = Callable[[float], tuple[float, float, float]]
"""(vx, vy, wz) asked for at a time since the robot has settled."""
Lay = Callable[[BulletWorld], None]
"""Puts things on the ground."""


@dataclass(frozen=True, slots=True)
class Push:
    """A force on the trunk for a while."""

    time: float
    """When it begins, from when the robot has settled [s]."""
    impulse: tuple[float, float]
    """(forward, left) over its whole length [N·s]."""
    length: float = 0.1
    """[s]."""


@dataclass(frozen=True, slots=True)
class Quirks:
    """How a robot differs from its drawing, beyond its ``BodySpec``."""

    zero: Array = field(default_factory=lambda: np.zeros(22))
    """Error of each joint's zero, shape (22,) [rad]."""
    ground: float = 1.0
    """Friction of the ground; the soles' 0.8 multiplies it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a trial is made of."""

    wish: Wish
    seconds: float
    """From when the robot has settled [s]."""
    seed: int = 1
    lay: Lay = lambda world: None
    push: Push | None = None
    spec: BodySpec = field(default_factory=lambda: spec_of())
    quirks: Quirks = field(default_factory=Quirks)
    config: GreeterConfig = field(default_factory=GreeterConfig)
    reflexes: bool = False
    """Whether it braces and gets up when it falls."""
    until: Callable[[Onlooker], bool] = lambda seen: False
    """Ends the trial early."""
    watch: Callable[[Trial, State, Command], None] | None = None
    """For those who look closer."""


def spec_of() -> BodySpec:
    """Return the greeter's body with its lidar off."""
    return replace(greeter_spec(standing_pose()[0]), lidar=LidarSpec("lidar", period=NEVER))


class Trial:
    """One robot on one ground, tick by tick.

    Args:
        setting: What it is made of.

    Attributes:
        seen: What an onlooker sees once the robot has settled.
        since: Time from when it has settled [s].
        push: What pushes it; may be set at any tick.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting, self.push = setting, setting.push
        alone = walker(setting.config, reflexes=setting.reflexes)
        self.estimator, self.locomotion = alone.estimator, alone.locomotion
        self.guard = alone.guard
        self.world = BulletWorld()
        for ground in self.world.names:
            self.world.engine.changeDynamics(ground, -1, lateralFriction=setting.quirks.ground)
        setting.lay(self.world)
        rng = np.random.default_rng(setting.seed)
        self.body = BulletBody(self.world, setting.spec, (0.0, 0.0, 0.0), rng)
        self.seen = Onlooker(self.world, self.body)
        self._observation = self.body.reset()
        self.since = self._observation.time - SETTLED

    @property
    def is_over(self) -> bool:
        """Whether it fell, arrived, or the time is up."""
        out_of_time = self.since >= self.setting.seconds
        return bool(self.seen.fell) or out_of_time or self.setting.until(self.seen)

    def tick(self) -> None:
        """Go on by one control period."""
        quirks, since = self.setting.quirks, self.since
        state = self.estimator.update(_misread(self._observation, quirks))
        twist = Twist2(*self.setting.wish(since)) if since >= 0.0 else Twist2()
        command = self.guard.allow(state, self.locomotion.move(state, Goal(), twist))
        if self.setting.watch is not None:
            self.setting.watch(self, state, command)
        self.body.act(replace(command, target=command.target - quirks.zero))
        self._push()
        self._observation = self.body.observe()
        self.since = self._observation.time - SETTLED
        if since >= 0.0:
            self.seen.look(since)

    def _push(self) -> None:
        """Push at each physics step of this tick; the last step is left to ``observe``."""
        push = self.push
        if push is None or not push.time <= self.since + 1e-9 < push.time + push.length:
            return
        yaw = self.body.true_pose()[2]
        c, s = np.cos(yaw), np.sin(yaw)
        ahead, left = (part / push.length for part in push.impulse)
        steps = round(PERIOD / self.world.step)
        for step in range(steps):
            if step:
                self.world.advance_to(self.world.steps + 1)
            self.body.mechanism.push((c * ahead - s * left, s * ahead + c * left, 0.0), TRUNK)

    def close(self) -> None:
        """Leave the place."""
        self.body.close()
        self.world.close()


def run(setting: Setting) -> Onlooker:
    """Let the greeter do what is wished; return what an onlooker saw after it had settled."""
    trial = Trial(setting)
    while not trial.is_over:
        trial.tick()
    trial.close()
    return trial.seen


def _misread(observation: Observation, quirks: Quirks) -> Observation:
    """Return what the encoders say where their zeros are off."""
    joints = observation.joints
    return replace(observation, joints=replace(joints, position=joints.position + quirks.zero))
