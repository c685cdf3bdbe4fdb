"""What is wrong with a behaviour: where, when, which joint, the value, the limit, the mend.

The format finds faults of a file, the certificate finds faults of a movement; both say it so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LANGUAGES = ("zh", "en")
"""Order of the texts in a pair."""


class Severity(StrEnum):
    """How bad it is."""

    FAULT = "fault"
    """The behaviour is refused."""
    WARNING = "warning"
    """It may run; somebody should look at it."""


Texts = tuple[str, str]
"""The same in zh and en."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for the author."""

    rule: str
    """Which rule, in snake case: ``joint_speed``, ``self_collision``, ``missing_file``."""
    problem: Texts
    """What is wrong, without the numbers that stand in fields of their own."""
    cure: Texts = ("", "")
    """What to change."""
    severity: Severity = Severity.FAULT
    file: str = ""
    line: int = 0
    """From 1; 0 where it is not known."""
    column: int = 0
    place: str = ""
    """Key within the file: ``tracks.arm_left[2].joints.left_elbow``."""
    time: float | None = None
    """Seconds after the behaviour's start [s]."""
    beat: float | None = None
    joint: str = ""
    """Joint, or pair of links, or resource."""
    value: float | None = None
    """Found."""
    limit: float | None = None
    """Allowed."""
    unit: str = ""
    """Of value and limit, as an author thinks: ``deg``, ``deg/s``, ``N·m``, ``cm``, ``s``."""

    @property
    def is_fault(self) -> bool:
        """Whether the behaviour must not run."""
        return self.severity is Severity.FAULT

    def text(self, language: str = "en") -> str:
        """Return it as one line: ``file:line:column: when: joint: problem (value, limit); cure``.

        Args:
            language: ``zh`` or ``en``.
        """
        which = LANGUAGES.index(language)
        parts = [self._where(), self._when(which), self.joint]
        head = ": ".join(part for part in parts if part)
        said = self.problem[which] + self._numbers(which)
        cure = self.cure[which]
        said = f"{said}; {cure}" if cure else said
        return f"{head}: {said}" if head else said

    def _where(self) -> str:
        if not self.file:
            return self.place
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.place}" if self.place else place

    def _when(self, which: int) -> str:
        words = []
        if self.beat is not None:
            words.append((f"第 {self.beat:g} 拍", f"beat {self.beat:g}")[which])
        if self.time is not None:
            words.append((f"{self.time:.2f} 秒", f"{self.time:.2f} s")[which])
        return ", ".join(words)

    def _numbers(self, which: int) -> str:
        unit = f" {self.unit}" if self.unit else ""
        found = "" if self.value is None else f"{_short(self.value)}{unit}"
        if self.limit is None:
            return f" ({found})" if found else ""
        bound = f"{_short(self.limit)}{unit}"
        allowed = (f"允许 {bound}", f"allowed {bound}")[which]
        return f" ({found}, {allowed})" if found else f" ({allowed})"


def _short(number: float) -> str:
    return f"{number:.4g}"


def faults(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return those that keep a behaviour from running."""
    return tuple(one for one in findings if one.is_fault)
