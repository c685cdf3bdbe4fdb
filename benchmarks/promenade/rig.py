"""A robot in a plane: its own perception, planner, tracker and guard on a body without physics.

The body obeys 150 ms late, with the robot's accelerations. What is true of it and of people reaches
the robot through a lidar (360 beams, 10 Hz, σ 1 cm) and an odometry with wheels 1 % off and a gyro
with noise and bias. Contacts are found by geometry.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from promenade.sight import ranges
from robotics.control.ground import Ground
from robotics.control.monitor import GuardConfig
from robotics.core.arrays import Array, frozen
from robotics.core.geometry import compose, integrate, relative
from robotics.core.messages import Goal, Joints, Plan, State, Twist2
from robotics.core.parts import Planner, Tracker
from robotics.estimation.odometry import Increment
from robotics.estimation.perception import Lidar, RangePerception, Start
from robotics.mapping.places import Site
from robotics.planning.predictive.config import PredictiveConfig
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.space import Space
from robotics.robots.greeter import config as greeter_config
from robotics.robots.greeter import robot as greeter
from robotics.robots.greeter.restraint import Restraint
from robotics.robots.sweeper import config as sweeper_config
from robotics.robots.sweeper import robot as sweeper
from sim.raycast import Prisms
from sim.sensors import LidarSpec, SensorNoise, read_scan

PERIOD = 0.05
"""Time between two ticks [s]."""
DELAY = 0.15
"""From a command to the motion [s]."""
SCAN_EVERY = 2
"""Ticks from one turn of the lidar to the next."""
WHEELS = 0.01
"""One sigma of what the odometry's lengths are off by, drawn once."""
GYRO, GYRO_BIAS = 0.01, 0.002
"""Noise at each tick, and one sigma of the bias left after standing still [rad/s]."""

SPEC = LidarSpec("lidar")
NOISE = SensorNoise()
MakeTracker = Callable[["Kit"], Tracker]


@dataclass(frozen=True, slots=True)
class Kit:
    """What is needed of a robot to build it for a site."""

    name: str
    site: Site
    tracker: PredictiveConfig
    guard: GuardConfig
    outline: Array
    discs: Array
    lidar: Array
    """Where it sits in the base frame, shape (2,) [m]."""
    planner: Planner
    own: Tracker
    """As the robot is assembled, with this body's delay."""
    braking: float
    """What the drive does to stop, the guard's brake [m/s²]."""
    half_track: float
    """Half the distance between its wheels [m]; 0 for legs."""


def kit_of(name: str, site: Site, start: Array) -> Kit:
    """Return the parts of robot ``name`` for a site; it knows that its body is ``DELAY`` late."""
    if name == "sweeper":
        config = sweeper_config.SweeperConfig()
        config = replace(config, tracker=replace(config.tracker, delay=DELAY))
        built, lidar = sweeper.build(site, start, config), np.array([0.28, 0.0])
        tracker, guard, module = config.tracker, config.guard, sweeper_config
        half = 0.5 * config.chassis.track
    else:
        walker = greeter_config.GreeterConfig()
        walker = replace(walker, tracker=replace(walker.tracker, delay=DELAY))
        built, lidar = greeter.build(site, start, config=walker), np.zeros(2)
        tracker, guard, module = walker.tracker, walker.guard, greeter_config
        half = 0.0
    return Kit(
        name,
        site,
        tracker,
        guard,
        module.footprint_outline(),
        module.footprint_discs(),
        lidar,
        built.planner,
        built.tracker,
        guard.body.deceleration,
        half,
    )


