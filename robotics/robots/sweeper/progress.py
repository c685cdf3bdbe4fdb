"""How far the sweeper's day has come: all that its mission has to remember, as one value."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from robotics.core.messages import State
from robotics.mapping.places import Site, Zone
from robotics.robots.sweeper.day import Day
from robotics.robots.sweeper.supplies import Usage
from robotics.robots.sweeper.zones import Offer

PACE = (0.6, 1.8)
"""A zone takes from so many to so many times what was estimated; what is beyond is chance."""


@dataclass(frozen=True, slots=True)
class LitterReport:
    """A piece of litter that people were told of, in the map [m]."""

    x: float
    y: float
    size: float
    """Its longest side [m]."""
    height: float
    """[m]."""
    time: float
    """Of the run in which it was reported [s]."""


@dataclass(frozen=True, slots=True)
class DayMemory:
    """What has to outlive a restart; plain values only."""

    clock: float
    """Time of day when it was written [s since midnight]."""
    ends: float
    """Time of day at which it has to be in the dock [s]."""
    started: bool
    """Whether it has said that work begins."""
    over: bool
    """Whether the day is over: nothing is left to resume."""
    closed: tuple[str, ...]
    finished: tuple[str, ...]
    begun: str
    """The zone at work, "" for none."""
    fractions: tuple[tuple[str, float], ...]
    """Part swept of zones that were begun."""
    notes: tuple[str, ...]
    requests: int
    services: tuple[tuple[str, int], ...]
    """How often each kind of station served it."""
    broken: tuple[str, ...]
    """Kinds of stations that do not serve."""
    dry_since: float
    """Time of day since which no rain fell; below zero: it never did [s]."""
    pace: float
    usage: tuple[float, float, float, float]
    station: str = ""
    """Kind of the station that it is bound for, or stands in; "" for none."""
    litter: tuple[LitterReport, ...] = ()


@dataclass(slots=True)
class DayProgress:
    """The mission's own account of the day.

    Attributes:
        day: The plan.
        ends: Time of day at which it has to be in the dock [s].
        clock: Time of day now [s].
        closed: Zones finished or given up.
        finished: Zones finished.
        begun: The zone at work; "" for none.
        fractions: Part swept of zones that were begun.
        services: How often each kind of station served it.
        station: Kind of the station that it is bound for, or stands in; "" for none.
        broken: Kinds of stations that do not serve.
        pace: What zones take, as times of the estimate, learned.
        litter: Pieces that people were told of.
    """

    day: Day
    ends: float
    clock: float
    started: bool = False
    over: bool = False
    closed: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    begun: str = ""
    fractions: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    requests: int = 0
    services: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    dry_since: float = -1.0
    raining: bool = False
    pace: float = 1.0
    usage: Usage = field(default_factory=Usage)
    station: str = ""
    litter: list[LitterReport] = field(default_factory=list)
    _time: float | None = None

    @staticmethod
    def begin(day: Day, seconds: float, clock: float) -> DayProgress:
        """Return the day before it has begun, ``seconds`` [s] long, at ``clock`` [s]."""
        return DayProgress(day, min(clock + seconds, day.closes), clock)

    @staticmethod
    def recall(day: Day, memory: DayMemory) -> DayProgress:
        """Return the day as it was."""
        m = memory
        told = DayProgress(day, m.ends, m.clock, m.started, m.over, begun=m.begun)
        told.closed, told.finished = list(m.closed), list(m.finished)
        told.fractions, told.notes = dict(m.fractions), list(m.notes)
        told.services, told.broken = dict(m.services), list(m.broken)
        told.requests, told.dry_since, told.pace = m.requests, m.dry_since, m.pace
        told.usage, told.station = Usage(*m.usage), m.station
        told.litter = list(m.litter)
        return told

    def memory(self) -> DayMemory:
        """Return all of it as a value."""
        usage = self.usage
        return DayMemory(
            self.clock,
            self.ends,
            self.started,
            self.over,
            tuple(self.closed),
            tuple(self.finished),
            self.begun,
            tuple(self.fractions.items()),
            tuple(self.notes),
            self.requests,
            tuple(self.services.items()),
            tuple(self.broken),
            self.dry_since,
            self.pace,
            (usage.water, usage.bin, usage.charge, usage.seconds),
            self.station,
            tuple(self.litter),
        )

    def counts(self, requests: int) -> dict[str, float]:
        """Return plain figures; ``requests`` is how often it has asked since it was switched on."""
        return {
            "zones_begun": len(self.closed) + bool(self.begun),
            "zones_finished": len(self.finished),
            "requests": self.requests + requests,
            "refills": self.services.get("dock_water", 0),
            "tips": self.services.get("dock_tip", 0),
            "litter_reported": len(self.litter),
        }

    def look(self, state: State) -> None:
        """Let the clock go on, and look at the sky."""
        self.clock += 0.0 if self._time is None else max(0.0, state.time - self._time)
        self._time = state.time
        self.raining = state.tools.rain >= self.day.rain.pause_mm_per_h
        if state.tools.rain > 0.0 and (self.raining or self.dry_since >= 0.0):
            self.dry_since = self.clock

    @property
    def left(self) -> float:
        """Time until it has to be in the dock [s]."""
        return self.ends - self.clock

    @property
    def drying(self) -> float:
        """Time until it is dry enough to go on, as far as one can tell now [s]."""
        if self.dry_since < 0.0:
            return 0.0
        return max(0.0, self.dry_since + 60.0 * self.day.rain.dry_minutes - self.clock)

    def zones(self, site: Site) -> list[Zone]:
        """Return the zones of the day that are not closed yet."""
        known = {zone.name: zone for zone in site.zones.values() if zone.kind == "sweep"}
        names = [task.zone for task in self.day.tasks if task.zone not in self.closed]
        return [known[name] for name in names if name in known]

    def offers(self, site: Site) -> list[Offer]:
        """Return the zones that may be swept now."""
        return [
            Offer(
                zone,
                self.day.task(zone.name).priority,
                self.fractions.get(zone.name, 0.0),
                zone.name == self.begun,
                window,
            )
            for zone in self.zones(site)
            if (window := self.day.left(zone.name, self.clock)) > 0.0
        ]

    def opening(self, site: Site) -> float:
        """Return the time until a zone may be swept, 0 if one may now, inf if none will [s]."""
        opens = self.day.next_opening([zone.name for zone in self.zones(site)], self.clock)
        return opens - self.clock if opens < self.ends else math.inf

    def note(self, text: str) -> None:
        """Keep a sentence for people, once."""
        if text not in self.notes:
            self.notes.append(text)

    def close(self, *, done: bool) -> str:
        """Close the zone at work, and return its name."""
        name, self.begun = self.begun, ""
        self.closed.append(name)
        self.fractions.pop(name, None)
        if done:
            self.finished.append(name)
        return name

    def learn_pace(self, took: float, estimated: float) -> None:
        """Take in how long a stretch of a zone took against its estimate [s]."""
        if estimated > 60.0:
            measured = min(max(took / estimated, PACE[0]), PACE[1])
            self.pace += 0.5 * (measured - self.pace)
