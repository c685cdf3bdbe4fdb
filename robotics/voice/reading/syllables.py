"""Mandarin syllables of a text, with their tones as they are said one after the other.

The readings are pypinyin's (MIT; phrase dictionary), the tone changes are ours: the rules of
textbooks of Standard Chinese (Duanmu, "The Phonology of Standard Chinese", 2nd ed. 2007, ch. 11).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from robotics.core.errors import MissingDependency
from robotics.core.spoken import READING

SOUND = re.compile(r"[a-zü]+[1-5]")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3007]")
_USUAL = (
    (re.compile(r"(?<=[很多全最更约太])长(?![大高官者])"), "[长:chang2]"),
    (re.compile(r"长(?=[零一二两三四五六七八九十百约达])"), "[长:chang2]"),
    (re.compile(r"数一数"), "[数:shu3]一[数:shu3]"),
    (re.compile(r"(?<=[一二两三四五六七八九十几每这那百千])只(?![有要能是好会])"), "[只:zhi1]"),
    (re.compile(r"(?<=[慢悄轻静重好渐])地(?=[^方上下点面铁图球])"), "[地:de5]"),
    (re.compile(r"得(?=[去走等先回快])"), "[得:dei3]"),
    (re.compile(r"嗯"), "[嗯:en1]"),
)
"""What the dictionary of phrases reads wrongly, as far as met in texts of ours."""
_UNKNOWN = ("en", 5)
"""What a character without a known reading sounds like: a hesitation."""
_NUMERALS = frozenset("零一二三四五六七八九十百千万亿幺两〇")
_ORDINAL = frozenset("第初十")
_DATED = frozenset("月日号楼层")
_DIGITS = frozenset("零一二三四五六七八九幺")
_COMPLEMENTS = frozenset("来去了开到见起动完好住上下出掉着")


@dataclass(frozen=True, slots=True)
class Syllable:
    """One syllable."""

    character: str
    sound: str
    """Pinyin without tone, ``v`` for ü."""
    tone: int
    """1 to 4, 5 for the neutral tone; as it is said."""
    word: int = 0
    """Which word of the text it belongs to."""
    fixed: bool = False
    """Told by the author: no rule changes it."""

    @property
    def pinyin(self) -> str:
        """Such as ``hao3``."""
        return f"{self.sound}{self.tone}"


def without_gestures(text: str) -> str:
    """Return a text without its gesture tags; what tells a reading stays."""
    return re.sub(r"\[[a-z0-9_]*\]", "", text)


def syllables(text: str) -> tuple[Syllable, ...]:
    """Return the syllables of the Han characters of a text in words; all else is left out.

    Args:
        text: From ``chinese.in_words``; readings may be told: ``[重:zhong4]``.

    Raises:
        MissingDependency: pypinyin is not installed.
    """
    told: dict[int, str] = {}
    plain = ""
    end = 0
    text = _with_usual(text)
    for match in READING.finditer(text):
        plain += text[end : match.start()]
        for character, sound in zip(match[1], SOUND.findall(match[2]), strict=False):
            told[len(plain)] = sound
            plain += character
        end = match.end()
    plain += text[end:]
    return tuple(sandhi(list(_read(plain, told))))


def _with_usual(text: str) -> str:
    """Return a text with our own readings told, except where its author told one."""
    for pattern, reading in _USUAL:
        at, whole = 0, ""
        for tag in READING.finditer(text):
            whole += pattern.sub(reading, text[at : tag.start()]) + tag[0]
            at = tag.end()
        text = whole + pattern.sub(reading, text[at:])
    return text


def sandhi(row: Sequence[Syllable]) -> list[Syllable]:
    """Return syllables with the tones that they have in a row: 一, 不 and the third tone."""
    said = list(row)
    for place in range(len(said)):
        said[place] = _one_or_not(said, place)
    _third_in_words(said)
    for place in range(len(said) - 1):
        here, after = said[place], said[place + 1]
        if here.tone == after.tone == 3 and not here.fixed:
            said[place] = replace(here, tone=2)
    return said


def _read(plain: str, told: dict[int, str]) -> Iterator[Syllable]:
    try:
        from pypinyin import Style, pinyin
        from pypinyin.seg.simpleseg import seg
    except ModuleNotFoundError as error:
        raise MissingDependency("pypinyin", "speaking Chinese", "voice") from error
    place = 0
    for word, chunk in enumerate(_words(seg(plain))):
        sounds = pinyin(chunk, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
        for character, (sound,) in zip(chunk, sounds, strict=True):
            if HAN.match(character):
                own = told.get(place, sound).replace("ü", "v")
                known = own[:-1].isascii() and own[-1:].isdigit()
                letters, tone = (own[:-1], int(own[-1])) if known else _UNKNOWN
                yield Syllable(character, letters, tone, word, place in told)
            place += 1


def _words(parts: Sequence[str]) -> Iterator[str]:
    """Yield the words of a text: known phrases together, the rest by character."""
    from pypinyin.seg.mmseg import Seg
    from pypinyin.seg.mmseg import p_set as known

    cutter = Seg(known)
    for part in parts:
        if HAN.match(part):
            yield from cutter.cut(part)
        else:
            yield from part


def _one_or_not(row: Sequence[Syllable], place: int) -> Syllable:
    here = row[place]
    before = row[place - 1] if place > 0 else None
    after = row[place + 1] if place + 1 < len(row) else None
    if here.fixed or here.character not in "一不":
        return here
    between = before is not None and after is not None and before.character == after.character
    if here.character == "不":
        result = before is not None and after is not None and after.character in _COMPLEMENTS
        if between or (result and before is not None and before.word == here.word):
            return replace(here, tone=5)
        return replace(here, tone=2 if after is not None and after.tone == 4 else 4)
    if between:
        return replace(here, tone=5)
    in_row = before is not None and before.character in _NUMERALS | _ORDINAL
    units = after is not None and after.character in frozenset("百千万亿")
    dated = after is not None and (after.character in _DATED or after.character in _DIGITS)
    if after is None or (in_row and not units) or dated:
        return replace(here, tone=1)
    return replace(here, tone=2 if after.tone in (4, 5) else 4)


def _third_in_words(row: list[Syllable]) -> None:
    """Change third tones inside words first: all but the last of a run."""
    for place in range(len(row) - 1):
        here, after = row[place], row[place + 1]
        if here.word == after.word and here.tone == after.tone == 3 and not here.fixed:
            row[place] = replace(here, tone=2)
