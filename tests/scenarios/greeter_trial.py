"""The greeter alone on paving, under physics: what an onlooker writes down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from robotics.core.arrays import Array
from robotics.core.messages import Command, Goal, State, Twist2
from robotics.core.model import Model
from robotics.core.parts import Robot
from robotics.core.rotation import matrix_from_quaternion
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.robot import build, standing_pose
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.spec import greeter_spec

START = (0.0, 0.0, 0.0)


def empty_site() -> Site:
    """Return 20 m × 20 m of paving behind a wall."""
    cells = np.zeros((200, 200), dtype=np.bool_)
    cells[[0, -1], :] = cells[:, [0, -1]] = True
    walls = Grid(cells, 0.1, np.array([-10.0, -10.0]))
    nothing = walls.like(np.zeros_like(cells))
    free = Grid(np.full(cells.shape, np.inf), 0.1, walls.origin)
    return Site("paving", walls, walls, nothing, free, {}, {}, ())


def build_walls(world: BulletWorld) -> None:
    """Put up the walls of ``empty_site``: without them the lidar sees nothing, and it stays."""
    for half, (x, y) in (((0.05, 10.0), (-9.95, 0.0)), ((10.0, 0.05), (0.0, -9.95))):
        shape = world.engine.createCollisionShape(world.engine.GEOM_BOX, halfExtents=[*half, 0.75])
        for side in (1.0, -1.0):
            world.engine.createMultiBody(0.0, shape, basePosition=[side * x, side * y, 0.75])


@dataclass
class Witness:
    """True motion, tick by tick; nothing of it goes back to the robot."""

    model: Model = field(default_factory=load)
    pose: list[tuple[float, float, float]] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    upright: list[float] = field(default_factory=list)
    soles: list[Array] = field(default_factory=list)
    tilt_error: list[float] = field(default_factory=list)
    target: list[Array] = field(default_factory=list)

    def look(self, body: BulletBody, state: State, command: Command) -> None:
        """Write down one tick."""
        position, quaternion = body.true_base()
        rotation = matrix_from_quaternion(quaternion)
        poses = self.model.poses_in_base(body.joint_positions())
        self.pose.append(body.true_pose())
        self.height.append(float(position[2]))
        self.upright.append(float(rotation[2, 2]))
        self.soles.append(
            np.array([position + rotation @ poses[f"{side}_sole"][0] for side in ("left", "right")])
        )
        pitch = -np.arcsin(rotation[2, 0])
        self.tilt_error.append(float(abs(state.tilt[1] - pitch)))
        self.target.append(command.target)

    @property
    def fell(self) -> bool:
        """Whether the trunk tipped over or came down."""
        return min(self.upright) < 0.7 or min(self.height) < 0.3


Trial = Callable[[float], tuple[Goal, Twist2]]


def stand(time: float) -> tuple[Goal, Twist2]:
    """Ask for nothing."""
    return Goal(), Twist2()


def run(
    seconds: float,
    wish: Trial = stand,
    *,
    robot: Robot | None = None,
    clips: Mapping[str, object] | None = None,
    alter: Callable[[State, Command], Command] = lambda state, command: command,
    step: float = 0.0025,
    watch: Callable[[BulletWorld, BulletBody], None] = lambda world, body: None,
) -> Witness:
    """Let the greeter do what ``wish`` says for ``seconds``, or until it lies on the ground.

    Args:
        seconds: Time of the trial [s].
        wish: Goal and twist at a time.
        robot: Another one than the usual.
        clips: For the usual one.
        alter: Spoils commands on their way to the body.
        step: Of the physics [s].
        watch: Called after every tick.
    """
    robot = robot or build(empty_site(), START, clips or {})  # type: ignore[arg-type]  # test clips
    world = BulletWorld(step=step)
    build_walls(world)
    spec = greeter_spec(standing_pose()[0])
    body = BulletBody(world, spec, START, np.random.default_rng(5))
    witness = Witness()
    observation = body.reset()
    while observation.time < seconds and not (witness.upright and witness.fell):
        state = robot.estimator.update(observation)
        goal, twist = wish(observation.time)
        command = robot.guard.allow(state, robot.locomotion.move(state, goal, twist))
        body.act(alter(state, command))
        witness.look(body, state, command)
        observation = body.observe()
        watch(world, body)
    body.close()
    world.close()
    return witness
