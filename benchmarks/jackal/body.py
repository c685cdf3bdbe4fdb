"""A Jackal-size robot in PyBullet among the cylinders of one BARN world."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from robotics.core.arrays import Array, frozen
from robotics.core.compiled import compiled
from robotics.core.model import Model, load_model
from sim.battery import BatterySpec
from sim.bullet import BulletWorld
from sim.held import SPEED_QUANTUM
from sim.mechanism import BulletMechanism
from sim.sensors import LidarSpec, SensorNoise
from sim.servo import ServoParameters
from sim.simulated import SimulatedBody
from sim.spec import BodySpec

PERIOD = 0.025
"""Time between two commands [s]: a command acts one period after its observation."""
SENSING = 0.125
"""Age of every sample when it is delivered [s]; with the period above, 150 ms in all."""
BEAMS = 720
"""As on the Jackal of the BARN challenge: 270°, 720 beams, 30 m, here 20 turns a second."""
HALF_VIEW = 0.75 * np.pi
"""[rad]."""
SIGMA = 0.015
"""Noise of a range [m]; between the repeatability and the accuracy of a Hokuyo UST-10LX."""


def jackal_model() -> Model:
    """Return the robot's geometry and limits."""
    file = Path(__file__).with_name("jackal.urdf")
    return load_model(file, joints=("wheel_left", "wheel_right"))


def jackal_spec() -> BodySpec:
    """Return the body.

    The motors give 10 N·m at rest and none at 32 rad/s: with 17 kg on wheels of 98 mm and the
    traction of μ = 0.8 that is 3 m/s² with something in hand, at 2 m/s too. The real Jackal's
    driver lets 20 m/s² pass, which no tyre delivers.
    """
    two = np.ones(2)
    motors = ServoParameters(
        is_position=False,
        stall=frozen(10.0 * two),
        no_load_speed=frozen(32.0 * two),
        gain=frozen(4.0 * two),
        integral_gain=frozen(20.0 * two),
        acceleration=frozen(60.0 * two),
        friction=frozen(0.1 * two),
        backlash=frozen(0.0 * two),
    )
    wheels, casters = ("wheel_left_link", "wheel_right_link"), ("caster_front", "caster_rear")
    return BodySpec(
        name="jackal",
        model=jackal_model(),
        motors=motors,
        period=PERIOD,
        initial_joints=frozen(np.zeros(2)),
        base_height=0.0,
        radius=0.35,
        friction={**dict.fromkeys(wheels, 0.8), **dict.fromkeys(casters, 0.02)},
        battery=BatterySpec(capacity=270.0 * 3600.0, idle=40.0),
        lidar=LidarSpec("lidar", BEAMS, -HALF_VIEW, HALF_VIEW, most=30.0, period=2 * PERIOD),
        supports=(*wheels, *casters),
        noise=SensorNoise(range=SIGMA, speed_quantum=SPEED_QUANTUM),
        sensor_delay=SENSING,
    )


@compiled
def ranges_to_cylinders(cylinders: Array, radius: float, pose: Array, bearings: Array) -> Array:
    """Return the distance along each beam to the first cylinder, infinite where none is, (m,) [m].

    Args:
        cylinders: Their axes, shape (k, 2) [m].
        radius: Of all [m].
        pose: Of the lidar, shape (3,).
        bearings: Of the beams, growing, evenly spaced, shape (m,) [rad].
    """
    result = np.full(len(bearings), np.inf)
    spacing = bearings[1] - bearings[0]
    for k in range(len(cylinders)):
        dx, dy = cylinders[k, 0] - pose[0], cylinders[k, 1] - pose[1]
        gap = np.hypot(dx, dy)
        spread = np.arcsin(min(1.0, radius / gap))
        middle = np.arctan2(dy, dx) - pose[2] - bearings[0]
        middle = (middle + np.pi) % (2.0 * np.pi) - np.pi
        for turn in (middle, middle + 2.0 * np.pi):
            first = max(0, int(np.ceil((turn - spread) / spacing)))
            last = min(len(bearings) - 1, int(np.floor((turn + spread) / spacing)))
            for i in range(first, last + 1):
                off = i * spacing - turn
                across = gap * np.sin(off)
                inner = radius**2 - across**2
                if inner > 0.0:
                    result[i] = min(result[i], gap * np.cos(off) - np.sqrt(inner))
    return result


class JackalMechanism(BulletMechanism):
    """The robot among upright cylinders, whose ranges are computed, not searched for."""

    def __init__(
        self, bullet: BulletWorld, spec: BodySpec, start: Array, field: tuple[Array, float]
    ) -> None:
        super().__init__(bullet, spec, start)
        self._field = field

    def distances(self, spec: LidarSpec) -> Array:
        """Return the true distance along each beam (m,) [m]: the same cylinders as in physics."""
        origin, _ = self._mounts[spec.link]
        motion = self.motion()
        x, y, _ = motion.position + motion.rotation @ origin
        yaw = np.arctan2(motion.rotation[1, 0], motion.rotation[0, 0])
        cylinders, radius = self._field
        ranges = ranges_to_cylinders(
            cylinders, radius, np.array([x, y, yaw]), np.array(spec.angles)
        )
        return np.where(ranges <= spec.most, ranges, np.inf)


class Umpire:
    """Sees every physics step: where the robot really is, and whether it touches anything."""

    def __init__(self, body: SimulatedBody) -> None:
        self._body = body
        self.poses: list[tuple[float, float, float]] = []
        self.touched = ""

    def before_step(self, step: int) -> None:
        """Look before step number ``step``."""
        self.poses.append(self._body.true_pose())
        if not self.touched and self._body.contacts_with():
            self.touched = self._body.contacts_with()[0][0]

    def outline(self) -> tuple[float, float, float]:
        """Return nothing that visitors keep out of (x, y, radius) [m]."""
        return 0.0, 0.0, 0.0


def stand_cylinders(bullet: BulletWorld, centres: Array, radius: float) -> None:
    """Put upright cylinders of 1 m height at ``centres`` (k, 2) [m]."""
    engine = bullet.engine
    for x, y in centres.tolist():
        shape = engine.createCollisionShape(engine.GEOM_CYLINDER, radius=radius, height=1.0)
        body = engine.createMultiBody(0.0, shape, basePosition=(x, y, 0.5))
        bullet.names[body] = f"cylinder at ({x:.2f}, {y:.2f})"


def place(
    centres: Sequence[Sequence[float]], radius: float, start: Sequence[float], seed: int
) -> tuple[BulletWorld, SimulatedBody, Umpire]:
    """Return a world with its robot at ``start`` (x, y, yaw), and the umpire."""
    bullet, spec = BulletWorld(), jackal_spec()
    cylinders = np.array(centres, dtype=float).reshape(-1, 2)
    mechanism = JackalMechanism(bullet, spec, np.array(start), (cylinders, radius))
    stand_cylinders(bullet, cylinders, radius)
    rng = np.random.default_rng(seed)
    body = SimulatedBody(bullet, spec, mechanism, docks=np.zeros((0, 3)), rng=rng)
    umpire = Umpire(body)
    bullet.residents.append(umpire)
    return bullet, body, umpire
