"""What the quality report is about: each zone before and after, as the onlooker recorded it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from robotics.core.arrays import Array, BoolArray
from robotics.core.errors import InvalidMessage
from robotics.core.raster import Raster, unpack
from robotics.mapping.places import Site, Zone
from robotics.report.digest import RunDigest

OUTSIDE, UNREACHABLE = 255, 254
"""Marks among the passes, see ``sim.proof``."""
ROBOT = "sweeper"


@dataclass(frozen=True, slots=True)
class KerbLine:
    """The gap along one kerb: sample by sample."""

    name: str
    along: Array
    """Way along the kerb, shape (k,) [m]."""
    where: Array
    """Shape (k, 2) [m; map]."""
    gap: Array
    """Least gap between the true brush edge and the kerb, shape (k,) [m]: negative where bristles
    bent against it, infinite where the brushes never came near."""

    @property
    def length(self) -> float:
        """From the first sample to the last [m]."""
        return float(self.along[-1] - self.along[0]) if len(self.along) else 0.0


@dataclass(frozen=True, slots=True)
class ZoneWork:
    """One zone as it was found and left."""

    zone: Zone
    title: str
    passes: Raster
    """How often each cell was swept; ``OUTSIDE`` and ``UNREACHABLE`` mark cells that were not."""
    before: Raster
    """Dirt [g/m²], litter not counted."""
    after: Raster
    figures: Mapping[str, Any]
    """Single numbers of the onlooker about this zone."""
    litter_left: Array
    """Shape (k, 2) [m; map]."""
    spans: tuple[tuple[float, float], ...]
    """When the brushes turned for it: (start, end) [s]."""

    @property
    def seconds(self) -> float:
        """Time from the first to the last moment of work, other zones' time taken out [s]."""
        return sum(end - start for start, end in self.spans)

    @property
    def rate(self) -> float:
        """Ground swept in an hour of work [m²/h]; NaN without work."""
        return 3600.0 * self.number("swept_area_m2") / self.seconds if self.seconds else math.nan

    @property
    def missed(self) -> BoolArray:
        """Cells within reach that no brush touched, shape (rows, columns)."""
        return np.asarray(self.passes.cells == 0)

    def number(self, key: str) -> float:
        """Return a figure, NaN where the onlooker told none."""
        value = self.figures.get(key)
        return float(value) if isinstance(value, int | float) else math.nan

    def repeated(self, times: int) -> float:
        """Return which part of the zone was swept exactly ``times`` times (3: three or more)."""
        cells = self.passes.cells[self.passes.cells != OUTSIDE]
        count = cells == times if times < 3 else (cells >= 3) & (cells < UNREACHABLE)
        return float(count.mean()) if len(cells) else math.nan


@dataclass(frozen=True, slots=True)
class Quality:
    """All that the quality report tells."""

    run: RunDigest
    site: Site
    zones: tuple[ZoneWork, ...]
    kerbs: tuple[KerbLine, ...] = ()
    reported: tuple[Mapping[str, Any], ...] = ()
    """Litter that people have to take: ``x``, ``y`` [m], ``size`` [m], ``time`` [s], ``note``,
    ``photo`` (a file's name beside the report; ``litter_<number>.jpg`` if not given)."""

    @property
    def driven(self) -> float:
        """Way that the onlooker saw the robot drive [m]; NaN where there was none."""
        return self._of_robot("distance_m")

    @property
    def closest(self) -> float:
        """Least gap between robot and visitor that the onlooker saw [m]; NaN without any."""
        return self._of_robot("min_clearance_visitor_m")

    @property
    def plan(self) -> Mapping[str, Any]:
        """The plan of the day as it was read; empty without one."""
        day = self.run.config.get("day") or {}
        return day.get("plan") or {}

    @property
    def not_begun(self) -> tuple[str, ...]:
        """Titles of the plan's zones that were not worked on."""
        begun = {work.zone.name for work in self.zones if work.spans}
        named = [one.get("zone", "") for one in self.plan.get("zones", [])]
        left = [self.site.zones[n] for n in named if n in self.site.zones and n not in begun]
        return tuple(zone.title or zone.name for zone in left)

    def clock(self, time: float) -> str:
        """Return when ``time`` [s] of the run was: the time of day, or minutes without a plan."""
        day = self.run.config.get("day") or {}
        start = day.get("clock") or self.plan.get("opens", "")
        seconds = round(time)
        if ":" in start:
            hours, minutes = (int(part) for part in start.split(":")[:2])
            seconds += 3600 * hours + 60 * minutes
            return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        return f"{seconds // 60}:{seconds % 60:02d}"

    def _of_robot(self, key: str) -> float:
        value = self.run.summary.get(key, {}).get(ROBOT)
        return float(value) if value is not None else math.nan

    def number(self, key: str) -> float:
        """Return a single figure of the onlooker's summary, NaN where there is none."""
        value = self.run.summary.get(key)
        return float(value) if isinstance(value, int | float) else math.nan


