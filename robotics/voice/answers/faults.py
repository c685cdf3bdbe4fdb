"""Every fault of the knowledge files, each with file, line, place and cure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


Pair = tuple[str, str]
"""The same in zh and en."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a knowledge file, where, and what to do, in zh and en."""

    path: Path
    at: Location
    problem: Pair
    cure: Pair

    @property
    def place(self) -> str:
        """The key within the file: ``entries[1].ask.zh[2]``."""
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.at)
        return "".join(parts).lstrip(".")

    def line(self) -> int:
        """Return the line of the node, or of the sentence within a block of sentences."""
        tree = load_yaml(self.path)
        line = line_of(tree, self.at)
        node: Any = tree
        for part in self.at:
            if isinstance(node, str) and isinstance(part, int):
                rows = [place for place, row in enumerate(node.splitlines()) if row.strip()]
                return line + (1 + rows[part] if len(node.splitlines()) > 1 else 0)
            node = node[part] if part in node or isinstance(part, int) else None
        return line

    def error(self) -> ConfigError:
        """Return it as the error that stops the program, in en."""
        where = f"line {self.line()} ({self.place})"
        return ConfigError(self.path, where, self.problem[1], self.cure[1])


def alone(path: Path, topic: TopicText, gestures: frozenset[str] | None) -> Iterator[Fault]:
    """Yield the faults that need no other file."""
    if topic.topic != path.stem:
        cure = f"文件名是 '{path.stem}'，改成一样", f"the file says '{path.stem}'"
        yield Fault(path, ("topic",), (f"'{topic.topic}'",) * 2, cure)
    for place, entry in enumerate(topic.entries):
        at: Location = ("entries", place)
        for language, least in (("zh", LEAST_ZH), ("en", LEAST_EN)):
            count = len(getattr(entry.ask, language))
            if count < least:
                problem = (
                    f"'{entry.id}' 的 {language} 只有 {count} 种问法",
                    f"'{entry.id}' has {count} phrasings in {language}",
                )
                cure = f"至少写 {least} 种", f"write at least {least}"
                yield Fault(path, (*at, "ask", language), problem, cure)
        if entry.kind == "fact" and not entry.source:
            problem = f"'{entry.id}' 没有出处", f"the fact '{entry.id}' has no source"
            cure = (
                "补上 source；不是事实就写 kind: chat",
                "add 'source', or 'kind: chat' if it is no fact",
            )
            yield Fault(path, at, problem, cure)
        yield from faults_of_texts(path, (*at, "answer"), entry.answer, gestures)


def faults_of_texts(
    path: Path, at: Location, answer: Bilingual, gestures: frozenset[str] | None
) -> Iterator[Fault]:
    """Yield the faults of a set of answers: without counterpart, too few, wrong tags."""
    counts = len(answer.zh), len(answer.en)
    if counts[0] != counts[1]:
        problem = (
            f"中文 {counts[0]} 句，英文 {counts[1]} 句",
            f"{counts[0]} answers in zh and {counts[1]} in en",
        )
        yield Fault(path, at, problem, ("每句都要有另一种语言", "each needs its counterpart"))
    elif counts[0] < LEAST_ANSWERS:
        problem = f"只有 {counts[0]} 句回答", f"{counts[0]} answer"
        cure = f"至少写 {LEAST_ANSWERS} 句", f"write at least {LEAST_ANSWERS}"
        yield Fault(path, at, problem, cure)
    for language in ("zh", "en"):
        for place, text in enumerate(getattr(answer, language)):
            for problem, cure in wrong_tags(text, gestures):
                yield Fault(path, (*at, language, place), problem, cure)


def together(topics: list[tuple[Path, TopicText]], unknown: UnknownText | None) -> Iterator[Fault]:
    """Yield the faults between entries: ids, phrasings and follow-ups."""
    ids: dict[str, Path] = {}
    asked: dict[str, str] = {}
    if unknown is not None:
        asked = {key(text): UNKNOWN for text in (*unknown.refuse.zh, *unknown.refuse.en)}
    for path, topic in topics:
        for place, entry in enumerate(topic.entries):
            at: Location = ("entries", place)
            if entry.id in ids:
                problem = (
                    f"有两条 '{entry.id}'，另一条在 {ids[entry.id].name}",
                    f"there are two entries '{entry.id}', one in {ids[entry.id].name}",
                )
                cure = "改一个名字，或者合成一条", "rename one, or make one of both"
                yield Fault(path, (*at, "id"), problem, cure)
            ids.setdefault(entry.id, path)
            yield from _repeated(path, at, entry, asked)
    for path, topic in topics:
        for place, entry in enumerate(topic.entries):
            for index, name in enumerate(entry.follow_ups):
                if name not in ids:
                    near = get_close_matches(name, ids, n=1)
                    cure = "先写好那一条", "write that entry first"
                    if near:
                        cure = f"是不是 '{near[0]}'?", f"did you mean '{near[0]}'?"
                    at = ("entries", place, "follow_ups", index)
                    problem = f"没有 '{name}' 这一条", f"follow-up '{name}' is no entry"
                    yield Fault(path, at, problem, cure)


def _repeated(path: Path, at: Location, entry: EntryText, asked: dict[str, str]) -> Iterator[Fault]:
    """Yield the phrasings that stand somewhere already, and remember the others."""
    for language in ("zh", "en"):
        for index, text in enumerate(getattr(entry.ask, language)):
            other = asked.setdefault(key(text), entry.id)
            where = (*at, "ask", language, index)
            if not key(text):
                problem = f"'{text}' 里没有字", f"'{text}' has no words"
                yield Fault(path, where, problem, ("写一个问题", "write a question"))
            elif other != entry.id:
                problem = (
                    f"'{text}' 也是 '{other}' 的问法",
                    f"'{text}' is also a phrasing of '{other}'",
                )
                cure = (
                    "一个问题只能在一条里：删掉一个",
                    "one question, one entry: remove it in one",
                )
                yield Fault(path, where, problem, cure)
