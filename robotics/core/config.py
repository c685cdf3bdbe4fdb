"""Files with a schema: strict YAML 1.2, checked by pydantic, every fault with its line."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError

from robotics.core.errors import ConfigError


class Schema(BaseModel):
    """Base of every file schema: unknown keys are refused, values are never changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=False)


S = TypeVar("S", bound=Schema)

Location = tuple[int | str, ...]
"""The way to a value in a file: keys and indices from the root."""


def load_yaml(path: Path) -> Any:
    """Parse a YAML 1.2 file (``no`` is text, 12:30 is text, duplicate keys are refused).

    Returns:
        ruamel's round-trip tree, which keeps line and column of every node.

    Raises:
        ConfigError: The file cannot be read or is not YAML.
    """
    parser = YAML(typ="rt")
    parser.version = (1, 2)
    try:
        return parser.load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(path, "", error.strerror or str(error), "give a readable file") from error
    except UnicodeDecodeError as error:
        raise ConfigError(path, f"byte {error.start}", "not UTF-8", "save it as UTF-8") from error
    except DuplicateKeyError as error:
        raise ConfigError(path, _mark(error), "a key stands twice", "remove one of them") from error
    except MarkedYAMLError as error:
        problem = error.problem or "not YAML"
        raise ConfigError(path, _mark(error), problem, "see yaml.org for the syntax") from error


def load(path: str | Path, schema: type[S]) -> S:
    """Read a YAML file and check it.

    Args:
        path: The file.
        schema: The pydantic model that it has to match.

    Raises:
        ConfigError: With line, column, key, value and what is allowed; where there are several
            faults, one line each.
    """
    path = Path(path)
    tree = load_yaml(path)
    if tree is None:
        raise ConfigError(path, "", "the file is empty", f"it needs {_keys(schema)}")
    try:
        return schema.model_validate(_plain(tree))
    except ValidationError as error:
        faults = [_fault(path, tree, schema, detail) for detail in error.errors()]
        first = faults[0]
        if len(faults) > 1:
            more = "\n".join(str(fault) for fault in faults[1:])
            first.args = (f"{first}\n{more}",)
        raise first from error


def fault_at(path: Path, location: Location, problem: str, cure: str) -> ConfigError:
    """Return an error about the value at ``location``, for checks that span sections of a file."""
    place, line = _dotted(location), line_of(load_yaml(path), location)
    return ConfigError(path, f"line {line} ({place})" if line else place, problem, cure)


def _plain(node: Any) -> Any:
    """Return ruamel's tree as plain Python values."""
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    if isinstance(node, bool):
        return bool(node)
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return node if node is None else str(node)


def _mark(error: MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}"


def _fault(path: Path, tree: Any, schema: type[BaseModel], detail: ErrorDetails) -> ConfigError:
    place = _dotted(detail["loc"])
    line = line_of(tree, detail["loc"])
    where = f"line {line} ({place})" if line else place
    if detail["type"] == "extra_forbidden":
        key = str(detail["loc"][-1])
        allowed = fields_at(schema, detail["loc"][:-1])
        near = get_close_matches(key, allowed, n=1)
        cure = f"did you mean '{near[0]}'?" if near else f"allowed: {', '.join(allowed)}"
        return ConfigError(path, where, f"unknown key '{key}'", cure)
    if detail["type"] == "missing":
        return ConfigError(path, where, f"'{detail['loc'][-1]}' is missing", "add it")
    value = detail.get("input")
    shown = repr(value) if not isinstance(value, dict | list) else type(value).__name__
    return ConfigError(path, where, f"{shown} is not allowed", detail["msg"].lower())


def _dotted(location: Location) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text


def line_of(tree: Any, location: Location) -> int:
    """Return the line (from 1) of the deepest node on the way to ``location``; 0 if unknown."""
    node, line = tree, 0
    for part in location:
        try:
            marks: Any = node.lc  # ruamel puts it on its lists and dicts
            position = marks.item(part) if isinstance(node, list) else marks.key(part)
            node, line = node[part], position[0] + 1
        except (AttributeError, KeyError, IndexError, TypeError):
            if hasattr(node, "lc") and not line:
                line = node.lc.line + 1
    return line


def fields_at(schema: type[BaseModel], location: Location) -> list[str]:
    """Return the keys allowed at ``location`` of a file, as far as the schema tells."""
    current: Any = schema
    for part in location:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        field = current.model_fields.get(part)
        current = _model_in(field.annotation) if field else current
    fields = getattr(current, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _keys(schema: type[BaseModel]) -> str:
    return ", ".join(name for name, field in schema.model_fields.items() if field.is_required())
