"""A path that sweeps a polygon with holes: rings along the edges, then parallel swaths."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from robotics.core.arrays import Array, BoolArray
from robotics.core.geometry import wrap
from robotics.core.messages import Plan
from robotics.planning.profile import Pace, speeds
from robotics.planning.region import Fit, Region, Tool, polygons_in, region_of
from robotics.planning.search import Room
from robotics.planning.smoothing import arc, joined, straight
from robotics.planning.space import Space
from robotics.planning.swaths import best_angle, order, swath_cells, traversals
from robotics.planning.transit import transit, way_in


@dataclass(frozen=True, slots=True)
class Sweeping:
    """All that coverage needs to know of a robot."""

    tool: Tool
    pace: Pace
    fit: Fit = field(default_factory=Fit)
    room: Room = field(default_factory=lambda: Room(0.58, 0.95))
    """Space on transits."""


@dataclass(slots=True)
class Track:
    """A path in the making."""

    space: Space
    sweeping: Sweeping
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
        link = self._half_turn(poses[0])
        if link is not None:
            self.add(link, working=True)
        elif not self._reach(poses[0]):
            poses = _from_way_in(poses, self.space, self.sweeping.fit)
            if not self._reach(poses[0]):
                return False
        self.add(poses, working=True)
        return True

    def go_back(self, poses: Array) -> bool:
        """As ``go`` for a swath, which begins where the half turn ends if that is soon enough.

        The turn itself sweeps what the swath then leaves out at its beginning.
        """
        here = self.end
        way = poses[:, :2] - here[:2]
        ahead = way[:, 0] * math.cos(here[2]) + way[:, 1] * math.sin(here[2])
        k = int(np.searchsorted(-ahead, -1e-9))
        if 0 < k < len(poses) - 1 and ahead[0] < 1.0:
            t = ahead[k - 1] / (ahead[k - 1] - ahead[k])
            begin = poses[k - 1, :2] + t * (poses[k, :2] - poses[k - 1, :2])
            short = straight(begin, poses[-1])
            link = self._half_turn(short[0])
            if link is not None:
                self.add(link, working=True)
                self.add(short, working=True)
                return True
        return self.go(poses)

    def _half_turn(self, target: Array) -> Array | None:
        """Return a half circle to a neighbouring swath, where it is free."""
        here, fit = self.end, self.sweeping.fit
        dx, dy = target[:2] - here[:2]
        c, s = math.cos(here[2]), math.sin(here[2])
        ahead, side = c * dx + s * dy, -s * dx + c * dy
        width = 2.0 * self.sweeping.tool.half_width
        opposite = abs(abs(wrap(float(target[2] - here[2]))) - math.pi) < 0.05
        if not opposite or not 0.5 < abs(side) < width + 0.1 or abs(ahead) > 3.0:
            return None
        far = here[:2] + max(0.0, ahead) * np.array([c, s])
        turn = arc((*far, here[2]), radius=abs(side) / 2, angle=math.copysign(math.pi, side))
        pieces = [turn]
        if ahead > 0.0:
            pieces.insert(0, straight(here[:2], far))
        if ahead < 0.0:
            pieces.append(straight(turn[-1, :2], target[:2]))
        link = joined(pieces)
        return link if self.space.free(link, fit.least).all() else None

    def _reach(self, target: Array) -> bool:
        here = self.end
        if math.dist(here[:2], target[:2]) < 0.05:
            return True
        direct = straight(here[:2], target[:2])
        if self._passable(direct, target):
            self.add(direct, working=len(direct) < 40)
            return True
        link = transit(
            self.space, here, target, room=self.sweeping.room, least=self.sweeping.fit.least
        )
        if link is None:
            return False
        self.add(link, working=False)
        return True

    def _passable(self, direct: Array, target: Array) -> bool:
        least, space = self.sweeping.fit.least, self.space
        return bool(
            space.free(direct, least).all()
            and space.can_turn(self.end, float(direct[0, 2]), 0.0)
            and space.can_turn((*target[:2], direct[-1, 2]), float(target[2]), 0.0)
        )

    def plan(self, reason: str = "") -> Plan:
        """Return what was gathered."""
        path = np.vstack(self.pieces)
        working = np.concatenate(self.working)
        keep = np.append(True, (np.abs(np.diff(path, axis=0)) > 1e-6).any(axis=1))
        path, working = path[keep], working[keep]
        if len(path) < 2:
            return Plan.none(reason or "nothing to sweep")
        return Plan(path, speeds(path, self.sweeping.pace), working, reason)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A plan and what it is about."""

    plan: Plan
    region: Region


def cover(zone: Polygon, space: Space, sweeping: Sweeping, start: ArrayLike) -> Coverage:
    """Return a path from pose ``start`` (3,) that sweeps ``zone``.

    Rings along the outline and around holes come first, the nearest first, then the cells. The
    plan is empty, with its reason, if no part of the zone can be reached; stretches that cannot
    be reached are left out and named in the reason.
    """
    region = region_of(zone, space, sweeping.tool, sweeping.fit)
    if region.allowed.is_empty:
        return Coverage(Plan.none("the zone is too narrow or occupied"), region)
    track = Track(space, sweeping)
    track.add(np.asarray(start, dtype=float).reshape(1, 3), working=False)
    stretches = _rings(region.allowed, space, sweeping)
    missed = _visit(track, stretches)
    missed += _cells(track, region.allowed)
    if len(track.pieces) == 1:
        return Coverage(Plan.none("no way to the zone"), region)
    return Coverage(track.plan(f"{missed} stretches out of reach" if missed else ""), region)


