"""A path in the making: stretches to be swept, and the ways between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import wrap
from robotics.core.messages import Plan
from robotics.planning.coverage.pulled import pulled
from robotics.planning.coverage.shape import Sweeping
from robotics.planning.coverage.transit import transit, way_in
from robotics.planning.profile import TURN, speeds
from robotics.planning.smoothing import arc, joined, straight
from robotics.planning.space import Space

NEAR = 0.05
"""Poses nearer than this need no way between them but a turn [m]."""


@dataclass(slots=True)
class Track:
    """A path in the making.

    Attributes:
        space: The map.
        sweeping: The machine.
        inside: Where the base may be on short ways; None for anywhere that is free.
        backing: Whether ways may begin backwards: for a robot that was stopped beside a kerb.
    """

    space: Space
    sweeping: Sweeping
    inside: BaseGeometry | None = None
    backing: bool = False
    pieces: list[Array] = field(default_factory=list)
    working: list[BoolArray] = field(default_factory=list)

    @property
    def end(self) -> Array:
        """Last pose, shape (3,)."""
        return np.asarray(self.pieces[-1][-1])

    def add(self, poses: Array, *, working: bool) -> None:
        """Append poses (n, 3)."""
        self.pieces.append(poses)
        self.working.append(np.full(len(poses), working))

    def go(self, poses: Array) -> bool:
        """Append a stretch that is to be swept, with a way to it; False if there is no way."""
        if not self._reach(poses[0]):
            poses = from_way_in(poses, self.space, self.sweeping.fit.least)
            if not self._reach(poses[0]):
                return False
        self.add(poses, working=True)
        return True

    def go_back(self, poses: Array, *, working: bool) -> bool:
        """Append a lane, which leads back beside the last one, with the quickest turn into it."""
        link = self._turn_into(poses[0])
        if link is None:
            return self.go(poses)
        self.add(link, working=working)
        self.add(poses, working=True)
        return True

    def _turn_into(self, target: Array) -> Array | None:
        """Return the cheapest free turn to a neighbouring lane, half round or square."""
        here = self.end
        dx, dy = target[:2] - here[:2]
        c, s = math.cos(here[2]), math.sin(here[2])
        ahead, side = c * dx + s * dy, -s * dx + c * dy
        width = 2.0 * self.sweeping.tool.half_width
        opposite = abs(abs(wrap(float(target[2] - here[2]))) - math.pi) < 0.05
        if not opposite or abs(side) > width + 0.1 or abs(side) < 0.2:
            return None
        radii = (0.5 * abs(side), 0.3 * abs(side), 0.0)
        for radius in sorted(radii, key=lambda r: self._cost(abs(side), r)):
            link = _half_turn(here, target, ahead, side, radius)
            if self.is_free(link):
                return link
        return None

    def _cost(self, side: float, radius: float) -> float:
        """Return about what two quarter turns and the way between cost [s]."""
        pace = self.sweeping.pace
        length = math.pi * radius + side - 2.0 * radius
        stop = pace.speed / pace.acceleration
        if radius > 0.0:
            speed = min(pace.speed, pace.turn_rate * radius, math.sqrt(pace.lateral * radius))
            time = length / speed + 0.5 * stop
        else:
            time = math.pi / pace.turn_rate + 2.0 * math.sqrt(side / pace.acceleration) + stop
        return time + self.sweeping.metre * length

    def is_free(self, poses: Array) -> bool:
        """Whether a way can be driven, turns on the spot included, without leaving the ground."""
        least = self.sweeping.fit.least
        if (
            self.inside is not None
            and not shapely.intersects_xy(self.inside, *poses[:, :2].T).all()
        ):
            return False
        still = np.hypot(*np.diff(poses[:, :2], axis=0).T) < TURN
        return bool(self.space.free(poses, least).all()) and all(
            self.space.can_turn(poses[k], float(poses[k + 1, 2]), 0.0)
            for k in np.flatnonzero(still)
        )

    def _reach(self, target: Array) -> bool:
        here = self.end
        gap = math.dist(here[:2], target[:2])
        if gap < NEAR:
            return True
        direct = straight(here[:2], target[:2])
        turned = np.vstack((here, direct, target))
        if self.is_free(turned):
            self.add(direct, working=False)
            return True
        least, room = self.sweeping.fit.least, self.sweeping.room
        link = transit(self.space, here, target, room=room, least=least, backing=self.backing)
        if link is None:
            return False
        self.add(link, working=False)
        return True

    def plan(self, reason: str = "") -> Plan:
        """Return what was gathered."""
        path = np.vstack(self.pieces)
        working = np.concatenate(self.working)
        keep = np.append(True, (np.abs(np.diff(path, axis=0)) > 1e-6).any(axis=1))
        path, working = path[keep], working[keep]
        if len(path) < 2:
            return Plan.none(reason or "nothing to sweep")
        pace, kerbside = self.sweeping.pace, self.sweeping.kerbside
        if kerbside is None:
            return Plan(path, speeds(path, pace), working, reason)
        path, side = pulled(path, working, kerbside, self.space)
        return Plan(path, speeds(path, pace), working, reason, kerb_side=side)


def _half_turn(here: Array, target: Array, ahead: float, side: float, radius: float) -> Array:
    """Return two quarter turns of ``radius`` [m] and what is straight, to the opposite pose.

    The far one of the two ends is where it turns, so that it leads on, never back.
    """
    along = np.array([math.cos(here[2]), math.sin(here[2])])
    far = here[:2] + max(0.0, ahead) * along
    sign = math.copysign(1.0, side)
    across = sign * np.array([-along[1], along[0]])
    pieces = [straight(here[:2], far)] if ahead > 1e-6 else []
    point = far
    yaw = float(here[2])
    if radius > 0.0:
        first = arc((*far, yaw), radius=radius, angle=sign * 0.5 * math.pi)
        pieces.append(first)
        point = first[-1, :2]
    straightly = abs(side) - 2.0 * radius
    if straightly > 1e-6:
        pieces.append(straight(point, point + straightly * across))
        point = point + straightly * across
    if radius > 0.0:
        pieces.append(
            arc((*point, yaw + sign * 0.5 * math.pi), radius=radius, angle=sign * 0.5 * math.pi)
        )
        point = pieces[-1][-1, :2]
    if math.dist(point, target[:2]) > 1e-3:
        pieces.append(straight(point, target[:2]))
    return joined(pieces)


def from_way_in(run: Array, space: Space, least: float) -> Array:
    """Return a stretch without its beginning if there is no way into that."""
    for k in (*range(0, min(len(run) - 1, 30), 3), *range(30, len(run) - 1, 15)):
        if way_in(space, run[k], least) is not None:
            return run[k:]
    return run
