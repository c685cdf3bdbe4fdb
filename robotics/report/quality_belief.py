"""The robot's own belief about its job beside what an onlooker saw, and who is who."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString

from robotics.core.arrays import Array
from robotics.report.page import position_errors
from robotics.report.quality_data import OUTSIDE, ROBOT, UNREACHABLE, Quality, ZoneWork
from robotics.report.quality_missed import AHEAD, HALF_WIDTH


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure, twice."""

    zh: str
    en: str
    believed: str
    seen: str


def comparisons(quality: Quality) -> list[Comparison]:
    """Return what the robot believed beside what the onlooker saw."""
    believed, seen = believed_share(quality), quality.number("covered_fraction")
    levels = quality.run.robots[ROBOT].series
    water = levels["water"][0] - levels["water"][-1] if levels["water"] else math.nan
    driven = _length(np.asarray(levels["pose"], dtype=float)[:, :2])
    found = [
        Comparison("覆盖率", "ground swept, in reach", _percent(believed), _percent(seen)),
        Comparison(
            "行驶距离", "distance driven", _amount(driven, "m", 0), _amount(quality.driven, "m", 0)
        ),
        Comparison(
            *("用水", "water used", f"{_percent(water)} 水箱 tank"),
            _amount(quality.number("water_used_kg"), "L", 2),
        ),
    ]
    errors = [100.0 * error for _, error in position_errors(quality.run, quality.run.robots[ROBOT])]
    if errors:
        p50, p95, most = np.percentile(errors, [50, 95, 100])
        text = f"{p50:.1f} / {p95:.1f} / {most:.1f} cm"
        zh, en = "定位误差（中位 / 95 % / 最大）", "position error (median / 95 % / most)"
        found.append(Comparison(zh, en, "–", text))
    return found


def believed_share(quality: Quality) -> float:
    """Return which part of what is in reach was swept if the robot was where it believed to be."""
    swept = reach = 0
    for work in quality.zones:
        cells = work.passes.cells
        within = (cells != OUTSIDE) & (cells != UNREACHABLE)
        x, y = (axis[within] for axis in work.passes.centres())
        area = _ground(quality, work)
        shapely.prepare(area)
        swept += int(shapely.contains_xy(area, x, y).sum())
        reach += int(within.sum())
    return swept / reach if reach else math.nan


def _ground(quality: Quality, work: ZoneWork) -> shapely.Geometry:
    """Return the ground under the brushes as the robot believes: its path, as wide as they."""
    series = quality.run.robots[ROBOT].series
    times, poses = np.asarray(series["time"]), np.asarray(series["pose"], dtype=float)
    brush = np.interp(times, series["goal_time"], series["brush"]) > 0.0
    ahead = AHEAD * np.column_stack([np.cos(poses[:, 2]), np.sin(poses[:, 2])])
    brushes = poses[:, :2] + ahead
    lines = []
    for start, end in work.spans:
        during = (times >= start) & (times <= end) & brush
        if during.sum() > 1:
            lines.append(LineString(brushes[during]).buffer(HALF_WIDTH, cap_style="flat"))
    return shapely.union_all(lines) if lines else shapely.Point()


def _length(line: Array) -> float:
    """Return the length of a path, standing left out [m]."""
    moved = np.hypot(*np.diff(line[::5], axis=0).T)
    return float(moved[moved > 0.02].sum())


def _percent(value: float) -> str:
    return f"{100.0 * value:.1f} %" if math.isfinite(value) else "–"


def _amount(value: float, unit: str, digits: int) -> str:
    return f"{value:.{digits}f} {unit}" if math.isfinite(value) else "–"
