"""The sweeper's working day as a file: hours, zones with priorities, quiet hours, supplies."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from robotics.assets import asset
from robotics.core.config import Schema, fault_at, load
from robotics.core.errors import ConfigError, UnknownName
from robotics.mapping.places import Site

LEAST_WINDOW = 60.0
"""A zone that may be swept for less time than this in one piece is never swept [s]."""
MIDNIGHT = 24.0 * 3600.0
"""[s]."""

Span = tuple[float, float]
"""From and to [s since midnight]."""
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
"""HH:MM."""
Clock = Annotated[str, Field(pattern=CLOCK, description="HH:MM")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Window(Schema):
    """A stretch of the day."""

    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")

    @property
    def span(self) -> Span:
        """In seconds."""
        return seconds_of(self.start), seconds_of(self.end)


class ZoneLine(Schema):
    """One zone of the plan."""

    zone: str
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    """1 comes first."""
    between: Window | None = None
    """When it may be swept; left out for the opening hours."""


class QuietLine(Window):
    """When brushes and fan have to be silent."""

    zones: list[str] | None = None
    """Where; left out for everywhere."""
    why: str = ""


class Rain(Schema):
    """When it stops for rain."""

    pause_mm_per_h: Annotated[float, Field(gt=0.0)] = 0.5
    """It goes home in rain of so much. Drizzle (below 0.5 mm/h: WMO) does no harm."""
    dry_minutes: Annotated[float, Field(ge=0.0)] = 10.0
    """And comes back so long after the last drop."""


class Supplies(Schema):
    """When it fills up, empties and charges, fractions."""

    water_least: Share = 0.05
    bin_most: Share = 0.92
    charge_least: Share = 0.25
    charge_enough: Share = 0.8


class Begin(Schema):
    """What a simulated machine finds in itself in the morning, fractions."""

    water: Share = 1.0
    bin: Share = 0.0
    charge: Share = 1.0


class DayFile(Schema):
    """The file."""

    title: str = ""
    site: str = ""
    """Name of the site that it is for; left out for any."""
    opens: Clock
    closes: Clock
    zones: Annotated[list[ZoneLine], Field(min_length=1)]
    quiet: tuple[QuietLine, ...] = ()
    rain: Rain = Rain()
    supplies: Supplies = Supplies()
    begin: Begin = Begin()


@dataclass(frozen=True, slots=True)
class Task:
    """One zone of the day."""

    zone: str
    priority: int
    open: tuple[Span, ...]
    """When it may be swept, in order, apart from one another."""


@dataclass(frozen=True, slots=True)
class Day:
    """A checked plan of a day. Times are seconds since midnight."""

    tasks: tuple[Task, ...]
    opens: float = 0.0
    closes: float = math.inf
    title: str = ""
    rain: Rain = field(default_factory=Rain)
    supplies: Supplies = field(default_factory=Supplies)
    begin: Begin = field(default_factory=Begin)

    @staticmethod
    def plain(site: Site) -> Day:
        """Return the day without a plan: every zone at any time, all alike."""
        names = [zone.name for zone in site.zones.values() if zone.kind == "sweep"]
        return Day(tuple(Task(name, 5, ((0.0, math.inf),)) for name in names))

    def task(self, zone: str) -> Task:
        """Return the task of a zone; KeyError if it is not in the plan."""
        return {task.zone: task for task in self.tasks}[zone]

    def left(self, zone: str, clock: float) -> float:
        """Return for how long the zone may still be swept, 0 if not now [s]."""
        return max(
            [end - clock for start, end in self.task(zone).open if start <= clock], default=0
        )

    def next_opening(self, zones: Iterable[str], clock: float) -> float:
        """Return when one of ``zones`` may be swept next, ``clock`` if now; inf for never."""
        spans = [span for zone in zones for span in self.task(zone).open if span[1] > clock]
        return min([max(start, clock) for start, _ in spans], default=math.inf)


def seconds_of(clock: str) -> float:
    """Return HH:MM as seconds since midnight."""
    hours, minutes = clock.split(":")
    return 3600.0 * int(hours) + 60.0 * int(minutes)


def clock_of(seconds: float) -> str:
    """Return seconds since midnight as HH:MM."""
    minutes = int(seconds % MIDNIGHT) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def shipped_day(site: str) -> Path | None:
    """Return the day that comes with the package for a site; None if there is none."""
    try:
        return asset(f"behaviours/days/{site}.yaml")
    except UnknownName:
        return None


def read_day(path: Path) -> DayFile:
    """Read a day; whether it fits a site is checked by ``check_site``.

    Raises:
        ConfigError: It does not match the schema, or contradicts itself.
    """
    file = load(path, DayFile)
    opening = seconds_of(file.opens), seconds_of(file.closes)
    if opening[0] >= opening[1]:
        problem = f"'{file.closes}' is not later than opens '{file.opens}'"
        raise fault_at(path, ("closes",), problem, "close later, or open earlier")
    for k, quiet in enumerate(file.quiet):
        if quiet.span[0] >= quiet.span[1]:
            raise _backwards(path, ("quiet", k, "to"), quiet)
    seen: set[str] = set()
    for k, line in enumerate(file.zones):
        if line.zone in seen:
            raise fault_at(path, ("zones", k, "zone"), f"'{line.zone}' stands twice", "keep one")
        seen.add(line.zone)
        if line.between is not None and line.between.span[0] >= line.between.span[1]:
            raise _backwards(path, ("zones", k, "between", "to"), line.between)
        _check_time(path, file, k)
    if file.supplies.charge_least >= file.supplies.charge_enough:
        problem = f"charge_enough {file.supplies.charge_enough:g} is not more than charge_least"
        cure = f"more than {file.supplies.charge_least:g}: else it would never leave its dock"
        raise fault_at(path, ("supplies", "charge_enough"), problem, cure)
    return file


def check_site(path: Path, file: DayFile, site: Site) -> None:
    """Check a day that was read from ``path`` against a site.

    Raises:
        ConfigError: It names what the site has not.
    """
    known = sorted(zone.name for zone in site.zones.values() if zone.kind == "sweep")
    for k, line in enumerate(file.zones):
        if line.zone not in known:
            problem = f"{site.name} has no zone '{line.zone}'"
            cure = f"zones: {', '.join(known) or 'none'}"
            raise fault_at(path, ("zones", k, "zone"), problem, cure)
    planned = [line.zone for line in file.zones]
    for k, quiet in enumerate(file.quiet):
        for j, name in enumerate(quiet.zones or []):
            if name not in planned:
                problem = f"'{name}' is none of the day's zones"
                cure = f"zones: {', '.join(planned)}"
                raise fault_at(path, ("quiet", k, "zones", j), problem, cure)


def day_of(file: DayFile) -> Day:
    """Return the plan that a checked file holds."""
    tasks = tuple(Task(line.zone, line.priority, _open(file, line)) for line in file.zones)
    opening = seconds_of(file.opens), seconds_of(file.closes)
    return Day(tasks, *opening, file.title, file.rain, file.supplies, file.begin)


def _backwards(path: Path, place: tuple[str | int, ...], window: Window) -> ConfigError:
    problem = f"'{window.end}' is not later than from '{window.start}'"
    return fault_at(path, place, problem, "end later; midnight splits a stretch into two")


def _check_time(path: Path, file: DayFile, k: int) -> None:
    """Refuse a zone that could never be swept."""
    line = file.zones[k]
    if _open(file, line):
        return
    quiet = _open(file.model_copy(update={"quiet": ()}), line)
    place = ("zones", k, "between" if line.between is not None else "zone")
    wished = line.between or Window.model_validate({"from": file.opens, "to": file.closes})
    window = f"'{line.zone}' from {wished.start} to {wished.end}"
    if quiet:
        raise fault_at(path, place, f"{window} is all quiet hours", "shorten the quiet hours")
    hours = f"{file.opens} to {file.closes}"
    raise fault_at(path, place, f"{window} lies outside opening hours", f"stay within {hours}")


def _open(file: DayFile, line: ZoneLine) -> tuple[Span, ...]:
    """Return when a zone may be swept: its window within opening hours, less the quiet hours."""
    opening = seconds_of(file.opens), seconds_of(file.closes)
    start, end = line.between.span if line.between is not None else opening
    spans = [(max(start, opening[0]), min(end, opening[1]))]
    for quiet in file.quiet:
        if quiet.zones is None or line.zone in quiet.zones:
            low, high = quiet.span
            parts = [((a, min(b, low)), (max(a, high), b)) for a, b in spans]
            spans = [part for pair in parts for part in pair]
    return tuple(sorted(span for span in spans if span[1] - span[0] >= LEAST_WINDOW))
