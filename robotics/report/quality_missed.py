"""Which ground of a zone was left, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from scipy.ndimage import label
from shapely import LineString, MultiLineString, Point, box
from shapely.geometry.base import BaseGeometry

from robotics.core.arrays import Array, BoolArray
from robotics.report.quality_data import ROBOT, UNREACHABLE, Quality, ZoneWork

LEAST = 0.02
"""Smaller patches are added up, not told one by one [m²]."""
HALF_WIDTH, AHEAD = 0.56, 0.50
"""The side brushes reach so far aside and lie so far ahead of the base [m], see urdf/README.md."""
PASSING = 2.5
"""The robot is beside a patch when it is this near [m]."""
CROWDED = 0.9
"""Somebody whose centre is this near keeps the robot from a patch [m]."""
AT_EDGE = 0.20
"""A patch no farther from a kerb, wall or the zone's edge lies along it [m]."""


class Reason(StrEnum):
    """Why ground was left."""

    NARROW = "narrow"
    UNFINISHED = "unfinished"
    VISITORS = "visitors"
    EDGE = "edge"
    EVADED = "evaded"
    UNPLANNED = "unplanned"


WORDS = {
    Reason.NARROW: ("机器进不去（太窄或被挡）", "too narrow for the machine, or shut off"),
    Reason.UNFINISHED: ("时间到或中途返航，没做完", "left before it was finished"),
    Reason.VISITORS: ("当时有游客", "visitors stood there"),
    Reason.EDGE: ("贴边残留", "a rim along a kerb, a wall or the zone's edge"),
    Reason.EVADED: ("路过但绕开了", "on the plan, but passed at a distance"),
    Reason.UNPLANNED: ("规划未覆盖", "not on the plan"),
}
"""Each reason in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A connected piece of ground that was not swept."""

    zone: str
    reason: Reason
    area: float
    """[m²]."""
    centre: tuple[float, float]
    """Of the cell nearest to its middle [m; map]."""
    shape: BaseGeometry


def missed(quality: Quality) -> list[Patch]:
    """Return every patch of at least ``LEAST``, the largest first."""
    found: list[Patch] = []
    for work in quality.zones:
        judge = _Judge(quality, work)
        found += [judge.patch(cells) for cells in _pieces(work.passes.cells == UNREACHABLE, work)]
        found += [judge.patch(cells) for cells in _pieces(work.missed, work)]
    return sorted(found, key=lambda one: -one.area)


def crumbs(work: ZoneWork) -> float:
    """Return the area of what is within reach, was missed and is in no ``Patch`` [m²]."""
    cell = work.passes.resolution**2
    told = sum(int(cells.sum()) for cells in _pieces(work.missed, work))
    return (int(work.missed.sum()) - told) * cell


def _pieces(cells: BoolArray, work: ZoneWork) -> Iterable[BoolArray]:
    numbers, count = label(cells, np.ones((3, 3)))
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)
    for k in range(1, count + 1):
        if sizes[k] * work.passes.resolution**2 >= LEAST:
            yield np.asarray(numbers == k)


class _Judge:
    """Knows what happened in one zone, and says why a piece of it was left."""

    def __init__(self, quality: Quality, work: ZoneWork) -> None:
        self._work = work
        self._grid = work.passes.centres()
        self._presence = _presence(quality, work)
        self._planned, self._left = _plans(quality, work)
        lines = [np.vstack([ring, ring[:1]]) for ring in (work.zone.polygon, *work.zone.holes)]
        self._edges = MultiLineString([*lines, *quality.site.kerbs])

    def patch(self, cells: BoolArray) -> Patch:
        """Return the piece of ground that ``cells`` (rows, columns) marks, with its reason."""
        points = np.column_stack([axis[cells] for axis in self._grid])
        middle = points[np.argmin(np.hypot(*(points - points.mean(axis=0)).T))]
        area = len(points) * self._work.passes.resolution**2
        return Patch(
            self._work.zone.name,
            self._reason(cells, points),
            area,
            (float(middle[0]), float(middle[1])),
            _outline(cells, self._work),
        )

    def _reason(self, cells: BoolArray, points: Array) -> Reason:
        if self._work.passes.cells[cells][0] == UNREACHABLE:
            return Reason.NARROW
        if _share(self._left, points) > 0.5:
            return Reason.UNFINISHED
        if self._crowded(points):
            return Reason.VISITORS
        if float(np.median(shapely.distance(self._edges, shapely.points(points)))) < AT_EDGE:
            return Reason.EDGE
        return Reason.EVADED if _share(self._planned, points) > 0.5 else Reason.UNPLANNED

    def _crowded(self, points: Array) -> bool:
        """Whether somebody stood by while the robot passed, for a second or more."""
        middle, near = points.mean(axis=0), 0.0
        for step, robot, people in self._presence:
            if np.hypot(*(robot - middle)) < PASSING and len(people):
                gap = np.hypot(
                    people[:, None, 0] - points[::7, 0], people[:, None, 1] - points[::7, 1]
                )
                near += step if gap.min() < CROWDED else 0.0
        return near >= 1.0


