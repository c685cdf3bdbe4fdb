"""YAML 1.2 with the place of every value kept, and with every key that stands twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from robotics.core.config import Location

DEEPEST = 40
"""Levels of nesting: a file that refers to itself has no end."""
_CONSTANTS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something stands, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Marked:
    """A file as plain Python values, with the places of keys and values."""

    data: Any = None
    keys: dict[Location, Mark] = field(default_factory=dict)
    """Where the key of a value stands; for an item of a list, where the item begins."""
    values: dict[Location, Mark] = field(default_factory=dict)
    twice: list[Location] = field(default_factory=list)
    """Keys that stand more than once; the last one counts."""
    again: dict[Location, Mark] = field(default_factory=dict)
    """Where such a key stands for the last time."""
    problem: tuple[str, Mark] | None = None
    """Why it is not YAML, and where."""

    def mark(self, location: Location) -> Mark:
        """Return where the value at ``location`` is, or what is nearest around it."""
        for length in range(len(location), 0, -1):
            part = location[:length]
            if part in self.values:
                key, value = self.keys[part], self.values[part]
                return value if length == len(location) and key.line == value.line else key
        return Mark(1, 1)


def parse(text: str) -> Marked:
    """Return what ``text`` says; what is not YAML is told in ``problem``, never raised."""
    found = Marked()
    parser = YAML(typ="safe", pure=True)
    parser.version = (1, 2)
    parser.allow_duplicate_keys = True
    try:
        root = parser.compose(text)
        found.data = None if root is None else _plain(found, root, ())
    except MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        mark = Mark(1, 1) if at is None else Mark(at.line + 1, at.column + 1)
        found.problem = (error.problem or "not YAML", mark)
    except YAMLError as error:
        found.problem = (str(error).splitlines()[0], Mark(1, 1))
    return found


def _mark(node: Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


def _plain(found: Marked, node: Node, at: Location) -> Any:
    if len(at) > DEEPEST:
        raise MarkedYAMLError(problem="nested too deep", problem_mark=node.start_mark)
    found.values[at] = _mark(node)
    found.keys.setdefault(at, _mark(node))
    if isinstance(node, MappingNode):
        return _mapping(found, node, at)
    if isinstance(node, SequenceNode):
        return [_plain(found, one, (*at, place)) for place, one in enumerate(node.value)]
    return _scalar(str(node.tag).rpartition(":")[2], str(node.value))


def _mapping(found: Marked, node: MappingNode, at: Location) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, ScalarNode) else "?"
        here = (*at, key)
        if key in result:
            found.twice.append(here)
            found.again[here] = _mark(key_node)
        found.keys[here] = _mark(key_node)
        result[key] = _plain(found, value_node, here)
    return result


def _scalar(tag: str, text: str) -> Any:
    try:
        if tag == "int":
            return _integer(text)
        if tag == "float":
            return float(text.replace(".inf", "inf").replace(".nan", "nan").replace(".NaN", "nan"))
    except ValueError:
        return text
    if tag == "bool":
        return _CONSTANTS.get(text.lower(), text)
    return None if tag == "null" else text


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    return int(digits, 0) if digits[:2].lower() in ("0x", "0o") else int(digits)
