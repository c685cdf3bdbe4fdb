"""What the robot can answer: all knowledge files of a folder, read and checked together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from robotics.core.config import load
from robotics.core.errors import ConfigError
from robotics.voice.answers.faults import alone, faults_of_texts, together
from robotics.voice.answers.schema import EntryText, TopicText, UnknownText
from robotics.voice.answers.terms import UNKNOWN, key


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known about one question."""

    id: str
    topic: str
    subject_zh: str
    """What "it" and "there" mean afterwards; "" for nothing."""
    subject_en: str
    ask: tuple[str, ...]
    """Phrasings, Chinese first."""
    zh: tuple[str, ...]
    """Answers in turn."""
    en: tuple[str, ...]
    """As many as in ``zh``."""
    follow_ups: tuple[str, ...]
    source: tuple[str, ...]
    anywhere: bool = False
    """Whether other places may be named."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the robot can answer."""

    entries: tuple[Entry, ...]
    refuse: tuple[str, ...]
    """Questions to refuse."""
    unknown_zh: tuple[str, ...]
    """What is said then, in turn."""
    unknown_en: tuple[str, ...]
    elsewhere: frozenset[str] = frozenset()
    """Names of other places: what is asked with one is refused, unless an entry has it."""


def load_knowledge(folder: Path, gestures: frozenset[str] | None = None) -> Knowledge:
    """Read and check all knowledge files of a folder.

    Args:
        folder: With ``unknown.yaml`` and at least one other ``.yaml`` file.
        gestures: Names allowed as ``[tags]`` in answers; None allows any.

    Raises:
        ConfigError: One line for every fault of all files, each with file, line, place and cure.
    """
    topics: list[tuple[Path, TopicText]] = []
    faults: list[ConfigError] = []
    unknown: UnknownText | None = None
    paths = sorted(folder.glob("*.yaml"))
    if not any(path.stem == UNKNOWN for path in paths):
        faults.append(ConfigError(folder, "", "it has no unknown.yaml", "say what to refuse"))
    if not any(path.stem != UNKNOWN for path in paths):
        faults.append(ConfigError(folder, "", "it has no entries", "add a file for each topic"))
    for path in paths:
        try:
            if path.stem == UNKNOWN:
                unknown = load(path, UnknownText)
                wrong = faults_of_texts(path, ("answer",), unknown.answer, gestures)
                faults += [fault.error() for fault in wrong]
            else:
                topics.append((path, load(path, TopicText)))
        except ConfigError as error:
            faults.append(error)
    more = [fault for path, topic in topics for fault in alone(path, topic, gestures)]
    faults += [fault.error() for fault in (*more, *together(topics, unknown))]
    if faults or unknown is None:
        raise _joined(faults)
    entries = tuple(_entry(topic, text) for _, topic in topics for text in topic.entries)
    refuse = (*unknown.refuse.zh, *unknown.refuse.en)
    elsewhere = frozenset(key(word) for line in unknown.elsewhere for word in line.split())
    answers = tuple(unknown.answer.zh), tuple(unknown.answer.en)
    return Knowledge(entries, refuse, *answers, elsewhere)


def _entry(topic: TopicText, text: EntryText) -> Entry:
    return Entry(
        id=text.id,
        topic=topic.topic,
        subject_zh=text.subject.zh if text.subject else "",
        subject_en=text.subject.en if text.subject else "",
        ask=(*text.ask.zh, *text.ask.en),
        zh=tuple(text.answer.zh),
        en=tuple(text.answer.en),
        follow_ups=tuple(text.follow_ups),
        source=tuple(text.source or ()),
        anywhere=text.anywhere,
    )


def _joined(faults: list[ConfigError]) -> ConfigError:
    """Return the first fault, its text followed by a line for each of the others."""
    first = faults[0]
    first.args = ("\n".join(str(fault) for fault in faults),)
    return first
