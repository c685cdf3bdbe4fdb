"""From a file to its model: every fault of shape at once, and as much of the rest as is right."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from robotics.behaviour.format.params import Arguments, substitute
from robotics.behaviour.format.schema import Script
from robotics.behaviour.format.sheet import Sheet, did_you_mean
from robotics.core.config import Location, Schema, fields_at
from robotics.core.marked import Mark, Marked, parse

ROUNDS = 12
"""So often wrong values are taken out and the rest is looked at again."""
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?(\.\d+)?")
_NEEDED = ("time", "beat", "until")
"""A cue without these is none."""
_MENDS: dict[str, str] = {
    "float_type": "要写一个数",
    "int_type": "要写一个整数",
    "string_type": "要写文字",
    "bool_type": "要写 true 或 false",
    "finite_number": "要写一个有限的数",
    "dict_type": "要写 键: 值",
    "model_type": "要写 键: 值",
    "list_type": "要写列表：前面加 -",
    "literal_error": "可选：{expected}",
    "enum": "可选：{expected}",
    "greater_than_equal": "至少 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "最多 {le}",
    "less_than": "要小于 {lt}",
    "too_short": "至少 {min_length} 项",
    "string_too_short": "不能为空",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "要符合 {pattern}",
}
"""Cures in zh by pydantic's type of error; its own message is the one in en."""

S = TypeVar("S", bound=Schema)


def open_sheet(path: Path) -> Sheet:
    """Return the sheet of a file; if it cannot be read or is not YAML, that is in its findings."""
    sheet = Sheet(str(path), Marked())
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        sheet.fault((), "file", why=error.strerror or str(error))
        return sheet
    except UnicodeDecodeError:
        sheet.fault((), "encoding")
        return sheet
    sheet.marked = parse(text)
    if sheet.marked.problem is not None:
        why, mark = sheet.marked.problem
        sheet.marked.values[("",)] = sheet.marked.keys[("",)] = Mark(mark.line, mark.column)
        sheet.fault(("",), "syntax", why=why)
    for at in sheet.marked.twice:
        sheet.fault(at, "twice", key=at[-1])
    return sheet


def read_script(path: Path, arguments: Arguments = ()) -> tuple[Sheet, Script | None]:
    """Return the sheet of a behaviour file and its model, without what is wrong in it.

    Args:
        path: The file.
        arguments: For its parameters; their defaults else.
    """
    sheet = open_sheet(path)
    data = substitute(sheet, sheet.marked.data, arguments)
    instead = {"behaviour": path.stem, "kind": "gesture", "priority": "visitor"}
    script = fit(sheet, data, Script, instead)
    if script is not None and script.behaviour != path.stem:
        sheet.fault(("behaviour",), "file_name", value=script.behaviour, stem=path.stem)
    return sheet, script


def fit(sheet: Sheet, data: Any, schema: type[S], instead: dict[str, Any]) -> S | None:
    """Return ``data`` as a model, without its wrong values, each of which is noted.

    Args:
        sheet: Of the file.
        data: Plain values; changed.
        schema: What it has to match.
        instead: Stands for a needed key of the root that is wrong or missing.
    """
    if sheet.marked.problem is not None or (data is None and not sheet.is_good):
        return None
    if not isinstance(data, dict):
        keys = ", ".join(name for name, one in schema.model_fields.items() if one.is_required())
        sheet.fault((), "empty" if data is None else "mapping", keys=keys)
        return None
    for _ in range(ROUNDS):
        try:
            return schema.model_validate(data)
        except ValidationError as error:
            details = error.errors()
        for detail in details:
            _note(sheet, data, schema, detail)
        for detail in sorted(details, key=_order, reverse=True):
            _cut(sheet, data, detail["loc"], detail["type"] == "missing", instead)
    return None


def _order(detail: ErrorDetails) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in detail["loc"]]


def _note(sheet: Sheet, data: Any, schema: type[Schema], detail: ErrorDetails) -> None:
    at, kind = detail["loc"], detail["type"]
    key = str(at[-1]) if at else ""
    if kind == "missing":
        if sheet.is_whole(at):  # else it is there, and wrong
            sheet.fault(at, "translation" if key in ("zh", "en") else "missing", key=key)
    elif kind == "extra_forbidden":
        allowed = fields_at(schema, at[:-1])
        mend, mend_en = did_you_mean(key, allowed)
        rule = "language" if {"zh", "en"} == set(allowed) else "unknown_key"
        rule = "comma" if rule == "language" and detail.get("input") is None else rule
        sheet.fault(at, rule, key=key, mend=mend, mend_en=mend_en)
    elif kind != "too_short" or sheet.is_whole(at):
        _note_value(sheet, detail)


def _note_value(sheet: Sheet, detail: ErrorDetails) -> None:
    at, value = detail["loc"], detail.get("input")
    clock = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if clock is not None and detail["type"] == "float_type":
        parts = [int(part) for part in clock.groups()[:3] if part is not None]
        seconds = sum(part * 60**power for power, part in enumerate(reversed(parts)))
        sheet.fault(at, "clock_time", value=value, seconds=seconds)
        return
    if detail["type"] == "string_type" and isinstance(value, dict | list):
        sheet.fault(at, "unquoted")
        return
    shown = repr(value) if not isinstance(value, dict | list) else type(value).__name__
    known = _MENDS.get(detail["type"], "")
    mend = known.format(**detail.get("ctx", {})) if known else detail["msg"]
    sheet.fault(at, "value", value=shown, mend=mend, mend_en=detail["msg"].lower())


def _cut(sheet: Sheet, data: Any, at: Location, is_missing: bool, instead: dict[str, Any]) -> None:
    """Take the value at ``at`` out of ``data``, or what cannot be without it."""
    way: list[Any] = [data]
    for part in at:
        try:
            way.append(way[-1][part])
        except (KeyError, IndexError, TypeError):
            break
    depth = len(way) - 1
    if not is_missing and depth and at[depth - 1] in _NEEDED and depth > 1:
        depth -= 1
    if depth == 0 or (depth == 1 and at[0] in instead):
        key = str(at[0]) if at else ""
        data[key] = instead.get(key)
        return
    around, last = way[depth - 1], at[depth - 1]
    sheet.cut.add(sheet.origin(at[:depth]))
    if isinstance(around, list):
        sheet.remove(around, at[:depth])
    else:
        del around[last]
