"""What a check found, for a person: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    GOOD = "good"
    WARNING = "warning"
    """The robot may run, but worse."""
    BAD = "bad"
    """It will not run, or must not."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's report."""

    level: Level
    about: str
    """Which device, or which part of the computer."""
    what: str
    cure: str = ""
    """What to do; "" where nothing has to be done."""


def good(about: str, what: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.GOOD, about, what)


def warning(about: str, what: str, cure: str) -> Finding:
    """Return a finding that should be mended."""
    return Finding(Level.WARNING, about, what, cure)


def bad(about: str, what: str, cure: str) -> Finding:
    """Return a finding that has to be mended first."""
    return Finding(Level.BAD, about, what, cure)


def gathered(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, the worst first; those that say the same of several are one."""
    same: dict[tuple[Level, str, str], list[str]] = {}
    for one in findings:
        same.setdefault((one.level, one.what, one.cure), []).append(one.about)
    order = list(Level)
    return [
        Finding(level, ", ".join(about) if len(about) < 4 else _many(about), what, cure)
        for (level, what, cure), about in sorted(
            same.items(), key=lambda item: -order.index(item[0][0])
        )
    ]


def _many(about: list[str]) -> str:
    """Return the first and the last of many."""
    return f"{about[0]} to {about[-1]}, {len(about)} in all"


def worst(findings: Iterable[Finding]) -> Level:
    """Return the worst level among findings; good if there are none."""
    order = list(Level)
    return max((one.level for one in findings), key=order.index, default=Level.GOOD)
