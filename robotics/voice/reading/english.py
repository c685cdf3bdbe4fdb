"""English text made ready to be said: dates, times, prices, units, telephone numbers in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from robotics.voice.reading.numbers_en import cardinal, number, one_by_one, ordinal, year

UNITS: Final = {
    **{"km/h": "kilometre per hour", "m/s": "metre per second", "m²": "square metre"},
    **{"km²": "square kilometre", "km": "kilometre", "cm": "centimetre", "mm": "millimetre"},
    **{"kg": "kilogram", "kWh": "kilowatt hour", "kW": "kilowatt", "kHz": "kilohertz"},
    **{"Hz": "hertz", "dB": "decibel", "ml": "millilitre", "min": "minute", "ms": "millisecond"},
    **{"m": "metre", "g": "gram", "t": "tonne", "L": "litre", "h": "hour", "s": "second"},
    **{"W": "watt", "V": "volt"},
}
"""What stands after a number, in the singular."""
_MONEY = {
    **{"¥": ("yuan", "yuan"), "$": ("dollar", "dollars"), "€": ("euro", "euros")},
    **{"£": ("pound", "pounds")},
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MONTH = "|".join([*_MONTHS, *(m[:3] for m in _MONTHS)])
_N = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_FREE = r"(?<![\w.])"
_TO = r"\s*[-~–—]\s*"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _date(match: re.Match[str]) -> str:
    place = int(match[2])
    if not 1 <= place <= 12:
        return match[0]
    return f"{_MONTHS[place - 1]} {ordinal(match[3])} {year(match[1])}"


def _month(match: re.Match[str]) -> str:
    name = next(month for month in _MONTHS if month[:3] == match[1][:3])
    after = f" {year(match[3])}" if match[3] else ""
    return f"{name} {ordinal(match[2])}{after}"


def _clock(match: re.Match[str]) -> str:
    hour, minute, half = int(match[1]), int(match[2]), match[3] or ""
    if hour > 24 or minute > 59:
        return match[0]
    said = cardinal(str(hour))
    if minute:
        said += (" oh " if minute < 10 else " ") + cardinal(str(minute))
    elif not half:
        said += " o'clock" if hour <= 12 else " hundred hours"
    return said + (" " + " ".join(half.replace(".", "").lower()) if half else "")


def _plural(amount: str, one: str) -> str:
    if amount in ("1", "-1") or one == "hertz":
        return one
    counted = "metre" if one.startswith("metre") else "kilometre"
    return one.replace(counted, counted + "s") if " per " in one else one + "s"


def _measure(match: re.Match[str]) -> str:
    return f"{number(match[1])} {_plural(match[1], UNITS[match[2]])}"


def _price(match: re.Match[str]) -> str:
    whole, _, cents = match[2].partition(".")
    one, many = _MONEY[match[1]]
    said = f"{number(whole)} {one if whole == '1' else many}"
    return said + (f" {cardinal(cents)}" if cents and int(cents) else "")


def _degrees(match: re.Match[str]) -> str:
    scale = "Celsius" if match[2] in ("℃", "°C") else "Fahrenheit"
    return f"{number(match[1])} degrees {scale}"


def _digits(text: str) -> str:
    return ", ".join(one_by_one(part) for part in re.split(r"\D+", text) if part)


def _rule(pattern: str, said: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), said


_RULES: tuple[Rule, ...] = (
    _rule(
        r"((?:call|dial|phone|ring|number|hotline)\b\W{0,3}(?:is |us on )?)(\+?\d[\d\- ]*\d)",
        lambda m: m[1] + _digits(m[2]),
    ),
    _rule(rf"{_FREE}\+?\d{{2,4}}-\d{{3,4}}-?\d{{4}}(?!\d)", lambda m: _digits(m[0])),
    _rule(rf"{_FREE}1[3-9]\d{{9}}(?!\d)", lambda m: _digits(f"{m[0][:3]} {m[0][3:7]} {m[0][7:]}")),
    _rule(rf"{_FREE}(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})(?!\d)", _date),
    _rule(rf"\b({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?(?!\d)", _month),
    _rule(rf"(?<=:[0-5]\d){_TO}(?=\d{{1,2}}:)", lambda m: " to "),
    _rule(r"(?<!\d)(\d{1,2}):([0-5]\d)(?!\d)(?:\s*([AaPp]\.?[Mm]\.?))?", _clock),
    _rule(rf"{_FREE}(\d{{1,2}})\s*([AP]M|[ap]m)\b", lambda m: f"{cardinal(m[1])} {' '.join(m[2])}"),
    _rule(rf"(-?{_N})\s*(℃|°C|℉|°F)", _degrees),
    _rule(rf"([¥$€£])\s*({_N})", _price),
    _rule(
        rf"{_FREE}({_N}){_TO}({_N})\s*(?=%|(?:{_UNIT})\b)", lambda m: f"{number(m[1])} to {m[2]} "
    ),
    _rule(rf"(?<![\d.])(-?{_N})\s*%", lambda m: f"{number(m[1])} percent"),
    _rule(rf"{_FREE}(1[1-9]\d\d|20\d\d)s\b", lambda m: f"{year(m[1])}s".replace("ys", "ies")),
    _rule(rf"(?<![\w.])(-?{_N})\s*({_UNIT})(?!\w)", _measure),
    _rule(r"\b(\d+)(?:st|nd|rd|th)\b", lambda m: ordinal(m[1])),
    _rule(
        rf"{_FREE}(1[1-9]\d\d|20\d\d){_TO}(?=(?:1[1-9]|20)\d\d\b)", lambda m: f"{year(m[1])} to "
    ),
    _rule(rf"{_FREE}(1[1-9]\d\d|20\d\d)(?![\w,.]*\d)(?!\w)", lambda m: year(m[1])),
    _rule(rf"{_FREE}({_N}){_TO}({_N})(?!\w)", lambda m: f"{number(m[1])} to {number(m[2])}"),
    _rule(rf"{_FREE}(-?{_N})(?!\w)", lambda m: number(m[1])),
)
"""In this order: what is longer and more special first."""


def in_words(text: str) -> str:
    """Return English text with its figures in words; those inside a word (``R2``) stay."""
    said = text.replace("&", " and ")
    for pattern, replace in _RULES:
        said = pattern.sub(replace, said)
    return re.sub(r" {2,}", " ", said)
