"""A new behaviour, from the template of its kind."""

from __future__ import annotations

from pathlib import Path

from robotics.assets import asset
from robotics.authoring.shelf import JOINTS, SUFFIX, Shelf
from robotics.core.errors import OptionError, UnknownName

TEMPLATES = "behaviours/templates"


def templates(robot: str) -> dict[str, Path]:
    """Return the template of each kind of behaviour that a robot can have.

    Raises:
        UnknownName: There is no such robot.
    """
    if robot not in JOINTS:
        raise UnknownName("robot", robot, list(JOINTS))
    return {path.stem: path for path in sorted(asset(f"{TEMPLATES}/{robot}").glob("*.yaml"))}


def create(shelf: Shelf, kind: str, name: str) -> Path:
    """Write a new behaviour of a kind, which passes the check as it is; return its file.

    Raises:
        UnknownName: There is no such kind, or no such robot.
        OptionError: The name cannot be, is taken, or the file cannot be written.
    """
    known = templates(shelf.robot)
    if kind not in known:
        raise UnknownName("kind of behaviour", kind, list(known))
    if not (name.isascii() and name.isidentifier() and name == name.lower() and name[0] != "_"):
        problem = f"the name '{name}' cannot be used"
        raise OptionError(f"{problem}; give small letters, digits and _, for example greet_school")
    path = shelf.home / f"{name}{SUFFIX}"
    if path.exists():
        raise OptionError(f"{path} exists already; give another name, or edit it")
    text = known[kind].read_text(encoding="utf-8")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(f"behaviour: {kind}\n", f"behaviour: {name}\n", 1), "utf-8")
    except OSError as error:
        why = error.strerror or str(error)
        raise OptionError(f"{path}: {why}; give --folder a folder you can write") from error
    return path
