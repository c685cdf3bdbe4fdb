"""Numbers in Mandarin characters."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_LONGEST = 4 * len(_GROUPS)
"""A number with more digits is read digit by digit."""


def cardinal(digits: str) -> str:
    """Return how many: ``"10"`` 十, ``"105"`` 一百零五, ``"20000"`` 两万.

    Args:
        digits: ASCII digits.
    """
    plain = digits.lstrip("0")
    if not plain:
        return DIGITS[0]
    if len(plain) > _LONGEST:
        return one_by_one(digits)
    said, gap = "", False
    for place in range((len(plain) - 1) // 4, -1, -1):
        end = len(plain) - 4 * place
        group = plain[max(0, end - 4) : end].zfill(4)
        if int(group):
            padded = said != "" and (gap or group[0] == "0")
            said += (DIGITS[0] if padded else "") + _four(group) + _GROUPS[place]
        gap = group.endswith("0") or not int(group)
    said = said[1:] if said.startswith("一十") else said
    return _doubled(said)


def number(text: str) -> str:
    """Return a number with sign, thousands separators or decimals: ``"-3.14"`` 负三点一四."""
    sign = "负" if text[:1] in "-−" and text else ""
    whole, _, part = text.lstrip("+-−").replace(",", "").partition(".")
    decimals = "点" + one_by_one(part) if part else ""
    return sign + cardinal(whole or "0") + decimals


def counted(text: str) -> str:
    """Return a number before a measure word: two is 两 (两个), but 十二个, 二点五米."""
    return "两" if text == "2" else number(text)


def one_by_one(digits: str, *, yao: bool = False) -> str:
    """Return digits read singly; the reading of 一 is fixed, for it changes nowhere in a row.

    Args:
        digits: ASCII digits.
        yao: Say 幺 for one, as in telephone numbers.
    """
    one = "幺" if yao else "[一:yi1]"
    return "".join(one if digit == "1" else DIGITS[int(digit)] for digit in digits)


def _four(group: str) -> str:
    said, gap = "", False
    for place, digit in zip((3, 2, 1, 0), group, strict=True):
        if digit == "0":
            gap = said != ""
            continue
        said += (DIGITS[0] if gap else "") + DIGITS[int(digit)] + _PLACES[place]
        gap = False
    return said


def _doubled(said: str) -> str:
    """Return the number with 两 before 千, 万 and 亿 at its head (两千, 两万; 二百 stays)."""
    for place in ("千", "万", "亿"):
        if said.startswith("二" + place):
            return "两" + said[1:]
    return said
