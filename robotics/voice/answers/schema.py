"""Knowledge files as staff write them: what may be asked, in which words, and what is answered.

A folder holds one file for each topic, and ``unknown.yaml`` for what is not known. Lists of
sentences are blocks with one sentence a line, so that nothing has to be quoted::

    topic: pier
    entries:
      - id: pier_length
        subject: {zh: 栈桥, en: the pier}
        ask:
          zh: |
            栈桥有多长
            ...
          en: |
            How long is the pier?
            ...
        answer:
          zh: |
            四百四十米！...
          en: |
            Four hundred and forty metres! ...
        follow_ups: [pier_width]
        source: Wikipedia, Zhanqiao Pier
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from robotics.core.config import Schema


def _lines(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [line.strip() for line in value.splitlines() if line.strip()]


Sentence = Annotated[str, Field(min_length=1, max_length=200)]
Sentences = Annotated[list[Sentence], BeforeValidator(_lines), Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Bilingual(Schema):
    """Sentences in both languages."""

    zh: Sentences
    en: Sentences


class Subject(Schema):
    """What "it" and "there" mean after an entry."""

    zh: Sentence
    en: Sentence


class EntryText(Schema):
    """One entry, as written."""

    id: Name
    kind: Literal["fact", "chat"] = "fact"
    """A fact needs a source, chat does not."""
    subject: Subject | None = None
    ask: Bilingual
    answer: Bilingual
    follow_ups: list[Name] = Field(default_factory=list)
    """Entries that are likelier next."""
    source: Sentences | None = None
    anywhere: bool = False
    """Whether it answers whatever other place is named: where somebody comes from."""


class TopicText(Schema):
    """One file of entries."""

    topic: Name
    entries: Annotated[list[EntryText], Field(min_length=1)]


class UnknownText(Schema):
    """The file about what is not known."""

    topic: Literal["unknown"]
    refuse: Bilingual
    """Questions that were asked and that no entry answers."""
    answer: Bilingual
    elsewhere: Sentences = Field(default_factory=list)
    """Names of other places, several a line with blanks between."""
