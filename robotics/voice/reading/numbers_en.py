"""Numbers in English words."""

from __future__ import annotations

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ("", "thousand", "million", "billion", "trillion")
_ORDINALS = {
    **{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"},
    **{"nine": "ninth", "twelve": "twelfth"},
}


def cardinal(digits: str) -> str:
    """Return how many: ``"105"`` one hundred and five.

    Args:
        digits: ASCII digits.
    """
    plain = digits.lstrip("0")
    if not plain:
        return _ONES[0]
    if len(plain) > 3 * len(_GROUPS):
        return one_by_one(digits)
    parts: list[str] = []
    for place in range((len(plain) - 1) // 3, -1, -1):
        end = len(plain) - 3 * place
        group = int(plain[max(0, end - 3) : end])
        if group:
            linked = place == 0 and group < 100 and parts
            parts += ["and"] if linked else []
            parts += [_hundreds(group), _GROUPS[place]]
    return " ".join(part for part in parts if part)


def number(text: str) -> str:
    """Return a number with sign, thousands separators or decimals."""
    sign = "minus " if text[:1] in "-−" and text else ""
    whole, _, part = text.lstrip("+-−").replace(",", "").partition(".")
    decimals = " point " + one_by_one(part) if part else ""
    return sign + cardinal(whole or "0") + decimals


def ordinal(digits: str) -> str:
    """Return which: ``"21"`` twenty-first."""
    *head, last = cardinal(digits).replace("-", " - ").split(" ")
    if last in _ORDINALS:
        said = _ORDINALS[last]
    else:
        said = last.removesuffix("y") + "ieth" if last.endswith("y") else last + "th"
    return " ".join([*head, said]).replace(" - ", "-")


def year(digits: str) -> str:
    """Return a year of four digits: eighteen ninety-two, two thousand and eight."""
    head, tail = int(digits[:2]), int(digits[2:])
    if head % 10 == 0 and tail < 10:
        return cardinal(digits)
    if tail == 0:
        return f"{_below_hundred(head)} hundred"
    return f"{_below_hundred(head)} {'oh ' if tail < 10 else ''}{_below_hundred(tail)}"


def one_by_one(digits: str) -> str:
    """Return digits read singly."""
    return " ".join(_ONES[int(digit)] for digit in digits)


def _hundreds(value: int) -> str:
    if value < 100:
        return _below_hundred(value)
    rest = f" and {_below_hundred(value % 100)}" if value % 100 else ""
    return f"{_ONES[value // 100]} hundred{rest}"


def _below_hundred(value: int) -> str:
    if value < 20:
        return _ONES[value]
    return _TENS[value // 10 - 2] + (f"-{_ONES[value % 10]}" if value % 10 else "")
