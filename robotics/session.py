"""One run from options to recording: who is on stage, what is written down, how it ends."""

from __future__ import annotations

import hashlib
import importlib
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from robotics.app import Clock, Member, StageTimes, ask_to_power_down, ask_to_stop, run
from robotics.assets import asset
from robotics.core.backend import Begin, Stage
from robotics.core.errors import MissingDependency, OptionError, UnknownName
from robotics.core.messages import Tick
from robotics.daybook import NAME, Daybook, Wishes, length_of, shipped_day
from robotics.deploy.hardware import Ports, is_port, open_hardware
from robotics.hearing import Attentive, open_ear
from robotics.mapping.places import load_site
from robotics.record.schemas import frame_transform
from robotics.record.writer import Recorder
from robotics.robots.catalog import MISSING, ROBOTS, assemble
from robotics.robots.memory import is_over, litter_reported
from robotics.robots.renewing import Renewal
from robotics.voice.hearing.ear import Ear
from robotics.voice.loudspeaker import Loudspeaker, opened

STAGES = {
    "sim": "sim.scenario:open_stage",
    "kinematic": "sim.scenario:open_kinematic",
    "emulator": "sim.emulator.open:open_emulator",
}
"""Bodies by the name that ``--on`` takes, as ``module:function``; loaded when asked for."""

LISTENER = "greeter"
"""Who is given ears."""
LOOK_PERIOD = 0.05
"""The onlooker looks this often [s]."""
FIGURES_PERIOD = 0.2
"""The onlooker's figures are recorded this often [s]."""
DISTRIBUTIONS = ("scenic-robots", "numpy", "scipy", "numba", "pybullet", "pin")
"""Installed packages whose versions stand in the recording."""
LONGEST = 24.0 * 60.0
"""Longest run [min]."""
MOST_VISITORS = 500
"""More people than this no site takes."""
STOPPING_TIME = 3.0
"""Time that the robots get for their safe stop after the first Ctrl-C [s]."""
SITTING_TIME = 25.0
"""And where the power goes: the greeter needs 16 to stop, sit down and rest [s]."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    site: str
    robots: tuple[str, ...] = ROBOTS
    on: str = "sim"
    minutes: float = 5.0
    seed: int = 1
    view: bool = False
    visitors: int | None = None
    """How many people walk about; None for as many as the site's file says."""
    day: Path | None = None
    """The sweeper's plan of the day; None for none."""
    clock: str = ""
    """Time of day at the start, HH:MM; "" for when the day opens."""
    journal: Path | None = None
    """Where the sweeper's memory is kept; None for nowhere."""
    ports: Ports = field(default_factory=lambda: Ports(""))
    """Where a real robot is plugged in, beside ``on``."""
    hear: str = ""
    """How the greeter hears: see ``robotics.hearing.open_ear``."""
    heard: Path | None = None
    """What visitors say when, for simulations."""
    speak: str = ""
    """The voice that this computer's loudspeaker speaks with; "" for silence."""
    reload: bool = False
    """Whether behaviours that are edited meanwhile count as soon as they have passed."""

    @property
    def seconds(self) -> float:
        """Length of the run [s]."""
        return 60.0 * self.minutes


