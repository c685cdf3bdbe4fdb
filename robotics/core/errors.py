"""One tree of errors: each carries its evidence, and its text names the cure."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any


class RoboticsError(Exception):
    """Base of every error that this project raises on purpose.

    The text is one line that a user can act on; the command line prints it and ends with exit
    code 2, without a traceback.
    """


class FileError(RoboticsError):
    """A file that a person wrote is wrong.

    Attributes:
        file: The file's path as the user named it.
        place: Where in it: ``"line 12 (zones[0].polygon)"``, ``"joint left_knee"``, or "".
        problem: What is wrong, with the value found.
        cure: What is allowed, or what to do.
    """

    def __init__(self, file: str | Path, place: str, problem: str, cure: str) -> None:
        self.file = str(file)
        self.place = place
        self.problem = problem
        self.cure = cure
        where = f"{self.file}: {place}" if place else self.file
        super().__init__(f"{where}: {problem}; {cure}")


class ConfigError(FileError):
    """A configuration, world or behaviour file does not match its schema."""


class ModelError(FileError):
    """A URDF is broken, or is not the robot that the code expects."""


class MapError(FileError):
    """A site map (image, YAML or GeoJSON) cannot be used."""


class RecordError(FileError):
    """A recording cannot be written or read."""


class UnknownName(RoboticsError):
    """A name that the user gave does not exist; the text lists those that do."""

    def __init__(self, kind: str, name: str, available: list[str]) -> None:
        self.kind = kind
        self.name = name
        self.available = sorted(available)
        near = get_close_matches(name, self.available, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        super().__init__(
            f"there is no {kind} '{name}'; {hint}available: {', '.join(self.available) or 'none'}"
        )


class MissingDependency(RoboticsError):
    """An optional library is needed and not installed."""

    def __init__(self, library: str, purpose: str, extra: str) -> None:
        self.library = library
        super().__init__(
            f"{purpose} needs {library}, which is not installed; "
            f"run: pip install 'scenic-robots[{extra}]'"
        )


class MissingProgram(RoboticsError):
    """Another program is needed and not installed."""

    def __init__(self, program: str, purpose: str, cure: str) -> None:
        self.program = program
        super().__init__(f"{purpose} needs the program {program}, which is not installed; {cure}")


class InvalidMessage(RoboticsError, ValueError):
    """A message cannot be built: a wrong shape, or a number that is not finite."""

    def __init__(self, message: str, field: str, value: Any, allowed: str) -> None:
        self.field = field
        self.value = value
        super().__init__(f"{message}.{field} is {value!r}; allowed: {allowed}")


class OptionError(RoboticsError):
    """A command-line option, or an argument of a function behind it, has an impossible value."""


class TableError(RoboticsError):
    """A table of a state machine breaks a rule; the text lists every finding."""


class BackendError(RoboticsError):
    """A body can no longer be observed or driven."""
