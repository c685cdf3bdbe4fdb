"""One robot among visitors, estimating where it is."""

from __future__ import annotations

import math
import time

import numpy as np

from finding.body import DRIVE, PERIOD, Body
from finding.ground import Ground
from robotics.core.arrays import Array
from robotics.core.geometry import integrate, wrap
from robotics.estimation.odometry import WheelOdometry
from robotics.estimation.wheeled import WheeledEstimator
from sim.visitors import Visitors

TURN = 5
"""Ticks from scan to scan."""


class Run:
    """One robot among visitors, estimating."""

    def __init__(
        self, ground: Ground, robot: str, *, told: Array, pose: Array, rng: np.random.Generator
    ) -> None:
        self.ground, self.rng = ground, rng
        self.body = Body(robot, pose, rng)
        self.visitors = Visitors(ground.world, rng, ground.walkers)
        perception = ground.perception(robot, told)
        self.perception = perception
        self.wheeled = WheeledEstimator((0, 1), WheelOdometry(DRIVE), perception)
        self.ticks = 0
        self.rows: list[tuple[float, float, float, float]] = []
        self.cost: list[float] = []

    def tick(self, vx: float, wz: float) -> None:
        """Sense, estimate, note the errors, move."""
        body, now = self.body, self.ticks * PERIOD
        scan = None
        tilt = body.tilt
        if self.ticks % TURN == 0:
            self.visitors.advance(TURN * PERIOD, np.array([[*body.pose[:2], 0.6]]))
            scan = self.ground.scan(body.robot, body.pose, self.visitors, tilt=tilt, rng=self.rng)
        seen = body.observation(now, scan)
        felt = tilt + self.rng.normal(0.0, 0.003, 2) if body.robot == "greeter" else np.zeros(2)
        began = time.process_time()
        if body.robot == "sweeper":
            state = self.wheeled.update(seen)
        else:
            lean = (float(felt[0]), float(felt[1]))
            state = self.perception.update(now, body.increment(), scan, tilt=lean)
        self.cost.append(1e3 * (time.process_time() - began))
        pose = state.pose_base_in_map
        off = math.dist(pose[:2], body.pose[:2])
        self.rows.append((now, off, abs(wrap(pose[2] - body.pose[2])), state.quality))
        ahead = integrate(body.pose, (vx, 0.0, 0.0), 1.0)
        if self.ground.room.value(ahead[:2], 0.0) < 0.45 and vx > 0.0:
            vx, wz = 0.0, 0.3
        body.move(vx, wz)
        self.ticks += 1
