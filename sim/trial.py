"""The greeter alone on paving, playing something: what an onlooker measures for a certificate.

The robot is the real one, as assembled; pushes, friction and sensor noise follow from a seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Goal, State, Twist2
from robotics.core.model import Model
from robotics.core.parts import Robot
from robotics.core.rotation import matrix_from_quaternion
from robotics.robots.greeter.robot import standing_pose
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.engine import Engine
from sim.spec import greeter_spec

WALLS = 10.0
"""Distance of the walls: without them the lidar sees nothing, and the robot stays [m]."""
HAND_HEIGHT = 0.28
"""Where a visitor's hand pushes, above the hips [m]."""
LOADED = 0.25
"""Share of the weight on a foot that has to stay where it is."""
TIPPED, DROPPED = math.radians(45.0), 0.3
"""It has fallen when the trunk leans more [rad] or the hips are lower [m]."""
LOOK_EVERY = 10
"""Ticks between two looks at self-contact and pictures: 20 Hz."""
NEAR = 0.05
"""Links nearer than this are measured [m]."""


@dataclass(frozen=True, slots=True)
class Push:
    """Somebody's hand."""

    time: float
    """[s]."""
    force: tuple[float, float]
    """(forward, left) in the map [N]."""
    duration: float = 0.1
    """[s]."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What differs from run to run."""

    seed: int = 0
    friction: float = 0.8
    """Of the soles on the paving."""
    pushes: tuple[Push, ...] = ()

    @staticmethod
    def drawn(seed: int, *, seconds: float, impulse: float, every: float = 4.0) -> Setting:
        """Return a setting with pushes of ``impulse`` [N·s] about ``every`` [s], from anywhere.

        Args:
            seed: Same seed, same setting.
            seconds: Length of the run [s].
            impulse: Of each push; 0 for none.
            every: Mean time between two pushes [s].
        """
        rng = np.random.default_rng([seed, 7])
        friction = float(rng.uniform(0.45, 0.9))
        pushes, time = [], 3.0
        while impulse > 0.0 and time < seconds - 1.5:
            time += float(rng.uniform(0.5, 1.5)) * every
            angle, force = float(rng.uniform(-math.pi, math.pi)), impulse / 0.1
            pushes.append(Push(time, (force * math.cos(angle), force * math.sin(angle))))
        return Setting(seed, friction, tuple(pushes))


@dataclass(slots=True)
class Outcome:
    """What was measured."""

    fell: float | None = None
    """When [s]; None if it stood to the end."""
    seconds: float = 0.0
    tilt: float = 0.0
    """Largest lean of the trunk [rad]."""
    slip: float = 0.0
    """Farthest that a loaded sole slid without being lifted [m]."""
    steps: int = 0
    """How often a foot was lifted."""
    beyond: dict[str, float] = field(default_factory=dict)
    """Joints that were driven beyond their limits, and how far [rad]."""
    self_distance: float = math.inf
    """Least distance between two links [m]; not looked for beyond ``NEAR``."""
    self_pair: str = ""
    torque: float = 0.0
    """Largest share of a motor's stall torque, root mean square over the run."""
    frames: list[tuple[float, Array, Array, Array]] = field(default_factory=list)
    """(time, position (3,), quaternion (4,), joints (n,)) at 20 Hz."""


Wish = Callable[[State], tuple[Goal, Twist2]]
"""What the robot is asked for in a state."""


def run(robot: Robot, wish: Wish, *, seconds: float, setting: Setting) -> Outcome:
    """Let ``robot`` do what ``wish`` says, until it has fallen or ``seconds`` are over.

    Raises:
        MissingDependency: PyBullet is not installed.
    """
    world = BulletWorld()
    _put_up_walls(world.engine)
    spec = greeter_spec(standing_pose()[0])
    body = BulletBody(world, spec, (0.0, 0.0, 0.0), np.random.default_rng(setting.seed))
    onlooker = _Onlooker(world.engine, body, setting.friction)
    observation = body.reset()
    outcome = onlooker.outcome
    while observation.time < seconds and outcome.fell is None:
        state = robot.estimator.update(observation)
        goal, twist = wish(state)
        body.act(robot.guard.allow(state, robot.locomotion.move(state, goal, twist)))
        onlooker.look(observation.time)
        _push(body, setting.pushes, observation.time)
        observation = body.observe()
    onlooker.finish()
    body.close()
    world.close()
    return outcome


