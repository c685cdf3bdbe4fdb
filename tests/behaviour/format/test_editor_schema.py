"""The schema for editors says the same as the reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from robotics.assets import asset
from robotics.behaviour.format.editors import json_schema
from robotics.behaviour.format.read import read_script
from robotics.core.marked import parse

FILES = sorted(
    path
    for pattern in ("greeter/*.yaml", "sweeper/*.yaml", "templates/*/*.yaml")
    for path in asset("behaviours").glob(pattern)
)


@pytest.fixture(scope="module")
def validator() -> Any:
    """Return an independent reader of JSON schemas."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_shipped_behaviour_matches_the_schema(validator: Any, path: Path) -> None:
    """And every template."""
    assert list(validator.iter_errors(parse(path.read_text("utf-8")).data)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "jump"},
        {"sya": {}},
        {"duration": -1},
        {"say": {"zh": "好"}},
        {"say": {"zh": "好", "en": "x", "no": "x"}},
        {"tracks": {"tail": []}},
        {"tracks": {"head": [{"time": "12:30"}]}},
        {"interruptible": "sometimes"},
        {"steps": [{"repeat": {"times": 0, "do": []}}]},
        {"exit": {"within": 3}},
    ],
)
def test_what_the_reader_refuses_the_schema_refuses(
    validator: Any, change: dict[str, Any], tmp_path: Path
) -> None:
    """The same mistakes, by both."""
    data = {"behaviour": "one", "kind": "show", "priority": "show", **change}
    path = tmp_path / "one.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")  # JSON is YAML
    sheet, _ = read_script(path)
    assert not sheet.is_good
    assert list(validator.iter_errors(data))


def test_a_parameter_may_stand_for_a_value(validator: Any) -> None:
    """`${times}` where a number is wanted."""
    data = {
        "behaviour": "one",
        "kind": "show",
        "priority": "show",
        "params": {"times": {"type": "integer", "default": 2}},
        "steps": [{"repeat": {"times": "${times}", "do": [{"wait": "${times}"}]}}],
    }
    assert list(validator.iter_errors(data)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_file_survives_a_round_trip(path: Path, tmp_path: Path) -> None:
    """Model to text and back gives the same model."""
    _, script = read_script(path)
    assert script is not None
    again = tmp_path / path.name
    text = json.dumps(script.model_dump(mode="json", by_alias=True, exclude_unset=True))
    again.write_text(text, encoding="utf-8")
    sheet, same = read_script(again)
    rules = [one.rule for one in sheet.findings if one.rule != "file_name"]
    assert (same, rules) == (script, [])
