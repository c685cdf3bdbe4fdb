"""One robot behind its emulated line on empty paving, and what a fault makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from robotics.behaviour.machine import State as Place
from robotics.behaviour.machine import mission_table
from robotics.behaviour.mission import Conduct, Machine
from robotics.core.messages import Drive, Goal, Observation, State, Twist2
from robotics.core.rotation import matrix_from_quaternion
from robotics.mapping.grid import Grid
from robotics.mapping.places import Site
from robotics.robots.greeter import robot as greeter
from robotics.robots.greeter.robot import standing_pose
from robotics.robots.sweeper import robot as sweeper
from sim.body import BulletBody
from sim.bullet import BulletWorld
from sim.emulator.open import EmulatedBackend
from sim.faults import Fault
from sim.scenario import StageBody
from sim.spec import greeter_spec, sweeper_spec

START = (0.0, 0.0, 0.0)
SPEED = {"greeter": 0.25, "sweeper": 0.6}
"""While it walks or drives [m/s]."""
STILL = 0.05
"""Slower than this it stands [m/s]."""


def paving() -> Site:
    """Return 20 m × 20 m of paving behind a wall."""
    cells = np.zeros((200, 200), dtype=np.bool_)
    cells[[0, -1], :] = cells[:, [0, -1]] = True
    walls = Grid(cells, 0.1, np.array([-10.0, -10.0]))
    nothing = walls.like(np.zeros_like(cells))
    free = Grid(np.full(cells.shape, np.inf), 0.1, walls.origin)
    return Site("paving", walls, walls, nothing, free, {}, {}, ())


def _build_walls(world: BulletWorld) -> None:
    for half, (x, y) in (((0.05, 10.0), (-9.95, 0.0)), ((10.0, 0.05), (0.0, -9.95))):
        shape = world.engine.createCollisionShape(world.engine.GEOM_BOX, halfExtents=[*half, 0.75])
        for side in (1.0, -1.0):
            world.engine.createMultiBody(0.0, shape, basePosition=[side * x, side * y, 0.75])


class _Owner:
    """Guards of a mission without work of its own."""

    def __init__(self) -> None:
        self.conduct: Conduct | None = None

    def is_released(self) -> bool:
        """Guard."""
        return self.conduct is None or self.conduct.is_released()


@dataclass
class Account:
    """What an onlooker saw, tick by tick."""

    time: list[float] = field(default_factory=list)
    speed: list[float] = field(default_factory=list)
    """Of the base over ground [m/s]."""
    upright: list[float] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    arms: list[float] = field(default_factory=list)
    """Largest distance of an arm joint from where it was at the fault [rad]."""
    restless: list[float] = field(default_factory=list)
    """Speed of the fastest joint [rad/s]."""
    state: str = ""
    """Of the mission, at the end."""
    known: set[str] = field(default_factory=set)
    """Faults that body or estimator ever reported."""
    faults: tuple[str, ...] = ()
    powered: int = 0
    """Devices with their torque on, at the end."""

    def stopped_after(self, begin: float) -> float:
        """Return how long after ``begin`` [s] it still moved [s]."""
        moving = [t for t, v in zip(self.time, self.speed, strict=True) if t > begin and v > STILL]
        return max(moving, default=begin) - begin

    @property
    def fell(self) -> bool:
        """Whether the trunk tipped over."""
        return min(self.upright) < 0.7


class Rig:
    """A robot with its controllers, its mission's obedience, and its emulated body."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.world = BulletWorld()
        _build_walls(self.world)
        is_greeter = name == "greeter"
        spec = greeter_spec(standing_pose()[0]) if is_greeter else sweeper_spec()
        self.body = BulletBody(self.world, spec, START, np.random.default_rng(5))
        self.backend = EmulatedBackend(name, StageBody(self.body))
        site = paving()
        if is_greeter:
            self.robot = greeter.build(site, np.zeros(3), {})
        else:
            self.robot = sweeper.build(site, np.zeros(3))
        owner = _Owner()
        table = mission_table(
            name,
            working=Place("working", "drives or stands"),
            transitions=(),
            events=(),
            home=Place("leaving", "never"),
        )
        self.twist = Twist2()
        self.conduct = Conduct(Machine(table, owner), self._work)
        owner.conduct = self.conduct
        self.account = Account()

    def _work(self, state: State) -> Goal:
        del state
        twist = self.twist
        return Goal(base=Drive(np.array([twist.vx, twist.vy, twist.wz])))

    def tick(self, observation: Observation) -> None:
        """Let the robot answer one observation."""
        state = self.robot.estimator.update(observation)
        goal = self.conduct.decide(state)
        moves = isinstance(goal.base, Drive)
        twist = self.twist if moves else Twist2()
        wished = self.robot.locomotion.move(state, goal, twist)
        self.backend.act(self.robot.guard.allow(state, wished))
        self.account.state, self.account.faults = self.conduct.mission.state, state.faults
        self.account.known |= {*state.faults}

    def look(self, time: float) -> None:
        """Write down what is true now."""
        position, quaternion = self.body.true_base()
        velocity = self.body.true_velocity()
        self.account.time.append(time)
        self.account.speed.append(float(np.hypot(*velocity[:2])))
        self.account.upright.append(float(matrix_from_quaternion(quaternion)[2, 2]))
        self.account.height.append(float(position[2]))
        self.account.restless.append(float(np.abs(self.body.mechanism.velocity).max()))

    def close(self) -> None:
        """Clear away."""
        self.backend.close()
        self.world.close()


def undergo(
    name: str,
    fault: Fault | None,
    *,
    moving: bool,
    begin: float = 2.6,
    seconds: float = 3.0,
    watch: Callable[[Rig], None] = lambda rig: None,
) -> Account:
    """Let a robot stand or move, let the fault come at ``begin`` [s], and look on afterwards."""
    rig = Rig(name)
    try:
        observation = rig.backend.reset()
        due: list[tuple[float, Callable[[EmulatedBackend], None]]] = []
        if fault is not None:
            due.append((begin, fault.begin))
            if fault.end is not None and np.isfinite(fault.lasts):
                due.append((begin + fault.lasts, fault.end))
        is_killed = fault is not None and fault.name == "host killed"
        while observation.time < begin + seconds:
            rig.twist = Twist2(vx=SPEED[name] if moving and observation.time > 0.8 else 0.0)
            if is_killed and observation.time >= begin:
                _dead_host(rig, seconds)
                break
            while due and observation.time >= due[0][0]:
                due.pop(0)[1](rig.backend)
            rig.tick(observation)
            rig.look(observation.time)
            watch(rig)
            observation = rig.backend.observe()
        return rig.account
    finally:
        devices = rig.backend.line.segment.devices
        rig.account.powered = sum(one.is_locked for one in devices)
        rig.close()


def _dead_host(rig: Rig, seconds: float) -> None:
    """Let time go by without a host."""
    clock, begin = rig.backend.clock, rig.account.time[-1]
    for step in range(1, round(seconds / rig.backend.period)):
        clock.wait_until(clock.now() + rig.backend.period)
        rig.look(begin + step * rig.backend.period)