class _Onlooker:
    """Writes down what truly happens."""

    def __init__(self, engine: Engine, body: BulletBody, friction: float) -> None:
        self.outcome = Outcome()
        self._engine, self._body = engine, body
        spec = body.spec
        self._lower, self._upper = (spec.model.joints.column(end) for end in ("lower", "upper"))
        self._stall = spec.model.joints.column("effort")
        self._id = _body_id(engine)
        self._links = _link_ids(engine, self._id, spec.model)
        for foot in spec.friction:
            engine.changeDynamics(self._id, self._links[foot], lateralFriction=friction)
        self._pairs = _pairs(spec.model, _shaped(engine, self._id, self._links))
        self._weight = spec.model.mass * 9.81
        self._planted: list[Array | None] = [None, None]
        self._squared, self._ticks = np.zeros(len(self._stall)), 0

    def look(self, time: float) -> None:
        """Look at one tick."""
        outcome, body = self.outcome, self._body
        position, quaternion = body.true_base()
        upright = float(matrix_from_quaternion(quaternion)[2, 2])
        tilt = math.acos(min(max(upright, -1.0), 1.0))
        outcome.tilt, outcome.seconds = max(outcome.tilt, tilt), time
        if tilt > TIPPED or float(position[2]) < DROPPED:
            outcome.fell = time
        joints = body.joint_positions()
        self._limits(joints)
        self._feet()
        self._squared += (body.torque / self._stall) ** 2
        self._ticks += 1
        if self._ticks % LOOK_EVERY == 1:
            outcome.frames.append((time, position, quaternion, joints.copy()))
            self._nearest()

    def finish(self) -> None:
        """Sum up."""
        mean = self._squared / max(self._ticks, 1)
        self.outcome.torque = float(np.sqrt(mean.max()))

    def _limits(self, joints: Array) -> None:
        over = np.maximum(joints - self._upper, self._lower - joints)
        for place in np.flatnonzero(over > 0.0):
            name = self._body.spec.model.joints.names[place]
            most = self.outcome.beyond.get(name, 0.0)
            self.outcome.beyond[name] = max(most, float(over[place]))

    def _feet(self) -> None:
        load = self._body.mechanism.foot_force().sum(axis=1)
        for side, sole in enumerate(self._body.spec.soles):
            if load[side] < LOADED * self._weight:
                if load[side] < 1.0 and self._planted[side] is not None:
                    self.outcome.steps += 1
                self._planted[side] = None if load[side] < 1.0 else self._planted[side]
                continue
            state = self._engine.getLinkState(self._id, self._links[sole.link])
            place = np.array(state[4][:2])
            if self._planted[side] is None:
                self._planted[side] = place
            slid = float(np.hypot(*(place - self._planted[side])))
            self.outcome.slip = max(self.outcome.slip, slid)

    def _nearest(self) -> None:
        for (first, second), (a, b) in self._pairs.items():
            for point in self._engine.getClosestPoints(self._id, self._id, NEAR, a, b):
                if point[8] < self.outcome.self_distance:
                    self.outcome.self_distance = float(point[8])
                    self.outcome.self_pair = f"{first} / {second}"


def _push(body: BulletBody, pushes: tuple[Push, ...], time: float) -> None:
    """Push through all physics steps of this tick, if somebody pushes now."""
    force = np.zeros(3)
    for push in pushes:
        if push.time <= time < push.time + push.duration:
            force += (*push.force, 0.0)
    if force.any():
        body.mechanism.push(force, [0.0, 0.0, HAND_HEIGHT])
        while not body.creep():
            body.mechanism.push(force, [0.0, 0.0, HAND_HEIGHT])


def _put_up_walls(engine: Engine) -> None:
    for half, (x, y) in (((0.05, WALLS), (-WALLS, 0.0)), ((WALLS, 0.05), (0.0, -WALLS))):
        shape = engine.createCollisionShape(engine.GEOM_BOX, halfExtents=[*half, 0.75])
        for side in (1.0, -1.0):
            engine.createMultiBody(0.0, shape, basePosition=[side * x, side * y, 0.75])


def _body_id(engine: Engine) -> int:
    bodies = (int(engine.getBodyUniqueId(k)) for k in range(engine.getNumBodies()))
    return next(body for body in bodies if engine.getNumJoints(body) > 0)


def _link_ids(engine: Engine, body: int, model: Model) -> dict[str, int]:
    infos = [engine.getJointInfo(body, k) for k in range(engine.getNumJoints(body))]
    return {model.base: -1, **{info[12].decode(): int(info[0]) for info in infos}}


def _shaped(engine: Engine, body: int, links: Mapping[str, int]) -> dict[str, int]:
    """Return the links that have a collision shape."""
    found = {name: engine.getCollisionShapeData(body, link) for name, link in links.items()}
    return {name: links[name] for name, shapes in found.items() if shapes}


def _pairs(model: Model, links: Mapping[str, int]) -> dict[tuple[str, str], tuple[int, int]]:
    """Return the pairs of links that could touch: two joints or more lie between them."""
    above = {one.child: (one.parent, one.name in model.joints.names) for one in model.attachments}

    def way(link: str) -> set[str]:
        found = set()
        while link in above:
            parent, moves = above[link]
            found |= {link} if moves else set()
            link = parent
        return found

    ways = {name: way(name) for name in links}
    names = sorted(links)
    return {
        (first, second): (links[first], links[second])
        for place, first in enumerate(names)
        for second in names[place + 1 :]
        if len(ways[first] ^ ways[second]) >= 2
    }
