"""What is said, and which files and names are used: nothing may be missing when it plays."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from robotics.behaviour.certificate import files_of
from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Interruptible, Step, Words
from robotics.behaviour.finding import Finding
from robotics.behaviour.margins import Margins
from robotics.certify.when import beat_of
from robotics.voice.speech import duration

LONGEST = 600.0
"""No behaviour is longer [s]."""
MOST_TIMES = 50
"""A repetition goes round at most so often."""
LONGEST_WAIT = 120.0
"""Nothing is waited for longer [s]."""
BREATH = 0.05
"""So much may two utterances seem to overlap: their lengths are estimates [s]."""
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def check_content(
    behaviour: Behaviour, folder: Path, known: Collection[str] | None, margins: Margins
) -> tuple[Finding, ...]:
    """Return what is missing or impossible.

    Args:
        behaviour: The behaviour.
        folder: The folder ``behaviours``.
        known: Names of the robot's behaviours; None where nobody knows them.
        margins: For how long a behaviour may not be broken off.
    """
    found = [*_length(behaviour, margins), *_languages(behaviour), *_voice(behaviour)]
    for path in files_of(behaviour, folder):
        if not path.is_file():
            problem = ("缺少文件", "a file is missing")
            cure = ("加上它，或改正名字", "add it, or mend the name")
            found.append(Finding("missing_file", problem, cure, joint=f"songs/{path.name}"))
    found += _steps(behaviour, known)
    return tuple(found)


def all_words(behaviour: Behaviour) -> Iterator[Words]:
    """Yield everything that is said, in steps, too."""
    if behaviour.zh or behaviour.en:
        yield Words(0.0, behaviour.zh, behaviour.en)
    yield from behaviour.words
    for step in all_steps(behaviour.steps):
        if step.words is not None:
            yield step.words


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield steps and the steps within them."""
    for step in steps:
        yield step
        for _, inner in step.branches:
            yield from all_steps(inner)


def _length(behaviour: Behaviour, margins: Margins) -> Iterator[Finding]:
    if not (math.isfinite(behaviour.duration) and 0.0 < behaviour.duration <= LONGEST):
        problem = ("时长不对", "its duration is impossible")
        cure = ("写一个时长", "give it a duration")
        yield Finding("duration", problem, cure, value=behaviour.duration, limit=LONGEST, unit="s")

    never = behaviour.interruptible is Interruptible.NEVER
    if never and behaviour.duration > margins.never_time:
        problem = ("不可打断的动作太长", "it may not be broken off for too long")
        cure = ("改为 at_beat 或 always", "make it interruptible, or shorter")
        limit = margins.never_time
        yield Finding("exit_never", problem, cure, value=behaviour.duration, limit=limit, unit="s")


def _languages(behaviour: Behaviour) -> Iterator[Finding]:
    titled = any(behaviour.title)
    if titled and not all(text.strip() for text in behaviour.title):
        yield _missing("title", 0.0, "zh" if not behaviour.title[0].strip() else "en", behaviour)
    for words in all_words(behaviour):
        if words.song and not (words.zh or words.en):
            continue
        texts = {"zh": (words.zh, _HAN), "en": (words.en, _LATIN)}
        for language, (variants, letters) in texts.items():
            if not variants or not all(letters.search(text) for text in variants):
                yield _missing("words", words.start, language, behaviour)
        if words.zh and words.en and len(words.zh) != len(words.en):
            problem = ("两种语言的句子数不同", "the languages have different numbers of variants")
            cure = ("一一对应", "pair them")
            counts = float(len(words.zh)), float(len(words.en))
            yield Finding(
                "words_paired", problem, cure, time=words.start, value=counts[0], limit=counts[1]
            )


def _missing(what: str, time: float, language: str, behaviour: Behaviour) -> Finding:
    named = {
        "zh": ("缺少中文", "the Chinese text is missing"),
        "en": ("缺少英文", "the English text is missing"),
    }
    cure = ("两种语言都要写", "write both languages")
    beat = beat_of(behaviour.grid, time)
    return Finding(
        "missing_text", named[language], cure, time=time, beat=beat, joint=f"{what}.{language}"
    )


def _voice(behaviour: Behaviour) -> Iterator[Finding]:
    """Yield where two utterances would sound at once, in either language."""
    spoken = sorted((w for w in behaviour.words), key=lambda words: words.start)
    until, before = 0.0, ""
    for words in spoken:
        if words.start < 0.0 or words.start > behaviour.duration:
            problem = ("在动作之外说话", "something is said outside of the behaviour")
            cure = ("改时间或时长", "change its time, or the duration")
            yield Finding(
                "voice_outside", problem, cure, time=words.start, limit=behaviour.duration, unit="s"
            )
        if words.start < until - BREATH:
            problem = ("同时说两句话", f"it would speak over '{before}'")
            cure = ("晚一点说，或说短一点", "say it later, or make the first one shorter")
            yield Finding(
                "voice_overlap",
                problem,
                cure,
                time=words.start,
                beat=beat_of(behaviour.grid, words.start),
                value=words.start,
                limit=until,
                unit="s",
            )
        lasts = max((duration(text) for text in (*words.zh, *words.en)), default=0.0)
        until, before = words.start + lasts, (words.en or words.zh or (words.song,))[0][:30]


def _steps(behaviour: Behaviour, known: Collection[str] | None) -> Iterator[Finding]:
    for number, step in enumerate(all_steps(behaviour.steps), start=1):
        place = f"step {number} ({step.kind})"
        if step.kind == "play" and known is not None and step.name not in known:
            problem = ("没有这个动作", f"there is no behaviour '{step.name}'")
            cure = ("改正名字", "mend the name")
            yield Finding("missing_behaviour", problem, cure, place=place)
        if step.kind == "play" and step.name == behaviour.name:
            problem = ("自己调用自己", "it plays itself")
            yield Finding("endless", problem, ("去掉", "take that out"), place=place)
        if step.kind == "repeat" and not 1 <= step.times <= MOST_TIMES:
            problem = ("循环没有尽头", "the repetition has no end, or none in reach")
            cure = ("写明次数", "say how many times")
            yield Finding(
                "endless", problem, cure, place=place, value=float(step.times), limit=MOST_TIMES
            )
        unbounded = not 0.0 < step.seconds <= LONGEST_WAIT
        if step.kind in ("ask", "wait_for") and unbounded:
            problem = ("等待没有期限", "it would wait for ever")
            cure = ("写 at_most", "give it at_most")
            yield Finding(
                "endless", problem, cure, place=place, value=step.seconds, limit=LONGEST_WAIT
            )
