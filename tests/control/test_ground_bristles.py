"""Kerbs and a robot with bristles: the hard body keeps clear, the bristles may touch."""

from __future__ import annotations

import math

import numpy as np
import pytest

from robotics.control.ground import CRAWL, ROOM, Ground, dense
from robotics.control.stopping import Body
from robotics.core.messages import Twist2
from robotics.robots.sweeper.config import footprint_outline, hard_outline

BODY = Body(footprint_outline(), deceleration=1.2, reaction=0.25)
HARD = Body(hard_outline(), deceleration=1.2, reaction=0.25)
KERB = dense(np.array([(-20.0, 0.0), (20.0, 0.0)]))
WITH = Ground(KERB, np.zeros((0, 2)), None, HARD)
WITHOUT = Ground(KERB, np.zeros((0, 2)))
SLIP = 0.05


def allowed(ground: Ground, gap: float, twist: Twist2, yaw: float = 0.0) -> float:
    """Return the share of ``twist`` allowed to a body ``gap`` [m] from a kerb on its left."""
    pose = np.array([0.0, -0.40 - gap, yaw])
    speeds = [speed for speed, _ in ground.rules(pose, twist, BODY, SLIP)]
    return min(1.0, min(speeds, default=math.inf) / BODY.fastest(twist))


@pytest.mark.parametrize("gap", [0.08, 0.12, 0.17, 0.25])
def test_along_a_kerb_it_drives_at_speed_while_bristles_touch(gap: float) -> None:
    """Bristles reach 16 cm beyond the body: a map 8 cm wrong does not stop it."""
    assert allowed(WITH, gap, Twist2(0.8)) == 1.0


def test_the_whole_footprint_counts_where_nothing_is_said_of_a_hard_part() -> None:
    """Bristles 8 cm over a line: only a crawl."""
    assert allowed(WITHOUT, 0.08, Twist2(0.8)) == pytest.approx(CRAWL / 0.8)


@pytest.mark.parametrize("yaw", [0.3, 0.8, math.pi / 2])
def test_towards_a_kerb_the_hard_body_stops_before_it(yaw: float) -> None:
    """Whatever the angle: at ROOM, less what its corner gets between two points of the line."""
    y, gap = -3.0, math.inf
    for _ in range(600):
        pose = np.array([0.0, y, yaw])
        speed = 0.8
        rules = WITH.rules(pose, Twist2(speed), BODY, SLIP)
        share = min(1.0, min((one for one, _ in rules), default=math.inf) / speed)
        y += share * speed * math.sin(yaw) * 0.02
        c, s = math.cos(yaw), math.sin(yaw)
        gap = -max(y + s * px + c * py for px, py in hard_outline())
    assert ROOM - 0.02 < gap < ROOM + 0.03


def test_it_may_always_drive_away() -> None:
    """Nearer than it should be, it crawls along or away, and stands before what leads nearer."""
    assert allowed(WITH, 0.01, Twist2(-0.3), 0.6) > 0.0
    assert allowed(WITH, 0.01, Twist2(0.3)) == pytest.approx(CRAWL / 0.3)
    pose = np.array([0.0, -0.62 - 0.01, math.pi / 2])
    speeds = [speed for speed, _ in WITH.rules(pose, Twist2(0.3), BODY, SLIP)]
    assert min(speeds) == 0.0
