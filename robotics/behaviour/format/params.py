"""``${name}`` in values and texts: what stands for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from robotics.behaviour.format.schema import Param
from robotics.behaviour.format.sheet import Sheet, did_you_mean
from robotics.core.config import Location

Value = str | float | int | bool
Arguments = tuple[tuple[str, Value], ...]
"""What a behaviour is played with, in alphabetical order."""

_REFERENCE = re.compile(r"\$\{([^}]*)\}")
_PARAMS: TypeAdapter[Param] = TypeAdapter(Param)


def substitute(sheet: Sheet, data: Any, arguments: Arguments = ()) -> Any:
    """Return ``data`` with the parameters of its ``params`` in place.

    Args:
        sheet: Gets the faults: an unknown parameter, a value that is not allowed.
        data: A behaviour file as plain values.
        arguments: Instead of the defaults.
    """
    if not isinstance(data, dict):
        return data
    declared = data.get("params")
    declared = declared if isinstance(declared, dict) else {}
    chosen = dict(arguments)
    for name in chosen.keys() - declared.keys():
        mend, mend_en = did_you_mean(name, declared)
        sheet.fault(("params",), "param", name=name, mend=mend, mend_en=mend_en)
    values: dict[str, Value] = {}
    for name, text in declared.items():
        values[name] = _value(sheet, name, text, chosen)
    return {
        key: value if key == "params" else _replaced(sheet, value, (key,), values)
        for key, value in data.items()
    }


def _value(sheet: Sheet, name: str, text: Any, chosen: Mapping[str, Value]) -> Value:
    try:
        one = _PARAMS.validate_python(text)
    except ValidationError:
        return ""  # the schema says what is wrong with it
    value = chosen.get(name, one.default)
    said = allowed(one, value)
    if said is not None:
        at: Location = ("params", name, *(() if name in chosen else ("default",)))
        sheet.fault(at, "param_value", name=name, value=value, mend=said[0], mend_en=said[1])
    return value


def allowed(one: Param, value: Value) -> tuple[str, str] | None:
    """Return what a parameter may be, in both languages, if ``value`` is not; else None."""
    if one.type == "text":
        fits = isinstance(value, str)
    else:
        kinds = int if one.type == "integer" else int | float
        fits = isinstance(value, kinds) and not isinstance(value, bool)
        low = -float("inf") if one.min is None else one.min
        high = float("inf") if one.max is None else one.max
        fits = fits and low <= float(value) <= high
    if fits and (one.choices is None or value in one.choices):
        return None
    if one.choices is not None:
        few = ", ".join(str(choice) for choice in one.choices)
        return f"可选：{few}", f"choose one of {few}"
    low_text = "…" if one.min is None else f"{one.min:g}"
    high_text = "…" if one.max is None else f"{one.max:g}"
    kinds_zh = {"number": "数", "integer": "整数", "text": "文字"}[one.type]
    if one.type == "text":
        return "要写文字", "give a text"
    return (
        f"要 {low_text} 到 {high_text} 的{kinds_zh}",
        f"{one.type} from {low_text} to {high_text}",
    )


def _replaced(sheet: Sheet, node: Any, at: Location, values: Mapping[str, Value]) -> Any:
    if isinstance(node, dict):
        return {key: _replaced(sheet, one, (*at, key), values) for key, one in node.items()}
    if isinstance(node, list):
        return [_replaced(sheet, one, (*at, place), values) for place, one in enumerate(node)]
    if not isinstance(node, str) or "${" not in node:
        return node
    for name in _REFERENCE.findall(node):
        if name not in values:
            mend, mend_en = did_you_mean(name, values)
            sheet.fault(at, "param", name=name, mend=mend, mend_en=mend_en)
    whole = _REFERENCE.fullmatch(node)
    if whole is not None and whole[1] in values:
        return values[whole[1]]
    return _REFERENCE.sub(lambda found: _shown(values.get(found[1], "")), node)


def _shown(value: Value) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
