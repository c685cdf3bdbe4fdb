"""The greeter's walk alone: what sees, what walks, what guards; no map, no mission, no errands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from robotics.control.guard import SafetyGuard
from robotics.core.parts import Estimator, Guard, Locomotion
from robotics.robots.catalog import dead_reckoning
from robotics.robots.greeter.config import PERIOD, GreeterConfig
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.locomotion import WalkingLocomotion
from robotics.robots.greeter.reflexes import Reflexes
from robotics.robots.greeter.restraint import NoDrive, WalkerGuard


@dataclass(frozen=True, slots=True)
class Walker:
    """Three of the six parts of the greeter."""

    estimator: Estimator
    locomotion: Locomotion
    guard: Guard


def largest_twist(config: GreeterConfig) -> tuple[float, float, float]:
    """Return what the walk takes: ahead and back [m/s], to either side [m/s], turning [rad/s]."""
    return config.walk.largest_twist


def walker(config: GreeterConfig, *, reflexes: bool = False) -> Walker:
    """Return the greeter's walk, for trials of its body; nothing holds its twist back.

    Args:
        config: Its numbers.
        reflexes: Whether it braces and gets up when it falls.

    Raises:
        ModelError: Its URDF is broken.
        MissingDependency: Pinocchio is not installed.
    """
    model = load()
    locomotion: Locomotion = WalkingLocomotion(model, config, {})
    if reflexes:
        locomotion = Reflexes(model, config, lambda: WalkingLocomotion(model, config, {}))
    rate = np.full(len(model.joints), config.target_rate)
    joints = SafetyGuard(model.joints, rate, PERIOD, NoDrive(), config.guard)
    return Walker(dead_reckoning("greeter"), locomotion, WalkerGuard(joints))