def _visit(track: Track, stretches: list[Array]) -> int:
    """Append stretches, always the nearest first; return how many have no way to them."""
    left, missed = list(stretches), 0
    while left:
        here = track.end
        gaps = [math.dist(here[:2], poses[0, :2]) for poses in map(_near(here), left)]
        poses = _near(here)(left.pop(int(np.argmin(gaps))))
        missed += not track.go(poses)
    return missed


class _near:
    """Turns a closed ring so that it begins where it is nearest to a pose."""

    def __init__(self, here: Array) -> None:
        self.here = here

    def __call__(self, poses: Array) -> Array:
        if math.dist(poses[0, :2], poses[-1, :2]) > 0.15:
            return poses
        gap = np.hypot(*(poses[:-1, :2] - self.here[:2]).T)
        k = int(gap.argmin())
        return np.vstack((poses[k:], poses[1 : k + 1])) if k else poses


def _cells(track: Track, allowed: BaseGeometry) -> int:
    sweeping = track.sweeping
    tool, fit = sweeping.tool, sweeping.fit
    target = allowed.buffer(fit.overlap - tool.half_width)
    if target.is_empty or target.area < 0.05:
        return 0
    spacing = 2.0 * tool.half_width - fit.overlap
    angle = best_angle(target, allowed, spacing=spacing, speed=sweeping.pace.speed)
    cells = swath_cells(target, allowed, spacing=spacing, angle=angle)
    missed = 0
    for points in order([traversals(cell, tool, angle) for cell in cells], track.end):
        for k in range(0, len(points), 2):
            missed += not track.go_back(straight(points[k], points[k + 1]))
    return missed


def _rings(allowed: BaseGeometry, space: Space, sweeping: Sweeping) -> list[Array]:
    stretches = []
    for part in polygons_in(allowed):
        part = orient(part)
        for line in (part.exterior, *part.interiors):
            if line.length > 1.0:
                corners = np.asarray(line.simplify(0.04).coords)
                stretches += _free_runs(ring(corners, space, sweeping.fit), space, sweeping.fit)
    return stretches


def ring(corners: Array, space: Space, fit: Fit) -> Array:
    """Return poses along a closed outline (m, 2), first = last.

    Slight corners are rounded; sharp ones are turned on the spot where there is room, else
    rounded with the least radius that fits.
    """
    middle = 0.5 * (corners[0] + corners[1])
    points = np.vstack((middle, corners[1:], middle))
    pieces, start = [], points[0]
    for a, b, c in zip(points[:-2], points[1:-1], points[2:], strict=True):
        yaw, after = (math.atan2(*(q - p)[::-1]) for p, q in ((a, b), (b, c)))
        turn = wrap(after - yaw)
        spot = abs(turn) > 0.6 and space.can_turn((*b, yaw), after, fit.least)
        bend = None if spot else _bend((a, b, c), turn, space, fit)
        if bend is None:
            pieces.append(straight(start, b))
            start = b
        else:
            pieces += [straight(start, bend[0, :2]), bend]
            start = bend[-1, :2]
    pieces.append(straight(start, points[-1]))
    return joined([piece for piece in pieces if math.dist(piece[0, :2], piece[-1, :2]) > 1e-3])


def _bend(corner: tuple[Array, Array, Array], turn: float, space: Space, fit: Fit) -> Array | None:
    """Return the rounding of a corner with the least radius that is free; None if none is."""
    a, b, c = corner
    half = math.tan(min(abs(turn), 2.8) / 2.0)
    if half < 1e-3:
        return None
    room = 0.5 * min(math.dist(a, b), math.dist(b, c))
    yaw = math.atan2(*(b - a)[::-1])
    for radius in (1.0,) if abs(turn) < 0.6 else (0.4, 0.6, 0.8, 1.0, 1.3, 1.6):
        radius = min(radius, room / half)
        entry = b - radius * half * np.array([math.cos(yaw), math.sin(yaw)])
        bend = arc((*entry, yaw), radius=max(radius, 1e-3), angle=turn)
        if space.free(bend, fit.least).all():
            return bend
    return None


def _free_runs(poses: Array, space: Space, fit: Fit) -> list[Array]:
    """Return the stretches of a path that can be driven, those of at least 0.4 m.

    It is cut where the footprint does not fit and at corners that cannot be turned; a stretch
    then begins where there is a way into it.
    """
    free = space.free(poses, fit.least)
    cuts = np.flatnonzero(np.diff(np.concatenate(([0], free.astype(np.int8), [0]))))
    runs = []
    for first, last in zip(cuts[::2], cuts[1::2], strict=True):
        begin = first
        for k in range(first, last):
            end = k + 1 == last
            spot = not end and math.dist(poses[k, :2], poses[k + 1, :2]) < 1e-6
            if end or (spot and not space.can_turn(poses[k], float(poses[k + 1, 2]), 0.0)):
                runs.append(poses[begin : k + 1])
                begin = k + 1
    whole = len(runs) == 1 and len(runs[0]) == len(poses)
    entered = runs if whole else [_from_way_in(run, space, fit) for run in runs]
    return [run for run in entered if _length(run) >= 0.4]


def _from_way_in(run: Array, space: Space, fit: Fit) -> Array:
    """Return a stretch without its beginning if there is no way into that."""
    for k in range(0, min(len(run) - 1, 30), 3):
        if way_in(space, run[k], fit.least) is not None:
            return run[k:]
    return run


def _length(poses: Array) -> float:
    return float(sum(math.dist(a, b) for a, b in pairwise(poses[:, :2])))