def _presence(quality: Quality, work: ZoneWork) -> list[tuple[float, Array, Array]]:
    """Return (duration [s], robot (2,), visitors (k, 2)) for every look during the zone's work."""
    found, last = [], 0.0
    for frame in quality.run.scene:
        step, last = frame["time"] - last, frame["time"]
        seen = frame["robots"].get(ROBOT)
        if seen is None or not any(a <= frame["time"] <= b for a, b in work.spans):
            continue
        people = np.array([row[1:3] for row in frame.get("visitors", [])]).reshape(-1, 2)
        found.append((min(step, 1.0), np.asarray(seen["position"][:2]), people))
    return found


def _plans(quality: Quality, work: ZoneWork) -> tuple[BaseGeometry, BaseGeometry]:
    """Return the ground under all planned swaths, and under those not driven when it was left."""
    robot = quality.run.robots[ROBOT]
    nothing: BaseGeometry = Point()
    if not work.spans:
        return nothing, nothing
    spans, end = work.spans, work.spans[-1][1]
    during = [one["plan"] for one in robot.plans if spans[0][0] - 60.0 <= one["time"] <= end]
    swaths = [_swath(one, 0) for one in during]
    planned = shapely.union_all(swaths) if swaths else nothing
    if not during:
        return planned, nothing
    last, path = during[-1], np.asarray(during[-1]["path"], dtype=float).reshape(-1, 3)
    times = np.asarray(robot.series["time"])
    pose = robot.series["pose"][min(int(np.searchsorted(times, end)), len(times) - 1)]
    if not len(path):
        return planned, nothing
    here = int(np.argmin(np.hypot(path[:, 0] - pose[0], path[:, 1] - pose[1])))
    return planned, _swath(last, here + 1)


def _swath(plan: dict[str, list[object]], since: int) -> BaseGeometry:
    """Return the ground that the brushes cover on the working stretches of a plan."""
    path = np.asarray(plan["path"], dtype=float).reshape(-1, 3)[since:]
    working = np.asarray(plan["working"], dtype=bool)[since:]
    brushes = path[:, :2] + AHEAD * np.column_stack([np.cos(path[:, 2]), np.sin(path[:, 2])])
    cuts = np.flatnonzero(np.diff(working.astype(int))) + 1
    pieces = [
        LineString(piece).buffer(HALF_WIDTH, cap_style="flat")
        for piece, on in zip(np.split(brushes, cuts), np.split(working, cuts), strict=True)
        if len(piece) > 1 and on[0]
    ]
    return shapely.union_all(pieces) if pieces else Point()


def _share(area: BaseGeometry, points: Array) -> float:
    shapely.prepare(area)
    return float(np.mean(shapely.contains_xy(area, *points.T)))


def _outline(cells: BoolArray, work: ZoneWork) -> BaseGeometry:
    """Return the area of some cells: their runs along each row, joined."""
    side, (west, south) = work.passes.resolution, work.passes.origin
    boxes = []
    for r in np.flatnonzero(cells.any(axis=1)):
        ends = np.flatnonzero(np.diff(np.concatenate([[0], cells[r].astype(int), [0]])))
        for a, b in zip(ends[::2], ends[1::2], strict=True):
            y = south + r * side
            boxes.append(box(west + a * side, y, west + b * side, y + side))
    return shapely.union_all(boxes).simplify(0.01)
