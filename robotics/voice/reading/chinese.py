"""Chinese text made ready to be said: dates, times, prices, units, telephone numbers in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from robotics.voice.reading.numbers_zh import cardinal, counted, number, one_by_one

_WIDE: dict[int, int | str] = {ord("０") + i: ord("0") + i for i in range(10)}
_WIDE |= {ord("Ａ") + i: ord("A") + i for i in range(26)}
_WIDE |= {ord("ａ") + i: ord("a") + i for i in range(26)}
_WIDE |= {ord("％"): "%", ord("－"): "-", ord("～"): "~", ord("．"): ".", ord("￥"): "¥"}

UNITS: Final = {
    **{"km/h": "公里每小时", "m/s": "米每秒", "km²": "平方公里", "m²": "平方米", "㎡": "平方米"},
    **{"m³": "立方米", "km": "公里", "cm": "厘米", "mm": "毫米", "kg": "公斤", "mg": "毫克"},
    **{"kWh": "千瓦时", "kW": "千瓦", "kPa": "千帕", "kHz": "千赫", "Hz": "赫兹", "dB": "分贝"},
    **{"mL": "毫升", "ml": "毫升", "GB": "吉字节", "MB": "兆字节", "min": "分钟", "ms": "毫秒"},
    **{"m": "米", "g": "克", "t": "吨", "L": "升", "h": "小时", "s": "秒", "W": "瓦", "V": "伏"},
}
"""What stands after a number, and how it is said."""
_MONEY = {"¥": "元", "$": "美元", "€": "欧元", "£": "英镑"}
_MEASURES = (
    "个位只次点天年岁米里元块分秒张座条场层台小年位名群对双件步圈遍首支句种排口把间家艘棵朵岁周"
)
"""Measure words that make two 两."""
_N = r"\d+(?:,\d{3})*(?:\.\d+)?"
_FREE = r"(?<![\d.A-Za-z])"
"""Nothing before it that a number could belong to."""
_END = r"(?![\d])"
_CALLED = r"(电话|热线|号码|拨打?|手机|致电|传真|客服)(\D{0,4})"
_SERVICE = "110|112|114|119|120|122|12301|12315|12328|12345|12306|10086|95\\d{3}"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _year(digits: str) -> str:
    return one_by_one(digits) if len(digits) in (2, 4) else cardinal(digits)


def _date(match: re.Match[str]) -> str:
    year, month, day = match[1], match[2], match[3]
    return f"{one_by_one(year)}年{cardinal(month)}月{cardinal(day)}日"


def _clock(match: re.Match[str]) -> str:
    hour, minute, second = match[1], match[2], match[3]
    if int(hour) > 24 or int(minute) > 59:
        return match[0]
    said = ("两" if int(hour) == 2 else cardinal(hour)) + "点"
    if int(minute) or second:
        zero = "零" if 0 < int(minute) < 10 else ""
        said += f"{zero}{cardinal(minute)}分" if int(minute) else "零分"
    return said + (f"{cardinal(second)}秒" if second else "")


def _degrees(match: re.Match[str]) -> str:
    below = "零下" if match[1] else ""
    return f"{below}{number(match[2])}{'华氏' if match[3] in ('℉', '°F') else '摄氏'}度"


def _short(amount: str) -> str:
    """Return a price without the noughts at its end: ``12.50`` is 十二点五."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _digits(text: str) -> str:
    """Return a telephone number in digits; its groups are kept apart by a short pause."""
    groups = [one_by_one(part, yao=True) for part in re.split(r"\D+", text) if part]
    return "，".join(groups)


def _rule(pattern: str, said: Callable[[re.Match[str]], str]) -> Rule:
    return re.compile(pattern), said


_UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_RULES: tuple[Rule, ...] = (
    _rule(rf"{_CALLED}([\d][\d\- ]*\d)", lambda m: m[1] + m[2] + _digits(m[3])),
    _rule(rf"{_FREE}1[3-9]\d{{9}}{_END}", lambda m: _digits(f"{m[0][:3]} {m[0][3:7]} {m[0][7:]}")),
    _rule(rf"{_FREE}0\d{{2,3}}-\d{{7,8}}{_END}", lambda m: _digits(m[0])),
    _rule(rf"{_FREE}400-\d{{3}}-\d{{4}}{_END}", lambda m: _digits(m[0])),
    _rule(rf"{_FREE}(?:{_SERVICE}){_END}(?![年月日元块米个人])", lambda m: _digits(m[0])),
    _rule(rf"{_FREE}(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_END}", _date),
    _rule(r"(?<!\d)(\d{4})(?=年)", lambda m: _year(m[1])),
    _rule(r"(?<!\d)(\d{2})(?=年代)", lambda m: cardinal(m[1])),
    _rule(
        r"(?<!\d)(\d{4})\s*[-~—–至到]\s*(?=[零一二三四五六七八九\[])", lambda m: _year(m[1]) + "到"
    ),
    _rule(r"(?<!\d)(\d{1,2}):([0-5]\d)(?::([0-5]\d))?(?!\d)", _clock),
    _rule(r"(?<=[点分])\s*[-~—–]\s*(?=[零一二两三四五六七八九十])", lambda m: "到"),
    _rule(rf"(-?)({_N})\s*(℃|°C|℉|°F)", _degrees),
    _rule(rf"(-?{_N})\s*[-~—–]\s*(-?{_N})\s*%", lambda m: f"百分之{number(m[1])}到{number(m[2])}"),
    _rule(rf"{_FREE}(-?{_N})%", lambda m: f"百分之{number(m[1])}"),
    _rule(rf"{_FREE}(-?{_N})‰", lambda m: f"千分之{number(m[1])}"),
    _rule(rf"([¥$€£])\s*({_N})", lambda m: counted(_short(m[2])) + _MONEY[m[1]]),
    _rule(
        rf"{_FREE}({_N})\s*[-~—–]\s*({_N})\s*({_UNIT})(?![A-Za-z])",
        lambda m: f"{number(m[1])}到{counted(m[2])}{UNITS[m[3]]}",
    ),
    _rule(rf"{_FREE}(-?{_N})\s*({_UNIT})(?![A-Za-z])", lambda m: counted(m[1]) + UNITS[m[2]]),
    _rule(rf"{_FREE}(\d+)/(\d+){_END}", lambda m: f"{cardinal(m[2])}分之{cardinal(m[1])}"),
    _rule(rf"{_FREE}(\d+):(\d+){_END}", lambda m: f"{cardinal(m[1])}比{cardinal(m[2])}"),
    _rule(rf"{_FREE}({_N})\s*[-~—–]\s*({_N})(?![\d-])", lambda m: f"{number(m[1])}到{m[2]}"),
    _rule(rf"第({_N})", lambda m: "第" + number(m[1])),
    _rule(rf"{_FREE}({_N})(?=\s*[{_MEASURES}])", lambda m: counted(m[1])),
    _rule(r"(?<=到)2(?=[个位只次天米里元块分秒张座条])", lambda m: "两"),
    _rule(rf"{_FREE}(0\d+){_END}", lambda m: one_by_one(m[1])),
    _rule(rf"(?<![\dA-Za-z])(-?{_N})(?![A-Za-z\d])", lambda m: number(m[1])),
)
"""In this order: what is longer and more special first."""


def in_words(text: str) -> str:
    """Return Chinese text without a figure that is not part of a Latin word.

    Where one reading of a character is sure, it is written into the text: ``[一:yi1]``.
    """
    said = text.translate(_WIDE)
    for pattern, replace in _RULES:
        said = pattern.sub(replace, said)
    return said
