"""Where behaviours are: the author's own folder, then the package's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robotics.assets import asset
from robotics.behaviour.format.library import Library
from robotics.core.errors import OptionError, UnknownName
from robotics.robots.greeter import joints as greeter_joints
from robotics.robots.sweeper import joints as sweeper_joints

SUFFIX = ".yaml"
JOINTS = {"greeter": greeter_joints, "sweeper": sweeper_joints}
"""Of each robot; nothing else of it is needed to read its behaviours."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The behaviours of one robot."""

    robot: str
    folder: Path | None = None
    """Like ``behaviours/``: with a folder for each robot, poses and songs; None for the package's
    alone."""

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders, the author's first."""
        shipped = asset("behaviours")
        if self.folder is None or self.folder.resolve() == shipped:
            return (shipped,)
        return (self.folder, shipped)

    @property
    def home(self) -> Path:
        """Where the files of this robot are written."""
        return self.roots[0] / self.robot

    def library(self) -> Library:
        """Return everything that a file here may refer to, as it is on disk now.

        Raises:
            UnknownName: There is no such robot.
        """
        if self.robot not in JOINTS:
            raise UnknownName("robot", self.robot, list(JOINTS))
        return Library(self.robot, JOINTS[self.robot].load().joints, self.roots)

    def own(self) -> tuple[Path, ...]:
        """Return the files that the author wrote, in alphabetical order."""
        return tuple(sorted(self.home.glob(f"*{SUFFIX}")))


Found = tuple[tuple[Shelf, Path], ...]
"""Files, each with the shelf that it stands on."""


def find(shelf: Shelf, targets: Sequence[str]) -> Found:
    """Return the files that are meant, by path or by name; all of the author's if none is named.

    Raises:
        OptionError: A file does not exist, or there is none at all.
        UnknownName: A behaviour does not exist.
    """
    if not targets:
        if not shelf.own():
            raise OptionError(
                f"{shelf.home} has no behaviour; start one: robotics behaviour new greeting hello"
            )
        return tuple((shelf, path) for path in shelf.own())
    names = shelf.library().paths()
    found = []
    for target in targets:
        path = Path(target)
        if target in names:
            found.append((shelf, names[target]))
        elif path.suffix == SUFFIX or path.exists():
            if not path.is_file():
                raise OptionError(f"{path}: there is no such file; see 'robotics behaviour list'")
            found.append((_around(path, shelf), path))
        else:
            raise UnknownName("behaviour", target, list(names))
    return tuple(found)


def _around(path: Path, shelf: Shelf) -> Shelf:
    """Return the shelf of a file from the folders around it: ``…/greeter/hello.yaml``."""
    home = path.resolve().parent
    if home.name not in JOINTS:
        return shelf
    return Shelf(home.name, home.parent)
