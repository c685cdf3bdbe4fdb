"""Behaviours that are edited while a robot runs: a new version counts once it has passed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from robotics.assets import asset
from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import faults
from robotics.behaviour.format.load import reload
from robotics.core.joints import JointTable
from robotics.core.parts import Mission
from robotics.robots.duty import Duty

Stamps = dict[Path, tuple[int, int]]
"""When each file was changed, and its size."""


@dataclass(slots=True)
class Renewal:
    """Looks at the files of one robot's behaviours, and at their certificates.

    To be asked between ticks of a simulated body: reading takes longer than a tick of a real one.
    """

    robot: str
    table: JointTable
    root: Path = field(default_factory=lambda: asset("behaviours"))
    """The folder ``behaviours``."""
    _seen: Stamps = field(init=False)

    def __post_init__(self) -> None:
        self._seen = self._stamps()

    def renew(self, mission: Mission) -> tuple[str, ...]:
        """Offer the mission what has changed since the last call; return what is to be told.

        A file with faults, or without a certificate where there are any, leaves its behaviour as
        it is. What is accepted comes into force when nothing runs.
        """
        now = self._stamps()
        if now == self._seen or not isinstance(mission, Duty):
            return ()
        self._seen = now
        runner = mission.acts.runner
        before = dict(runner.repertoire)
        found, findings = reload(self.root / self.robot, self.table, before)
        refused = runner.offer(found)
        told = [one.text("en") for one in faults(findings)]
        return (*told, *refused, *_changes(before, found, refused))

    def _stamps(self) -> Stamps:
        folders = (self.robot, "poses", "songs", f"certificates/{self.robot}")
        found: Stamps = {}
        for folder in folders:
            for path in (self.root / folder).glob("*.*"):
                with suppress(
                    OSError
                ):  # an editor that saves by renaming takes it away for a moment
                    stat = path.stat()
                    found[path] = stat.st_mtime_ns, stat.st_size
        return found


def _changes(
    before: Mapping[str, Behaviour], found: Mapping[str, Behaviour], refused: tuple[str, ...]
) -> tuple[str, ...]:
    out = {line.partition(":")[0] for line in refused}
    changed = [name for name, one in found.items() if before.get(name) != one and name not in out]
    return tuple(f"{name}: changed" for name in changed)
