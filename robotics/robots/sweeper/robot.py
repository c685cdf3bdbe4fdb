"""The sweeper, assembled."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from robotics.control.ground import Ground
from robotics.control.guard import SafetyGuard
from robotics.control.stopping import Body
from robotics.core.arrays import frozen
from robotics.core.parts import Robot
from robotics.estimation.gnss_fix import GnssAid
from robotics.estimation.ground_sight import KerbWatch
from robotics.estimation.odometry import DifferentialDrive
from robotics.estimation.perception import Lidar, Start
from robotics.estimation.wheeled import WheeledEstimator
from robotics.mapping.kerb import Mounting
from robotics.mapping.litter import LitterWatch, beside
from robotics.mapping.local_map import LocalMap
from robotics.mapping.places import Site
from robotics.mapping.walkable import walkable_ground
from robotics.planning.brush_led import BrushLed
from robotics.planning.coverage.mask import warm_up
from robotics.planning.kerb_following import KerbTracker
from robotics.planning.navigator import Navigator
from robotics.planning.predictive.tracker import PredictiveTracker
from robotics.planning.space import Space
from robotics.robots.sweeper.config import (
    BRUSH_CENTRE,
    PERIOD,
    SweeperConfig,
    footprint_discs,
    hard_outline,
    kerbside,
    kerbside_discs,
)
from robotics.robots.sweeper.joints import load
from robotics.robots.sweeper.locomotion import SweeperLocomotion, WheelDrive


def build(site: Site, start: ArrayLike, config: SweeperConfig | None = None) -> Robot:
    """Return the sweeper for a site.

    Args:
        site: The map.
        start: Where it is switched on, pose (3,) in the map.
        config: Other numbers than its own.

    Raises:
        ModelError: Its URDF is broken.
    """
    config = config or SweeperConfig()
    model, chassis = load(), config.chassis
    position, _ = model.pose_in_base("lidar", np.zeros(len(model.joints)))
    watch = KerbWatch(
        Mounting(*model.pose_in_base("kerb_lidar", np.zeros(len(model.joints)))), site.kerbs
    )
    estimator = WheeledEstimator.of(
        site.scannable,
        Start(frozen(start)),
        drive=DifferentialDrive(chassis.wheel_radius, chassis.track),
        lidar=Lidar(frozen(position)),
        ground=walkable_ground(site),
        kerb=watch,
    )
    estimator.litter = LitterWatch(known=beside(site.occupied))
    if site.origin is not None:  # the antenna is on top of the lidar
        estimator.gnss = GnssAid(site.origin, frozen(position[:2]))
    estimator.roller = model.joints.names.index("brush_roller")
    blocked = site.occupied.like(site.occupied.cells | site.keepout.cells)
    space = Space.of(blocked, footprint_discs())
    routes = config.navigator
    if routes.sweeping is not None:
        warm_up(routes.sweeping.tool.discs)
        if config.pulled_to_kerbs:
            sides = kerbside(site.kerbs)
            routes = replace(routes, sweeping=replace(routes.sweeping, kerbside=sides))
    rate = np.array([config.wheel_braking] * 2 + [config.brush_ramp] * 3)
    around = LocalMap(blocked, lidar_in_base=(*position[:2], 0.0), body=space.discs)
    brakes = config.guard.body
    hard = Body(hard_outline(), deceleration=brakes.deceleration, reaction=brakes.reaction)
    drive, ground = WheelDrive(chassis), Ground.of(site, hard)
    guard = SafetyGuard(model.joints, rate, PERIOD, drive, config.guard, ground)
    return Robot(
        name="sweeper",
        joints=model.joints,
        period=PERIOD,
        estimator=estimator,
        planner=Navigator(routes, space, site.zones, site.speed_limit, local_map=around),
        tracker=KerbTracker(
            PredictiveTracker(config.tracker, space, around),
            site.kerbs,
            (replace(space, discs=kerbside_discs(1.0)), replace(space, discs=kerbside_discs(-1.0))),
            config.kerb,
            BrushLed(*BRUSH_CENTRE),
        ),
        locomotion=SweeperLocomotion(chassis, model.joints, config.brush_speed),
        guard=guard,
    )
