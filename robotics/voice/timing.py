"""When each syllable and each word of a text is said, so that the whole takes the law's time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from robotics.core.spoken import bare
from robotics.voice.reading.syllables import HAN, Syllable, syllables, without_gestures
from robotics.voice.speech import PAUSES, duration, in_words, spoken_time

NEUTRAL, THIRD_AT_END, LAST = 0.7, 1.15, 1.3
"""Length of a neutral syllable, of a low third tone and of the last syllable before a mark,
relative to the others (own choice, after Duanmu 2007, ch. 6 and 11: neutral ones are about half to
two thirds as long, phrase-final ones are lengthened)."""
_RUN = re.compile(r"(?:\[[^\[\]]*\]|[\u3400-\u4dbf\u4e00-\u9fff\u3007]|\s)+|[^\u3400-\u9fff\[]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A syllable of Chinese, or some words of a language with letters."""

    start: float
    """[s]."""
    end: float
    """[s]."""
    syllable: Syllable | None = None
    words: str = ""
    last: bool = False
    """Whether a mark or the end comes after it."""
    mark: str = ""
    """The mark that comes after it: a question rises."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text laid out in time."""

    pieces: tuple[Piece, ...]
    duration: float
    """[s]."""


def lay(text: str, length: float | None = None) -> Line:
    """Return when the parts of a text are said.

    Args:
        text: Chinese or English, as an author writes it.
        length: How long it is to take [s]; None for ``speech.duration``.

    Raises:
        MissingDependency: There is Chinese in it and pypinyin is not installed.
    """
    natural = duration(text)
    pieces: list[Piece] = []
    now = 0.0
    for clause, mark in _clauses(in_words(without_gestures(text))):
        some = list(_spread(clause, now, mark))
        pieces += some
        now = some[-1].end if some else now
        now += sum(PAUSES.get(one, 0.0) for one in mark)
    scale = (natural if length is None else length) / max(natural, 1e-9)
    used = pieces[-1].end if pieces else 1.0
    scale *= min(1.0, natural / used) if used > 0.0 else 1.0
    fitted = [replace(one, start=one.start * scale, end=one.end * scale) for one in pieces]
    return Line(tuple(fitted), natural if length is None else length)


def _clauses(words: str) -> Iterator[tuple[str, str]]:
    """Yield what stands between marks, and the marks after it."""
    marks = re.escape("".join(PAUSES))
    for match in re.finditer(rf"((?:\[[^\[\]]*\]|[^{marks}])*)([{marks}\s]*)", words):
        if match[0]:
            yield match[1], "".join(match[2].split())


def _spread(clause: str, start: float, mark: str) -> Iterator[Piece]:
    """Yield the pieces of a clause; together they take the time of its words."""
    runs = [run[0] for run in _RUN.finditer(clause) if spoken_time(bare(run[0])) > 0.0]
    now = start
    for place, run in enumerate(runs):
        is_end = place == len(runs) - 1
        time = spoken_time(bare(run))
        if HAN.search(run):
            yield from _spread_syllables(syllables(run), (now, now + time), mark if is_end else "-")
        else:
            yield Piece(now, now + time, words=run.strip(), last=is_end, mark=mark)
        now += time


def _spread_syllables(
    row: Sequence[Syllable], span: tuple[float, float], mark: str
) -> Iterator[Piece]:
    weights = [_weight(one, is_last=k == len(row) - 1) for k, one in enumerate(row)]
    now, unit = span[0], (span[1] - span[0]) / max(sum(weights), 1e-9)
    for place, (one, weight) in enumerate(zip(row, weights, strict=True)):
        is_last = place == len(row) - 1 and mark != "-"
        yield Piece(now, now + weight * unit, one, last=is_last, mark=mark if is_last else "")
        now += weight * unit


def _weight(one: Syllable, *, is_last: bool) -> float:
    share = NEUTRAL if one.tone == 5 else 1.0
    if is_last:
        share *= LAST * (THIRD_AT_END if one.tone == 3 else 1.0)
    return share