@dataclass(slots=True)
class Session:
    """A run in progress. ``on_progress`` is told (time [s], robot, activity) 10 times a second.

    ``on_preparing`` is told what is being made ready before anything moves, ``on_resuming`` what a
    journal gave back, and what came of behaviours that were edited.
    The first ``stop()`` lets every robot come to its safe stop; the second ends the loop at once.
    """

    options: Options
    folder: Path
    clock: Clock
    on_progress: Callable[[float, str, str], None] = lambda time, robot, activity: None
    on_preparing: Callable[[str], None] = lambda what: None
    on_resuming: Callable[[str], None] = lambda line: None
    time: float = 0.0
    stop_asked: float | None = None
    _recorder: Recorder = field(init=False)
    _stage: Stage = field(init=False)
    _crew: dict[str, Member] = field(init=False)
    _due: dict[str, float] = field(default_factory=dict)
    _daybook: Daybook = field(init=False)
    _abort: bool = False
    _renewals: dict[str, Renewal] = field(default_factory=dict)
    _ear: Ear | None = None
    _loudspeaker: Loudspeaker | None = None
    _reason: str = ""
    _power_down: bool = False

    @property
    def record(self) -> Path:
        """The recording."""
        return self.folder / "run.mcap"

    def work(self) -> None:
        """Run to the end; the recording is closed whatever happens.

        Raises:
            RoboticsError: Something that the user named does not exist or does not work.
        """
        site_folder = self.folder / "site"
        self.on_preparing("opening the site")
        options = self.options
        self._ear = open_ear(options.hear, options.heard)
        self._loudspeaker = opened(options.speak) if options.speak else None
        self._daybook = Daybook.open(
            Wishes(options.site, options.day, options.clock, options.journal)
        )
        if self._daybook.told:
            self.on_resuming(self._daybook.told)
        try:
            self._perform(site_folder)
        finally:
            self._daybook.close()
            if self._loudspeaker is not None:
                self._loudspeaker.close()

    def _perform(self, site_folder: Path) -> None:
        day = self._daybook
        self._stage = open_stage(self.options, site_folder, {NAME: day.begin})
        try:
            site = load_site(site_folder)
            day.check(site)
            self._crew = {}
            for name in self.options.robots:
                self.on_preparing(f"warming up the {name} (the first start compiles, once)")
                robot, mission = assemble(name, site, seconds=self.options.seconds, plan=day.plan)
                body = self._stage.backends[name]
                if self._ear is not None and name == LISTENER:
                    body = Attentive(body, self._ear)
                self._crew[name] = Member(robot, mission, body, StageTimes(self.clock))
                if self.options.reload:
                    self._renewals[name] = Renewal(name, robot.joints)
            config = {**describe(self.options, site.name), "day": day.to_plain()}
            self._recorder = Recorder(self.record, config, site_folder)
            self._loop()
        finally:
            self._stage.close()

    def stop(self, reason: str, *, power_down: bool = False) -> None:
        """Ask for the end: safely at first, at once when asked again.

        Args:
            reason: Why.
            power_down: Whether the power goes afterwards; a real greeter sits down then.
        """
        self._abort = self._reason != ""
        self._power_down = power_down and self.options.on not in STAGES
        self._reason = self._reason or reason

    def _loop(self) -> None:
        started = self.clock()
        try:
            run(
                self._crew.values(),
                until=min(self.options.seconds, self._daybook.seconds),
                on_tick=self._on_tick,
                should_stop=self._should_stop,
            )
        finally:
            elapsed = self.clock() - started
            factor = self.time / elapsed if elapsed > 0.0 else 0.0
            summary = {**self._stage.summary(), "realtime_factor": factor, "duration": self.time}
            told = [one for m in self._crew.values() for one in litter_reported(m.mission)]
            if NAME in self._crew:
                summary["litter_reported"] = told
            self._recorder.value("/summary", self.time, summary)
            for member in self._crew.values():
                self._record_times(member)
            self._recorder.close()

    def _should_stop(self) -> bool:
        if self._reason and self.stop_asked is None:
            self.stop_asked = self.time
            kind, ask = ("stop", ask_to_stop)
            if self._power_down:
                kind, ask = ("power_down", ask_to_power_down)
            event = {"kind": kind, "reason": self._reason}
            self._recorder.value("/events", self.time, event)
            ask({name: m.mission for name, m in self._crew.items()}, self._reason)
        patience = SITTING_TIME if self._power_down else STOPPING_TIME
        waited = self.stop_asked is not None and self.time >= self.stop_asked + patience
        return self._abort or waited or self._is_over()

    def _is_over(self) -> bool:
        """Whether a day with a plan is over, and nobody else is at work."""
        if self.options.day is None or set(self._crew) != {NAME}:
            return False
        return is_over(self._crew[NAME].mission)

    def _on_tick(self, member: Member, tick: Tick) -> None:
        self.time = tick.observation.time
        self._recorder.tick(member.robot.name, tick)
        if self._loudspeaker is not None:
            self._loudspeaker.follow(member.robot.name, self.time, tick.goal)
        self._daybook.note(member.robot, member.mission, tick.state)
        if self._is_due("look", LOOK_PERIOD):
            self._look()
        if self._is_due(f"progress {member.robot.name}", 0.1):
            self.on_progress(self.time, member.robot.name, tick.goal.activity)
        if self._is_due(f"times {member.robot.name}", 1.0):
            self._record_times(member)
            self._renew(member)

    def _renew(self, member: Member) -> None:
        """Take in behaviours that were edited meanwhile; the recording tells of them."""
        renewal = self._renewals.get(member.robot.name)
        for line in () if renewal is None else renewal.renew(member.mission):
            event = {"kind": "behaviours", "robot": member.robot.name, "reason": line}
            self._recorder.value("/events", self.time, event)
            self.on_resuming(f"{member.robot.name}: {line}")

    def _look(self) -> None:
        self._stage.look(self.time)
        scene = self._stage.scene()
        if scene:
            self._recorder.value("/scene", self.time, dict(scene))
            transforms = [
                frame_transform(name, self.time, seen["position"], seen["quaternion"])
                for name, seen in scene["robots"].items()
            ]
            self._recorder.value("/tf", self.time, {"transforms": transforms})
        if self._is_due("figures", FIGURES_PERIOD):
            figures = self._stage.figures()
            if figures:
                self._recorder.value("/witness", self.time, dict(figures))

    def _record_times(self, member: Member) -> None:
        seconds = {stage: list(times) for stage, times in member.times.seconds.items()}
        if seconds:
            seconds["tick"] = [sum(parts) for parts in zip(*seconds.values(), strict=True)]
            self._recorder.value(f"/{member.robot.name}/timing", self.time, seconds)
        member.times.seconds.clear()

    def _is_due(self, what: str, period: float) -> bool:
        if self.time < self._due.get(what, 0.0) - 1e-9:
            return False
        self._due[what] = self.time + period
        return True


