"""The file in hand: where its values stand, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from robotics.behaviour.finding import Finding, Severity, Texts
from robotics.behaviour.format.wording import KINDS, RULES
from robotics.core.config import Location
from robotics.core.marked import Marked


@dataclass(frozen=True, slots=True)
class Spot:
    """When something goes wrong, with which joint, and by how much."""

    time: float | None = None
    beat: float | None = None
    joint: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""


NOWHERE = Spot()


@dataclass(slots=True)
class Sheet:
    """Collects the findings of one file, each with its place."""

    file: str
    marked: Marked
    findings: list[Finding] = field(default_factory=list)
    removed: dict[Location, list[int]] = field(default_factory=dict)
    """Items taken out of lists because they are wrong, so that the rest can be read."""

    cut: set[Location] = field(default_factory=set)
    """Values that were taken out, wherever."""
    knots: list[tuple[str, float, Location]] = field(default_factory=list)
    """Joint, time [s] and place of every keyframe that became part of a movement."""

    def fault(self, at: Location, rule: str, spot: Spot = NOWHERE, /, **words: object) -> None:
        """Note that the behaviour cannot run like this."""
        self._note(at, rule, Severity.FAULT, spot, words)

    def warn(self, at: Location, rule: str, spot: Spot = NOWHERE, /, **words: object) -> None:
        """Note something that a person should look at."""
        self._note(at, rule, Severity.WARNING, spot, words)

    def unknown(self, at: Location, kind: str, name: str, known: Iterable[str]) -> None:
        """Note a name that does not exist, with the nearest one that does."""
        zh, en = KINDS[kind]
        near, near_en = did_you_mean(name, known)
        words = {"kind": zh, "kind_en": en, "name": name, "mend": near, "mend_en": near_en}
        self.fault(at, "unknown", **words)

    def adopt(self, at: Location, findings: Iterable[Finding]) -> None:
        """Note here what is wrong with something that is used here."""
        where = self.origin(at)
        mark, place = self.marked.mark(where), dotted(where)
        for one in findings:
            here = replace(one, file=self.file, line=mark.line, column=mark.column, place=place)
            self.findings.append(here)

    def include(self, findings: Iterable[Finding]) -> None:
        """Note what is wrong with another file that this one needs, where it stands there."""
        self.findings += [one for one in findings if one not in self.findings]

    @property
    def is_good(self) -> bool:
        """Whether there is no fault so far."""
        return not any(one.is_fault for one in self.findings)

    def is_whole(self, at: Location) -> bool:
        """Whether nothing was taken out at or below ``at``."""
        where = self.origin(at)
        return not any(one[: len(where)] == where for one in self.cut)

    def origin(self, at: Location) -> Location:
        """Return the location in the file of what is now at ``at``."""
        found: Location = ()
        for part in at:
            if isinstance(part, int):
                for gone in self.removed.get(found, ()):
                    part += gone <= part
            found = (*found, part)
        return found

    def remove(self, container: list[Any], at: Location) -> None:
        """Take the item at ``at`` out of ``container``, and remember that the others moved."""
        index = at[-1]
        assert isinstance(index, int)
        *around, gone = self.origin(at)
        assert isinstance(gone, int)
        del container[index]
        self.removed[tuple(around)] = sorted([*self.removed.get(tuple(around), []), gone])

    def _note(
        self, at: Location, rule: str, severity: Severity, spot: Spot, words: dict[str, object]
    ) -> None:
        where = self.origin(at)
        mark = self.marked.again.get(where) if rule == "twice" else None
        mark = mark or self.marked.mark(where)
        zh, en, cure, cure_en = (text.format(**words) for text in RULES[rule])
        problem: Texts = (zh, en)
        one = Finding(
            rule=rule,
            problem=problem,
            cure=(cure, cure_en),
            severity=severity,
            file=self.file,
            line=mark.line,
            column=mark.column,
            place=dotted(where),
            time=spot.time,
            beat=spot.beat,
            joint=spot.joint,
            value=spot.value,
            limit=spot.limit,
            unit=spot.unit,
        )
        if one not in self.findings:
            self.findings.append(one)


def dotted(location: Location) -> str:
    """Return ``tracks.head[1].joints.head_pitch`` for the way there."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def did_you_mean(name: str, known: Iterable[str]) -> Texts:
    """Return what to write instead of ``name``, in both languages."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"是不是 '{near[0]}'?", f"did you mean '{near[0]}'?"
    few = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return (f"可用：{few}", f"allowed: {few}") if few else ("一个也没有", "there are none")
