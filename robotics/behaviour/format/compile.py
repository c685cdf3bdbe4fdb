"""From a file to a behaviour that can run: everything on seconds, nothing left to look up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from robotics.behaviour.clips import Behaviour, Priority
from robotics.behaviour.compiled import Exit, Interruptible, OnConflict, Resource
from robotics.behaviour.finding import Finding, faults
from robotics.behaviour.format.assemble import Parts, parts_of, resources_of, spoken_until, weave
from robotics.behaviour.format.library import Library
from robotics.behaviour.format.params import Arguments
from robotics.behaviour.format.read import read_script
from robotics.behaviour.format.rules import check_end, check_whole
from robotics.behaviour.format.schema import Script
from robotics.behaviour.format.sheet import Sheet
from robotics.behaviour.format.steps import Made, made
from robotics.behaviour.format.task import Task
from robotics.behaviour.format.timing import timing_of
from robotics.behaviour.format.words import plain
from robotics.behaviour.songs import SongGrid
from robotics.core.config import Location

LEAST = 0.5
"""A behaviour that only shows something takes so long [s]."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file, compiled."""

    behaviour: Behaviour | None
    """None if it has faults."""
    findings: tuple[Finding, ...]
    """By place in the file."""
    sheet: Sheet
    """The file, to say where something stands."""


@dataclass(slots=True)
class Compiler:
    """Compiles the behaviours of a library, each once, whatever plays whatever."""

    library: Library
    done: dict[tuple[str, Arguments], Outcome] = field(default_factory=dict)
    _way: list[str] = field(default_factory=list)
    _cycles: dict[str, str] = field(default_factory=dict)

    def named(self, name: str, arguments: Arguments = ()) -> Outcome:
        """Return the behaviour ``name`` of the library, which has it."""
        key = name, arguments
        if key not in self.done:
            self.done[key] = self.file(self.library.paths()[name], arguments)
        return self.done[key]

    def file(self, path: Path, arguments: Arguments = ()) -> Outcome:
        """Return the behaviour of a file, and everything that is wrong with it."""
        self._way.append(path.stem)
        try:
            sheet, script = read_script(path, arguments)
            behaviour = None if script is None else self._compiled(sheet, script)
        finally:
            self._way.pop()
        found = tuple(sorted(sheet.findings, key=lambda one: (one.line, one.column)))
        if behaviour is not None and arguments:
            behaviour = renamed(behaviour, arguments)
        return Outcome(None if faults(found) else behaviour, found, sheet)

    def _compiled(self, sheet: Sheet, script: Script) -> Behaviour:
        timing = timing_of(sheet, script, self._music(sheet, script))

        def refer(at: Location, name: str, arguments: Arguments) -> Behaviour | None:
            return self._refer(sheet, at, name, arguments)

        task = Task(sheet, script, self.library, timing, refer)
        parts = parts_of(task)
        steps = made(task, ("steps",), script.steps or ())
        duration = _duration(task, parts, steps)
        check_end(task, parts, duration)
        check_whole(task, duration)
        return _behaviour(task, parts, steps, duration)

    def _music(self, sheet: Sheet, script: Script) -> SongGrid | None:
        name = script.music
        if name is None:
            return None
        if name not in self.library.song_paths():
            sheet.unknown(("music",), "song", name, self.library.song_paths())
            return None
        sheet.include(self.library.song_findings(name))
        return self.library.song(name)

    def _refer(
        self, sheet: Sheet, at: Location, name: str, arguments: Arguments
    ) -> Behaviour | None:
        if name in self._way:
            way = " → ".join([*self._way[self._way.index(name) :], name])
            self._cycles[self._way[-1]] = way
            sheet.fault(at, "cycle", way=way)
            return None
        if name not in self.library.paths():
            sheet.unknown(at, "behaviour", name, self.library.paths())
            return None
        outcome = self.named(name, arguments)
        if outcome.behaviour is None:
            wrong = [one for one in outcome.findings if one.rule.startswith("param")]
            if arguments and wrong and self.named(name).behaviour is not None:
                sheet.adopt((*at[:-1], "with"), wrong)
            elif name in self._cycles:
                self._cycles[self._way[-1]] = self._cycles[name]
                sheet.fault(at, "cycle", way=self._cycles[name])
            else:
                sheet.fault(at, "broken", name=name)
        return outcome.behaviour


def renamed(behaviour: Behaviour, arguments: Arguments) -> Behaviour:
    """Return a behaviour with parameters under a name of its own: ``cheer(times=3)``."""
    name = variant_name(behaviour.name, arguments)
    clip = None if behaviour.clip is None else replace(behaviour.clip, name=name)
    return replace(behaviour, name=name, clip=clip)


def variant_name(name: str, arguments: Arguments) -> str:
    """Return the name of a behaviour that is played with arguments."""
    return f"{name}({', '.join(f'{key}={value}' for key, value in arguments)})"


def _duration(task: Task, parts: Parts, steps: Made) -> float:
    """Return how long it lasts: as the file says, else its music, else until all is over [s]."""
    script = task.script
    if script.duration is not None:
        if script.beats is not None:
            task.sheet.fault(("beats",), "both_lengths")
        return script.duration
    if script.beats is not None:
        said = task.timing.seconds(("beats",), script.beats)
        if said is not None:
            return said
    if task.timing.song is not None and script.tracks is not None:
        return task.timing.song.duration
    return max(LEAST, parts.end, spoken_until(task, parts.words), steps.seconds)


def _behaviour(task: Task, parts: Parts, steps: Made, duration: float) -> Behaviour:
    script = task.script
    clip, sway = weave(task, parts, duration)
    title = ("", "") if script.title is None else (script.title.zh, script.title.en)
    uses = resources_of(parts) | steps.uses
    if script.music is not None:
        uses |= {Resource.VOICE}
    return Behaviour(
        name=script.behaviour,
        kind=script.kind,
        priority=Priority[script.priority.upper()],
        duration=duration,
        interruptible=Interruptible(script.interruptible),
        zh=plain(script.say.zh) if script.say else (),
        en=plain(script.say.en) if script.say else (),
        clip=clip,
        title=title,
        resources=frozenset(uses),
        on_conflict=OnConflict(script.on_conflict),
        needs=tuple(script.needs),
        ends=script.ends,
        exit=Exit(script.exit.pose, script.exit.within),
        words=tuple(parts.words),
        sway=sway,
        feet=tuple(parts.feet),
        looks=tuple(parts.looks),
        lights=tuple(parts.lights),
        tools=tuple(parts.tools),
        grid=task.timing.grid(duration),
        music=script.music or "",
        steps=tuple(steps.steps),
    )