@dataclass(slots=True)
class Base:
    """The body: it obeys late, and no faster than its motors and brakes allow."""

    limits: PredictiveConfig
    braking: float
    pose: Array
    half_track: float = 0.0
    """Half the distance between its wheels [m]; 0 for legs."""
    twist: Array = field(default_factory=lambda: np.zeros(3))
    _due: deque[Array] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Fill what is on its way with rest."""
        self._due.extend(np.zeros(3) for _ in range(round(DELAY / PERIOD)))

    def move(self, sent: Twist2) -> None:
        """Send a twist; let one period pass."""
        self._due.append(np.array([sent.vx, sent.vy, sent.wz]))
        wanted, c = self._due.popleft(), self.limits.limits
        rate = np.array([c.acceleration, c.acceleration, c.angular_acceleration])
        slower = np.abs(wanted) < np.abs(self.twist)
        brake = self.braking / c.acceleration
        rate = np.where(slower, max(1.0, brake) * rate, rate) * PERIOD
        before = self.twist
        self.twist = self._held_by_wheels(before + np.clip(wanted - before, -rate, rate))
        self.pose = integrate(self.pose, 0.5 * (before + self.twist), PERIOD)

    def _held_by_wheels(self, twist: Array) -> Array:
        """Return the twist that brakes can bring about: each wheel's rim has its own.

        Under physics (``sim.body``) a drive of 1 m/s ends 0.84 s after its command, a turn on the
        spot of 1 rad/s after 0.3 s; a bend keeps its turn rate until the inner wheel stands.
        """
        if self.half_track == 0.0:
            return twist
        sides = np.array([-self.half_track, self.half_track])
        now, then = (one[0] + sides * one[2] for one in (self.twist, twist))
        least = np.abs(now) - self.braking * PERIOD
        held = np.where(np.abs(then) < least, np.copysign(least, now), then)
        turn = (held[1] - held[0]) / (2.0 * self.half_track)
        return np.array([0.5 * (held[0] + held[1]), twist[1], turn])


@dataclass(slots=True)
class Rig:
    """One robot at work.

    Attributes:
        kit: Its parts.
        prisms: What stands there.
        rng: Of the sensors' noise.
        tracker: What follows the plan.
        guarded: Whether the collision monitor works.
        blurred: What the tracker is shown instead of the state.
    """

    kit: Kit
    prisms: Prisms
    base: Base
    rng: np.random.Generator
    tracker: Tracker
    guarded: bool = True
    blurred: Callable[[State], State] = lambda state: state
    state: State | None = None
    plan: Plan = field(default_factory=lambda: Plan.none("stay"))
    time: float = 0.0
    held: int = 0
    """Ticks in which the guard changed the twist."""
    _tick: int = 0
    _perception: RangePerception = field(init=False)
    _restraint: Restraint = field(init=False)
    _last: Array = field(default_factory=lambda: np.zeros(3))
    _before: Array = field(init=False)
    _scale: float = field(init=False)
    _bias: float = field(init=False)

    def __post_init__(self) -> None:
        """Switch it on where it stands."""
        kit = self.kit
        lidar = Lidar(frozen([*kit.lidar, 0.0]))
        start = Start(frozen(self.base.pose), sigma=0.05, sigma_yaw=0.02)
        self._perception = RangePerception.of(kit.site.scannable, start, lidar)
        self._restraint = Restraint(kit.guard, Ground.of(kit.site))
        self._before = self.base.pose.copy()
        self._scale = 1.0 + WHEELS * self.rng.standard_normal()
        self._bias = GYRO_BIAS * self.rng.standard_normal()

    def step(self, goal: Goal, cylinders: Array) -> Twist2:
        """Let the robot think once, and its body move for one period; return what was sent.

        Args:
            goal: What it has to do.
            cylinders: The people of now, x, y, radius, height; shape (n, 4) [m].
        """
        state = self.state = self._sense(cylinders)
        self.plan = self.kit.planner.plan(state, goal)
        shown = self.blurred(state)
        wished = self._ramped(self.tracker.track(shown, goal, self.plan))
        sent, reason = self._restraint.limit(state, wished) if self.guarded else (wished, "")
        self.held += bool(reason)
        self._last = np.array([sent.vx, sent.vy, sent.wz])
        self.base.move(sent)
        self.time += PERIOD
        self._tick += 1
        return sent

    def _ramped(self, twist: Twist2) -> Twist2:
        """Return the twist as the locomotion asks for it: no faster than the motors."""
        c = self.kit.tracker.limits
        rate = PERIOD * np.array([c.acceleration, c.acceleration, c.angular_acceleration])
        wanted = np.array([twist.vx, twist.vy, twist.wz])
        return Twist2(*(float(v) for v in self._last + np.clip(wanted - self._last, -rate, rate)))

    def _sense(self, cylinders: Array) -> State:
        step = relative(self._before, self.base.pose)
        self._before = self.base.pose.copy()
        dx, dy = self._scale * step[:2]
        rate = step[2] / PERIOD + self._bias + GYRO * self.rng.standard_normal()
        way = math.hypot(dx, dy)
        small = 1e-8 + (0.02 * way) ** 2
        increment = Increment(
            float(dx), float(dy), float(rate * PERIOD), small, small, (1.5 * GYRO * PERIOD) ** 2
        )
        scan = None
        if self._tick % SCAN_EVERY == 0:
            origin = compose(self.base.pose, (*self.kit.lidar, 0.0))
            place = np.array([origin[0], origin[1], origin[2] + SPEC.start])
            distance = ranges(self.prisms, cylinders, place, SPEC.beams)
            draw = self.rng.standard_normal(SPEC.beams)
            scan = read_scan(SPEC, distance, noise=NOISE, draw=draw)
        seen = self._perception.update(self.time, increment, scan)
        twist = np.array([dx / PERIOD, dy / PERIOD, rate])
        return State(
            self.time,
            seen.pose_base_in_map,
            twist,
            _NO_JOINTS,
            np.zeros(2),
            np.array([0.0, 0.0, rate]),
            obstacles=seen.obstacles,
            points_in_base=seen.points_in_base,
            points_age=seen.points_age,
            quality=seen.quality,
            faults=seen.faults,
        )


_NO_JOINTS = Joints.at_rest(np.zeros(0))


def own_tracker(kit: Kit) -> Tracker:
    """Return the robot's tracker as it is assembled."""
    return kit.own


def fresh_tracker(kit: Kit) -> Tracker:
    """Return one like it with nothing done yet, without a local map."""
    blocked = kit.site.occupied.like(kit.site.occupied.cells | kit.site.keepout.cells)
    return PredictiveTracker(kit.tracker, Space.of(blocked, kit.discs))
