"""How long words take, roughly: where in the time of a text a gesture starts."""

from __future__ import annotations

import re

SYLLABLE = 0.24
"""Of Mandarin, one a character: 4.2 a second, a fifth slower than adults read aloud (Pellegrino,
Coupé and Marsico, Language 87(3), 2011) [s]."""
WORD = 0.4
"""Of English at 150 words a minute [s]."""
BREATH = 0.35
"""After a mark [s]."""
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’-]*")
_MARK = re.compile(r"[，。！？；：,.!?;:…]")


def spoken(text: str) -> float:
    """Return how long ``text`` takes to say, with the pauses after its marks [s]."""
    syllables, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    return SYLLABLE * syllables + WORD * words + BREATH * len(_MARK.findall(text))
