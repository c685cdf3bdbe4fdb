"""Sentences to terms: characters and syllables with their pairs, English words with theirs.

A pair of characters also counts with one or two between them: 开门 and 门开着, 几点才开.

Speech recognition makes homophones: 栈桥 may arrive as 站桥. So every Chinese term stands twice: as
written, and as pinyin without tones, where sounds are one that many speakers do not tell apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from robotics.core.errors import MissingDependency

LONGEST = 120
"""Of a longer text only the end counts: questions come last."""
UNKNOWN = "unknown"
"""Stem of the file about what is not known, and the id of a refusal."""
WEIGHTS = {"c": 1.0, "k": 0.5, "p": 1.0, "w": 1.0, "e": 0.8}
"""By the first letter of a term: characters, characters apart, sounds, words, their pieces. Chosen
with phrasings held back and on development questions; the result is flat around there."""
_DIGITS = str.maketrans("0123456789", "零一二三四五六七八九")
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_RUNS = re.compile(rf"{_HAN}+|[a-z]+(?:['’][a-z]+)?")
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))
"""Initials that southern and many other speakers of Mandarin do not tell apart."""
_ASKS = r"(?=(?:what|where|when|how|why|who|which|whether|if)\b)"
_POLITE = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:(?:excuse me|pardon me|sorry|hello|hi|hey|please|well|ok|okay|um|er|uh)\b[\s,.!]*)+",
        rf"^(?:can|could|would|will) you (?:please |maybe )?(?:tell|show) (?:me|us) {_ASKS}",
        rf"^(?:do|would) you (?:happen to )?know {_ASKS}",
        rf"^(?:i|we) (?:want|need|would like|'d like) to know {_ASKS}",
        rf"^i wonder {_ASKS}",
        r"[\s,]+(?:please|thank you|thanks)[\s.!?]*$",
        r"^(?:你好|您好|嗨)[\s，,。!]+",
        r"^(?:(?:请问一下|请问|打扰一下|打扰了|不好意思|麻烦问一下|我?想?问一下|我?想问|我?想知道|你知道|喂|哎|诶|嗯)"
        r"[\s，,。!]*)+",
        r"[\s，,。!]+(?:谢谢你?|多谢)[\s。!]*$",
        r"[呀啊呢吧啦哦哟嘛呗]+[\s。?!]*$",
    )
)
"""What is said around a question and asks nothing; where nothing else is said it stays."""
_CONTRACTED = {"what's": "what is", "where's": "where is", "who's": "who is", "how's": "how is"}
_PLAIN = {"can't": "can not", "don't": "do not", "isn't": "is not", "i'm": "i am", "it's": "it is"}


def normal(text: str) -> str:
    """Return ``text`` with one form for each sign: half-width, lower case, digits as characters."""
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'").translate(_DIGITS)


def bare_question(text: str) -> str:
    """Return a ``normal`` text without politeness around it, if at least two marks are left."""
    for pattern in _POLITE:
        left = pattern.sub("", text, count=1)
        text = left if sum(mark.isalnum() for mark in left) >= 2 else text
    return text


def key(text: str) -> str:
    """Return what makes two phrasings the same: letters and characters, without marks."""
    return "".join(mark for mark in normal(text) if mark.isalnum())


def is_chinese(text: str) -> bool:
    """Return whether any character is Chinese."""
    return re.search(_HAN, text) is not None


def terms(text: str) -> list[str]:
    """Return the terms of a sentence, repetitions included, in their order.

    Raises:
        MissingDependency: pypinyin is not installed.
    """
    found: list[str] = []
    runs = _RUNS.findall(bare_question(normal(text)[-LONGEST:]))
    for run in runs:
        found += _han_terms(run) if is_chinese(run) else ()
    words = [word for run in runs for word in _words(run)]
    found += [f"w{word}" for word in words]
    found += [f"w{first} {second}" for first, second in pairwise(words)]
    found += [f"e{piece}" for word in words for piece in _pieces(word)]
    return found


def syllables(run: str) -> list[str]:
    """Return the toneless syllables of a run of Chinese characters, similar sounds made one."""
    return [_merged(syllable) for syllable in _pinyin(run)]


def _pinyin(run: str) -> list[str]:
    try:
        from pypinyin import lazy_pinyin
    except ImportError as error:
        raise MissingDependency("pypinyin", "answering", "voice") from error
    return [str(syllable) for syllable in lazy_pinyin(run)]


def _han_terms(run: str) -> Iterator[str]:
    sounds = syllables(run)
    yield from (f"c{character}" for character in run)
    yield from (f"c{first}{second}" for first, second in pairwise(run))
    for gap in (2, 3):
        yield from (f"k{first}{second}" for first, second in zip(run, run[gap:], strict=False))
    yield from (f"p{sound}" for sound in sounds)
    yield from (f"p{first} {second}" for first, second in pairwise(sounds))


def _merged(syllable: str) -> str:
    for long, short in _MERGED:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
    return syllable[:-1] if syllable.endswith(("ang", "eng", "ing")) else syllable


def _pieces(word: str) -> Iterator[str]:
    """Yield the triples of letters of a word, its ends marked: close and closest share some."""
    marked = f"^{word}$"
    yield from (marked[start : start + 3] for start in range(len(marked) - 2))


def _words(run: str) -> Iterator[str]:
    if is_chinese(run):
        return
    for word in (_CONTRACTED | _PLAIN).get(run, run.removesuffix("'s")).split():
        yield word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" else word
