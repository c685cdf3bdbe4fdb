"""The greeter, assembled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from robotics.control.ground import Ground
from robotics.control.guard import SafetyGuard
from robotics.control.posture import Clip
from robotics.control.touch import Felt
from robotics.core.arrays import Array, frozen
from robotics.core.parts import Robot
from robotics.estimation.perception import Lidar, RangePerception, Start
from robotics.mapping.local_map import LocalMap
from robotics.mapping.places import Site
from robotics.mapping.walkable import walkable_ground
from robotics.planning.navigator import Navigator
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.space import Space
from robotics.robots.greeter.config import PERIOD, GreeterConfig, footprint_discs
from robotics.robots.greeter.estimator import WalkingEstimator
from robotics.robots.greeter.joints import load
from robotics.robots.greeter.locomotion import WalkingLocomotion
from robotics.robots.greeter.locomotion import standing_pose as _standing_pose
from robotics.robots.greeter.reflexes import Reflexes
from robotics.robots.greeter.restraint import NoDrive, Restraint, WalkerGuard


def build(
    site: Site,
    start: ArrayLike,
    clips: Mapping[str, Clip] | None = None,
    *,
    config: GreeterConfig | None = None,
) -> Robot:
    """Return the greeter for a site.

    Args:
        site: The map.
        start: Where it is switched on, pose (3,) in the map.
        clips: Movements of its upper body, by name.
        config: Other numbers than its own.

    Raises:
        ModelError: Its URDF is broken.
        MissingDependency: Pinocchio is not installed.
    """
    config = config or GreeterConfig()
    model = load()
    _, height = _standing_pose(model, config)
    position, _ = model.pose_in_base("lidar", np.zeros(len(model.joints)))
    perception = RangePerception.of(
        site.scannable,
        Start(frozen(start)),
        Lidar(frozen(position), base_height=height),
        ground=walkable_ground(site),
    )
    blocked = site.occupied.like(site.occupied.cells | site.keepout.cells)
    space = Space.of(blocked, footprint_discs())
    around = LocalMap(blocked, lidar_in_base=(*position[:2], 0.0), body=space.discs)
    rate = np.full(len(model.joints), config.target_rate)
    guard = SafetyGuard(model.joints, rate, PERIOD, NoDrive(), config.guard)
    restraint = Restraint(config.guard, Ground.of(site))
    return Robot(
        name="greeter",
        joints=model.joints,
        period=PERIOD,
        estimator=WalkingEstimator.of(model, perception),
        planner=Navigator(config.navigator, space, site.zones, site.speed_limit, local_map=around),
        tracker=PredictiveTracker(config.tracker, space, around),
        locomotion=Reflexes(
            model,
            config,
            lambda: WalkingLocomotion(model, config, clips or {}, limit_twist=restraint.limit),
        ),
        guard=WalkerGuard(guard),
    )


def feeling(robot: Robot) -> Callable[[], Felt]:
    """Return what tells a mission what the right hand of ``robot`` feels; nothing on other legs."""
    locomotion = robot.locomotion
    if not isinstance(locomotion, Reflexes):
        return Felt
    return lambda: locomotion.felt


def standing_pose() -> tuple[Array, float]:
    """Return the joints (22,) [rad] and the base height [m] in which it likes to be started."""
    joints, height = _standing_pose(load(), GreeterConfig())
    return np.asarray(frozen(joints)), height
