"""What a behaviour file may refer to: other behaviours, poses, songs, actions, joints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from robotics.behaviour.actions import ACTIONS, Action
from robotics.behaviour.finding import Finding
from robotics.behaviour.format.pace import spoken
from robotics.behaviour.format.poses import read_poses
from robotics.behaviour.songs import SongGrid, read_song
from robotics.core.joints import JointTable


@dataclass(frozen=True, slots=True)
class Library:
    """The shelves, the author's own before those of the package."""

    robot: str
    """Name of the folder with its behaviours."""
    table: JointTable
    roots: tuple[Path, ...]
    """Folders like ``behaviours/``, the first one wins."""
    actions: Mapping[str, Action] = field(default_factory=lambda: ACTIONS)
    pace: Callable[[str], float] = spoken
    """How long a text takes to say [s]."""
    poses: Mapping[str, Mapping[str, float]] = field(init=False)
    """[deg] by joint, by name of the pose."""
    pose_findings: tuple[Finding, ...] = field(init=False)
    songs: dict[str, tuple[SongGrid | None, tuple[Finding, ...]]] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        poses: dict[str, Mapping[str, float]] = {}
        findings: list[Finding] = []
        for root in reversed(self.roots):
            path = root / "poses" / f"{self.robot}.yaml"
            if path.is_file():
                sheet, found = read_poses(path, self.table)
                findings += sheet.findings
                poses |= found
        object.__setattr__(self, "poses", poses)
        object.__setattr__(self, "pose_findings", tuple(findings))

    def paths(self) -> Mapping[str, Path]:
        """Return the files of all behaviours by name, in alphabetical order."""
        found: dict[str, Path] = {}
        for root in reversed(self.roots):
            found |= {path.stem: path for path in (root / self.robot).glob("*.yaml")}
        return dict(sorted(found.items()))

    def song_paths(self) -> Mapping[str, Path]:
        """Return the files of all songs by name."""
        found: dict[str, Path] = {}
        for root in reversed(self.roots):
            found |= {path.stem: path for path in (root / "songs").glob("*.yaml")}
        return dict(sorted(found.items()))

    def song(self, name: str) -> SongGrid | None:
        """Return the beats of a song; None if there is no such song, or it cannot be read."""
        return self._song(name)[0]

    def song_findings(self, name: str) -> tuple[Finding, ...]:
        """Return what is wrong with the file of a song."""
        return self._song(name)[1]

    def _song(self, name: str) -> tuple[SongGrid | None, tuple[Finding, ...]]:
        if name not in self.songs:
            path = self.song_paths().get(name)
            sheet, grid = (None, None) if path is None else read_song(path)
            self.songs[name] = grid, () if sheet is None else tuple(sheet.findings)
        return self.songs[name]
