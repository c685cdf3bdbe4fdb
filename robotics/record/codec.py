"""Messages to JSON and back, without losing a bit.

Floats are written with the shortest text that reads back as the same float64; an infinite value (a
beam that never came back, a speed without bound) is ``null``.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from enum import Enum
from typing import Any, TypeVar

import numpy as np
import orjson

from robotics.core.messages import BaseGoal, Command, Cover, Drive, GoTo, State, Stay

M = TypeVar("M")

_DERIVED: dict[type[Any], frozenset[str]] = {
    State: frozenset({"joints", "points_in_base", "heard"}),
    Command: frozenset({"landing"}),
}
"""Fields that repeat others, or are not obeyed as a rule; a replay computes them again."""

_LEAVES = frozenset({np.ndarray, float, int, bool, str, type(None)})
"""What most fields hold, and the encoder takes as it is."""

_BASE_GOALS: dict[str, type[Any]] = {cls.__name__: cls for cls in (Stay, GoTo, Cover, Drive)}


def to_plain(message: Any) -> Any:
    """Return a message as JSON-ready values: dicts for dataclasses, arrays left to the encoder."""
    cls = type(message)
    if issubclass(cls, tuple):
        return [to_plain(item) for item in message]
    if not dataclasses.is_dataclass(cls):
        return message
    plain: dict[str, Any] = {}
    for name in _written_fields(cls):
        value = getattr(message, name)
        plain[name] = value if type(value) in _LEAVES else to_plain(value)
    if cls.__name__ in _BASE_GOALS:
        plain["type"] = cls.__name__
    return plain


def encode(message: Any) -> bytes:
    """Return a message, or a dict of plain values and arrays, as JSON text."""
    return orjson.dumps(to_plain(message), option=orjson.OPT_SERIALIZE_NUMPY)


def decode(cls: type[M], data: bytes | dict[str, Any]) -> M:
    """Return the message of type ``cls`` that ``data`` holds.

    A field that was not known yet when it was written has its default.

    Raises:
        InvalidMessage: The values do not make a message of that type.
        KeyError: A field is missing that every message of that type has.
    """
    plain = orjson.loads(data) if isinstance(data, bytes) else data
    built: M = _build(cls, plain)
    return built


@functools.cache
def _written_fields(cls: type[Any]) -> tuple[str, ...]:
    skipped = _DERIVED.get(cls, frozenset())
    return tuple(field.name for field in dataclasses.fields(cls) if field.name not in skipped)


@functools.cache
def _later_fields(cls: type[Any]) -> frozenset[str]:
    """Return the fields that a message can be built without."""
    none = dataclasses.MISSING
    return frozenset(
        field.name
        for field in dataclasses.fields(cls)
        if field.default is not none or field.default_factory is not none
    )


@functools.cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _build(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        later = _later_fields(kind)
        return kind(
            **{
                name: _build(hints[name], value[name])
                for name in _written_fields(kind)
                if name in value or name not in later
            }
        )
    origin = typing.get_origin(kind)
    if origin is types.UnionType or origin is typing.Union:
        return _build_union(kind, value)
    if origin is np.ndarray:
        return _array(kind, value)
    if origin is tuple:
        return tuple(_build(typing.get_args(kind)[0], item) for item in value)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    return np.inf if kind is float and value is None else value


def _build_union(kind: Any, value: Any) -> Any:
    if kind == BaseGoal:
        return _build(_BASE_GOALS[value["type"]], value)
    if value is None:
        return None
    inner = [one for one in typing.get_args(kind) if one is not type(None)]
    return _build(inner[0], value)


def _array(kind: Any, value: list[Any]) -> np.ndarray[Any, Any]:
    scalar = typing.get_args(typing.get_args(kind)[1])[0]
    if scalar is np.bool_:
        return np.array(value, dtype=np.bool_)
    array = np.array(value, dtype=np.float64)  # None becomes NaN, and NaN is never written
    return np.where(np.isnan(array), np.inf, array)
