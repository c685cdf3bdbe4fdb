"""The sweeper's day for a run: its plan, its journal, what the journal remembers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from robotics.core.backend import Begin
from robotics.core.errors import OptionError, RecordError
from robotics.core.messages import State
from robotics.core.parts import Mission, Robot
from robotics.mapping.places import Site
from robotics.record.journal import Journal
from robotics.remember import Keeper, memory_from_plain, memory_to_plain, recalled
from robotics.robots.catalog import DayPlan
from robotics.robots.memory import RobotMemory
from robotics.robots.sweeper.day import (
    CLOCK,
    DayFile,
    check_site,
    clock_of,
    day_of,
    read_day,
    seconds_of,
    shipped_day,
)

NAME = "sweeper"
"""The robot that has a day."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user asked for."""

    site: str
    """Name of the site, or its world file."""
    day: Path | None = None
    """The plan of the day; None for none."""
    clock: str = ""
    """Time of day at the start, HH:MM; "" for when the day opens."""
    journal: Path | None = None
    """Where the memory is kept; None for nowhere."""


@dataclass(slots=True)
class Daybook:
    """One sweeper's day.

    Attributes:
        wishes: What was asked for.
        file: The plan, None for all zones at any time.
        memory: What the journal remembers of an unfinished day.
        told: A line for people about what was resumed; "" if nothing was.
        journal: The file itself.
    """

    wishes: Wishes
    file: DayFile | None = None
    memory: RobotMemory | None = None
    told: str = ""
    journal: Journal | None = None
    _keeper: Keeper | None = None

    @staticmethod
    def open(wishes: Wishes) -> Daybook:
        """Read the plan and the journal.

        Raises:
            ConfigError: The plan does not match its schema, or contradicts itself.
            OptionError: The time of day is none, or not within the day.
            RecordError: The journal cannot be used.
        """
        file = None if wishes.day is None else read_day(wishes.day)
        book = Daybook(wishes, file)
        _check_clock(wishes, file)
        if wishes.journal is not None:
            book._open_journal(wishes.journal)
        return book

    @property
    def seconds(self) -> float:
        """Longest that the day can take from now [s]; inf without a plan or a memory."""
        if self.memory is not None:
            return max(0.0, self.memory.day.ends - self.memory.day.clock)
        if self.file is None:
            return float("inf")
        start = self.wishes.clock or self.file.opens
        return seconds_of(self.file.closes) - seconds_of(start)

    @property
    def begin(self) -> Begin:
        """How a simulated body begins."""
        if self.memory is not None:
            m = self.memory
            return Begin(m.pose, m.charge, m.water, m.bin)
        if self.file is None:
            return Begin()
        told = self.file.begin
        return Begin(None, told.charge, told.water, told.bin)

    @property
    def plan(self) -> DayPlan:
        """What the robot is told."""
        clock = seconds_of(self.wishes.clock) if self.wishes.clock else None
        return DayPlan(None if self.file is None else day_of(self.file), clock, self.memory)

    def check(self, site: Site) -> None:
        """Check the plan against the site.

        Raises:
            ConfigError: It names what the site has not.
        """
        if self.file is not None and self.wishes.day is not None:
            check_site(self.wishes.day, self.file, site)

    def note(self, robot: Robot, mission: Mission, state: State) -> None:
        """Write the journal, if it is time.

        Raises:
            RecordError: The disk is full, or the file is gone.
        """
        if self._keeper is not None and robot.name == NAME:
            self._keeper.note(robot, mission, state)

    def close(self) -> None:
        """Let go of the journal. May be called twice."""
        if self.journal is not None:
            self.journal.close()

    def to_plain(self) -> dict[str, Any]:
        """Return all that a replay has to know, as plain JSON values."""
        plain: dict[str, Any] = {"clock": self.wishes.clock}
        if self.file is not None:
            plain["plan"] = self.file.model_dump(by_alias=True)
        if self.memory is not None:
            plain["memory"] = memory_to_plain(self.memory)
        return plain

    def _open_journal(self, path: Path) -> None:
        plain = {} if self.file is None else self.file.model_dump(by_alias=True)
        digest = hashlib.sha256(orjson.dumps(plain)).hexdigest()[:12]
        day = "no plan" if self.wishes.day is None else f"{self.wishes.day.name} ({digest})"
        identity = {"site": self.wishes.site, "robot": NAME, "day": day}
        self.journal = Journal(path, identity)
        self._keeper = Keeper(self.journal)
        page = self.journal.last()
        if page is None:
            return
        try:
            memory = recalled(page)
        except (KeyError, TypeError, ValueError) as error:
            self.journal.close()
            problem = f"its last entry cannot be read ({error!r})"
            raise RecordError(path, f"entry {page.number}", problem, "name another file") from error
        if memory.day.over or memory.day.ends <= memory.day.clock:
            self.journal.begin_anew()
            return
        self.memory = memory
        self.told = _resumed(path, memory)


def plan_from_plain(plain: Mapping[str, Any]) -> DayPlan:
    """Return what the robot was told, from ``Daybook.to_plain``."""
    file = DayFile.model_validate(plain["plan"]) if "plan" in plain else None
    memory = memory_from_plain(plain["memory"]) if "memory" in plain else None
    clock = seconds_of(plain["clock"]) if plain.get("clock") else None
    return DayPlan(None if file is None else day_of(file), clock, memory)


def _check_clock(wishes: Wishes, file: DayFile | None) -> None:
    if not wishes.clock:
        return
    if not re.fullmatch(CLOCK, wishes.clock):
        raise OptionError(f"--clock is '{wishes.clock}'; give HH:MM, for example 06:30")
    start = seconds_of(wishes.clock)
    if file is not None and not seconds_of(file.opens) <= start < seconds_of(file.closes):
        hours = f"{file.opens} to {file.closes}"
        raise OptionError(f"--clock is {wishes.clock}; the day in {wishes.day} is from {hours}")


def _resumed(path: Path, memory: RobotMemory) -> str:
    day = memory.day
    at = f"; {day.begun} at {dict(day.fractions).get(day.begun, 0.0):.0%}" if day.begun else ""
    done = len(day.finished)
    zones = f"{done} zone{'' if done == 1 else 's'} done{at}"
    return f"resuming the day in {path} at {clock_of(day.clock)}: {zones}"


def length_of(day: Path, clock: str) -> float:
    """Return how long the day in a file is from ``clock`` ("" for its opening) on [s].

    Raises:
        ConfigError: The file does not match its schema, or contradicts itself.
        OptionError: The time of day is none, or not within the day.
    """
    return Daybook.open(Wishes("", day, clock)).seconds


__all__ = ["NAME", "Daybook", "Wishes", "length_of", "plan_from_plain", "shipped_day"]
