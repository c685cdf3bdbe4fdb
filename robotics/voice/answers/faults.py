"""Every fault of the knowledge files, each with file, line, place and cure."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from robotics.core.config import Location, line_of, load_yaml
from robotics.core.errors import ConfigError
from robotics.voice.answers.schema import Bilingual, EntryText, TopicText, UnknownText
from robotics.voice.answers.tags import wrong_tags
from robotics.voice.answers.terms import UNKNOWN, key

LEAST_ZH = 10
"""Chinese phrasings of an entry: with 10 examples the prototype found 0.83 of what was asked, with
5 only 0.75 (issue 7)."""
LEAST_EN = 2
"""English phrasings of an entry (own choice)."""
LEAST_ANSWERS = 2
"""Who asks twice hears something else (own choice)."""


def _fault(path: Path, location: Location, problem: str, cure: str) -> ConfigError:
    """Return the fault at a node, or at a sentence within a block of sentences."""
    tree = load_yaml(path)
    line = line_of(tree, location)
    node: Any = tree
    for part in location:
        if isinstance(node, str) and isinstance(part, int):
            rows = [place for place, row in enumerate(node.splitlines()) if row.strip()]
            line += 1 + rows[part] if len(node.splitlines()) > 1 else 0
            break
        node = node[part] if part in node or isinstance(part, int) else None
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return ConfigError(path, f"line {line} ({place.lstrip('.')})", problem, cure)


def alone(path: Path, topic: TopicText, gestures: frozenset[str] | None) -> Iterator[ConfigError]:
    """Yield the faults that need no other file."""
    if topic.topic != path.stem:
        yield _fault(path, ("topic",), f"'{topic.topic}'", f"the file says '{path.stem}'")
    for place, entry in enumerate(topic.entries):
        at: Location = ("entries", place)
        for language, least in (("zh", LEAST_ZH), ("en", LEAST_EN)):
            count = len(getattr(entry.ask, language))
            if count < least:
                problem = f"'{entry.id}' has {count} phrasings in {language}"
                yield _fault(path, (*at, "ask", language), problem, f"write at least {least}")
        if entry.kind == "fact" and not entry.source:
            problem = f"the fact '{entry.id}' has no source"
            yield _fault(path, at, problem, "add 'source', or 'kind: chat' if it is no fact")
        yield from faults_of_texts(path, (*at, "answer"), entry.answer, gestures)


def faults_of_texts(
    path: Path, at: Location, answer: Bilingual, gestures: frozenset[str] | None
) -> Iterator[ConfigError]:
    """Yield the faults of a set of answers: without counterpart, too few, wrong tags."""
    counts = len(answer.zh), len(answer.en)
    if counts[0] != counts[1]:
        problem = f"{counts[0]} answers in zh and {counts[1]} in en"
        yield _fault(path, at, problem, "each needs its counterpart")
    elif counts[0] < LEAST_ANSWERS:
        yield _fault(path, at, f"{counts[0]} answer", f"write at least {LEAST_ANSWERS}")
    for language in ("zh", "en"):
        for place, text in enumerate(getattr(answer, language)):
            for problem, cure in wrong_tags(text, gestures):
                yield _fault(path, (*at, language, place), problem, cure)


def together(
    topics: list[tuple[Path, TopicText]], unknown: UnknownText | None
) -> Iterator[ConfigError]:
    """Yield the faults between entries: ids, phrasings and follow-ups."""
    ids: dict[str, Path] = {}
    asked: dict[str, str] = {}
    if unknown is not None:
        asked = {key(text): UNKNOWN for text in (*unknown.refuse.zh, *unknown.refuse.en)}
    for path, topic in topics:
        for place, entry in enumerate(topic.entries):
            at: Location = ("entries", place)
            if entry.id in ids:
                problem = f"there are two entries '{entry.id}', one in {ids[entry.id].name}"
                yield _fault(path, (*at, "id"), problem, "rename one, or make one of both")
            ids.setdefault(entry.id, path)
            yield from _repeated(path, at, entry, asked)
    for path, topic in topics:
        for place, entry in enumerate(topic.entries):
            for index, name in enumerate(entry.follow_ups):
                if name not in ids:
                    near = get_close_matches(name, ids, n=1)
                    cure = f"did you mean '{near[0]}'?" if near else "write that entry first"
                    at = ("entries", place, "follow_ups", index)
                    yield _fault(path, at, f"follow-up '{name}' is no entry", cure)


def _repeated(
    path: Path, at: Location, entry: EntryText, asked: dict[str, str]
) -> Iterator[ConfigError]:
    """Yield the phrasings that stand somewhere already, and remember the others."""
    for language in ("zh", "en"):
        for index, text in enumerate(getattr(entry.ask, language)):
            other = asked.setdefault(key(text), entry.id)
            where = (*at, "ask", language, index)
            if not key(text):
                yield _fault(path, where, f"'{text}' has no words", "write a question")
            elif other != entry.id:
                problem = f"'{text}' is also a phrasing of '{other}'"
                yield _fault(path, where, problem, "one question, one entry: remove it in one")
