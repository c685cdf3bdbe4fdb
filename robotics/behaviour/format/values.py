"""Kinds of values that the format's models are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

LONGEST_TEXT = 300
"""Characters of one text: about a minute."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _interruptible(value: object) -> object:
    return ("always" if value else "never") if isinstance(value, bool) else value


def _tempo(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return [{"beat": 0.0, "bpm": value}] if is_number else value


def one_or_many(value: dict[str, Any]) -> WithJsonSchema:
    """Return the JSON schema of a value that may stand alone or in a list."""
    return WithJsonSchema({"anyOf": [value, {"type": "array", "minItems": 1, "items": value}]})


Name = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]*$")]
"""Of a behaviour, pose, song, action, event or parameter; also the stem of a file."""
Place = Annotated[str, Field(strict=True, min_length=1, max_length=60)]
"""Of a site."""
Seconds = Annotated[float, Field(strict=True, ge=0.0, le=600.0, allow_inf_nan=False)]
Beats = Annotated[float, Field(strict=True, ge=0.0, le=2000.0, allow_inf_nan=False)]
Degrees = Annotated[float, Field(strict=True, ge=-360.0, le=360.0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0.0, le=1.0, allow_inf_nan=False)]
Flag = Annotated[bool, Field(strict=True)]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]
Text = Annotated[str, Field(strict=True, min_length=1, max_length=LONGEST_TEXT)]
Texts = Annotated[
    list[Text],
    BeforeValidator(_listed),
    Field(min_length=1),
    one_or_many({"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}),
]
"""One text, or several variants that are used in turn."""
Scalar = Annotated[
    str | float | int | bool,
    WithJsonSchema({"type": ["string", "number", "boolean"]}),
]
Joints = Annotated[dict[str, Degrees], Field(min_length=1)]
"""[deg] by joint."""
Stops = Annotated[
    str,
    BeforeValidator(_interruptible),
    Field(pattern="^(always|at_beat|at_phrase|never)$"),
    WithJsonSchema({"enum": ["always", "at_beat", "at_phrase", "never", True, False]}),
]
AsTempo = BeforeValidator(_tempo)
"""A number stands for one tempo from the first beat on."""