def gather(run: RunDigest, site: Site) -> Quality | None:
    """Return the quality of a run's sweeping; None where no onlooker recorded any ground."""
    ground = run.summary.get("ground")
    if not isinstance(ground, Mapping) or ROBOT not in run.robots:
        return None
    zones = [_zone(run, site, name, told) for name, told in ground.items() if name in site.zones]
    kerbs = tuple(piece for one in run.summary.get("kerbs", []) for piece in _kerb(one))
    reported = tuple(run.summary.get("litter_reported", []))
    return Quality(run, site, tuple(zones), kerbs, reported) if zones else None


def _zone(run: RunDigest, site: Site, name: str, told: Mapping[str, Any]) -> ZoneWork:
    try:
        passes, before, after = (unpack(told[key]) for key in ("passes", "before", "after"))
    except KeyError as error:
        raise InvalidMessage("summary", "ground", error.args[0], "what sim.proof writes") from error
    zone = site.zones[name]
    left = np.asarray(told.get("litter_left", []), dtype=np.float64).reshape(-1, 2)
    figures = {key: value for key, value in told.items() if isinstance(value, int | float)}
    title = str(told.get("title") or zone.title or name)
    return ZoneWork(zone, title, passes, before, after, figures, left, _spans(run, name))


def _spans(run: RunDigest, name: str) -> tuple[tuple[float, float], ...]:
    """Return when the zone was worked on: from brushes on to brushes off for more than 5 s."""
    series = run.robots[ROBOT].series
    found: list[list[float]] = []
    for time, zone, brush in zip(
        *(series[key] for key in ("goal_time", "zone", "brush")), strict=True
    ):
        if zone != name or brush <= 0.0:
            continue
        if found and time - found[-1][1] < 60.0 and not _left(series, name, found[-1][1], time):
            found[-1][1] = time
        else:
            found.append([time, time])
    return tuple((start, end) for start, end in found)


def _left(series: Mapping[str, Any], name: str, since: float, until: float) -> bool:
    """Return whether anything but this zone was wanted between two times."""
    first, last = np.searchsorted(series["goal_time"], [since, until])
    return any(zone != name for zone in series["zone"][first:last])


def _kerb(told: Mapping[str, Any]) -> list[KerbLine]:
    """Return the pieces of a kerb that lie along the zones: each stretch without a break."""
    gap = np.array([math.inf if v is None else float(v) for v in told["gap_m"]])
    where = np.asarray(told["where"], dtype=np.float64).reshape(-1, 2)
    along = np.asarray(told["along_m"], dtype=np.float64)
    steps = np.diff(along)
    usual = float(np.median(steps)) if len(steps) else 0.0
    breaks = np.flatnonzero(steps > 1.5 * usual) + 1
    pieces = (np.split(values, breaks) for values in (along, where, gap))
    return [KerbLine(str(told.get("name", "")), *piece) for piece in zip(*pieces, strict=True)]
