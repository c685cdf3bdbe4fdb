"""What is wrong with an author's answers, in the author's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from robotics.behaviour.finding import Finding
from robotics.behaviour.format.read import fit, open_sheet
from robotics.core.config import Schema
from robotics.voice.answers.faults import Fault, alone, faults_of_texts, together
from robotics.voice.answers.schema import TopicText, UnknownText
from robotics.voice.answers.terms import UNKNOWN


def check_answers(
    folder: Path, shipped: Path, gestures: frozenset[str] | None = None
) -> tuple[Finding, ...]:
    """Return the findings of an author's knowledge files.

    Args:
        folder: The author's ``answers``; there may be none.
        shipped: The package's, with which the author's entries must not clash; a file of the same
            name stands instead of it.
        gestures: Names that tags may have; None for any.
    """
    own = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if not own:
        return ()
    paths = {path.stem: path for path in sorted(shipped.glob("*.yaml"))} | own
    found: list[Finding] = []
    topics: list[tuple[Path, TopicText]] = []
    unknown: UnknownText | None = None
    for stem, path in paths.items():
        read, findings = _read(path, UnknownText if stem == UNKNOWN else TopicText)
        found += findings if stem in own else ()
        if isinstance(read, UnknownText):
            unknown = read
        elif isinstance(read, TopicText):
            topics.append((path, read))
    mine = [(path, topic) for path, topic in topics if path.stem in own]
    others = [pair for pair in topics if pair not in mine]
    faults = [fault for path, topic in mine for fault in alone(path, topic, gestures)]
    if unknown is not None and UNKNOWN in own:
        faults += faults_of_texts(own[UNKNOWN], ("answer",), unknown.answer, gestures)
    faults += [one for one in together([*others, *mine], unknown) if one.path.stem in own]
    return (*found, *_findings(faults))


def _read(path: Path, schema: type[Schema]) -> tuple[Schema | None, list[Finding]]:
    sheet = open_sheet(path)
    data = sheet.marked.data if isinstance(sheet.marked.data, dict) else None
    read = fit(sheet, data, schema, {"topic": path.stem})
    inside = any(one.place.startswith("entries[") for one in sheet.findings)
    return read, [one for one in sheet.findings if not (inside and one.place == "entries")]


def _findings(faults: list[Fault]) -> Iterator[Finding]:
    for one in faults:
        line = one.line()
        yield Finding("answers", one.problem, one.cure, file=str(one.path), line=line, column=1,
                      place=one.place)  # fmt: skip
