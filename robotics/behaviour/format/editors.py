"""The JSON schema by which an editor completes and checks behaviour files while one types."""

from __future__ import annotations

from typing import Any

from robotics.behaviour.format.schema import Script

REFERENCE = {"type": "string", "pattern": r"^\$\{[a-z][a-z0-9_]*\}$"}
"""A parameter may stand for any number, word or switch."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE = ("number", "integer", "boolean")
_CLOSED = ("pattern", "enum", "const")
"""Texts that cannot be just anything."""


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of a behaviour file, made from the models that read it."""
    schema = Script.model_json_schema(by_alias=True)
    schema["properties"] = {
        name: one if name in ("behaviour", "params") else _open(one)
        for name, one in schema["properties"].items()
    }
    schema["$defs"] = {
        name: one if name == "Param" else _open(one) for name, one in schema["$defs"].items()
    }
    return {"$schema": DIALECT, "title": "Behaviour of a robot", **schema}


def _open(node: Any) -> Any:
    """Return a schema that takes a parameter for every simple value as well."""
    if isinstance(node, list):
        return [_open(one) for one in node]
    if not isinstance(node, dict):
        return node
    is_text = node.get("type") == "string" and any(key in node for key in _CLOSED)
    if node.get("type") in _SIMPLE or is_text or "enum" in node:
        about = {key: node[key] for key in ("title", "description", "default") if key in node}
        rest = {key: value for key, value in node.items() if key not in about}
        return {**about, "anyOf": [rest, REFERENCE]}
    return {key: one if key == "required" else _open(one) for key, one in node.items()}
