"""Where the data files are: in the checkout, or in the installed wheel."""

from __future__ import annotations

from pathlib import Path

from robotics.core.errors import UnknownName

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE.parent, _PACKAGE / "_share")


def asset(relative: str) -> Path:
    """Return the path of a data file or folder such as ``urdf/greeter/greeter.urdf``.

    Args:
        relative: Path below ``urdf/`` or ``behaviours/``; the checkout is searched first.

    Raises:
        UnknownName: Neither has it.
    """
    for root in _ROOTS:
        path = root / relative
        if path.exists():
            return path
    folder = Path(relative).parent
    names = [p.name for root in _ROOTS for p in sorted((root / folder).glob("*"))]
    raise UnknownName(f"data file in {folder}/", Path(relative).name, names)