def with_day(options: Options, minutes: float | None) -> Options:
    """Return ``options`` with the day and the length that were not given.

    The sweeper alone works by the day that comes with the package for its site.

    Args:
        options: What the user asked for.
        minutes: Length of the run, if it was given [min].

    Raises:
        ConfigError: The day does not match its schema, or contradicts itself.
        OptionError: The time of day is none, or not within the day.
    """
    alone = options.robots == (NAME,)
    day = options.day or (shipped_day(Path(options.site).stem) if alone else None)
    if minutes is None:
        minutes = 5.0 if day is None else length_of(day, options.clock) / 60.0
    return replace(options, day=day, minutes=minutes)


def open_stage(
    options: Options, site_folder: Path, begin: Mapping[str, Begin] | None = None
) -> Stage:
    """Open the place and the bodies that ``options.on`` names, as ``begin`` says by robot.

    Raises:
        UnknownName: There is no such body.
        MissingDependency: It needs a library that is not installed.
        OptionError: An option has an impossible value.
    """
    if options.on not in STAGES and not is_port(options.on):
        raise UnknownName("body", options.on, [*STAGES, "a port (/dev/ttyUSB0)"])
    for name in options.robots:
        if name not in ROBOTS:
            raise UnknownName("robot", name, list(ROBOTS))
    if not 0.0 < options.minutes <= LONGEST:
        raise OptionError(f"--minutes is {options.minutes}; allowed: more than 0, up to 1440")
    beside = (options.ports.lidar, options.ports.kerb_lidar, options.ports.gnss)
    if any(beside) and not is_port(options.on):
        raise OptionError(
            f"--lidar, --kerb-lidar and --gnss are a real robot's; --on {options.on} has its own"
        )
    if options.reload and is_port(options.on):
        raise OptionError("--reload is for simulations: a real robot reads no files while it moves")
    if options.journal is not None and NAME not in options.robots:
        raise OptionError("--journal is for the sweeper's day; add --robot sweeper")
    if options.visitors is not None and not 0 <= options.visitors <= MOST_VISITORS:
        allowed = f"allowed: 0 to {MOST_VISITORS}"
        raise OptionError(f"--visitors is {options.visitors}; {allowed}")
    if is_port(options.on):
        ports = replace(options.ports, bus=options.on)
        return open_hardware(options.site, options.robots, ports, site_folder)
    module, function = STAGES[options.on].split(":")
    try:
        opener = getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as error:
        library = (error.name or module).split(".")[0]
        raise MissingDependency(library, f"--on {options.on}", "all") from error
    stage: Stage = opener(
        options.site,
        robots=options.robots,
        seed=options.seed,
        view=options.view,
        visitors=options.visitors,
        site_folder=site_folder,
        begin=begin,
    )
    return stage


def describe(options: Options, title: str) -> dict[str, Any]:
    """Return all that a reader of the recording, or a replay, has to know about the run."""
    return {
        "site": options.site,
        "title": title,
        "robots": list(options.robots),
        "on": options.on,
        "minutes": options.minutes,
        "seed": options.seed,
        "visitors": options.visitors,
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in DISTRIBUTIONS},
        "files": data_digest(),
        "missing": list(MISSING),
    }


def data_digest() -> str:
    """Return one hash over the URDFs and behaviours, to tell whether a replay uses the same."""
    digest = hashlib.sha256()
    for folder in ("urdf", "behaviours"):
        for file in sorted(asset(folder).rglob("*")):
            if file.suffix in (".urdf", ".yaml"):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
