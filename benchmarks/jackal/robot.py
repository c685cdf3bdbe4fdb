"""The robot's parts: those of the library, with a Jackal's numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from jackal.body import BEAMS, HALF_VIEW, PERIOD, SENSING, jackal_model
from jackal.estimator import DeadReckoning
from robotics.control.chassis import DifferentialChassis
from robotics.control.guard import GuardConfig, SafetyGuard
from robotics.control.stopping import Body
from robotics.core.arrays import Array, frozen
from robotics.core.joints import JointTable
from robotics.core.messages import Command, Goal, State, Twist2
from robotics.core.parts import Robot, Tracker
from robotics.estimation.odometry import DifferentialDrive
from robotics.estimation.perception import Lidar
from robotics.mapping.local_map import LocalMap
from robotics.planning.predictive.config import Limits, PredictiveConfig, Sampling, Weights
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.space import Space
from robotics.planning.wayfinder import Wayfinder, WayfinderConfig

MakeTracker: TypeAlias = Callable[[LocalMap], Tracker]
"""What makes a tracker on the robot's map."""
HALF_LENGTH, HALF_WIDTH = 0.254, 0.215
"""Of the outline [m]."""
SPEED, ACCELERATION, TURN_RATE, ANGULAR_ACCELERATION = 2.0, 3.0, 2.0, 6.0
"""[m/s], [m/s²], [rad/s], [rad/s²]."""
PACE = 1.5
"""Speed that it plans with [m/s]: twice what the best score asks for, and half the energy."""
COMFORT = 0.5
"""Half widths beyond this make no way easier [m]."""


def footprint_discs() -> Array:
    """Return discs (x, y, radius) that cover the rectangle's edge to 1 cm, shape (10, 3) [m]."""
    middle = [(0.045, 0.0, HALF_WIDTH), (-0.045, 0.0, HALF_WIDTH)]
    signs = [(a, b) for a in (1.0, -1.0) for b in (1.0, -1.0)]
    sides = [(a * (HALF_LENGTH - 0.10), b * (HALF_WIDTH - 0.10), 0.10) for a, b in signs]
    corners = [(a * (HALF_LENGTH - 0.032), b * (HALF_WIDTH - 0.032), 0.04) for a, b in signs]
    return np.asarray(frozen([*middle, *sides, *corners]))


def chassis() -> DifferentialChassis:
    """Return the drive's geometry and limits."""
    return DifferentialChassis(
        wheel_radius=0.098,
        track=0.376,
        wheel_speed=20.4,
        acceleration=ACCELERATION,
        angular_acceleration=ANGULAR_ACCELERATION,
    )


def predictive_config() -> PredictiveConfig:
    """Return limits, manners and delay."""
    limits = Limits(PACE, TURN_RATE, ACCELERATION, ANGULAR_ACCELERATION, backward=0.4)
    sampling = Sampling(samples=600, steps=30, step=0.07)
    weights = Weights(touch=0.03)
    return PredictiveConfig(limits, weights, sampling, delay=SENSING + PERIOD, flowing=True)


@dataclass(slots=True)
class JackalLocomotion:
    """Two wheels with bounded acceleration (``robotics.core.parts.Locomotion``)."""

    chassis: DifferentialChassis
    joints: JointTable
    _twist: Twist2 = field(default_factory=Twist2)

    def move(self, state: State, goal: Goal, twist: Twist2) -> Command:
        """Return the wished command."""
        self._twist = self.chassis.towards(self._twist, twist, PERIOD)
        return Command(self.chassis.wheels(self._twist), self.joints.column("effort"))


@dataclass(frozen=True, slots=True)
class JackalDrive:
    """What a command means for the base (``robotics.control.guard.Drive``)."""

    chassis: DifferentialChassis

    def twist(self, state: State, command: Command) -> Twist2:
        """Return the velocity that the wheels' set-points mean."""
        return self.chassis.twist(command.target)

    def slowed(self, command: Command, share: float) -> Command:
        """Return the command with both wheels slowed alike."""
        return replace(command, target=command.target * min(max(share, 0.0), 1.0))


def predictive_tracker(local: LocalMap) -> PredictiveTracker:
    """Return the library's tracker on a map."""
    space = Space(local.distance, footprint_discs())
    return PredictiveTracker(predictive_config(), space, local)


def outline() -> Array:
    """Return the corners of the footprint, shape (4, 2) [m]."""
    return np.array([(a * HALF_LENGTH, b * HALF_WIDTH) for a in (1, -1) for b in (1, -1)])


def build(start: Array, seed: int, make: MakeTracker | None = None) -> Robot:
    """Return the robot at ``start`` (3,), its odometry's errors drawn by ``seed``.

    ``make`` makes another tracker than the library's, for the peers.
    """
    model, wheels = jackal_model(), chassis()
    lidar, _ = model.pose_in_base("lidar", np.zeros(2))
    local = local_map(float(lidar[0]))
    guard = GuardConfig(
        Body(outline(), deceleration=ACCELERATION, reaction=0.2, margin=0.0, skin=0.005)
    )
    return Robot(
        name="jackal",
        joints=model.joints,
        period=PERIOD,
        estimator=DeadReckoning.of(
            start,
            Lidar(frozen(lidar), beams=BEAMS, range_most=30.0),
            drive=DifferentialDrive(wheels.wheel_radius, wheels.track),
            seed=seed,
        ),
        planner=Wayfinder(WayfinderConfig(HALF_WIDTH + 0.01, COMFORT, PACE), local),
        tracker=(make or predictive_tracker)(local),
        locomotion=JackalLocomotion(wheels, model.joints),
        guard=SafetyGuard(model.joints, np.full(2, 60.0), PERIOD, JackalDrive(wheels), guard),
    )


def local_map(lidar: float) -> LocalMap:
    """Return the empty map of unknown ground; the lidar stands ``lidar`` [m] before the base."""
    view, body = 2.0 * HALF_VIEW, 0.95 * footprint_discs()
    return LocalMap(None, lidar_in_base=(lidar, 0.0, 0.0), view=view, body=body)
